"""CRPS, KL divergence, entropy and mode: closed forms against sums, integrals and searches."""

import itertools

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given
from hypothesis import strategies as st

import likelinet as ll
from tests.cases import CONTINUOUS, COUNTS, FAMILIES, UNIVARIATE, Family
from tests.distributions.strategies import each, quantiles, rows


def integral(f, edges):
    """Integrate by ten nodes in each of 200 pieces between any two edges."""
    nodes, weights = np.polynomial.legendre.leggauss(10)
    fine = np.concatenate([np.linspace(a, b, 201)[:-1] for a, b in itertools.pairwise(edges)] + [edges[-1:]])
    half, middle = 0.5 * np.diff(fine), 0.5 * (fine[1:] + fine[:-1])
    return float((f(middle[:, None] + half[:, None] * nodes) @ weights * half).sum())


@each(CONTINUOUS)
@given(data=st.data())
def test_crps_of_a_density(case: Family, data):
    params = data.draw(rows(case, 1))
    params = tuple(p[0] for p in params)
    y = case.observe(params, data.draw(quantiles)[0])
    d, oracle = case.distribution(params), case.oracle(*params)
    # With t = middle + unit · sinh(v) heavy tails fall fast in v; a kink is at the end of a piece.
    middle, unit = d.mode() if case.kink else oracle.median(), oracle.isf(0.25) - oracle.ppf(0.25)
    start, at, end = (np.clip(np.arcsinh((t - middle) / unit), -100.0, 100.0) for t in (d.ppf(1e-20), y, d.isf(1e-20)))
    want = 0.0
    # Less than five levels may take a heavy tail for converged.
    for a, b in itertools.pairwise(sorted({start, at, end} | ({0.0} if case.kink else set()))):
        tail = oracle.cdf if b <= at else oracle.sf
        want += scipy.integrate.tanhsinh(
            lambda v, tail=tail: tail(middle + unit * np.sinh(v)) ** 2 * np.cosh(v), a, b, rtol=1e-11, minlevel=5
        ).integral
    np.testing.assert_allclose(d.crps(y), unit * want, rtol=1e-8)


@each(COUNTS)
@given(data=st.data())
def test_crps_of_a_count(case: Family, data):
    params = data.draw(rows(case))
    y = case.observe(params, data.draw(quantiles))
    oracle = case.oracle(*params)
    k = case.all_y(oracle)[:, None]
    want = (np.where(k < y, oracle.cdf(k), oracle.sf(k)) ** 2).sum(0)
    np.testing.assert_allclose(case.distribution(params).crps(y), want, rtol=1e-9, atol=1e-12)


def others(case: Family):
    """Return another distribution of the family for each row, and for counts and reals one of another family."""
    yield case.batch(4, seed=1)[0]
    if case.cls in (ll.Gaussian, ll.StudentT):
        yield ll.StudentT(5.0, np.linspace(-1.0, 1.0, 4), 30.0)
    if case.cls in (ll.Poisson, ll.NegativeBinomial):
        yield ll.NegativeBinomial(3.0, np.linspace(0.0, 2.0, 4))


@each(UNIVARIATE)
def test_kl_divergence(case: Family):
    d, _ = case.batch(4)
    for other in others(case):
        of_all = d.kl_divergence(other)
        assert of_all.shape == (4,)
        for i in range(4):
            p, q = d[i], other[i]

            def term(t, p=p, q=q):
                log_p, possible = p.log_prob(t), p.log_prob(t) > -np.inf
                return np.exp(log_p) * np.where(possible, np.where(possible, log_p, 0.0) - q.log_prob(t), 0.0)

            if case.integer:
                k = np.arange(np.minimum(p.isf(1e-25) + 1.0 if case.bound is None else np.inf, case.highest(p)) + 1.0)
                want = float(np.sum(term(k)))
            else:
                log_q = [-25, -16, -12, -8, -5, -3, -2, -1]
                edges = np.concatenate([f(10.0 ** np.array(log_q)) for r in (p, q) for f in (r.ppf, r.isf)])
                want = integral(term, np.clip(np.sort([*edges, p.median()]), p.ppf(1e-25), p.isf(1e-25)))
            np.testing.assert_allclose(p.kl_divergence(q), want, rtol=1e-7)
            np.testing.assert_allclose(of_all[i], want, rtol=1e-7)


