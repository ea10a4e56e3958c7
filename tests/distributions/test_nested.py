"""Every wrapper, alone and nested: densities, tails, quantiles, draws, moments and scores fit together."""

import functools

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from tests.distributions.test_sampling import chi_squared_p, kolmogorov_smirnov_p
from tests.integrals import crps, expected
from tests.wrappers import WRAPPERS

each = pytest.mark.parametrize("name", WRAPPERS)
N, ALPHA = 100_000, 1e-4
Q = np.array([1e-9, 1e-4, 0.03, 0.2, 0.5, 0.77, 0.9])[:, None]


@functools.cache
def rows(name):
    """Return the three rows of a wrapper one by one, the same objects each time: `tests.integrals` remembers them."""
    d = WRAPPERS[name]()
    return [d[i] for i in range(3)]


@each
def test_everything_sums_to_one(name):
    for row in rows(name):
        np.testing.assert_allclose(expected(row, np.ones_like), 1.0, rtol=1e-8)


@each
def test_cdf_is_the_integral_of_the_density(name):
    d = WRAPPERS[name]()
    y = d.ppf(np.array([0.03, 0.6])[:, None])
    y = np.where(y == 0.0, 0.3, y)
    cdf = d.cdf(y)
    for i, row in enumerate(rows(name)):
        for t, got in zip(y[:, i], cdf[:, i], strict=True):
            np.testing.assert_allclose(got, expected(row, np.ones_like, t), rtol=1e-8)
    np.testing.assert_allclose(cdf + d.sf(y), 1.0, rtol=1e-13)
    np.testing.assert_allclose(np.exp(d.log_cdf(y)), cdf, rtol=1e-11)
    np.testing.assert_allclose(np.exp(d.log_sf(y)), d.sf(y), rtol=1e-11)
    between = np.exp(d.log_prob_between(y[0], y[1]))
    np.testing.assert_allclose(between, np.maximum(cdf[1] - cdf[0], 0.0), rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(d.log_prob_between(-np.inf, y[1]), d.log_cdf(y[1]), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(d.log_prob_between(y[1], np.inf), d.log_sf(y[1]), rtol=1e-10, atol=1e-13)
    assert (d.log_prob_between(y[1], y[1]) == -np.inf).all()


@each
def test_outside_the_support(name):
    d = WRAPPERS[name]()
    low, high = d.ppf(0.0), d.isf(0.0)
    np.testing.assert_array_equal(d.isf(1.0), low)
    np.testing.assert_array_equal(d.ppf(1.0), high)
    below, above = low - 1.0, high + 1.0
    for y, at in ((below, 0.0), (above, 1.0)):
        np.testing.assert_array_equal(d.log_prob(y), np.full(3, -np.inf))
        np.testing.assert_allclose(d.cdf(y), at, rtol=1e-15)
        np.testing.assert_allclose(d.sf(y), 1.0 - at, rtol=1e-15)
        np.testing.assert_allclose(d.log_cdf(y), 0.0 if at else -np.inf, atol=1e-15)
        np.testing.assert_allclose(d.log_sf(y), -np.inf if at else 0.0, atol=1e-15)
    for f in (d.log_prob, d.cdf, d.sf, d.log_cdf, d.log_sf, d.crps):
        assert np.isnan(f(np.full(3, np.nan))).all()
    for q in (-0.1, 1.1, np.nan):
        assert np.isnan(d.ppf(np.full(3, q))).all()
        assert np.isnan(d.isf(np.full(3, q))).all()
    with pytest.raises(ll.DataError, match=r"y has shape \(3, 1\)"):
        d.log_prob(np.zeros((3, 1)))
    with pytest.raises(ll.DataError, match=r"y has shape \(3, 1\)"):
        d.cdf(np.zeros((3, 1)))


@each
def test_quantiles_are_generalised_inverses(name):
    d = WRAPPERS[name]()
    for quantile, tail, sign in ((d.ppf, d.cdf, 1.0), (d.isf, d.sf, -1.0)):
        y = quantile(Q)
        assert y.shape == (7, 3)
        at, before, few = tail(y), tail(np.nextafter(y, -np.inf)), 2e-15 * np.abs(y)
        jumps = np.full(y.shape, True) if d.support.integer else np.isin(y, d.atoms)
        if jumps.any():
            assert np.where(jumps, sign * (at - Q) >= 0.0, True).all()
            assert np.where(jumps, sign * (before - Q) < 0.0, True).all()
        # Next to a bound neighbouring numbers are far apart in probability.
        gap = np.where(jumps, 0.0, np.abs(at - Q))
        assert (gap <= 1e-9 * Q + np.abs(tail(y + few) - tail(y - few))).all()
        again = quantile(at)
        seen = (at < 1.0) & (at > 0.0)
        if d.support.integer:
            np.testing.assert_array_equal(again[seen], y[seen])
        else:
            np.testing.assert_allclose(again[seen], y[seen], rtol=1e-8, atol=1e-10)
    np.testing.assert_array_equal(d.median(), d.ppf(0.5))
    low, high = d.interval(0.8)
    np.testing.assert_array_equal(low, d.ppf(0.5 - 0.4))
    np.testing.assert_array_equal(high, d.isf(0.5 - 0.4))


@each
def test_draws(name):
    d = WRAPPERS[name]()
    draws = d.sample(N, rng=5)
    assert draws.shape == (N, 3)
    np.testing.assert_array_equal(d.sample(50, rng=7), d.sample(50, rng=7))
    assert d.sample((2, 0), rng=1).shape == (2, 0, 3)
    for i in range(3):
        row, y = rows(name)[i], draws[:, i]
        if d.support.integer:
            low, high = (int(f(1e-4)) for f in (row.ppf, row.isf))
            p_value = chi_squared_p(y, lambda k, row=row: np.exp(row.log_prob(k)), low, high)
        else:
            for a in row.atoms:
                zeros = int((y == a).sum())
                assert scipy.stats.binomtest(zeros, N, float(np.exp(row.log_prob(a)))).pvalue > ALPHA
                y = y[y != a]
            atoms = [(a, np.exp(row.log_prob(a))) for a in row.atoms]

            def cdf(t, row=row, atoms=atoms):
                return (row.cdf(t) - sum(p * (t >= a) for a, p in atoms)) / (1.0 - sum(p for _, p in atoms))

            p_value = kolmogorov_smirnov_p(y, cdf)
        assert p_value > ALPHA


@each
def test_moments_and_entropy(name):
    d = WRAPPERS[name]()
    mean, var, entropy = d.mean(), d.var(), d.entropy()
    assert mean.shape == var.shape == entropy.shape == d.mode().shape == (3,)
    np.testing.assert_array_equal(d.std(), np.sqrt(var))
    for i, row in enumerate(rows(name)):
        want = expected(row, lambda y: y)
        np.testing.assert_allclose(mean[i], want, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(var[i], expected(row, lambda y, want=want: (y - want) ** 2), rtol=1e-8)

        def surprise(y, row=row):
            return np.nan_to_num(row.nll(y), posinf=0.0)

        np.testing.assert_allclose(entropy[i], expected(row, surprise), rtol=1e-8, atol=1e-8)


@each
def test_crps(name):
    d = WRAPPERS[name]()
    for y in (d.ppf(0.2), d.ppf(0.0) - 1.5):
        y = np.where(np.isfinite(y), y, -4.0)
        got = d.crps(y)
        for i, row in enumerate(rows(name)):
            np.testing.assert_allclose(got[i], crps(row, float(y[i])), rtol=1e-6, atol=1e-9)


@each
def test_mode_is_the_highest_point_of_a_fine_grid(name):
    d = WRAPPERS[name]()
    low, high = d.ppf(1e-3), d.isf(1e-3)
    grid = low + (high - low) * np.linspace(0.0, 1.0, 5001)[:, None]
    grid = np.unique(np.floor(grid))[:, None] if d.support.integer else grid
    if d.atoms:
        atoms = np.array(d.atoms)  # against which no density has a chance
        np.testing.assert_array_equal(d.mode(), atoms[d.log_prob(atoms[:, None]).argmax(0)])
    else:
        assert (d.log_prob(d.mode()) >= d.log_prob(grid).max(0) - 1e-9).all()


@each
def test_kl_divergence(name):
    d = WRAPPERS[name]()
    np.testing.assert_allclose(d.kl_divergence(d), 0.0, atol=1e-10)
    if name.startswith(("Mixture", "Transformed Affine")) or "Truncated" in name:
        return
    other = d[::-1]
    kl = d.kl_divergence(other)
    mine = rows(name)
    for i, (row, its_other) in enumerate(zip(mine, mine[::-1], strict=True)):

        def ratio(y, row=row, its_other=its_other):
            return np.nan_to_num(row.log_prob(y) - its_other.log_prob(y), neginf=0.0)

        gap = expected(row, ratio)
        np.testing.assert_allclose(kl[i], gap, rtol=1e-6, atol=1e-9)


@each
def test_rows(name):
    d = WRAPPERS[name]()
    y = d.ppf(0.4)
    for rows in (1, slice(0, 2), np.array([2, 0]), np.array([True, False, True])):
        part = d[rows]
        assert type(part) is type(d)
        assert part.batch_shape == np.arange(3)[rows].shape
        np.testing.assert_allclose(part.log_prob(y[rows]), d.log_prob(y)[rows], rtol=1e-13)
        np.testing.assert_allclose(part.cdf(y[rows]), d.cdf(y)[rows], rtol=1e-13)
    assert repr(d).startswith(type(d).__name__)


@each
def test_a_single_distribution_without_a_batch(name):
    d, one = WRAPPERS[name](), WRAPPERS[name]()[1]
    assert one.batch_shape == ()
    assert np.ndim(one.log_prob(1.0)) == np.ndim(one.mean()) == np.ndim(one.ppf(0.3)) == np.ndim(one.crps(1.0)) == 0
    assert one.sample(4, rng=0).shape == (4,)
    np.testing.assert_allclose(one.ppf([0.2, 0.6]), d.ppf(np.array([[0.2], [0.6]]))[:, 1], rtol=1e-12)
