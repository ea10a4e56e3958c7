"""Targets that are numbers, one or several a row."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.wording import number
from likelinet.distributions import Distribution
from likelinet.distributions.base.family import Family
from likelinet.heads.build import build_head
from likelinet.targets.lattice import lattice_steps
from likelinet.targets.scaling import learn_scaling, refuse_outside
from likelinet.targets.scored import normal_scores
from likelinet.targets.target import Naming, ScaledTargets, finite_numbers, refuse_intervals


@dataclass(frozen=True)
class NumberTargets(ScaledTargets):
    """Numbers, each output standardised by itself."""

    @classmethod
    def clean(cls, y: Any, naming: Naming) -> np.ndarray:
        refuse_intervals(y, naming)
        return finite_numbers(y, naming)

    @classmethod
    def learn(
        cls, y: np.ndarray, weight: np.ndarray, config: ModelConfig, custom: type[Distribution] | None, naming: Naming
    ) -> Self:
        outputs = y.shape[1] if y.ndim > 1 else None
        head = build_head(config.distribution, custom, 0, outputs)
        refuse_numbers_outside(y, head.family, naming)
        scaling = learn_scaling(y, weight, head, config.data.standardize, naming)
        return cls(outputs, *scaling, step=lattice_steps(y, weight, head.family))

    def check(self, y: np.ndarray, family: Family, naming: Naming) -> np.ndarray:
        refuse_numbers_outside(y, family, naming)
        return y

    def scored(self, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return np.stack([normal_scores(own, own, weight) for own in y.reshape(len(y), -1).T], axis=1)

    def encode(self, y: np.ndarray) -> np.ndarray:
        return (y - self.loc) / self.scale


def refuse_numbers_outside(y: np.ndarray, family: Family, naming: Naming) -> None:
    """Raise `DataError` where a number lies outside the support of a family."""
    bad = ~family.possible(y)
    refuse_outside(bad, _example(y[bad].flat[0], family) if bad.any() else "", family, naming)


def _example(y: float, family: Family) -> str:
    """Return a number outside the support in so many digits that it lies there still, on the same side."""
    low, high = family.support.low, family.support.high

    def outside(v: float) -> bool:
        return not family.possible(np.array(v)).all() and (v > high, v < low) == (y > high, y < low)

    return number(y, outside)
