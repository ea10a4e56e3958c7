"""The inverse Gaussian (Wald) distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace, never, over_nodes
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.divergences import itakura_saito
from likelinet.distributions.numerics.grids import BENDS, SCORES, Grid, column, extra, from_end, joined
from likelinet.distributions.numerics.root_finding import invert
from likelinet.distributions.numerics.special import hazard

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


class InverseGaussian(Univariate):
    r"""The inverse Gaussian distribution: of the time at which a Brownian motion with drift first reaches a level.

    .. math:: p(y) = \sqrt{\frac{\lambda}{2 \pi y^3}}
              \exp\left(-\frac{\lambda (y - \mu)^2}{2 \mu^2 y}\right), \qquad y > 0

    Parameters
    ----------
    loc : array_like
        Mean μ > 0, as in Pyro and TensorFlow Probability (torch has no such family). SciPy's ``invgauss`` has
        ``mu`` = μ/λ and ``scale`` = λ.
    concentration : array_like
        λ > 0: the variance is μ³/λ. Like the mean it scales with y.

    Raises
    ------
    ParameterError
        If a parameter is not a positive finite number.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), chapter 15; draws are by
    Michael, Schucany & Haas, *The American Statistician* 30(2), 1976.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.InverseGaussian(loc=2.0, concentration=4.0).var())
    2.0
    """

    parameters = (
        Parameter("loc", positive, role="scale", symbol="μ"),
        Parameter("concentration", positive, role="scale", symbol="λ"),
    )
    support = positive
    other_names = called("invgauss wald")
    purpose = "first passage times"
    temporaries = 4
    loc: np.ndarray
    concentration: np.ndarray

    def __init__(self, loc: ArrayLike, concentration: ArrayLike) -> None:
        self._set({"loc": loc, "concentration": concentration})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, concentration = params
        xp = namespace(loc)
        u = (y - loc) / loc
        half = 0.5 * u * (u / y)

        def backward(d: Array) -> tuple[Array, ...]:
            return -d * u * (concentration / loc) / loc, d * (half - 0.5 / concentration)

        return concentration * half + HALF_LOG_2PI - 0.5 * xp.log(concentration) + 1.5 * xp.log(y), backward

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        loc, concentration = params
        return symmetric(concentration / loc**3, 0.0, 0.5 / concentration**2)

    def log_density(self) -> LogDensity:
        loc, concentration = parameters_on(self, self.batch_shape)
        rate, log_norm = -0.5 * concentration, 0.5 * np.log(concentration) - HALF_LOG_2PI

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            u = y - loc
            u /= loc
            values = u / y
            values *= u
            values *= rate
            values += log_norm
            values -= 1.5 * np.log(y)
            return values

        return log_density

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        loc, concentration = params
        xp = namespace(loc)
        r = xp.sqrt(concentration) / xp.sqrt(y)  # their quotient may underflow
        z, far = r * ((y - loc) / loc), r * ((y + loc) / loc)
        # exp(2λ/μ) Φ(-far) = φ(z) M(far), with Mills' ratio M = (1 - Φ)/φ, since far² - z² = 4λ/μ. So
        # P(Y ≤ y) = φ(z) (M(-z) + M(far)), for z < 0, and P(Y > y) = φ(z) (M(z) - M(far)), for z not far below 0.
        near = xp.maximum(z, -0.5)
        mills_below, mills_near, mills_far = 1.0 / hazard(xp.stack([xp.maximum(-z, 0.0), near, far]))
        sum_, difference = mills_below + mills_far, _mills_difference(near, 2.0 * r, mills_near, mills_far)
        log_density = -0.5 * z * z - HALF_LOG_2PI
        log_cdf, log_sf = log_density + xp.log(sum_), log_density + xp.log(difference)
        below, above = z < 0.0, z > -0.5  # where the one, and the other, holds; else, or past ½, 1 less the other
        cdf, sf = xp.exp(xp.where(below, log_cdf, 0.0)), xp.exp(xp.where(above, log_sf, 0.0))
        from_sf, from_cdf = ~below | (above & (sf < 0.5)), ~above | (below & (cdf < 0.5))
        log_cdf = xp.where(from_sf, xp.log1p(-xp.where(from_sf, sf, 0.0)), log_cdf)
        log_sf = xp.where(from_cdf, xp.log1p(-xp.where(from_cdf, cdf, 0.0)), log_sf)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            # d cdf = 2 φ(z) (M(far) d(λ/μ) - dr)
            over_cdf = xp.where(from_sf, xp.exp(log_density - xp.where(from_sf, log_cdf, 0.0)), 1.0 / sum_)
            over_sf = xp.where(from_cdf, xp.exp(log_density - xp.where(from_cdf, log_sf, 0.0)), 1.0 / difference)
            d = d_log_cdf * over_cdf - d_log_sf * over_sf
            return -2.0 * d * mills_far * (concentration / loc) / loc, d * (2.0 * mills_far / loc - r / concentration)

        return log_cdf, log_sf, backward

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return invert(self, q, *self._around(-np.log(q), -np.log1p(-q)), upper=False)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return invert(self, q, *self._around(-np.log1p(-q), -np.log(q)), upper=True)

    def _around(self, below: np.ndarray, above: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return bounds of y with P(Y ≤ y) = exp(-below) and P(Y > y) = exp(-above), by Chernoff's inequality."""
        less, more = (self.loc / self.concentration * t for t in (below, above))
        return self.loc / (1.0 + less + np.sqrt(less * (less + 2.0))), self.loc * (
            1.0 + more + np.sqrt(more * (more + 2.0))
        )

    def grid(self) -> Grid:
        u = column(SCORES, self.batch_shape)
        less, more = self._around(*(np.where(s * u > 0.0, 0.5 * u * u, 0.0) for s in (-1.0, 1.0)))
        # Where λ is much less than μ, it has a power law from λ to μ²/λ.
        far = column(BENDS[len(BENDS) // 2 :], self.batch_shape)
        first = np.minimum(self.concentration * far, self.loc)
        last = np.maximum(self.loc / self.concentration * (self.loc / far[::-1]), self.loc)
        some = np.concatenate([first < self.loc, last > self.loc])
        some[len(first) - 1] = True  # μ itself is one, also where there is no power law
        bends = extra(np.concatenate([first, last]), np.full(self.batch_shape, np.inf)).where(some)
        return joined(from_end(np.where(u < 0.0, less, more)), bends)

    def _mean(self) -> np.ndarray:
        return self.loc

    def _var(self) -> np.ndarray:
        return self.loc**2 * (self.loc / self.concentration)

    def _mode(self) -> np.ndarray:
        m = 1.5 * self.loc / self.concentration
        return self.loc / (np.sqrt(1.0 + m * m) + m)

    def _entropy(self) -> np.ndarray:
        # E[log(Y/μ)] = -exp(x) E₁(x) with x = 2λ/μ; far out by its asymptotic series (DLMF 6.12.1).
        x = 2.0 * self.concentration / self.loc
        near, far = np.minimum(x, 50.0), np.maximum(x, 50.0)
        series = np.ones_like(far)
        for k in range(20, 0, -1):
            series = 1.0 - k / far * series
        mean_log = np.where(x < 50.0, -np.exp(near) * scipy.special.exp1(near), -series / far)
        return 0.5 + HALF_LOG_2PI + 1.5 * (np.log(self.loc) + mean_log) - 0.5 * np.log(self.concentration)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, InverseGaussian):
            return super()._kl_divergence(other)
        a, b = self.concentration, other.concentration
        shapes = itakura_saito((b - a) / a, np.log(b) - np.log(a))
        moved = other.concentration / self.loc * ((self.loc - other.loc) / other.loc) ** 2
        return 0.5 * (moved + shapes)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        # The smaller root of the two that give one χ², as a fraction of μ and without its cancellation.
        c = 0.5 * self.loc / self.concentration * rng.standard_normal(shape) ** 2
        root = 1.0 / (1.0 + c + np.sqrt(c * (c + 2.0)))
        return self.loc * np.where(rng.random(shape) * (1.0 + root) <= 1.0, root, 1.0 / root)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (loc, concentration), over the first axis of y; finite for any y."""
        loc = np.average(y, axis=0, weights=weight)
        excess = np.average((y - loc) / loc * ((y - loc) / y), axis=0, weights=weight)  # E[μ/Y] - 1 = μ/λ
        return loc, loc / np.clip(excess, 1e-6, 1e6)


def _mills_difference(z: Array, step: Array, mills: Array, mills_far: Array) -> Array:
    """Return M(z) - M(z + step), for z ≥ -0.5 and step > 0, of Mills' ratio M(z) = ∫ exp(-zs - s²/2) ds over s > 0.

    Over a short step, where the two would cancel, by that integral of their difference; its range is in units of w,
    with w² + zw = 1, in which it has about the same shape for every z.
    """
    xp = namespace(z)
    w = 2.0 / (z + xp.sqrt(z * z + 4.0))
    short = step * w < 1.0
    if never(short):
        return mills - mills_far
    w2, narrow = w * w, xp.where(short, step * w, 1.0)
    end = 76.0 / (1.0 - w2 + xp.sqrt((1.0 - w2) ** 2 + 76.0 * w2))  # there the exponent is -38
    nodes, weights = (xp.asarray(0.5 * a.reshape((-1,) + (1,) * z.ndim)) for a in (1.0 + _NODES, _WEIGHTS))
    v = nodes * end
    total = -over_nodes(weights * xp.exp(-(1.0 - w2) * v - 0.5 * w2 * v * v) * xp.expm1(-narrow * v))
    return xp.where(short, w * end * total, mills - mills_far)
