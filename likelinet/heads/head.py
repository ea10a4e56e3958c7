"""The head: raw network outputs, shared constants and columns of the table, through links, into parameters."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.distributions import Distribution
from likelinet.distributions.base.family import Family
from likelinet.distributions.base.parameter import Backward
from likelinet.heads.precision import Precision, precision
from likelinet.heads.slot import Column, Slot, Stretch, grown, into_unit, out_of_unit, shifted

FAR = 50.0  # where training starts instead of at infinity
HeadBackward = Callable[[Array], tuple[Array, Array | None]]
FamilyLoss = Callable[[Family, tuple[Array, ...], Array], tuple[Array, Backward]]


@dataclass(frozen=True)
class Head:
    """A family with a source and a place in the raw numbers for each of its parameters.

    Raw outputs have shape (M, n, `predicted`), shared constants (M, `shared`), columns (M, n, len(`columns`)), or None
    where it reads none.

    Parameters
    ----------
    family : Family
        What the numbers become.
    slots : tuple of Slot
        Of each of its parameters.
    predicts, simplest : Family, optional
        What it stands for in the user's units, where y is standardised for training, and that as simple as it gets: of
        this the predictions are.
    """

    family: Family
    slots: tuple[Slot, ...]
    predicts: Family | None = None
    simplest: Family | None = None

    @property
    def declared(self) -> Family:
        """The family in the user's units."""
        return self.predicts or self.family

    def standardised(
        self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray, step: np.ndarray | float = 0.0
    ) -> "Head":
        """Return the head for training on (y - loc) / scale, which has the given spread; it predicts y as before.

        Where y lies on a lattice of this step, no density that its learned scales bound exceeds 1 / step.
        """
        simplest, shown = self.family.simplified()
        units, back = (family.units(loc, scale, spread) for family in (self.family, simplest))
        each = zip(self.slots, units, back, shown, self.family.floors(step), strict=True)
        slots = (slot.standardised(there, again, as_given, least) for slot, there, again, as_given, least in each)
        return replace(
            self, family=self.family.moved(loc, scale), slots=tuple(slots), predicts=self.family, simplest=simplest
        )

    @cached_property
    def predicted(self) -> int:
        """How many outputs the network needs."""
        return sum(s.size for s in self.slots if s.learned and s.source == "predicted")

    @cached_property
    def shared(self) -> int:
        """How many constants are learned beside the network."""
        return sum(s.size for s in self.slots if s.learned and s.source == "shared")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that it reads, in their order."""
        read = (c for s in self.slots for c in (s.source, s.exposure, s.size_of_y, s.offset))
        return tuple(dict.fromkeys(c.name for c in read if isinstance(c, Column)))

    @cached_property
    def _places(self) -> tuple[tuple[Slot, Literal["predicted", "shared", "known"], slice | int], ...]:
        """Each slot with its source and the place of its raw numbers there; a single number has an index."""
        at = {"predicted": 0, "shared": 0}
        places = []
        for slot in self.slots:
            if not isinstance(slot.source, str):
                places.append((slot, "known", 0))
                continue
            first = at[slot.source]
            at[slot.source] += slot.size
            places.append((slot, slot.source, slice(first, at[slot.source]) if slot.raw_shape else first))
        return tuple(places)

    def parameters(
        self, raw: Array, shared: Array, columns: Array | None = None
    ) -> tuple[tuple[Array, ...], list[Any]]:
        """Return the parameters of the family, and for each the way back through its link.

        Where the family needs it, they are in double precision, whatever the network's own.
        """
        params, backs = [], []
        rows, dtype = raw.shape[:-1], self.precision(raw.dtype).loss
        for slot, source, at in self._places:
            if source == "known":
                params.append(self._known(slot, rows, namespace(raw), dtype, columns))
                backs.append(None)
                continue
            piece = (raw[..., at] if source == "predicted" else shared[..., None, at]).astype(dtype, copy=False)
            if slot.stretch is not None:
                piece = slot.stretch.start + slot.stretch.unit * piece
            if len(slot.raw_shape) > 1:
                piece = piece.reshape(piece.shape[:-1] + slot.raw_shape)
            if slot.exposure is not None:
                piece = piece + namespace(raw).log(self._column(slot.exposure, columns, len(slot.raw_shape)))
            value, back = slot.link.forward(piece)
            if slot.size_of_y is not None:
                value = grown(slot.parameter, value, self._column(slot.size_of_y, columns, len(slot.shape)))[0]
            if slot.offset is not None:
                by = self._column(slot.offset, columns, len(slot.shape))
                value = shifted(slot.parameter, value, by, slot.unit)
            if value.shape != rows + slot.shape:
                value = namespace(raw).broadcast_to(value, rows + slot.shape)
            params.append(value)
            backs.append(back)
        return tuple(params), backs

    def _known(self, slot: Slot, rows: tuple[int, ...], xp: Any, dtype: Any, columns: Array | None) -> Array:
        """Return the values of a parameter that is fixed, or read from the table, in its unit."""
        if isinstance(slot.source, Column):
            values = into_unit(slot.parameter, self._column(slot.source, columns, len(slot.shape)), slot.unit)
        else:
            values = xp.asarray(into_unit(slot.parameter, slot.source, slot.unit), dtype=dtype)
        return xp.broadcast_to(values, rows + slot.shape)

    def _column(self, of: Column, columns: Array | None, axes: int) -> Array:
        """Return a column of the table, with so many axes for the shape of a parameter."""
        assert columns is not None
        values = columns[..., self.columns.index(of.name)]
        return values.reshape(values.shape + (1,) * axes)

    def loss(
        self, raw: Array, shared: Array, y: Array, columns: Array | None = None, of: FamilyLoss | None = None
    ) -> tuple[Array, HeadBackward]:
        """Return -log p(y) per row, and `backward(d) -> (draw, dshared)`; `of` may be another loss of the family."""
        params, backs = self.parameters(raw, shared, columns)
        values, family_backward = self.family.loss(params, y) if of is None else of(self.family, params, y)
        return values, lambda d: self.pulled(backs, family_backward(d), raw, columns)

    def pulled(
        self, backs: list[Any], grads: tuple[Array, ...], raw: Array, columns: Array | None
    ) -> tuple[Array, Array | None]:
        """Return gradients in the raw outputs and the shared constants, from those in the parameters.

        `backs` is what `parameters` gives for these raw outputs and columns.
        """
        xp, rows, draw, dshared = namespace(raw), raw.shape[:-1], [], []
        for (slot, source, _), back, grad in zip(self._places, backs, grads, strict=True):
            if source == "known":
                continue
            if slot.size_of_y is not None:
                by = self._column(slot.size_of_y, columns, len(slot.shape))
                grad = grad * grown(slot.parameter, grad, by)[1]
            unit = 1.0 if slot.stretch is None else slot.stretch.unit
            if source == "predicted":
                grad = back(grad)
                grad = grad.reshape((*rows, slot.size)) if slot.raw_shape else grad[..., None]
                draw.append(grad if slot.stretch is None else grad * unit)
            elif slot.exposure is not None:  # the link was applied row by row
                total = back(grad).sum(axis=len(rows) - 1, keepdims=True)
                dshared.append(total.reshape((*rows[:-1], slot.size)) * unit)
            else:
                total = grad.sum(axis=len(rows) - 1, keepdims=True)
                dshared.append(back(total).reshape((*rows[:-1], slot.size)) * unit)
        outputs = draw[0] if len(draw) == 1 else xp.concatenate(draw, axis=-1) if draw else xp.zeros((*rows, 0))
        constants = xp.concatenate(dshared, axis=-1).astype(raw.dtype) if dshared else None
        return outputs.astype(raw.dtype, copy=False), constants

    def stretched(self, start: tuple[np.ndarray, np.ndarray], unit: tuple[np.ndarray, np.ndarray]) -> "Head":
        """Return the head whose raw outputs and shared constants are start + unit · what it is given."""
        kinds = {"predicted": 0, "shared": 1}
        slots = []
        for slot, source, at in self._places:
            if source != "known":
                k = kinds[source]
                slot = replace(slot, stretch=Stretch(start[k][at], unit[k][at]))
            slots.append(slot)
        return replace(self, slots=tuple(slots))

    def learned(self, source: str) -> list[tuple[Slot, int]]:
        """Return the slots of a source, "predicted" or "shared", with where their raw numbers begin."""
        found = [(slot, at) for slot, own, at in self._places if own == source]
        return [(slot, at if isinstance(at, int) else at.start) for slot, at in found]

    @cached_property
    def in_units_of_y(self) -> tuple[np.ndarray, np.ndarray]:
        """Which raw outputs, and which shared constants, belong to a location, a scale or a rate."""
        flags = {"predicted": np.zeros(self.predicted, dtype=bool), "shared": np.zeros(self.shared, dtype=bool)}
        for slot, source, at in self._places:
            if source != "known":
                flags[source][at] = slot.parameter.role != "shape"
        return flags["predicted"], flags["shared"]

    @cached_property
    def scales(self) -> np.ndarray:
        """Which raw outputs belong to a scale of y or of its logarithm."""
        flags = np.zeros(self.predicted, dtype=bool)
        for slot, source, at in self._places:
            if source == "predicted":
                flags[at] = slot.parameter.role in ("scale", "log_scale")
        return flags

    @property
    def learns_scales(self) -> bool:
        """Whether training finds all scales of y or of log y, none of which is given."""
        return all(slot.learned for slot in self.slots if slot.parameter.role in ("scale", "log_scale"))

    @cached_property
    def _stable(self) -> bool:
        return self.family.stable_in_float32

    def precision(self, network: Any) -> Precision:
        """Return the dtypes of a model whose network has this one."""
        return precision(network, self._stable)

    def distribution(self, raw: np.ndarray, shared: np.ndarray, columns: np.ndarray | None = None) -> Distribution:
        """Return the predicted distributions of rows (..., n), in double precision and the user's units."""
        params, _ = self.parameters(raw.astype(np.float64), shared.astype(np.float64), columns)
        return (self.simplest or self.family).distribution(
            tuple(
                self._as_given(slot, value.shape, columns)
                if source == "known"
                else out_of_unit(slot.parameter, value, slot.back)
                for (slot, source, _), value in zip(self._places, params, strict=True)
            )
        )

    def _as_given(self, slot: Slot, shape: tuple[int, ...], columns: np.ndarray | None) -> np.ndarray:
        """Return the values of a parameter that is known, to the last digit as the user gave them."""
        if isinstance(slot.source, Column):
            values = self._column(slot.source, columns, len(slot.shape))
        else:
            values = np.asarray(slot.source, dtype=np.float64)
        return np.broadcast_to(into_unit(slot.parameter, values, slot.shown), shape)

    def raw_start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the raw outputs and shared constants, in double precision, that the family's own estimates give."""
        raw, shared = np.zeros(self.predicted), np.zeros(self.shared)
        for (slot, source, at), value in zip(self._places, self.family.estimate(y, weight), strict=True):
            if source != "known" and value is not None:
                target = raw if source == "predicted" else shared
                with np.errstate(all="ignore"):  # a scale of 0, say, of whole numbers that are all the same
                    found = slot.link.inverse(np.broadcast_to(value, slot.shape)).reshape(
                        slot.size if slot.raw_shape else ()
                    )
                target[at] = np.nan_to_num(found, posinf=FAR, neginf=-FAR)
        return raw, shared
