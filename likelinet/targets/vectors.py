"""Targets that are vectors: the entries of a row belong together."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.errors import DataError
from likelinet.distributions import Distribution
from likelinet.heads.build import build_head
from likelinet.targets.lattice import lattice_steps
from likelinet.targets.numbers import NumberTargets, refuse_numbers_outside
from likelinet.targets.scaling import is_scaled, learn_scaling
from likelinet.targets.target import Naming


@dataclass(frozen=True)
class VectorTargets(NumberTargets):
    """Vectors of shape (n, d), each entry standardised by itself where the family has a unit of y."""

    joint: ClassVar[bool] = True

    @classmethod
    def learn(
        cls, y: np.ndarray, weight: np.ndarray, config: ModelConfig, custom: type[Distribution] | None, naming: Naming
    ) -> Self:
        outputs = y.shape[1] if y.ndim > 1 else 1
        if outputs < 2:
            raise DataError(
                f"{naming.what} must have shape (n, d) with d > 1 for the family '{config.distribution.leaf.kind}', "
                f"got {y.shape}: pass several columns, or name a list of them in data.target."
            )
        head = build_head(config.distribution, custom, 0, outputs)
        refuse_numbers_outside(y, head.family, naming)
        if not is_scaled(head.family):  # shares and counts have no unit, and an entry may well be the same in every row
            return cls(outputs, np.zeros(outputs), np.ones(outputs), np.ones(outputs))
        scaling = learn_scaling(y, weight, head, config.data.standardize, naming)
        return cls(outputs, *scaling, step=lattice_steps(y, weight, head.family))
