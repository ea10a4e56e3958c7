"""A Sphinx extension that adds the keys of a config class to its docstring, as a section of parameters."""

import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parents[1]))
from make_config_reference import keys


def add_keys(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Append the keys of a config class, with types and defaults as on the page of configs."""
    if what != "class" or not issubclass(obj, BaseModel):
        return
    while lines and not lines[-1].strip():
        lines.pop()
    lines += ["", "Every key, as it is written in a file, is on the page :doc:`/config`."]
    lines += ["", "Parameters", "----------"]
    for key, type_, default, meaning in keys(obj):
        lines += [f"{key} : {rst(type_)}; {default_of(default)}", f"    {rst(meaning)}"]
    lines.append("")


def default_of(default: str) -> str:
    return "required" if default == "*required*" else f"default {rst(default)}"


def rst(markdown: str) -> str:
    """Return the little Markdown that occurs in the table of keys as reST."""
    text = markdown.replace("[distribution](#distribution-distribution)", "distribution")
    for there, here in (("integer", "int"), ("keys below", "a config or a mapping"), ("see below", "its own defaults")):
        text = text.replace(there, here)
    return text.replace("`", "``")


def hide_signature(app: Sphinx, what: str, name: str, obj: Any, *rest: Any) -> tuple[str, None] | None:
    """Replace the signature of a config class, which only repeats all its keys."""
    return ("(**keys)", None) if what == "class" and issubclass(obj, BaseModel) else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect before numpydoc, whose priority is the usual 500."""
    app.connect("autodoc-process-docstring", add_keys, priority=400)
    app.connect("autodoc-process-signature", hide_signature, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
