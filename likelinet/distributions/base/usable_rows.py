"""Rows without a distribution, as of a truncation that leaves nothing, and no rows at all: no formula sees either."""

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from likelinet.core.errors import DataError, ParameterError
from likelinet.core.notes import note
from likelinet.core.wording import rows_of
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.plain import check_plain
from likelinet.distributions.base.shapes import shape_of

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Method = Callable[..., Any]


def of_usable_rows(method: Method) -> Method:
    """Wrap a method of at most one argument to answer nan for unusable rows, and to see nothing but the others."""

    @functools.wraps(method)
    def asked(self: "Distribution", *args: Any, **named: Any) -> Any:
        operands = (*args, *named.values())
        for a in operands:
            if _is_values(a):
                what = "q" if method.__name__ in ("ppf", "isf") else "y"
                check_plain(a, f"{type(self).__name__}: {what}", DataError)  # before anything makes an array of it
        masks = [m for m in (getattr(d, "unusable", None) for d in (self, *operands)) if m is not None]
        if not (masks or 0 in self.batch_shape) or self.event_shape:  # of several outputs each answers by itself
            return method(self, *args, **named)
        operands = tuple(self._aligned(a) if _is_values(a) else a for a in operands)
        try:
            shape = np.broadcast_shapes(*(_shape(a) for a in (self, *operands)))
        except ValueError:
            return method(self, *args, **named)  # it knows what to say
        usable = np.flatnonzero(~np.any([np.zeros(shape, bool), *(np.broadcast_to(m, shape) for m in masks)], axis=0))
        answers = np.full(math.prod(shape), np.nan)
        if len(usable):
            answers[usable] = method(*(_rows(a, shape, usable) for a in (self, *operands)))
        return answers.reshape(shape)[()]

    return asked


def sample_of_usable_rows(method: Method) -> Method:
    """Wrap `sample` to draw nan in unusable rows."""

    @functools.wraps(method)
    def drawn(self: "Distribution", sample_shape: int | tuple[int, ...] = (), rng: Any = None) -> np.ndarray:
        if self.unusable is None or self.event_shape:
            return method(self, sample_shape, rng)
        usable, shape = np.flatnonzero(~self.unusable), shape_of(sample_shape)
        draws = np.full((*shape, math.prod(self.batch_shape)), np.nan)
        if len(usable):
            draws[..., usable] = method(_rows(self, self.batch_shape, usable), sample_shape, rng)
        return draws.reshape(shape + self.batch_shape)[()]

    return drawn


def note_unusable(unusable: np.ndarray | None, why: str, index: np.ndarray | None = None) -> None:
    """Warn once of unusable rows, which lie along the first axis and, if given, at `index` in the user's table."""
    if unusable is not None:
        rows = unusable.reshape(len(unusable), -1).any(-1)
        note(f"{why}: the answers for {rows_of(rows, index)} are nan.")


def refuse_or_note(d: "Distribution", base: "Distribution", why: Callable[[np.ndarray], str]) -> None:
    """Raise `ParameterError` if no row is left, and warn of those that are usable in the base but not here.

    `why` says it, for the rows of a mask.
    """
    unusable, already = d.unusable, base.unusable
    if unusable is None:
        return
    if unusable.all():
        raise ParameterError(f"{why(unusable)}.")
    new = unusable if already is None else unusable & ~already
    if new.any():
        before = new.ndim - len(base.batch_shape) if base.batch_shape else 0  # axes of bounds before those of the rows
        note_unusable(np.asarray(new.any(axis=tuple(range(before)))), why(new))


def _is_values(a: Any) -> bool:
    """Whether an operand is numbers, neither another distribution nor intervals."""
    return not (hasattr(a, "batch_shape") or isinstance(a, Interval))


def _shape(a: Any) -> tuple[int, ...]:
    return a.batch_shape if hasattr(a, "batch_shape") else a.shape


def _rows(a: Any, shape: tuple[int, ...], at: np.ndarray) -> Any:
    """Return those rows of a distribution, an array or intervals that has been broadcast to `shape`."""
    if hasattr(a, "batch_shape"):
        return a.flattened(shape)[at]
    if isinstance(a, Interval):
        return Interval(*(np.broadcast_to(e, shape).reshape(-1)[at] for e in (a.lower, a.upper)))
    return np.broadcast_to(a, shape).reshape(-1)[at]
