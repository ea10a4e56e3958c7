"""The Kumaraswamy distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log1mexp, log1pmx, namespace, stirling_error
from likelinet.core.domains import open_unit_interval, positive
from likelinet.core.lazy import scipy
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.grids import FINE_SCORES, LOGITS, Grid, amid, between, column, joined
from likelinet.distributions.numerics.sinh_nodes import sinh_nodes
from likelinet.distributions.numerics.tails import incomplete_beta

_MODERATE = 1e4  # number of times that a rounding error of 1e-16 may count
_FAR = 40.0  # w beyond which -log(1 - exp(-w)) is exp(-w) to double precision
_WIDE = 1e-3  # a below which nodes in log yᵃ are too few for y, and moments do not cancel


class Kumaraswamy(Univariate):
    r"""The Kumaraswamy distribution of a share strictly between 0 and 1: much like the beta, its cdf in closed form.

    .. math:: p(y) = a b\, y^{a-1} (1 - y^a)^{b-1}, \qquad P(Y \le y) = 1 - (1 - y^a)^b, \qquad 0 < y < 1

    Parameters
    ----------
    concentration1 : array_like
        a > 0, the exponent at y, as in torch.
    concentration0 : array_like
        b > 0, the exponent at 1 - yᵃ.

    Raises
    ------
    ParameterError
        If a parameter is not a positive finite number.

    References
    ----------
    Jones, "Kumaraswamy's distribution: a beta-type distribution with some tractability advantages", *Statistical
    Methodology* 6(1), 2009.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Kumaraswamy(concentration1=2.0, concentration0=3.0).cdf(0.5))
    0.578125
    """

    parameters = (
        Parameter("concentration1", positive, symbol="a"),
        Parameter("concentration0", positive, symbol="b"),
    )
    support = open_unit_interval
    purpose = "shares, cdf in closed form"
    concentration1: np.ndarray
    concentration0: np.ndarray

    def __init__(self, concentration1: ArrayLike, concentration0: ArrayLike) -> None:
        self._set({"concentration1": concentration1, "concentration0": concentration0})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return cls._loss_at(params, namespace(y).log(y))

    @staticmethod
    def _loss_at(params: tuple[Array, ...], log_y: Array) -> tuple[Array, Backward]:
        a, b = params
        xp = namespace(a)
        w = -a * log_y
        log_rest = log1mexp(w)  # log(1 - yᵃ)
        values = -xp.log(a) - xp.log(b) + w + log_y - (b - 1.0) * log_rest

        def backward(d: Array) -> tuple[Array, ...]:
            q, one_minus_q = _w_over_expm1(w)
            return d * (w - one_minus_q - b * q) / a, d * (-1.0 / b - log_rest)

        return values, backward

    def log_density(self) -> LogDensity:
        a, b = parameters_on(self, self.batch_shape)
        log_norm, moderate, upper = np.log(a) + np.log(b), bool(np.all(b < _MODERATE)), b - 1.0

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            log_y, near = np.log(y), x < 0.5
            np.log1p(-x, out=log_y, where=near)
            values = a * log_y
            if moderate:
                log_rest = np.expm1(values)
                np.log(np.negative(log_rest, out=log_rest), out=log_rest)
            else:
                log_rest = log1mexp(-values)
            log_rest *= upper
            values += log_rest
            values += log_norm
            values -= log_y
            return values

        return log_density

    def grid(self) -> Grid:
        log_sf = scipy.special.log_ndtr(-column(FINE_SCORES, self.batch_shape))
        log_y = log1mexp(-log_sf / self.concentration0) / self.concentration1
        bends = -np.exp(column(-LOGITS, self.batch_shape)) / self.concentration1
        further = between(np.exp(bends), -np.expm1(bends), 0.0, 1.0, np.full(len(bends), np.nan))
        return joined(
            between(np.exp(log_y), -np.expm1(log_y), 0.0, 1.0, FINE_SCORES),
            further.where(amid(bends, log_y, FINE_SCORES)),
        )

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        a, b = params
        xp = namespace(a)
        w = -a * xp.log(y)
        far = w > _FAR
        rest = -log1mexp(w)
        log_h = xp.log(b) + xp.where(far, -w, xp.log(xp.where(far, 1.0, rest)))
        h = xp.where(far, xp.exp(log_h), b * rest)  # P(Y > y) = exp(-h)
        tiny = log_h < -40.0
        log_cdf = xp.where(tiny, log_h, log1mexp(xp.where(tiny, 1.0, h)))

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            q = _w_over_expm1(w)[0]
            g = _w_over_expm1(xp.where(tiny, 0.0, h))[0]
            slope = xp.where(far, w, q / xp.where(far, 1.0, rest))  # -d log h / d log a
            d = d_log_cdf * g - d_log_sf * h  # to log h
            return -d * slope / a, d / b

        return log_cdf, -h, backward

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return np.exp(self._log_sf(y))

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return -np.expm1(self._log_sf(y))

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return np.exp(log1mexp(-np.log1p(-q) / self.concentration0) / self.concentration1)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return np.exp(log1mexp(-np.log(q) / self.concentration0) / self.concentration1)

    def _mean(self) -> np.ndarray:
        return _mean(self.concentration1, self.concentration0)

    def _var(self) -> np.ndarray:
        # With Y = σ(x)^(1/a): by quadrature in x, since the difference of the moments cancels for a large a or b.
        a, (weights, log_v, _) = self.concentration1, _nodes(np.broadcast_to(self.concentration0, self.batch_shape))
        y = np.where(a < 1.0, np.exp(log_v / a), np.expm1(log_v / a))  # less 1 where it is close to 1
        values = (weights * (y - (weights * y).sum(0)) ** 2).sum(0)
        mean, square = _mean(a, self.concentration0), _mean(0.5 * a, self.concentration0)
        return np.where((a < _WIDE) | (mean * mean < 0.5 * square), square - mean * mean, values)

    def _mode(self) -> np.ndarray:
        a, b = self.concentration1, self.concentration0
        inside = np.exp((np.log(a - 1.0) - np.log(a * b - 1.0)) / a)
        return np.where((a > 1.0) & (b > 1.0), inside, a > b)  # else the higher of the two ends

    def _entropy(self) -> np.ndarray:
        a, b = self.concentration1, self.concentration0
        harmonic = scipy.special.digamma(b + 1.0) + np.euler_gamma
        return (1.0 - 1.0 / b) + (1.0 - 1.0 / a) * harmonic - np.log(a) - np.log(b)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Kumaraswamy):
            return super()._kl_divergence(other)
        both = (d.concentration1 for d in (self, other)), (d.concentration0 for d in (self, other))
        a, a2, b, b2 = np.broadcast_arrays(*both[0], *both[1])
        weights, log_v, log_rest = _nodes(b)
        moved = (a - a2) * log_v / a + (b - 1.0) * log_rest - (b2 - 1.0) * log1mexp(-a2 / a * log_v)
        return np.log(a / a2) + np.log(b / b2) + (weights * moved).sum(0)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # E|Y - y| by partial expectations; the smaller of two draws is Kumaraswamy(a, 2b).
        a, b = self.concentration1, self.concentration0
        inside = np.clip(y, 0.0, 1.0)
        log_v = a * np.log(inside)
        partial = self._mean() * incomplete_beta(1.0 + 1.0 / a, b, np.exp(log_v), -np.expm1(log_v))
        return y * (2.0 * self._cdf(inside) - 1.0) - 2.0 * partial + _mean(a, 2.0 * b)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        x = rng.standard_exponential(shape) / self.concentration0
        return np.exp(log1mexp(x) / self.concentration1)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return estimates of both parameters from the mean and variance of log y over the first axis of y."""
        log_y = np.log(y)
        mean = np.average(log_y, axis=0, weights=weight)
        var = np.maximum(np.average((log_y - mean) ** 2, axis=0, weights=weight), 1e-12 * mean**2)
        # -a log Y has the mean ψ(1+b) - ψ(1) and the variance ψ'(1) - ψ'(1+b): mean²/var grows with b alone.
        b = np.geomspace(1e-3, 1e6, 200)
        sums = scipy.special.digamma(1.0 + b) - scipy.special.digamma(1.0)
        ratio = sums**2 / (scipy.special.polygamma(1, 1.0) - scipy.special.polygamma(1, 1.0 + b))
        b = np.exp(np.interp(np.log(mean**2 / var), np.log(ratio), np.log(b)))
        return (scipy.special.digamma(1.0 + b) - scipy.special.digamma(1.0)) / -mean, b


