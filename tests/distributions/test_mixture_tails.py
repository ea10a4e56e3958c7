"""Quantiles of mixtures where a level, or its complement, rounds away."""

import numpy as np
import pytest
import scipy.special

import likelinet as ll
from likelinet.distributions.over.mixture_formulas import log_of_sum

RNG = np.random.default_rng(4)
ROWS = 60
LOGITS = 3.0 * RNG.standard_normal((ROWS, 3))
LOC, SCALE = 4.0 * RNG.standard_normal((ROWS, 3)), np.exp(RNG.standard_normal((ROWS, 3)))
MIXTURES = {
    "Gaussian": ll.Gaussian(LOC, SCALE),
    "StudentT": ll.StudentT(3.0, LOC, SCALE),
    "Gamma": ll.Gamma(1.5, SCALE),
    "Beta": ll.Beta(2.0 * SCALE, 1.5),
}
NEAR_AN_END = [1e-300, 1e-40, 5e-17, 1.1e-16, 1e-15, 1.0 - 1.1e-16, 1.0 - 2.3e-16, 1.0 - 1e-15]


@pytest.mark.parametrize("name", MIXTURES)
@pytest.mark.parametrize("q", NEAR_AN_END)
def test_quantiles_within_rounding_of_an_end(name, q):
    components = MIXTURES[name]
    d = ll.Mixture(components, LOGITS)
    for quantile, log_tail in ((d.ppf, d.log_cdf), (d.isf, d.log_sf)):
        each = getattr(components, quantile.__name__)(np.full((ROWS, 3), q))
        y = quantile(np.full(ROWS, q))
        assert not np.isnan(y).any()
        rounding = 1e-8 * np.abs(each).max(-1)
        assert ((each.min(-1) - rounding <= y) & (y <= each.max(-1) + rounding)).all()
        if q < 0.5:  # its complement would be lost in rounding, as is what is nearer to an end than numbers are
            inside = (y > d.support.low + 1e-290) & (y < d.support.high - 1e-9)
            np.testing.assert_allclose(log_tail(y)[inside], np.log(q), atol=1e-6)


def test_logarithms_of_sums_of_any_size():
    logs = np.array([0.0, -3.0, 599.0, -599.0, 700.0, -700.0, -745.0, 1e5, -1e5, np.inf, -np.inf, np.nan])
    terms = np.stack([logs, logs - 0.5, logs[::-1], np.full(logs.shape, -1e3)])
    for some in (terms, terms[:1], terms[:2], terms[:2, :4]):
        with np.errstate(all="ignore"):
            found, want = log_of_sum(some), scipy.special.logsumexp(some, axis=0)
        np.testing.assert_allclose(found, want, rtol=1e-14, atol=1e-15)
