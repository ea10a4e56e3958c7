"""Censored likelihoods, and the intervals they take."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll

Y = ll.Interval([1.0, 1.0, -np.inf, 0.5, -np.inf], [1.0, np.inf, 0.5, 2.0, np.inf])


def test_exact_values_and_intervals():
    d, oracle = ll.Censored(ll.Gaussian(np.zeros(5), 1.3)), scipy.stats.norm(0.0, 1.3)
    want = [oracle.logpdf(1.0), oracle.logsf(1.0), oracle.logcdf(0.5), np.log(oracle.cdf(2.0) - oracle.cdf(0.5)), 0.0]
    np.testing.assert_allclose(d.log_prob(Y), want, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(d.nll(Y), np.negative(want), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(d.log_prob(np.ones(5)), oracle.logpdf(1.0), rtol=1e-13)
    far = ll.Censored(ll.Gaussian(0.0, 1.0)).log_prob(ll.Interval([40.0], [40.1]))
    np.testing.assert_allclose(far, -804.6265, rtol=1e-6)


def test_whole_numbers_and_atoms_at_the_ends_count():
    d, pmf = ll.Censored(ll.Poisson(2.0)), scipy.stats.poisson(2.0).pmf
    y = ll.Interval([2.0, 2.0, 0.0], [2.0, 4.0, np.inf])
    np.testing.assert_allclose(d.log_prob(y), np.log([pmf(2), pmf([2, 3, 4]).sum(), 1.0]), rtol=1e-12, atol=1e-14)
    mixed = ll.Censored(ll.ZeroInflated(ll.Gamma(1.0, 1.0), 0.3))
    got = mixed.log_prob(ll.Interval([0.0, 0.0], [0.0, 1.0]))
    np.testing.assert_allclose(np.exp(got), [0.3, 0.3 - 0.7 * np.expm1(-1.0)], rtol=1e-12)


def test_all_else_is_the_base():
    base = ll.Gamma([1.0, 2.0], 1.0)
    d = ll.Censored(base)
    for name in ("mean", "var", "std", "median", "mode", "entropy"):
        np.testing.assert_array_equal(getattr(d, name)(), getattr(base, name)())
    for name in ("cdf", "sf", "log_cdf", "log_sf", "crps", "log_prob"):
        np.testing.assert_array_equal(getattr(d, name)(0.7), getattr(base, name)(0.7))
    np.testing.assert_array_equal(d.sample(5, rng=1), base.sample(5, rng=1))
    assert d.support is base.support
    np.testing.assert_allclose(d.kl_divergence(ll.Censored(ll.Gamma(3.0, 1.0))), base.kl_divergence(ll.Gamma(3.0, 1.0)))


def test_interval():
    y = ll.Interval.right_censored([5.0, 8.0, 2.0], [True, False, True])
    assert y.exact.tolist() == [True, False, True]
    assert len(y) == 3
    assert y[[1, 2]].upper.tolist() == [np.inf, 2.0]
    assert y.shape == (3,)


MISTAKES = {
    "order": (
        lambda: ll.Interval([1.0, 2.0, 5.0], [1.0, 1.0, 4.0]),
        r"^Interval: lower is above upper in rows 2, 3\.$",
    ),
    "nan": (lambda: ll.Interval([1.0, np.nan], [1.0, 2.0]), r"^Interval: an end is NaN in row 2\.$"),
    "both infinite": (lambda: ll.Interval([np.inf], [np.inf]), "lower is inf in row 1"),
    "both minus infinite": (lambda: ll.Interval([-np.inf], [-np.inf]), "upper is -inf in row 1"),
    "shapes": (lambda: ll.Interval([1.0], [1.0, 2.0]), r"lower has shape \(1,\), but upper \(2,\)"),
    "words": (lambda: ll.Interval(["a"], ["b"]), "must be numbers"),
    "events": (lambda: ll.Interval.right_censored([1.0, 2.0], [1, 2]), "event must be 0 or 1 in row 2"),
    "event shape": (lambda: ll.Interval.right_censored([1.0, 2.0], [1]), "they must be equal"),
    "column": (
        lambda: ll.Censored(ll.Gaussian(np.zeros(2), 1.0)).log_prob(ll.Interval([[1.0], [2.0]], [[1.0], [2.0]])),
        r"y has shape \(2, 1\)",
    ),
}


@pytest.mark.parametrize(("mistake", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(mistake, message):
    with pytest.raises(ll.DataError, match=message):
        mistake()


@pytest.mark.parametrize(
    "base",
    [ll.Categorical(np.zeros(3)), ll.Independent(ll.Gaussian([0.0], 1.0)), ll.Censored(ll.Poisson(1.0))],
    ids=repr,
)
def test_bases_that_make_no_sense(base):
    with pytest.raises(ll.ParameterError, match=r"^Censored: base must"):
        ll.Censored(base)
