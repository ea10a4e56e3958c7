"""The logit-normal distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace, over_nodes
from likelinet.core.domains import open_unit_interval, positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.grids import LOGITS, SCORES, Grid, column, of_logit, rest
from likelinet.distributions.numerics.sinh_nodes import sinh_nodes
from likelinet.distributions.real.gaussian import Gaussian

_STEPS = np.arange(-9.0, 10.0)  # scores between which a Gaussian cdf does not bend
_ENDS = np.concatenate([[0.0, 2.0, 4.0], np.arange(8.0, 760.0, 16.0)])  # logits; between them its own is smooth
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


class LogitNormal(Univariate):
    r"""The logit-normal distribution of a share strictly between 0 and 1: its logit is Gaussian.

    .. math:: p(y) = \frac{1}{\sigma \sqrt{2\pi}\, y (1 - y)}
              \exp\left(-\tfrac12 \left(\frac{\operatorname{logit} y - \mu}{\sigma}\right)^2\right), \qquad 0 < y < 1

    Mean, variance, entropy and CRPS have no closed form; they are integrals, computed to about ten digits.

    Parameters
    ----------
    loc : array_like
        Mean μ of logit y = log y - log(1 - y), any finite number; the median of y is 1 / (1 + exp(-μ)).
    scale : array_like
        Standard deviation σ > 0 of logit y.

    Raises
    ------
    ParameterError
        If `scale` is not positive or a value is not finite.

    References
    ----------
    Atchison & Shen, "Logistic-normal distributions: some properties and uses", *Biometrika* 67(2), 1980.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.LogitNormal(loc=0.0, scale=1.5).median())
    0.5
    """

    parameters = (Parameter("loc", symbol="μ"), Parameter("scale", positive, symbol="σ"))
    support = open_unit_interval
    other_names = called("logistic_normal logitnorm")
    purpose = "shares, Gaussian logit"
    loc: np.ndarray
    scale: np.ndarray

    def __init__(self, loc: ArrayLike, scale: ArrayLike) -> None:
        self._set({"loc": loc, "scale": scale})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        xp = namespace(y)
        values, backward = Gaussian.loss(params, _logit(y))
        return values + xp.log(y) + xp.log1p(-y), backward

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        return Gaussian.fisher_information(params)

    def log_density(self) -> LogDensity:
        of_logit = Gaussian(self.loc, self.scale).log_density()

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            log_y, log_x = np.log(y), np.log(rest(y, x))
            values = of_logit(log_y - log_x, x)
            values -= log_y + log_x
            return values

        return log_density

    def grid(self) -> Grid:
        bends = np.broadcast_to(column(LOGITS, self.batch_shape), (len(LOGITS), *self.batch_shape))
        return of_logit(self.loc + self.scale * column(SCORES, self.batch_shape), bends)

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        return Gaussian.tails(params, _logit(y))

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return scipy.special.expit(self.loc + self.scale * scipy.special.ndtri(q))

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return scipy.special.expit(self.loc - self.scale * scipy.special.ndtri(q))

    def _mean(self) -> np.ndarray:
        mean = self._moments()[0]
        return np.where(self.loc > 0.0, 1.0 - mean, mean)

    def _var(self) -> np.ndarray:
        return self._moments()[1]

    def _mode(self) -> np.ndarray:
        # The largest root of x = |μ| + σ² tanh(x/2), by Newton's method from above: convex there, it descends to it.
        low, var = np.abs(self.loc), self.scale**2
        x = low + var
        for _ in range(60):
            slope = 1.0 - 0.5 * var / np.cosh(np.minimum(0.5 * x, 300.0)) ** 2
            x = np.where(slope > 0.0, np.maximum(x - (x - low - var * np.tanh(0.5 * x)) / slope, low), x)
        return scipy.special.expit(np.where(self.loc < 0.0, -x, x))

    def _entropy(self) -> np.ndarray:
        x, weights = self._nodes()
        jacobian = (weights * (np.abs(x) + 2.0 * np.log1p(np.exp(-np.abs(x))))).sum(0)
        return 0.5 + HALF_LOG_2PI + np.log(self.scale) - jacobian

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, LogitNormal):
            return super()._kl_divergence(other)
        # That of the logits: a change of variable leaves it as it is.
        return np.asarray(Gaussian(self.loc, self.scale).kl_divergence(Gaussian(other.loc, other.scale)))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        values, y, loc, scale = np.broadcast_arrays(super()._crps(y), y, self.loc, self.scale)
        lost = np.isnan(values) & ~np.isnan(y)
        if not lost.any():
            return values
        values = values.copy()
        values[lost] = _crps_of_logits(y[lost], loc[lost], scale[lost])
        return values

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return scipy.special.expit(self.loc + self.scale * rng.standard_normal(shape))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (loc, scale) over the first axis of y; finite where y is constant."""
        loc, scale = Gaussian.estimate(_logit(y), weight)
        return loc, np.maximum(scale, 1e-6)

    def _nodes(self) -> tuple[np.ndarray, np.ndarray]:
        """Return nodes of logit y, mirrored to have its mean below 0, and the probability that each stands for."""
        loc, scale = np.broadcast_arrays(-np.abs(self.loc), self.scale)
        # The sigmoid has its poles at ±iπ, … ; e^(2x) times the density has its peak at z = 2σ.
        centre = np.minimum(-loc / scale, 10.0)
        z, dz = sinh_nodes(centre, np.minimum(np.pi / scale, 10.0), -9.0, 9.0 + np.minimum(centre, 2.0 * scale))
        density = z * z
        density *= -0.5
        density -= HALF_LOG_2PI
        dz *= np.exp(density, out=density)
        z *= scale
        z += loc
        return z, dz

    def _moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of y, mirrored to have its median below ½."""
        x, weights = self._nodes()
        loc = np.broadcast_to(-np.abs(self.loc), x.shape[1:])
        gap, middle = loc - x, scipy.special.expit(loc)
        with np.errstate(over="ignore"):
            y = np.exp(np.negative(x, out=x), out=x)
        y += 1.0
        np.divide(1.0, y, out=y)
        # y - middle, without its cancellation for a small scale
        near = np.abs(gap) < 1.0
        np.copyto(gap, 0.0, where=~near)
        close = np.expm1(gap, out=gap)
        close *= y
        close *= -scipy.special.expit(-loc)
        y -= middle
        np.copyto(y, close, where=near)
        shift = np.multiply(weights, y, out=gap).sum(0)
        y -= shift
        y *= y
        y *= weights
        return middle + shift, y.sum(0)


def _crps_of_logits(y: np.ndarray, loc: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the CRPS at y, shape (n,), as an integral over the logit: also of mass nearer to the ends than any y."""
    inside = np.clip(y, 0.0, 1.0)
    with np.errstate(divide="ignore"):
        at = np.clip(_logit(inside), -_ENDS[-1], _ENDS[-1])
    own = np.clip(loc + scale * _STEPS[:, None], -_ENDS[-1], _ENDS[-1])
    ends = np.broadcast_to(np.concatenate([-_ENDS[:0:-1], _ENDS])[:, None], (2 * len(_ENDS) - 1, len(y)))
    edges = np.sort(np.concatenate([ends, own, at[None]]), axis=0)
    half = 0.5 * np.diff(edges, axis=0)
    x = edges[:-1] + half * (1.0 + _NODES[:, None, None])
    z = (x - loc) / scale
    p = scipy.special.ndtr(np.where(x < at, z, -z))
    slope = scipy.special.expit(x) * scipy.special.expit(-x)
    return over_nodes(over_nodes(_WEIGHTS[:, None, None] * p * p * slope * half)) + np.abs(y - inside)


def _logit(y: Array) -> Array:
    """Return log(y / (1 - y)); near ½ by the inverse of tanh, where the logarithms cancel."""
    xp = namespace(y)
    middle = xp.abs(y - 0.5) < 0.25
    return xp.where(middle, 2.0 * xp.arctanh(2.0 * xp.where(middle, y, 0.5) - 1.0), xp.log(y) - xp.log1p(-y))
