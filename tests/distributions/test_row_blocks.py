"""Blocks of results: the same bits whatever broadcasts with what, and bounded memory."""

import tracemalloc

import numpy as np
import pytest

import likelinet as ll
from likelinet.distributions.base import by_rows

SHAPES = [
    ((), (7,)),
    ((1,), (7,)),
    ((3,), (5, 3)),
    ((3,), (5, 1)),
    ((4, 3), ()),
    ((4, 3), (3,)),
    ((4, 1), (1, 6)),
    ((3, 1), (2, 1, 4)),
    ((2, 3), (4, 1, 1, 3)),
]


def numbers(shape: tuple[int, ...], low: float, high: float) -> np.ndarray:
    return np.random.default_rng(sum(shape) + len(shape)).uniform(low, high, shape)


def gaussian(batch):
    return ll.Gaussian(numbers(batch, -1.0, 1.0), 1.5)


FAMILIES = {
    "gaussian": gaussian,
    "mixture": lambda batch: ll.Mixture(gaussian((*batch, 2)), probs=numbers((*batch, 2), 0.1, 1.0)),
    "truncated": lambda batch: ll.Truncated(gaussian(batch), low=-4.0),
    "skew_normal": lambda batch: ll.SkewNormal(numbers(batch, -1.0, 1.0), 1.0, numbers(batch[-1:], 0.0, 3.0)),
    "poisson": lambda batch: ll.Poisson(numbers(batch, 1.0, 4.0)),
}
CALLS = ("log_prob", "log_cdf", "ppf", "crps")


def blocked(monkeypatch, size, f, *args):
    with monkeypatch.context() as patched:
        patched.setattr(by_rows, "INTEGRALS_AT_ONCE", size)
        patched.setattr(by_rows, "ROWS_AT_ONCE", size)
        return f(*args)


@pytest.mark.parametrize(("batch", "of"), SHAPES)
@pytest.mark.parametrize("family", FAMILIES)
def test_blocks_of_any_shapes(family, batch, of, monkeypatch):
    d, q = FAMILIES[family](batch), numbers(of, 0.05, 0.95)
    y = np.floor(4.0 * q) if family == "poisson" else 3.0 * q - 1.0
    simple = family in ("gaussian", "poisson")
    exact = CALLS if simple else CALLS[:-1]  # the integrals of others have many nodes
    for name in exact:
        whole = getattr(d, name)(q if name == "ppf" else y)
        assert whole.shape == np.broadcast_shapes(batch, of)
        for size in (1, 3, 5) if simple else (3,):  # it is all the same to them how large their blocks are
            part = blocked(monkeypatch, size, getattr(d, name), q if name == "ppf" else y)
            np.testing.assert_array_equal(part, whole, err_msg=name)


@pytest.mark.parametrize(("batch", "of"), SHAPES)
def test_blocks_of_divergences(batch, of, monkeypatch):
    d, other = gaussian(batch), ll.Gaussian(numbers(of, 0.0, 2.0), 0.7)
    whole = d.kl_divergence(other)
    assert whole.shape == np.broadcast_shapes(batch, of)
    np.testing.assert_array_equal(blocked(monkeypatch, 3, d.kl_divergence, other), whole)


@pytest.mark.parametrize(("batch", "of"), SHAPES)
def test_blocks_of_vectors_and_intervals(batch, of, monkeypatch):
    vectors = ll.MultivariateGaussian(numbers((*batch, 2), -1.0, 1.0), scale_tril=np.eye(2))
    y = numbers((*of, 2), -1.0, 1.0)
    np.testing.assert_array_equal(blocked(monkeypatch, 3, vectors.log_prob, y), vectors.log_prob(y))
    censored, low = ll.Censored(gaussian(batch)), numbers(of, -1.0, 1.0)
    ends = ll.Interval(low, low + np.where(low > 0.0, np.inf, 0.0))
    np.testing.assert_array_equal(blocked(monkeypatch, 3, censored.log_prob, ends), censored.log_prob(ends))


ONE = {
    "inverse_gaussian": ll.InverseGaussian(1.0, 1.0),
    "truncated": ll.Truncated(ll.Gaussian(0.0, 1.0), -1.0, 1.0),
    "mixture": ll.Mixture(ll.StudentT([3.0, 5.0], [0.0, 1.0], 1.0), probs=[0.5, 0.5]),
    "few": ll.SkewNormal([0.0, 1.0, 2.0], 1.0, 2.0),
}


@pytest.mark.parametrize("name", ONE)
def test_one_distribution_at_many_y(name):
    d = ONE[name]
    y = np.full((3_000 // max(len(d.batch_shape) * 3, 1), *d.batch_shape), 0.3)
    tracemalloc.start()
    try:
        d.crps(y)
        assert tracemalloc.get_traced_memory()[1] < 64e6
    finally:
        tracemalloc.stop()


def test_one_truncated_mixture_at_many_y():
    """It asks for intervals of the components, by integrals where these are narrow."""
    d = ll.Truncated(ll.Mixture(ll.StudentT(3.0, np.linspace(-2.0, 2.0, 5), 1.0), np.zeros(5)), -1.0, 2.0)
    y = np.linspace(-1.0, 2.0, 20_000)
    tracemalloc.start()
    try:
        d.cdf(y)
        assert tracemalloc.get_traced_memory()[1] < 64e6
    finally:
        tracemalloc.stop()
