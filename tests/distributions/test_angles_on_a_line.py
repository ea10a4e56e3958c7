"""Mean and variance of angles: circular of the angle itself, those of numbers once a wrapper makes it a number."""

import numpy as np
import pytest
import scipy.integrate

import likelinet as ll

ANGLES = ll.VonMises([3.0, 0.5, -2.0], [0.5, 3.0, 40.0])
PAIRS = ll.Mixture(ll.VonMises([[3.0, 0.0], [0.5, -2.0]], [[0.5, 4.0], [3.0, 9.0]]), probs=[0.3, 0.7])
WRAPPED = {
    "zero-inflated": lambda d: ll.ZeroInflated(d, gate=0.3),
    "hurdle": lambda d: ll.Hurdle(d, gate=0.3),
    "affine": lambda d: ll.Transformed(d, ll.Affine(1.0, 2.0)),
    "log": lambda d: ll.Transformed(d, ll.Log()),
    "truncated": lambda d: ll.Truncated(d, -2.5, 2.0),
    "discretised": lambda d: ll.Discretised(d),
    "affine of affine": lambda d: ll.Transformed(ll.Transformed(d, ll.Affine(1.0, 2.0)), ll.Affine(-3.0, 0.5)),
    "zero-inflated affine": lambda d: ll.ZeroInflated(ll.Transformed(d, ll.Affine(1.0, 2.0)), 0.4),
}


def number_moments(d):
    """Return mean and variance of the angle as a number, by quadrature of its density."""

    def moment(power):
        return scipy.integrate.quad(lambda y: y**power * np.exp(d.log_prob(y)), -np.pi, np.pi, epsrel=1e-10, limit=99)[
            0
        ]

    mean = moment(1)
    return mean, moment(2) - mean**2


@pytest.mark.parametrize("of", [ANGLES, PAIRS], ids=["angles", "mixtures"])
def test_closed_relations(of):
    mean, var = np.array([number_moments(of[i]) for i in range(len(of.mean()))]).T
    affine, gated = (WRAPPED[name](of) for name in ("affine", "zero-inflated"))
    np.testing.assert_allclose(affine.mean(), 1.0 + 2.0 * mean, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(affine.var(), 4.0 * var, rtol=1e-8)
    np.testing.assert_allclose(gated.mean(), 0.7 * mean, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(gated.var(), 0.7 * (var + 0.3 * mean**2), rtol=1e-8)


@pytest.mark.parametrize("name", WRAPPED)
def test_draws(name):
    d = WRAPPED[name](ANGLES)
    y = d.sample(50_000, rng=8)
    away = (y.mean(0) - d.mean()) / (y.std(0) / np.sqrt(len(y)))
    assert np.abs(away).max() < 5.0
    squares = (y - d.mean()) ** 2
    assert np.abs((squares.mean(0) - d.var()) / (squares.std(0) / np.sqrt(len(y)))).max() < 5.0


def test_mixture_of_wrapped():
    d = ll.Mixture(ll.ZeroInflated(ll.VonMises([3.0, 0.5], [0.5, 3.0]), 0.3), probs=[0.4, 0.6])
    means, variances = np.array([number_moments(ll.VonMises(m, k)) for m, k in ((3.0, 0.5), (0.5, 3.0))]).T
    second = 0.7 * (variances + means**2)
    mean = 0.7 * np.dot([0.4, 0.6], means)
    np.testing.assert_allclose(d.mean(), mean, rtol=1e-8)
    np.testing.assert_allclose(d.var(), np.dot([0.4, 0.6], second) - mean**2, rtol=1e-8)


def test_the_angle_itself_keeps_its_direction():
    np.testing.assert_array_equal(ANGLES.mean(), ANGLES.loc)
    resultant = np.sum([0.3, 0.7] * (1.0 - PAIRS.components.var()) * np.exp(1j * PAIRS.components.mean()), axis=-1)
    np.testing.assert_allclose(PAIRS.mean(), np.angle(resultant), rtol=1e-12)
    np.testing.assert_allclose(PAIRS.var(), 1.0 - np.abs(resultant), rtol=1e-12)
    np.testing.assert_array_equal(ll.Censored(ANGLES).mean(), ANGLES.loc)
