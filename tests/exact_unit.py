"""The formulas of families on the unit interval, and of two inverse ones, in mpmath; and oracles that SciPy lacks."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
import scipy.stats
from mpmath import mp
from scipy.optimize.elementwise import find_root

from tests.exact import Exact, Real

inverse_gamma = Exact(
    nll=lambda a, b, y: mp.loggamma(a) - a * mp.log(b) + (a + 1) * mp.log(y) + b / y,
    cdf=lambda a, b, y: mp.gammainc(a, b / y, regularized=True),
    sf=lambda a, b, y: mp.gammainc(a, 0, b / y, regularized=True),
)


def _inverse_gaussian_terms(loc: Real, concentration: Real, y: Real) -> tuple[Real, Real, Real]:
    r = mp.sqrt(concentration / y)
    reflected = mp.exp(2 * concentration / loc) * mp.erfc(r * (y / loc + 1) / mp.sqrt(2)) / 2
    z = r * (y / loc - 1) / mp.sqrt(2)
    return mp.erfc(-z) / 2, mp.erfc(z) / 2, reflected


def _inverse_gaussian_cdf(loc: Real, concentration: Real, y: Real) -> Real:
    lower, _, reflected = _inverse_gaussian_terms(loc, concentration, y)
    return lower + reflected


def _inverse_gaussian_sf(loc: Real, concentration: Real, y: Real) -> Real:
    _, upper, reflected = _inverse_gaussian_terms(loc, concentration, y)
    return upper - reflected


inverse_gaussian = Exact(
    nll=lambda loc, concentration, y: (
        concentration * (y - loc) ** 2 / (2 * loc**2 * y) - mp.log(concentration / (2 * mp.pi * y**3)) / 2
    ),
    cdf=_inverse_gaussian_cdf,
    sf=_inverse_gaussian_sf,
)


def _beta_nll(a: Real, b: Real, y: Real) -> Real:
    log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    return log_beta - (a - 1) * mp.log(y) - (b - 1) * mp.log1p(-y)


beta = Exact(
    nll=_beta_nll,
    cdf=lambda a, b, y: mp.betainc(a, b, 0, y, regularized=True),
    sf=lambda a, b, y: mp.betainc(b, a, 0, 1 - y, regularized=True),
)

kumaraswamy = Exact(
    nll=lambda a, b, y: -mp.log(a * b) - (a - 1) * mp.log(y) - (b - 1) * mp.log1p(-(y**a)),
    cdf=lambda a, b, y: -mp.expm1(b * mp.log1p(-(y**a))),
    sf=lambda a, b, y: (1 - y**a) ** b,
)


def _logit_normal_z(loc: Real, scale: Real, y: Real) -> Real:
    return (mp.log(y) - mp.log(1 - y) - loc) / scale


logit_normal = Exact(
    nll=lambda loc, scale, y: (
        _logit_normal_z(loc, scale, y) ** 2 / 2 + mp.log(scale * mp.sqrt(2 * mp.pi)) + mp.log(y * (1 - y))
    ),
    cdf=lambda loc, scale, y: mp.ncdf(_logit_normal_z(loc, scale, y)),
    sf=lambda loc, scale, y: mp.ncdf(-_logit_normal_z(loc, scale, y)),
)


def panels(f: Callable[[np.ndarray], np.ndarray], low: float, high: float, like: np.ndarray) -> np.ndarray:
    """Return ∫ f by ten nodes in each of 100 panels, for a batch with the shape of `like`."""
    nodes, weights = np.polynomial.legendre.leggauss(10)
    edges = np.linspace(low, high, 101)[:, None]
    half = 0.5 * (edges[1] - edges[0])
    points = (edges[:-1] + half * (1.0 + nodes)).reshape(-1, *(1,) * np.ndim(like))
    return half * np.tensordot(np.tile(weights, 100), f(points), 1)


class _Oracle:
    """What a frozen distribution of SciPy has that follows from the rest."""

    def std(self) -> np.ndarray:
        return np.sqrt(self.var())

    def median(self) -> np.ndarray:
        return self.ppf(np.float64(0.5))

    def pdf(self, y: np.ndarray) -> np.ndarray:
        return np.exp(self.logpdf(y))

    def var(self) -> np.ndarray:
        raise NotImplementedError

    def logpdf(self, y: Any) -> Any:
        raise NotImplementedError

    def ppf(self, q: Any) -> Any:
        raise NotImplementedError


class InverseGaussian:
    """SciPy's, but for its survival function, which has no digits far out, and quantiles that it gives up on."""

    def __init__(self, loc: np.ndarray, concentration: np.ndarray) -> None:
        self.loc, self.concentration = loc, concentration
        frozen = scipy.stats.invgauss(loc / concentration, scale=concentration)
        self.logpdf, self.pdf, self.cdf, self.isf = frozen.logpdf, frozen.pdf, frozen.cdf, frozen.isf
        self._ppf = frozen.ppf
        self.mean, self.var, self.std, self.median = frozen.mean, frozen.var, frozen.std, frozen.median
        self.entropy = frozen.entropy

    def ppf(self, q: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            y = self._ppf(q)
        if np.allclose(self.cdf(y), q, rtol=1e-9, atol=0.0):
            return y
        q = np.broadcast_to(q, np.shape(y))
        return np.exp(find_root(lambda t, q: self.cdf(np.exp(t)) - q, (-50.0, 50.0), args=(q,)).x)

    def sf(self, y: np.ndarray) -> np.ndarray:
        y = np.asarray(y)
        with np.errstate(all="ignore"):
            r = np.sqrt(self.concentration / y)
            scale = np.exp(-0.5 * (r * (y / self.loc - 1.0)) ** 2)
            far, near = (scipy.special.erfcx(r * (y / self.loc + s) / np.sqrt(2.0)) for s in (1.0, -1.0))
            upper = np.where(near < np.inf, 0.5 * scale * (near - far), 1.0)
            return np.where(y < self.loc, 1.0 - self.cdf(y), np.where(scale > 0.0, upper, 0.0))


class Kumaraswamy(_Oracle):
    """By the textbook's formulas; expectations by quadrature in -log of the survival function."""

    def __init__(self, a: np.ndarray, b: np.ndarray) -> None:
        self.a, self.b = a, b

    def logpdf(self, y: np.ndarray) -> np.ndarray:
        return (
            np.log(self.a * self.b)
            + (self.a - 1.0) * np.log(y)
            + (self.b - 1.0) * np.log(-np.expm1(self.a * np.log(y)))
        )

    def cdf(self, y: np.ndarray) -> np.ndarray:
        return 1.0 - self.sf(y)

    def sf(self, y: np.ndarray) -> np.ndarray:
        return (-np.expm1(self.a * np.log(np.clip(y, 1e-300, 1.0)))) ** self.b

    def ppf(self, q: np.ndarray) -> np.ndarray:
        return (-np.expm1(np.log1p(-q) / self.b)) ** (1.0 / self.a)

    def isf(self, q: np.ndarray) -> np.ndarray:
        return (-np.expm1(np.log(q) / self.b)) ** (1.0 / self.a)

    def _moment(self, n: int) -> np.ndarray:
        with mp.workdps(40):
            pairs = np.broadcast(self.a, self.b)
            values = [mp.mpf(b) * mp.beta(1 + n / mp.mpf(a), mp.mpf(b)) for a, b in pairs]
            return np.array(values, dtype=object).reshape(pairs.shape)

    def mean(self) -> np.ndarray:
        return self._moment(1).astype(float)

    def var(self) -> np.ndarray:
        with mp.workdps(40):
            return (self._moment(2) - self._moment(1) ** 2).astype(float)

    def entropy(self) -> np.ndarray:
        def term(u: np.ndarray) -> np.ndarray:  # u = log(-log of the survival function)
            t = np.exp(u)
            log_v = np.log(-np.expm1(-t / self.b))  # log yᵃ
            log_density = np.log(self.a * self.b) + (1.0 - 1.0 / self.a) * log_v - (1.0 - 1.0 / self.b) * t
            return -np.exp(u - t) * log_density

        return panels(term, -50.0, 4.5, self.a * self.b)


class LogitNormal(_Oracle):
    """By SciPy's normal distribution of the logit; expectations by quadrature in it."""

    def __init__(self, loc: np.ndarray, scale: np.ndarray) -> None:
        self.loc, self.scale = loc, scale
        self.normal = scipy.stats.norm(loc, scale)

    def logpdf(self, y: np.ndarray) -> np.ndarray:
        return self.normal.logpdf(scipy.special.logit(y)) - np.log(y) - np.log1p(-y)

    def cdf(self, y: np.ndarray) -> np.ndarray:
        return self.normal.cdf(scipy.special.logit(np.clip(y, 0.0, 1.0)))

    def sf(self, y: np.ndarray) -> np.ndarray:
        return self.normal.sf(scipy.special.logit(np.clip(y, 0.0, 1.0)))

    def ppf(self, q: np.ndarray) -> np.ndarray:
        return scipy.special.expit(self.normal.ppf(q))

    def isf(self, q: np.ndarray) -> np.ndarray:
        return scipy.special.expit(self.normal.isf(q))

    def _expectation(self, f: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        def term(z: np.ndarray) -> np.ndarray:
            return np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi) * f(self.loc + self.scale * z)

        return panels(term, -12.0, 12.0, self.loc + self.scale)

    def mean(self) -> np.ndarray:
        return self._expectation(scipy.special.expit)

    def var(self) -> np.ndarray:
        mean = self.mean()
        return self._expectation(lambda x: (scipy.special.expit(x) - mean) ** 2)

    def entropy(self) -> np.ndarray:
        return self.normal.entropy() + self._expectation(
            lambda x: scipy.special.log_expit(x) + scipy.special.log_expit(-x)
        )
