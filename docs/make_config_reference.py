"""Write docs/config.md from the config classes themselves, so that it cannot go out of date.

python docs/make_config_reference.py
"""

import json
from pathlib import Path
from typing import Any

import likelinet as ll
from likelinet.config import dump_config

PAGE = Path(__file__).parent / "config.md"
# Heading, where in the config, classes: the first one is what an omitted `kind` means.
SECTIONS: tuple[tuple[str, str, tuple[type, ...]], ...] = (
    ("The whole config", "", (ll.ModelConfig,)),
    ("Columns", "data", (ll.DataConfig,)),
    ("Network", "network", (ll.MLPConfig,)),
    (
        "Distribution",
        "distribution",
        (
            ll.GaussianConfig,
            ll.StudentTConfig,
            ll.GammaConfig,
            ll.PoissonConfig,
            ll.NegativeBinomialConfig,
            ll.BernoulliConfig,
            ll.CategoricalConfig,
            ll.MixtureConfig,
            ll.TransformedConfig,
            ll.CustomConfig,
        ),
    ),
    ("Training", "training", (ll.TrainingConfig,)),
    ("Optimizer", "training.optimizer", (ll.AdamWConfig, ll.AdamConfig, ll.SGDConfig, ll.LBFGSConfig)),
    ("Schedule", "training.schedule", (ll.CosineConfig, ll.ConstantConfig, ll.StepConfig)),
    ("Early stopping", "training.early_stopping", (ll.EarlyStoppingConfig,)),
)
INTRODUCTION = """# Every key of a config

<!-- Written by docs/make_config_reference.py from the classes in likelinet/config; do not edit by hand. -->

A config is a tree of keys, read from YAML, TOML or JSON, or built in Python from the classes named below with the same
words as keyword arguments. Every key has a default except where it says *required*. Unknown keys are an error that
names the nearest valid one. Where several kinds are possible, `kind` chooses; without it the first one listed is meant.
Values can be overridden on the command line: `--set training.epochs=50`.

`likelinet schema` prints the same as a JSON Schema. Parameters of a distribution take `predicted` (an output of the
network), `shared` (one learned number for all rows) or a fixed number in the units of the target. Links are `identity`,
`softplus`, `exp` and `sigmoid`: the maps from a raw network output into the parameter's domain.

This is the default config, as `likelinet show` and the demos print it:

```yaml
{default}```
"""


def reference() -> str:
    """Return the page."""
    lines = [INTRODUCTION.replace("{default}", dump_config(ll.ModelConfig()))]
    for heading, key, classes in SECTIONS:
        lines.append(f"## {heading}{f': `{key}`' if key else ''}\n")
        for cls in classes:
            lines.append(_class(cls, titled=len(classes) > 1))
    return "\n".join(lines).rstrip() + "\n"


def _class(cls: Any, titled: bool) -> str:
    schema = cls.model_json_schema()
    kind = schema["properties"].get("kind", {}).get("const")
    lines = [f"### `kind: {kind}`\n"] if titled else []
    description = " ".join(schema["description"].split())
    lines.append(f"{description} In Python: `ll.{cls.__name__}`.\n")
    fields = {name: field for name, field in cls.model_fields.items() if not (titled and name == "kind")}
    if not fields:
        return "\n".join([*lines, "It has no further keys.\n"])
    lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
    for name, field in fields.items():
        meaning = " ".join((field.description or "").split()).replace("|", "\\|")
        default = "*required*" if field.is_required() else _default(field.get_default())
        lines.append(f"| `{name}` | {_type(schema['properties'][name], schema)} | {default} | {meaning} |")
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    """Return a default as YAML would write it; a whole class of its own section by its kind."""
    if hasattr(value, "model_dump"):
        kind = getattr(value, "kind", None)
        return f"`kind: {kind}`" if kind else "see below"
    return f"`{json.dumps(value)}`"


def _type(schema: dict[str, Any], root: dict[str, Any]) -> str:
    """Return the type of a key in words, with its bounds."""
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{v}`" for v in schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(dict.fromkeys(_type(s, root) for s in schema[union]))
    if "$ref" in schema:
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
