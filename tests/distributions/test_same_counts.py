"""What must hold of every family of counts and of what is made of it without changing it."""

from collections.abc import Callable

import numpy as np
import pytest

import likelinet as ll
from likelinet.distributions import Distribution
from tests.cases import Family
from tests.cases.counts import FAMILIES
from tests.distributions.strategies import each

FAR = np.array([1e-100, 1e-12, 0.03, 0.4, 0.77])[:, None]  # levels of quantiles


def twice(d: Distribution) -> Distribution:
    """Return a batch of pairs of the same distribution."""
    return d.map_arrays(lambda a, n: np.repeat(np.expand_dims(a, a.ndim - n), 2, axis=a.ndim - n))


SAME: dict[str, Callable[[Distribution], Distribution]] = {
    "itself": lambda d: d,
    "a mixture of two equal ones": lambda d: ll.Mixture(twice(d), probs=[0.3, 0.7]),
    "gate 0": lambda d: ll.ZeroInflated(d, gate=0.0),
    "truncated to everything": lambda d: ll.Truncated(d, -0.5),
    "all at once": lambda d: ll.Truncated(ll.Mixture(ll.ZeroInflated(twice(d), gate=0.0), probs=[0.5, 0.5]), -7.0),
}
SUMS = ("mean", "var", "entropy", "mode")
TAILS = ("log_prob", "cdf", "sf", "log_cdf", "log_sf", "crps")
changed = pytest.mark.parametrize("made", [SAME["itself"], SAME["all at once"]], ids=["itself", "all at once"])
same = pytest.mark.parametrize("made", SAME.values(), ids=SAME.keys())


def batch(case: Family, n: int = 5, seed: int = 3) -> Distribution:
    """Return a batch with parameters across their typical ranges."""
    return case.distribution(case.parameters(np.random.default_rng(seed).random((n, len(case.columns)))))


def values(d: Distribution) -> np.ndarray:
    """Return numbers from one tail to the other, one between two counts, and one past all of them."""
    counts = np.concatenate([d.ppf(FAR), d.isf(FAR)])
    return np.concatenate([counts, counts[4:5] + 0.3, counts[-5:-4] + 1e6])


@each(FAMILIES)
@same
def test_it_is_the_same(case: Family, made: Callable[[Distribution], Distribution]):
    plain = batch(case)
    d, other = made(plain), batch(case, seed=4)
    y = values(plain)
    if case.bound:  # as many trials
        names = [p.name for p in plain.parameters]
        other = type(plain)(**{n: getattr(plain if n == case.bound else other, n) for n in names})
    for name in SUMS:
        np.testing.assert_allclose(getattr(d, name)(), getattr(plain, name)(), rtol=1e-11, err_msg=name)
    for name in TAILS:
        got, want = getattr(d, name)(y), getattr(plain, name)(y)
        np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-300, err_msg=name)
    for name in ("ppf", "isf"):
        for q in (FAR, 1.0 - 0.3 * FAR, np.array([0.0, 1.0])[:, None]):
            np.testing.assert_array_equal(getattr(d, name)(q), getattr(plain, name)(q), err_msg=name)
    np.testing.assert_array_equal(d.interval(0.9), plain.interval(0.9))
    np.testing.assert_allclose(d.kl_divergence(made(other)), plain.kl_divergence(other), rtol=1e-9)
    np.testing.assert_allclose(d.kl_divergence(plain), 0.0, atol=1e-25)


@each(FAMILIES)
@same
def test_tails_add_up_to_one(case: Family, made: Callable[[Distribution], Distribution]):
    d = made(batch(case))
    y = values(batch(case))
    np.testing.assert_allclose(d.cdf(y) + d.sf(y), 1.0, rtol=4e-15)


@each(FAMILIES)
@changed
def test_masses_far_out_sum_to_one(case: Family, made: Callable[[Distribution], Distribution]):
    d = made(batch(case))
    low = d.isf(np.full(5, 1e-25)) - (3.0 if case.bound else 0.0)
    far = ll.Truncated(d, low)
    k = low + np.arange(1500.0)[:, None]
    np.testing.assert_allclose(np.exp(far.log_prob(k)).sum(0), 1.0, rtol=1e-9)
    p = np.exp(far.log_prob(k))
    np.testing.assert_allclose(far.mean(), (k * p).sum(0), rtol=1e-9)
    np.testing.assert_allclose(far.entropy(), -(p * np.log(np.where(p > 0.0, p, 1.0))).sum(0), rtol=1e-8)


@each(FAMILIES)
@changed
def test_a_row_alone_has_the_same_bits(case: Family, made: Callable[[Distribution], Distribution]):
    d = made(batch(case))
    y, other = values(batch(case))[3], d[::-1]
    for i in (0, 4):
        for name in SUMS:
            assert getattr(d, name)()[i] == getattr(d[i], name)(), name
        for name in TAILS:
            assert getattr(d, name)(y)[i] == getattr(d[i], name)(y[i]), name
        assert d.ppf(0.3)[i] == d[i].ppf(0.3)
        assert d.isf(0.3)[i] == d[i].isf(0.3)
        assert d.kl_divergence(other)[i] == d[i].kl_divergence(other[i])


@each(FAMILIES)
@changed
def test_no_draw_is_more_probable_than_the_mode(case: Family, made: Callable[[Distribution], Distribution]):
    d = made(batch(case))
    drawn = d.sample(500, rng=0)
    assert (d.log_prob(drawn) <= d.log_prob(d.mode()) + 1e-11).all()


@pytest.mark.slow
@each(FAMILIES)
@same
def test_moments_are_those_of_draws(case: Family, made: Callable[[Distribution], Distribution]):
    d = made(batch(case, 3))
    drawn = d.sample(1_000_000, rng=0)
    spread = np.sqrt(np.mean((drawn - drawn.mean(0)) ** 4, axis=0) / len(drawn))
    np.testing.assert_array_less(np.abs(d.mean() - drawn.mean(0)), 5.0 * d.std() / np.sqrt(len(drawn)))
    np.testing.assert_array_less(np.abs(d.var() - drawn.var(0)), 6.0 * spread)


@same
def test_of_two_equal_masses_the_mode_is_the_larger_number(made: Callable[[Distribution], Distribution]):
    ties = (
        (ll.Poisson([1.0, 8.0, 1000.0]), [1.0, 8.0, 1000.0]),
        (ll.Binomial([1.0, 9.0, 99.0], 0.0), [1.0, 5.0, 50.0]),
        (ll.NegativeBinomial([2.0, 5.0, 1001.0], 0.0), [1.0, 4.0, 1000.0]),
        (ll.BetaBinomial([1.0, 9.0, 99.0], 3.0, 3.0), [1.0, 5.0, 50.0]),
    )
    for d, want in ties:
        np.testing.assert_array_equal(made(d).mode(), want)
