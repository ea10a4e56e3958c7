"""P(low < Y ≤ high) of every distribution: against mpmath, against tails and densities, and far out in them."""

import numpy as np
import pytest
import scipy.stats
from mpmath import mp

import likelinet as ll
from tests.cases import FAMILIES, UNIVARIATE, Family
from tests.distributions.strategies import each
from tests.wrappers import WRAPPERS


def exactly(case: Family, d: ll.Distribution, low: float, high: float, row: int) -> float:
    """Return the difference of two cdfs, or of two survival functions, in 60 digits."""
    with mp.workdps(60):
        params = [mp.mpf(float(v)) for p in case.cls.parameters for v in np.ravel(getattr(d, p.name)[row])]
        a, b = (mp.floor(e) if case.integer else mp.mpf(e) for e in (low, high))
        return float(case.exact.cdf(*params, b) - case.exact.cdf(*params, a))


@each(UNIVARIATE)
def test_every_family_against_its_formula(case: Family):
    d, y = case.batch(4, seed=3)
    low, high = d.ppf(0.1), np.maximum(d.ppf(0.6), y)
    expected = [exactly(case, d, low[i], high[i], i) for i in range(4)]
    np.testing.assert_allclose(d.prob_between(low, high), expected, rtol=1e-9, atol=1e-14)
    np.testing.assert_array_equal(d.prob_between(-np.inf, np.inf), np.ones(4))
    np.testing.assert_array_equal(d.prob_between(high, low), np.zeros(4))


@pytest.mark.parametrize("name", WRAPPERS)
def test_of_wrappers_intervals_side_by_side_add_up(name: str):
    d = WRAPPERS[name]()
    ends = np.concatenate([np.full((1, 3), -np.inf), d.ppf(np.array([[0.02], [0.3], [0.9]])), np.full((1, 3), np.inf)])
    parts = d.prob_between(ends[:-1], ends[1:])
    np.testing.assert_allclose(parts.sum(0), 1.0, rtol=1e-12)
    np.testing.assert_allclose(parts[0], d.cdf(ends[1]), rtol=1e-9)
    np.testing.assert_allclose(parts[-1], d.sf(ends[3]), rtol=1e-9, atol=1e-15)
    for at in d.atoms:  # the lower end is outside, the upper one within
        mass = np.exp(d.log_prob(np.full(3, at)))
        np.testing.assert_allclose(d.prob_between(np.nextafter(at, -np.inf), at), mass, rtol=1e-9)


def test_of_counts_the_lower_end_is_outside_and_the_upper_one_within():
    d, k = ll.Poisson([2.0, 7.0]), np.arange(12.0)[:, None]
    np.testing.assert_allclose(d.prob_between(k - 1.0, k), scipy.stats.poisson([2.0, 7.0]).pmf(k), rtol=1e-12)
    np.testing.assert_array_equal(d.prob_between(3.0, 3.0), [0.0, 0.0])
    np.testing.assert_array_equal(d.prob_between(2.4, 3.6), d.prob_between(2.0, 3.0))
    mass = np.exp(d.log_prob(4.0) - d.given(2, 5).log_prob(4.0))  # both bounds of `given` belong to it
    np.testing.assert_allclose(d.prob_between(2 - 1, 5), mass, rtol=1e-12)


def test_no_digit_is_lost_where_two_cdfs_are_equal():
    d = ll.Gaussian(0.0, 1.0)
    with mp.workdps(60):
        far = float(mp.erfc(mp.mpf(12) / mp.sqrt(2)) / 2 - mp.erfc(mp.mpf(12.5) / mp.sqrt(2)) / 2)
        short = float(mp.quad(mp.npdf, [mp.mpf(0.3), mp.mpf(0.3 + 2.0**-40)]))
    assert d.cdf(12.5) == d.cdf(12.0)
    np.testing.assert_allclose(d.prob_between(12.0, 12.5), far, rtol=1e-12)
    np.testing.assert_allclose(d.prob_between(0.3, 0.3 + 2.0**-40), short, rtol=1e-12)


