"""The documentation is true: its code runs, and the generated page is up to date."""

import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet import distributions

ROOT = Path(__file__).parents[1]


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced code blocks of a page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def run(code: list[str]) -> dict[str, Any]:
    """Execute the blocks one after the other in one namespace and return it."""
    names: dict[str, Any] = {"__name__": "page"}
    for block in code:
        exec(compile(block, "page", "exec"), names)
    return names


def script(name: str) -> ModuleType:
    """Import a script of the docs folder."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_config_reference_is_up_to_date():
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    assert page == script("make_config_reference").reference(), "run python docs/make_config_reference.py"


def test_families_page_is_up_to_date():
    page = (ROOT / "docs" / "families.md").read_text(encoding="utf-8")
    assert page == script("make_families_reference").reference(), "run python docs/make_families_reference.py"


def test_lists_are_up_to_date():
    lists = script("make_lists")
    for page in lists.PAGES:
        assert lists.LIST.search(page.read_text(encoding="utf-8")), page
        assert page.read_text(encoding="utf-8") == lists.written(page), "run python docs/make_lists.py"


def test_stubs_are_up_to_date():
    for path, text in script("make_stubs").stubs().items():
        assert path.read_text(encoding="utf-8") == text, "run python docs/make_stubs.py"


def test_families_page_has_an_entry_for_every_distribution():
    page = (ROOT / "docs" / "families.md").read_text(encoding="utf-8")
    found = (getattr(distributions, name) for name in distributions.__all__)
    classes = {c.__name__ for c in found if issubclass(c, ll.Distribution) and not inspect.isabstract(c)}
    assert classes - {"Labelled"} == set(re.findall(r"^### (\w+)$", page, flags=re.M))
    assert page.count("\nReference: ") == page.count("\n```python\n>>> import") == page.count("\n### ")


def test_families_page_runs():
    code, *_ = blocks(ROOT / "docs" / "families_introduction.md", "python")
    names = run([code])
    early, late = names["d"].median()
    truth = np.log(2.0) ** (1.0 / 1.5)  # at x = 0; e times that at x = 1
    np.testing.assert_allclose(np.log([early, late]), np.log(truth) + np.arange(2.0), atol=np.log(2.0))
    assert early < late


def test_config_reference_covers_every_config_class():
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    classes = [name for name in ll.__all__ if name.endswith("Config")]
    assert classes
    assert [name for name in classes if f"`ll.{name}`" not in page] == []


def test_readme_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    names = run(blocks(ROOT / "README.md", "python"))
    d, loaded = names["d"], names["loaded"]
    np.testing.assert_array_equal(loaded.predict_dist(names["X_new"]).mean(), d.mean())
    assert names["samples"].shape == (100, len(names["X_new"]))


def test_readme_commands_are_the_first_three_bash_blocks():
    first, second, third, *_ = blocks(ROOT / "README.md", "bash")
    assert first == 'python -m venv .venv && .venv/bin/pip install -e ".[sklearn]" && .venv/bin/likelinet demo\n'
    assert second == 'python -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/pytest\n'
    sphinx = ".venv/bin/sphinx-build -W --keep-going -b html docs docs/_build"
    assert third == f'python -m venv .venv && .venv/bin/pip install -e ".[docs]" && {sphinx}\n'


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/plugins.md", "docs/families.md"]
)
def test_links_lead_somewhere(page: str):
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        assert target.startswith("http") or (path.parent / target).exists(), target


def own_and_package(page: Path) -> tuple[list[str], list[str]]:
    """Return the code of the page on distributions of one's own, and that of its section on those of the package."""
    code = blocks(page, "python")
    start = next(i for i, block in enumerate(code) if block.startswith('"""The Rayleigh distribution."""'))
    return code[:start], code[start:]


def test_plugin_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    code, _ = own_and_package(ROOT / "docs" / "plugins.md")
    (tmp_path / "rayleigh.py").write_text(code[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        names = run(code)
        predicted = names["model"].predict_dist([[0.1], [0.9]])
        same = names["same"].predict_dist([[0.1], [0.9]])
        with pytest.raises(ll.ModelFileError, match="rayleigh:Rayleigh"):
            ll.Model.load("rayleigh.safetensors")
    finally:
        sys.modules.pop("rayleigh", None)
    np.testing.assert_allclose(predicted.scale, [1.3, 3.7], rtol=0.2)
    np.testing.assert_array_equal(same.scale, predicted.scale)
    assert ((names["low"] < predicted.mean()) & (predicted.mean() < names["high"])).all()
    assert names["draws"].shape == (1000, 2)


def test_files_of_the_architecture_page_exist():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    there = [
        p.relative_to(ROOT).as_posix()
        for folder in ("likelinet", "docs", "tests")
        for p in (ROOT / folder).rglob("*.py")
    ]
    named = set(re.findall(r"`([\w/]+\.py)[`:]", page))
    assert len(named) > 40
    assert {name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in there)} == set()
