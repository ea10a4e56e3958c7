"""Values at shapes that are very large or very small, against mpmath, and quantiles against the tails."""

import numpy as np
import pytest
import scipy.special
from mpmath import mp

import likelinet as ll
from likelinet.distributions.bounded import logit_normal

BETA = {  # y, and E|Y - y| - ½ E|Y - Y'| by mpmath's series of 60 digits, of 1 - Y where y is next to 1
    (2.2e7, 0.019): (1.0 - 1e-9, 8.665868620031395e-10),
    (1e9, 0.1): (0.9999999984115222, 1.4153628295017237e-09),
    (1e7, 0.5): (0.9999996682552167, 2.5172806821742777e-07),
    (3e7, 1.0): (0.9999998464943389, 1.041723295581181e-07),
    (1e9, 10.0): (0.9999999903312855, 7.262276879754737e-10),
    (1e9, 1e3): (0.9999980968509463, 8.85311069295235e-07),
    (1e6, 3e6): (0.2504073094077116, 0.00029019391668843475),
    (1e-3, 1e-3): (1.0 - 1e-9, 0.25000081885124664),
}


@pytest.mark.parametrize("shapes", BETA)
def test_crps_of_a_beta_distribution_next_to_an_end(shapes):
    y, want = BETA[shapes]
    np.testing.assert_allclose(ll.Beta(*shapes).crps(y), want, rtol=1e-12)
    np.testing.assert_allclose(ll.Beta(*shapes[::-1]).crps(1.0 - y), want, rtol=1e-11)


def test_crps_of_beta_distributions_of_next_to_nothing_but_a_zero():
    y = np.array([1e-300, 1e-30, 0.5])  # F is 1 up to there but for 1e-99
    np.testing.assert_allclose(ll.Beta(1e-300, [[1e-20], [0.5], [1.0]]).crps(y), np.tile(y, (3, 1)), rtol=1e-12)


def log_uniform(low: float, high: float, n: int, seed: int = 0) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).uniform(np.log(low), np.log(high), n))


@pytest.mark.parametrize("loc", [-123456.789, 700.3, 1e9])
def test_angles_many_turns_away(loc):
    k = 1e9
    d = ll.VonMises(loc, k)
    y = d.loc - 2.0 * np.pi * np.round(d.loc / (2.0 * np.pi)) + np.array([0.0, 1e-5, -1e-4])
    with mp.workdps(40):
        log_norm = mp.log(2 * mp.pi) - mp.log(2 * mp.pi * k) / 2 + mp.log1p(1 / (8 * mp.mpf(k)))
        want = [float(k * (1 - mp.cos(mp.mpf(v) - mp.mpf(loc))) + log_norm) for v in y]
    np.testing.assert_allclose(d.nll(y), want, rtol=2e-11)


def test_quantiles_of_a_beta_distribution_that_the_inverse_of_scipy_misses():
    """Whose median of Beta(1e9, 1e3) is 28 standard deviations away from the mean."""
    a, b = log_uniform(1e-2, 1e9, 2000), log_uniform(1e-2, 1e9, 2000, 1)
    q = np.random.default_rng(2).choice([1e-300, 1e-100, 1e-10, 0.01, 0.5, 0.97], 2000)
    a[0], b[0], q[0] = 1e9, 1e3, 0.5
    for d, quantile, log_tail in ((ll.Beta(a, b), "ppf", "log_cdf"), (ll.Beta(b, a), "isf", "log_sf")):
        y = getattr(d, quantile)(q)
        inner = (y > 1e-300) & (y < 1.0)
        log_p, log_density = getattr(d, log_tail)(y)[inner], d.log_prob(y)[inner]
        # By one rounding of y the probability changes as much as that.
        slack = 1e-9 + 1e-15 * np.exp(np.minimum(log_density - log_p, 100.0))
        assert (np.abs(log_p - np.log(q[inner])) <= slack).all()
        assert inner.sum() > 1000


def test_quantiles_of_very_heavy_tails():
    df, q = log_uniform(5e-3, 3.0, 500), np.random.default_rng(1).uniform(0.26, 0.74, 500)
    y = ll.StudentT(df, 0.0, 1.0).ppf(q)
    some = np.abs(y) < 1e300
    np.testing.assert_allclose(ll.StudentT(df, 0.0, 1.0).cdf(y)[some], q[some], rtol=1e-12)
    assert some.sum() > 400


def test_tails_of_a_beta_distribution_below_those_of_scipy():
    with mp.workdps(40):  # I(a, b) by its series in y
        a, b, y = mp.mpf(22.5), mp.mpf(18767047.0), mp.mpf(1e-19)
        series = mp.nsum(lambda n: mp.rf(a + b, n) / mp.rf(a + 1, n) * y**n, [0, 30])
        lead = mp.exp(
            a * mp.log(y) + b * mp.log1p(-y) - mp.log(a) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
        )
        want = float(lead * series)
    np.testing.assert_allclose(ll.Beta(22.5, 18767047.0).cdf(1e-19), want, rtol=1e-11)
    assert 1e-307 < want < 1e-280


