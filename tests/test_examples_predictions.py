"""The examples on predictions: what they return against SciPy, scikit-learn and closed forms."""

import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats

import likelinet as ll
from tests.data import needs_mnist
from tests.test_examples import run


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Numbers outside|Columns that say nothing:UserWarning")
@needs_mnist
def test_mnist(tmp_path: Path):
    from sklearn.metrics import accuracy_score, log_loss

    result = run("13_mnist", tmp_path)
    labels = result["labels"]
    assert list(result["scores"]) == ["784-50-10 sigmoid", "784-50-10 relu", "784-50-100-10 relu", "five"]
    for name, scores in result["scores"].items():
        probs = result["probs"][name]
        np.testing.assert_allclose(probs.sum(axis=1), 1.0, rtol=1e-12)
        assert scores["nll"] == pytest.approx(log_loss(labels, probs), rel=1e-6)
        assert scores["accuracy"] == accuracy_score(labels, probs.argmax(axis=1)) > 0.75
        assert scores["nll"] < 0.4 * np.log(10.0)  # of guessing
    np.testing.assert_allclose(result["by_hand"], result["probs"]["784-50-10 sigmoid"], rtol=1e-3, atol=1e-6)


def test_mnist_without_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("LIKELINET_DATA", raising=False)
    monkeypatch.setitem(sys.modules, "pooch", None)  # as if it were not installed
    with pytest.raises(ll.DataError, match="set LIKELINET_DATA"):
        run("13_mnist", tmp_path)


@pytest.mark.parametrize("source", ["as it is", "generated"])
def test_heteroscedastic(tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch):
    if source == "generated":
        monkeypatch.setenv("LIKELINET_DATA", str(tmp_path))
    result = run("14_heteroscedastic", tmp_path)
    held, y, d, samples = result["held"], result["y"], result["predicted"], result["samples"]
    assert list(held) == ["fixed", "shared", "predicted", "mixture"]
    assert len(y) == (133 if source == "as it is" else 300)
    # With a fixed scale the NLL is the squared error in other units: least squares.
    closed = 0.5 * (held["fixed"]["rmse"] / 25.0) ** 2 + np.log(25.0) + 0.5 * np.log(2.0 * np.pi)
    assert held["fixed"]["nll"] == pytest.approx(closed, rel=1e-9)
    assert held["shared"]["nll"] - held["predicted"]["nll"] > 0.05
    assert np.mean(held["mixture"]["rows"] < held["shared"]["rows"]) > 0.4
    oracle = scipy.stats.norm(d.loc, d.scale)
    np.testing.assert_allclose(d.nll(y), -oracle.logpdf(y), rtol=1e-10)
    np.testing.assert_allclose(d.interval(0.9), oracle.interval(0.9), rtol=1e-9)
    quiet, swing = result["x"][:, 0] < 10.0, np.abs(result["x"][:, 0] - 30.0) < 6.0
    assert 4.0 * d.scale[quiet].mean() < d.scale[swing].mean()
    assert scipy.stats.kstest(((samples - d.loc) / d.scale).ravel(), "norm").pvalue > 1e-3


def test_inverse_problem(tmp_path: Path):
    result = run("15_inverse_problem", tmp_path)
    x, y, nll, off = result["x"], result["y"], result["nll"], result["off"]

    def g(u):
        return u + 0.3 * np.sin(2.0 * np.pi * u)

    exact = []
    for effect, cause in zip(x[:100], y[:100], strict=True):
        joint = scipy.stats.norm(loc=effect, scale=0.05).pdf
        evidence, _ = scipy.integrate.quad(lambda u, joint=joint: joint(g(u)), 0.0, 1.0, limit=200)
        exact.append(joint(g(cause)) / evidence)
    np.testing.assert_allclose(result["density"][:100], exact, rtol=1e-4)
    assert nll["truth"] == pytest.approx(-np.log(result["density"]).mean(), rel=1e-12)

    d = result["predicted"]["mixture"]
    parts = scipy.stats.norm(d.components.loc, d.components.scale).logpdf(y[:, None])
    mixed = scipy.special.logsumexp(parts, b=d.probs, axis=1)
    assert nll["mixture"] == pytest.approx(-mixed.mean(), rel=1e-9)
    assert nll["mixture"] == pytest.approx(nll["truth"], abs=0.15)
    assert nll["mixture"] < nll["gaussian"] - 0.3

    answers = {"mean": np.sum(d.probs * d.components.loc, axis=1), "true cause": y} | result["samples"]
    for name, answer in answers.items():
        assert off[name] == pytest.approx(np.sqrt(np.mean((g(answer) - x) ** 2)), rel=1e-9)
    assert off["mixture"] < 0.8 * off["mean"]
    assert off["mixture"] < 0.6 * off["gaussian"]


