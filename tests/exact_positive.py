"""The families on the positive numbers in mpmath, as the textbooks write them."""

from mpmath import mp

from tests.exact import Exact, Real

exponential = Exact(
    nll=lambda rate, y: rate * y - mp.log(rate),
    cdf=lambda rate, y: -mp.expm1(-rate * y),
    sf=lambda rate, y: mp.exp(-rate * y),
)

half_normal = Exact(
    nll=lambda scale, y: (y / scale) ** 2 / 2 + mp.log(scale * mp.sqrt(mp.pi / 2)),
    cdf=lambda scale, y: mp.erf(y / scale / mp.sqrt(2)),
    sf=lambda scale, y: mp.erfc(y / scale / mp.sqrt(2)),
)


def _power(scale: Real, k: Real, y: Real) -> Real:
    return min((y / scale) ** k, mp.mpf(10) ** 18)  # mpmath has no exponential of 10^(10^20)


weibull = Exact(
    nll=lambda scale, k, y: (y / scale) ** k - (k - 1) * mp.log(y / scale) - mp.log(k / scale),
    cdf=lambda scale, k, y: -mp.expm1(-_power(scale, k, y)),
    sf=lambda scale, k, y: mp.exp(-_power(scale, k, y)),
)

log_normal = Exact(
    nll=lambda loc, scale, y: ((mp.log(y) - loc) / scale) ** 2 / 2 + mp.log(y * scale * mp.sqrt(2 * mp.pi)),
    cdf=lambda loc, scale, y: mp.ncdf((mp.log(y) - loc) / scale),
    sf=lambda loc, scale, y: mp.ncdf((loc - mp.log(y)) / scale),
)

log_logistic = Exact(
    nll=lambda scale, b, y: 2 * mp.log1p((y / scale) ** b) - (b - 1) * mp.log(y / scale) - mp.log(b / scale),
    cdf=lambda scale, b, y: 1 / (1 + (y / scale) ** -b),
    sf=lambda scale, b, y: 1 / (1 + (y / scale) ** b),
)


def _cumulative_hazard(scale: Real, shape: Real, y: Real) -> Real:
    z = y / scale
    return z if shape == 0 else mp.log1p(shape * z) / shape


generalized_pareto = Exact(
    nll=lambda scale, shape, y: mp.log(scale) + (1 + shape) * _cumulative_hazard(scale, shape, y),
    cdf=lambda scale, shape, y: -mp.expm1(-_cumulative_hazard(scale, shape, y)),
    sf=lambda scale, shape, y: mp.exp(-_cumulative_hazard(scale, shape, y)),
)