def test_tails_of_counts_of_vast_total_and_next_to_no_probability():
    # P(Y > k) is that of k + 1 up to a relative 1e-10: (log p + log r) (k + 1) - log (k + 1)!
    k, logits = np.array([0.0, 1.0, 2.0, 20.0]), np.array([[-1e100], [-1e3], [-800.0]])
    want = (k + 1.0) * (logits + np.log(1e300)) - scipy.special.gammaln(k + 2.0)
    np.testing.assert_allclose(ll.NegativeBinomial(1e300, logits).log_sf(k), want, rtol=1e-13)


@pytest.mark.parametrize("shape", [1e-300, 1e-295, 1e-250, 1e-201, 1e-150])
def test_tails_of_gamma_distributions_of_next_to_no_shape(shape):
    x = np.array([1e-300, 1e-3, 1.0, 50.0, 500.0, 690.0, 710.0, 1e4])
    with mp.workdps(40):  # Γ(a, x) / Γ(a), whose relative distance from a E₁(x) is less than 1000 a
        want = [float(mp.log(mp.mpf(shape)) + mp.log(mp.e1(mp.mpf(v)))) for v in x]
    np.testing.assert_allclose(ll.Gamma(shape, 2.0).log_sf(0.5 * x), want, rtol=1e-12)
    np.testing.assert_allclose(ll.InverseGamma(shape, 2.0).log_cdf(2.0 / x), want, rtol=1e-12)
    np.testing.assert_allclose(ll.Gamma(shape, 2.0).log_cdf(0.5), -shape * float(mp.e1(1.0)), rtol=1e-12)


def test_moments_of_kumaraswamys_of_extreme_shapes():
    a, b = (
        np.array([1.4e-4, 1.5e-5, 3.8e-6, 1e-3, 2e-3, 0.02, 0.03]),
        np.array([4e-6, 2.6e-6, 1e-5, 3.0, 0.4, 1.8e4, 2.4e-6]),
    )
    with mp.workdps(60):
        first, second = (
            [mp.mpf(y) * mp.beta(1 + n / mp.mpf(x), mp.mpf(y)) for x, y in zip(a, b, strict=True)] for n in (1, 2)
        )
        var = [float(s - f * f) for f, s in zip(first, second, strict=True)]
    d = ll.Kumaraswamy(a, b)
    np.testing.assert_allclose(d.mean(), np.array(first, float), rtol=1e-12)
    np.testing.assert_allclose(d.var(), var, rtol=1e-11)


@pytest.mark.parametrize("b", [1e-300, 1e-20, 1e-3, 0.5, 7.5])
@pytest.mark.parametrize("a", [1e-300, 1e-20, 1e-6, 0.5])
def test_crps_of_kumaraswamys_at_the_ends(a, b):
    """By the integrals of squared tails over -log y."""
    y = [1e-300, 1e-3, 0.9]
    with mp.workdps(20):
        p, q = mp.mpf(a), mp.mpf(b)
        for v, got in zip(y, ll.Kumaraswamy(a, b).crps(y), strict=True):
            to = -mp.log(v)
            below = [to + x for x in (0, 1, 5, 20, 100)]
            above = [0, *(x for x in (mp.mpf(10) ** k for k in range(-20, 3, 5)) if x < to), to]
            want = mp.quad(lambda s: mp.expm1(q * mp.log(-mp.expm1(-p * s))) ** 2 * mp.exp(-s), below)
            want += mp.quad(lambda s: (-mp.expm1(-p * s)) ** (2 * q) * mp.exp(-s), above)
            np.testing.assert_allclose(got, float(want), rtol=1e-9, atol=1e-14)


def test_crps_of_shares_that_are_nearer_to_the_ends_than_any_number():
    d = ll.LogitNormal([-30.0, -1e30, 1e30, 0.0, 700.0], [1e6, 1.0, 1.0, 1e9, 1e-300])
    want = np.array([0.2499947254372038, 0.3, 0.7, 0.2499999995126008, 0.7])  # by mpmath
    np.testing.assert_allclose(d.crps(0.3), want, rtol=1e-13)
    some = ll.LogitNormal([-3.0, 0.0, 2.0], [0.05, 1.0, 4.0])
    y = np.array([0.05, 0.7, 0.99])
    of_logits = logit_normal._crps_of_logits(y, some.loc, some.scale)
    np.testing.assert_allclose(of_logits, some.crps(y), rtol=1e-9)