@each(FAMILIES)
def test_kl_divergence_from_itself_is_zero_and_else_positive(case: Family):
    d, other = case.batch(4)[0], case.batch(4, seed=1)[0]
    np.testing.assert_allclose(d.kl_divergence(d), 0.0, atol=1e-12)
    assert (d.kl_divergence(other) > 0.0).all()


def test_kl_divergence_of_classes():
    d, other = ll.Categorical(probs=[[0.2, 0.8, 0.0]]), ll.Categorical(probs=[[0.5, 0.25, 0.25]])
    np.testing.assert_allclose(d.kl_divergence(other), [0.2 * np.log(0.4) + 0.8 * np.log(3.2)], rtol=1e-14)
    np.testing.assert_array_equal(other.kl_divergence(d), [np.inf])


def test_kl_divergence_where_the_other_cannot_occur_is_infinite():
    assert ll.Gaussian(0.0, 1.0).kl_divergence(ll.Gamma(2.0, 1.0)) == np.inf
    assert ll.Poisson(2.0).kl_divergence(ll.Bernoulli(0.0)) == np.inf
    assert ll.StudentT(3.0, [0.0, 1.0], 1.0).kl_divergence(ll.Gamma(2.0, 1.0)).tolist() == [np.inf, np.inf]


def test_kl_divergence_broadcasts():
    many = ll.StudentT([3.0, 4.0, 5.0], 0.0, 1.0)
    one = ll.StudentT(4.0, 0.5, 1.0)
    np.testing.assert_allclose(one.kl_divergence(many), [one.kl_divergence(many[i]) for i in range(3)], rtol=1e-12)
    np.testing.assert_allclose(many.kl_divergence(one), [many[i].kl_divergence(one) for i in range(3)], rtol=1e-12)


@each(UNIVARIATE)
def test_mode_is_where_log_prob_is_highest(case: Family):
    d, _ = case.batch(30)
    mode = d.mode()
    if case.integer:
        neighbours = np.stack([mode - 1.0, mode + 1.0])
    else:
        neighbours = mode + np.array([-1e-3, 1e-3])[:, None] * (d.isf(0.25) - d.ppf(0.25))
    # A density may be highest, even infinite, at an end that does not belong to its support.
    at_end = (mode == d.support.low) | (mode == d.support.high)
    at_mode = np.where(at_end & (not case.integer), np.inf, d.log_prob(mode))
    assert (at_mode >= d.log_prob(neighbours) - 1e-12).all()


@pytest.mark.parametrize("concentration", [0.3, 1.0])
def test_mode_of_a_gamma_that_falls_from_zero_is_zero(concentration):
    assert ll.Gamma(concentration, 2.0).mode() == 0.0


def test_mode_of_classes_is_the_most_probable():
    np.testing.assert_array_equal(ll.Categorical([[0.0, 3.0, 1.0], [2.0, -1.0, 1.0]]).mode(), [1, 0])


def test_moments_that_do_not_exist():
    d = ll.StudentT([0.5, 1.0, 1.5, 2.0, 2.5], 3.0, 2.0)
    np.testing.assert_array_equal(d.mean(), [np.nan, np.nan, 3.0, 3.0, 3.0])
    np.testing.assert_array_equal(d.var(), [np.nan, np.nan, np.inf, np.inf, 20.0])
    np.testing.assert_array_equal(np.isinf(d.crps(0.0)), [True, False, False, False, False])
    np.testing.assert_allclose(
        ll.StudentT([1.0, 1.0 + 1e-7], 3.0, 2.0).crps(0.5), ll.Cauchy(3.0, 2.0).crps(0.5), rtol=1e-7
    )
