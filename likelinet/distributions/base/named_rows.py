"""Rows whose parameters leave a method without a number are named: once, by the method that the user called."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from likelinet.core.notes import RowsNote, note
from likelinet.core.wording import counted, rows_of
from likelinet.distributions.base.interval import Interval

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Method = Callable[..., Any]

_JOINT = ("log_prob", "nll", "entropy", "kl_divergence")  # one answer for all entries of y
_OF_Y = ("log_prob", "nll", "cdf", "sf", "log_cdf", "log_sf", "crps", "prob_between")
_WITHOUT_Y = ("sample", "interval")  # what they take says nothing of rows
_WHY = "too large, too small or too far apart for numbers of double precision"

# Methods call one another, in blocks of rows and for parts of a distribution: the outermost call speaks for all.
_asked: ContextVar[bool] = ContextVar("asked", default=False)


def names_rows(method: Method) -> Method:
    """Wrap a method to warn of rows whose parameters, rather than y or what does not exist, make its answer nan."""

    @functools.wraps(method)
    def named(self: "Distribution", *args: Any, **others: Any) -> Any:
        if _asked.get():
            return method(self, *args, **others)
        before = _asked.set(True)
        try:
            answers = method(self, *args, **others)
            if _some_nan(answers):
                missed = _missed(self, method.__name__, np.isnan(answers), (*args, *others.values()))
                if missed.any():
                    note(_sentence(self, method.__name__, missed), RowsNote)
        finally:
            _asked.reset(before)
        return answers

    return named


@contextmanager
def unnamed() -> Iterator[None]:
    """Warn of no rows meanwhile: training says in an error of its own which parameter went wrong."""
    before = _asked.set(True)
    try:
        yield
    finally:
        _asked.reset(before)


def _some_nan(answers: Any) -> bool:
    if isinstance(answers, float):  # as that of one row is
        return answers != answers
    numbers = np.asarray(answers)
    return numbers.dtype.kind == "f" and bool(np.isnan(numbers).any())


def _missed(d: "Distribution", name: str, nan: np.ndarray, operands: tuple[Any, ...]) -> np.ndarray:
    """Return where answers, one of each row and behind other axes, are nan for no reason but the parameters."""
    events = tuple(range(-len(d.event_shape), 0))
    others = [a for a in operands if hasattr(a, "batch_shape")]
    if operands and not others and name not in _WITHOUT_Y:
        known = np.logical_and.reduce(np.broadcast_arrays(*(_known(a, name) for a in operands)))
        nan = nan & (known.all(axis=events) if name in _JOINT and known.ndim else known)
    if name not in _JOINT:
        nan = np.asarray(nan.any(axis=events))
    if name in ("mean", "var", "std"):
        nan = nan & ~_nonexistent(d)
    for each in (d, *others):  # unusable rows have been named when these were made
        nan = nan if each.unusable is None else nan & ~each.unusable
    return nan


def _known(a: Any, name: str) -> np.ndarray:
    """Return where y is a number, as labels and intervals always are, or q a probability."""
    if isinstance(a, Interval) or np.asarray(a).dtype.kind != "f":
        return np.asarray(True)
    a = np.asarray(a)
    return (a >= 0.0) & (a <= 1.0) if name in ("ppf", "isf") else ~np.isnan(a)


def _nonexistent(d: "Distribution") -> np.ndarray:
    """Return which rows may be without moments: those on the whole line that have a density, or masses."""
    if d.event_shape:
        return np.asarray(False)
    with np.errstate(all="ignore"):
        low, high = d.endpoints()
        return np.isinf(low) & np.isinf(high) & ~np.isnan(d.log_prob(0.0))


def _sentence(d: "Distribution", name: str, missed: np.ndarray) -> str:
    what, own = f"{type(d).__name__}: {name} is nan", len(d.batch_shape)
    of_y = ", or y," if name in _OF_Y else ""
    if np.prod(d.batch_shape) == 1:
        where = f" for {missed.sum()} of {missed.size} values" if missed.size > 1 else ""
        return f"{what}{where}, as its parameters{of_y} are {_WHY}."
    rows = np.asarray(missed.any(axis=(*range(missed.ndim - own), *range(missed.ndim - own + 1, missed.ndim))))
    many = f"{counted(rows.sum(), 'row')} of {len(rows)} ({rows_of(rows)})"
    return f"{what} in {many}, as their parameters{of_y} are {_WHY}."
