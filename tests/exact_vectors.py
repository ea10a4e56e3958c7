"""Families whose y is a vector: the formulas in mpmath, and oracles by scipy.stats for a batch of rows.

An oracle's `ppf` is no quantile: it returns some vector of the support for each number in (0, 1).
"""

import numpy as np
import scipy.special
import scipy.stats
from mpmath import mp

from tests.exact import Exact, Real


def _dirichlet_nll(*a_and_y: Real) -> Real:
    *a, y = a_and_y
    normalised = mp.fsum(mp.loggamma(v) for v in a) - mp.loggamma(mp.fsum(a))
    return normalised - mp.fsum((v - 1) * mp.log(t) for v, t in zip(a, y, strict=True))


def _multinomial_nll(*n_logits_and_y: Real) -> Real:
    _, *logits, y = n_logits_and_y  # n is the sum of y
    log_total = mp.log(mp.fsum(mp.exp(z) for z in logits))
    log_choices = mp.loggamma(mp.fsum(y) + 1) - mp.fsum(mp.loggamma(k + 1) for k in y)
    return -log_choices - mp.fsum(k * (z - log_total) for k, z in zip(y, logits, strict=True))


def _multivariate_gaussian_nll(*loc_matrix_and_y: Real) -> Real:
    *numbers, y = loc_matrix_and_y
    d = len(y)
    matrix = mp.zeros(d)
    for v, i, j in zip(numbers[d:], *np.tril_indices(d), strict=True):
        matrix[int(i), int(j)] = v
    rest = mp.matrix([t - m for t, m in zip(y, numbers[:d], strict=True)])
    log_det = 2 * mp.fsum(mp.log(matrix[i, i]) for i in range(d))
    square = (rest.T * mp.inverse(matrix * matrix.T) * rest)[0]
    return (square + log_det + d * mp.log(2 * mp.pi)) / 2


dirichlet = Exact(nll=_dirichlet_nll)
multinomial = Exact(nll=_multinomial_nll)
multivariate_gaussian = Exact(nll=_multivariate_gaussian_nll)


class _Rows:
    """Frozen scipy distributions of vectors, one for each row of the parameters."""

    def __init__(self, frozen, *params: np.ndarray, ndims: tuple[int, ...]) -> None:
        self._shape = params[0].shape[: params[0].ndim - ndims[0]]
        flat = [p.reshape(-1, *p.shape[p.ndim - n :]) for p, n in zip(params, ndims, strict=True)]
        self._rows = [frozen(*row) for row in zip(*flat, strict=True)]

    def _each(self, f, *args: np.ndarray) -> np.ndarray:
        flat = [a.reshape(len(self._rows), *a.shape[len(self._shape) :]) for a in map(np.asarray, args)]
        values = np.array([f(d, *row) for d, *row in zip(self._rows, *flat, strict=True)])
        return values.reshape(self._shape + values.shape[1:])

    def entropy(self) -> np.ndarray:
        return self._each(lambda d: d.entropy())

    def mean(self) -> np.ndarray:
        return self._each(lambda d: d.mean() if callable(d.mean) else d.mean)

    def cov(self) -> np.ndarray:
        return self._each(lambda d: d.cov() if callable(d.cov) else d.cov)


def _sines(u: np.ndarray, k: int) -> np.ndarray:
    """Return k numbers in (-1, 1) that change with u."""
    return np.sin(7.0 * np.asarray(u)[..., None] * (1.0 + np.arange(k)))


class Dirichlet(_Rows):
    def __init__(self, concentration: np.ndarray) -> None:
        super().__init__(scipy.stats.dirichlet, concentration, ndims=(1,))
        self._a = concentration

    def logpdf(self, y: np.ndarray) -> np.ndarray:
        return self._each(lambda d, t: d.logpdf(t), y)

    def ppf(self, u: np.ndarray) -> np.ndarray:
        g = (self._a + 0.1) * np.exp(_sines(u, self._a.shape[-1]))
        return g / g.sum(-1, keepdims=True)

    def outputs(self):
        return scipy.stats.beta(self._a, self._a.sum(-1, keepdims=True) - self._a)


class Multinomial(_Rows):
    def __init__(self, total_count: np.ndarray, logits: np.ndarray) -> None:
        self._n, self._p = np.asarray(total_count), scipy.special.softmax(logits, axis=-1)
        super().__init__(lambda n, p: scipy.stats.multinomial(int(n), p), self._n, self._p, ndims=(0, 1))

    def logpmf(self, y: np.ndarray) -> np.ndarray:
        return self._each(lambda d, t: d.logpmf(t), y)

    def ppf(self, u: np.ndarray) -> np.ndarray:
        weight = np.exp(_sines(u, self._p.shape[-1]))
        y = np.floor(self._n[..., None] * weight / weight.sum(-1, keepdims=True))
        y[..., -1] += self._n - y.sum(-1)
        return y

    def outputs(self):
        return scipy.stats.binom(self._n[..., None], self._p)


class MultivariateGaussian(_Rows):
    def __init__(self, loc: np.ndarray, scale_tril: np.ndarray) -> None:
        covariance = scale_tril @ np.swapaxes(scale_tril, -1, -2)
        super().__init__(scipy.stats.multivariate_normal, loc, covariance, ndims=(1, 2))
        self._loc, self._scale_tril = loc, scale_tril
        self._std = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))

    def logpdf(self, y: np.ndarray) -> np.ndarray:
        return self._each(lambda d, t: d.logpdf(t), y)

    def ppf(self, u: np.ndarray) -> np.ndarray:
        return self._loc + 2.0 * self._std * _sines(u, self._loc.shape[-1])

    def outputs(self):
        return scipy.stats.norm(self._loc, self._std)
