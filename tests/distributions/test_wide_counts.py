"""Counts of thousands: integrals in place of sums, against sums of all masses; and quick tails and masses."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from likelinet.distributions import Distribution
from likelinet.distributions.numerics.mass_tables import row_sums
from tests.cases import FAMILIES

FAR = np.array([[1e6, 1.004e6]])
WIDE = {
    "mixture of Poisson": ll.Mixture(ll.Poisson(FAR), probs=[[0.3, 0.7]]),
    "mixture of negative binomials": ll.Mixture(
        ll.NegativeBinomial([[0.7, 30.0]], logits=[[7.0, 5.0]]), probs=[[0.9, 0.1]]
    ),
    "mixture of binomials": ll.Mixture(ll.Binomial([[1e6, 1e6]], probs=[[0.5, 0.504]]), probs=[[0.3, 0.7]]),
    "truncation": ll.Truncated(ll.NegativeBinomial([2.0], logits=[8.0]), 1000.0, 9000.0),
    "upper tail": ll.Truncated(ll.Poisson([1e6]), 1e6 + 12e3),
    "lower tail": ll.Truncated(ll.Poisson([1e6]), 1.0, 1e6 - 12e3),
    "tail of a long one": ll.Truncated(ll.NegativeBinomial([0.7], logits=[6.5]), 1.6e4),
    "mixture of truncations": ll.Mixture(
        ll.Truncated(ll.Poisson([[1e6, 1e6]]), [[998500.0, 1000500.0]], [[1001500.0, 1003000.0]]), probs=[[0.4, 0.6]]
    ),
}


def masses(d: Distribution) -> tuple[np.ndarray, np.ndarray]:
    low, high = (float(np.ravel(e)[0]) for e in (d.ppf(1e-18), d.isf(1e-18)))
    k = np.arange(low, high + 1.0)
    log_p = d.log_prob(k[:, None])[:, 0]
    p = np.exp(log_p - log_p.max())
    return k, p / p.sum()


@pytest.mark.parametrize("d", WIDE.values(), ids=WIDE)
def test_sums_by_integrals_are_those_of_all_masses(d: Distribution):
    k, p = masses(d)
    assert len(k) > 3000
    some = p > 0.0
    np.testing.assert_allclose(d.entropy()[0], -np.sum(p[some] * np.log(p[some])), rtol=1e-10)
    mean = np.sum(p * k)
    np.testing.assert_allclose([d.mean()[0], d.var()[0]], [mean, np.sum(p * (k - mean) ** 2)], rtol=1e-9)
    below, above = np.cumsum(p), np.cumsum(p[::-1])[::-1] - p
    for share in (1e-4, 0.3, 0.9):
        y = k[np.searchsorted(below, share)] + 0.25
        part = np.clip(y - k, 0.0, 1.0)
        want = np.sum(part * below**2 + (1.0 - part) * above**2)
        np.testing.assert_allclose(d.crps(np.array([y]))[0], want, rtol=1e-9)


def test_divergence_where_a_part_of_the_other_takes_over_within_a_few_numbers():
    z = np.random.default_rng(0).uniform(-2.0, 2.0, (5, 2, 4))
    p, q = (ll.Mixture(ll.Poisson(np.exp(7.0 + z)), np.zeros(z.shape))[:, i] for i in (0, 1))
    k = np.arange(1e4)[:, None]
    log_p = p.log_prob(k)
    want = np.sum(np.exp(log_p) * (log_p - q.log_prob(k)), axis=0)
    np.testing.assert_allclose(p.kl_divergence(q), want, rtol=2e-8)


def test_divergence_of_mixtures_of_wide_counts():
    d = WIDE["mixture of Poisson"]
    for other in (
        ll.Mixture(ll.Poisson(FAR[:, ::-1] + 900.0), probs=[[0.5, 0.5]]),
        ll.Mixture(ll.Poisson(FAR), probs=[[0.3001, 0.6999]]),
        ll.NegativeBinomial([40.0], logits=[10.13]),
    ):
        k, p = masses(d)
        log_q = other.log_prob(k[:, None])[:, 0]
        log_ratio = log_q - np.log(p)
        close = np.abs(log_ratio).max() < 1.0  # then the terms would cancel, and both have their mass at these k
        want = np.sum(p * ((np.expm1(log_ratio) if close else 0.0) - log_ratio))
        np.testing.assert_allclose(d.kl_divergence(other)[0], want, rtol=1e-7)


LARGE = (
    ll.Poisson([31.0, 4e3, 1e9]),
    ll.NegativeBinomial([1e-3, 7.0, 1e6], logits=[9.0, 3.0, 0.5]),
    ll.Binomial([80.0, 3e4, 1e9], logits=[0.1, -4.0, 3.0]),
)


@pytest.mark.parametrize("d", LARGE, ids=lambda d: type(d).__name__)
def test_densities_of_large_counts_against_mpmath(d: Distribution):
    exact = next(c.exact for c in FAMILIES if c.cls is type(d))
    with mp.workdps(40):
        for z in (-3.0, 0.0, 0.1, 4.0):
            y = np.maximum(np.round(d.mean() + z * d.std()), 31.0)
            y = np.minimum(y, np.maximum(d.endpoints()[1] - 31.0, 31.0))
            got = d.log_density()(y, np.full(3, np.inf))
            params = [[mp.mpf(float(v)) for v in getattr(d, p.name)] for p in d.parameters]
            want = [-float(exact.nll(*(p[i] for p in params), mp.mpf(float(y[i])))) for i in range(3)]
            np.testing.assert_allclose(got, want, rtol=2e-12)


def test_sums_do_not_depend_on_zeros_after_them():
    values = np.random.default_rng(0).random((3, 200))
    longer = np.concatenate([values, np.zeros((3, 77))], axis=1)
    np.testing.assert_array_equal(row_sums(values), row_sums(longer))
    np.testing.assert_allclose(row_sums(values[:, :10]), values[:, :10].sum(axis=1), rtol=1e-14)


def test_a_quick_cdf_has_the_digits_of_a_probability():
    rng = np.random.default_rng(1)
    n, kappa, a = 60, np.exp(rng.uniform(-12.0, 5.0, 60)), rng.uniform(-9.0, 9.0, 60)
    cases = [
        ll.VonMises(rng.uniform(-4.0, 4.0, n), kappa),
        ll.SkewNormal(a, 2.0, a[::-1]),
        ll.Truncated(ll.SkewNormal(a, 2.0, a[::-1]), a - 1.0, a + 2.0),
        ll.BetaBinomial(np.floor(rng.uniform(0.0, 300.0, n)), np.exp(0.5 * a), np.exp(-0.3 * a)),
        ll.Mixture(ll.VonMises(rng.uniform(-3.0, 3.0, (n, 3)), kappa[:, None]), np.zeros(3)),
    ]
    for d in cases:
        y = d.sample(5, rng=2)
        y[0] += 1.0
        np.testing.assert_allclose(d.plain_cdf(y), d.cdf(y), rtol=0.0, atol=4e-14)


def test_quantiles_of_angles_against_the_series():
    with mp.workdps(30):
        rows = (0.5, 1e-3, 0.2), (-3.0, 2.0, 0.9), (1.0, 14.0, 0.004), (2.5, 59.0, 0.7), (-0.2, 9.0, 0.5)
        for loc, kappa, q in rows:
            d = ll.VonMises(loc, kappa)
            for y, p in ((d.ppf(q), q), (d.isf(q), 1.0 - q)):
                total = (mp.mpf(float(y)) + mp.pi) / 2
                for j in range(1, 80):
                    ratio = mp.besseli(j, kappa) / mp.besseli(0, kappa) / j
                    total += ratio * (mp.sin(j * (mp.mpf(float(y)) - loc)) - mp.sin(j * (-mp.pi - loc)))
                slack = 1e-14 + 4e-15 * float(np.exp(d.log_prob(y)))
                np.testing.assert_allclose(float(total / mp.pi), p, rtol=0.0, atol=slack)


def test_a_step_back_to_a_tried_end_is_the_root(monkeypatch: pytest.MonkeyPatch):
    # Newton's method comes back to a root that it has passed by rounding; halving from there takes dozens of steps.
    rng, calls = np.random.default_rng(5), []
    loc, concentration = rng.uniform(-2.0, 2.0, (512, 5)), np.exp(rng.uniform(-0.5, 1.5, (512, 5)))
    d = ll.Mixture(ll.VonMises(loc, concentration), np.zeros(5))
    plain = ll.Mixture.log_cdf

    def counted(self: ll.Mixture, y: np.ndarray) -> np.ndarray:
        calls.append(np.size(y))
        return plain(self, y)

    monkeypatch.setattr(ll.Mixture, "log_cdf", counted)
    y = d.ppf(0.05)
    monkeypatch.undo()
    np.testing.assert_allclose(d.cdf(y), 0.05, rtol=1e-12)
    assert len(calls) < 20  # 31 by halving, else 7
