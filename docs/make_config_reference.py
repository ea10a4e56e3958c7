"""Write docs/config.md from the config classes themselves, so that it cannot go out of date.

python docs/make_config_reference.py
"""

import json
from pathlib import Path
from typing import Any, get_args

import likelinet as ll
from likelinet.config import dump_config
from likelinet.config.base import members
from likelinet.config.distribution import DistributionConfig
from likelinet.config.network import NetworkConfig
from likelinet.config.quality import Quality
from likelinet.config.training import ObjectiveConfig, OptimizerConfig, ScheduleConfig

PAGE = Path(__file__).parent / "config.md"
# Heading, where in the config, classes: the first one is what an omitted `kind` means.
SECTIONS: tuple[tuple[str, str, tuple[type, ...]], ...] = (
    ("The whole config", "", (ll.ModelConfig,)),
    ("Columns", "data", (ll.DataConfig,)),
    ("A censored target", "data.target", (ll.IntervalTargetConfig,)),
    ("Times to an event", "data.target", (ll.TimeTargetConfig,)),
    ("Numbers", "data.numeric", (ll.LinearConfig, ll.PiecewiseLinearConfig)),
    ("An event with a label", "data.target.event", (ll.EventConfig,)),
    ("Network", "network", members(NetworkConfig)),
    ("Distribution", "distribution", members(DistributionConfig)),
    ("A parameter that is known for each row", "distribution.<parameter>", (ll.ColumnConfig,)),
    ("A group of members", "groups", (ll.GroupConfig,)),
    ("Training", "training", (ll.TrainingConfig,)),
    ("Objective", "training.objective", members(ObjectiveConfig)),
    ("Optimizer", "training.optimizer", members(OptimizerConfig)),
    ("Schedule", "training.schedule", members(ScheduleConfig)),
    ("Early stopping", "training.early_stopping", (ll.EarlyStoppingConfig,)),
)
# How mappings without a kind are written.
FORMS = {
    "ColumnConfig": "`{column: …}`",
    "IntervalTargetConfig": "`{lower: …, upper: …}`",
    "TimeTargetConfig": "`{time: …, event: …}`",
    "EventConfig": "`{column: …, is: …}`",
}
INTRODUCTION = """# Every key of a config

<!-- Written by docs/make_config_reference.py from the classes in likelinet/config; do not edit by hand. -->

A config is a tree of keys, read from YAML, TOML or JSON, or built in Python from the classes named below with the same
words as keyword arguments. Every key has a default except where it says *required*. Unknown keys are an error that
names the nearest valid one. Where several kinds are possible, `kind` chooses; without it the first one listed is meant.
Values can be overridden on the command line: `--set training.epochs=50`.

`likelinet schema` prints the same as a JSON Schema. Parameters of a distribution take `predicted` (an output of the
network), `shared` (one learned number for all rows), a fixed number in the units of the target, or `{column: name}`, a
column of the table. Links are the maps from a raw network output into the parameter's domain: `identity`, `softplus`,
`exp` and `sigmoid`; `cholesky` and `ordered` belong to a matrix and to cutpoints. Formulas, and which family is for
which y, are in [families.md](families.md).

`quality` names what a config leaves open is set to; whatever it says by itself is respected, key by key:

{qualities}

In the tables below the default of a key is that of `plain`. This is the default config as a whole, as `likelinet show`
and the demos print it:

```yaml
{default}```
"""
# CPU seconds of one busy core on the UCI sets (python benchmarks/uci.py); `plain` on concrete and energy alone.
COSTS = {"plain": "1 s", "fast": "7–15 s", "good": "20–90 s", "best": "60–430 s"}


def reference() -> str:
    """Return the page."""
    lines = [INTRODUCTION.replace("{default}", dump_config(ll.ModelConfig())).replace("{qualities}", qualities())]
    for heading, key, classes in SECTIONS:
        lines.append(f"## {heading}{f': `{key}`' if key else ''}\n")
        lines.extend(_class(cls, titled=len(classes) > 1) for cls in classes)
    return "\n".join(lines).rstrip() + "\n"


