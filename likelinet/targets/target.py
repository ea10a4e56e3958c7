"""What all targets are: how y becomes what the loss sees, and how predictions come back to the user's form."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import PositiveInt

from likelinet.config import ModelConfig
from likelinet.core.errors import DataError
from likelinet.core.fields import from_fields
from likelinet.core.wording import SHOWN, rows_of, shown
from likelinet.distributions import Distribution, Interval
from likelinet.distributions.base.family import Family
from likelinet.tables.arrays import check_finite, target_array
from likelinet.tables.recognise.identifiers import mostly_different
from likelinet.tables.rows import Rows, output_names

Y = np.ndarray | Interval


@dataclass(frozen=True)
class Naming:
    """How messages speak of y.

    Parameters
    ----------
    what : str
        What to call y.
    kind : str
        What its family is called.
    index : ndarray, optional
        Positions of the rows in the user's table; without it, the rows are all of them.
    outputs : tuple of str
        Columns of the outputs, where they have names.
    """

    what: str
    kind: str
    index: np.ndarray | None = None
    outputs: tuple[str, ...] = ()

    @staticmethod
    def of(config: ModelConfig, rows: Rows, what: str) -> "Naming":
        """Return how messages speak of the y of rows, which `what` is for all families."""
        return Naming(what, config.distribution.kind, rows.table.index, tuple(output_names(config.data)))

    def rows(self, where: Any) -> str:
        """Return the numbers of the rows where a mask is true."""
        return rows_of(where, self.index)

    def name_of_output(self, j: int) -> str:
        """Return what to call output j, counted from 0."""
        return f"column '{self.outputs[j]}'" if j < len(self.outputs) else f"output {j + 1}"

    def of_output(self, j: int) -> "Naming":
        """Return how messages speak of output j alone."""
        name = self.name_of_output(j)
        return replace(self, what=f"{name[0].upper()}{name[1:]} of {self.what}", outputs=())


def each_output(y: np.ndarray, naming: Naming) -> Iterator[tuple[np.ndarray, Naming]]:
    """Yield each output with how to speak of it."""
    if y.ndim == 1:
        yield y, naming
        return
    yield from ((y[:, j], naming.of_output(j)) for j in range(y.shape[1]))


@dataclass(frozen=True)
class Targets(ABC):
    """How y becomes what the loss sees, as learned from the training rows.

    Parameters
    ----------
    outputs : int or None
        d for y of shape (n, d), None for (n,).
    loc, scale : ndarray
        y is standardised to (y - loc) / scale, each output by itself.
    spread : ndarray
        Standard deviation of the standardised training y, to which floors of scales are relative.
    step : ndarray
        The distance of neighbours in y of each output, where they have the same distance everywhere, which bounds
        densities; 0 where they have not.
    """

    outputs: int | None
    loc: np.ndarray
    scale: np.ndarray
    spread: np.ndarray
    step: np.ndarray = field(default_factory=lambda: np.zeros(()), kw_only=True)

    # Whether y may be text, and True and False are classes.
    labels: ClassVar[bool] = False
    # Whether what the loss sees may be infinite.
    open_ended: ClassVar[bool] = False
    # Whether each row of y is one thing, which must satisfy more than each of its entries.
    joint: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def clean(cls, y: Any, naming: Naming) -> Y:
        """Return the user's y in the form of the family; raise `DataError` where it has none."""

    @classmethod
    @abstractmethod
    def learn(
        cls, y: Any, weight: np.ndarray, config: ModelConfig, custom: type[Distribution] | None, naming: Naming
    ) -> Self:
        """Return what there is to learn from the clean y of the training rows.

        Raises
        ------
        DataError
            If y lies outside the support of the family, or nothing can be learned from it.
        """

    @abstractmethod
    def check(self, y: Any, family: Family, naming: Naming) -> Y:
        """Return clean y of new rows as the training y was; raise `DataError` where it cannot be of this model."""

    @abstractmethod
    def scored(self, y: Any, weight: np.ndarray) -> np.ndarray:
        """Return y of the training rows as numbers, shape (n, many), whose means say how some rows differ."""

    @abstractmethod
    def encode(self, y: Any) -> np.ndarray:
        """Return y as the loss sees it."""

    @abstractmethod
    def decode(self, d: Distribution) -> Distribution:
        """Return the distribution of y, which is in the user's units, with the user's labels."""

    @abstractmethod
    def centre(self, d: Distribution) -> np.ndarray:
        """Return the mean of each row of a prediction, or its most probable class."""

    @abstractmethod
    def as_given(self, y: np.ndarray) -> np.ndarray:
        """Return y that was drawn, or is most probable, in the form that the user's y has."""

    @property
    def classes(self) -> np.ndarray | list[np.ndarray] | None:
        """Labels of the codes 0, 1, …, or those of each output; None where y holds numbers, or the codes themselves."""
        return None

    @property
    def n_classes(self) -> int | tuple[int, ...]:
        """How many classes there are, maybe of each output; 0 for numbers."""
        return 0

    def recognise(self, y: Any, family: Family, naming: Naming) -> Y:
        """Return the user's y of new rows, cleaned and checked."""
        y = self.clean(y, naming)
        if y.shape[1:] != (() if self.outputs is None else (self.outputs,)):
            expected = "(n,)" if self.outputs is None else f"(n, {self.outputs})"
            raise DataError(f"{naming.what} has shape {y.shape}, but the model was fitted on {expected}: reshape it.")
        return self.check(y, family, naming)

    def shift_of_nll(self, has_density: np.ndarray) -> np.ndarray:
        """Return what the NLL of each row in the user's units is above that of the standardised one.

        A density is per unit of y, and `has_density` says where y has one; a probability has no unit.
        """
        if np.all(self.scale == 1.0):  # as of counts and classes, of which there may be many outputs
            return np.zeros(len(has_density))
        return (has_density * np.log(self.scale)).reshape(len(has_density), -1).sum(1)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        names = ("loc", "scale", "spread", *(("step",) if self.step.any() else ()))
        numbers = {name: getattr(self, name).tolist() for name in names}
        return {"outputs": self.outputs, "classes": None, **numbers}

    @classmethod
    def from_json(cls, data: Any, n_classes: int | list[int]) -> Self:
        """Return what `to_json` wrote, given what `n_classes` was.

        Raises
        ------
        ValueError
            If a part is missing, unknown or not what it can be.
        """
        names = ("loc", "scale", "spread", "step")
        stored = from_fields(Stored, data, "targets", **dict.fromkeys(names, _numbers))
        if any(getattr(stored, name).shape not in ((), (stored.outputs,)) for name in names):
            raise ValueError(f"targets: loc, scale, spread and step must be numbers of {stored.outputs or 1} outputs")
        if not ((stored.scale > 0.0).all() and (stored.spread >= 0.0).all() and (stored.step >= 0.0).all()):
            raise ValueError("targets: scale must be positive, spread and step not negative")
        return cls._restored(stored, n_classes)

    @classmethod
    @abstractmethod
    def _restored(cls, stored: "Stored", n_classes: int | list[int]) -> Self:
        """Return what a file holds."""


