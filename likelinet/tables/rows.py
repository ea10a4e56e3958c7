"""Rows: a table with its target and weights, from arguments or from columns of the table."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from likelinet.config import DataConfig
from likelinet.config.data import IntervalTargetConfig, TimeTargetConfig
from likelinet.core.errors import DataError
from likelinet.core.gathered import also, attempted, gathered
from likelinet.core.notes import unnoted
from likelinet.core.wording import counted, rows_of
from likelinet.distributions import Interval
from likelinet.tables.arrays import as_array, row_weights
from likelinet.tables.cells import NO_LABELS, has_leading_zeros, is_missing
from likelinet.tables.coded import Coded
from likelinet.tables.columns import is_time
from likelinet.tables.events import events
from likelinet.tables.frames import levels_of
from likelinet.tables.lacking import Lacking
from likelinet.tables.marked import absent
from likelinet.tables.oddities import refuse_absent
from likelinet.tables.recognise.written import Written
from likelinet.tables.shuffled import Beyond
from likelinet.tables.table import Table, as_table
from likelinet.tables.text import Text
from likelinet.tables.undressed import Astray, undressed, undressed_as

MOST = 0.9  # share of the target that must be numbers for text among them to be missing
LONGEST = 1000  # bytes of a label of a class


@dataclass(frozen=True)
class Rows:
    """A table with its target, still in the user's form, and a weight per row, which is not zero.

    `levels` are those of a target that is a category with an order, declared as such by a DataFrame; `beyond` is the
    stream that these rows are a sample of, if there are more to train on. `written` is how those columns of y and of
    weights are written that are numbers in text; `astray` has the cells of y that are written in another way than the
    table knows, and `lacking` the rows that were left out as they lack y.
    """

    table: Table
    y: np.ndarray | Interval
    weight: np.ndarray
    levels: list[Any] | None = None
    beyond: Beyond | None = None
    written: Mapping[str, Written] = field(default_factory=dict)
    astray: Mapping[str, Astray] = field(default_factory=dict)
    lacking: Lacking = field(default_factory=Lacking)

    @property
    def worn(self) -> dict[str, Written]:
        """Those columns of them whose cells could be read in another way."""
        return {name: how for name, how in self.written.items() if how != Written()}


def read_rows(
    data: DataConfig,
    labels: bool,
    X: Any,
    y: Any,
    sample_weight: Any,
    what: str,
    every: bool = False,
    part: bool = False,
) -> Rows:
    """Return the rows whose weight is not zero, and whose y is there; the others must not influence anything.

    Parameters
    ----------
    data : DataConfig
        Which columns are target and weight.
    labels : bool
        Whether the target may be text.
    X, y, sample_weight
        As the user passed them.
    what : str
        How error messages call y.
    every : bool
        Whether a missing y is an error, as it is where the config is strict.
    part : bool
        Whether they are some of many rows, of which all may lack y, or have more text in it than all rows together, if
        the config is not strict; whoever reads the others says which lack it.

    Raises
    ------
    DataError
        If they cannot be used, or are written in another way than the table knows.
    """
    table, levels = as_table(X), levels_of(y)
    if table.n == 0:
        raise DataError("The table is empty: it has no rows.")
    if y is None:
        if data.target is None:
            raise DataError("y is missing: name its column in data.target, or pass y as an array.")
        names = (*target_names(data), *([data.weight] if data.weight and sample_weight is None else []))
        for column in gathered(partial(table.column, name) for name in names)[: len(target_names(data))]:
            levels = column.values.tolist() if isinstance(column, Coded) and column.ordered else None
    else:
        y = y if isinstance(y, Interval) else as_array(y, what)
        shape = y.lower.shape if isinstance(y, Interval) else y.shape
        if shape[:1] != (table.n,):
            raise DataError(f"X has {counted(table.n, 'row')}, but y has shape {shape}: they must be equally long.")
    look, check = y is None and sample_weight is None, data.strict or not part
    with also(partial(_look, table, data, labels, data.strict or every, check) if look else lambda: None):
        names = [data.weight] if data.weight and sample_weight is None else []
        weighted, written, _ = undressed_as(table, names, 1.0, "Weight", check=True)
        weight = weights_of(weighted, data, sample_weight)
    table, y, weight = _kept(weight > 0.0, table, y, weight)
    plain, astray, left_out = table, dict[str, Astray](), Lacking()
    if y is None and not labels:
        table, of_y, astray = undressed_as(table, target_names(data), share_of(data), "Target", check)
        written |= of_y
    if not (data.strict or every):
        lacking = without_y(table, data, labels) if y is None else _absent(y)
        if lacking.all() and not part:
            raise DataError(f"{what} is missing in every row: there is nothing to learn from.")
        if lacking.any():
            left_out = Lacking.of(lacking, plain, table, () if y is not None else target_names(data))
            if not part:
                left_out.note(what)
            table, y, weight = _kept(~lacking, table, y, weight)
    y = _target(table, data, labels) if y is None else y
    return Rows(table, y, weight, levels, written=written, astray=astray, lacking=left_out)


def weights_of(table: Table, data: DataConfig, sample_weight: Any) -> np.ndarray:
    """Return the weight of each row, from an argument or from the column that `data.weight` names; else 1."""
    if sample_weight is not None:
        return row_weights(sample_weight, table.n, "sample_weight")
    return row_weights(_weights(table, data), table.n, f"Column '{data.weight}', the weight,", table.index)


def _weights(table: Table, data: DataConfig) -> np.ndarray:
    """Return the numbers of the column that `data.weight` names, which may be in dress; else 1."""
    if data.weight is None:
        return np.ones(table.n)
    return undressed(table, [data.weight], 1.0, "Weight").numeric(data.weight)


def _look(table: Table, data: DataConfig, labels: bool, every: bool, check: bool) -> None:
    """Raise `DataError` for all that is wrong with the target columns."""
    missing = target_names(data) if every else ()
    if not labels:
        there = [name for name in target_names(data) if name in table.columns]
        with unnoted():
            table, *_ = undressed_as(table, there, share_of(data), "Target", check)
    gathered((partial(_target, table, data, labels), *(partial(refuse_absent, table, name) for name in missing)))


def _kept(keep: np.ndarray, table: Table, y: Any, weight: np.ndarray) -> tuple[Table, Any, np.ndarray]:
    if keep.all():
        return table, y, weight
    return table.taken(keep), None if y is None else y[keep], weight[keep]


def without_y(table: Table, data: DataConfig, labels: bool) -> np.ndarray:
    """Return the rows of a table in which a target column has a missing cell; an open end of an interval is none."""
    names = () if isinstance(data.target, IntervalTargetConfig) else target_names(data)
    lacking = np.zeros(table.n, bool)
    for name in names:
        cells = table.plain(name)
        of_classes = labels and isinstance(cells, Text) and table.holds_text(name)
        lacking |= absent(cells, NO_LABELS) if of_classes else absent(cells)
    return lacking


def lacking_in_all(table: Table, data: DataConfig, labels: bool) -> bool:
    """Whether no row has both y, in the columns that `data.target` names, and a weight above 0."""
    names = (*target_names(data), *([data.weight] if data.weight else []))
    if any(name not in table.columns for name in names):  # what is wrong is said by whoever reads them
        return False
    read = with_numbers(table, data) if not labels else table
    weighed = attempted(partial(has_weight, table, data))
    return not isinstance(weighed, DataError) and bool((without_y(read, data, labels) | ~weighed).all())


def without_weight(table: Table, data: DataConfig) -> bool:
    """Whether the weight of all rows, in the column that `data.weight` names, is 0."""
    weighed = attempted(partial(has_weight, table, data))
    return not isinstance(weighed, DataError) and not weighed.any()


def has_weight(table: Table, data: DataConfig) -> np.ndarray:
    """Return the rows whose weight, in the column that `data.weight` names, is not 0, as it may be in all of them."""
    return _weights(table, data) != 0.0


def lacking_in(table: Table, read: Table, data: DataConfig, labels: bool) -> Lacking:
    """Return the rows of a table that have a weight, but no y in the columns that `data.target` names.

    `table` has y as it is written, and `read` as the stream's sample is read.
    """
    read = read if labels else with_numbers(read, data)
    return Lacking.of(without_y(read, data, labels) & has_weight(table, data), table, read, target_names(data))


def _absent(y: np.ndarray | Interval) -> np.ndarray:
    """Return the rows in which an array of targets has a missing entry."""
    if isinstance(y, Interval):
        return np.zeros(y.shape[0], bool)
    rows = y.reshape(len(y), -1)
    if y.dtype.kind == "f":
        return np.logical_or.reduce(np.isnan(rows), axis=1)
    if y.dtype.kind == "O":
        return np.array([any(is_missing(v) or v == "" for v in row) for row in rows.tolist()], bool)
    return np.logical_or.reduce(rows == "", axis=1) if y.dtype.kind in "UT" else np.zeros(len(y), bool)


def with_numbers(table: Table, data: DataConfig) -> Table:
    """Return a table whose target is numbers where it is meant as such; in lenient models where most of it is."""
    return undressed(table, target_names(data), share_of(data), "Target")


def share_of(data: DataConfig) -> float:
    """Return the share of y in text that must be numbers."""
    return 1.0 if data.strict else MOST


def declared_table(X: Any, data: DataConfig) -> Table:
    """Return the table that the user passed, read as a config says."""
    return replace(as_table(X, header=data.header), missing=tuple(data.missing))


def target_names(data: DataConfig) -> tuple[str, ...]:
    """Return the names of the target columns."""
    match data.target:
        case None:
            return ()
        case str():
            return (data.target,)
        case IntervalTargetConfig() as ends:
            return tuple(name for pair in pairs_of(ends) for name in pair)
        case TimeTargetConfig(time=time) as until:
            return (time, until.event_column)
        case names:
            return tuple(names)


def output_names(data: DataConfig) -> list[str]:
    """Return how to call each output: the time to an event is one, and so is what lies between two columns."""
    match data.target:
        case TimeTargetConfig(time=time):
            return [time]
        case IntervalTargetConfig() as ends:
            return [f"{lower} … {upper}" for lower, upper in pairs_of(ends)]
        case _:
            return list(target_names(data))


def pairs_of(target: IntervalTargetConfig) -> list[tuple[str, str]]:
    """Return the columns of the lower and upper end of each output."""
    lower, upper = ([c] if isinstance(c, str) else c for c in (target.lower, target.upper))
    return list(zip(lower, upper, strict=True))


def _target(table: Table, data: DataConfig, labels: bool) -> np.ndarray | Interval:
    """Return the target columns as they are, shape (n,) or (n, d), or as intervals."""
    match data.target:
        case IntervalTargetConfig(lower=str(lower), upper=str(upper)):
            return _between(table, lower, upper)
        case IntervalTargetConfig() as ends:
            each = [_between(table, *pair) for pair in pairs_of(ends)]
            return Interval(np.stack([y.lower for y in each], axis=1), np.stack([y.upper for y in each], axis=1))
        case TimeTargetConfig(time=time) as until:
            return Interval.right_censored(table.numeric(time), events(table, until))
    names = target_names(data)
    columns = [table.plain(name) for name in names]

    def written(name: str, column: np.ndarray | Text) -> bool:
        """Whether text of a file is numbers: codes like 007 are text for good, and so are labels like 1, other."""
        is_text = table.holds_text if labels else table.is_text
        return isinstance(column, Text) and not is_text(name) and not has_leading_zeros(column)

    numbers = gathered(partial(written, name, column) for name, column in zip(names, columns, strict=True))
    numbers = numbers if all(numbers) or not labels else [False] * len(names)
    as_numbers = [number or is_time(column) for number, column in zip(numbers, columns, strict=True)]
    each = zip(names, as_numbers, strict=True)
    columns = gathered(partial(table.numeric if number else table.plain, name) for name, number in each)
    arrays = gathered(partial(_array, c, n) for c, n in zip(columns, names, strict=True))
    return arrays[0] if isinstance(data.target, str) else np.stack(arrays, axis=1)


def _array(column: np.ndarray | Text, name: str) -> np.ndarray:
    """Return a column of targets as an array, in which a text takes as much room as the longest."""
    if not isinstance(column, Text):
        return column
    if column.longest() > LONGEST:
        raise DataError(
            f"Target '{name}' has a text of {column.longest():,} bytes; labels of classes may have up to {LONGEST:,}: "
            "name a column of labels, or shorten them."
        )
    return np.array(column.tolist(), dtype=str)


def _between(table: Table, lower: str, upper: str) -> Interval:
    low, high = table.bounds(lower, -np.inf), table.bounds(upper, np.inf)
    for wrong, what in (
        (low > high, "is above the upper one"),
        ((low == high) & np.isinf(low), "is the upper one too"),
    ):
        if wrong.any():
            raise DataError(
                f"Column '{lower}', the lower end, {what}, '{upper}', as {low[wrong][0]:g} and {high[wrong][0]:g} "
                f"({rows_of(wrong, table.index)})."
            )
    return Interval(low, high)
