"""Targets of which only bounds are known: intervals, exact where the two ends are equal."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.errors import DataError
from likelinet.distributions import Distribution, Interval
from likelinet.heads.build import build_family
from likelinet.heads.censored import middle_of
from likelinet.heads.family import Family
from likelinet.targets.numbers import in_units
from likelinet.targets.scaling import learn_scaling, refuse_outside
from likelinet.targets.target import Naming, Stored, Targets, finite_numbers


@dataclass(frozen=True)
class IntervalTargets(Targets):
    """Intervals, or numbers for exact ones; each output standardised by the middles of its intervals."""

    open_ended: ClassVar[bool] = True

    @classmethod
    def clean(cls, y: Any, naming: Naming) -> Interval:
        if not isinstance(y, Interval):
            y = finite_numbers(y, naming)
            y = Interval(y, y)
        if y.lower.ndim not in (1, 2) or 0 in y.shape[1:]:
            raise DataError(f"{naming.what} must have intervals of shape (n,) or (n, d), got {y.shape}.")
        return y

    @classmethod
    def learn(
        cls, y: Interval, weight: np.ndarray, config: ModelConfig, custom: type[Distribution] | None, naming: Naming
    ) -> Self:
        outputs = y.shape[1] if len(y.shape) > 1 else None
        family = build_family(config.distribution, custom, 0, outputs)
        refuse_intervals_outside(y, family, naming)
        with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
            middle = middle_of(y.lower, y.upper, family.support)
        known = np.isfinite(middle)
        if not (told := known.any(0)).all():
            which = "" if outputs is None else f" in output {int(np.argmin(told)) + 1}"
            raise DataError(f"{naming.what} has no row with a finite end{which}: there is nothing to learn from.")
        if outputs is None:
            middle, weight = middle[known], weight[known]
        else:  # of each output other rows
            middle, weight = np.where(known, middle, 0.0), weight[:, None] * known
        return cls(outputs, *learn_scaling(middle, weight, family, config.data.standardize, naming))

    def check(self, y: Interval, family: Family, naming: Naming) -> Interval:
        refuse_intervals_outside(y, family, naming)
        return y

    def encode(self, y: Interval) -> np.ndarray:
        """Return the two ends of each interval on the last axis, as the loss sees them."""
        return np.stack([(end - self.loc) / self.scale for end in (y.lower, y.upper)], axis=-1)

    def decode(self, d: Distribution) -> Distribution:
        return in_units(d, self)

    def centre(self, d: Distribution) -> np.ndarray:
        return d.mean()

    def as_given(self, y: np.ndarray) -> np.ndarray:
        return y

    @classmethod
    def _restored(cls, stored: Stored, n_classes: int | list[int]) -> Self:
        return cls(stored.outputs, stored.loc, stored.scale, stored.spread)


def refuse_intervals_outside(y: Interval, family: Family, naming: Naming) -> None:
    """Raise `DataError` where an interval holds nothing, or an end, outside the support of a family."""
    support = family.support
    with np.errstate(invalid="ignore"):
        bad = np.where(y.exact, ~support.contains(y.lower), (y.upper < support.low) | (y.lower > support.high))
        touching = (y.upper == support.low) & (not support.closed[0]) | (y.lower == support.high) & (
            not support.closed[1]
        )
        bad |= ~y.exact & touching
        bad |= np.isfinite(y.lower) & (y.lower < support.low) | np.isfinite(y.upper) & (y.upper > support.high)
        bad |= (np.ceil(y.lower) > np.floor(y.upper)) if support.integer else False
    example = f"from {y.lower[bad][0]:g} to {y.upper[bad][0]:g}" if bad.any() else ""
    refuse_outside(bad, example, family, naming)
