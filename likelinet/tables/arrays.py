"""Arrays that the user passed: y, weights, and what they must be."""

from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.wording import counted, rows_of

LARGEST = 1e300  # of a weight: only their ratios count


def as_array(values: Any, what: str) -> np.ndarray:
    """Return an array from what the user passed; raise `DataError` if its rows differ in length, or some are masked."""
    if np.ma.is_masked(values):
        raise DataError(f"{what} is an array with masked cells: fill or drop them.")
    try:
        array = np.asarray(values)
        # Numbers beside text stay what they are, as in an array of objects: NumPy would make text of all.
        return np.asarray(values, dtype=object) if array.dtype.kind == "U" and type(values) in (list, tuple) else array
    except ValueError:
        raise DataError(f"{what} must be an array whose rows all have the same length.") from None


def target_array(y: Any, what: str) -> np.ndarray:
    """Return y as an array of shape (n,) or (n, d) that is neither complex nor of dates."""
    y = as_array(y, what)
    if y.ndim not in (1, 2) or (y.ndim == 2 and y.shape[1] == 0):
        raise DataError(f"{what} must have shape (n,) or (n, d), got {y.shape}.")
    if y.dtype.kind in "cmM":
        raise DataError(f"{what} must hold real numbers or class labels, got {y.dtype}: convert it first.")
    return y


def row_weights(weight: Any, n: int, what: str, index: np.ndarray | None = None) -> np.ndarray:
    """Return the weights of n rows, which `index` counts, as floats.

    Raises
    ------
    DataError
        If they are not finite, negative or all zero.
    """
    if isinstance(weight, str):
        raise DataError(f"{what} must hold numbers, one for each row; a column of the table is named by data.weight.")
    weight = as_array(weight, what)
    if weight.dtype.kind == "c":
        raise DataError(f"{what} must hold numbers.")
    try:
        weight = weight.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{what} must hold numbers.") from None
    if weight.shape != (n,):
        raise DataError(f"{what} must have shape ({n},), got {weight.shape}.")
    check_finite(weight, what, index)
    if (weight < 0.0).any():
        raise DataError(f"{what} must not be negative, as in {rows_of(weight < 0.0, index)}.")
    if not weight.any():
        raise DataError(f"{what} must not be 0 in every row.")
    if weight.max() > LARGEST:
        raise DataError(f"{what} has numbers above {LARGEST:g}, whose sums overflow: divide all by the largest.")
    return weight


def check_finite(values: np.ndarray, what: str, index: np.ndarray | None = None) -> None:
    """Raise `DataError` if any value is missing, NaN or infinite."""
    bad = ~np.isfinite(values)
    if bad.any():
        rows = np.any(bad.reshape(len(bad), -1), axis=1)
        raise DataError(
            f"{what} has {counted(rows.sum(), 'row')} with missing, NaN or infinite values ({rows_of(rows, index)}): "
            "fill or drop them."
        )
