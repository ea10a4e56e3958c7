"""Distributions of one number, families and wrappers: what both do around their maths stands here once."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from likelinet.distributions.base.by_rows import in_small_blocks, sample_in_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.operands import check_same_kind
from likelinet.distributions.base.shapes import Rng, generator_of, shape_of
from likelinet.distributions.numerics import quadrature


class OneNumber(Distribution):
    """One real or whole number per row: the public methods check, go over row blocks, and call a hook.

    The defaults of hooks are integrals, to be replaced where a closed form is known or a relation is exact.
    """

    _sees_to_support = True

    # ---- hooks -----------------------------------------------------------------------------------------------

    @abstractmethod
    def _mean(self) -> np.ndarray: ...

    @abstractmethod
    def _var(self) -> np.ndarray: ...

    @abstractmethod
    def _mode(self) -> np.ndarray: ...

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Return draws of this shape, whose last axes are those of the batch: by inversion."""
        return self.ppf(1.0 - rng.random(shape))  # of q in (0, 1]

    def _entropy(self) -> np.ndarray:
        return quadrature.entropy(self)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        return quadrature.kl_divergence(self, other)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        return quadrature.crps(self, y)

    def _gini_mean_difference(self) -> np.ndarray:
        median = self.ppf(0.5)
        return quadrature.gini_mean_difference(quadrature.mean_deviation(self, median), self.crps(median))

    # ---- the public methods ----------------------------------------------------------------------------------

    @in_small_blocks
    def mean(self) -> np.ndarray:
        with np.errstate(all="ignore"):
            return self._full(self._mean())

    @in_small_blocks
    def var(self) -> np.ndarray:
        with np.errstate(all="ignore"):
            return self._full(self._var())

    @in_small_blocks
    def mode(self) -> np.ndarray:
        with np.errstate(all="ignore"):
            return self._full(self._mode())

    @in_small_blocks
    def entropy(self) -> np.ndarray:
        with np.errstate(all="ignore"):
            return self._full(self._entropy())

    @in_small_blocks
    def kl_divergence(self, other: Distribution) -> np.ndarray:
        check_same_kind(self, other)
        with np.errstate(all="ignore"):
            return np.maximum(self._kl_divergence(other), 0.0)[()]  # of two that are equal, rounding errors remain

    @in_small_blocks
    def crps(self, y: ArrayLike) -> np.ndarray:
        y = self._numbers(y)
        shape = self._shape_with(y)
        return at_finite(self._crps, y, shape)

    @in_small_blocks
    def gini_mean_difference(self) -> np.ndarray:
        with np.errstate(all="ignore"):
            return self._full(self._gini_mean_difference())

    @sample_in_blocks
    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        with np.errstate(all="ignore"):
            drawn = self._sample(shape_of(sample_shape) + self.batch_shape, generator_of(rng))
        # An end that does not belong to the support is none of its values, wherever rounding leads; an atom there is.
        low, high = self.row_bounds()
        drawn = np.asarray(drawn, dtype=np.float64)
        inside = replace(self.support, low=low, high=high).inner(drawn)  # type: ignore[reportArgumentType]
        return (np.where(np.isin(drawn, self.atoms), drawn, inside) if self.atoms else inside)[()]

    def _full(self, value: ArrayLike) -> np.ndarray:
        return np.broadcast_to(value, self.batch_shape).copy()[()]


def at_finite(crps: Callable[[np.ndarray], np.ndarray], y: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return a score of y that is infinite where y is, and elsewhere what `crps` says."""
    far = np.isinf(y)
    if far.all():
        return np.full(shape, np.inf)[()]
    with np.errstate(all="ignore"):
        values = crps(np.where(far, 0.0, y) if far.any() else y)
        return np.where(far, np.inf, np.broadcast_to(values, shape))[()]
