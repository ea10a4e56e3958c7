"""A distribution given that y lies between two bounds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log1mexp, namespace
from likelinet.core.domains import Domain
from likelinet.core.errors import ParameterError
from likelinet.core.wording import called, in_brief, range_in_words
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Family, open_end
from likelinet.distributions.base.leaf import Closed, no_gradient
from likelinet.distributions.base.operands import check_base
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.base.plain import check_plain
from likelinet.distributions.base.protocol import CUTS, LogDensity
from likelinet.distributions.base.shapes import broadcast
from likelinet.distributions.base.usable_rows import refuse_or_note
from likelinet.distributions.numerics.grids import Grid, known
from likelinet.distributions.numerics.root_finding import invert
from likelinet.distributions.over.family import Setting, WrapperFamily, number_of_output
from likelinet.distributions.over.grids import grid_of_truncation
from likelinet.distributions.over.truncated_answers import AnswersWithinBounds

_RARE = np.log(0.1)  # log probability of the bounds below which sampling is by inversion
_ROUNDING = 1e-9  # by which standardisation may move y past its bound
_SEEN = 0.01  # share of what is left after truncation in a tail of the base that its quantiles tell well enough


@dataclass(frozen=True)
class TruncatedFamily(WrapperFamily):
    """Another family given that y lies between two bounds, which belong to it.

    Parameters
    ----------
    base : Family
        The family without the bounds.
    low : float
        Least possible y, in the units of the target; null for none, a column for one of each row.
    high : float
        Greatest possible y; null for none, a column for one of each row.
    """

    low: np.ndarray | np.float64
    high: np.ndarray | np.float64

    kind = "truncated"
    other_names = called("truncation") | called(
        "truncated_normal truncnorm truncated_gaussian",
        "did you mean {kind: truncated, base: {kind: gaussian}, low: …, high: …}?",
    )
    settings = (Setting("low", float | None, by_row=True), Setting("high", float | None, by_row=True))

    @classmethod
    def check_settings(cls, settings: dict[str, Any]) -> None:
        low, high = settings["low"], settings["high"]
        if low is not None and high is not None and low >= high:
            raise ValueError(f"truncated: low must be less than high, got {low:g} and {high:g}")
        if low is None and high is None:
            raise ValueError("truncated: give low or high, or both")

    @classmethod
    def of(cls, base: Family, settings: dict[str, Any]) -> Self:
        low, high = settings["low"], settings["high"]
        return cls(base, np.float64(-np.inf if low is None else low), np.float64(np.inf if high is None else high))

    def check_base(self, kind: str) -> None:
        low, high = self.support.low, self.support.high
        if low > high or (low == high and not self.support.integer):
            raise ValueError(
                f"'truncated' leaves nothing of '{kind}', whose y must be {self.base.support.description}: "
                "change its low or high"
            )

    @property
    def support(self) -> Domain:
        base, (low, high) = (
            self.base.support,
            (float(np.min(self.low, initial=np.inf)), float(np.max(self.high, initial=-np.inf))),
        )
        ends = range_in_words(low, high, (True, True))
        if base.integer:
            low, high = np.ceil(low), np.floor(high)
        return Domain(
            f"{base.description}, {ends} as truncated" if ends else base.description,
            max(base.low, low),
            min(base.high, high),
            (base.closed[0] or low > base.low, base.closed[1] or high < base.high),
            base.integer,
        )

    @property
    def bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        low, high = self.base.bounds
        return np.maximum(low, self.low), np.minimum(high, self.high)

    def possible(self, y: np.ndarray) -> np.ndarray:
        return self.base.possible(y) & (y >= self.low) & (y <= self.high)

    def rules_out(self, y: Array) -> Array:
        low, high = (namespace(y).asarray(end) for end in (self.low, self.high))
        return (y < low - _ROUNDING * (1.0 + abs(low))) | (y > high + _ROUNDING * (1.0 + abs(high)))

    def log_mass(self, params: tuple[Array, ...]) -> tuple[Array, Backward]:
        """Return log P(low ≤ Y ≤ high) of the base, and its backward function."""
        return self.base.log_interval(params, open_end(self.base, self.low), self.high)

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return self.loss_given(self.log_mass(params), params, y)

    def loss_given(
        self, log_mass: tuple[Array, Backward], params: tuple[Array, ...], y: Array
    ) -> tuple[Array, Backward]:
        """Return the loss from the mass between the bounds; what rounding has moved past a bound lies on it."""
        mass, mass_backward = log_mass
        values, backward = self.base.loss(params, namespace(y).clip(y, self.low, self.high))
        return values + mass, lambda d: tuple(a + b for a, b in zip(backward(d), mass_backward(d), strict=True))

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return self.log_interval_given(self.log_mass(params), params, low, high)

    def log_interval_given(
        self, log_mass: tuple[Array, Backward], params: tuple[Array, ...], low: Array, high: Array
    ) -> tuple[Array, Backward]:
        """Return the log probability of an interval from the mass between the bounds."""
        mass, mass_backward = log_mass
        xp = namespace(mass)
        values, backward = self.base.log_interval(
            params, xp.maximum(low, xp.asarray(open_end(self.base, self.low))), xp.minimum(high, xp.asarray(self.high))
        )
        return values - mass, lambda d: tuple(a - b for a, b in zip(backward(d), mass_backward(d), strict=True))

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Truncated.of_rows(self.base.distribution(params), self.low, self.high)

    def moved(self, loc: np.ndarray, scale: np.ndarray) -> Family:
        return replace(
            self, base=self.base.moved(loc, scale), low=(self.low - loc) / scale, high=(self.high - loc) / scale
        )

    def of_output(self, j: int) -> Family:
        low, high = (number_of_output(end, j) for end in (self.low, self.high))
        return replace(self, base=self.base.of_output(j), low=low, high=high)


class Truncated(AnswersWithinBounds):
    r"""The distribution of Y given that low ≤ Y ≤ high, for Y from `base`.

    .. math:: p(y) = \frac{p_0(y)}{P_0(a \le Y \le b)}, \qquad a \le y \le b

    Parameters
    ----------
    base : Distribution
        A univariate distribution p₀, continuous or of whole numbers.
    low, high : array_like
        Bounds a < b, of whole numbers a ≤ b, which belong to the values that y can take; -inf or inf for none. Their
        shapes broadcast with the batch of `base`.

    Raises
    ------
    ParameterError
        If these are no such bounds, or if `base` has no probability between them in any row. If it has in some
        rows but not in others, these answer nan, and a warning names them.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), section 13.10.1;
    ``numpyro.distributions.TruncatedDistribution`` has the same meaning.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Truncated(ll.Gaussian(0.0, 1.0), low=0.0)
    >>> float(d.mean().round(4)), float(d.cdf(1.0).round(4))
    (0.7979, 0.6827)
    """

    purpose = "y outside the bounds does not occur"
    support_in_words = "that of its `base`, between the bounds"
    family: TruncatedFamily  # type: ignore[reportIncompatibleVariableOverride]
    low: np.ndarray
    high: np.ndarray
    log_mass: np.ndarray

    def __init__(self, base: Distribution, low: ArrayLike = -np.inf, high: ArrayLike = np.inf) -> None:
        check_base(base, "Truncated")
        for end, name in ((low, "low"), (high, "high")):
            check_plain(end, f"Truncated: {name}", ParameterError)
        low, high = self._floats(low, "low"), self._floats(high, "high")
        bad = ~(low <= high) if base.support.integer else ~(low < high)
        if bad.any():
            a, b = (np.broadcast_to(e, bad.shape)[bad].flat[0] for e in (low, high))
            order = "not be above" if base.support.integer else "be below"
            raise ParameterError(f"Truncated: low must {order} high, got {a} and {b}.")
        self._truncate(base, low, high)

        def why(rows: np.ndarray) -> str:
            a, b = (np.broadcast_to(e, self.batch_shape)[rows].flat[0] for e in (low, high))
            return f"Truncated: {type(base).__name__} has no probability between {a} and {b}"

        refuse_or_note(self, base, why)

    @classmethod
    def of_rows(cls, base: Distribution, low: np.ndarray | np.float64, high: np.ndarray | np.float64) -> Self:
        """Return the truncation of predicted rows: of one without probability between the bounds nothing is said."""
        made = cls._unchecked()
        made._truncate(base, np.asarray(low), np.asarray(high))
        return made

    def _truncate(self, base: Distribution, low: np.ndarray, high: np.ndarray) -> None:
        self._wrap(base, low, high)
        self.low, self.high = low, high
        self._over(TruncatedFamily(Closed(base), low, high))
        with np.errstate(all="ignore"):
            log_mass = self._full(self.family.log_mass(())[0])
        self.log_mass = np.where(log_mass == -np.inf, np.nan, log_mass)[()]

    @property
    def unusable(self) -> np.ndarray | None:
        nothing = np.isnan(self.log_mass)
        return np.broadcast_to(nothing, self.batch_shape) if nothing.any() else None

    # ---- probabilities ---------------------------------------------------------------------------------------

    def _loss(self, y: np.ndarray) -> np.ndarray:
        return self.family.loss_given((self.log_mass, no_gradient), (), y)[0]

    def _log_interval(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return self.family.log_interval_given((self.log_mass, no_gradient), (), low, high)[0]

    def _log_tails(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        t = np.clip(y, self.low, self.high)
        log_cdf = np.minimum(self.base.log_prob_between(open_end(self.base, self.low), t) - self.log_mass, 0.0)
        log_sf = np.minimum(self.base.log_prob_between(t, self.high) - self.log_mass, 0.0)
        with np.errstate(all="ignore"):  # the larger of the two from the smaller one
            lower = log_cdf < log_sf
            log_cdf, log_sf = np.where(lower, log_cdf, log1mexp(-log_sf)), np.where(lower, log1mexp(-log_cdf), log_sf)
        below, above = y < self.low, y >= self.high
        return (
            np.where(below, -np.inf, np.where(above, 0.0, log_cdf)),
            np.where(below, 0.0, np.where(above, -np.inf, log_sf)),
        )

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.base.endpoints()
        low, high = self._full(np.maximum(self.low, low)), self._full(np.minimum(self.high, high))
        return (np.ceil(low), np.floor(high)) if self.support.integer else (low, high)

    # ---- quantiles -------------------------------------------------------------------------------------------

    def _quantile(self, q: np.ndarray, upper: bool) -> np.ndarray:
        if self.support.integer:
            return self._least_count(q, upper)
        with np.errstate(all="ignore"):
            inner, ends = (q > 0.0) & (q < 1.0), self.endpoints()
            guess, seen = self._from_base(q, upper)
            first, last = (q == 1.0, q == 0.0) if upper else (q == 0.0, q == 1.0)
            guess = np.select([first, last, inner], [*ends, guess], np.nan)
            rough = np.broadcast_to(inner & ~(seen & (guess > ends[0]) & (guess < ends[1])), q.shape)
            if self.atoms or not rough.any():
                return guess
            at = np.flatnonzero(rough)
            part: Any = self.flattened(q.shape)[at]
            y = guess.reshape(-1).copy()
            y[at] = part._polished(q.reshape(-1)[at], y[at], upper)
            return y.reshape(q.shape)

    def _guess(self, q: np.ndarray, upper: bool) -> np.ndarray:
        return self._from_base(q, upper)[0]

    def _from_base(self, q: np.ndarray, upper: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return the quantile by those of the base; and where it has digits: what lies before the bound is not all."""
        p, rest = (1.0 - q, q) if upper else (q, 1.0 - q)
        mass = np.exp(self.log_mass)
        below = self.base.cdf(np.nextafter(self.low, -np.inf)) + p * mass
        above = self.base.sf(self.high) + rest * mass
        lower, ends = below < above, self.endpoints()
        guess = self.base.ppf(np.clip(below, 0.0, 1.0)) if lower.any() else ends[0]
        guess = guess if lower.all() else np.where(lower, guess, self.base.isf(np.clip(above, 0.0, 1.0)))
        return np.clip(guess, *ends), np.minimum(p, rest) * mass >= _SEEN * np.where(lower, below, above)

    def _polished(self, q: np.ndarray, y: np.ndarray, upper: bool) -> np.ndarray:
        """Return the quantile from a guess that may have lost all digits."""
        log_p, log_r = (np.log1p(-q), np.log(q)) if upper else (np.log(q), np.log1p(-q))
        # At a bound the density is as good as constant, far out as good as exponential.
        slope_low, slope_high = np.exp(-self.log_prob(self.low)), np.exp(-self.log_prob(self.high))
        from_low, from_high = self.low - slope_low * log_r, self.high + slope_high * log_p
        at_low, at_high = (end | ~np.isfinite(y) for end in (~(y > self.low), ~(y < self.high)))
        y = np.where(at_low & np.isfinite(from_low), from_low, np.where(at_high & np.isfinite(from_high), from_high, y))
        return invert(self, q, *self.endpoints(), upper=upper, start=y)

    # ---- the rest --------------------------------------------------------------------------------------------

    def peaks(self) -> np.ndarray:
        low, high = (e[..., None] for e in self.endpoints())
        inner = np.clip(self._peaks_of_base(), low, high)
        ends = [np.where(np.isfinite(e), e, inner[..., :1]) for e in (low, high)]
        return np.concatenate([inner, *ends], axis=-1)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Draw y: from the base until it lies within the bounds, or by inversion where that would take long."""
        flat: Any = self.flattened(shape)
        if np.min(self.log_mass, initial=0.0) < _RARE:
            return flat.ppf(1.0 - rng.random(flat.batch_shape)).reshape(shape)
        drawn, left = np.empty(flat.batch_shape), np.arange(flat.batch_shape[0])
        while len(left):
            part = flat[left]
            drawn[left] = y = part.base.sample((), rng)
            left = left[(y < part.low) | (y > part.high)]
        return drawn.reshape(shape)

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        low, high, log_mass, base = f(self.low, 0), f(self.high, 0), f(self.log_mass, 0), self.base.map_arrays(f)
        made = Truncated._unchecked(low=low, high=high, log_mass=log_mass)  # it is known already
        made._wrap(base, low, high, log_mass)
        made._over(TruncatedFamily(Closed(base), low, high))
        return made

    def location(self) -> np.ndarray | None:
        inner = self.base.location()
        return None if inner is None else np.broadcast_to(inner, self.batch_shape)

    def shifted(self, by: np.ndarray) -> Distribution:
        base = broadcast(self.base, self.batch_shape).shifted(by)
        made = Truncated._unchecked(low=self.low - by, high=self.high - by, log_mass=self.log_mass)
        made._wrap(base, made.low, made.high)
        made._over(TruncatedFamily(Closed(base), made.low, made.high))
        return made

    def grid(self) -> Grid:
        return grid_of_truncation(self.base, self.batch_shape, *self.endpoints())

    def log_density(self) -> LogDensity:
        base, at_end = self.base.log_density(), self.high >= self.base.endpoints()[1]
        return lambda y, x: base(y, known(x, at_end)) - self.log_mass

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        own = super().quantile_grid(below)
        if self.base.one_peak:
            return own
        inner = np.clip(self.base.quantile_grid(below), own[0], own[-1])
        return np.sort(np.concatenate([own, np.broadcast_to(inner, (len(inner), *own.shape[1:]))]), axis=0)

    def __repr__(self) -> str:
        low, high = map(in_brief, (self.low, self.high))
        return f"Truncated({self.base!r}, low={low}, high={high})"
