"""Columns that are y itself: a note, since new rows will hardly have them."""

import numpy as np

from likelinet.core.notes import note
from likelinet.core.wording import listed
from likelinet.distributions import Interval
from likelinet.tables.coded import coded
from likelinet.tables.kinds.boolean import Boolean
from likelinet.tables.kinds.category import Category
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.number import Number
from likelinet.tables.table import Table
from likelinet.targets.target import Y

ENOUGH = 20  # rows below which y may agree with a column by chance
CLOSE = 1e-6  # of the range of y, by which a column in single precision, or in few digits, may miss it


def note_leaks(table: Table, kinds: tuple[Kind, ...], y: Y, what: str) -> None:
    """Warn once of columns that are y in all rows, or a linear function of it, or its classes by other names.

    Parameters
    ----------
    table : Table
        The training rows.
    kinds : tuple of Kind
        What was learned of its columns.
    y : ndarray or Interval
        Of these rows; of intervals nothing is said.
    what : str
        How the note calls y.
    """
    if isinstance(y, Interval) or len(y) < ENOUGH:
        return
    outputs = [y] if y.ndim == 1 else [*y.T]
    found = [kind.name for kind in kinds if any(_is_told(table, each, kind) for each in outputs)]
    x_itself = len(outputs) > 1 and len(found) == len(kinds)  # which is meant, as where a code is learned
    if found and not x_itself:
        names = listed([f"'{name}'" for name in found])
        tell, them = (f"Column {names} tells", "it") if len(found) == 1 else (f"Columns {names} tell", "them")
        note(f"{tell} {what} exactly in every row; leave {them} out by data.exclude if new rows will lack {them}.")


def _is_told(table: Table, y: np.ndarray, kind: Kind) -> bool:
    """Whether a column says all of an output by itself, by so simple a rule that it is hardly meant to."""
    if isinstance(kind, Number) and y.dtype.kind in "fiu":
        read = kind.read(table)
        return _is_linear(table.numbers(kind.name) if read is None else np.asarray(read), y)
    if isinstance(kind, Boolean | Category | Number):
        return _are_renamed(coded(table.column(kind.name)).codes, y)
    return False


def _is_linear(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether y is a + b x in all rows where x is there."""
    there = np.isfinite(x)
    x, y = x[there], np.asarray(y[there], np.float64)
    if len(x) < ENOUGH:
        return False
    low, high = x.argmin(), x.argmax()
    with np.errstate(over="ignore"):  # of what is refused later
        span, wide = y.max() - y.min(), x[high] - x[low]
    if not (0.0 < span < np.inf and 0.0 < wide < np.inf):
        return False
    share = (x - x[low]) / wide
    return bool((np.abs(y[low] + share * (y[high] - y[low]) - y) <= CLOSE * span).all())


def _are_renamed(codes: np.ndarray, y: np.ndarray) -> bool:
    """Whether each level stands for one value of y, and each value for one level, in all rows; many come again."""
    many = len(np.unique(codes))
    if not 2 <= many <= len(y) // 2:
        return False
    values, place = np.unique(y, return_inverse=True)
    return len(values) == many and len(np.unique(codes.astype(np.int64) * many + place)) == many
