"""The base of every config: frozen, unknown keys forbidden, every field described by its docstring."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from likelinet.core.errors import ConfigError
from likelinet.core.wording import SHOWN, close_to, counted, nearest, shown, snake_case, value_shown

LONG = 60  # characters of a key or a value that a message shows
SENTENCE = 400  # of what is wrong with a config


class Config(BaseModel):
    """A frozen piece of a model's declaration."""

    other_names: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What else its kind is called; with each name, where that is not all, what to write instead."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        str_strip_whitespace=True,  # so are the names and the cells of a table
    )

    if not TYPE_CHECKING:  # type checkers read the fields instead

        def __init__(self, **fields: Any) -> None:
            try:
                super().__init__(**fields)
            except ValidationError as error:
                raise ConfigError(explain(error)) from None

        __init__.__pydantic_base_init__ = True  # a config inside another is validated as ever

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Return the config that plain data declares; raise `ConfigError` with one sentence."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise ConfigError(explain(error)) from None

    def __hash__(self) -> int:
        return hash((type(self), self.model_dump_json()))  # lists among the fields have no hash of their own

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        unknown = [key for key in data if key not in cls.model_fields] if isinstance(data, dict) else []
        if unknown:
            first = [str(key)[:LONG] for key in unknown[:SHOWN]]
            places = (_place_of(key, cls) or nearest(key, cls.model_fields) for key in first)
            each = [f"unknown key '{key}'{place}" for key, place in zip(first, places, strict=True)]
            more = len(unknown) - len(first)
            raise ValueError("; ".join([*each, *([f"and {counted(more, 'more unknown key')}"] if more else [])]))
        return data


def _place_of(key: Any, config: type[Config]) -> str:
    """Return " (did you mean 'data.groups'?)" for a key that has its place in a part of a config; "" for any other."""
    found = places_of(key, config)
    return f" (did you mean {' or '.join(map(repr, found))}?)" if 0 < len(found) <= 2 else ""


def places_of(key: Any, config: type[Config]) -> list[str]:
    """Return where in the parts of a config there is such a key, the least deep of its places."""
    level, seen = [("", config)], {config}
    while level:
        inner = [(f"{at}{name}.", part) for at, of in level for name, part in _parts(of) if part not in seen]
        found = {f"{at}{key}" for at, part in inner if key in part.model_fields}
        if found:
            return sorted(found)
        seen |= {part for _, part in inner}
        level = inner
    return []


def _parts(config: type[Config]) -> Iterator[tuple[str, type[Config]]]:
    """Yield the configs that the fields of a config may hold, with the name of the field."""
    for name, field in config.model_fields.items():
        types = [field.annotation]
        while types:
            each = types.pop()
            if isinstance(each, type) and issubclass(each, Config):
                yield name, each
            types += get_args(each)


def kind_or(default: str, **by_key: str):
    """Return a discriminator that reads `kind`; where it is left out, a key that only one kind has tells, or `default`.

    `by_key` has that kind by the name of the key.
    """

    def kind_of(value: Any) -> Any:
        if not isinstance(value, dict):
            return value if isinstance(value, str) else getattr(value, "kind", None)
        return value.get("kind", next((kind for key, kind in by_key.items() if key in value), default))

    return kind_of


def members(union: Any) -> tuple[type[Config], ...]:
    """Return the configs of a union whose members are told apart by their `kind`, in its order."""
    return tuple(get_args(member)[0] for member in get_args(get_args(union)[0]))


def explain(error: ValidationError) -> str:
    """Return a validation error as one sentence: where, what, and the nearest valid value."""
    problems: dict[str, list[Any]] = {}
    known = kinds()
    for e in error.errors(include_url=False):
        # The location also names kinds and types that pydantic tried; a user wrote none of these.
        parts = (str(part)[:LONG] for part in e["loc"] if part not in known)
        at = ".".join(part for part in parts if not _is_type(part))
        problems.setdefault(at, []).append(e)
    first = [*problems.items()][:SHOWN]
    sentences = [shown(f"{at}: {_sentence(found)}" if at else _sentence(found), SENTENCE) for at, found in first]
    kept = [s for i, s in enumerate(sentences) if i == 0 or sum(map(len, sentences[: i + 1])) <= SENTENCE]
    more = len(problems) - len(kept)
    return "; ".join([*kept, *([f"and {counted(more, 'more fault')}"] if more else [])]) + "."