def qualities() -> str:
    """Return a table of what each quality is made of."""
    head = "| `quality` | groups of networks | family | steps at most, each | CPU time of 300 to 9,600 rows |"
    lines = [head, "|---|---|---|---|---|"]
    for name in get_args(Quality):
        config = ll.ModelConfig(quality=name)
        groups = "; ".join(f"{group.ensemble} {group.members_in_words}" for group in config.each_group)
        family, steps = config.distribution, config.training.steps
        many = "named, or Gaussian"
        if isinstance(family, ll.AutoConfig):
            many = "chosen" if family.families == 1 else f"chosen; up to {family.families} if they are near"
        default = " (default)" if name == ll.ModelConfig().quality else ""
        most = "those of 400 epochs" if steps is None else f"{steps:,}"
        lines.append(f"| `{name}`{default} | {groups} | {many} | {most} | {COSTS[name]} |")
    return "\n".join(lines)


def keys(cls: Any) -> list[tuple[str, str, str, str]]:
    """Return name, type, default and meaning of every key of a config class, in Markdown."""
    root, schema = _schemas(cls)
    return [
        (
            name,
            _type(schema["properties"][name], root),
            "*required*" if field.is_required() else _default(field.get_default()),
            " ".join((field.description or "").split()).replace("``", "`"),
        )
        for name, field in cls.model_fields.items()
    ]


def _schemas(cls: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the JSON Schema of a config class with all that it refers to, and its own part of it."""
    root = cls.model_json_schema()
    return root, root if "properties" in root else root["$defs"][cls.__name__]  # one that may hold itself


def _class(cls: Any, titled: bool) -> str:
    _, schema = _schemas(cls)
    kind = schema["properties"].get("kind", {}).get("const")
    lines = [f"### `kind: {kind}`\n"] if titled else []
    description = " ".join(schema["description"].split())
    lines.append(f"{description} In Python: `ll.{cls.__name__}`.\n")
    rows = [row for row in keys(cls) if not (titled and row[0] == "kind")]
    if not rows:
        return "\n".join([*lines, "It has no further keys.\n"])
    lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
    for name, form, default, meaning in rows:
        escaped = meaning.replace("|", "\\|")
        lines.append(f"| `{name}` | {form} | {default} | {escaped} |")
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    """Return a default as YAML would write it; a whole class of its own section by its kind."""
    if hasattr(value, "model_dump"):
        kind = getattr(value, "kind", None)
        return f"`kind: {kind}`" if kind else "see below"
    return f"`{json.dumps(value)}`"


def _type(schema: dict[str, Any], root: dict[str, Any]) -> str:
    """Return the type of a key in words, with its bounds."""
    *first, last = dict.fromkeys(_forms(schema, root))
    return f"{', '.join(first)} or {last}" if first else last


def _forms(schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """Return what a key may be, each in words."""
    if any(s.get("$ref", "").endswith("/CustomConfig") for s in schema.get("oneOf", [])):
        return ["a [distribution](#distribution-distribution)"]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return [form for s in schema[union] for form in _forms(s, root)]
    if "enum" in schema:
        return [f"`{v}`" for v in schema["enum"]]
    return [_form(schema, root)]


def _form(schema: dict[str, Any], root: dict[str, Any]) -> str:
    """Return what is no choice in words."""
    if "const" in schema:
        return f"`{schema['const']}`"
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in FORMS:
            return FORMS[name]
        target = root["$defs"][schema["$ref"].rpartition("/")[2]]
        kind = target["properties"].get("kind", {}).get("const")
        return f"`{kind}`" if kind else "keys below"
    match schema.get("type"):
        case "array":
            return f"list of {_type(schema['items'], root)}"
        case "object":
            return "mapping"
        case "integer" | "number":
            signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
            bounds = " and ".join(f"{sign} {schema[key]:g}" for key, sign in signs.items() if key in schema)
            return f"{'integer' if schema['type'] == 'integer' else 'number'} {bounds}".strip()
        case "boolean":
            return "true or false"
        case "string":
            return "text"
        case other:
            return str(other)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    print(PAGE)
