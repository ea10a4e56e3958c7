"""`import likelinet` is light, and the public names are there."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import likelinet as ll
from likelinet.config.families import FAMILY_CONFIGS
from likelinet.core.wording import snake_case
from likelinet.distributions import rooms

HEAVY = ("matplotlib", "pandas", "scipy.stats", "sklearn", "jax", "tqdm", "click", "pyarrow", "torch", "polars")


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after running code."""
    script = f"{code}\nimport sys, json\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_is_light():
    assert loaded_by("import likelinet") & set(HEAVY) == set()


def test_fit_and_predict_are_light():
    code = """
import likelinet as ll, numpy as np
X = np.arange(20.0)[:, None]
model = ll.Model({"quality": "plain", "network": {"hidden": [2]}, "training": {"epochs": 1}}).fit(X, X[:, 0] ** 2)
model.predict_dist(X).interval(0.9)
model.evaluate(X, X[:, 0])
"""
    assert loaded_by(code) & set(HEAVY) == set()


def test_command_line_loads_only_what_it_needs():
    assert loaded_by("import likelinet.cli.main") & (set(HEAVY) - {"click"}) == set()


def test_import_loads_no_more_than_its_table():
    loaded = loaded_by("import likelinet")
    ours = {name for name in loaded if name.partition(".")[0] in ("likelinet", "numpy", "pydantic")}
    core = {f"likelinet.core.{name}" for name in ("errors", "lazy", "notes")}
    assert ours == {"likelinet", "likelinet._renamed", "likelinet.core", *core}


@pytest.mark.parametrize(
    ("command", "shown"),
    [("--help", "schema"), ("fit --help", "--quiet"), ("schema", "GaussianConfig"), ("--version", ll.__version__)],
)
@pytest.mark.parametrize(
    "start", ["from likelinet.cli.main import main; main({})", "runpy.run_module('likelinet', run_name='__main__')"]
)
def test_help_and_schema_come_without_scipy(command: str, shown: str, start: str):
    code = f"""
import contextlib, io, runpy, sys
sys.argv = ["likelinet", *{command.split()!r}]
with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
    {start.format(command.split())}
assert {shown!r} in out.getvalue()
"""
    assert {name for name in loaded_by(code) if name.partition(".")[0] in ("scipy", "matplotlib", "pyarrow")} == set()


def test_python_m_likelinet():
    done = subprocess.run([sys.executable, "-m", "likelinet", "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: likelinet [OPTIONS] COMMAND")


def test_configs_go_without_docstrings():
    code = "import likelinet as ll; print(ll.Model({'distribution': {'kind': 'censored', 'base': {'kind': 'gamma'}}}))"
    done = [subprocess.run([sys.executable, *f, "-c", code], capture_output=True, check=True) for f in ([], ["-OO"])]
    assert done[0].stdout == done[1].stdout


def test_names_are_complete_before_any_is_used():
    code = "import likelinet as ll, json, sys\nprint(json.dumps([dir(ll), ll.__all__]))\nsys.stdout.flush()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown, public = json.loads(done.stdout)
    assert set(public) <= set(shown)
    assert public == sorted(ll.__all__)


def test_a_room_without_its_library_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "skpro", None)
    for name in [name for name in sys.modules if name.startswith("likelinet.skpro")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match=r"^likelinet\.skpro needs skpro .*: pip install 'likelinet\[skpro\]'\.$"):
        importlib.import_module("likelinet.skpro")


def test_dir_shows_what_is_public_and_nothing_else():
    packages = {"likelinet": ["config", "distributions"], "likelinet.distributions": [], "likelinet.model": []}
    code = f"""
import importlib, json
modules = [importlib.import_module(name) for name in {[*packages]!r}]
print(json.dumps([[dir(m), dir(m), m.__all__] for m in modules]))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    for (first, again, public), rooms_of_names in zip(json.loads(done.stdout), packages.values(), strict=True):
        assert first == again == sorted(first)
        assert [name for name in first if not name.startswith("__")] == sorted([*public, *rooms_of_names])


def test_star_import_gives_the_public_names():
    names: dict[str, object] = {}
    exec("from likelinet import *", names)
    assert set(ll.__all__) <= set(names)
    assert names["Gaussian"] is ll.Gaussian


@pytest.mark.parametrize("name", ["Univariate", "Wrapper", "dump_config", "gaussian", "NoConfig", "core_"])
def test_other_names_are_not_public(name: str):
    assert not hasattr(ll, name)
    assert name not in dir(ll)


def test_a_name_is_found_once_and_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(vars(ll), "Gaussian", raising=False)
    found = ll.Gaussian
    assert vars(ll)["Gaussian"] is found


def test_modules_at_the_root_are_few():
    root = Path(ll.__file__).parent
    assert sorted(p.name for p in root.glob("*.py")) == ["__init__.py", "__main__.py", "_renamed.py"]


def test_every_room_has_its_families():
    found = {cls for room in rooms.ROOMS for cls in rooms.families(room)}
    assert found | {ll.Labelled} == {cls for room in rooms.ROOMS for cls in rooms.classes(room)}
    assert {f"{cls.__name__}Config" for cls in found} == {c.__name__ for c in FAMILY_CONFIGS}
    for cls in found:
        room = cls.__module__.split(".")[2]
        assert cls.__module__ == f"likelinet.distributions.{room}.{snake_case(cls.__name__)}"
        assert cls.purpose, f"{cls.__name__} says in a few words what it is for"


def test_public_names_are_sorted_and_exist():
    assert list(ll.__all__) == sorted(ll.__all__)
    assert [name for name in ll.__all__ if not hasattr(ll, name)] == []
    assert [name for name in ll.__all__ if not getattr(ll, name).__doc__] == []


def test_errors_are_a_tree():
    for error in (ll.ConfigError, ll.DataError, ll.ModelFileError, ll.ParameterError):
        assert issubclass(error, ll.LikelinetError)
        assert issubclass(error, ValueError)