def test_your_own_data(tmp_path: Path):
    result = run("18_your_own_data", tmp_path)
    d, demand, profit = result["d"], result["demand"], result["profit"]
    oracle = scipy.stats.nbinom(d.total_count, 1.0 / (1.0 + np.exp(d.logits)))
    np.testing.assert_array_equal(result["interval"], oracle.interval(0.9))
    truth = scipy.stats.nbinom(12.0, 12.0 / (12.0 + result["mean"]))
    np.testing.assert_array_equal(result["true"], truth.ppf(0.9))
    # By brute force: of all numbers to bake, none has a higher expected profit under the predicted distribution.
    q = np.arange(1000)
    for i in range(20):
        p = scipy.stats.nbinom(d.total_count[i], 1.0 / (1.0 + np.exp(d.logits[i]))).pmf(q)
        expected = [3.0 * np.sum(p * np.minimum(number, q)) - 0.3 * number for number in range(600)]
        assert np.argmax(expected) == result["bake"][i]
    for name, baked in (("the predicted quantile", result["bake"]), ("the true quantile", result["true"])):
        assert profit[name] == pytest.approx(np.mean(3.0 * np.minimum(baked, demand) - 0.3 * baked), rel=1e-12)
    assert profit["the demand, if one knew it"] == pytest.approx(2.7 * demand.mean(), rel=1e-12)
    assert profit["the predicted quantile"] > profit["the predicted mean"]
    low, high = result["interval"]
    assert result["scores"]["coverage_90"] == pytest.approx(np.mean((low <= demand) & (demand <= high)), abs=1e-12)


def test_your_own_distribution(tmp_path: Path):
    result = run("19_your_own_distribution", tmp_path)
    x, y, nll = result["x"], result["y"], result["nll"]
    assert "subtract 3 log(scale)" in result["complaint"]
    assert nll["Maxwell"] == pytest.approx(-scipy.stats.maxwell(scale=result["scale"]).logpdf(y).mean(), rel=1e-10)
    # a of argon is 249.88 m/s at 300 K.
    theory = 249.88 * np.sqrt(x / 300.0)
    assert nll["theory"] == pytest.approx(-scipy.stats.maxwell(scale=theory).logpdf(y).mean(), abs=1e-5)
    assert scipy.stats.kstest(y / theory, scipy.stats.maxwell.cdf).pvalue > 1e-3
    middle = (x > 100.0) & (x < 900.0)
    np.testing.assert_allclose(result["scale"][middle], theory[middle], rtol=0.25)
    assert result["slope"] == pytest.approx(0.5, abs=0.06)
    assert nll["Maxwell"] < min(nll["gaussian"], nll["gamma"])


@pytest.mark.filterwarnings("ignore:Numbers outside:UserWarning")
def test_ensemble_calibration(tmp_path: Path):
    result = run("20_ensemble_calibration", tmp_path)
    d = result["mixture"]
    loc, scale = d.components.loc, d.components.scale
    assert loc.shape == (301, 5)
    np.testing.assert_allclose(d.mean(), loc.mean(axis=1), rtol=1e-9, atol=1e-12)
    second = (scale**2 + loc**2).mean(axis=1)  # E y², another way to the variance than the example's
    np.testing.assert_allclose(d.var(), second - loc.mean(axis=1) ** 2, rtol=1e-7)
    np.testing.assert_allclose(d.cdf(np.zeros(301)), scipy.stats.norm.cdf(0.0, loc, scale).mean(axis=1), rtol=1e-9)
    assert result["between"] > 1.5 * result["inside"]
    for members, u in result["pit"].items():
        assert u.shape == (8 * 221,)
        held = [np.mean((u >= 0.5 - c / 2.0) & (u <= 0.5 + c / 2.0)) for c in np.linspace(0.1, 0.9, 9)]
        np.testing.assert_allclose(result["held"][members], held, atol=0.002)  # a value may lie on an edge
    assert result["average"] - result["nll"][5] > 0.02
    assert abs(result["held"][5][8] - 0.9) < 0.08


def test_decisions(tmp_path: Path):
    result = run("21_decisions", tmp_path)
    x, costs = result["x"], result["costs"]
    for cost in costs.values():
        assert abs(cost["truth"] - 1.0) < 0.01
        assert cost["truth"] - 0.01 < cost["fitted"] < min(cost["mean"], 1.2)
    # What orders cost, by an integral over the demand of its true distribution.
    spread = 0.15 + 0.6 * np.exp(-0.5 * ((x - 0.5) / 0.15) ** 2)
    demand = scipy.stats.gamma(1.0 / spread**2, scale=spread**2 * (20.0 + 30.0 * x))
    y = demand.ppf((np.arange(4000)[:, None] + 0.5) / 4000)

    def paid(orders: np.ndarray) -> float:
        return float(np.mean(np.maximum(4.0 * (y - orders), orders - y)))

    for name, orders in result["orders"].items():
        assert costs["order"][name] == pytest.approx(paid(orders) / paid(demand.ppf(0.8)), rel=5e-3)
    # A warning pays from a probability of 4 % on, and the truth is known to a day.
    p = scipy.stats.gumbel_r(0.5 + 1.6 * x, 0.25 + 0.3 * x).sf(3.0)
    np.testing.assert_array_equal(result["warnings"]["truth"], p > 0.04)
    # Of a Weibull life, the best age is proportional to the scale.
    share = result["replaced"]["truth"] / (200.0 * np.exp(-1.5 * x))
    np.testing.assert_allclose(share, share.mean(), rtol=0.02)
