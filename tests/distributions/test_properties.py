"""What holds for every continuous family, and for what is made of it: mirror images, bits, modes, moments."""

import numpy as np
import pytest

import likelinet as ll
from tests.cases import CONTINUOUS, Family
from tests.distributions.strategies import each

MADE = {
    "itself": lambda d: d,
    "two": lambda d: ll.Mixture(
        d.map_arrays(lambda a, n: np.stack(np.broadcast_arrays(a, a[::-1]), axis=a.ndim - n)), np.zeros((4, 2))
    ),
    "truncated": lambda d: ll.Truncated(d, d.ppf(0.1), d.ppf(0.8)),
}


def made(case: Family, how: str) -> ll.Distribution:
    return MADE[how](case.batch(4, seed=5)[0])


@each(CONTINUOUS)
@pytest.mark.parametrize("how", ["two", "truncated"])
def test_cdf_and_sf_make_one(case, how):
    d = made(case, how)
    for q in (1e-12, 0.4):
        y = d.ppf(q)
        np.testing.assert_allclose(d.cdf(y) + d.sf(y), 1.0, rtol=2e-13)
        np.testing.assert_allclose(np.exp(d.log_cdf(y)) + np.exp(d.log_sf(y)), 1.0, rtol=2e-13)


METHODS = ("mean", "var", "mode", "entropy")


@each(CONTINUOUS)
@pytest.mark.parametrize("how", ["two", "truncated"])
def test_a_row_alone_has_the_bits_that_it_has_among_others(case, how):
    d = made(case, how)
    y = d.ppf(0.3)
    whole = [getattr(d, name)() for name in METHODS] + [d.crps(y), d.log_prob(y), d.log_sf(y)]
    one, at = d[2], y[2]
    alone = [getattr(one, name)() for name in METHODS] + [one.crps(at), one.log_prob(at), one.log_sf(at)]
    np.testing.assert_array_equal(alone, [v[2] for v in whole])


LOC, SCALE = np.array([0.0, 2.0]), np.array([1.0, 0.3])
MIRRORED = {
    "gaussian": (ll.Gaussian(LOC, SCALE), ll.Gaussian(-LOC, SCALE)),
    "student t": (ll.StudentT(2.5, LOC, SCALE), ll.StudentT(2.5, -LOC, SCALE)),
    "laplace": (ll.Laplace(LOC, SCALE), ll.Laplace(-LOC, SCALE)),
    "asymmetric laplace": (ll.AsymmetricLaplace(LOC, SCALE, 0.2), ll.AsymmetricLaplace(-LOC, SCALE, 0.8)),
    "skew normal": (ll.SkewNormal(LOC, SCALE, 3.0), ll.SkewNormal(-LOC, SCALE, -3.0)),
    "johnson su": (ll.JohnsonSU(0.7, 1.2, LOC, SCALE), ll.JohnsonSU(-0.7, 1.2, -LOC, SCALE)),
    "cauchy": (ll.Cauchy(LOC, SCALE), ll.Cauchy(-LOC, SCALE)),
    "logistic": (ll.Logistic(LOC, SCALE), ll.Logistic(-LOC, SCALE)),
}


@pytest.mark.parametrize(("d", "mirrored"), MIRRORED.values(), ids=MIRRORED)
def test_mirror_images_of_mixtures_and_truncations(d, mirrored):
    weights = np.log([0.3, 0.7])
    here, there = ll.Mixture(d, weights), ll.Mixture(mirrored, weights)
    both = [(here, there)]
    both += [(ll.Truncated(a, -1.0, high), ll.Truncated(b, -high, 1.0)) for a, b in both for high in (2.2, 1e13)]
    y = np.array([-0.9, 0.1, 1.8])
    for a, b in both:
        np.testing.assert_allclose(a.crps(y), b.crps(-y), rtol=1e-8)
        np.testing.assert_allclose(a.entropy(), b.entropy(), rtol=1e-8)
        np.testing.assert_allclose(a.ppf([0.1, 0.6]), -b.isf([0.1, 0.6]), rtol=1e-9)
        np.testing.assert_allclose(a.mode(), -b.mode(), rtol=1e-6, atol=1e-6)


@pytest.mark.slow
@each(CONTINUOUS)
@pytest.mark.parametrize("how", MADE)
def test_no_draw_is_more_probable_than_the_mode(case, how):
    d = made(case, how)
    draws = d.sample(100_000, rng=3)
    highest = d.log_prob(d.mode())
    # Of a density without a bound the mode is where it has none, and not one of its values.
    bounded = np.isfinite(highest)
    assert (np.max(d.log_prob(draws), axis=0) <= highest + 1e-9)[bounded].all()


@pytest.mark.slow
@each(CONTINUOUS)
@pytest.mark.parametrize("how", MADE)
def test_moments_are_those_of_a_million_draws(case, how):
    d = made(case, how)
    if d.is_angle:
        pytest.skip("the mean of angles is a direction")
    draws = d.sample(1_000_000, rng=4)
    mean, var = d.linear_moments()
    few = np.isfinite(var)
    error = np.sqrt(var[few] / len(draws))
    assert (np.abs(draws.mean(0)[few] - mean[few]) < 5.0 * error).all()
    fourth = np.mean((draws[:, few] - mean[few]) ** 4, axis=0)
    assert (np.abs(draws.var(0)[few] - var[few]) < 8.0 * np.sqrt(fourth / len(draws))).all()
