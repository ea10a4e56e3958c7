"""Configs drawn from the JSON Schema, then changed: a config that is read again to the same one, or a sentence."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import likelinet as ll
from likelinet.config import dump_config, load_config, parse_config
from tests.fuzz.corpus import CONFIGS
from tests.fuzz.harness import Refused, inputs, many_inputs, one_of, outcome
from tests.fuzz.mutate import damaged, mutated

SCHEMA = ll.ModelConfig.model_json_schema()
WORDS = ("a", "b", "y", "mine:Class", "2020-01-01", "identity", "exp")
SUFFIXES = (".yaml", ".json", ".toml")


def drawn(schema: dict[str, Any], rng: np.random.Generator, depth: int = 0) -> Any:
    """Return what a part of the schema allows."""
    if "$ref" in schema:
        return drawn(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], rng, depth)
    if either := schema.get("anyOf") or schema.get("oneOf"):
        flat = [s for s in either if depth < 5 or "$ref" not in s] or either[:1]
        return drawn(one_of(rng, flat), rng, depth)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return one_of(rng, schema["enum"])
    match schema.get("type"):
        case "object":
            known, needed = schema.get("properties", {}), schema.get("required", ())
            kept = [k for k in known if k in needed or k == "kind" or rng.random() < (0.4 if depth < 5 else 0.1)]
            return {key: drawn(known[key], rng, depth + 1) for key in kept}
        case "array":
            return [drawn(schema.get("items", {}), rng, depth + 1) for _ in range(int(rng.integers(4)))]
        case "boolean":
            return bool(rng.integers(2))
        case "integer":
            return int(rng.integers(1, 9))
        case "number":
            return one_of(rng, (0.1, 0.5, 0.9, 1.0, 2.5, 1e-300))
        case "string":
            return one_of(rng, WORDS)
        case _:
            return None


def check(data: Any, what: str, folder: Path, in_yaml: bool) -> None:
    """Fail if plain data makes anything but a config that is read again to the same one, or a sentence."""
    config = outcome(lambda: parse_config(data), what)
    if config is Refused:
        return
    assert outcome(lambda: parse_config(config.model_dump(mode="json")), what) == config
    if not in_yaml:
        return
    (folder / "again.yaml").write_text(dump_config(config), encoding="utf-8")
    assert outcome(lambda: load_config(folder / "again.yaml"), what) == config


@many_inputs
def test_drawn_configs(many: int, tmp_path: Path):
    for i, rng in inputs(many):
        data = drawn(SCHEMA, rng)
        data = mutated(data, rng) if rng.random() < 0.7 else data
        check(data, f"config {i}: {data!r:.2000}", tmp_path, i % 10 == 0)


@many_inputs
def test_damaged_files(many: int, tmp_path: Path):
    for i, rng in inputs(many):
        data, suffix = drawn(SCHEMA, rng), one_of(rng, SUFFIXES)
        text = yaml.safe_dump(data) if suffix == ".yaml" else json.dumps(data)
        raw = damaged(text.encode(), rng)
        file = tmp_path / f"c{suffix}"
        file.write_bytes(raw)
        outcome(lambda file=file: load_config(file), f"file {i}, {suffix}: {raw!r:.2000}")


@pytest.mark.parametrize("text", CONFIGS)
@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_what_was_found(text: str, suffix: str, tmp_path: Path):
    file = tmp_path / f"c{suffix}"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    outcome(lambda: load_config(file), text[:200])
