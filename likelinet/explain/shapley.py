"""What moved the distribution of one row away from those of others: Shapley values of location and spread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from likelinet.core.wording import counted, shown
from likelinet.distributions import Distribution
from likelinet.explain.tables import picked
from likelinet.explain.traits import WORDS, traits_of_each
from likelinet.scores.angles import around
from likelinet.tables.table import Table

LONG = 24  # letters of a cell that are shown


@dataclass(frozen=True, repr=False)
class Explanation:
    r"""How much each feature moves location and spread of a row's distribution, from their means over other rows.

    .. math:: \sum_j \phi_j = f(x) - \frac1B \sum_b f(x_b)

    exactly, for each location and each spread. The direction of an angle is counted from the opposite of the row's own,
    so that moves are turns towards it; what it is at its start may lie beyond ±π.

    Parameters
    ----------
    names : sequence of str
        The features.
    cells : sequence of str
        What the row has in them.
    location, spread : ndarray, shape (p, k)
        φ, of each output or class.
    location_error, spread_error : ndarray, shape (p, k)
        Their standard errors, by the walks.
    start : tuple of ndarray, shape (k,)
        Mean location and mean spread of the other rows.
    end : tuple of ndarray, shape (k,)
        Location and spread of the row.
    outputs : sequence of str
        Names of the k outputs or classes of the location.
    of : tuple of str
        What location and spread are, as `Importance` has it.
    rows : int
        How many other rows there are, B.
    several : int
        How many outputs there are, to each of which belong as many of the k and of the spreads.
    """

    names: Sequence[str]
    cells: Sequence[str]
    location: np.ndarray
    spread: np.ndarray
    location_error: np.ndarray
    spread_error: np.ndarray
    start: tuple[np.ndarray, np.ndarray]
    end: tuple[np.ndarray, np.ndarray]
    outputs: Sequence[str]
    of: tuple[str, str]
    rows: int
    several: int = 1

    @property
    def shown(self) -> list[int]:
        """The locations that tables show, one of each output: of two classes the second, of more the most probable."""
        each = len(self.end[0]) // self.several
        most = self.end[0].reshape(self.several, each).argmax(1) if each != 2 else np.ones(self.several, int)
        return [int(i * each + k) for i, k in enumerate(most)]

    def __repr__(self) -> str:
        return f"Explanation({counted(len(self.names), 'feature')}, beside {counted(self.rows, 'row')})"

    def __str__(self) -> str:
        return "\n\n".join(self._of_output(k, j) for j, k in enumerate(self.shown))

    def _of_output(self, k: int, j: int) -> str:
        """Return a table of what moves a location and a spread."""
        location, spread = self.location[:, k], self.spread[:, j]
        order = [int(i) for i in np.argsort(-np.abs(location), kind="stable")]
        what = f"{self.of[0]} of {shown(self.outputs[k])}" if len(self.outputs) > 1 else self.of[0]
        rows = [("feature", "cell", what, self.of[1])]
        rows += [("mean of other rows", "", *(f"{at:.5g}" for at in (self.start[0][k], self.start[1][j])))]
        rows += [
            (shown(self.names[i]), _cut(self.cells[i]), *(f"{value:+.4g}" for value in (location[i], spread[i])))
            for i in order
        ]
        rows += [("this row", "", *(f"{at:.5g}" for at in (self.end[0][k], self.end[1][j])))]
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            f"{name:{wide[0]}s}  {cell:{wide[1]}s}  {first:>{wide[2]}s}  {second:>{wide[3]}s}"
            for name, cell, first, second in rows
        )


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONG else f"{cell[: LONG - 1]}…"


def explanation(
    predict: Callable[[Table], Distribution],
    table: Table,
    row: int,
    others: np.ndarray,
    features: Mapping[str, Sequence[str]],
    outputs: Sequence[str],
    rng: np.random.Generator,
) -> Explanation:
    """Return the Shapley values of a row's features.

    From each of the other rows two walks lead to this one, a feature at a time, in an order that is drawn and in the
    reverse of it. What a step changes counts for its feature. Each walk ends at the row, so that sums are exact.

    Parameters
    ----------
    predict : callable
        Returns a distribution for each row of a table.
    table : Table
        With the row and the others.
    row : int
        Position of the row.
    others : ndarray of int, shape (B,)
        Positions of the others.
    features : mapping
        The columns of each feature.
    outputs : sequence of str
        Names of the locations.
    rng : numpy.random.Generator
        Source of the orders.

    References
    ----------
    Shapley, 1953; Štrumbelj & Kononenko, *JMLR* 11, 2010; Mitchell, Cooper, Frank & Holmes, *JMLR* 23(43), 2022, for
    the reverse orders.
    """
    p, many = len(features), len(others)
    orders = rng.permuted(np.tile(np.arange(p), (many, 1)), axis=1)
    orders = np.concatenate([orders, orders[:, ::-1]])
    turn = np.argsort(orders, axis=1)  # when each feature becomes that of the row
    beside = np.tile(others, 2)
    steps = np.arange(p + 1)
    base = np.broadcast_to(beside[:, None], (2 * many, p + 1))
    columns = {
        name: np.where(turn[:, [j]] < steps, row, base).ravel()
        for j, sources in enumerate(features.values())
        for name in sources
    }
    found = traits_of_each(predict(picked(table, base.ravel(), columns)))
    ends = [values.reshape(2 * many, p + 1, -1) for values in (found.location, found.spread)]
    if found.what == "angle":
        own = ends[0][0, -1]
        ends[0] = own + around(ends[0] - own)
    (location, location_error), (spread, spread_error) = (_of_features(values, turn) for values in ends)
    return Explanation(
        list(features),
        [_cell(table, sources, row) for sources in features.values()],
        location,
        spread,
        location_error,
        spread_error,
        (ends[0][:, 0].mean(0), ends[1][:, 0].mean(0)),
        (ends[0][0, -1], ends[1][0, -1]),
        outputs if len(outputs) == location.shape[1] else [str(k) for k in range(location.shape[1])],
        WORDS[found.what],
        many,
        spread.shape[1],
    )


def _of_features(values: np.ndarray, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what each feature changes on average over the walks, and its standard error, by pairs of walks."""
    steps = np.take_along_axis(np.diff(values, axis=1), turn[:, :, None], axis=1)
    half = len(steps) // 2
    pairs = 0.5 * (steps[:half] + steps[half:])
    error = pairs.std(0, ddof=1) / np.sqrt(half) if half > 1 else np.full(pairs.shape[1:], np.nan)
    return steps.mean(0), error


def _cell(table: Table, sources: Sequence[str], row: int) -> str:
    """Return what a row has in the columns of a feature."""
    each = (table.column(name)[np.array([row])].tolist()[0] for name in sources)
    return " ".join("" if value is None else f"{value:g}" if isinstance(value, float) else str(value) for value in each)
