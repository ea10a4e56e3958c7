"""Panels of many rows, numbered in layers: the first panels of all rows, then the second ones, and so on."""

import functools
from dataclasses import dataclass

import numpy as np

PANELS_AT_ONCE = 2048  # the nodes of which stay in the processor's cache
_FEWER = 0.7  # share of the rows of a table that another one has at least, to be worth another table


@dataclass(frozen=True)
class Layers:
    """The numbers of panels, of which each row has its own number, as tables of some layers and the rows in these.

    First come tables of all rows, as they stand; then, as rows have no more panels, those of the rows with the most
    panels. What is computed for a table broadcasts with their parameters; panels that do not count fill it up.

    Parameters
    ----------
    many : ndarray of int, shape (n_rows,)
        How many panels each row has.
    order : ndarray of int, shape (n_rows,)
        The rows, those with the most panels first.
    row, rank : ndarray of int, shape (panels,)
        The row of each panel, and its place in that.
    first, last : ndarray of int, shape (n_rows,)
        The numbers of the outermost panels of each row.
    tables : tuple of (slice, int)
        The panels of each table, and its number of rows: all of them, or so many in `order`.
    """

    many: np.ndarray
    order: np.ndarray
    row: np.ndarray
    rank: np.ndarray
    first: np.ndarray
    last: np.ndarray
    tables: tuple[tuple[slice, int], ...]

    @functools.cached_property
    def counts(self) -> np.ndarray:
        """Which panels count."""
        return self.rank < self.many[self.row]

    @property
    def outermost(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest and the uppermost panel of each row."""
        return self.first, self.last

    def total(self, of_panels: np.ndarray) -> np.ndarray:
        """Return sums over the panels of each row."""
        return np.bincount(self.row, weights=of_panels, minlength=len(self.many))

    def before(self, of_panels: np.ndarray) -> np.ndarray:
        """Return, for each panel, the sum over those of its row before it."""
        return self._farther(of_panels, self.rank)

    def after(self, of_panels: np.ndarray) -> np.ndarray:
        """Return, for each panel, the sum over those of its row after it."""
        many = self.many[self.row]
        return self._farther(of_panels, np.where(self.rank < many, many - 1 - self.rank, self.rank))

    def _farther(self, of_panels: np.ndarray, place: np.ndarray) -> np.ndarray:
        table = np.zeros((int(self.rank.max(initial=0)) + 2, len(self.many)))
        table[place + 1, self.row] = of_panels
        return table.cumsum(axis=0)[place, self.row]


def layers_of(many: np.ndarray) -> Layers:
    """Return the layers of rows with so many panels."""
    n_rows, deepest = len(many), max(int(many.max(initial=0)), 1)
    order = np.argsort(-many, kind="stable")
    rows = np.count_nonzero(many > np.arange(deepest)[:, None], axis=1)
    rows[0] = n_rows  # a row without panels has one that does not count
    row, rank, tables, layer, at = [], [], [], 0, 0
    n, own = n_rows, np.arange(n_rows)
    place = np.empty(n_rows, dtype=np.intp)
    place[order] = own
    last = own.copy()
    while layer < deepest:
        n = int(rows[layer]) if rows[layer] < _FEWER * n else n
        deep = min(max(PANELS_AT_ONCE // max(n, 1), 1), deepest - layer)
        some, layers = own if n == n_rows else order[:n], np.arange(layer, layer + deep)
        row.append(np.tile(some, deep))
        rank.append(np.repeat(layers, n))
        ends = some[(many[some] > layer) & (many[some] <= layer + deep)]
        last[ends] = at + n * (many[ends] - 1 - layer) + (ends if n == n_rows else place[ends])
        tables.append((slice(at, at + n * deep), n))
        layer, at = layer + deep, at + n * deep
    return Layers(many, order, np.concatenate(row), np.concatenate(rank), own, last, tuple(tables))
