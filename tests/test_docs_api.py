"""The reference is complete: every public name is in it, with a docstring that says what it takes."""

import importlib
import importlib.util
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import likelinet as ll

API = Path(__file__).parents[1] / "docs" / "api"
# Rooms that are imported by name, each with the library that it needs; .ci/run has an environment with that of each.
OPTIONAL = {"likelinet.skpro": "skpro"}
MISSING = {room for room, needs in OPTIONAL.items() if importlib.util.find_spec(needs) is None}


def listed() -> set[str]:
    """Return the full names that the pages of the reference list."""
    names = set()
    for page in API.glob("[!i]*.rst"):  # all but the index
        module = ""
        for line in page.read_text(encoding="utf-8").splitlines():
            if found := re.match(r"\.\. currentmodule:: (\S+)", line):
                module = found[1]
            elif found := re.match(r"(?:   |\.\. py:data:: )([A-Za-z_]\w*)$", line):
                names.add(f"{module}.{found[1]}")
    return {name for name in names if name.rpartition(".")[0] not in MISSING}


def public() -> dict[str, Any]:
    """Return all public names with what they mean."""
    names = {f"likelinet.{n}": getattr(ll, n) for n in ll.__all__ if not inspect.ismodule(getattr(ll, n))}
    rooms = [f"likelinet.{name}" for name in ll.__all__ if inspect.ismodule(getattr(ll, name))]
    for module in map(importlib.import_module, [*rooms, "likelinet.sklearn", *(OPTIONAL.keys() - MISSING)]):
        names |= {f"{module.__name__}.{name}": getattr(module, name) for name in module.__all__}
    return names


def sections(text: str) -> dict[str, str]:
    """Return the sections of a numpydoc docstring by their headings; what comes first is "Summary"."""
    first, *rest = re.split(r"^(\w[\w ]*)\n-{3,}\n", text, flags=re.M)
    return {"Summary": first, **dict(zip(rest[::2], rest[1::2], strict=True))}


def documented(section: str) -> set[str]:
    """Return the names of a section of parameters, without their stars."""
    heads = re.findall(r"^(\*{0,2}\w[^:\n]*?)(?: ?:.*)?$", section, flags=re.M)
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def taken(value: Any) -> list[str]:
    """Return the parameters that a call takes."""
    if inspect.isclass(value) and value.__init__ is object.__init__:
        return []
    if inspect.isclass(value) and issubclass(value, Exception):
        return []
    return [name for name in inspect.signature(value).parameters if name != "self"]


def test_every_public_name_is_in_the_reference():
    assert sorted(set(public()) - listed()) == []


def test_the_reference_lists_nothing_else():
    assert sorted(listed() - set(public())) == []


@pytest.mark.parametrize("name", sorted(public()))
def test_docstring(name: str):
    value = public()[name]
    if not (inspect.isclass(value) or inspect.isroutine(value)):
        return  # the page says in words what each is
    text = inspect.getdoc(value)
    assert text
    summary = sections(text)["Summary"].partition("\n\n")[0]
    assert summary.rstrip().endswith("."), summary
    if inspect.isclass(value) and issubclass(value, BaseModel):
        missing = [key for key, field in value.model_fields.items() if not field.description]
    else:
        missing = sorted(set(taken(value)) - documented(sections(text).get("Parameters", "")))
    assert missing == [], "parameters without a description"


@pytest.mark.parametrize("name", ["Model", "Distribution", "Interval", "History"])
def test_methods_have_a_docstring(name: str):
    for method, value in vars(getattr(ll, name)).items():
        if not method.startswith("_") and (inspect.isroutine(value) or isinstance(value, property)):
            assert inspect.getdoc(value), f"{name}.{method}"
