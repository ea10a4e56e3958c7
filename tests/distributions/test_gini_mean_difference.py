"""E|Y - Y'|: against 2 ∫ F (1 - F) of other libraries and of plain integrals, sums, and formulas of the literature."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

import likelinet as ll
from tests.cases import CONTINUOUS, COUNTS, Family
from tests.distributions.strategies import each
from tests.integrals import edges, over, wholes
from tests.wrappers import WRAPPERS

LEVELS = np.array([1e-300, 1e-100, 1e-30, 1e-12, 1e-6, 1e-3, 0.05, 0.25, 0.5])


def batch(case: Family):
    """Return three typical rows, and who else knows each."""
    params = case.parameters(np.random.default_rng(0).random((3, len(case.columns))))
    return case.distribution(params), [case.oracle(*(p[i] for p in params)) for i in range(3)]


@each(CONTINUOUS)
def test_of_a_density(case: Family):
    d, oracles = batch(case)
    got = d.gini_mean_difference()
    for i in np.flatnonzero(np.isfinite(got)):
        oracle = oracles[i]
        points = sorted({*d[i].ppf(LEVELS).tolist(), *d[i].isf(LEVELS).tolist()})
        want = 2.0 * over(lambda t, oracle=oracle: oracle.cdf(t) * oracle.sf(t), points)
        np.testing.assert_allclose(got[i], want, rtol=1e-7)


@each([case for case in COUNTS if "crps" not in case.undefined and case.cls is not ll.OrderedLogistic])
def test_of_a_count(case: Family):
    d, oracles = batch(case)
    for got, oracle in zip(d.gini_mean_difference(), oracles, strict=True):
        k = case.all_y(oracle)
        np.testing.assert_allclose(got, 2.0 * np.sum(oracle.cdf(k) * oracle.sf(k)), rtol=1e-9)


@pytest.mark.parametrize("name", WRAPPERS)
def test_of_a_wrapper(name):
    d = WRAPPERS[name]()
    got = d.gini_mean_difference()
    for i in (0, 2):
        row = d[i]
        if row.support.integer:
            k = wholes(row)
            want = np.sum(row.cdf(k) * row.sf(k))
        else:
            want = over(lambda t, row=row: row.cdf(t) * row.sf(t), edges(row))
        np.testing.assert_allclose(got[i], 2.0 * want, rtol=1e-6)


# Formulas of Kendall & Stuart's "The Advanced Theory of Statistics", and of Jordan, Krüger & Lerch, J. Stat. Softw. 90.
T5 = 4.0 * 5.0**0.5 / 4.0 * scipy.special.beta(0.5, 4.5) / scipy.special.beta(0.5, 2.5) ** 2
BETA = 4.0 / 7.0 * scipy.special.beta(7.0, 7.0) / (scipy.special.beta(3.0, 3.0) * scipy.special.beta(4.0, 4.0))
KNOWN = {
    "Gaussian": (ll.Gaussian(1.0, 3.0), 6.0 / np.pi**0.5),
    "Gaussian far from 0": (ll.Gaussian(1e9, 3.0), 6.0 / np.pi**0.5),
    "StudentT": (ll.StudentT(5.0, -4.0, 2.0), 2.0 * T5),
    "uniform": (ll.Truncated(ll.Beta(1.0, 1.0), 0.25, 0.75), 1.0 / 6.0),
    "Beta": (ll.Beta(3.0, 4.0), BETA),
    "narrow Gamma": (ll.Gamma(1e12, 1.0), 2e6 / np.pi**0.5),
    "Poisson of a large rate": (ll.Discretised(ll.Gaussian(1e8, 1e4)), 2e4 / np.pi**0.5),
    "two points": (ll.Bernoulli(probs=0.3), 0.42),
    "zero or one, by a mixture": (ll.MixtureOf([ll.Gaussian(0.0, 1e-9), ll.Laplace(1.0, 1e-9)], [0.7, 0.3]), 0.42),
}


@pytest.mark.parametrize("name", KNOWN)
def test_formulas(name):
    d, want = KNOWN[name]
    np.testing.assert_allclose(d.gini_mean_difference(), want, rtol=2e-8)


INFINITE = {
    "Cauchy": ll.Cauchy(0.0, 1.0),
    "StudentT": ll.StudentT(0.9, 0.0, 1.0),
    "GeneralizedPareto": ll.GeneralizedPareto(scale=1.0, concentration=1.0),
    "LogLogistic": ll.LogLogistic(scale=1.0, concentration=0.8),
    "InverseGamma": ll.InverseGamma(0.7, 1.0),
    "Mixture": ll.Mixture(ll.StudentT([0.9, 5.0], [0.0, 1.0], 1.0), [0.0, 0.0]),
    "ZeroInflated": ll.ZeroInflated(ll.InverseGamma(0.7, 1.0), 0.2),
    "Discretised": ll.Discretised(ll.Cauchy(0.3, 1.0)),
    "Transformed": ll.Transformed(ll.Laplace(0.0, 1.5), ll.Log()),
}


@pytest.mark.parametrize("name", INFINITE)
def test_without_a_mean_it_is_infinite(name):
    assert INFINITE[name].gini_mean_difference() == np.inf


def test_several_outputs_have_one_each_and_censoring_has_no_part_in_it():
    base = ll.Gaussian([[0.0, 1.0], [2.0, 3.0]], [[1.0, 2.0], [3.0, 4.0]])
    want = 2.0 * base.scale / np.pi**0.5
    for d in (ll.Independent(base), ll.Censored(base), ll.Transformed(base, ll.Affine(5.0, 1.0))):
        np.testing.assert_allclose(d.gini_mean_difference(), want, rtol=1e-13)
    joint = ll.MultivariateGaussian([1.0, 2.0], [[2.0, 0.0], [3.0, 4.0]])
    np.testing.assert_allclose(joint.gini_mean_difference(), 2.0 * np.array([2.0, 5.0]) / np.pi**0.5, rtol=1e-13)


@pytest.mark.parametrize(
    "d",
    [
        ll.Categorical(probs=[0.2, 0.8]),
        ll.Labelled(ll.Bernoulli(0.0), ["a", "b"]),
        ll.OrderedLogistic(0.0, [0.0, 1.0]),
        ll.Mixture(ll.OrderedLogistic([0.0, 1.0], [[0.0, 1.0]]), [0.0, 0.0]),
    ],
)
def test_of_classes_there_is_none(d):
    with pytest.raises(ll.UndefinedError, match=r"has no"):
        d.gini_mean_difference()
