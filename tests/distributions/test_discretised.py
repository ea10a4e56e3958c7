"""Rounded distributions: masses, supports and heavy tails."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll


def test_masses_of_a_rounded_gaussian():
    d, oracle = ll.Discretised(ll.Gaussian(0.3, 2.0)), scipy.stats.norm(0.3, 2.0)
    k = np.arange(-20.0, 21.0)
    np.testing.assert_allclose(np.exp(d.log_prob(k)), oracle.cdf(k + 0.5) - oracle.cdf(k - 0.5), rtol=1e-9, atol=1e-16)
    np.testing.assert_allclose(d.cdf(k), oracle.cdf(k + 0.5), rtol=1e-12)
    np.testing.assert_array_equal(d.log_prob([0.5, np.inf, -np.inf]), np.full(3, -np.inf))
    np.testing.assert_allclose(d.log_prob(-80.0), oracle.logcdf(-79.5), rtol=1e-6)


@pytest.mark.parametrize(
    ("base", "low", "high"),
    [
        (ll.Gaussian(0.0, 1.0), -np.inf, np.inf),
        (ll.Gamma(2.0, 1.0), 0.0, np.inf),
        (ll.Beta(2.0, 2.0), 0.0, 1.0),
        (ll.Truncated(ll.Gaussian(0.0, 1.0), -1.5, 2.6), -1.0, 3.0),
        (ll.Transformed(ll.Gamma(2.0, 1.0), ll.Affine(7.4, 2.0)), 7.0, np.inf),
    ],
    ids=["real", "positive", "unit", "truncated", "shifted"],
)
def test_supports(base, low, high):
    d = ll.Discretised(base)
    assert (d.support.low, d.support.high, d.support.integer) == (low, high, True)
    assert (float(d.ppf(0.0)), float(d.ppf(1.0))) == (low, high)
    ends = [e for e in (low, high) if np.isfinite(e)]
    assert (d.log_prob(ends) > -np.inf).all()
    assert d.log_prob(low - 1.0) == d.log_prob(high + 1.0) == -np.inf


def test_heavy_tails():
    d = ll.Discretised(ll.StudentT([2.5, 1.5, 0.9], 0.0, 30.0))
    # Rounding adds 1/12 to the variance of what is smooth on the scale of 1.
    np.testing.assert_allclose(d.var()[0], 900.0 * 5.0 + 1.0 / 12.0, rtol=1e-6)
    np.testing.assert_allclose(d.mean()[:2], 0.0, atol=1e-6)
    assert d.var()[1] == np.inf
    assert np.isnan(d.mean()[2])


def test_large_values():
    d = ll.Discretised(ll.Gaussian(1e9, 1e6))
    np.testing.assert_allclose([d.mean(), d.std(), d.ppf(0.5)], [1e9, 1e6, 1e9], rtol=1e-7)
    np.testing.assert_allclose(d.entropy(), ll.Gaussian(0.0, 1e6).entropy(), rtol=1e-9)
    np.testing.assert_allclose(d.crps(1e9 + 1e6), ll.Gaussian(0.0, 1e6).crps(1e6), rtol=1e-6)


LOC = np.array([[0.2, 1e4 + 0.3, 3e4], [-56647.7, -330.3, 9e4], [2e5, 5e3, -0.4]])
SCALE = np.array([[0.01, 0.01, 3.0], [0.01, 0.0015, 0.4], [100.0, 0.3, 20.0]])
WEIGHTS = np.array([[0.5, 0.5, 0.0], [0.49, 0.5, 0.01], [0.2, 0.3, 0.5]])


def masses(row: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the whole numbers around the components of a row and the masses there."""
    far = 40.0 * SCALE[row] + 2.0
    around = [np.arange(low, high) for low, high in zip(*np.floor([LOC[row] - far, LOC[row] + far + 1.0]), strict=True)]
    k = np.unique(np.concatenate(around))
    z = np.abs(k[:, None] - LOC[row])
    each = scipy.stats.norm.sf((z - 0.5) / SCALE[row]) - scipy.stats.norm.sf((z + 0.5) / SCALE[row])
    return k, each @ WEIGHTS[row]


@pytest.mark.parametrize("which", ["discretised", "zero-inflated", "mixed"])
def test_narrow_parts_far_apart(which):
    d, y = ll.Discretised(ll.Mixture(ll.Gaussian(LOC, SCALE), probs=WEIGHTS)), np.array([13.0, -400.0, 7e4])
    if which == "zero-inflated":
        d = ll.ZeroInflated(d, gate=0.125)
    if which == "mixed":
        d = ll.Mixture(ll.Discretised(ll.Gaussian(LOC, SCALE)), probs=WEIGHTS)
    for i in range(len(LOC)):
        k, p = masses(i)
        if which == "zero-inflated":
            more = np.union1d(k, [0.0])
            p = 0.875 * np.where(np.isin(more, k), p[np.searchsorted(k, more).clip(max=len(k) - 1)], 0.0)
            k, p = more, p + 0.125 * (more == 0.0)
        mean, cdf = p @ k, p.cumsum()
        var = p @ (k - mean) ** 2
        np.testing.assert_allclose(d[i].mean(), mean, rtol=1e-12)
        np.testing.assert_allclose(d[i].var(), var, rtol=1e-12)
        np.testing.assert_allclose(d[i].entropy(), scipy.stats.entropy(p), rtol=1e-11)
        crps = p @ np.abs(k - y[i]) - (cdf * (1.0 - cdf))[:-1] @ np.diff(k)  # E|Y - y| - E|Y - Y'| / 2
        np.testing.assert_allclose(d[i].crps(y[i]), crps, rtol=1e-11)


def test_mistakes():
    with pytest.raises(ll.ParameterError, match="base must be continuous, but Poisson has whole numbers"):
        ll.Discretised(ll.Poisson(1.0))
