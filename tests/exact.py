"""The families' formulas once more, in mpmath and as the textbooks write them: an oracle to any number of digits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mpmath import mp

Real = Any  # an mpf


@dataclass(frozen=True)
class Exact:
    """The formulas of one family; each takes the parameters in order, then y."""

    nll: Callable[..., Real]
    cdf: Callable[..., Real] | None = None
    sf: Callable[..., Real] | None = None


def number(y: float | list[float]) -> Real | list[Real]:
    """Return y, a number or a vector, in mpmath."""
    return [mp.mpf(v) for v in y] if isinstance(y, list) else mp.mpf(y)


def softplus(x: Real) -> Real:
    return mp.log1p(mp.exp(x))


def sigmoid(x: Real) -> Real:
    return 1 / (1 + mp.exp(-x))


def _gaussian_nll(loc: Real, scale: Real, y: Real) -> Real:
    return ((y - loc) / scale) ** 2 / 2 + mp.log(scale) + mp.log(2 * mp.pi) / 2


gaussian = Exact(
    nll=_gaussian_nll,
    cdf=lambda loc, scale, y: mp.ncdf((y - loc) / scale),
    sf=lambda loc, scale, y: mp.ncdf((loc - y) / scale),
)


def _student_t_nll(df: Real, loc: Real, scale: Real, y: Real) -> Real:
    constant = mp.loggamma(df / 2) - mp.loggamma((df + 1) / 2) + mp.log(df * mp.pi) / 2 + mp.log(scale)
    return constant + (df + 1) / 2 * mp.log1p(((y - loc) / scale) ** 2 / df)


def _student_t_sf(df: Real, loc: Real, scale: Real, y: Real) -> Real:
    z = (y - loc) / scale
    tail = mp.betainc(df / 2, mp.mpf(1) / 2, 0, df / (df + z * z), regularized=True) / 2
    return tail if z > 0 else 1 - tail


student_t = Exact(
    nll=_student_t_nll, cdf=lambda df, loc, scale, y: _student_t_sf(df, -loc, scale, -y), sf=_student_t_sf
)

gamma = Exact(
    nll=lambda a, b, y: mp.loggamma(a) - a * mp.log(b) - (a - 1) * mp.log(y) + b * y,
    cdf=lambda a, b, y: mp.gammainc(a, 0, b * y, regularized=True),
    sf=lambda a, b, y: mp.gammainc(a, b * y, regularized=True),
)

poisson = Exact(
    nll=lambda rate, y: rate - y * mp.log(rate) + mp.loggamma(y + 1),
    cdf=lambda rate, y: mp.gammainc(y + 1, rate, regularized=True),
    sf=lambda rate, y: mp.gammainc(y + 1, 0, rate, regularized=True),
)


def _negative_binomial_nll(r: Real, logits: Real, y: Real) -> Real:
    choices = mp.loggamma(r + y) - mp.loggamma(r) - mp.loggamma(y + 1)
    return r * softplus(logits) + y * softplus(-logits) - choices


negative_binomial = Exact(
    nll=_negative_binomial_nll,
    cdf=lambda r, logits, y: mp.betainc(r, y + 1, 0, sigmoid(-logits), regularized=True),
    sf=lambda r, logits, y: mp.betainc(y + 1, r, 0, sigmoid(logits), regularized=True),
)

bernoulli = Exact(
    nll=lambda logits, y: softplus(-logits) if y else softplus(logits),
    cdf=lambda logits, y: mp.mpf(1) if y >= 1 else sigmoid(-logits),
    sf=lambda logits, y: mp.mpf(0) if y >= 1 else sigmoid(logits),
)


def _categorical_nll(*logits_and_y: Real) -> Real:
    *logits, y = logits_and_y
    return mp.log(mp.fsum(mp.exp(z) for z in logits)) - logits[int(y)]


categorical = Exact(nll=_categorical_nll)
