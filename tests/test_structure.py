"""The house: no import circle, few loose modules, no long file. The order of its floors is in pyproject.toml."""

from pathlib import Path

import pytest

from tests.import_graph import PACKAGE, circle, imports

ROOT_MODULES = 5
LINES = 350

# Imports inside a function, outside of the command line: they save time at the start, and open no circle.
LOCAL = [
    ("likelinet", "likelinet.config"),  # the light door: public names are found when they are asked for
    ("likelinet", "likelinet.distributions"),
    ("likelinet.engines.build", "likelinet.engines.jax"),  # JAX is optional, and takes a second to import
    ("likelinet.engines.build", "likelinet.engines.jax_processes"),
]


def test_no_import_circle():
    """Imports inside functions count."""
    assert circle(imports()) == []


def test_imports_inside_functions_are_listed():
    local = [edge[:2] for edge in imports() if edge.local and not edge.importer.startswith("likelinet.cli.")]
    assert local == LOCAL


def test_few_modules_are_loose_at_the_root():
    assert len(list(PACKAGE.glob("*.py"))) <= ROOT_MODULES


def test_no_file_is_long():
    def long(folder: Path) -> list[str]:
        files = (f for f in folder.rglob("*.py") if len(f.read_text(encoding="utf-8").splitlines()) > LINES)
        return sorted(f.relative_to(folder.parent).as_posix() for f in files)

    assert long(PACKAGE) + long(Path(__file__).parent) == []


@pytest.mark.parametrize(
    ("b", "found"),
    [
        ("import p.a", ["p.a", "p.b", "p.a"]),
        ("from p import a", ["p.a", "p.b", "p.a"]),
        ("def f():\n    from p.a import x", ["p.a", "p.b", "p.a"]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import x", []),
        ("import p.c", []),
    ],
)
def test_a_circle_is_found(tmp_path: Path, b: str, found: list[str]):
    package = tmp_path / "p"
    package.mkdir()
    for name, code in {"__init__": "", "a": "from p.b import y\nimport p.c", "b": b, "c": "import json"}.items():
        (package / f"{name}.py").write_text(code, encoding="utf-8")
    assert circle(imports(package)) == found
