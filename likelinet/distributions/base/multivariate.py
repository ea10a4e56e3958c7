"""Families whose y is a vector: the base owns batching, checks and the view of each output by itself."""

from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array
from likelinet.core.errors import DataError, UndefinedError
from likelinet.distributions.base.by_rows import in_blocks, in_small_blocks, sample_in_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.base.passed_on import PassedOn
from likelinet.distributions.base.shapes import Rng, generator_of, parameters_on, shape_of


class Multivariate(PassedOn):
    """One vector per row, whose entries depend on one another; `support` is that of each entry.

    Joint quantities (log_prob, nll, entropy, kl_divergence, sample, mode) are those of the vector. cdf, quantiles,
    interval, crps, mean and var are those of each entry by itself, and have shape batch_shape + event_shape, as for
    `Independent`. A family gives `loss`, `marginals`, `_inside`, `_mode`, `_sample`, `_entropy` and `_kl_divergence`.
    """

    y = "vector"
    of_outputs = True

    @classmethod
    @abstractmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return -log p(y) and the function that maps its gradient to those of the parameters.

        This is the loss of training, written once for every engine: pure, without branches on data.
        """

    @abstractmethod
    def marginals(self) -> Distribution:
        """Return the distribution of each entry by itself, of batch shape batch_shape + event_shape."""

    @abstractmethod
    def covariance(self) -> np.ndarray:
        """Return the covariance matrices, shape batch_shape + (d, d)."""

    # ---- hooks -----------------------------------------------------------------------------------------------

    @abstractmethod
    def _inside(self, y: np.ndarray) -> np.ndarray:
        """Return whether each vector y, shape (..., d), lies in the support."""

    @abstractmethod
    def _mode(self) -> np.ndarray: ...

    @abstractmethod
    def _entropy(self) -> np.ndarray: ...

    @abstractmethod
    def _kl_divergence(self, other: "Multivariate") -> np.ndarray:
        """Return the divergence from `other`, which is of the same class and event shape."""

    @abstractmethod
    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Return draws of shape `shape` + event_shape."""

    # ---- the public methods ----------------------------------------------------------------------------------

    @in_blocks
    def log_prob(self, y: ArrayLike) -> np.ndarray:
        y = self._seen(y)
        try:
            shape = np.broadcast_shapes(self.batch_shape, y.shape[:-1])
        except ValueError:
            raise DataError(
                f"{type(self).__name__}: y of shape {y.shape} does not go with batch_shape {self.batch_shape} and "
                f"event_shape {self.event_shape}."
            ) from None
        inside = np.broadcast_to(self._inside(y), shape)
        with np.errstate(all="ignore"):
            values = -self.loss(parameters_on(self, shape), np.where(inside[..., None], y, 1.0))[0]
        return np.where(inside, values, np.where(np.isnan(y).any(-1), np.nan, -np.inf))[()]

    @in_small_blocks
    def mode(self) -> np.ndarray:
        return np.broadcast_to(self._mode(), self.batch_shape + self.event_shape).copy()

    @in_small_blocks
    def entropy(self) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.broadcast_to(self._entropy(), self.batch_shape).copy()[()]

    @in_small_blocks
    def kl_divergence(self, other: Distribution) -> np.ndarray:
        if type(other) is not type(self) or other.event_shape != self.event_shape:
            name = type(self).__name__
            raise UndefinedError(f"kl_divergence of a {name} needs another {name} of event_shape {self.event_shape}.")
        assert isinstance(other, Multivariate)
        with np.errstate(all="ignore"):
            return np.maximum(self._kl_divergence(other), 0.0)[()]

    @sample_in_blocks
    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        shape = shape_of(sample_shape) + self.batch_shape
        return np.asarray(self._sample(shape, generator_of(rng)), dtype=np.float64)

    # ---- for the families ------------------------------------------------------------------------------------

    def _answering(self) -> Distribution:
        return self.marginals()

    def _seen(self, y: ArrayLike) -> np.ndarray:
        y = self._numbers(y)
        if y.shape[-1:] != self.event_shape:
            raise DataError(
                f"{type(self).__name__}: y has shape {y.shape} but each y has {self.event_shape[0]} entries on the "
                "last axis."
            )
        return y
