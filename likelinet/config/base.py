"""The base of every config: frozen, unknown keys forbidden, every field described by its docstring."""

import difflib
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator


def nearest(word: str, words: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" with the nearest of `words`, or the list of them where none is near."""
    words = sorted(words)
    close = difflib.get_close_matches(str(word), words, n=1, cutoff=0.5)
    return f" (did you mean '{close[0]}'?)" if close else f" (possible: {', '.join(words)})"


class Config(BaseModel):
    """A frozen piece of a model's declaration."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        for key in data if isinstance(data, dict) else ():
            if key not in cls.model_fields:
                raise ValueError(f"unknown key '{key}'{nearest(key, cls.model_fields)}")
        return data


def kind_or(default: str):
    """Return a discriminator that reads `kind` and takes `default` where it is left out."""

    def kind_of(value: Any) -> Any:
        return value.get("kind", default) if isinstance(value, dict) else getattr(value, "kind", None)

    return kind_of


def explain(error: ValidationError, known: Iterable[str] = ()) -> str:
    """Return a validation error as one sentence: where, what, and the nearest valid value.

    Parameters
    ----------
    error : ValidationError
        What pydantic raised.
    known : iterable of str
        Kinds, which pydantic adds to the location and which are left out of it.
    """
    skipped = {*known, "float", "int", "str", "list[str]", "list[constrained-str]"}
    sentences: dict[str, str] = {}
    for e in error.errors(include_url=False):
        at = ".".join(
            str(part) for part in e["loc"] if part not in skipped and not str(part).startswith(("function-", "literal"))
        )
        context, message = e.get("ctx", {}), e["msg"].removeprefix("Value error, ")
        if e["type"] == "union_tag_invalid":
            tags = [t.strip(" '") for t in context["expected_tags"].split(",")]
            message = f"unknown kind '{context['tag']}'{nearest(context['tag'], tags)}"
        elif e["type"] == "literal_error":
            values = [v.strip(" '") for v in context["expected"].replace(" or ", ",").split(",")]
            message = f"'{e['input']}' is not possible{nearest(e['input'], values)}"
        elif e["type"] != "value_error":
            message = f"{message[0].lower()}{message[1:]}, got {e['input']!r}"
        # A field with several possible types fails once for each: the first sentence says it.
        sentences.setdefault(at, f"{at}: {message}" if at else message)
    return "; ".join(sentences.values()) + "."
