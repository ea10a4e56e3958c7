"""Where ranges end: saturated links, quantiles next to 0 and 1, angles beyond ±π."""

import mpmath
import numpy as np
import pytest

import likelinet as ll
from likelinet.core.links import Angle, Sigmoid


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("raw", [-800.0, -110.0, -50.0, 20.0, 40.0, 800.0])
def test_a_saturated_sigmoid_stays_inside(raw: float, dtype: str):
    p, back = Sigmoid().forward(np.array([raw], dtype))
    assert 0.0 < p[0] < 1.0
    assert np.isfinite(back(np.ones(1, dtype))).all()
    ll.AsymmetricLaplace(0.0, 1.0, tau=p.astype(np.float64))


def test_an_angle_has_a_gradient_at_the_origin():
    value, back = Angle().forward(np.zeros((1, 2)))
    np.testing.assert_array_equal(value, [0.0])
    np.testing.assert_array_equal(back(np.ones(1)), np.zeros((1, 2)))
    near = back(np.ones(1)), Angle().forward(np.array([[0.0, 1e-9]]))[1](np.ones(1))
    assert np.isfinite(near[1]).all()
    np.testing.assert_allclose(Angle().forward(np.array([[0.0, 2.0]]))[1](np.ones(1)), [[-0.5, 0.0]])


def test_quantiles_of_mixtures_next_to_the_ends():
    rng, rows = np.random.default_rng(0), 480
    q = np.array([1e-300, 1e-17, 1e-16, 1.0 - 2.0**-52, 1.0 - 2.0**-53])[:, None]
    loc, scale = rng.normal(scale=8.0, size=(rows, 3)), rng.uniform(0.1, 9.0, (rows, 3))
    w = rng.normal(scale=4.0, size=(rows, 3))
    for components in (
        ll.Gaussian(loc, scale),
        ll.Logistic(loc, scale),
        ll.Truncated(ll.Gaussian(loc, scale), -9.0),
    ):
        d = ll.Mixture(components, w)
        for y, at_most in ((d.ppf(q), True), (d.isf(q), False)):
            assert np.isfinite(y).all()
            steps = np.diff(y, axis=0) if at_most else -np.diff(y, axis=0)
            assert (steps >= -1e-14 * np.abs(y[1:])).all()
            # Close to 1 it is the other tail that knows.
            other = d.sf(y[-1]) if at_most else d.cdf(y[-1])
            if not isinstance(components, ll.Truncated):
                np.testing.assert_allclose(other, np.full(rows, 2.0**-53), rtol=1e-9)


@pytest.mark.parametrize("loc", [10.0, -10.0, 3.0, 2.0 * np.pi, -31.0])
def test_draws_of_angles_beyond_a_turn(loc: float):
    y = ll.VonMises(loc, 50.0).sample(20_000, rng=0)
    assert (np.abs(y) <= np.pi).all()
    resultant = np.exp(1j * y).mean()
    # The standard error of the direction is .001.
    assert np.abs(np.angle(resultant * np.exp(-1j * loc))) < 0.006
    np.testing.assert_allclose(np.abs(resultant), 0.98995, atol=2e-3)  # I₁(50) / I₀(50)


def test_counts_of_vast_logits_are_those_of_mpmath():
    r, logits = np.array([1e-3, 1e-3, 1e-4, 1e-100]), np.array([800.0, 2000.0, 1e4, 1e20])
    y = np.array([0.0, 7.0, 1e6, 3.0])
    d = ll.NegativeBinomial(r, logits)
    with mpmath.workdps(150):
        q = [1 / (1 + mpmath.exp(mpmath.mpf(z))) for z in logits.tolist()]
        each = [
            mpmath.betainc(a, k + 1, 0, x, regularized=True) for a, k, x in zip(r.tolist(), y.tolist(), q, strict=True)
        ]
        want, rest = [float(p) for p in each], [float(1 - p) for p in each]
    np.testing.assert_allclose(d.cdf(y), want, rtol=1e-12)
    np.testing.assert_allclose(d.sf(y), rest, rtol=1e-10)
    np.testing.assert_allclose(d[:1].cdf(0.0), np.exp(d[:1].log_prob(0.0)), rtol=1e-12)


def test_an_open_interval_of_an_asymmetric_laplace_reaches_its_far_tail():
    d = ll.AsymmetricLaplace(-100.0, 1e-8, 1e-300)  # whose upper tail is 1e308 scales long and more
    assert ll.Censored(d).log_prob(ll.Interval([-1e20], [np.inf])) == 0.0
