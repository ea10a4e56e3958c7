"""What a folder, an environment or a file does that means harm, or is merely broken: one sentence, and nothing run."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.config.custom import import_distribution
from likelinet.core.errors import printable
from likelinet.core.wording import shown, value_shown
from likelinet.engines import build
from tests.small import quick, table, write_csv

X, y = table()
ROOT = Path(ll.__file__).parents[1]
OWN = "from likelinet import Gaussian\nclass Mine(Gaussian):\n    pass\n"


@pytest.mark.slow
@pytest.mark.parametrize("start", [["-m", "likelinet"], ["-P", "-m", "likelinet"]])
def test_nothing_of_the_current_folder_is_run(start: list[str], tmp_path: Path):
    for name in ("winreg", "sksparse", "uarray", "colorama"):
        (tmp_path / f"{name}.py").write_text(f"open('ran_{name}', 'w')\n", encoding="utf-8")
    write_csv(tmp_path / "t.csv", {"a": X[:, 0].tolist(), "y": y.tolist()})
    arguments = ["fit", "t.csv", "--target", "y", "-o", "m.safetensors", "--set", "data.features=[]"]
    for each in (arguments, ["plot", "m.safetensors", "t.csv", "-o", "p.png"]):
        done = subprocess.run(
            [sys.executable, *start, *each],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert not [*tmp_path.glob("ran_*")]


def test_a_named_class_is_found_in_the_current_folder_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mine_beside_the_data.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p not in ("", str(tmp_path))])
    before = list(sys.path)
    assert import_distribution("mine_beside_the_data:Mine").__name__ == "Mine"
    assert sys.path == before
    with pytest.raises(ll.ConfigError, match="cannot import 'not_there:Mine'"):
        import_distribution("not_there:Mine")
    assert sys.path == before


def _broken(error: Exception) -> Callable[..., None]:
    def engine(**_: Any) -> None:
        raise error

    return engine


@pytest.mark.parametrize("error", [ValueError("broken wheel"), AssertionError(), RuntimeError("no cuda"), OSError("x")])
def test_a_jax_that_cannot_be_used(error: Exception, monkeypatch: pytest.MonkeyPatch):
    jax = pytest.importorskip("likelinet.engines.jax")
    monkeypatch.setattr(jax, "JaxEngine", _broken(error))
    monkeypatch.setattr(build, "faster_engine", lambda *_: "jax")
    monkeypatch.setenv("JAX_PLATFORMS", "cuda")
    why = str(error) or "AssertionError"
    with pytest.warns(UserWarning, match=f"Training runs on NumPy, .*{why}, with JAX_PLATFORMS=cuda"):
        assert quick(engine="auto").fit(X, y).history.engine == "numpy"
    with pytest.raises(ll.ConfigError, match=f"'jax' cannot be used .{why}, with JAX_PLATFORMS=cuda.: pip install"):
        quick(engine="jax").fit(X, y)


def test_messages_spell_out_what_is_never_seen():
    assert printable("a\x1b[31m\nb\xa0c\ud800") == "a\\x1b[31m\nb\xa0c\\ud800"
    assert shown("a\nb\x00") == "a\\nb\\x00"
    assert str(ll.DataError("column '\x1b[31m'")) == "column '\\x1b[31m'"
    assert value_shown(10**5000) == "a very long int"
    with pytest.raises(ll.DataError, match=r"\(possible: a\\x1b, b\)"):
        quick().fit({"a\x1b": X[:, 0], "b": X[:, 1]}, "c")


@pytest.mark.parametrize("value", [1.797e308, -1.797e308])
def test_weights_and_y_near_the_largest_number(value: float):
    noted = pytest.warns(UserWarning, match="far from all others")
    with noted, pytest.raises(ll.DataError, match="y has numbers too large"):
        quick().fit(X, np.where(np.arange(60) == 3, value, y))
    with pytest.raises(ll.DataError, match=r"sample_weight (has numbers above 1e\+300|must not be negative)"):
        quick().fit(X, y, sample_weight=np.full(60, value))
