"""How predictions move with one feature, all others as they are in some rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from likelinet.distributions import Distribution
from likelinet.explain.tables import picked
from likelinet.explain.traits import LEVEL, traits
from likelinet.scores.angles import around
from likelinet.scores.calibration import marginals
from likelinet.tables.coded import coded
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.table import Table

LEVELS = 12  # of a category, the most frequent ones


@dataclass(frozen=True, repr=False)
class PartialDependence:
    """The mean over rows of the predicted location and of the ends of the central 80 % interval, along one feature.

    The location is the median, of counts and of numbers with zeros of their own the mean. Of classes `centre` is the
    mean probability of each class, and low and high the 10 % and 90 % quantiles over rows.

    Parameters
    ----------
    name : str
        Of the feature.
    at : ndarray or list of str, length g
        Numbers or moments in their order, or cells of a category, the most frequent first.
    centre, low, high : ndarray, shape (g, k)
        Of each output, or class.
    rows : int
        How many rows these are means over.
    of_classes : bool
        Whether y is a class.
    """

    name: str
    at: np.ndarray | list[str]
    centre: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rows: int
    of_classes: bool = False

    def __repr__(self) -> str:
        return f"PartialDependence({self.name}, at {len(self.at)} points)"


def partial_dependence(
    predict: Callable[[Table], Distribution], table: Table, kind: Kind, sources: Sequence[str], points: int, rows: int
) -> PartialDependence:
    """Return how predictions move with a feature.

    Every cell that is tried is one of the table, so that it is read as ever.

    Parameters
    ----------
    predict : callable
        Returns a distribution for each row of a table.
    table : Table
        Rows whose other features are kept, and whose cells are tried.
    kind : Kind
        How the feature is read.
    sources : sequence of str
        Its columns.
    points : int
        How many numbers are tried at most.
    rows : int
        How many rows are predicted for each, at most.

    References
    ----------
    Friedman, *Ann. Statist.* 29, 2001.
    """
    at, cells = tried(kind, table, points)
    some = np.unique(np.linspace(0, table.n - 1, min(rows, table.n)).round().astype(int))
    g, n = len(cells), len(some)
    d = predict(picked(table, np.tile(some, g), dict.fromkeys(sources, np.repeat(cells, n))))
    centre, low, high = (end.reshape(g, n, -1) for end in _lines(d))
    if d.class_marginals() is not None:
        ends = np.quantile(low, 0.1, 1), np.quantile(high, 0.9, 1)
        return PartialDependence(kind.name, at, centre.mean(1), *ends, n, of_classes=True)
    return PartialDependence(kind.name, at, centre.mean(1), low.mean(1), high.mean(1), n)


def _lines(d: Distribution) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return location, low and high end of each row."""
    found = traits(d)
    if found.what == "classes":
        return found.location, found.location, found.location
    if found.what == "angle":  # around the direction of all, or means would not be near any
        all_of = np.angle(np.exp(1j * found.location).mean())
        middle = all_of + around(found.location - all_of)
        low, high = d.turned(found.location[:, 0]).interval(LEVEL)
        return middle, middle + low[:, None], middle + high[:, None]
    each = marginals(d) if d.event_shape else d.censored_outermost()
    return (found.location, *each.interval(LEVEL))


def tried(kind: Kind, table: Table, points: int) -> tuple[np.ndarray | list[str], np.ndarray]:
    """Return the values of a feature that are tried, and a row that has each.

    Parameters
    ----------
    kind : Kind
        How it is read.
    table : Table
        Where its cells are from.
    points : int
        How many numbers at most, spread over their quantiles.
    """
    read = kind.read(table)
    cells = table.column(kind.name) if read is None else read
    if kind.of_amounts and isinstance(cells, np.ndarray) and cells.dtype.kind in "fiuM":
        there = (~(np.isnat(cells) if cells.dtype.kind == "M" else np.isnan(cells))).nonzero()[0]
        order = there[np.argsort(cells[there], kind="stable")]
        order = order[np.unique(np.linspace(0, max(len(order) - 1, 0), points).round().astype(int))[: len(order)]]
        values, first = np.unique(cells[order], return_index=True)
        return values, order[first]
    found = coded(cells)
    there = found.codes[found.codes >= 0]
    often = np.argsort(-np.bincount(there, minlength=len(found.levels)), kind="stable")[:LEVELS]
    often = [int(j) for j in often if (there == j).any()]
    return [str(found.levels[j]) for j in often], np.array([int((found.codes == j).argmax()) for j in often], dtype=int)
