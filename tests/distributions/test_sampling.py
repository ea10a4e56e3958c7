"""Draws follow their distribution, repeat with their seed and have the shape they should."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from tests.cases import CONTINUOUS, FAMILIES, Family
from tests.distributions.strategies import each

N, ALPHA = 100_000, 1e-4


def chi_squared_p(draws: np.ndarray, probability, low: int, high: int) -> float:
    """Return the p-value of counts of low … high, the rest of the draws being one more cell."""
    k = np.arange(low, high + 1)
    p = probability(k)
    expected = N * np.append(p, max(1.0 - p.sum(), 0.0))
    seen = np.array([(draws == i).sum() for i in k])
    seen = np.append(seen, N - seen.sum())
    enough = expected >= 5.0
    cells = [np.append(c[enough], c[~enough].sum()) for c in (seen, expected)]
    return float(
        scipy.stats.chi2.sf(((cells[0] - cells[1]) ** 2 / np.maximum(cells[1], 1.0)).sum(), max(enough.sum() - 1, 1))
    )


def kolmogorov_smirnov_p(draws: np.ndarray, cdf, step: int = 20) -> float:
    """Return at most the p-value of Kolmogorov and Smirnov's test, with the cdf at every 20th of the draws in order.

    Between two of these points the distance is at most what it would be if all draws between them were at one end.
    """
    n = len(draws)
    at = np.unique(np.append(np.arange(0, n, step), n - 1))
    p = cdf(np.sort(draws)[at])
    above, below = np.append(at[1:], n) / n - p, p - np.append(0, at[:-1] + 1) / n
    return float(scipy.stats.kstwo.sf(np.max([above, below]), n))


def test_the_bound_is_close_to_the_p_value_and_below_it():
    for rng in map(np.random.default_rng, range(5)):
        draws = rng.normal(0.005, 1.0, N)
        exact = scipy.stats.kstest(draws, scipy.stats.norm.cdf).pvalue
        assert 0.5 * exact < kolmogorov_smirnov_p(draws, scipy.stats.norm.cdf) <= exact
    assert np.isnan(kolmogorov_smirnov_p(np.append(draws, np.nan), scipy.stats.norm.cdf))


@each(FAMILIES)
def test_draws_follow_the_distribution(case: Family):
    batch, _ = case.batch(3, seed=5)
    params = [getattr(batch, p.name) for p in case.cls.parameters]
    draws = batch.sample(N, rng=11)
    if case.event:
        check_vectors(case, draws, case.oracle(*params))
        return
    for i in range(3):
        oracle = case.oracle(*(p[i] for p in params))
        if case in CONTINUOUS:
            p_value = kolmogorov_smirnov_p(draws[:, i], oracle.cdf)
        else:
            top = int(oracle.isf(1e-4)) if case.top is None else case.top
            p_value = chi_squared_p(draws[:, i], lambda k, oracle=oracle: np.exp(oracle.logpmf(k)), 0, top)
        assert p_value > ALPHA


def check_vectors(case: Family, draws: np.ndarray, oracle) -> None:
    """Compare each entry with its own distribution, and the covariances."""
    outputs = oracle.outputs()
    for at in np.ndindex(outputs.mean().shape):
        column, marginal = draws[:, *at], type(outputs.dist)()(*(np.asarray(a)[..., *at] for a in full(outputs)))
        if case.integer:
            p_value = chi_squared_p(column, marginal.pmf, 0, int(marginal.isf(1e-4)))
        else:
            p_value = kolmogorov_smirnov_p(column, marginal.cdf)
        assert p_value > ALPHA
    rest = draws - oracle.mean()
    products = rest[..., :, None] * rest[..., None, :]
    error = products.std(0) / np.sqrt(N)
    np.testing.assert_array_less(np.abs(products.mean(0) - oracle.cov()), 5.0 * error + 1e-12)


def full(frozen) -> list[np.ndarray]:
    """Return the arguments of a frozen scipy distribution, broadcast with one another."""
    return np.broadcast_arrays(*frozen.args)


def everything():
    """Return a distribution of every class, with the shape of one draw."""
    for case in FAMILIES:
        d, y = case.batch(5)
        yield pytest.param(d, y.shape, id=str(case))
    gaussians = ll.Gaussian(np.arange(30.0).reshape(5, 3, 2), 1.0)
    yield pytest.param(ll.Independent(gaussians), (5, 3, 2), id="Independent")
    yield pytest.param(ll.Mixture(gaussians, [0.0, 1.0]), (5, 3), id="Mixture")
    yield pytest.param(
        ll.Mixture(ll.Gaussian([0.0, 1.0], 1.0), np.zeros((5, 2))), (5,), id="Mixture of shared components"
    )
    yield pytest.param(ll.Mixture(ll.Independent(gaussians), np.zeros(3)), (5, 2), id="Mixture of Independent")
    yield pytest.param(ll.Transformed(ll.Gamma(2.0, 1.0), ll.Affine(np.zeros(5), 2.0)), (5,), id="Transformed")
    yield pytest.param(ll.Labelled(ll.Categorical(np.eye(3)), ["a", "b", "c"]), (3,), id="Labelled")
    yield pytest.param(ll.Poisson(3.0), (), id="no batch")


@pytest.mark.parametrize(("d", "shape"), list(everything()))
def test_shapes_and_seeds(d, shape):
    assert d.batch_shape + d.event_shape == shape
    for sample_shape, want in [((), shape), (4, (4, *shape)), ((2, 3), (2, 3, *shape)), ((0,), (0, *shape))]:
        assert np.shape(d.sample(sample_shape, rng=0)) == want
    first = d.sample(50, rng=7)
    np.testing.assert_array_equal(first, d.sample(50, rng=7))
    np.testing.assert_array_equal(first, d.sample(50, rng=np.random.default_rng(7)))
    assert not np.array_equal(first, d.sample(50, rng=8))
    for i in range(len(shape) and shape[0]):
        others = np.delete(first, i, axis=1) - first[:, [i]] if first.dtype.kind == "f" else None
        assert others is None or (others.std(0) > 0.0).all()  # no two rows share their draws


@each(FAMILIES)
def test_single_rows_equal_rows_of_the_batch(case: Family):
    d, y = case.batch(6)
    for rows in (2, slice(1, 4), np.array([5, 0]), np.array([True, False, True, False, False, True])):
        part = d[rows]
        assert part.batch_shape == np.arange(6)[rows].shape
        np.testing.assert_array_equal(part.log_prob(y[rows]), d.log_prob(y)[rows])


def test_draws_of_a_mixture_and_of_a_transformed():
    mixture = ll.Mixture(ll.Gaussian([-2.0, 1.0], [0.5, 2.0]), probs=[0.3, 0.7])
    assert scipy.stats.kstest(mixture.sample(N, rng=3), mixture.cdf).pvalue > ALPHA
    shifted = ll.Transformed(ll.Gamma(2.0, 1.0), ll.Affine(5.0, 3.0))
    assert scipy.stats.kstest(shifted.sample(N, rng=3), shifted.cdf).pvalue > ALPHA
    pairs = ll.Mixture(ll.Independent(ll.Gaussian([[-3.0, 3.0], [3.0, -3.0]], 1.0)), probs=[0.5, 0.5]).sample(N, rng=3)
    assert np.corrcoef(pairs.T)[0, 1] == pytest.approx(-0.9, abs=0.01)  # one component for both outputs of a draw
