"""The benchmark that the defaults were chosen by, on real data: heavier, so behind the marker `slow`."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "uci.py"


@pytest.fixture(scope="module")
def uci():
    spec = importlib.util.spec_from_file_location("uci", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not module.data_folder().is_dir():
        pytest.skip(f"the UCI sets are not in {module.data_folder()}; set LIKELINET_DATA")
    return module


@pytest.mark.slow
@pytest.mark.parametrize(("name", "nll", "rmse"), [("concrete", 2.97, 5.3), ("yacht", -0.3, 1.0)])
def test_the_defaults_reach_their_targets_over_the_standard_splits(uci, name: str, nll: float, rmse: float):
    scores = np.array([uci.run_split(split, name, ()) for split in range(20)])
    assert scores[:, 0].mean() <= nll
    assert scores[:, 1].mean() <= rmse
    assert 0.85 <= scores[:, 2].mean() <= 0.95  # the 90 % intervals
