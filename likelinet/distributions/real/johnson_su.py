"""Johnson's SU distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace, special
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.estimates import median_and_quartiles
from likelinet.distributions.numerics.grids import BENDS, SCORES, Grid, column, with_bends
from likelinet.distributions.numerics.sinh_nodes import sinh_nodes
from likelinet.distributions.numerics.special import hazard

_STEPS = 60  # of Newton's method for the mode, which needs about ten
_NORMAL_QUARTILE = 0.6744897501960817  # the upper one
_START = 2.0  # δ from which training starts: tails somewhat heavier than Gaussian


class JohnsonSU(Univariate):
    r"""Johnson's SU distribution: skewed, with tails heavier than Gaussian; y is the sinh of a Gaussian.

    .. math:: p(y) = \frac{\delta}{\sigma \sqrt{2\pi (1 + x^2)}} e^{-z^2/2}, \qquad
              z = \gamma + \delta \operatorname{arsinh} x, \qquad x = \frac{y - \mu}{\sigma}

    Parameters
    ----------
    skewness : array_like
        γ, any finite number; a positive one skews to the left. SciPy's ``a``.
    tailweight : array_like
        δ > 0: the smaller, the heavier the tails. SciPy's ``b``. Both names are those of TensorFlow Probability.
    loc : array_like
        Location μ; not the mean, unless γ = 0.
    scale : array_like
        Scale σ > 0; not the standard deviation.

    Raises
    ------
    ParameterError
        If `tailweight` or `scale` is not positive or a value is not finite.

    References
    ----------
    Johnson, *Biometrika* 36, 1949; Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994),
    section 12.4.3.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.JohnsonSU(skewness=-1.0, tailweight=2.0, loc=0.0, scale=1.0).median().round(4))
    0.5211
    """

    other_names = called("johnsonsu")
    purpose = "skewed, heavy tails"
    parameters = (
        Parameter("skewness", symbol="γ"),
        Parameter("tailweight", positive, symbol="δ"),
        Parameter("loc", role="location", symbol="μ"),
        Parameter("scale", positive, role="scale", symbol="σ"),
    )
    skewness: np.ndarray
    tailweight: np.ndarray
    loc: np.ndarray
    scale: np.ndarray

    def __init__(self, skewness: ArrayLike, tailweight: ArrayLike, loc: ArrayLike, scale: ArrayLike) -> None:
        self._set({"skewness": skewness, "tailweight": tailweight, "loc": loc, "scale": scale})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        skewness, tailweight, loc, scale = params
        xp = namespace(loc)
        x = (y - loc) / scale
        root = xp.hypot(x, xp.ones_like(x))  # √(1 + x²), where x² would overflow too
        u = xp.arcsinh(x)
        z = skewness + tailweight * u
        values = 0.5 * z * z + xp.log(root) + xp.log(scale) - xp.log(tailweight) + HALF_LOG_2PI

        def backward(d: Array) -> tuple[Array, ...]:
            s, pull = d / scale, z * tailweight
            by_scale = 1.0 / root / root - pull * (x / root)
            return d * z, d * (z * u - 1.0 / tailweight), -s * ((pull + x / root) / root), s * by_scale

        return values, backward

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        skewness, tailweight, loc, scale = params
        xp = namespace(loc)
        x = (y - loc) / scale
        u = xp.arcsinh(x)
        z = skewness + tailweight * u
        log_ndtr = special(z).log_ndtr

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            dz = d_log_cdf * hazard(-z) - d_log_sf * hazard(z)
            root = xp.hypot(x, xp.ones_like(x))
            s = dz * tailweight / scale
            return dz, dz * u, -s / root, -s * (x / root)

        return log_ndtr(z), log_ndtr(-z), backward

    def log_density(self) -> LogDensity:
        skewness, tailweight, loc, scale = parameters_on(self, self.batch_shape)
        log_norm = np.log(tailweight) - np.log(scale) - HALF_LOG_2PI

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            square = y - loc
            square /= scale
            u = np.arcsinh(square)
            square *= square
            log_slope = np.log1p(square, out=square)  # log(1 + x²)
            far = ~(log_slope < np.inf)
            if far.any():
                log_slope[far] = 2.0 * np.abs(u[far]) - np.log(4.0)
            u *= tailweight
            u += skewness
            u *= u
            u += log_slope
            u *= -0.5
            u += log_norm
            return u

        return log_density

    def grid(self) -> Grid:
        y = self._from_gaussian(column(SCORES, self.batch_shape))
        bends = self.loc + self.scale * column(BENDS, self.batch_shape)
        return with_bends(y, self.loc, self.scale, bends, self.tailweight < 1.0)

    def _from_gaussian(self, z: np.ndarray) -> np.ndarray:
        return self.loc + self.scale * np.sinh((z - self.skewness) / self.tailweight)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self._from_gaussian(scipy.special.ndtri(q))

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self._from_gaussian(-scipy.special.ndtri(q))

    def _mean(self) -> np.ndarray:
        shift = np.exp(0.5 / self.tailweight**2) * np.sinh(self.skewness / self.tailweight)
        return self.loc - self.scale * np.where(self.skewness == 0.0, 0.0, shift)  # the first factor may be infinite

    def _var(self) -> np.ndarray:
        r = 1.0 / self.tailweight**2
        return 0.5 * self.scale**2 * np.expm1(r) * (np.exp(r) * np.cosh(2.0 * self.skewness / self.tailweight) + 1.0)

    def _mode(self) -> np.ndarray:
        # With x = sinh u, log p is highest where g = δγ + δ²u + tanh u is 0; Newton's steps from u = 0 never overshoot.
        u = np.zeros(self.batch_shape)
        for _ in range(_STEPS):
            g = self.tailweight * (self.skewness + self.tailweight * u) + np.tanh(u)
            u = u - g / (self.tailweight**2 + np.cosh(u) ** -2.0)
        return self.loc + self.scale * np.sinh(u)

    def _entropy(self) -> np.ndarray:
        # That of the Gaussian Z, and E[log dy/dz] with y = sinh((Z - γ) / δ): log cosh has its poles at γ ± iδπ/2, ….
        skewness, tailweight = np.broadcast_arrays(self.skewness, self.tailweight)
        z, dz = sinh_nodes(np.clip(skewness, -9.0, 9.0), np.minimum(0.5 * np.pi * tailweight, 10.0), -9.0, 9.0)
        u = np.abs(z - skewness) / tailweight
        log_cosh = u + np.log1p(np.exp(-2.0 * u)) - np.log(2.0)
        log_slope = (dz * np.exp(-0.5 * z * z - HALF_LOG_2PI) * log_cosh).sum(0)
        return 0.5 + HALF_LOG_2PI + log_slope + np.log(self.scale) - np.log(tailweight)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self._from_gaussian(rng.standard_normal(shape))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return (0, tailweight, loc, scale) over the first axis of y, by its median and quartiles: a start."""
        loc, half = median_and_quartiles(y, weight)
        return np.zeros_like(loc), np.full_like(loc, _START), loc, half / np.sinh(_NORMAL_QUARTILE / _START)
