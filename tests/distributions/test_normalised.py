"""Probabilities sum to one, and the cdf is the sum of what log_prob says."""

import numpy as np
import scipy.integrate
from hypothesis import given
from hypothesis import strategies as st

import likelinet as ll
from tests.cases import CONTINUOUS, COUNTS, FAMILIES, Family
from tests.distributions.strategies import each, rows


@each(CONTINUOUS)
@given(data=st.data())
def test_a_density_integrates_to_its_cdf(case: Family, data):
    d = case.distribution(data.draw(rows(case, 1)))[0]
    a, b, c = d.ppf(0.01), d.ppf(0.5), d.isf(0.001)
    for low, high, want in [(a, b, 0.49), (b, c, 0.499)]:
        kinks = [d.loc] if case.kink and low < d.loc < high else None
        got = scipy.integrate.quad(
            lambda t: np.exp(d.log_prob(t)), low, high, epsabs=1e-12, epsrel=1e-11, limit=200, points=kinks
        )[0]
        np.testing.assert_allclose(got, want, rtol=1e-8)
        np.testing.assert_allclose(d.cdf(high) - d.cdf(low), want, rtol=1e-8)


@each(COUNTS)
@given(data=st.data())
def test_masses_sum_to_one_and_to_the_cdf(case: Family, data):
    d = case.distribution(data.draw(rows(case)))
    k = np.arange((d.isf(1e-16).max() if case.top is None else case.top) + 1.0)
    masses = np.exp(d.log_prob(k[:, None]))
    np.testing.assert_allclose(masses.sum(0), 1.0, rtol=1e-11)
    np.testing.assert_allclose(masses.cumsum(0), d.cdf(k[:, None]), rtol=1e-10, atol=1e-12)


@given(data=st.data())
def test_probs_of_classes_sum_to_one(data):
    case = next(c for c in FAMILIES if c.cls is ll.Categorical)
    d = case.distribution(data.draw(rows(case)))
    masses = np.exp(np.stack([d.log_prob(k) for k in range(4)], axis=-1))
    np.testing.assert_allclose(masses, d.probs, rtol=1e-12)
    np.testing.assert_allclose(masses.sum(-1), 1.0, rtol=1e-12)
