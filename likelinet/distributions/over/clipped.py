"""A distribution whose values beyond a bound are seen as that bound."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import Domain
from likelinet.core.errors import ParameterError
from likelinet.core.wording import called, range_in_words
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Family
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.base.protocol import CUTS, LogDensity
from likelinet.distributions.numerics.grids import Grid, known
from likelinet.distributions.over.family import Setting, WrapperFamily, number_of_output
from likelinet.distributions.over.grids import grid_of_truncation
from likelinet.distributions.over.mixture import combined
from likelinet.distributions.over.wrapper import Wrapper

_ROUNDING = 4.0 * np.finfo(np.float64).eps  # by which a move may put y off a bound, as a part of both
_ZERO = float(np.sqrt(np.finfo(np.float64).tiny))  # a number that is as good as 0, as its square is


@dataclass(frozen=True)
class ClippedFamily(WrapperFamily):
    """A continuous family of which what lies beyond a bound is that bound: a share that is often exactly 0 or 1.

    Parameters
    ----------
    base : Family
        The family of what is clipped.
    low : float
        What all that is less becomes, in the units of the target; null for no bound.
    high : float
        What all that is greater becomes; null for no bound.
    off : float
        How far from a bound rounding may have put y, beside that of the bound itself.
    """

    low: np.ndarray | np.float64
    high: np.ndarray | np.float64
    off: np.ndarray | float = 0.0

    kind = "clipped"
    other_names = called("clamped winsorised winsorized rectified limited_dependent corner_solution")
    settings = (Setting("low", float | None), Setting("high", float | None))
    of_densities = True
    keeps_density = False
    adds_zeros = True

    @classmethod
    def check_settings(cls, settings: dict[str, Any]) -> None:
        low, high = settings["low"], settings["high"]
        if low is None and high is None:
            raise ValueError("clipped: give low or high, or both")
        if low is not None and high is not None and low >= high:
            raise ValueError(f"clipped: low must be less than high, got {low:g} and {high:g}")

    @classmethod
    def of(cls, base: Family, settings: dict[str, Any]) -> Self:
        low, high = settings["low"], settings["high"]
        return cls(base, np.float64(-np.inf if low is None else low), np.float64(np.inf if high is None else high))

    def check_base(self, kind: str) -> None:
        base = self.base.support
        if not all(base.low < end < base.high for end in self.atoms):
            raise ValueError(
                f"nothing of '{kind}' lies beyond the bounds of 'clipped', since its y must be {base.description}: "
                "change its low or high"
            )

    @property
    def support(self) -> Domain:
        base, low, high = self.base.support, float(np.min(self.low)), float(np.max(self.high))
        return Domain(
            f"{base.description}, {range_in_words(low, high, (True, True))} as clipped",
            max(base.low, low),
            min(base.high, high),
            (base.closed[0] or low > base.low, base.closed[1] or high < base.high),
        )

    @property
    def atoms(self) -> tuple[float, ...]:
        ends = np.concatenate([np.ravel(self.low), np.ravel(self.high)])
        return tuple(np.unique(ends[np.isfinite(ends)]).tolist())

    @property
    def bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        low, high = self.base.bounds
        return np.maximum(low, self.low), np.minimum(high, self.high)

    def possible(self, y: np.ndarray) -> np.ndarray:
        return self.base.possible(y) & (y >= self.low) & (y <= self.high)

    def _at_ends(self, y: Array) -> tuple[Array, Array]:
        """Return where y is the lower bound, and the upper one."""
        xp, ends = namespace(y), (np.where(np.isfinite(end), end, np.nan) for end in (self.low, self.high))
        low, high = (xp.asarray(end) for end in ends)  # no y is a bound that there is not
        off = xp.asarray(self.off) + _ZERO
        return y <= low + (off + _ROUNDING * abs(low)), y >= high - (off + _ROUNDING * abs(high))

    def has_density(self, y: np.ndarray) -> np.ndarray:
        at_low, at_high = self._at_ends(y)
        return ~(at_low | at_high) & self.base.has_density(y)

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        xp, no_end = namespace(y), np.float64(np.inf)
        at_low, at_high = self._at_ends(y)
        values, backward = self.base.loss(params, y)
        parts = [(~(at_low | at_high), values, backward)]
        for at, low, high in ((at_low, -no_end, self.low), (at_high, self.high, no_end)):
            if np.isfinite(low).all() or np.isfinite(high).all():
                log_p, back = self.base.log_interval(params, low, high)
                parts.append((at, -log_p, lambda d, back=back: back(-d)))

        def total(d: Array) -> tuple[Array, ...]:
            grads = [back(xp.where(rows, d, 0.0)) for rows, _, back in parts]
            return tuple(sum(g[1:], start=g[0]) for g in zip(*grads, strict=True))

        return sum(xp.where(rows, values, 0.0) for rows, values, _ in parts), total

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        """Return log P(low < Y ≤ high): a bound that lies within stands for all that is beyond it."""
        xp = namespace(low)
        low = xp.where(low < self.low, -np.inf, xp.where(low >= self.high, np.inf, low))
        high = xp.where(high >= self.high, np.inf, xp.where(high < self.low, -np.inf, high))
        return self.base.log_interval(params, low, high)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Clipped(self.base.distribution(params), self.low, self.high)

    def moved(self, loc: np.ndarray, scale: np.ndarray) -> Family:
        low, high = (self.low - loc) / scale, (self.high - loc) / scale
        off = (self.off + _ROUNDING * np.abs(loc)) / scale
        return replace(self, base=self.base.moved(loc, scale), low=low, high=high, off=off)

    def of_output(self, j: int) -> Family:
        low, high, off = (number_of_output(np.asarray(v), j) for v in (self.low, self.high, self.off))
        return replace(self, base=self.base.of_output(j), low=low, high=high, off=off)


class Clipped(Wrapper):
    r"""Y = X within two bounds, and the bound nearest to X beyond them, for X from a continuous `base`.

    .. math:: P(Y = a) = P_0(X \le a), \qquad p(y) = p_0(y) \quad \text{for } a < y < b,
        \qquad P(Y = b) = P_0(X \ge b)

    It is a mixed distribution: `log_prob` of a bound is the log probability of it, and between them a log density.

    Parameters
    ----------
    base : Distribution
        A univariate, continuous distribution p₀.
    low, high : float
        Bounds a < b; -inf or inf for none.

    Raises
    ------
    ParameterError
        If `base` is not a continuous distribution of one number, or these are no such bounds.

    References
    ----------
    Tobin, *Econometrica* 26, 1958; with two bounds Rosett & Nelson, *Econometrica* 43, 1975.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Clipped(ll.Gaussian(0.8, 0.2), 0.0, 1.0)
    >>> float(d.sf(0.999).round(4)), float(d.mean().round(4))
    (0.1599, 0.7833)
    """

    purpose = "what lies beyond a bound is that bound"
    support_in_words = "that of its `base`, between the bounds"
    family: ClippedFamily  # type: ignore[reportIncompatibleVariableOverride]

    def __init__(self, base: Distribution, low: ArrayLike = -np.inf, high: ArrayLike = np.inf) -> None:
        self._wrap(base)
        ends = [self._floats(end, name) for end, name in ((low, "low"), (high, "high"))]
        if any(end.ndim for end in ends) or not ends[0] < ends[1] or not np.isfinite(ends).any():
            raise ParameterError(
                f"Clipped: low and high must be two numbers, low < high, got {low!r:.40} and {high!r:.40}."
            )
        if base.support.integer or base.atoms:
            raise ParameterError("Clipped: base must be a continuous distribution, without an atom.")
        self.low, self.high = (float(end) for end in ends)
        self._over(ClippedFamily(Closed(base), np.float64(self.low), np.float64(self.high)))

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.base.endpoints()
        return self._full(np.maximum(self.low, low)), self._full(np.minimum(self.high, high))

    def _log_tails(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        below, above = y < self.low, y >= self.high
        log_cdf = np.where(below, -np.inf, np.where(above, 0.0, self.base.log_cdf(y)))
        return log_cdf, np.where(below, 0.0, np.where(above, -np.inf, self.base.log_sf(y)))

    def _quantile(self, q: np.ndarray, upper: bool) -> np.ndarray:
        return np.clip(self.base.isf(q) if upper else self.base.ppf(q), self.low, self.high)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return np.clip(self._sample_of(self.base, shape, rng), self.low, self.high)

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return Clipped(self.base.map_arrays(f), self.low, self.high)

    def stacks_with(self, other: Any) -> bool:
        return super().stacks_with(other) and (other.low, other.high) == (self.low, self.high)

    def mixed(self, log_weights: np.ndarray) -> Distribution:
        return Clipped(combined(self.base, log_weights), self.low, self.high)

    def peaks(self) -> np.ndarray | None:
        return np.clip(self._peaks_of_base(), self.low, self.high)

    def grid(self) -> Grid:
        return grid_of_truncation(self.base, self.batch_shape, *self.endpoints())

    def log_density(self) -> LogDensity:
        base, at_end = self.base.log_density(), self.high >= self.base.endpoints()[1]
        return lambda y, x: base(y, known(x, at_end))

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        return np.clip(self.base.quantile_grid(below), self.low, self.high)

    def __repr__(self) -> str:
        return f"Clipped({self.base!r}, low={self.low:g}, high={self.high:g})"
