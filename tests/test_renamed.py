"""Modules under the names that they had before still work, and say which name they have now."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import likelinet as ll
from likelinet import _renamed
from likelinet.distributions.base.parameter import Parameter
from likelinet.model.model import Model
from likelinet.objective.objective import Objective
from likelinet.scores import evaluate, survival
from likelinet.selection import compare


@pytest.fixture(autouse=True)
def _forgotten():
    """Import the old names anew in each test."""
    for old in _renamed.MODULES:
        sys.modules.pop(f"likelinet.{old}", None)
        vars(ll).pop(old, None)


@pytest.mark.parametrize("old", sorted(_renamed.MODULES))
def test_old_name_warns_and_has_the_contents(old: str):
    where = _renamed.MODULES[old]
    room, name = where.rsplit(".", 1)
    new = f"likelinet.{room}" if room in ("scores", "selection") else f"likelinet.{where}"
    new = "likelinet" if name in ("domains", "errors") else new
    with pytest.warns(DeprecationWarning, match=f"^likelinet\\.{old} is now {new}\\.$"):
        module = importlib.import_module(f"likelinet.{old}")
    contents = importlib.import_module(f"likelinet.{where}")
    own = {n: v for n, v in vars(contents).items() if getattr(v, "__module__", "") == contents.__name__}
    assert own
    assert {name: getattr(module, name) for name in own} == own
    assert set(own) <= set(dir(module))


def test_every_way_to_import():
    with pytest.warns(DeprecationWarning, match="likelinet.metrics is now likelinet.scores"):
        assert ll.metrics.evaluate is evaluate
    with pytest.warns(DeprecationWarning, match="likelinet.survival is now likelinet.scores"):
        from likelinet.survival import kaplan_meier
    assert kaplan_meier is survival.kaplan_meier
    with pytest.warns(DeprecationWarning, match="likelinet.compare is now likelinet.selection"):
        import likelinet.compare
    assert likelinet.compare.compare is compare


@pytest.mark.parametrize("line", ["import likelinet.metrics", "from likelinet.metrics import crps", "ll.metrics"])
def test_the_warning_names_the_line_of_the_user(tmp_path: Path, line: str):
    script = tmp_path / "mine.py"
    script.write_text(f"import likelinet as ll\n\n{line}\n", encoding="utf-8")
    root = str(Path(ll.__file__).parents[1])
    code = f"import sys; sys.path.insert(0, {root!r}); sys.path.insert(0, {str(tmp_path)!r}); import mine"
    command = [sys.executable, "-W", "always::DeprecationWarning", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{script}:3: DeprecationWarning: likelinet.metrics is now likelinet.scores." in done.stderr


@pytest.mark.parametrize(
    ("package", "thing"), [("model", Model), ("objective", Objective), ("distributions.base", Parameter)]
)
def test_packages_that_were_modules_have_their_names(package: str, thing: type):
    module = importlib.import_module(f"likelinet.{package}")
    assert getattr(module, thing.__name__) is thing
    assert thing.__name__ in dir(module)
    with pytest.raises(AttributeError, match=f"module 'likelinet.{package}' has no attribute 'Nothing'"):
        module.Nothing  # noqa: B018


def test_other_names_are_no_modules():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("likelinet.nothing")
    with pytest.raises(AttributeError, match="module 'likelinet' has no attribute 'Gausian'"):
        ll.Gausian  # noqa: B018
