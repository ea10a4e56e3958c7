"""A distribution whose cdf is that of another one, mapped."""

from collections.abc import Callable
from typing import Any

import numpy as np

from likelinet.distributions import Distribution
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.numerics.grids import Grid, column, joined, points
from likelinet.distributions.over.wrapper import Wrapper


class Recalibrated(Wrapper):
    r"""Y with the cdf g(F₀(y)), where F₀ is that of a continuous `base`, and g is increasing and linear in pieces.

    .. math:: p(y) = g'(F_0(y))\, p_0(y)

    Parameters
    ----------
    base : Distribution
        A continuous distribution of one number.
    at, level : ndarray, shape (k,)
        Where the pieces of g meet, and its values there: both increase from 0 to 1.
    """

    def __init__(self, base: Distribution, at: np.ndarray, level: np.ndarray) -> None:
        self._wrap(base)
        self._over(Closed(base))  # type: ignore[arg-type]
        self.at, self.level = at, level
        self._log_slope = np.log(np.diff(level)) - np.log(np.diff(at))

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return Recalibrated(self.base.map_arrays(f), self.at, self.level)

    def stacks_with(self, other: Any) -> bool:
        same = super().stacks_with(other)
        return same and np.array_equal(other.at, self.at) and np.array_equal(other.level, self.level)

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        return self.base.endpoints()

    def grid(self) -> Grid:
        return joined(self.base.grid().on(self.batch_shape), points(list(self._ends()), self.endpoints()[1]))

    def log_density(self) -> LogDensity:
        inner, ends = self.base.log_density(), self._ends()

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            return inner(y, x) + self._log_slope[sum((y > end).astype(np.intp) for end in ends)]

        return log_density

    def peaks(self) -> np.ndarray | None:
        ends = np.moveaxis(self._ends(), 0, -1)  # where the density jumps, to either side
        beside = [np.nextafter(ends, side) for side in (-np.inf, np.inf)]
        return np.concatenate([self._peaks_of_base(), *beside], axis=-1)

    def _ends(self) -> np.ndarray:
        """Return the y at which pieces of g meet, shape (k - 2, *batch)."""
        return self.base.ppf(column(self.at[1:-1], self.batch_shape))

    def _piece(self, u: np.ndarray) -> np.ndarray:
        """Return the number of the piece of g that each probability of the base lies in."""
        return np.searchsorted(self.at[1:-1], u)

    def _loss(self, y: np.ndarray) -> np.ndarray:
        return -self.base.log_prob(y) - self._log_slope[self._piece(self.base.cdf(y))]

    def _log_tails(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        below, above = self.base.log_cdf(y), self.base.log_sf(y)
        piece = self._piece(np.exp(below))
        log_slope, last = self._log_slope[piece], len(self.at) - 2
        slope = np.exp(log_slope)
        lower = self.level[piece] + slope * (np.exp(below) - self.at[piece])
        upper = (1.0 - self.level[piece + 1]) + slope * (np.exp(above) - (1.0 - self.at[piece + 1]))
        with np.errstate(divide="ignore"):  # far out, in the tail that is not taken
            # In the outermost pieces it is a multiple of a tail of the base, however small.
            low = np.where(piece == 0, below + log_slope, np.log(lower))
            high = np.where(piece == last, above + log_slope, np.log(upper))
            log_cdf = np.where(lower > 0.5, np.log1p(-np.exp(high)), low)
            log_sf = np.where(upper > 0.5, np.log1p(-np.exp(low)), high)
        return log_cdf, log_sf

    def _log_interval(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        first, last = (self._piece(self.base.cdf(end)) for end in (low, high))
        (low_cdf, low_sf), (high_cdf, high_sf) = self._log_tails(low), self._log_tails(high)
        apart = np.where(low_cdf > low_sf, np.exp(low_sf) - np.exp(high_sf), np.exp(high_cdf) - np.exp(low_cdf))
        within = self.base.log_prob_between(low, high) + self._log_slope[first]
        return np.where(first == last, within, np.log(apart))

    def _quantile(self, q: np.ndarray, upper: bool) -> np.ndarray:
        level, at = (1.0 - self.level[::-1], 1.0 - self.at[::-1]) if upper else (self.level, self.at)
        of_base = np.where((q >= 0.0) & (q <= 1.0), np.interp(q, level, at), np.nan)
        return self.base.isf(of_base) if upper else self.base.ppf(of_base)

    def __repr__(self) -> str:
        return f"Recalibrated({self.base!r})"