class ScaledTargets(Targets):
    """Targets that are numbers, one way or another."""

    def decode(self, d: Distribution) -> Distribution:
        return d

    def centre(self, d: Distribution) -> np.ndarray:
        return d.mean()

    def as_given(self, y: np.ndarray) -> np.ndarray:
        return y

    @classmethod
    def _restored(cls, stored: "Stored", n_classes: int | list[int]) -> Self:
        if n_classes != 0 or stored.classes is not None:
            raise ValueError("targets: numbers have no classes")
        return cls(stored.outputs, stored.loc, stored.scale, stored.spread, step=stored.step)


@dataclass(frozen=True)
class Stored:
    """Targets as a file has them; `classes` is null for numbers and codes, or a list, of lists for several outputs."""

    outputs: PositiveInt | None
    classes: list[Any] | None
    loc: np.ndarray
    scale: np.ndarray
    spread: np.ndarray
    step: np.ndarray = field(default_factory=lambda: np.zeros(()))


def _numbers(data: Any) -> np.ndarray:
    """Return finite numbers of a file."""
    numbers = np.array(data)
    if numbers.dtype.kind not in "fi" or not np.isfinite(numbers).all():
        raise ValueError(f"targets: expected finite numbers, got {data!r:.40}")
    return numbers.astype(np.float64)


def finite_numbers(y: Any, naming: Naming) -> np.ndarray:
    """Return y as finite floats of shape (n,) or (n, d)."""
    y = target_array(y, naming.what)
    if y.dtype.kind == "b" or (y.dtype.kind == "O" and y.size and all(isinstance(v, bool) for v in y.ravel())):
        raise DataError(
            f"{naming.what} holds True and False, which are no numbers: use 'bernoulli', or make them 0 and 1 for "
            f"'{naming.kind}'."
        )
    try:
        y = y.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{naming.what} must hold numbers for the family '{naming.kind}'; {_for_labels(y)}.") from None
    check_finite(y, naming.what, naming.index)
    return y


def kind_for(many: int) -> str:
    """Return the family for so many classes."""
    return "bernoulli" if many <= 2 else "categorical"


def _for_labels(y: np.ndarray) -> str:
    """Return what to do with y that is text."""
    if y.ndim > 1:
        return "for class labels use 'bernoulli' or 'categorical'"
    labels = sorted({str(v) for v in y.tolist()})
    if mostly_different(len(labels), len(y)):
        return f"it is text with {len(labels)} different values, like an identifier or a date: name another column"
    if len(labels) == 1:
        return f"it is text, '{shown(labels[0])}' in every row"
    some = ", ".join(map(shown, labels[:SHOWN])) + (", …" if len(labels) > SHOWN else "")
    return f"for class labels use '{kind_for(len(labels))}', as there are {len(labels)}: {some}"


def refuse_intervals(y: Any, naming: Naming) -> None:
    """Raise `DataError` if y is made of intervals."""
    if isinstance(y, Interval):
        raise DataError(
            f"{naming.what} is made of intervals, which the family '{naming.kind}' does not take: "
            "only 'censored' does, over a base."
        )
