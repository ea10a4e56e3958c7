"""The JSON Schema describes every field, and accepts what the config accepts."""

from collections.abc import Iterator
from typing import Any

import likelinet as ll
from likelinet.config.base import Config, kinds

SCHEMA = ll.ModelConfig.model_json_schema()


def objects(node: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object in the schema that has properties."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node.get("type") == "object":
            yield node.get("title", at), node
        for key, value in node.items():
            yield from objects(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value, at)


def classes(base: type[Config] = Config) -> set[type[Config]]:
    return {base}.union(*(classes(c) for c in base.__subclasses__() if c.__module__.startswith("likelinet.")))


def test_every_field_is_described():
    found = dict(objects(SCHEMA))
    bare = [f"{t}.{name}" for t, o in found.items() for name, p in o["properties"].items() if not p.get("description")]
    assert bare == []
    assert {"ModelConfig", "TrainingConfig", "GaussianConfig", "MixtureConfig", "EarlyStoppingConfig"} <= set(found)


def test_every_object_is_described_and_closed():
    for title, o in objects(SCHEMA):
        assert o.get("description"), title
        assert o["additionalProperties"] is False, title


def test_every_config_is_in_it():
    bases = {"FamilyConfig", "WrapperConfig", "LayersConfig", "CoderConfig", "Range"}  # the last is of a search's space
    declared = {c.__name__ for c in classes() if c.model_fields} - bases
    assert declared == {title for title, _ in objects(SCHEMA)}


def test_kinds_are_those_of_the_schema():
    in_schema = {o["properties"]["kind"]["const"] for _, o in objects(SCHEMA) if "kind" in o["properties"]}
    assert kinds() == in_schema
    assert {"gaussian", "student_t", "negative_binomial", "adamw", "lbfgs", "cosine", "mlp"} <= in_schema


def test_only_what_cannot_have_a_default_is_required():
    required = {title: o["required"] for title, o in objects(SCHEMA) if o.get("required")}
    wrappers = ("Truncated", "Censored", "Clipped", "ZeroInflated", "Hurdle", "Discretised", "Transformed")
    assert required == {
        **{f"{name}Config": ["base"] for name in wrappers},
        "BinomialConfig": ["total_count"],
        "BetaBinomialConfig": ["total_count"],
        "MultinomialConfig": ["total_count"],
        "ColumnConfig": ["column"],
        "IntervalTargetConfig": ["lower", "upper"],
        "TimeTargetConfig": ["time", "event"],
        "EventConfig": ["column", "is"],
        "CustomConfig": ["target"],
    }
