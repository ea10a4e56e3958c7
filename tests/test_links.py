"""Links: forward, backward and inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mpmath import mp

from likelinet.core.links import Above, Angle, Cholesky, Exp, Identity, Link, Ordered, Sigmoid, Softplus
from likelinet.heads.own_classes import OwnCutpoints, OwnLogits, Present
from tests import exact, on_jax
from tests.differences import central, of_a_sum

LINKS = {
    "identity": (Identity(), lambda raw: raw),
    "exp": (Exp(), mp.exp),
    "softplus": (Softplus(), exact.softplus),
    "exp_above": (Above(Exp(), 0.25), lambda raw: mp.mpf(0.25) + mp.exp(raw)),
    "softplus_floor": (Softplus(0.01), lambda raw: mp.mpf(0.01) + exact.softplus(raw)),
    "sigmoid": (Sigmoid(), exact.sigmoid),
    "ordered_of_one": (Ordered(0.01), lambda raw: raw),
}
each = pytest.mark.parametrize(("link", "formula"), LINKS.values(), ids=LINKS)


def lower_triangle(floor):
    """Return the formula of a matrix of three rows, its entries as one list."""

    def entries(a, b, c, d, e, f):
        a, c, f = (floor + exact.softplus(v) for v in (a, c, f))
        return [a, 0, 0, b, c, 0, d, e, f]

    return entries


def increasing(floor):
    def entries(*raw):
        steps = [floor + exact.softplus(v) for v in raw[1:]]
        return [mp.fsum([raw[0], *steps[:i]]) for i in range(len(raw))]

    return entries


def two_of_four(a, b, *_):
    """Return two cutpoints, and two that lie so far above that nothing comes there."""
    second = a + exact.softplus(b)
    return [a, second, second + 800, second + 1600]


# Links of several raw numbers together: how many, the shape of the parameter, and its entries in mpmath.
OF_VECTORS = {
    "cholesky": (Cholesky(), lower_triangle(0), 6, (3, 3)),
    "cholesky_floor": (Cholesky(0.01), lower_triangle(mp.mpf(0.01)), 6, (3, 3)),
    "angle": (Angle(), lambda x, y: [mp.atan2(y, x)], 2, ()),
    "ordered": (Ordered(), increasing(0), 4, (4,)),
    "own_cutpoints": (OwnCutpoints(Ordered(), np.arange(4) < 2), two_of_four, 4, (4,)),
    "ordered_floor": (Ordered(0.01), increasing(mp.mpf(0.01)), 4, (4,)),
}
each_of_vectors = pytest.mark.parametrize(("link", "formula", "n", "shape"), OF_VECTORS.values(), ids=OF_VECTORS)
raws = st.floats(-50.0, 50.0)


def test_every_link_is_in_the_table():
    tested = {type(row[0]) for row in [*LINKS.values(), *OF_VECTORS.values()]}
    there = {*Link.__subclasses__(), *Present.__subclasses__()} - {Present}
    assert tested | {OwnLogits} == there  # its -inf has no slope: tests/test_own_classes.py


@each
@given(raw=raws)
def test_forward_and_backward_are_exact(link, formula, raw):
    value, backward = link.forward(np.array([raw]))
    with mp.workdps(50):
        want, slope = float(formula(mp.mpf(raw))), float(mp.diff(formula, mp.mpf(raw)))
    np.testing.assert_allclose(value[0], want, rtol=1e-13)
    np.testing.assert_allclose(backward(np.array([3.0]))[0], 3.0 * slope, rtol=1e-13)


@each
@given(raw=st.floats(-8.0, 8.0))
def test_backward_against_differences(link, formula, raw):
    x = np.array([raw])
    want = central(lambda t: link.forward(t)[0], x, 1e-3)
    np.testing.assert_allclose(link.forward(x)[1](np.ones(1)), want, rtol=1e-8, atol=1e-11)


@each
@given(raw=st.floats(-8.0, 8.0))
def test_inverse_undoes_forward(link, formula, raw):
    value, _ = link.forward(np.array([raw]))
    np.testing.assert_allclose(link.inverse(value), [raw], rtol=1e-9, atol=1e-9)
    assert link.domain.contains(value).all()


FAR = np.array([40.0, 90.0, 110.0, 600.0, 750.0, 800.0, 1e4])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("on", [lambda f, x: f(x), on_jax.run], ids=["numpy", "jax"])
def test_a_sigmoid_never_reaches_its_ends(dtype, on):
    raw = np.concatenate([-FAR, FAR]).astype(dtype)
    value = np.asarray(on(lambda raw: Sigmoid().forward(raw)[0], raw))
    assert value.dtype == dtype
    assert ((value > 0.0) & (value < 1.0)).all()
    slope = np.asarray(on(lambda raw: Sigmoid().forward(raw)[1](raw * 0.0 + 1.0), raw))
    assert ((slope > 0.0) & (slope < 1e-16)).all()
    np.testing.assert_allclose(value[0], np.exp(-40.0), rtol=1e-5)


@pytest.mark.parametrize("link", [Exp(), Softplus()], ids=["exp", "softplus"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("on", [lambda f, x: f(x), on_jax.run], ids=["numpy", "jax"])
def test_a_positive_parameter_is_positive_and_finite_at_every_finite_raw(link, dtype, on):
    far = np.array([*FAR, 1e38, np.finfo(dtype).max]).astype(dtype)
    raw = np.concatenate([-far, far])
    value, slope = map(np.asarray, on(lambda raw: of_logarithm(link, raw), raw))
    assert value.dtype == slope.dtype == dtype
    assert ((value > 0.0) & np.isfinite(value)).all()
    # At the lower end a likelihood, of which the slope in log(parameter) is finite, brings it back.
    np.testing.assert_allclose(slope[: len(far)], 1.0, rtol=1e-5)
    assert ((slope >= 0.0) & (slope <= 1.00001)).all()
    np.testing.assert_allclose(value[0], np.exp(-40.0), rtol=1e-5)


def of_logarithm(link, raw):
    """Return a parameter, and the derivative of its logarithm."""
    value, backward = link.forward(raw)
    return value, backward(1.0 / value)


def test_the_diagonal_of_a_matrix_is_positive_at_every_finite_raw():
    matrix, backward = Cholesky().forward(np.full(3, -1e4))
    assert (np.diagonal(matrix) > 0.0).all()
    np.testing.assert_array_equal(backward(np.full((2, 2), 1e300)) > 0.0, [True, True, True])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_slope_of_an_angle_is_finite_at_the_origin(dtype):
    raw = np.array([[0.0, 0.0], [-0.0, 0.0], [1e-30, 0.0], [1e-5, -1e-5]], dtype)
    value, backward = Angle().forward(raw)
    slope = backward(np.ones(4, dtype))
    np.testing.assert_allclose(value, [0.0, np.pi, 0.0, -np.pi / 4.0], rtol=1e-6)
    np.testing.assert_array_equal(slope[:2], 0.0)
    assert (np.abs(slope) <= 1e6).all()
    np.testing.assert_allclose(slope[3], [5e4, 5e4], rtol=1e-5)


def test_inverse_of_softplus_below_its_floor_is_finite():
    raw = Softplus(0.1).inverse(np.array([0.01, 0.1, 0.2]))
    assert np.isfinite(raw).all()
    np.testing.assert_allclose(Softplus(0.1).forward(raw[2:])[0], [0.2], rtol=1e-12)


@each
def test_single_precision_stays_single(link, formula):
    value, backward = link.forward(np.array([-3.0, 0.5], dtype=np.float32))
    assert value.dtype == backward(np.ones(2, dtype=np.float32)).dtype == np.float32


def raw_numbers(n: int, size: float) -> np.ndarray:
    """Return several rows of raw numbers: random ones, and the ends of their range."""
    rng = np.random.default_rng(n)
    return np.stack([*rng.uniform(-size, size, (5, n)), np.full(n, size), np.full(n, -size)])


@each_of_vectors
def test_forward_and_backward_of_vectors_are_exact(link, formula, n, shape):
    raw = raw_numbers(n, 50.0)
    d = np.random.default_rng(1).normal(size=(len(raw), *shape))
    value, backward = link.forward(raw)
    assert value.shape == (len(raw), *shape)
    for row, got, weight, back in zip(raw, value, d, backward(d), strict=True):
        with mp.workdps(60):
            z = tuple(map(mp.mpf, row.tolist()))

            def total(*z, weight=weight):
                return mp.fsum(w * v for w, v in zip(map(mp.mpf, weight.ravel()), formula(*z), strict=True))

            want = [float(v) for v in formula(*z)]
            slopes = [float(mp.diff(total, z, tuple(order))) for order in np.eye(n, dtype=int).tolist()]
        np.testing.assert_allclose(got.ravel(), want, rtol=1e-13, atol=1e-13)
        np.testing.assert_allclose(back, slopes, rtol=1e-12, atol=1e-30)


@each_of_vectors
def test_inverse_undoes_forward_of_vectors(link, formula, n, shape):
    value, _ = link.forward(raw_numbers(n, 8.0))
    raw = link.inverse(value)
    assert raw.shape == (len(value), n)
    np.testing.assert_allclose(link.forward(raw)[0], value, rtol=1e-9, atol=1e-9)
    assert link.raw_size(shape) == n
    assert link.raw_size((5, *shape)) == 5 * n


@each_of_vectors
def test_vectors_in_single_precision_and_on_jax(link, formula, n, shape):
    raw = raw_numbers(n, 8.0)
    value, backward = link.forward(raw.astype(np.float32))
    assert value.dtype == backward(np.ones_like(value)).dtype == np.float32
    d = np.random.default_rng(1).normal(size=(len(raw), *shape))

    def both(raw, d):
        value, backward = link.forward(raw)
        return value, backward(d)

    for got, want in zip(on_jax.run(both, raw, d), both(raw, d), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)


def test_a_floor_for_each_output():
    floor = np.array([0.1, 2.0, 30.0])
    matrix, _ = Cholesky(floor).forward(np.full(6, -60.0))
    np.testing.assert_allclose(np.diagonal(matrix), floor)
    np.testing.assert_allclose(
        Cholesky(floor).forward(Cholesky(floor).inverse(2.0 * np.diag(floor)))[0], 2.0 * np.diag(floor)
    )


@given(raw=arrays(np.float64, (2, 4), elements=st.floats(-8.0, 8.0)))
def test_ordered_numbers(raw):
    link = Ordered(0.01)
    value, backward = link.forward(raw)
    np.testing.assert_array_equal(value[:, 0], raw[:, 0])
    np.testing.assert_allclose(np.diff(value), 0.01 + np.logaddexp(0.0, raw[:, 1:]), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(link.inverse(value), raw, rtol=1e-9, atol=1e-9)
    d = np.array([[1.0, -2.0, 0.5, 3.0], [0.3, 0.0, -1.0, 2.0]])
    (want,) = of_a_sum(lambda r: (d * link.forward(r)[0]).sum(), (raw,))
    np.testing.assert_allclose(backward(d), want, rtol=1e-8, atol=1e-9)
    moved, backward = link.forward(raw.astype(np.float32))
    assert moved.dtype == backward(d.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("on", [lambda f, x: f(x), on_jax.run], ids=["numpy", "jax"])
@pytest.mark.parametrize("link", [Ordered(1e-3), OwnCutpoints(Ordered(1e-3), np.arange(20) < 7)], ids=["all", "own"])
def test_ordered_numbers_never_meet(link, dtype, on):
    """Nor do those far out, where a small step is lost in rounding; their gradient is that of those near zero."""
    first = np.array([0.0, -3e4, 1e13, -1e13, 1e17, -1e17, 1e30, -1e30], dtype)
    steps = np.random.default_rng(0).uniform(-50.0, 5.0, (8, 19)).astype(dtype)
    steps[:, 9] = np.where(np.abs(first) > 1e20, 1e20, 5.0)
    d = np.linspace(1.0, 2.0, 20, dtype=dtype)

    def run(raw):
        value, backward = link.forward(raw)
        return value, backward(d + 0.0 * raw)

    value, gradient = map(np.asarray, on(run, np.concatenate([first[:, None], steps], axis=-1)))
    near = link.forward(np.concatenate([np.zeros((8, 1), dtype), steps], axis=-1))[1](d + np.zeros((8, 20), dtype))
    assert value.dtype == dtype
    assert (np.diff(value, axis=-1) > 0.0).all()
    np.testing.assert_array_equal(value[:, 0], first)
    np.testing.assert_allclose(gradient, near, rtol=1e-4 if dtype == "float32" else 1e-12)
