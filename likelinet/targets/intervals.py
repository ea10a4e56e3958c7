"""Targets of which only bounds are known: intervals, exact where the two ends are equal."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.errors import DataError
from likelinet.distributions import Distribution, Interval
from likelinet.distributions.base.family import Family
from likelinet.distributions.over.censored import middle_of
from likelinet.heads.build import build_head
from likelinet.targets.lattice import lattice_steps
from likelinet.targets.scaling import learn_scaling, refuse_outside
from likelinet.targets.scored import normal_scores
from likelinet.targets.target import Naming, ScaledTargets, finite_numbers


@dataclass(frozen=True)
class IntervalTargets(ScaledTargets):
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
        head = build_head(config.distribution, custom, 0, outputs)
        refuse_intervals_outside(y, head.family, naming)
        with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
            middle = middle_of(y.lower, y.upper, head.family.support)
        known = np.isfinite(middle)
        if not (told := known.any(0)).all():
            which = "" if outputs is None else f" in output {int(np.argmin(told)) + 1}"
            raise DataError(f"{naming.what} has no row with a finite end{which}: there is nothing to learn from.")
        if outputs is None:
            middle, weight, exact = middle[known], weight[known], y.exact[known]
        else:  # of each output other rows
            middle, weight, exact = np.where(known, middle, 0.0), weight[:, None] * known, y.exact
        scaling = learn_scaling(middle, weight, head, config.data.standardize, naming)
        return cls(outputs, *scaling, step=lattice_steps(middle, weight * exact, head.family))

    def check(self, y: Interval, family: Family, naming: Naming) -> Interval:
        refuse_intervals_outside(y, family, naming)
        return y

    def scored(self, y: Interval, weight: np.ndarray) -> np.ndarray:
        lower, upper = (end.reshape(len(end), -1).T for end in (y.lower, y.upper))
        return np.stack([normal_scores(*ends, weight) for ends in zip(lower, upper, strict=True)], axis=1)

    def encode(self, y: Interval) -> np.ndarray:
        """Return the two ends of each interval on the last axis, as the loss sees them."""
        return np.stack([(end - self.loc) / self.scale for end in (y.lower, y.upper)], axis=-1)


def refuse_intervals_outside(y: Interval, family: Family, naming: Naming) -> None:
    """Raise `DataError` where an interval holds nothing, or an end, outside the support of a family."""
    bad = ~family.possible(np.stack([y.lower, y.upper], axis=-1))
    example = f"from {y.lower[bad][0]:g} to {y.upper[bad][0]:g}" if bad.any() else ""
    refuse_outside(bad, example, family, naming)
