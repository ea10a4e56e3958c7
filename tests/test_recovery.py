"""Parameters that depend on x are found again: the fit loses little against the truth that the data were drawn from."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import families

spec = importlib.util.spec_from_file_location("recovery", Path(__file__).parents[1] / "benchmarks" / "recovery.py")
recovery = importlib.util.module_from_spec(spec)
sys.modules["recovery"] = recovery  # where dataclasses look their annotations up
spec.loader.exec_module(recovery)

QUICK = ("student_t", "negative_binomial", "censored_weibull", "zero_inflated_poisson", "mixture_gaussian")
WRAPPERS = {"truncated", "censored", "zero_inflated", "hurdle", "discretised", "transformed", "mixture"}


def test_every_family_and_every_wrapper_is_a_case():
    kinds = {c.model_fields["kind"].default for c in families.FAMILY_CONFIGS}
    assert {case.config["kind"] for case in recovery.CASES.values()} == kinds - {None} | WRAPPERS


@pytest.mark.parametrize("name", QUICK)
def test_the_fit_is_close_to_the_truth(name: str):
    found = recovery.recover(recovery.CASES[name], rows=10_000)
    assert found.each > -0.003  # certain: a mean divergence, and at most 0.0005 of noise from 40,000 fresh rows
    assert found.each <= recovery.LIMIT


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in recovery.CASES if name not in QUICK])
def test_the_fit_is_close_to_the_truth_of_all_others(name: str):
    found = recovery.recover(recovery.CASES[name])
    assert found.each > -0.003  # certain: a mean divergence, and at most 0.0005 of noise from 40,000 fresh rows
    assert found.each <= recovery.LIMIT


def test_the_truth_is_what_the_ranges_say():
    x = np.random.default_rng(0).uniform(-2.0, 2.0, (5000, 2))
    d = recovery.CASES["mixture_gaussian"].truth(x, np.ones(5000))
    assert d.components.loc.shape == (5000, 2)
    assert -3.0 <= d.components.loc[:, 0].min() < -2.9
    assert 2.9 < d.components.loc[:, 1].max() <= 3.0
    assert 0.3 <= d.components.scale.min() < 0.31


def test_training_starts_near_the_data_where_the_likelihood_rises_towards_infinity():
    # On flat y the likelihood of a truncated Gaussian rises for ever with the scale; no network comes back from there.
    y = np.linspace(0.0, 4.0, 500)
    X = np.zeros((500, 1))
    X[-1] = 1.0  # or it would be left out
    config = {"distribution": {"kind": "truncated", "low": 0.0, "high": 4.0, "base": {"kind": "gaussian"}}}
    model = ll.Model({"quality": "plain", **config, "training": {"steps": 1}}).fit(X, y, progress=False)
    d = model.predict_dist(X[:1])
    assert 2.0 < d.base.scale[0] < 40.0
    assert d.log_prob(1.0)[0] == pytest.approx(-np.log(4.0), abs=0.02)


@pytest.mark.parametrize("name", recovery.CASES)
def test_an_ensemble_is_the_average_of_its_members(name: str):
    case = recovery.CASES[name]
    x, y, _ = recovery.draw(case, 60, np.random.default_rng(0))
    config = {
        "quality": "plain",
        "distribution": dict(case.config),
        "ensemble": 2,
        "training": {"steps": 3},
        "network": {"hidden": [4]},
    }
    model = ll.Model(config).fit(x, y, progress=False)
    both = model.predict_dist(x).log_prob(y)
    fit, each = model._fit, []
    for member in (fit.theta[:1], fit.theta[1:]):
        model._fit = replace(fit, theta=member)
        each.append(model.predict_dist(x).log_prob(y))
    assert both.shape == (60,)
    assert np.ptp(each, axis=0).max() > 1e-3
    np.testing.assert_allclose(both, np.logaddexp(*each) - np.log(2.0), rtol=1e-9, atol=1e-9)
