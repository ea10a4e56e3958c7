"""Parameters next to 0, and next to the largest number: what mpmath says, or a sentence."""

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from tests.exact import negative_binomial
from tests.exact_counts import beta_binomial

LARGEST = np.finfo(float).max


@pytest.mark.parametrize("logits", [-700.0, -1.0, 0.0, 3.0, 1e300])
@pytest.mark.parametrize("rate", [5e-324, 1e-310, 1e-300, 1e-290])
def test_next_to_no_failures(rate: float, logits: float):
    y = np.array([0.0, 1.0, 5.0, 16.0, 17.0, 1e3, 1e8])
    d = ll.NegativeBinomial(np.full(len(y), rate), np.full(len(y), logits))
    with mp.workdps(400):
        want = np.array([-float(negative_binomial.nll(mp.mpf(rate), mp.mpf(logits), mp.mpf(k))) for k in y])
    np.testing.assert_allclose(d.log_prob(y), want, rtol=1e-12, atol=1e-300)
    with np.errstate(all="ignore"):  # as the engines do
        grads = ll.NegativeBinomial.loss((d.total_count, d.logits), y)[1](np.ones(len(y)))
    assert not np.isnan(grads).any()


@pytest.mark.parametrize(("a", "b"), [(2.0, LARGEST), (LARGEST, 2.0), (1e8, LARGEST), (1e200, 1e300), (1e300, 1e300)])
def test_the_largest_concentrations(a: float, b: float):
    n, y = 1e4, np.array([0.0, 1.0, 5e3, 9999.0, 1e4])
    found = ll.BetaBinomial(np.full(5, n), np.full(5, a), np.full(5, b)).log_prob(y)
    with mp.workdps(700):
        want = np.array([-float(beta_binomial.nll(*map(mp.mpf, (n, a, b)), mp.mpf(k))) for k in y])
    np.testing.assert_allclose(found, want, rtol=1e-12)


def test_trials_that_cannot_be_counted():
    d = ll.BetaBinomial(1e20, 2.0, 3.0)
    assert np.isfinite(d.log_prob(4e19))
    for asked in (lambda: d.cdf(4e19), lambda: d.ppf(0.5), lambda: d.crps(4e19)):
        with pytest.raises(ll.UndefinedError, match=r"total_count must be at most .* got 1e\+20\.$"):
            asked()


def test_the_largest_concentration_of_a_weibull():
    d, y = ll.Weibull(np.ones(3), np.full(3, LARGEST)), np.array([0.5, 1.0, 1e300])
    assert d.log_prob(y).tolist() == pytest.approx([LARGEST * np.log(0.5), np.log(LARGEST) - 1.0, -np.inf], rel=1e-15)


def test_an_inverse_gaussian_far_from_y():
    d = ll.InverseGaussian(np.full(2, 1e-100), np.full(2, 1e-100))
    assert d.cdf(np.array([1e-300, 1e300])).tolist() == [0.0, 1.0]
    assert d.sf(np.array([1e-300, 1e300])).tolist() == [1.0, 0.0]


def test_a_unit_too_small_for_y():
    d = ll.Transformed(ll.InverseGaussian(1e-8, 7.5), ll.Affine(100.0, 1e-300))
    assert (d.log_prob(1e300), d.cdf(1e300), d.sf(1e300)) == (-np.inf, 1.0, 0.0)


@pytest.mark.parametrize(
    "base", [lambda n: ll.VonMises(np.full(n, 1e20), 0.5), lambda n: ll.InverseGaussian(np.full(n, 3.0), 0.5)]
)
def test_a_part_of_one_row_has_the_bits_of_many(base):
    one, two = (float(ll.Truncated(base(n), -1.5, 0.1).log_prob(0.01)[0]) for n in (1, 2))
    assert one == two
