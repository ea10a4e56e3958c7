"""Families of Y = loc + scale · Z: a family writes the maths of the standardised Z alone."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.distributions.base.other_objectives import symmetric
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.standardised import Standardised
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.grids import Grid, column, on_line
from likelinet.distributions.numerics.short_tails import ShortTails

Slopes = Callable[[], tuple[Array, Array]]


class LocationScale(Standardised, Univariate):
    """Y = loc + scale · Z with a fixed Z; the chain rule, and what scaling does, stand here once.

    A family gives `_standard_loss`, `_standard_tails`, `_standard_ppf`, `_standard_crps`, the constants of Z and
    `_sample`; if Z is not symmetric also `_standard_isf`.
    """

    parameters = (Parameter("loc", role="location", symbol="μ"), Parameter("scale", positive, role="scale", symbol="σ"))
    loc: np.ndarray
    scale: np.ndarray
    _log_norm: ClassVar[float] = 0.0  # log of the integral of exp(-_standard_loss)
    _standard_mean: ClassVar[float] = 0.0
    _standard_var: ClassVar[float]
    _standard_entropy: ClassVar[float]
    _standard_difference: ClassVar[float]  # E|Z - Z'|
    _standard_information: ClassVar[tuple[float, float, float]]  # of loc; of both; of scale

    def __init__(self, loc: ArrayLike, scale: ArrayLike) -> None:
        self._set({"loc": loc, "scale": scale})

    # ---- what a family gives of Z ----------------------------------------------------------------------------

    @staticmethod
    @abstractmethod
    def _standard_loss(z: Array) -> tuple[Array, Slopes]:
        """Return -log p(z) less `_log_norm`, as an array of its own, and what gives its slope s and 1 - z s."""

    @staticmethod
    @abstractmethod
    def _standard_tails(z: Array) -> tuple[Array, Array, Slopes]:
        """Return log F, log (1 - F), and what gives p / F and p / (1 - F)."""

    @abstractmethod
    def _standard_ppf(self, q: np.ndarray) -> np.ndarray: ...

    def _standard_isf(self, q: np.ndarray) -> np.ndarray:
        return -self._standard_ppf(q)

    @staticmethod
    @abstractmethod
    def _standard_crps(z: Array) -> Array:
        """Return the CRPS of Z at z."""

    # ---- what follows of Y -----------------------------------------------------------------------------------

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, scale = params
        values, slopes = cls._standard_loss((y - loc) / scale)
        values += namespace(values).log(scale)
        if cls._log_norm:
            values += cls._log_norm

        def backward(d: Array) -> tuple[Array, ...]:
            s, (by_z, by_log_scale) = d / scale, slopes()
            return -s * by_z, s * by_log_scale

        return values, backward

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        loc, scale = params
        z = (y - loc) / scale
        log_cdf, log_sf, rates = cls._standard_tails(z)

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            cdf_rate, sf_rate = rates()
            s = (d_log_sf * sf_rate - d_log_cdf * cdf_rate) / scale
            return s, s * z

        return log_cdf, log_sf, backward

    @classmethod
    def mean_and_variance(cls, params: tuple[Array, ...]) -> tuple[Array, Array]:
        if np.isnan(cls._standard_var):
            return super().mean_and_variance(params)
        loc, scale = params
        return loc + cls._standard_mean * scale, cls._standard_var * scale**2

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        loc, scale = params
        precision = scale**-2.0 + 0.0 * loc
        return symmetric(*(precision * entry for entry in cls._standard_information))

    @classmethod
    def crps_loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, scale = params
        z = (y - loc) / scale
        values = cls._standard_crps(z)

        def backward(d: Array) -> tuple[Array, ...]:
            log_cdf, log_sf, _ = cls._standard_tails(z)
            slope = namespace(z).exp(log_cdf) - namespace(z).exp(log_sf)  # of the CRPS of any Z: F² - (1 - F)²
            return -d * slope, d * (values - z * slope)

        return scale * values, backward

    @classmethod
    def _standard_values(cls, z: np.ndarray) -> np.ndarray:
        """Return the values of the loss of Z alone; z may be overwritten."""
        return cls._standard_loss(z)[0]

    def log_density(self) -> LogDensity:
        loc, scale = parameters_on(self, self.batch_shape)
        log_norm = np.log(scale) + self._log_norm

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            z = y - loc
            z /= scale
            values = self._standard_values(z)
            values += log_norm
            return np.negative(values, out=values)

        return log_density

    def grid(self) -> Grid:
        q = scipy.special.ndtr(-np.abs(self.scores))
        half = len(q) // 2
        z = np.concatenate([self._standard_ppf(q[:half]), self._standard_isf(q[half:])])
        y = self.loc + self.scale * column(z, self.batch_shape)
        return on_line(y, scores=self.scores)

    def _as_short_tails(self, sf: Callable[[np.ndarray], np.ndarray], reach: float) -> list[ShortTails]:
        """Return the `short_tails` of a symmetric Z with P(Z > z) = sf(z), of which next to nothing is past `reach`."""
        loc, scale = (a[..., None] for a in parameters_on(self, self.batch_shape))
        return [ShortTails(sf, reach, loc, scale, np.ones(loc.shape))]

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.loc + self.scale * self._standard_ppf(q)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self.loc + self.scale * self._standard_isf(q)

    def _mean(self) -> np.ndarray:
        return self.loc + self._standard_mean * self.scale

    def _var(self) -> np.ndarray:
        return self._standard_var * self.scale**2

    def _mode(self) -> np.ndarray:
        return self.loc

    def _entropy(self) -> np.ndarray:
        return self._standard_entropy + np.log(self.scale)

    def _crps_of_z(self, z: np.ndarray) -> np.ndarray:
        return self._standard_crps(z)

    def _gini_mean_difference(self) -> np.ndarray:
        return self._standard_difference * self.scale
