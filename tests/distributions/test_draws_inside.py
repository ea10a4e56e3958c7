"""Draws lie inside the support, where they have a density: at extreme parameters too, and without a warning."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.core.domains import positive
from tests.cases import UNIVARIATE
from tests.wrappers import WRAPPERS

# What the shapes of heavy tails take at least, below which even the largest number is a draw among others.
LEAST = {"df": 0.1, "tailweight": 0.1}


def extreme(case, n: int = 200):
    """Return distributions whose parameters are drawn from twelve powers of ten."""
    rng, values = np.random.default_rng(3), np.empty((n, len(case.columns)))
    for j, p in enumerate(case.columns):
        if p.domain is positive:
            values[:, j] = np.maximum(10.0 ** rng.uniform(-6.0, 6.0, n), LEAST.get(p.name, 0.0))
        elif p.domain.integer:
            values[:, j] = rng.integers(0, 1000, n)
        elif p.domain.low == 0.0:
            values[:, j] = np.clip(rng.beta(0.1, 0.1, n), 1e-9, 1.0 - 1e-9)
        else:
            values[:, j] = rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-6.0, 2.0, n)
    return case.distribution(case.split(values))


@pytest.mark.parametrize("case", UNIVARIATE, ids=str)
def test_families(case):
    d = extreme(case)
    y = d.sample(20, rng=4)
    assert d.support.contains(y).all()
    assert np.isfinite(d.log_prob(y)).all()


BESIDE_ZERO = ll.Truncated(ll.Gaussian([-2.0, 3.0], 1.0), [-np.inf, 1.0], [-1.0, np.inf])
FROM_EXTREME = {
    "log": lambda: ll.Transformed(ll.Gaussian([0.0, 700.0, -800.0, 0.0], [300.0, 1.0, 1.0, 1e3]), ll.Log()),
    "logit": lambda: ll.Transformed(ll.Gaussian([0.0, 300.0, -800.0, 0.0], [20.0, 1.0, 1.0, 1e3]), ll.Logit()),
    "logit of t": lambda: ll.Transformed(ll.StudentT(3.0, [0.0, 30.0, -30.0], 20.0), ll.Logit()),
    "affine": lambda: ll.Transformed(ll.Gamma([1e-3, 1e-2, 1.0], 1.0), ll.Affine([0.0, 1.0, 1e10], [1e3, 1.0, 1e-6])),
    "affine of beta": lambda: ll.Transformed(
        ll.Beta([0.01, 0.1, 1.0], 0.01), ll.Affine([0.0, 1.0, -7.0], [3.0, 0.1, 7.0])
    ),
    "affine of log": lambda: ll.Transformed(
        ll.Transformed(ll.Gaussian(0.0, [300.0, 1e3]), ll.Log()), ll.Affine(1.0, 2.0)
    ),
    "hurdle beside zero": lambda: ll.Hurdle(BESIDE_ZERO, 0.3),
    "mixture of hurdles": lambda: ll.Mixture(ll.Hurdle(BESIDE_ZERO, 0.3), np.zeros(2)),
    "truncated": lambda: ll.Truncated(ll.Gamma([1e-3, 0.1, 1e4], [1.0, 1e3, 1e-3]), high=3e7),
    "truncated far out": lambda: ll.Truncated(ll.Gaussian(0.0, [1e-3, 1.0, 1e6]), 30.0),
    "zero-inflated": lambda: ll.ZeroInflated(ll.Gamma([1e-3, 1e-2, 1.0], 1.0), [0.1, 0.5, 1.0]),
    "hurdle": lambda: ll.Hurdle(ll.LogNormal(0.0, [300.0, 1e3, 1.0]), [0.0, 0.5, 0.9]),
    "mixture": lambda: ll.Mixture(ll.Gamma([1e-3, 2.0], 1.0), probs=[0.5, 0.5]),
    "mixture of maps": lambda: ll.Mixture(ll.Transformed(ll.Gaussian([0.0, 30.0], 20.0), ll.Logit()), probs=[0.5, 0.5]),
    "discretised": lambda: ll.Discretised(ll.LogNormal(0.0, [30.0, 1.0, 1e-3])),
}


@pytest.mark.parametrize("name", FROM_EXTREME)
def test_of_extreme_distributions(name):
    d = FROM_EXTREME[name]()
    y = d.sample(2000, rng=5)
    assert np.isfinite(y).all()
    assert np.isfinite(d.log_prob(y)).all()


@pytest.mark.parametrize("name", WRAPPERS)
def test_wrappers(name):
    d = WRAPPERS[name]()
    assert np.isfinite(d.log_prob(d.sample(500, rng=6))).all()


def test_the_nearest_number_inside_is_drawn():
    """As often as what it stands for: of Gamma(1e-3) half are below the least positive number."""
    least, most, one = 5e-324, np.finfo(float).max, 1.0 - 2.0**-53
    y = ll.Gamma(1e-3, 1.0).sample(1000, rng=0)
    assert y.min() == least
    assert abs((y == least).mean() - ll.Gamma(1e-3, 1.0).cdf(least)) < 0.07
    assert ll.InverseGamma(0.001, 1.0).sample(1000, rng=0).max() == most
    assert ll.LogNormal(0.0, 1e3).sample(1000, rng=0).max() == most
    y = ll.Transformed(ll.Gaussian(0.0, 20.0), ll.Logit()).sample(1000, rng=0)
    assert y.max() == one
    assert abs((y == one).mean() - ll.Gaussian(0.0, 20.0).sf(np.log(2.0**54))) < 0.02
