"""The logistic distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace, softplus_and_sigmoid
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.estimates import deviation, quantile


class Logistic(Univariate):
    r"""The logistic distribution: its cdf is the sigmoid function.

    .. math:: p(y) = \frac{e^{-z}}{\sigma (1 + e^{-z})^2}, \qquad z = \frac{y - \mu}{\sigma}

    Parameters
    ----------
    loc : array_like
        Mean and median μ, any finite number.
    scale : array_like
        Scale σ > 0, as in SciPy and NumPyro; the standard deviation is σ π / √3.

    Raises
    ------
    ParameterError
        If `scale` is not positive or a value is not finite.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 2 (1995), chapter 23; the CRPS is from
    Jordan, Krüger & Lerch, *J. Stat. Software* 90(12), 2019.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.Logistic(loc=1.0, scale=2.0).cdf(3.0).round(4))
    0.7311
    """

    purpose = "slightly heavier tails"
    parameters = (Parameter("loc", role="location", symbol="μ"), Parameter("scale", positive, role="scale", symbol="σ"))
    loc: np.ndarray
    scale: np.ndarray

    def __init__(self, loc: ArrayLike, scale: ArrayLike) -> None:
        self._set({"loc": loc, "scale": scale})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, scale = params
        xp = namespace(scale)
        z = (y - loc) / scale
        distance = xp.abs(z)

        def backward(d: Array) -> tuple[Array, ...]:
            s, slope = d / scale, xp.tanh(0.5 * z)
            return -s * slope, s * (1.0 - z * slope)

        return distance + 2.0 * xp.log1p(xp.exp(-distance)) + xp.log(scale), backward

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        loc, scale = params
        z = (y - loc) / scale
        minus_log_sf, cdf = softplus_and_sigmoid(z)
        minus_log_cdf, sf = softplus_and_sigmoid(-z)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            s = (d_log_sf * cdf - d_log_cdf * sf) / scale
            return s, s * z

        return -minus_log_cdf, -minus_log_sf, backward

    def _z(self, y: np.ndarray) -> np.ndarray:
        return (y - self.loc) / self.scale

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.loc + self.scale * scipy.special.logit(q)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self.loc - self.scale * scipy.special.logit(q)

    def _mean(self) -> np.ndarray:
        return self.loc

    def _var(self) -> np.ndarray:
        return (np.pi * self.scale) ** 2 / 3.0

    def _mode(self) -> np.ndarray:
        return self.loc

    def _entropy(self) -> np.ndarray:
        return 2.0 + np.log(self.scale)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        distance = np.abs(self._z(y))
        return self.scale * (distance + 2.0 * np.log1p(np.exp(-distance)) - 1.0)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return rng.logistic(self.loc, self.scale, shape)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return (loc, scale) over the first axis of y, from its median and mean absolute deviation: a start."""
        loc = quantile(y, weight, 0.5)
        return loc, deviation(y, weight, loc) / (2.0 * np.log(2.0))
