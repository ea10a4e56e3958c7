"""The families on the positive numbers where their tables of typical values do not reach."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from tests import exact_positive, on_jax
from tests.cases import FAMILIES, Family
from tests.distributions.strategies import each

NAMES = ["Exponential", "GeneralizedPareto", "HalfNormal", "LogLogistic", "LogNormal", "Weibull"]
POSITIVE = tuple(c for c in FAMILIES if str(c) in NAMES)
EXTREME = np.exp([-50.0, -30.0, -5.0, -1.0, 0.0, 1.0, 5.0, 30.0, 50.0])
Y = np.array([1e-300, 1e-12, 0.3, 1.0, 7.0, 1e12])


def grid(case: Family):
    """Return all combinations of extreme parameters, with every y."""
    axes = [np.linspace(-50.0, 50.0, 9) if p.name == "loc" else EXTREME for p in case.cls.parameters]
    return tuple(a.reshape(-1) for a in np.meshgrid(*axes, Y))


@each(POSITIVE)
def test_tails_with_extreme_parameters(case: Family):
    *params, y = grid(case)
    weights = np.ones_like(y), np.zeros_like(y)
    with np.errstate(all="ignore"):
        log_cdf, log_sf, backward = case.cls.tails(tuple(params), y)
        gradients = [np.array(backward(*weights)), np.array(backward(*weights[::-1]))]
    with mp.workdps(60):
        for i, row in enumerate(np.stack([*params, y], axis=-1).tolist()):
            for f, got, gradient in ((case.exact.cdf, log_cdf, gradients[0]), (case.exact.sf, log_sf, gradients[1])):
                p = f(*map(mp.mpf, row))
                if mp.mpf("1e-1000000") < p < 1 - mp.mpf("1e-40"):
                    np.testing.assert_allclose(got[i], float(mp.log(p)), rtol=2e-12, err_msg=str(row))
                assert not np.isnan(gradient[:, i]).any(), row


@each(POSITIVE)
def test_gradient_of_the_tails_far_out(case: Family):
    d, _ = case.batch(6, seed=9)
    params = tuple(getattr(d, p.name) for p in case.cls.parameters)
    for y, lower in ((d.ppf(1e-100), True), (d.isf(1e-100), False)):
        *_, backward = case.cls.tails(params, y)
        got = np.array(backward(np.full(6, float(lower)), np.full(6, float(not lower))))
        f = case.exact.cdf if lower else case.exact.sf
        with mp.workdps(150):
            for i, row in enumerate(zip(*params, strict=True)):
                for j in range(len(params)):
                    order = tuple(int(k == j) for k in range(len(params)))
                    z = tuple(map(mp.mpf, row))
                    want = mp.diff(lambda *p, t=y[i], f=f: mp.log(f(*p, mp.mpf(t))), z, order)
                    np.testing.assert_allclose(got[j, i], float(want), rtol=1e-10, atol=1e-300)


@pytest.mark.slow  # compiling them takes seconds
@each(POSITIVE)
def test_tails_on_jax(case: Family):
    d, y = case.batch(40, seed=4)
    params = tuple(getattr(d, p.name) for p in case.cls.parameters)

    def values(params, y, d_cdf, d_sf):
        log_cdf, log_sf, backward = case.cls.tails(params, y)
        return log_cdf, log_sf, *backward(d_cdf, d_sf)

    arguments = params, y, np.linspace(0.1, 1.0, 40), np.linspace(2.0, 0.5, 40)
    compiled = on_jax.run(values, *arguments)
    for got, want in zip(compiled, values(*arguments), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-13)


@each(POSITIVE)
def test_intervals_with_enormous_and_tiny_shapes(case: Family):
    low, high = np.array([0.5, 0.5, 1.0, 2.0]), np.array([0.50001, 2.0, 40.0, np.inf])
    for shape in (1e-12, 1e-3, 30.0):
        params = tuple(np.full(4, shape if p.role in ("shape", "log_scale") else 0.9) for p in case.cls.parameters)
        with np.errstate(all="ignore"):
            values, backward = case.cls.log_interval(params, low, high)
            assert all(np.isfinite(g).all() for g in backward(np.ones(4)))
        with mp.workdps(60):
            for i in range(4):
                row = [mp.mpf(float(p[i])) for p in params]
                a, b = mp.mpf(low[i]), mp.mpf(high[i])
                above = case.exact.sf(*row, a)
                if high[i] == np.inf:
                    np.testing.assert_allclose(values[i], float(mp.log(above)), rtol=1e-9)
                    continue
                below = case.exact.cdf(*row, b)
                want = mp.log(below - case.exact.cdf(*row, a) if below < above else above - case.exact.sf(*row, b))
                np.testing.assert_allclose(values[i], float(want), rtol=1e-9, atol=1e-50, err_msg=f"{shape} {low[i]}")


@pytest.mark.parametrize("name", ["Exponential", "GeneralizedPareto", "HalfNormal"])
def test_zero_belongs_to_the_support(name):
    case = next(c for c in POSITIVE if str(c) == name)
    d, _ = case.batch(5)
    np.testing.assert_allclose(d.log_prob(0.0), d.log_prob(1e-290), rtol=1e-12)
    np.testing.assert_array_equal([d.cdf(0.0), d.sf(0.0)], [np.zeros(5), np.ones(5)])
    params = tuple(getattr(d, p.name) for p in case.cls.parameters)
    assert all(np.isfinite(g).all() for g in case.cls.loss(params, np.zeros(5))[1](np.ones(5)))
    np.testing.assert_allclose(case.cls.log_interval(params, 0.0, 1.0)[0], d.log_cdf(1.0), rtol=1e-13)


@pytest.mark.parametrize("shape", [0.0, 1e-300, 1e-22, 1e-11])
def test_generalized_pareto_becomes_the_exponential(shape):
    y, q = np.array([0.0, 1e-9, 0.4, 3.0, 30.0]), np.array([1e-300, 1e-9, 0.5, 1.0 - 1e-9])
    d, limit = ll.GeneralizedPareto(2.0, shape), ll.Exponential(0.5)
    for name in ["log_prob", "cdf", "sf", "log_cdf", "log_sf", "crps"]:
        np.testing.assert_allclose(getattr(d, name)(y), getattr(limit, name)(y), rtol=1e-8, err_msg=name)
    for name in ["ppf", "isf"]:
        np.testing.assert_allclose(getattr(d, name)(q), getattr(limit, name)(q), rtol=1e-8)
    z = y / 2.0
    _, gradient = ll.GeneralizedPareto.loss((np.full(5, 2.0), np.full(5, shape)), y)[1](np.ones(5))
    np.testing.assert_allclose(gradient, z - 0.5 * z * z, rtol=1e-8)


def test_generalized_pareto_refuses_a_negative_concentration():
    with pytest.raises(ll.ParameterError, match=r"concentration must be zero or a positive number, got -0\.1"):
        ll.GeneralizedPareto(1.0, -0.1)


def test_moments_that_are_infinite():
    d = ll.LogLogistic(2.0, [0.5, 1.0, 1.5, 2.0, 2.5])
    np.testing.assert_array_equal(np.isinf([d.mean(), d.var()]), [[1, 1, 0, 0, 0], [1, 1, 1, 1, 0]])
    np.testing.assert_array_equal(np.isinf(d.crps(1.0)), [1, 0, 0, 0, 0])
    d = ll.GeneralizedPareto(2.0, [1.5, 1.0, 0.75, 0.5, 0.25])
    np.testing.assert_array_equal(np.isinf([d.mean(), d.var()]), [[1, 1, 0, 0, 0], [1, 1, 1, 1, 0]])
    assert np.isfinite(d.crps(1.0)).all()
    assert ll.GeneralizedPareto(2.0, 2.0).crps(1.0) == np.inf


def test_variances_that_would_cancel():
    k = np.array([5.0, 50.0, 61.0, 63.0, 1e4, 1e9])
    with mp.workdps(50):
        weibull = [float(mp.gamma(1 + 2 / mp.mpf(v)) - mp.gamma(1 + 1 / mp.mpf(v)) ** 2) for v in k]
        x = [mp.pi / mp.mpf(v) for v in k]
        logistic = [float(2 * v / mp.sin(2 * v) - (v / mp.sin(v)) ** 2) for v in x]
    np.testing.assert_allclose(ll.Weibull(1.0, k).var(), weibull, rtol=1e-11)
    np.testing.assert_allclose(ll.LogLogistic(1.0, k).var(), logistic, rtol=1e-11)


@each(POSITIVE)
def test_crps_below_zero_grows_by_the_distance(case: Family):
    d, _ = case.batch(5)
    np.testing.assert_allclose(d.crps(-3.0), d.crps(1e-200) + 3.0, rtol=1e-12)


@each(POSITIVE)
@pytest.mark.parametrize(
    "y", [[2.0] * 9, [1e-300] * 9, [1e300] * 9, [1e-200, 1.0, 1e200] * 3, [0.0] * 9, [0.0, 5.0, 1.0]]
)
def test_marginal_is_finite_and_inside(case: Family, y):
    y = np.array(y)
    if case.cls.support.contains(y).all():
        for two in (y, np.stack([y, y], axis=-1)):
            case.cls(*case.cls.estimate(two, np.linspace(1.0, 2.0, len(y))))


@each(POSITIVE)
def test_marginal_finds_the_parameters(case: Family):
    rng = np.random.default_rng(0)
    d = case.distribution(case.parameters(rng.random((8, len(case.columns)))))
    found = case.cls.estimate(d.sample(40_000, rng=1), np.ones(40_000))
    for p, got in zip(case.cls.parameters, found, strict=True):
        true = getattr(d, p.name)
        np.testing.assert_allclose(got, true, rtol=0.06, atol=0.05 if p.name in ("loc", "concentration") else 0.0)


def test_exact_formulas_agree_with_each_other():
    with mp.workdps(30):
        two = mp.mpf(2)
        a = exact_positive.generalized_pareto.nll(two, mp.mpf(0), two)
        assert abs(a - exact_positive.exponential.nll(1 / two, two)) < 1e-28
        assert abs(exact_positive.weibull.nll(two, mp.mpf(1), two) - a) < 1e-28
