"""The formulas of SkewNormal, JohnsonSU and VonMises in mpmath, and two of them in NumPy, where scipy is inaccurate."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
import scipy.stats
from mpmath import mp

from tests.exact import Exact, Real


class Oracle:
    """What a frozen scipy.stats distribution offers, from a density and a cdf: the quantiles by bisection."""

    def __init__(self, low: Any, high: Any) -> None:
        self._ends = low, high

    def logpdf(self, y: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def cdf(self, y: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def sf(self, y: np.ndarray) -> np.ndarray:
        return 1.0 - self.cdf(y)

    def pdf(self, y: np.ndarray) -> np.ndarray:
        return np.exp(self.logpdf(y))

    def ppf(self, q: Any) -> np.ndarray:
        return self._solve(lambda y: self.cdf(y) < q, np.shape(q))

    def isf(self, q: Any) -> np.ndarray:
        return self._solve(lambda y: self.sf(y) > q, np.shape(q))

    def _solve(self, below: Callable[[np.ndarray], np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
        low, high = (e + np.zeros(shape) for e in self._ends)
        for _ in range(56):
            middle = 0.5 * (low + high)
            under = below(middle)
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return 0.5 * (low + high)

    def std(self) -> np.ndarray:
        return np.sqrt(self.var())

    def var(self) -> np.ndarray:
        raise NotImplementedError

    def median(self) -> np.ndarray:
        return self.ppf(0.5)


class SkewNormalOracle(Oracle):
    """By Owen's T, which is accurate in the middle, and the trapezoidal rule, exact for a density like this one."""

    def __init__(self, loc: Any, scale: Any, alpha: Any) -> None:
        self._params = loc, scale, alpha
        self._delta = alpha / np.sqrt(1.0 + alpha**2)
        super().__init__(loc - 9.0 * scale, loc + 9.0 * scale)

    def logpdf(self, y: np.ndarray) -> np.ndarray:
        loc, scale, alpha = self._params
        z = (y - loc) / scale
        return np.log(2.0 / np.sqrt(2.0 * np.pi) / scale) - 0.5 * z**2 + scipy.special.log_ndtr(alpha * z)

    def cdf(self, y: np.ndarray) -> np.ndarray:
        loc, scale, alpha = self._params
        z = (y - loc) / scale
        return scipy.special.ndtr(z) - 2.0 * scipy.special.owens_t(z, alpha)

    def sf(self, y: np.ndarray) -> np.ndarray:
        loc, scale, alpha = self._params
        z = (y - loc) / scale
        return scipy.special.ndtr(-z) + 2.0 * scipy.special.owens_t(z, alpha)

    def mean(self) -> np.ndarray:
        loc, scale, _ = self._params
        return loc + scale * self._delta * np.sqrt(2.0 / np.pi)

    def var(self) -> np.ndarray:
        return self._params[1] ** 2 * (1.0 - 2.0 / np.pi * self._delta**2)

    def entropy(self) -> np.ndarray:
        loc, scale, _ = self._params
        z = np.arange(-10.0, 10.0, 0.005).reshape((-1,) + (1,) * np.ndim(loc))
        log_p = self.logpdf(loc + scale * z)
        return -(np.exp(log_p) * log_p).sum(0) * 0.005 * scale


class JohnsonSUOracle:
    """SciPy's, but for its entropy, which has eight digits: by the trapezoidal rule over the underlying Gaussian."""

    def __init__(self, skewness: Any, tailweight: Any, loc: Any, scale: Any) -> None:
        self._params = skewness, tailweight, scale
        self._frozen = scipy.stats.johnsonsu(skewness, tailweight, loc, scale)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._frozen, name)

    def entropy(self) -> np.ndarray:
        skewness, tailweight, scale = self._params
        z = np.arange(-10.0, 10.0, 0.02).reshape((-1,) + (1,) * np.ndim(skewness))
        weight = 0.02 * np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
        log_slope = np.log(np.cosh((z - skewness) / tailweight) * scale / tailweight)
        return 0.5 * np.log(2.0 * np.pi * np.e) + (weight * log_slope).sum(0)