def test_of_ordered_classes_it_is_that_of_their_codes():
    d = ll.OrderedLogistic([0.3, -2.0], [[-1.0, 0.5, 2.0]])
    np.testing.assert_allclose(d.prob_between(0, 2), d.probs[:, 1:3].sum(1), rtol=1e-12)
    both = ll.Mixture(ll.OrderedLogistic([[0.3, -2.0]], [-1.0, 0.5, 2.0]), probs=[0.25, 0.75])
    np.testing.assert_allclose(both.prob_between(0, 2), [d.probs[:, 1:3].sum(1) @ [0.25, 0.75]], rtol=1e-12)
    np.testing.assert_allclose(ll.Bernoulli(probs=[0.2, 0.9]).prob_between(0, 1), [0.2, 0.9], rtol=1e-12)


def test_of_several_outputs_it_is_that_of_each():
    m, s, low, high = np.array([[0.0, 1.0], [2.0, 3.0]]), np.array([1.0, 2.0]), np.array([-1.0, 0.0]), 2.5
    each = scipy.stats.norm(m, s).cdf(high) - scipy.stats.norm(m, s).cdf(low)
    np.testing.assert_allclose(ll.Independent(ll.Gaussian(m, s)).prob_between(low, high), each, rtol=1e-12)
    correlated = ll.MultivariateGaussian(m, np.array([[1.0, 0.0], [1.2, 1.6]]))
    np.testing.assert_allclose(correlated.prob_between(low, high), each, rtol=1e-12)
    members = ll.Mixture(ll.Independent(ll.Gaussian(m, s)), probs=[0.3, 0.7])
    np.testing.assert_allclose(members.prob_between(low, high), [0.3, 0.7] @ each, rtol=1e-12)


def test_of_a_censored_time_it_is_that_of_the_time():
    d = ll.Weibull([1.0, 3.0], 2.0)
    np.testing.assert_array_equal(ll.Censored(d).prob_between(0.5, 2.0), d.prob_between(0.5, 2.0))
    members = ll.Mixture(ll.Censored(d), probs=[0.5, 0.5])
    np.testing.assert_allclose(members.prob_between(0.5, 2.0), np.mean(d.prob_between(0.5, 2.0)), rtol=1e-12)


def test_of_a_family_of_the_users_it_is_by_its_cdf():
    class Triangle(ll.Distribution):
        parameters = (ll.Parameter("top", ll.positive),)
        support = ll.positive

        def log_prob(self, y):
            return np.where(y < self.top, np.log(2.0 * y / self.top**2), -np.inf)

        def cdf(self, y):
            return np.minimum(y / self.top, 1.0) ** 2

    np.testing.assert_allclose(Triangle(top=[2.0, 4.0]).prob_between(-1.0, 1.0), [0.25, 0.0625], rtol=1e-9)
    np.testing.assert_allclose(Triangle(top=[2.0, 4.0]).prob_between(1.0, 3.0), [0.75, 0.5], rtol=1e-9)


@pytest.mark.parametrize(
    ("d", "says"),
    [
        (ll.Categorical(np.zeros(3)), "Categorical has no prob_between: its classes have no order."),
        (
            ll.Labelled(ll.Bernoulli([0.0]), ["no", "yes"]),
            "Bernoulli has no prob_between where y is a label: take probs, log_prob, mode or entropy.",
        ),
        (
            ll.Mixture(ll.Categorical(np.zeros((2, 3))), np.zeros(2)),
            "Categorical has no prob_between: its classes have no order.",
        ),
    ],
)
def test_refused(d: ll.Distribution, says: str):
    with pytest.raises(ll.UndefinedError) as error:
        d.prob_between(0.0, 1.0)
    assert str(error.value) == says


def test_what_is_asked_is_checked():
    d = ll.Gaussian([0.0, 1.0], 1.0)
    np.testing.assert_array_equal(d.prob_between([0.0, np.nan], 1.0)[1], np.nan)
    np.testing.assert_array_equal(d.prob_between(0.0, [1.0, np.nan])[1], np.nan)
    for low, high, says in (("a", 1.0, "y must be numbers"), (0.0, np.zeros(3), "does not go with")):
        with pytest.raises(ll.DataError, match=says):
            d.prob_between(low, high)


def test_every_family_has_it_or_says_why_not():
    for case in FAMILIES:
        d, y = case.batch(2)
        if d.y == "class" and not case.cls.has_cdf:
            with pytest.raises(ll.UndefinedError, match="no order"):
                d.prob_between(0.0, 1.0)
        else:
            assert d.prob_between(-np.inf, np.inf).shape == d.cdf(y).shape
