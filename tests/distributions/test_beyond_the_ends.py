"""Beyond its ends a distribution has nothing: exactly 0 and 1, and no truncation to what lies there."""

import numpy as np
import pytest

import likelinet as ll
from tests.cases import UNIVARIATE, Family
from tests.distributions.strategies import each
from tests.wrappers import WRAPPERS

ENDS = {"cdf": (0.0, 1.0), "sf": (1.0, 0.0), "log_cdf": (-np.inf, 0.0), "log_sf": (0.0, -np.inf)}


def threes(d: ll.Distribution) -> ll.Mixture:
    """Return mixtures of three rows each, whose weights sum to 1 but for rounding."""
    rows = d.batch_shape[0] // 3
    parts = d.map_arrays(lambda a, n: a.reshape(rows, 3, *a.shape[a.ndim - n :]) if a.ndim > n else a)
    return ll.Mixture(parts, np.random.default_rng(0).normal(size=(rows, 3)))


def assert_nothing_beyond(d: ll.Distribution) -> None:
    for name, (below, above) in ENDS.items():
        for y, want in ((-np.inf, below), (np.inf, above)):
            np.testing.assert_array_equal(getattr(d, name)(y), np.full(d.batch_shape, want), err_msg=f"{name} {d!r}")


@each(tuple(c for c in UNIVARIATE if c.cls.y == "number"))
def test_at_infinity(case: Family):
    mixture = threes(case.batch(9, seed=1)[0])
    for made in (mixture, mixture.given(low=mixture.ppf(0.2)), ll.ZeroInflated(mixture, gate=0.3)):
        assert_nothing_beyond(made)


@pytest.mark.parametrize("name", WRAPPERS)
def test_of_wrappers_at_infinity(name):
    assert_nothing_beyond(WRAPPERS[name]())


def test_probabilities_of_a_mixture_never_exceed_1():
    """Of weights whose sum is above 1 by rounding, at y above all of the mass but not at infinity."""
    w = np.random.default_rng(1).normal(size=(300, 9))
    d = ll.Mixture(ll.Gaussian(np.arange(9.0), 1.0 + np.zeros((300, 9))), w)
    assert (d.weights.probs.sum(-1) > 1.0).any()
    np.testing.assert_array_equal(d.cdf([[60.0], [1e300]]), np.ones((2, 300)))
    np.testing.assert_array_equal(d.sf([[-60.0], [-1e300]]), np.ones((2, 300)))


WITH_TOP = {
    "von mises": ll.VonMises([1.0, -2.0, 9.0], [2.0, 1e-3, 1e6]),
    "beta": ll.Beta([2.0, 0.1, 1e5], [3.0, 0.2, 1.0]),
    "logit-normal": ll.LogitNormal([0.0, 3.0, 8.0], 1.0),
    "truncated": ll.Truncated(ll.Gaussian([0.0, 1.0, 2.0], 1.0), high=1.5),
    "angle on a line": ll.Transformed(ll.VonMises([1.0, 2.0, 3.0], 4.0), ll.Affine(0.3, 1.7)),
    "binomial": ll.Binomial([3, 9, 4], 0.3),
}


@pytest.mark.parametrize("d", WITH_TOP.values(), ids=WITH_TOP)
def test_no_truncation_to_what_lies_beyond_the_top(d):
    """An angle has no mass from π on, alone or in a mixture, under a gate or rounded."""
    made = [d, threes(d), ll.Censored(threes(d)), ll.ZeroInflated(threes(d), gate=0.3), ll.Hurdle(threes(d), gate=0.3)]
    if not d.support.integer:
        made += [ll.Discretised(d), ll.Discretised(threes(d))]
    for each_of in made:
        top = each_of.endpoints()[1].max()
        for low in (top + 1.0, np.nextafter(top, np.inf), *([] if each_of.support.integer else [top])):
            with pytest.raises(ll.ParameterError, match="no probability between"):
                each_of.given(low=low)
    with pytest.warns(UserWarning, match=r"the answers for row 2 are nan\.$"):
        rows = d.given(low=[-np.inf, d.endpoints()[1][1] + 1.0, -np.inf])
    np.testing.assert_array_equal(np.isnan(rows.mean()), [False, True, False])
