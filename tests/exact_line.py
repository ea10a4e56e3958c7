"""The formulas of families on the real line in mpmath, as the textbooks write them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.stats
from mpmath import mp

from tests.exact import Exact, Real


def _standardised(f: Callable[..., Real]) -> Callable[..., Real]:
    return lambda loc, scale, y: f((y - loc) / scale)


def _density(minus_log: Callable[..., Real]) -> Callable[..., Real]:
    return lambda loc, scale, y: minus_log((y - loc) / scale) + mp.log(scale)


laplace = Exact(
    nll=_density(lambda z: abs(z) + mp.log(2)),
    cdf=_standardised(lambda z: mp.exp(z) / 2 if z < 0 else 1 - mp.exp(-z) / 2),
    sf=_standardised(lambda z: mp.exp(-z) / 2 if z > 0 else 1 - mp.exp(z) / 2),
)

logistic = Exact(
    nll=_density(lambda z: z + 2 * mp.log1p(mp.exp(-z))),
    cdf=_standardised(lambda z: 1 / (1 + mp.exp(-z))),
    sf=_standardised(lambda z: 1 / (1 + mp.exp(z))),
)


def _cauchy_sf(z: Real) -> Real:
    return mp.atan2(1, z) / mp.pi


cauchy = Exact(
    nll=_density(lambda z: mp.log(mp.pi) + mp.log1p(z * z)),
    cdf=_standardised(lambda z: _cauchy_sf(-z)),
    sf=_standardised(_cauchy_sf),
)

gumbel = Exact(
    nll=_density(lambda z: z + mp.exp(-z)),
    cdf=_standardised(lambda z: mp.exp(-mp.exp(-z))),
    sf=_standardised(lambda z: -mp.expm1(-mp.exp(-z))),
)


def _asymmetric_laplace_nll(loc: Real, scale: Real, tau: Real, y: Real) -> Real:
    z = (y - loc) / scale
    return z * (tau if z > 0 else tau - 1) - mp.log(tau * (1 - tau) / scale)


def _asymmetric_laplace_cdf(loc: Real, scale: Real, tau: Real, y: Real) -> Real:
    z = (y - loc) / scale
    return tau * mp.exp((1 - tau) * z) if z < 0 else 1 - (1 - tau) * mp.exp(-tau * z)


asymmetric_laplace = Exact(
    nll=_asymmetric_laplace_nll,
    cdf=_asymmetric_laplace_cdf,
    sf=lambda loc, scale, tau, y: _asymmetric_laplace_cdf(-loc, scale, 1 - tau, -y),
)


def laplace_asymmetric(loc: Any, scale: Any, tau: Any) -> Any:
    """Return scipy's form of it, of which the rates on either side are κ / σ and 1 / (κσ)."""
    return scipy.stats.laplace_asymmetric(np.sqrt(tau / (1.0 - tau)), loc, scale / np.sqrt(tau * (1.0 - tau)))
