"""The examples run, and what they show is true."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

EXAMPLES = Path(__file__).parents[1] / "examples"
PNG = b"\x89PNG\r\n\x1a\n"


def run(name: str, output: Path) -> dict[str, Any]:
    """Return what main(quick=True) of an example returns, with its figures in another folder."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["OUTPUT"] = output
    # The matrices are small: BLAS threads that wait for each other on busy cores take many times longer than one alone.
    with threadpool_limits(1):
        result = module.main(quick=True)
    assert result["figure"].parent == output
    assert result["figure"].read_bytes().startswith(PNG)
    return result


def test_gaussian_mle(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    result = run("01_gaussian_mle", tmp_path)
    y = result["y"]
    np.testing.assert_allclose([result["mean"], result["std"]], [y.mean(), y.std()], rtol=1e-6)
    assert -0.1 < result["highest"] <= 0.0  # no point of the grid is above the maximum, one is close to it
    assert f"{y.mean():.6f}" in capsys.readouterr().out


def test_heteroscedastic(tmp_path: Path):
    result = run("02_heteroscedastic", tmp_path)
    nll = {name: scores["nll"] for name, scores in result["scores"].items()}
    assert set(nll) == {"25.0", "shared", "predicted"}
    assert nll["predicted"] < nll["shared"] - 0.1
    assert nll["predicted"] < nll["25.0"] - 0.1
    assert result["samples"].shape == (500,)


def test_autoencoder(tmp_path: Path):
    result = run("03_autoencoder", tmp_path)
    for scores in result["scores"].values():
        assert scores["nll"] < scores["baseline_nll"] - 5.0  # the code says something about the image
        assert scores["rmse"] < 0.7 * scores["baseline_rmse"]
    assert result["samples"].shape == (2, 10, 64)
    assert set(np.unique(result["samples"])) == {0.0, 1.0}


def test_every_example_has_a_test():
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {p.stem.partition("_")[2] for p in EXAMPLES.glob("[0-9]*.py")} <= tested
