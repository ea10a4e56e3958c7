"""Targets that are classes, one or several a row, each with labels of its own."""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.domains import binary
from likelinet.core.errors import DataError
from likelinet.core.gathered import gathered
from likelinet.distributions import Distribution
from likelinet.distributions.base.family import Family
from likelinet.distributions.classes.labelled import encode_labels
from likelinet.targets.labels import are_codes, clean_labels, known_labels, learn_labels
from likelinet.targets.levels import declared_levels
from likelinet.targets.scored import class_scores
from likelinet.targets.target import Naming, Stored, Targets, refuse_intervals

MOST = 10_000_000  # classes that a file may speak of


@dataclass(frozen=True)
class ClassTargets(Targets):
    """Classes; the loss sees their codes, from 0 on.

    Parameters
    ----------
    known : ndarray or tuple of ndarray
        The label of each code; a tuple where each output has labels of its own.
    """

    known: np.ndarray | tuple[np.ndarray, ...]

    labels: ClassVar[bool] = True

    @classmethod
    def clean(cls, y: Any, naming: Naming) -> np.ndarray:
        refuse_intervals(y, naming)
        return clean_labels(y, naming)

    @classmethod
    def learn(
        cls, y: np.ndarray, weight: np.ndarray, config: ModelConfig, custom: type[Distribution] | None, naming: Naming
    ) -> Self:
        family = config.distribution.leaf_class(custom)
        two = family.support == binary
        levels = declared_levels(y, config.distribution.class_levels, naming) if family.ordered else None
        if levels is not None:
            return cls._of(y, levels)
        if y.ndim == 1:
            return cls._of(y, learn_labels(y, two, naming))
        if two:
            return cls._of(y, _zero_and_one(y, naming))
        each = [np.unique(y[:, j]) for j in range(y.shape[1])]
        if y.dtype.kind == "f" or all(len(known) == 1 for known in each):
            learn_labels(y[:, 0] if y.dtype.kind != "f" else y, two, naming)  # says what is wrong
        return cls._of(y, tuple(each))

    @classmethod
    def _of(cls, y: np.ndarray, known: np.ndarray | tuple[np.ndarray, ...]) -> Self:
        if isinstance(known, tuple) and all(np.array_equal(labels, known[0]) for labels in known):
            known = known[0]
        zero, one = np.zeros(y.shape[1:]), np.ones(y.shape[1:])
        outputs = None if y.ndim == 1 else y.shape[1]
        return cls(outputs, zero, one, one, known)

    @property
    def classes(self) -> np.ndarray | list[np.ndarray] | None:
        if isinstance(self.known, tuple):
            return list(self.known)
        return None if are_codes(self.known) else self.known

    @property
    def n_classes(self) -> int | tuple[int, ...]:
        return tuple(map(len, self.known)) if isinstance(self.known, tuple) else len(self.known)

    def check(self, y: np.ndarray, family: Family, naming: Naming) -> np.ndarray:
        if isinstance(self.known, tuple):
            looks = (partial(known_labels, y[:, j], k, naming.of_output(j)) for j, k in enumerate(self.known))
            return np.stack(gathered(looks), axis=1)
        return known_labels(y, self.known, naming)

    def scored(self, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
        codes, many = self.encode(y).astype(np.intp).reshape(len(y), -1), self.n_classes
        each = many if isinstance(many, tuple) else (many,) * codes.shape[1]
        return np.concatenate([class_scores(*own, weight) for own in zip(codes.T, each, strict=True)], axis=1)

    def encode(self, y: np.ndarray) -> np.ndarray:
        if isinstance(self.known, tuple):
            each = [encode_labels(y[:, j], known) for j, known in enumerate(self.known)]
            return np.stack(each, axis=1).astype(np.float64)
        codes = y if self.classes is None else encode_labels(y, self.known)
        return codes.astype(np.float64)

    def decode(self, d: Distribution) -> Distribution:
        if isinstance(self.known, tuple):
            return d.labelled(_side_by_side(self.known))
        return d if self.classes is None else d.labelled(self.known)

    def centre(self, d: Distribution) -> np.ndarray:
        return self.as_given(d.mode())

    def as_given(self, y: np.ndarray) -> np.ndarray:
        """Return codes as integers, and the user's own labels as they are."""
        return y.astype(np.int64) if self.classes is None else y

    def to_json(self) -> dict[str, Any]:
        known = self.classes
        return {**super().to_json(), "classes": None if known is None else [np.asarray(k).tolist() for k in known]}

    @classmethod
    def _restored(cls, stored: Stored, n_classes: int | list[int]) -> Self:
        labels = stored.classes
        if isinstance(n_classes, list):
            known = tuple(_labels(own, many) for own, many in zip(labels or [], n_classes, strict=True))
            if len(known) != stored.outputs:
                raise ValueError(f"targets: {len(known)} outputs have labels, but there are {stored.outputs}")
        elif not 0 < n_classes <= MOST:
            raise ValueError(f"targets: there cannot be {n_classes!r:.40} classes")
        else:
            known = np.arange(n_classes) if labels is None else _labels(labels, n_classes)
        return cls(stored.outputs, stored.loc, stored.scale, stored.spread, known)


def _labels(data: Any, many: int) -> np.ndarray:
    """Return so many labels of a file."""
    labels = np.array(data)
    if labels.ndim != 1 or labels.dtype.kind not in "biufU" or not len({*labels.tolist()}) == len(labels) == many:
        raise ValueError(f"targets: expected {many} labels, all different, got {data!r:.40}")
    return labels


def _zero_and_one(y: np.ndarray, naming: Naming) -> np.ndarray:
    """Return the labels of several outputs that are 0 or 1 each, of which some may never vary."""
    strange = ~np.isin(y, (0, 1))
    if strange.any():
        raise DataError(
            f"{naming.what} must be 0 or 1 for the bernoulli family with several outputs, got '{y[strange].flat[0]}'."
        )
    return np.array([False, True]) if y.dtype.kind == "b" else np.arange(2)


def _side_by_side(each: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the labels of all outputs, shape (d, K); where an output has fewer, its last one again."""
    most = max(map(len, each))
    return np.stack([known[np.minimum(np.arange(most), len(known) - 1)] for known in each])
