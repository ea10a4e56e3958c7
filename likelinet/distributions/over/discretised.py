"""Whole numbers from a continuous distribution, by rounding."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace, never
from likelinet.core.domains import Domain
from likelinet.core.errors import ParameterError
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Standardisation
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.base.passed_on import TailsPassedOn
from likelinet.distributions.base.protocol import CUTS
from likelinet.distributions.over.family import WrapperFamily
from likelinet.distributions.over.wrapper import Wrapper

_ODD = 2.0**52  # from here on neighbouring floats are whole numbers apart


@dataclass(frozen=True)
class DiscretisedFamily(WrapperFamily):
    """A continuous family rounded to the nearest whole number.

    Parameters
    ----------
    base : Family
        The continuous family.
    """

    kind = "discretised"
    other_names = called("discretized rounded")
    of_densities = True
    keeps_density = False

    @property
    def support(self) -> Domain:
        low, high = _ends(self.base.support.low, self.base.support.high)
        finite = bool(np.isfinite(low)), bool(np.isfinite(high))
        return Domain(
            "a whole number" + (f" from {low:g}" if finite[0] else "") + (f" up to {high:g}" if finite[1] else ""),
            float(low),
            float(high),
            finite,
            integer=True,
        )

    @property
    def atoms(self) -> tuple[float, ...]:
        return ()

    @property
    def bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        return _ends(*self.base.bounds)

    def possible(self, y: np.ndarray) -> np.ndarray:
        low, high = self.bounds
        return (y >= low) & (y <= high) & (y == np.floor(y)) & np.isfinite(y)

    @property
    def standardisation(self) -> Standardisation:
        return "none"

    def floors(self, step: np.ndarray | float) -> tuple[np.ndarray | float, ...]:
        return (0.0,) * len(self.openings)  # a probability is bounded

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        large = namespace(y).abs(y) > _ODD
        if never(large):
            values, backward = self.base.log_interval(params, y - 0.5, y + 0.5)
            return -values, lambda d: backward(-d)
        return self._loss_of_large(large, params, y)

    def _loss_of_large(self, large: Array, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return the loss, by the density where neighbouring floats are whole numbers apart."""
        xp, inside = namespace(y), self.base.support.anchor
        near = xp.where(large, inside, y)
        values, backward = self.base.log_interval(params, near - 0.5, near + 0.5)
        dense, dense_backward = self.base.loss(params, xp.where(large, y, inside))

        def both(d: Array) -> tuple[Array, ...]:
            grads = dense_backward(xp.where(large, d, 0.0)), backward(xp.where(large, 0.0, -d))
            return tuple(a + b for a, b in zip(*grads, strict=True))

        return xp.where(large, dense, -values), both

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return self.base.log_interval(params, namespace(low).floor(low) + 0.5, namespace(high).floor(high) + 0.5)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Discretised(self.base.distribution(params))

    def has_density(self, y: np.ndarray) -> np.ndarray:
        return np.zeros(y.shape, dtype=bool)

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        base = self.base.support
        # Zero is where positive values below one half go.
        inside = np.where(base.contains(y), y, np.clip(y, base.low + 0.25, base.high - 0.25))
        return self.base.estimate(np.where(base.contains(inside), inside, base.anchor), weight)


class Discretised(TailsPassedOn, Wrapper):
    r"""The whole number nearest to X, for X from a continuous `base`.

    .. math:: P(Y = k) = P_0\left(k - \tfrac12 < X \le k + \tfrac12\right)

    Its values are those whole numbers that can be the nearest one: 0, 1, 2, … for a positive X, all for a real one.

    Parameters
    ----------
    base : Distribution
        A univariate, continuous distribution.

    Raises
    ------
    ParameterError
        If `base` is not a continuous distribution of one number.

    References
    ----------
    Chakraborty, *Journal of Statistical Distributions and Applications* 2, 2015: discrete analogues of continuous
    distributions.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Discretised(ll.Gaussian(2.0, 1.0))
    >>> float(d.cdf(2).round(4)), float(d.mean().round(4))
    (0.6915, 2.0)
    """

    purpose = "a continuous family, rounded"
    support_in_words = "the whole numbers next to that of its `base`"

    def __init__(self, base: Distribution) -> None:
        self._wrap(base)
        if base.support.integer:
            raise ParameterError(f"Discretised: base must be continuous, but {type(base).__name__} has whole numbers.")
        self._over(DiscretisedFamily(Closed(base)))

    def _answering(self) -> Distribution:
        return self.base

    def _seen(self, y: ArrayLike) -> np.ndarray:
        """Return the largest x that is rounded to y, or down to it."""
        return np.floor(self._values(y)) + 0.5

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        # An open lower end of the base that is half-way between two whole numbers is rounded up.
        low, high = self.base.endpoints()
        return np.floor(low - 0.5) + 1.0, np.ceil(high - 0.5)

    def _quantile(self, q: np.ndarray, upper: bool) -> np.ndarray:
        return self._least_count(q, upper)

    def _guess(self, q: np.ndarray, upper: bool) -> np.ndarray:
        return nearest(self.base.isf(q) if upper else self.base.ppf(q))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return nearest(self._sample_of(self.base, shape, rng))

    def peaks(self) -> np.ndarray:
        inner = nearest(self._peaks_of_base())
        return np.concatenate([inner - 1.0, inner, inner + 1.0], axis=-1)

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        return np.clip(nearest(self.base.quantile_grid(below)), self.support.low, self.support.high)


def _ends(low: np.ndarray | float, high: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of whole numbers from those of x; one that only an end is rounded to has no probability."""
    return np.floor(np.asarray(low) - 0.5) + 1.0, np.ceil(np.asarray(high) + 0.5) - 1.0


def nearest(x: ArrayLike) -> np.ndarray:
    """Return the whole number nearest to x, of two the smaller one."""
    x = np.asarray(x)
    return np.where(np.abs(x) < _ODD, np.ceil(x - 0.5), x)