def _w_over_expm1(w: Array) -> tuple[Array, Array]:
    """Return q = w / (exp(w) - 1) for w ≥ 0, and 1 - q without its cancellation near 0."""
    xp = namespace(w)
    safe = xp.clip(w, 1e-300, 500.0)
    t = xp.expm1(safe)
    return safe / t, -log1pmx(t) / t


def _mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return Γ(1 + 1/a) Γ(1 + b) / Γ(1 + b + 1/a), by Stirling's formula for the larger one of 1/a and b."""
    small, large = np.minimum(1.0 / a, b), 1.0 + np.maximum(1.0 / a, b)
    ratio = small / large
    rising = small * np.log(large + small) + large * log1pmx(ratio) - 0.5 * np.log1p(ratio)
    return np.exp(scipy.special.gammaln(1.0 + small) - rising - stirling_error(large + small) + stirling_error(large))


def _nodes(b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the probability that each node stands for, and log yᵃ and log(1 - yᵃ) there: of σ(x) = yᵃ."""
    middle = -np.log(np.maximum(b, 1.0))
    x, dx = sinh_nodes(middle, np.pi / 2.0, middle - 45.0, 45.0 / np.minimum(b, 1.0))
    log_v, log_rest = -np.logaddexp(0.0, -x), -np.logaddexp(0.0, x)
    return b * np.exp(log_v + b * log_rest) * dx, log_v, log_rest
