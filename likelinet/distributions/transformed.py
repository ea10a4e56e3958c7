"""A distribution seen through an increasing map of y."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from likelinet.distributions.base import Distribution, Rng
from likelinet.domains import Domain
from likelinet.errors import ParameterError, UndefinedError


@dataclass(frozen=True)
class Affine:
    """The map y = loc + scale · x, with scale > 0.

    Parameters
    ----------
    loc, scale : array_like
        Shapes broadcast with the batch of the distribution; `scale` is positive.

    Raises
    ------
    ParameterError
        If `scale` is not a positive finite number.

    Examples
    --------
    >>> float(Affine(1.0, 2.0).forward(3.0))
    7.0
    """

    loc: ArrayLike
    scale: ArrayLike

    def __post_init__(self) -> None:
        if not (
            np.all(np.asarray(self.scale) > 0.0) and np.all(np.isfinite(self.scale)) and np.all(np.isfinite(self.loc))
        ):
            raise ParameterError("Affine: loc must be finite and scale positive and finite.")

    def forward(self, x: ArrayLike) -> np.ndarray:
        """Return y."""
        return np.asarray(self.loc) + np.asarray(self.scale) * np.asarray(x)

    def inverse(self, y: ArrayLike) -> np.ndarray:
        """Return x."""
        return (np.asarray(y) - np.asarray(self.loc)) / np.asarray(self.scale)

    def same(self, other: "Affine") -> bool:
        """Return whether `other` is the same map."""
        return bool(np.all(np.equal(self.loc, other.loc)) and np.all(np.equal(self.scale, other.scale)))


class Transformed(Distribution):
    r"""The distribution of y = loc + scale · x, with x from `base`.

    .. math:: \log p(y) = \log p_x\left(\frac{y - a}{b}\right) - \log b

    Parameters
    ----------
    base : Distribution
        A univariate, continuous distribution.
    transform : Affine
        The map.

    Raises
    ------
    UndefinedError
        From methods that `base` does not have.

    References
    ----------
    ``torch.distributions.TransformedDistribution`` has the same meaning.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Transformed(ll.Gamma(2.0, 1.0), ll.Affine(10.0, 3.0))
    >>> float(d.mean()), float(d.std().round(4))
    (16.0, 4.2426)
    """

    def __init__(self, base: Distribution, transform: Affine) -> None:
        if base.event_shape or base.support.integer:
            raise ParameterError(
                "Transformed: base must be a continuous distribution of one output; for several, transform inside "
                "Independent."
            )
        self.base, self.transform = base, transform
        self.batch_shape = np.broadcast_shapes(base.batch_shape, np.shape(transform.loc), np.shape(transform.scale))
        ends = np.asarray([np.min(transform.forward(base.support.low)), np.max(transform.forward(base.support.high))])
        self.support = Domain(f"a number between {ends[0]} and {ends[1]}", ends[0], ends[1], base.support.closed)

    def log_prob(self, y: ArrayLike) -> np.ndarray:
        return self.base.log_prob(self._inverse(y)) - np.log(self.transform.scale)

    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self.base.cdf(self._inverse(y))

    def sf(self, y: ArrayLike) -> np.ndarray:
        return self.base.sf(self._inverse(y))

    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        return self.base.log_cdf(self._inverse(y))

    def log_sf(self, y: ArrayLike) -> np.ndarray:
        return self.base.log_sf(self._inverse(y))

    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self.transform.forward(self.base.ppf(q))

    def isf(self, q: ArrayLike) -> np.ndarray:
        return self.transform.forward(self.base.isf(q))

    def mean(self) -> np.ndarray:
        return self.transform.forward(self.base.mean())

    def var(self) -> np.ndarray:
        return self._full(self.base.var() * np.asarray(self.transform.scale) ** 2)

    def mode(self) -> np.ndarray:
        return self.transform.forward(self.base.mode())

    def entropy(self) -> np.ndarray:
        return self._full(self.base.entropy() + np.log(self.transform.scale))

    def kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Transformed) or not self.transform.same(other.transform):
            raise UndefinedError("kl_divergence of a Transformed needs another one with the same transform.")
        return self._full(self.base.kl_divergence(other.base))

    def crps(self, y: ArrayLike) -> np.ndarray:
        return self.base.crps(self._inverse(y)) * np.asarray(self.transform.scale)

    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        return self.transform.forward(self._full_base().sample(sample_shape, rng))

    def _map(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        affine = Affine(f(np.asarray(self.transform.loc), 0), f(np.asarray(self.transform.scale), 0))
        return Transformed(self.base._map(f), affine)

    def _full(self, value: np.ndarray) -> np.ndarray:
        return np.broadcast_to(value, np.broadcast_shapes(np.shape(value), self.batch_shape)).copy()[()]

    def _full_base(self) -> Distribution:
        """Return the base broadcast to the whole batch, so that every row gets draws of its own."""

        def broadcast(a: np.ndarray, event_ndim: int) -> np.ndarray:
            return np.broadcast_to(a, self.batch_shape + a.shape[a.ndim - event_ndim :])

        return self.base._map(broadcast)

    def _inverse(self, y: ArrayLike) -> np.ndarray:
        return self.transform.inverse(self._observed(y))

    def __repr__(self) -> str:
        return f"Transformed({self.base!r}, {self.transform!r})"
