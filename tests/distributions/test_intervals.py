"""log P(low < Y ≤ high) where it is hard - far out, very short, very long, past the ends - against mpmath."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from tests import exact
from tests.cases import UNIVARIATE, Family
from tests.distributions.strategies import each
from tests.exact import Exact

INF = np.inf


def _laplace_cdf(loc, scale, y):
    return mp.exp((y - loc) / scale) / 2 if y < loc else 1 - mp.exp((loc - y) / scale) / 2


laplace = Exact(nll=lambda *_: None, cdf=_laplace_cdf, sf=lambda loc, scale, y: _laplace_cdf(-loc, scale, -y))

# (family, formulas, parameters, [(low, high), …])
HARD = (
    (
        ll.Gaussian,
        exact.gaussian,
        (2.0, 0.5),
        [
            (1.9, 1.9 * (1 + 1e-12)),  # of 9000 floats
            (1.0, 1.03),  # where the difference gives way to the integral
            (1.0, 1.05),
            (-17.0, -16.99),
            (20.0, 20.0 + 1e-9),
            (20.0, 60.0),
            (-1e6, 20.0),
            (-300.0, -200.0),
            (2.0 - 1e-8, 2.0 + 1e-8),
            (-1e8, 1.5),
        ],
    ),
    (
        ll.StudentT,
        exact.student_t,
        (0.01, -1.0, 2.0),  # half of it lies beyond 1e29
        [(-2.0, 0.5), (-101.0, 99.0), (1e10, 1e12), (-1e40, -1e39), (5.0, 5.0 + 1e-8), (1e60, 1e62), (-1e5, 1e6)],
    ),
    (
        ll.StudentT,
        exact.student_t,
        (3.0, 1.0, 0.2),
        [(-1e8, -1e7), (1e50, 1.001e50), (1.0, 1.0 + 1e-10), (0.0, 1e12), (0.0, 0.99)],
    ),
    (
        ll.Gamma,
        exact.gamma,
        (0.05, 3.0),
        [
            (1e-200, 1e-190),
            (1e-12, 1.01e-12),
            (-1.0, 0.1),
            (0.0, 1e-250),
            (0.5, 0.5 + 1e-9),
            (200.0, 200.001),
            (3.0, 1e4),
        ],
    ),
    (
        ll.Gamma,
        exact.gamma,
        (3e4, 0.1),
        [(3e5, 3e5 + 1e-4), (2.9e5, 2.91e5), (1e5, 1.00001e5), (3.1e5, 3.2e5), (-5.0, 2.5e5), (2.5e5, 3.5e5)],
    ),
    (
        ll.Poisson,
        exact.poisson,
        (4.2,),
        [(-1.0, 0.0), (-9.5, 2.5), (3.0, 4.0), (2.2, 12.9), (60.0, 61.0), (60.0, 90.0), (0.0, 1e3), (100.0, 109.0)],
    ),
    (ll.Poisson, exact.poisson, (3e4,), [(29999.0, 30000.0), (29999.0, 30009.0), (2e4, 2.001e4), (4e4, 5e4)]),
    (
        ll.NegativeBinomial,
        exact.negative_binomial,
        (0.7, 1.5),
        [(-3.0, 0.0), (0.0, 4.0), (7.0, 30.0), (500.0, 501.0), (500.0, 700.0), (-1.0, 2000.0)],
    ),
    (ll.Bernoulli, exact.bernoulli, (30.0,), [(-1.0, 0.0), (0.0, 1.0), (0.0, 7.0), (-0.5, 0.5)]),
    (
        ll.Laplace,
        laplace,
        (1.0, 0.5),  # a kink at 1
        [
            (0.9, 1.2),
            (0.999, 1.003),
            (1.0 - 1e-5, 1.0 + 3e-5),
            (-400.0, -399.9),
            (300.0, 1e3),
            (1.0, 1.01),
            (-20.0, 30.0),
        ],
    ),
)
ROWS = [
    pytest.param(cls, formulas, params, *ends, id=f"{cls.__name__}{params}-{ends}")
    for cls, formulas, params, intervals in HARD
    for ends in intervals
]


def log_probability(cls, formulas: Exact, low: float, high: float):
    """Return log P(low < Y ≤ high) as a function of the parameters, from whichever tail is the smaller."""

    def value(*params):
        if cls.support.integer:
            a, b = mp.floor(low), mp.floor(high)
        else:
            a, b = mp.mpf(low), mp.mpf(high)
        below, above = (formulas.cdf(*params, y) if y >= cls.support.low else mp.mpf(0) for y in (a, b))
        over, beyond = (formulas.sf(*params, y) if y >= cls.support.low else mp.mpf(1) for y in (a, b))
        if below + beyond < 0.5:
            return mp.log1p(-below - beyond)
        return mp.log(above - below) if above < 0.5 else mp.log(over - beyond)

    return value


@pytest.mark.parametrize(("cls", "formulas", "params", "low", "high"), ROWS)
def test_hard_intervals(cls, formulas, params, low, high):
    row = tuple(np.array([p]) for p in params)
    values, backward = cls.log_interval(row, np.array([low]), np.array([high]))
    with mp.workdps(60):
        f = log_probability(cls, formulas, low, high)
        want = f(*map(mp.mpf, params))
        slopes = [
            float(
                _slope(lambda x, i=i: f(*(x if j == i else mp.mpf(p) for j, p in enumerate(params))), mp.mpf(params[i]))
            )
            for i in range(len(params))
        ]
        np.testing.assert_allclose(values[0], float(want), rtol=1e-9, atol=1e-9 if want < -1e-9 else 0.0)
    for (got,), slope, p in zip(backward(np.ones(1)), slopes, params, strict=True):
        np.testing.assert_allclose(got, slope, rtol=1e-6, atol=1e-13 * min(1.0, -float(want)) / abs(p))


def _slope(f, x):
    h = mp.mpf(10) ** -15 * max(abs(x), mp.mpf(10) ** -3)
    return (f(x + h) - f(x - h)) / (2 * h)


@each(UNIVARIATE)
def test_empty_intervals_have_no_probability_and_no_gradient(case: Family):
    d, y = case.batch(4)
    params = tuple(getattr(d, p.name) for p in case.cls.parameters)
    ends = [(y, y), (y, y - 0.01), (INF, y), (y, -INF), (INF, -INF), (INF, INF), (-INF, -INF)]
    if np.isfinite(case.cls.support.low):
        ends += [(-INF, case.cls.support.low - 0.5), (case.cls.support.low - 3.0, case.cls.support.low - 1.0)]
    if np.isfinite(case.cls.support.high):
        ends += [(case.cls.support.high, INF), (case.cls.support.high + 1.0, case.cls.support.high + 2.0)]
    if case.integer:
        ends += [(y + 0.2, y + 0.9)]
    for low, high in ends:
        low, high = np.broadcast_to(low, 4), np.broadcast_to(high, 4)
        values, backward = case.cls.log_interval(params, low, high)
        np.testing.assert_array_equal(values, np.full(4, -INF))
        for g in backward(np.ones(4)):
            np.testing.assert_array_equal(g, np.zeros_like(g))


@each(UNIVARIATE)
def test_the_whole_line_has_probability_one_and_no_gradient(case: Family):
    d, _ = case.batch(4)
    params = tuple(getattr(d, p.name) for p in case.cls.parameters)
    values, backward = case.cls.log_interval(params, np.full(4, -INF), np.full(4, INF))
    np.testing.assert_array_equal(values, np.zeros(4))
    for g in backward(np.ones(4)):
        np.testing.assert_array_equal(g, np.zeros_like(g))


def test_ends_may_be_numbers_or_broadcast():
    loc, scale = np.array([0.0, 1.0, 2.0]), np.array([1.0, 0.5, 2.0])
    d = np.ones((2, 3))
    both = ll.Gaussian.log_interval((loc, scale), np.array([[-1.0], [0.5]]), 1.5)
    assert both[0].shape == (2, 3)
    for i, low in enumerate((-1.0, 0.5)):
        one = ll.Gaussian.log_interval((loc, scale), low, 1.5)
        np.testing.assert_array_equal(both[0][i], one[0])
        for g, h in zip(both[1](d), one[1](np.ones(3)), strict=True):
            np.testing.assert_allclose(g[i], h, rtol=1e-14)


def test_one_row_does_not_change_another():
    # Which branch a row takes depends on nothing but that row; NumPy adds up one column in another order than several.
    ends = np.array([(-9.0, 9.0), (0.1, 0.1 + 1e-9), (3.0, INF), (5.0, 4.0), (-0.5, 0.5), (37.0, 38.0)]).T
    params = (np.zeros(6), np.ones(6))
    values, backward = ll.Gaussian.log_interval(params, *ends)
    grads = backward(np.ones(6))
    for i in range(6):
        one, back = ll.Gaussian.log_interval(tuple(p[i : i + 1] for p in params), *ends[:, i : i + 1])
        np.testing.assert_allclose(one[0], values[i], rtol=1e-15)
        np.testing.assert_allclose([g[0] for g in back(np.ones(1))], [g[i] for g in grads], rtol=1e-15)


@pytest.mark.parametrize("scale", [0.3, 1.0, 40.0])
def test_values_do_not_jump_where_the_method_changes(scale):
    # Gamma: from the integral over a short interval to the difference of cdfs, and on to what the tails leave of 1.
    width = scale * np.geomspace(1e-6, 30.0, 400)
    rows = np.ones(400)
    values, backward = ll.Gamma.log_interval((2.5 * rows, rows / scale), 0.9 * scale * rows, 0.9 * scale + width)
    assert (np.diff(values) >= 0.0).all()
    assert np.abs(np.diff(values - np.log(-np.expm1(-width / scale)), 2)).max() < 1e-3
    for g in backward(rows):
        assert np.abs(np.diff(g, 2)).max() < 1e-2 * np.abs(g).max()
