"""Targets that are numbers, one or several a row."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from likelinet.config import ModelConfig
from likelinet.distributions import Distribution
from likelinet.distributions.over.affine import affine
from likelinet.heads.build import build_family
from likelinet.heads.family import Family, WrapperFamily
from likelinet.heads.zeros import FamilyWithZeros
from likelinet.targets.scaling import learn_scaling, refuse_outside
from likelinet.targets.target import Naming, Stored, Targets, finite_numbers, refuse_intervals


@dataclass(frozen=True)
class NumberTargets(Targets):
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
        family = build_family(config.distribution, custom, 0, outputs)
        refuse_numbers_outside(y, family, naming)
        return cls(outputs, *learn_scaling(y, weight, family, config.data.standardize, naming))

    def check(self, y: np.ndarray, family: Family, naming: Naming) -> np.ndarray:
        refuse_numbers_outside(y, family, naming)
        return y

    def encode(self, y: np.ndarray) -> np.ndarray:
        return (y - self.loc) / self.scale

    def decode(self, d: Distribution) -> Distribution:
        return in_units(d, self)

    def centre(self, d: Distribution) -> np.ndarray:
        return d.mean()

    def as_given(self, y: np.ndarray) -> np.ndarray:
        return y

    @classmethod
    def _restored(cls, stored: Stored, n_classes: int | list[int]) -> Self:
        return cls(stored.outputs, stored.loc, stored.scale, stored.spread)


def refuse_numbers_outside(y: np.ndarray, family: Family, naming: Naming) -> None:
    """Raise `DataError` where a number lies outside the support of a family."""
    bad, inner = ~family.support.contains(y), family
    while isinstance(inner, WrapperFamily):
        if isinstance(inner, FamilyWithZeros):  # between its zeros and its base there may be a gap
            bad |= (y != 0.0) & ~inner.base.support.contains(y)
        inner = inner.base
    refuse_outside(bad, f"{y[bad].flat[0]:g}" if bad.any() else "", family, naming)


def in_units(d: Distribution, targets: Targets) -> Distribution:
    """Return the distribution of y from that of the standardised y."""
    plain = np.all(targets.loc == 0.0) and np.all(targets.scale == 1.0)
    return d if plain else affine(d, targets.loc, targets.scale)
