"""Bounds next to a mode: the density has nothing special there, however close the two are."""

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
