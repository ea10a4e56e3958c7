"""Class labels: cleaned, learned from the training rows, and recognised in new ones."""

from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.wording import SHOWN, counted, rows_of
from likelinet.tables.cells import BOOLS, is_missing
from likelinet.tables.table import check_finite, target_array


def labels(y: Any, what: str, index: np.ndarray | None = None) -> np.ndarray:
    """Return class labels of shape (n,) or (n, d): text and bools stay, whole numbers become integers."""
    y = target_array(y, what)
    if y.dtype.kind == "T":  # NumPy's text of variable length
        y = y.astype(object)
    if y.dtype.kind == "O":
        _check_no_missing(np.array([is_missing(v) for v in y.ravel()]).reshape(y.shape), what, index)
        y = (
            np.array([str(v) for v in y.ravel()]).reshape(y.shape)
            if any(isinstance(v, str) for v in y.ravel())
            else np.array(y.tolist())
        )
    if y.dtype.kind not in "Ubiuf":
        strange = next((v for v in y.ravel().tolist() if not isinstance(v, int | float)), "larger numbers")
        raise DataError(f"{what} must hold text, whole numbers or True and False as class labels, got {strange!r}.")
    if y.dtype.kind == "U":
        _check_no_missing(y == "", what, index)
    if y.dtype.kind == "f":
        y = y.astype(np.float64)
        check_finite(y, what, index)
        if (y != np.floor(y)).any():
            return y
    if y.dtype.kind in "uf":
        large = (y >= 2**63) | (y < -(2**63))
        if large.any():
            raise DataError(
                f"{what} has whole numbers too large for class labels, like {y[large].flat[0]:g}: make them text."
            )
    return y.astype(np.int64) if y.dtype.kind in "iuf" else y


def _check_no_missing(missing: np.ndarray, what: str, index: np.ndarray | None) -> None:
    if missing.any():
        rows = missing.reshape(len(missing), -1).any(1)
        raise DataError(
            f"{what} has {counted(missing.sum(), 'missing label')} ({rows_of(rows, index)}): fill or drop these rows."
        )


def learn_classes(y: np.ndarray, binary: bool, what: str) -> tuple[np.ndarray | None, int]:
    """Return the labels, None where y holds the codes 0 … K - 1 themselves, and the number of classes K."""
    classes = np.unique(y)
    if y.ndim == 2 and binary:
        strange = ~np.isin(y, (0, 1))
        if strange.any():
            raise DataError(
                f"{what} must be 0 or 1 for the bernoulli family with several outputs, got '{y[strange].flat[0]}'."
            )
        return np.array([False, True]) if y.dtype.kind == "b" else None, 2
    if classes.dtype.kind == "f":
        raise DataError(
            f"{what} has fractional numbers like {y[y != np.floor(y)].flat[0]:g}, which are no class labels: "
            "use a family for numbers, such as 'gaussian', or round them."
        )
    if len(classes) < 2:
        raise DataError(f"{what} has only one class, '{classes[0]}': there is nothing to tell apart.")
    if binary and len(classes) > 2:
        raise DataError(
            f"{what} has {len(classes)} classes ({_names(classes)}), but the bernoulli family needs two: "
            "use 'categorical'."
        )
    codes = classes.dtype.kind in "iu" and np.array_equal(classes, np.arange(len(classes)))
    return (None if codes else classes), len(classes)


def ordered_classes(
    y: np.ndarray, levels: list[str | int] | None, what: str, index: np.ndarray | None
) -> tuple[np.ndarray | None, int]:
    """Return the labels from the lowest to the highest, None for the codes 0 … K - 1, and their number K."""
    if levels is None:
        if y.dtype.kind not in "iu":
            raise DataError(
                f"{what} has text for classes ({_names(np.unique(y))}), whose order is not known: "
                "list them from the lowest to the highest in distribution.levels."
            )
        return learn_classes(y, False, what)
    known = np.array([str(v) for v in levels]) if y.dtype.kind == "U" else np.array(levels)
    strange = ~np.isin(y, known)
    if strange.any():
        raise DataError(
            f"{what} has the class '{y[strange].flat[0]}' ({rows_of(strange, index)}), which is not among "
            f"distribution.levels ({_names(known)})."
        )
    return known, len(known)


def known_labels(
    y: np.ndarray, classes: np.ndarray | None, n_classes: int, what: str, index: np.ndarray | None = None
) -> np.ndarray:
    """Return labels in the form of the trained ones, text or numbers; raise `DataError` where one is new."""
    known = np.arange(n_classes) if classes is None else classes
    if known.dtype.kind == "b" and y.dtype.kind == "U":  # bools that went through a CSV file
        codes = np.array([BOOLS.get(label.lower(), -1.0) for label in y.ravel().tolist()]).reshape(y.shape)
        strange = codes < 0.0
        y = y if strange.any() else codes
    elif "U" in (y.dtype.kind, known.dtype.kind):
        strange = ~np.isin(y.astype(str), known.astype(str))
    else:
        strange = ~np.isin(y, known)
    if strange.any():
        row = np.argwhere(strange)[0, 0]
        raise DataError(
            f"{what} has the class '{y[strange].flat[0]}' in row {(row if index is None else index[row]) + 1}, "
            f"which was not seen in training (seen: {_names(known)})."
        )
    return y.astype(known.dtype)


def _names(classes: np.ndarray) -> str:
    return ", ".join(map(str, classes[:SHOWN])) + (", …" if len(classes) > SHOWN else "")
