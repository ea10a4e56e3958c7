"""The worked example of the docs, a family in one file and one row, is right as it is written there."""

import importlib
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import scipy.stats
from mpmath import mp

import likelinet as ll
from likelinet.config.families import GaussianConfig
from likelinet.config.family import family_config
from likelinet.testing import check_distribution, check_gradients
from tests import cases, exact
from tests.distributions import (
    test_against_scipy,
    test_edges,
    test_gradients,
    test_normalised,
    test_quantiles,
    test_sampling,
    test_scores,
    test_tails,
)
from tests.test_docs import ROOT, own_and_package, run

FILE, ROW, USE = own_and_package(ROOT / "docs" / "plugins.md")[1]
EVERY_TEST = [
    test_against_scipy.test_log_prob,
    test_against_scipy.test_log_probabilities,
    test_against_scipy.test_entropy,
    test_edges.test_log_prob_outside_the_support,
    test_edges.test_nan_in_nan_out,
    test_edges.test_cdf_at_the_ends,
    test_edges.test_shapes_follow_broadcasting,
    test_gradients.test_gradient_of_a_family,
    test_gradients.test_gradient_of_a_mixture,
    test_gradients.test_gradient_of_the_tails,
    test_gradients.test_intervals,
    test_normalised.test_a_density_integrates_to_its_cdf,
    test_quantiles.test_ppf_undoes_cdf_and_isf_undoes_sf,
    test_quantiles.test_ends_and_nonsense,
    test_sampling.test_draws_follow_the_distribution,
    test_sampling.test_single_rows_equal_rows_of_the_batch,
    test_scores.test_crps_of_a_density,
    test_scores.test_mode_is_where_log_prob_is_highest,
    test_scores.test_kl_divergence_from_itself_is_zero_and_else_positive,
]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory):
    """Return the file of the example, imported as the module `rayleigh`."""
    folder = tmp_path_factory.mktemp("worked_example")
    (folder / "rayleigh.py").write_text(FILE, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("rayleigh")
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("rayleigh", None)


@pytest.fixture
def row(module) -> cases.Family:
    names = {"ll": SimpleNamespace(Rayleigh=module.Rayleigh), "scipy": scipy, "exact": exact, "mp": mp}
    return eval(ROW, {**names, "Family": cases.Family})


def test_it_is_short(module):
    code, inside = [], False
    for line in FILE.splitlines():
        quotes = line.count('"""')
        if not inside and not quotes and line.strip():
            code.append(line)
        inside ^= quotes == 1
    assert len(code) <= 60


def among_the_others(row: cases.Family, module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the row to those of continuous families that a module of tests knows."""
    if hasattr(module, "CONTINUOUS"):
        monkeypatch.setattr(module, "CONTINUOUS", (*module.CONTINUOUS, row))


@pytest.mark.parametrize("test", EVERY_TEST, ids=lambda t: t.__name__)
def test_the_row_gives_it_every_test(row: cases.Family, test, monkeypatch):
    among_the_others(row, sys.modules[test.__module__], monkeypatch)
    test(case=row)


@pytest.mark.parametrize(("inverse", "tail"), [("ppf", "log_cdf"), ("isf", "log_sf")])
def test_the_row_gives_it_the_tests_of_tails(row: cases.Family, inverse: str, tail: str, monkeypatch):
    among_the_others(row, test_tails, monkeypatch)
    test_tails.test_far_tails(case=row, tail=tail)
    test_tails.test_quantiles_reach_the_far_tails(case=row, inverse=inverse, tail=tail)
    test_against_scipy.test_probabilities(case=row, method=tail.removeprefix("log_"))
    test_against_scipy.test_quantiles(case=row, method=inverse)


def test_the_checks_of_plugins_pass(row: cases.Family):
    d, _ = row.batch(4)
    check_distribution(d)
    check_gradients(d)


def test_its_config_follows_from_the_class(module):
    config = family_config(module.Rayleigh)
    made = config(scale="shared")
    assert made.kind == "rayleigh"
    assert made.links == {"scale": "softplus"}
    assert set(config.model_fields) == set(GaussianConfig.model_fields) - {"loc", "offset"} | {"exposure"}


def test_it_trains_and_other_families_go_over_it(module):
    names = run(
        [
            "import numpy as np\nimport likelinet as ll\nfrom rayleigh import Rayleigh\n"
            "rng = np.random.default_rng(0)\n" + USE
        ]
    )
    predicted = names["censored"].predict_dist([[0.25], [0.75]])
    assert isinstance(predicted, ll.Censored)
    # Where there are rows on either side; of the censored values as they stand the second would be 27 % too small.
    np.testing.assert_allclose(predicted.base.scale, [1.75, 3.25], rtol=0.2)
    check_distribution(names["truncated"])
    check_distribution(names["mixture"])
    check_distribution(ll.Discretised(names["mixture"]))
