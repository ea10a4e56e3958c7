"""Labels of one output: cleaned, learned from the training rows, and recognised in new ones."""

from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.gathered import all_of
from likelinet.core.wording import SHOWN, counted
from likelinet.tables.arrays import check_finite, target_array
from likelinet.tables.cells import is_missing
from likelinet.targets.looks import FEW
from likelinet.targets.spelling import in_spelling
from likelinet.targets.target import Naming

TWICE = 2  # rows for each fractional label at least: of a part of a table, where the whole has more


def clean_labels(y: Any, naming: Naming) -> np.ndarray:
    """Return class labels of shape (n,) or (n, d): text and bools stay, whole numbers become integers.

    Where some outputs are text and others are not, all become text: y is one array.
    """
    what = naming.what
    y = target_array(y, what)
    if y.dtype.kind == "T":  # NumPy's text of variable length
        y = y.astype(object)
    if y.dtype.kind == "O":
        _check_no_missing(np.array([is_missing(v) for v in y.ravel()]).reshape(y.shape), naming)
        text = np.array([isinstance(v, str) for v in y.ravel()]).reshape(y.shape)
        _check_not_mixed(y, text, naming)
        y = np.array([str(v) for v in y.ravel()]).reshape(y.shape) if text.any() else np.array(y.tolist())
    if y.dtype.kind not in "Ubiuf":
        strange = next((v for v in y.ravel().tolist() if not isinstance(v, int | float)), "larger numbers")
        raise DataError(f"{what} must hold text, whole numbers or True and False as class labels, got {strange!r}.")
    if y.dtype.kind == "U":
        _check_no_missing(y == "", naming)
    if y.dtype.kind == "f":
        y = y.astype(np.float64)
        check_finite(y, what, naming.index)
        if (y != np.floor(y)).any():
            return y
    if y.dtype.kind in "uf":
        large = (y >= 2**63) | (y < -(2**63))
        if large.any():
            raise DataError(
                f"{what} has whole numbers too large for class labels, like {y[large].flat[0]:g}: make them text."
            )
    return y.astype(np.int64) if y.dtype.kind in "iuf" else y


def _check_no_missing(missing: np.ndarray, naming: Naming) -> None:
    if missing.any():
        rows = missing.reshape(len(missing), -1).any(1)
        raise DataError(
            f"{naming.what} has {counted(missing.sum(), 'missing label')} ({naming.rows(rows)}): "
            "fill or drop these rows."
        )


def _check_not_mixed(y: np.ndarray, text: np.ndarray, naming: Naming) -> None:
    """Raise `DataError` if an output has labels of which some are text and some are not: 1 and "1" would be one."""
    errors = [
        DataError(
            f"{naming.what if y.ndim == 1 else naming.of_output(j).what} has class labels that are text, like "
            f"'{labels[own][0]}', and others that are not, like {labels[~own][0]}: make all of them text, or none."
        )
        for j, (labels, own) in enumerate(zip(y.reshape(len(y), -1).T, text.reshape(len(y), -1).T, strict=True))
        if own.any() and not own.all()
    ]
    if errors:
        raise all_of(errors)


def learn_labels(y: np.ndarray, binary: bool, naming: Naming) -> np.ndarray:
    """Return the labels of one output, sorted; `binary` is whether there may be two at most.

    Few numbers that come again and again are labels, whole or not.
    """
    classes = np.unique(y)
    few = len(classes) <= 2 or (len(classes) <= FEW and len(y) >= TWICE * len(classes))
    if classes.dtype.kind == "f" and not few:
        raise DataError(
            f"{naming.what} has fractional numbers like {y[y != np.floor(y)].flat[0]:g}, which are no class labels: "
            "use a family for numbers, such as 'gaussian', or round them."
        )
    if len(classes) < 2:
        raise DataError(f"{naming.what} has only one class, '{classes[0]}': there is nothing to tell apart.")
    if binary and len(classes) > 2:
        raise DataError(
            f"{naming.what} has {len(classes)} classes ({names_of(classes)}), but the bernoulli family needs two: "
            "use 'categorical'."
        )
    return classes


def are_codes(classes: np.ndarray) -> bool:
    """Whether labels are the codes 0 … K - 1 themselves."""
    return classes.dtype.kind in "iu" and np.array_equal(classes, np.arange(len(classes)))


def known_labels(y: np.ndarray, known: np.ndarray, naming: Naming) -> np.ndarray:
    """Return labels in the form of the trained ones, text or numbers; raise `DataError` where some are new.

    A label that differs from a trained one in its spelling alone is that one, with a note.
    """
    words = known
    if "U" in (y.dtype.kind, known.dtype.kind):
        y, words = in_spelling(y.astype(str), known, naming)
    strange = ~np.isin(y, words)
    if strange.any():
        raise DataError(f"{_new_classes(y, strange, naming)} (seen: {names_of(known)}).")
    order = words.argsort()
    return known[order[np.searchsorted(words, y, sorter=order)]]


def _new_classes(y: np.ndarray, strange: np.ndarray, naming: Naming) -> str:
    """Return which classes were not seen in training, and in which rows they are."""
    found = np.unique(y[strange])
    if len(found) == 1:
        row, index = np.argwhere(strange)[0, 0], naming.index
        at = (row if index is None else index[row]) + 1
        return f"{naming.what} has the class '{found[0]}' in row {at}, which was not seen in training"
    each = (f"'{label}' ({naming.rows((y == label).reshape(len(y), -1).any(1))})" for label in found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{naming.what} has {len(found)} classes that were not seen in training: {', '.join(each)}{more}"


def names_of(classes: np.ndarray) -> str:
    """Return labels as a message lists them."""
    return ", ".join(map(str, classes[:SHOWN])) + (", …" if len(classes) > SHOWN else "")
