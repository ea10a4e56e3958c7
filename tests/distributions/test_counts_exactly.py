"""What is made of counts against sums of all masses in mpmath, with parameters across many powers of ten."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from likelinet.distributions import Distribution
from tests.cases import Family
from tests.cases.counts import FAMILIES
from tests.distributions.strategies import each

TOP = 50  # counts of those families that have no largest one: of the parameters below none goes as far
LOG_UNIFORM = {
    "rate": (1e-6, 5.0),
    "concentration1": (1e-6, 1e9),
    "concentration0": (1e-6, 1e9),
}
ROWS = 3


def pairs(case: Family, seed: int) -> Distribution:
    """Return a batch of pairs of distributions, their parameters log-uniform."""
    rng, shape = np.random.default_rng(seed), (ROWS, 2)
    params = {name: np.exp(rng.uniform(*np.log(LOG_UNIFORM.get(name, (1.0, 2.0))), shape)) for name in case.ranges}
    if case.cls is ll.NegativeBinomial:
        mean, r = np.exp(rng.uniform(-9.0, 0.5, shape)), np.exp(rng.uniform(*np.log([1e-6, 1e9]), shape))
        params = {"total_count": r, "logits": np.minimum(np.log(mean / r), 0.0)}
    elif "logits" in case.ranges:
        params["logits"] = rng.uniform(1.0, 12.0, shape) * np.where(case.bound, rng.choice([-1.0, 1.0], shape), 1.0)
    if case.bound:
        params["total_count"] = np.broadcast_to([[1.0], [9.0], [float(TOP - 1)]], shape)
    return case.cls(**params)


class Exactly:
    """What a distribution over 0, …, TOP - 1 answers, in mpmath."""

    def __init__(self, masses: list[mp.mpf]) -> None:
        total = mp.fsum(masses)
        self.p = [m / total for m in masses]

    def mean(self) -> mp.mpf:
        return mp.fsum(k * p for k, p in enumerate(self.p))

    def var(self) -> mp.mpf:
        mean = self.mean()
        return mp.fsum((k - mean) ** 2 * p for k, p in enumerate(self.p))

    def entropy(self) -> mp.mpf:
        return -mp.fsum(p * mp.log(p) for p in self.p if p)

    def kl_divergence(self, other: "Exactly") -> mp.mpf:
        return mp.fsum(p * mp.log(p / q) for p, q in zip(self.p, other.p, strict=True) if p)

    def crps(self, y: float) -> mp.mpf:
        cdf, total = mp.mpf(0), mp.mpf(0)
        for k, p in enumerate(self.p):
            cdf += p
            below = min(max(mp.mpf(y) - k, 0), 1)
            total += below * cdf**2 + (1 - below) * (1 - cdf) ** 2
        return total


def of_pairs(case: Family, d: Distribution) -> list[list[list[mp.mpf]]]:
    """Return all masses of each distribution of a batch of pairs."""

    def masses(i: int, j: int) -> list[mp.mpf]:
        params = [mp.mpf(float(np.broadcast_to(getattr(d, p.name), (ROWS, 2))[i, j])) for p in d.parameters]
        most = int(params[0]) if case.bound else TOP
        return [mp.exp(-case.exact.nll(*params, mp.mpf(k))) if k <= most else mp.mpf(0) for k in range(TOP)]

    return [[masses(i, j) for j in range(2)] for i in range(ROWS)]


def wrapped(name: str, d: Distribution, rows: list[list[list[mp.mpf]]]) -> tuple[Distribution, list[Exactly]]:
    """Return what is made of the pairs, and the same in mpmath."""
    w, gate = [mp.mpf(0.25), mp.mpf(0.75)], mp.mpf(0.125)
    mixed = [[w[0] * a + w[1] * b for a, b in zip(*row, strict=True)] for row in rows]
    mixture = ll.Mixture(d, np.log([0.25, 0.75]))
    if name == "mixture":
        return mixture, [Exactly(p) for p in mixed]
    if name == "truncated mixture":
        return ll.Truncated(mixture, 1.0, 20.0), [Exactly([p * (1 <= k <= 20) for k, p in enumerate(r)]) for r in mixed]
    if name == "mixture of truncated":
        cut = [[Exactly([p * (k > 0) for k, p in enumerate(p)]).p for p in row] for row in rows]
        both = [Exactly([w[0] * a + w[1] * b for a, b in zip(*row, strict=True)]) for row in cut]
        return ll.Mixture(ll.Truncated(d, 1.0), np.log([0.25, 0.75])), both
    zero = [[gate * (k == 0) + (1 - gate) * p for k, p in enumerate(Exactly(r).p)] for r in mixed]
    return ll.ZeroInflated(mixture, gate=0.125), [Exactly(p) for p in zero]


@each(FAMILIES)
@pytest.mark.parametrize("name", ["mixture", "truncated mixture", "mixture of truncated", "zero inflated mixture"])
def test_against_sums_in_mpmath(case: Family, name: str):
    with mp.workdps(60):
        first, second = pairs(case, 0), pairs(case, 1)
        if case.cls is ll.Geometric:  # mostly zeros
            first, second = ll.Geometric(np.abs(first.logits)), ll.Geometric(np.abs(second.logits))
        (d, exact), (other, exact_other) = (wrapped(name, e, of_pairs(case, e)) for e in (first, second))
        y = 2.3
        for method in ("mean", "var", "entropy"):
            want = [float(getattr(e, method)()) for e in exact]
            np.testing.assert_allclose(getattr(d, method)(), want, rtol=1e-9, atol=1e-30, err_msg=method)
        np.testing.assert_allclose(d.crps(y), [float(e.crps(y)) for e in exact], rtol=1e-9)
        want = [float(e.kl_divergence(o)) for e, o in zip(exact, exact_other, strict=True)]
        np.testing.assert_allclose(d.kl_divergence(other), want, rtol=1e-8, atol=1e-28)
        cdf = [np.cumsum(e.p) for e in exact]
        above = [np.cumsum(e.p[::-1])[::-1] - e.p for e in exact]
        for q in (*([1e-200] if case.bound else []), 1e-9, 0.1, 0.6, 1.0 - 1e-9):
            np.testing.assert_array_equal(d.ppf(q), [int(np.searchsorted(c, mp.mpf(q))) for c in cdf])
            np.testing.assert_array_equal(d.isf(q), [sum(s > mp.mpf(q) for s in r) for r in above])


CLOSE = (
    (ll.Poisson(8.0), ll.Poisson(8.0 * (1.0 + 1e-7))),
    (ll.NegativeBinomial(3.0, 0.5), ll.NegativeBinomial(3.0, 0.5 - 1e-7)),
    (ll.NegativeBinomial(3.0, 2.5), ll.NegativeBinomial(3.0 + 1e-7, 2.5)),
    (ll.Binomial(40.0, 0.3), ll.Binomial(40.0, 0.3 + 1e-7)),
    (ll.BetaBinomial(9.0, 2.0, 2.0), ll.BetaBinomial(9.0, 2.0, 2.0 * (1.0 + 1e-8))),
    (ll.BetaBinomial(300.0, 20.0, 0.7), ll.BetaBinomial(300.0, 20.0 + 1e-6, 0.7)),
)


@pytest.mark.parametrize(("d", "other"), CLOSE, ids=lambda d: repr(d)[:40])
def test_divergence_of_two_that_are_close(d: Distribution, other: Distribution):
    exact = next(c.exact for c in FAMILIES if c.cls is type(d))
    with mp.workdps(60):
        k = range(int(d.total_count) + 1 if isinstance(d, ll.Binomial | ll.BetaBinomial) else int(d.isf(1e-25)) + 1)
        p, q = (
            [mp.exp(-exact.nll(*(mp.mpf(float(getattr(e, p.name))) for p in e.parameters), i)) for i in k]
            for e in (d, other)
        )
        want = float(Exactly(p).kl_divergence(Exactly(q)))
    assert 1e-20 < want < 1e-9
    np.testing.assert_allclose(d.kl_divergence(other), want, rtol=1e-5)

    def between(e: Distribution) -> Distribution:
        return ll.Truncated(ll.Mixture(e.map_arrays(lambda a, n: np.stack([a, a])), probs=[0.5, 0.5]), -3.0)

    np.testing.assert_allclose(between(d).kl_divergence(between(other)), want, rtol=1e-5)


def test_divergence_of_two_that_are_far_apart():
    # Of the second there is nothing that floats could tell where the first one is.
    d, other = ll.Poisson([3.0, 900.0]), ll.Poisson([1500.0, 2e-3])
    twice, others = (ll.Mixture(e.map_arrays(lambda a, n: np.stack([a, a], -1)), np.zeros(2)) for e in (d, other))
    np.testing.assert_allclose(twice.kl_divergence(others), d.kl_divergence(other), rtol=1e-12)


def test_masses_that_overflow_against_the_first_one():
    d = ll.Mixture(ll.Binomial(3000.0, [[-3.0, 7.0], [7.5, -7.5]]), probs=[0.5, 0.5])
    k = np.arange(3001.0)[:, None]
    p = np.exp(d.log_prob(k))
    np.testing.assert_allclose(d.entropy(), -(p * np.log(np.where(p > 0.0, p, 1.0))).sum(0), rtol=1e-11)
    crps = np.where(k < 1400.0, p.cumsum(0) ** 2, (p[::-1].cumsum(0)[::-1] - p) ** 2).sum(0)
    np.testing.assert_allclose(d.crps(1400.0), crps, rtol=1e-11)
    np.testing.assert_array_equal(d.ppf(0.3), (p.cumsum(0) < 0.3).sum(0))


def test_counts_beyond_all_integers():
    n, normal = 1e19, 0.5 * np.log(2.0 * np.pi * np.e)
    d = ll.Binomial(n, [0.0, 2.0])
    np.testing.assert_allclose((d.ppf(0.95) - d.mean()) / d.std(), 1.6448536, rtol=1e-5)
    np.testing.assert_allclose(d.entropy(), normal + np.log(d.std()), rtol=1e-7)
    beta = ll.Beta(2.0, 3.0)
    np.testing.assert_allclose(ll.BetaBinomial(n, 2.0, 3.0).ppf(0.3), n * beta.ppf(0.3), rtol=1e-9)
    np.testing.assert_allclose(ll.BetaBinomial(n, 2.0, 3.0).entropy(), np.log(n) + beta.entropy(), rtol=1e-9)
    poissons = ll.Mixture(ll.Poisson([1e20, 1e20]), probs=[0.5, 0.5])
    np.testing.assert_allclose((poissons.isf(0.05) - 1e20) / 1e10, 1.6448536, rtol=1e-5)
    np.testing.assert_allclose(poissons.entropy(), normal + np.log(1e10), rtol=1e-7)
    np.testing.assert_allclose(ll.NegativeBinomial(5.0, 45.0).entropy(), 45.0 + ll.Gamma(5.0, 1.0).entropy(), rtol=1e-9)


def test_masses_of_large_counts_of_negative_binomials():
    r, z, y = np.array([5.0, 1e9, 1e-3, 1e6]), np.array([np.log(1e9), -3.0, 20.0, 0.0]), np.array([5e9, 5e7, 1e8, 17.0])
    exact = next(c.exact for c in FAMILIES if c.cls is ll.NegativeBinomial)
    with mp.workdps(60):
        want = [float(exact.nll(*map(mp.mpf, map(float, row)))) for row in zip(r, z, y, strict=True)]
    np.testing.assert_allclose(ll.NegativeBinomial(r, z).nll(y), want, rtol=1e-12)


@pytest.mark.parametrize("none", [0.0, 1e-310])
def test_tails_of_a_concentration_that_underflowed(none: float):
    # As a link may make it: all the mass is where the other concentration says.
    y = np.array([0.0, 4.0])
    log_cdf, log_sf, backward = ll.BetaBinomial.tails((np.float64(9.0), np.array(none), np.array(2.0)), y)
    np.testing.assert_allclose(log_cdf, 0.0, atol=1e-290)
    assert (log_sf < -680.0).all()
    assert np.isfinite(backward(np.ones(2), np.zeros(2))).all()
    log_cdf, log_sf, _ = ll.BetaBinomial.tails((np.float64(9.0), np.array(2.0), np.array(none)), y)
    np.testing.assert_allclose(log_sf, 0.0, atol=1e-290)
    assert (log_cdf < -680.0).all()