def kinds(base: type[Config] = Config) -> set[str]:
    """Return every value that a `kind` can have."""
    field = base.model_fields.get("kind")
    found = set() if field is None or field.is_required() else {field.default}
    return found.union(*(kinds(c) for c in base.__subclasses__()))


def _meant(word: str, tags: list[str]) -> str:
    """Return in brackets which of the kinds was meant: one that goes by this name elsewhere, or else the nearest."""
    return _by_other_name(word, tags, "'{}'") or nearest(word, tags)


def _by_other_name(word: str, tags: Sequence[str], written: str) -> str:
    """Return in brackets the kind that goes by this name elsewhere, as it is written, or what to write for it."""
    name = re.sub(r"[\s-]+", "_", word.strip().lower())
    for config in _all_of(Config):
        if name in config.other_names and (kind := config.model_fields["kind"].default) in tags:
            return f" ({config.other_names[name] or f'did you mean {written.format(kind)}?'})"
    return ""


def _all_of(base: type[Config]) -> Iterator[type[Config]]:
    for config in base.__subclasses__():
        yield config
        yield from _all_of(config)


def _is_type(part: str) -> bool:
    return part in ("float", "int", "str") or part.startswith(
        ("form:", "function-", "literal", "constrained-", "list[")
    )


def _sentence(found: list[Any]) -> str:
    """Return what is wrong with one value, which fails once for each type that it could have had."""
    words = [e for e in found if e["type"] == "literal_error"]
    e = (
        words[0]
        if words and isinstance(words[0]["input"], str)
        else next((e for e in found if e not in words), found[0])
    )
    context, message = e.get("ctx", {}), e["msg"].removeprefix("Value error, ")
    match e["type"]:
        case "value_error":
            return message
        case "missing":
            return "is missing"
        case "union_tag_invalid":
            tags = [t.strip(" '") for t in context["expected_tags"].split(",")]
            if isinstance(e["input"], str):
                return _mapping(e["input"], tags)
            tag = shown(context["tag"])
            return f"unknown kind '{tag}'{_meant(tag, tags)}"
        case "union_tag_not_found" | "model_type" | "model_attributes_type" | "dict_type":
            return _mapping(e["input"])
        case "string_type" if not isinstance(e["input"], dict | list | None):
            words = " (yes, no, on and off are true and false in YAML)" if isinstance(e["input"], bool) else ""
            return f"must be text, got {value_shown(e['input'])}: write it in quotes{words}"
        case "list_type" if isinstance(e["input"], str):
            value = shown(e["input"])
            return f"input should be a valid list, got '{value}': write [{value}]"
        case "int_from_float":
            return f"must be a whole number, got {value_shown(e['input'])}"
        case "literal_error":
            values = [v.strip(" '") for v in context["expected"].replace(" or ", ",").split(",")]
            number = " or a number" if len(found) > 1 else ""
            value = e["input"] if isinstance(e["input"], str) else value_shown(e["input"])
            return f"'{shown(value)}' is not possible{nearest(shown(value), values)}{number}"
        case _:
            return f"{message[0].lower()}{message[1:].partition(', unable')[0]}, got {value_shown(e['input'])}"


def _mapping(value: Any, tags: Sequence[str] = ()) -> str:
    """Return how to write what should be a mapping, whose `kind` is one of the tags."""
    if isinstance(value, dict):
        return "'kind' is missing"
    if isinstance(value, str) and value in kinds():
        return f"write it as {{kind: {value}}}, got '{value}'"
    if isinstance(value, type):
        if (kind := snake_case(value.__name__)) in kinds():
            return f"write it as {{kind: {kind}}}, got the class {value.__name__}"
        own = f"a family of your own is passed beside the config, as Model(config, distribution={value.__name__})"
        return f"must be a mapping of keys, got the class {value.__name__}: {own}"
    null = "; write null for none at all" if value is False or str(value) in ("none", "off") else ""
    if null or not isinstance(value, str):
        return f"must be a mapping of keys, got {value_shown(value)}{null}"
    close = close_to(value[:LONG], tags)
    near = "" if close is None else f" (did you mean {{kind: {close}}}?)"
    return f"must be a mapping of keys, got {value_shown(value)}{_by_other_name(value, tags, '{{kind: {}}}') or near}"
