"""Truncations to where a density is smooth, or a power law: next to a mode, deep in a tail, and next to an end."""

import numpy as np
import pytest

import likelinet as ll

NODES, WEIGHTS = (a[:, None, None] for a in np.polynomial.legendre.leggauss(20))
NEAR = np.array([-0.1, -1e-2, -1e-3, -1e-4, -1e-6, -1e-9, -1e-12, 0.0, 1e-6])
FIVE = np.array([0.0, -0.5, 0.3, 1e-5, 0.7]), np.array([1.0, 0.7, 1.3, 0.5, 0.9])
PROBS = [0.1, 0.3, 0.2, 0.15, 0.25]
AT_ZERO = {
    "gaussian": ll.Gaussian(0.0, 1.0),
    "laplace": ll.Laplace(0.0, 1.0),
    "logistic": ll.Logistic(0.0, 1.0),
    "gumbel": ll.Gumbel(0.0, 1.0),
    "student t": ll.StudentT(5.0, 0.0, 1.0),
    "skew normal": ll.SkewNormal(0.0, 1.0, 2.0),
    "johnson su": ll.JohnsonSU(0.0, 1.0, 0.0, 1.0),
    "asymmetric laplace": ll.AsymmetricLaplace(0.0, 1.0, 0.3),
    "gaussians": ll.Mixture(ll.Gaussian(*FIVE), probs=PROBS),
    "laplaces": ll.Mixture(ll.Laplace(*FIVE), probs=PROBS),
    "students": ll.Mixture(ll.StudentT([4.0, 5.0, 6.0, 7.0, 8.0], *FIVE), probs=PROBS),
}
"""Densities with a mode, a kink or a component's centre at 0."""


def integrals(d, y, cuts):
    """Return mean, variance, entropy and CRPS by Gauss's rule of 20 nodes between many cuts, of one row each."""
    cuts = np.sort(np.clip(np.concatenate([cuts, y[None]]), *d.endpoints()), axis=0)
    half = 0.5 * np.diff(cuts, axis=0)
    at, width = cuts[:-1] + half * (1.0 + NODES), half * WEIGHTS
    log_p, total = d.log_prob(at), (0, 1)
    p = np.exp(log_p) * width
    mean = (p * at).sum(total)
    misses = np.where(at < y, d.cdf(at), d.sf(at))
    return mean, (p * (at - mean) ** 2).sum(total), -(p * log_p).sum(total), (width * misses**2).sum(total)


@pytest.mark.parametrize("side", ["low", "high"])
@pytest.mark.parametrize("base", AT_ZERO.values(), ids=AT_ZERO)
def test_bound_next_to_a_mode(base, side):
    d = ll.Truncated(base, **{side: NEAR})
    y, shares = d.ppf(0.6), np.exp(-np.arange(0.3, 60.0, 2.5))[:, None]
    fixed = np.concatenate([FIVE[0], [-1e6, -1.0, 1.0, 1e6]])
    cuts = np.concatenate([base.ppf(shares), base.isf(shares), fixed[:, None]])
    answers = (d.mean(), d.var(), d.entropy(), d.crps(y))
    for got, want in zip(answers, integrals(d, y, cuts + np.zeros(len(NEAR))), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-8)


POWERS = {
    "student t": (lambda low: ll.Truncated(ll.StudentT(3.0, 0.0, 1.0), low=low), 3.0),
    "log-logistic": (lambda low: ll.Truncated(ll.LogLogistic(1.0, 3.0), low=low), 3.0),
    "inverse gamma": (lambda low: ll.Truncated(ll.InverseGamma(2.5, 1e-3), low=low), 2.5),
    "components": (lambda low: ll.Truncated(ll.Mixture(ll.LogLogistic([1.0, 0.7], 3.0), [0.0, 0.0]), low=low), 3.0),
}


@pytest.mark.parametrize(("make", "index"), POWERS.values(), ids=POWERS)
def test_what_lies_deep_in_a_heavy_tail_is_a_pareto_distribution(make, index):
    low = 10.0 ** np.array([5.0, 7.0, 12.0, 30.0, 60.0])
    d = make(low)
    np.testing.assert_allclose(d.mean(), low * index / (index - 1.0), rtol=2e-8)
    np.testing.assert_allclose(d.entropy(), np.log(low / index) + 1.0 + 1.0 / index, rtol=2e-8)
    # The integral of (1 - z⁻ᵃ)² from 1 to 2, and of z⁻²ᵃ from there on.
    crps = 1.0 - 2.0 * (1.0 - 2.0 ** (1.0 - index)) / (index - 1.0) + 1.0 / (2.0 * index - 1.0)
    np.testing.assert_allclose(d.crps(2.0 * low), low * crps, rtol=2e-8)


NEXT_TO_AN_END = {
    "exponential": (ll.Exponential(1.0), 1.0),
    "half normal": (ll.HalfNormal(1.0), 1.0),
    "gamma 0.4": (ll.Gamma(0.4, 1.0), 0.4),
    "log-logistic": (ll.LogLogistic(1.0, 3.0), 3.0),
    "weibull": (ll.Weibull(1.0, 2.0), 2.0),
    "components": (ll.Mixture(ll.Gamma([0.4, 0.4], [1.0, 2.0]), probs=[0.3, 0.7]), 0.4),
}


@pytest.mark.parametrize(("base", "power"), NEXT_TO_AN_END.values(), ids=NEXT_TO_AN_END)
def test_what_lies_next_to_an_end_is_a_power_of_a_uniform_distribution(base, power):
    high = 10.0 ** -np.array([9.0, 12.0, 20.0, 60.0])
    d = ll.Truncated(base, high=high)
    np.testing.assert_allclose(d.mean(), high * power / (power + 1.0), rtol=5e-8)
    np.testing.assert_allclose(d.var(), high**2 * power / (power + 2.0) / (power + 1.0) ** 2, rtol=5e-8)
    np.testing.assert_allclose(d.entropy(), np.log(high / power) + 1.0 - 1.0 / power, rtol=5e-8)
