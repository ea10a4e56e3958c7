"""The table of a beta-binomial's masses against mpmath, closed forms and sums of masses."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from tests import exact_counts

ROWS = [
    (120.0, 0.7, 30.0),
    (150.0, 400.0, 1e5),
    (60.0, 1e-6, 2e-6),
    (17.0, 1e-190, 3.0),
    (1.0, 2.0, 3.0),
    (0.0, 1.0, 1.0),
]
N, A, B = (np.array(v) for v in zip(*ROWS, strict=True))
D = ll.BetaBinomial(N, A, B)
SHARES = np.array([0.0, 0.03, 0.5, 0.97, 1.0])[:, None]


def test_tails_against_mpmath():
    y = np.floor(SHARES * N)
    with mp.workdps(350):  # a tail of 1e-300 is 1 less the other one
        for i, (n, a, b) in enumerate(ROWS):
            for k in np.unique(y[:, i]):
                lower = exact_counts.beta_binomial.cdf(*(mp.mpf(v) for v in (n, a, b)), mp.mpf(k))
                upper = exact_counts.beta_binomial.sf(*(mp.mpf(v) for v in (n, a, b)), mp.mpf(k))
                got = D[i].cdf(k), D[i].sf(k)
                np.testing.assert_allclose(got, [float(lower), float(upper)], rtol=2e-12, atol=0.0)
                if upper > 0:
                    np.testing.assert_allclose(D[i].log_sf(k), float(mp.log(upper)), rtol=1e-11)
                np.testing.assert_allclose(D[i].log_cdf(k), float(mp.log(lower)), rtol=1e-11, atol=1e-300)


def test_quantiles_are_the_least_counts():
    q = np.array([1e-300, 1e-100, 1e-9, 0.03, 0.3, 0.5, 0.6, 0.97, 1.0 - 1e-12])[:, None]
    for quantile, tail, sign in ((D.ppf, D.cdf, 1.0), (D.isf, D.sf, -1.0)):
        k = quantile(q)
        assert k.shape == (9, 6)
        assert (sign * (tail(k) - q) >= 0.0).all()
        assert ((sign * (tail(k - 1.0) - q) < 0.0) | (k == 0.0)).all()
        y = np.floor(SHARES * N)
        seen = (tail(y) < 1.0) & (tail(y) > 0.0)
        np.testing.assert_array_equal(quantile(tail(y))[seen], y[seen])
    # Two equal halves: at the level between them it is the first of the two numbers.
    assert ll.BetaBinomial(1.0, 2.0, 2.0).ppf(0.5) == 0.0


def test_entropy_and_crps_are_those_of_the_masses():
    for i, (n, _, _) in enumerate(ROWS):
        k = np.arange(n + 1.0)
        p = np.exp(D[i].log_prob(k))
        np.testing.assert_allclose(D.entropy()[i], -np.sum(p[p > 0.0] * np.log(p[p > 0.0])), rtol=1e-11, atol=1e-280)
        for y in (-1.5, 0.0, 0.4 * n, n, n + 2.5):
            below = np.clip(y - k, 0.0, 1.0)
            below[-1] = 0.0
            want = np.sum(below * np.cumsum(p) ** 2 + (1.0 - below) * (1.0 - np.cumsum(p)) ** 2)
            want += max(-y, 0.0) + max(y - n, 0.0)
            np.testing.assert_allclose(D[i].crps(y), want, rtol=1e-10, atol=1e-12)


def test_a_row_has_the_same_bits_beside_longer_rows():
    y, q = np.floor(0.4 * N), np.full(len(N), 0.37)
    for method, x in (("cdf", y), ("sf", y), ("log_cdf", y), ("crps", y), ("ppf", q), ("isf", q)):
        together = getattr(D, method)(x)
        alone = [getattr(D[i], method)(x[i]) for i in range(len(N))]
        np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(D.entropy(), [D[i].entropy() for i in range(len(N))])


@pytest.mark.parametrize("n", [300.0, 2.0**16, 2.0**16 + 1.0])
def test_of_equal_masses(n):
    # With α = β = 1 all numbers are alike; past 2¹⁶ trials there is no table.
    d = ll.BetaBinomial(np.array([n, 3.0]), 1.0, 1.0)
    y = np.floor(n * np.array([1e-4, 0.3, 0.9]))
    np.testing.assert_allclose(d[0].cdf(y), (y + 1.0) / (n + 1.0), rtol=1e-11)
    np.testing.assert_allclose(d[0].sf(y), (n - y) / (n + 1.0), rtol=1e-11)
    np.testing.assert_allclose(d.ppf(0.305)[0], np.ceil(0.305 * (n + 1.0)) - 1.0, rtol=1e-11)
    np.testing.assert_allclose(d.entropy(), np.log([n + 1.0, 4.0]), rtol=1e-10)
    assert d.isf(0.3)[1] == 2.0


def test_no_rows():
    none = D[:0]
    assert none.entropy().shape == none.mode().shape == (0,)
    for method in (none.ppf, none.isf, none.cdf, none.sf, none.log_cdf, none.crps):
        assert method(np.zeros((2, 0))).shape == (2, 0)
