"""A family takes its file and its row: in a copy of the project, the worked example gets everything from the two."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_docs import ROOT
from tests.test_worked_example import FILE, ROW

COPIED = ("likelinet", "tests", "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml")
GENERATORS = ("make_lists", "make_families_reference", "make_config_reference", "make_stubs")
PAGES = {
    "README.md": "`rayleigh`",
    "docs/families.md": "### Rayleigh",
    "docs/config.md": "`ll.RayleighConfig`",
    "docs/which_distribution.md": "| `rayleigh` | a positive number | lengths of vectors |",
    "docs/modules.md": "`distributions/positive/rayleigh.py`",
    "docs/api/distributions.rst": "   Rayleigh\n",
    "docs/api/config.rst": "   RayleighConfig\n",
    "likelinet/__init__.pyi": '    "RayleighConfig",\n',
    "likelinet/config/families.pyi": "class RayleighConfig(FamilyConfig):",
}
# What asks every family, and every page.
TESTS = ("tests/distributions", "tests/families", "tests/test_objective.py", "tests/test_cases.py")
OF_PAGES = ("tests/test_docs.py", "tests/test_docs_api.py", "tests/test_docs_pages.py", "tests/test_imports.py")
PYTEST = ("-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project with the file and the row, after the generators have run."""
    folder = tmp_path_factory.mktemp("project")
    for name in COPIED:
        where = ROOT / name
        if where.is_dir():
            shutil.copytree(where, folder / name, ignore=shutil.ignore_patterns("__pycache__", "_build", "gallery"))
        else:
            shutil.copy(where, folder / name)
    (folder / "likelinet" / "distributions" / "positive" / "rayleigh.py").write_text(FILE, encoding="utf-8")
    rows = folder / "tests" / "cases" / "positive.py"
    head, line, rest = rows.read_text(encoding="utf-8").partition("import likelinet as ll\n")
    imports = f"from mpmath import mp\n{line}from tests import exact\n"
    rows.write_text(head + imports + rest.removesuffix(")\n") + f"{ROW.rstrip()},\n)\n", encoding="utf-8")
    for name in GENERATORS:
        run(folder, f"docs/{name}.py")
    return folder


def run(folder: Path, *arguments: str) -> str:
    """Run Python in the copy and return its output."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_exports_config_and_schema(copy: Path):
    code = """
import json, likelinet as ll
from likelinet.config import parse_config
assert ll.__file__.startswith({folder!r}), ll.__file__
assert "Rayleigh" in dir(ll) and "RayleighConfig" in ll.__all__
config = parse_config({{"distribution": {{"kind": "rayleigh", "scale": "shared"}}}}).distribution
assert config == ll.RayleighConfig(scale="shared"), config
assert config.links == {{"scale": "softplus"}}, config
assert "RayleighConfig" in json.dumps(ll.ModelConfig.model_json_schema())
print(round(float(ll.Rayleigh(2.0).sf(2.0)), 4))
"""
    assert run(copy, "-c", code.format(folder=str(copy))).strip() == "0.6065"


@pytest.mark.parametrize("page", PAGES)
def test_pages(copy: Path, page: str):
    assert PAGES[page] in (copy / page).read_text(encoding="utf-8")
    assert PAGES[page] not in (ROOT / page).read_text(encoding="utf-8")


def passed(output: str) -> int:
    """Return how many tests have passed."""
    found = re.search(r"(\d+) passed", output)
    return int(found[1]) if found else 0


def test_the_tests_of_all_pages_hold(copy: Path):
    asked = "up_to_date or entry or covers or public_name or reference or kind or architecture or Rayleigh"
    assert passed(run(copy, *PYTEST, "-k", f"({asked}) and not runs", *OF_PAGES)) > 10


def every_test(copy: Path) -> tuple[set[str], set[str]]:
    """Return the tests that each of four other families gets, and those of the new one, without their names."""
    ids = run(copy, *PYTEST, "--collect-only", *TESTS).splitlines()

    def those_of(name: str) -> set[str]:
        word = re.compile(rf"(?<![a-zA-Z_]){name}(?![a-zA-Z_])", re.I)
        return {word.sub("…", test) for test in ids if word.search(test.partition("[")[2])}

    # Two have no divergence, or no Fisher information, in closed form: those that do have tests of their own.
    others = ("Exponential", "Gamma", "LogLogistic", "GeneralizedPareto")
    return set.intersection(*map(those_of, others)), those_of("Rayleigh")


@pytest.mark.slow  # it collects all tests once more
def test_it_gets_every_test(copy: Path):
    every, its_own = every_test(copy)
    assert len(every) > 50
    assert sorted(every - its_own) == []


@pytest.mark.slow
def test_it_passes_every_test(copy: Path):
    _, its_own = every_test(copy)
    assert passed(run(copy, *PYTEST, "-k", "rayleigh", *TESTS)) >= len(its_own)