class VonMisesOracle(Oracle):
    """By the Fourier series of the density, with Bessel ratios by their recurrence downwards."""

    def __init__(self, loc: Any, concentration: Any) -> None:
        self._loc, self._k = loc, concentration
        terms = int(30 + 9 * np.sqrt(np.max(concentration)) + 2)
        ratio, ratios = np.zeros(np.shape(concentration)), []
        for j in range(terms, 0, -1):
            ratio = 1.0 / (2.0 * j / concentration + ratio)
            ratios.append(ratio)
        self._bessel = np.cumprod(ratios[::-1], axis=0)  # I_j / I_0, j = 1, 2, …
        super().__init__(-np.pi, np.pi)
        self._at_cut = self._series(-np.pi - loc)

    def logpdf(self, y: np.ndarray) -> np.ndarray:
        return self._k * (np.cos(y - self._loc) - 1.0) - np.log(2.0 * np.pi * scipy.special.i0e(self._k))

    def _series(self, d: np.ndarray) -> np.ndarray:
        """Return Σ I_j / I_0 sin(jd) / j: all terms at once, or by Clenshaw's recurrence where d is long."""
        j = np.arange(1.0, len(self._bessel) + 1.0).reshape((-1,) + (1,) * np.ndim(d))
        weights = self._bessel.reshape(j.shape[: 1 + np.ndim(d) - np.ndim(self._k)] + np.shape(self._k)) / j
        if np.size(d) < 1000:
            return (weights * np.sin(j * d)).sum(0)
        after, last, twice = 0.0, 0.0, 2.0 * np.cos(d)
        for weight in weights[::-1]:
            after, last = last, weight + twice * last - after
        return np.sin(d) * last

    def cdf(self, y: np.ndarray) -> np.ndarray:
        y = np.clip(y, -np.pi, np.pi)
        return (0.5 * (y + np.pi) + self._series(y - self._loc) - self._at_cut) / np.pi

    def mean(self) -> np.ndarray:
        return self._loc

    def var(self) -> np.ndarray:
        return 1.0 - self._bessel[0]

    def entropy(self) -> np.ndarray:
        return np.log(2.0 * np.pi * scipy.special.i0e(self._k)) + self._k * self.var()


def _skew_normal_nll(loc: Real, scale: Real, alpha: Real, y: Real) -> Real:
    z = (y - loc) / scale
    return z * z / 2 + mp.log(mp.pi * mp.mpf(2)) / 2 + mp.log(scale) - mp.log(2 * mp.ncdf(alpha * z))


def _light_tail(h: Real, a: Real) -> Real:
    """Return ∫ exp(-h²(1 + x²)/2) / (π (1 + x²)) dx from a on: P(Y ≤ -h) where α = a (Owen 1956)."""
    with mp.workdps(25):
        if h < 0.3 and h * a < 1:
            top = mp.atan2(1, a)
            return mp.quad(lambda t: mp.exp(-h * h / (2 * mp.sin(t) ** 2)), [0, top]) / mp.pi
        unit = 1 / (h * h * a + h)
        c = h * h * unit

        def term(v: Real) -> Real:
            return mp.exp(-c * v * (a + unit * v / 2)) / (1 + (a + unit * v) ** 2)

        return mp.exp(-h * h * (1 + a * a) / 2) * unit / mp.pi * mp.quad(term, [0, 6, 25, 70])


def _skew_normal_cdf(loc: Real, scale: Real, alpha: Real, y: Real) -> Real:
    z = (y - loc) / scale
    light = _light_tail(abs(z), abs(alpha))
    if (z < 0) == (alpha >= 0):
        return light if z < 0 else 1 - light
    heavy = mp.erfc(abs(z) / mp.sqrt(2)) - light
    return heavy if z < 0 else 1 - heavy


skew_normal = Exact(
    nll=_skew_normal_nll,
    cdf=_skew_normal_cdf,
    sf=lambda loc, scale, alpha, y: _skew_normal_cdf(-loc, scale, -alpha, -y),
)


def _johnson_z(skewness: Real, tailweight: Real, loc: Real, scale: Real, y: Real) -> Real:
    return skewness + tailweight * mp.asinh((y - loc) / scale)


def _johnson_su_nll(skewness: Real, tailweight: Real, loc: Real, scale: Real, y: Real) -> Real:
    z = _johnson_z(skewness, tailweight, loc, scale, y)
    constant = mp.log(2 * mp.pi) / 2 + mp.log(scale) - mp.log(tailweight)
    return z * z / 2 + mp.log1p(((y - loc) / scale) ** 2) / 2 + constant


johnson_su = Exact(
    nll=_johnson_su_nll,
    cdf=lambda *values: mp.ncdf(_johnson_z(*values)),
    sf=lambda *values: mp.ncdf(-_johnson_z(*values)),
)


def _von_mises_cdf(loc: Real, k: Real, y: Real) -> Real:
    """Return the integral from -π (as a float) to y by the Fourier series, to 25 digits."""
    with mp.workdps(25):
        ratio, bessel = mp.mpf(0), []
        for j in range(int(40 + 11 * mp.sqrt(k)), 0, -1):
            ratio = 1 / (2 * j / k + ratio)
            bessel.append(ratio)
        weights = [mp.mpf(1)]
        for r in reversed(bessel):
            weights.append(weights[-1] * r)
        cut = -mp.mpf(np.pi)
        total = (y - cut) / 2
        for sign, d in ((1, y - loc), (-1, cut - loc)):
            after, last, twice = mp.mpf(0), mp.mpf(0), 2 * mp.cos(d)
            for j in range(len(bessel), 0, -1):
                after, last = last, weights[j] / j + twice * last - after
            total += sign * mp.sin(d) * last
        return total / mp.pi


def _von_mises_nll(loc: Real, k: Real, y: Real) -> Real:
    return mp.log(2 * mp.pi * mp.besseli(0, k)) - k * mp.cos(y - loc)


von_mises = Exact(
    nll=_von_mises_nll,
    cdf=_von_mises_cdf,
    sf=lambda loc, k, y: _von_mises_cdf(-loc, k, -y),
)
