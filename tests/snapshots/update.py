"""Write down the public names with their signatures, and the JSON Schema of the config: `test_snapshots.py` compares.

python tests/snapshots/update.py
"""

import importlib
import inspect
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import likelinet as ll
from likelinet.config.base import Config

HERE = Path(__file__).parent
SIGNATURES = HERE / "signatures.txt"
SCHEMA = Path(ll.__file__).parent / "config" / "schema.json"  # which `likelinet schema` prints
# The rooms that users import from: of each the names in its `__all__`, where it has one.
ROOMS = ("datasets", "decisions", "distributed", "plots", "scores", "selection", "sklearn", "testing")
PLAIN = (bool, int, float, str, tuple, type(None))  # defaults that are written out


def signatures() -> str:
    """Return a line for each public name, and for each method that a class does not share with a public base."""
    found: dict[str, Any] = {f"likelinet.{name}": getattr(ll, name) for name in ll.__all__}
    for room in ROOMS:
        module = importlib.import_module(f"likelinet.{room}")
        found |= {f"{module.__name__}.{name}": getattr(module, name) for name in getattr(module, "__all__", ())}
    public = {value for value in found.values() if inspect.isclass(value)}
    lines = {line for name, value in found.items() for line in described(name, value, public)}
    return "".join(f"{line}\n" for line in sorted(lines))


def described(name: str, value: Any, public: set[type]) -> Iterator[str]:
    """Yield the line of a public name, and those of the methods of a class."""
    if not inspect.isclass(value):
        yield name + (call(value) if callable(value) else "")
        return
    if issubclass(value, Config):  # the schema has more of its keys
        yield f"{name}({', '.join(sorted(value.model_fields))})"
        return
    if issubclass(value, Exception):
        yield f"{name}: {', '.join(base.__name__ for base in value.__bases__)}"
    else:
        yield name + call(value)
    above = [base for base in value.__mro__[1:] if base in public]
    inherited = {line for base in above for line in methods(base)}
    yield from (f"{name}.{line}" for line in methods(value) if line not in inherited)


def methods(cls: type) -> Iterator[str]:
    """Yield the public methods and properties of a class that likelinet has written."""
    for name in dir(cls):
        owner = next(c for c in cls.__mro__ if name in vars(c)) if not name.startswith("_") else object
        member = vars(owner).get(name)
        if not owner.__module__.startswith("likelinet"):
            continue
        if isinstance(member, property | cached_property):
            yield name
        elif inspect.isroutine(member):
            yield name + call(getattr(cls, name))


def call(value: Any) -> str:
    """Return how something is called: names, kinds and defaults of what it takes; types differ between versions."""
    parameters = []
    for p in inspect.signature(value).parameters.values():
        default = p.default if p.default is p.empty or isinstance(p.default, PLAIN) else ...
        parameters.append(p.replace(annotation=p.empty, default=default))
    return str(inspect.Signature(parameters))


def schema() -> str:
    """Return the JSON Schema of the config."""
    return json.dumps(ll.ModelConfig.model_json_schema(), indent=2) + "\n"


def without_wording(text: str) -> str:
    """Return a JSON Schema with sorted keys and without its wording, a line for each thing in it."""
    return json.dumps(keys(json.loads(text)), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def keys(node: Any) -> Any:
    """Return the schema without its wording and what versions of pydantic write in different ways."""
    if isinstance(node, list):
        return [keys(value) for value in node]
    if isinstance(node, dict):
        left_out = {name for name in ("description", "title") if isinstance(node.get(name), str)}
        left_out |= {"enum"} if "const" in node else set()
        return {k: keys(v) for k, v in node.items() if k not in left_out and (k, v) != ("additionalProperties", True)}
    return int(node) if isinstance(node, float) and node.is_integer() else node


if __name__ == "__main__":
    SIGNATURES.write_text(signatures(), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
