"""What the table does not try on the real line: intervals across a kink, and y where a density is next to nothing."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from likelinet.distributions.over.mixture_formulas import loss_of_mixture
from tests import exact_line, on_jax

WIDTHS = 10.0 ** np.arange(-12, 2)
KINKED = {
    "Laplace": (ll.Laplace, (0.25, 2.0), exact_line.laplace),
    "low": (ll.AsymmetricLaplace, (0.25, 2.0, 0.05), exact_line.asymmetric_laplace),
    "middle": (ll.AsymmetricLaplace, (-3.0, 0.01, 0.5), exact_line.asymmetric_laplace),
    "high": (ll.AsymmetricLaplace, (0.25, 2.0, 0.97), exact_line.asymmetric_laplace),
}


@pytest.mark.parametrize(("cls", "params", "exact"), KINKED.values(), ids=KINKED)
@pytest.mark.parametrize("below", [-30.0, 0.0, 0.2, 0.5, 1.0, 30.0])
def test_intervals_across_a_kink(cls, params, exact, below):
    low = params[0] - below * params[1] * WIDTHS
    high = low + params[1] * WIDTHS
    columns = tuple(np.full_like(low, p) for p in params)
    values, backward = cls.log_interval(columns, low, high)
    with mp.workdps(60):
        want, slopes = zip(*(interval(exact, params, a, b) for a, b in zip(low, high, strict=True)), strict=True)
    np.testing.assert_allclose(values, want, rtol=1e-13)
    units = np.array([1.0 / params[1], 1.0 / params[1], 1.0])[: len(params)]
    np.testing.assert_allclose(np.stack(backward(np.ones_like(low)), -1) / units, slopes / units, rtol=1e-9, atol=1e-12)

    with jax.enable_x64(True):
        again = compiled(cls)(columns, low, high)
    np.testing.assert_allclose(again[0], values, rtol=1e-12)
    np.testing.assert_allclose(np.stack(again[1], -1) / units, slopes / units, rtol=1e-9, atol=1e-12)


@functools.cache
def compiled(cls):
    """Return the compiled log_interval of a class and its gradient: once for all ends."""

    def run(params, low, high):
        values, backward = cls.log_interval(params, low, high)
        return values, backward(jnp.ones_like(low))

    return on_jax.jit(run)


def interval(exact, params, low, high):
    """Return the logarithm of P(low < Y ≤ high) and its gradient, from mpmath."""

    def log_p(*q):
        if low >= params[0]:
            return mp.log(exact.sf(*q, low) - exact.sf(*q, high))
        return mp.log(exact.cdf(*q, high) - exact.cdf(*q, low))

    at, low, high = tuple(map(mp.mpf, params)), mp.mpf(float(low)), mp.mpf(float(high))
    order = np.eye(len(at), dtype=int).tolist()
    return float(log_p(*at)), np.array([float(mp.diff(log_p, at, tuple(n))) for n in order])


def test_ends_that_are_plain_numbers_and_empty_intervals():
    params = (np.zeros(3), np.ones(3), np.array([0.2, 0.5, 0.9]))
    values, backward = ll.AsymmetricLaplace.log_interval(params, -1.0, 1.0)
    d = ll.AsymmetricLaplace(*params)
    np.testing.assert_allclose(values, np.log(d.cdf(1.0) - d.cdf(-1.0)), rtol=1e-13)
    for ends in [(1.0, 1.0), (2.0, 1.0), (np.inf, np.inf), (-np.inf, -np.inf)]:
        values, backward = ll.AsymmetricLaplace.log_interval(params, *ends)
        np.testing.assert_array_equal(values, np.full(3, -np.inf))
        np.testing.assert_array_equal(np.stack(backward(np.ones(3))), np.zeros((3, 3)))


def test_cauchy_where_the_square_of_y_overflows():
    y = np.array([1e200, -1e200, 1e300])
    params = (np.zeros(3), np.full(3, 2.0))
    values, backward = ll.Cauchy.loss(params, y)
    np.testing.assert_allclose(values, np.log(np.pi / 2.0) + 2.0 * np.log(np.abs(y)), rtol=1e-14)
    np.testing.assert_allclose(backward(np.ones(3)), [-2.0 / y, np.full(3, -0.5)], rtol=1e-14)
    _, log_sf, backward = ll.Cauchy.tails(params, y)
    np.testing.assert_allclose(log_sf[[0, 2]], np.log(2.0 / np.pi) - np.log(y[[0, 2]]), rtol=1e-14)
    np.testing.assert_allclose(backward(np.zeros(3), np.ones(3))[1][[0, 2]], [0.5, 0.5], rtol=1e-14)


def test_a_gumbel_component_in_which_y_is_impossible_has_no_gradient():
    params = (np.zeros((1, 2)), np.array([[1e6, 0.0]]), np.array([[1.0, 1.0]]))
    values, backward = loss_of_mixture(ll.Gumbel.loss, 0)(params, np.array([0.5]))
    np.testing.assert_allclose(values, ll.Gumbel(0.0, 1.0).nll(0.5) + np.log(2.0), rtol=1e-14)
    _, dloc, dscale = backward(np.ones(1))
    assert dloc[0, 0] == dscale[0, 0] == 0.0
    assert np.isfinite([dloc, dscale]).all()


@pytest.mark.parametrize("cls", [ll.Laplace, ll.Logistic, ll.Cauchy, ll.Gumbel, ll.AsymmetricLaplace])
def test_starts_are_close_and_always_possible(cls):
    truth = {"loc": 3.0, "scale": 0.5, "tau": 0.7}
    d = cls(**{p.name: truth[p.name] for p in cls.parameters})
    weight = np.ones(20_000)
    y = d.sample(20_000, rng=0)
    start = cls(*cls.estimate(y, weight))
    assert start.nll(y).mean() < d.nll(y).mean() + 0.15
    for y in ([5.0] * 3, [0.0] * 3, [1e300, -1e300, 1e299], [1e-300, 2e-300, 3e-300], [0.0, 0.0, 1e9]):
        assert np.isfinite(cls(*cls.estimate(np.array(y), np.array([1.0, 2.0, 0.5]))).loc)
    assert cls(*cls.estimate(np.ones((4, 2)), np.ones(4))).batch_shape == (2,)
