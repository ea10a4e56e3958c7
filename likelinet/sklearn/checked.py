"""What users pass, checked as scikit-learn checks it."""

from datetime import date, time, timedelta
from numbers import Real
from typing import Any

import numpy as np
import scipy.sparse
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.validation import validate_data

from likelinet.core.errors import DataError, ParameterError
from likelinet.core.wording import rows_of
from likelinet.distributions import Interval
from likelinet.tables.cells import is_missing
from likelinet.tables.frames import record_columns
from likelinet.tables.table import as_table


def checked_X(estimator: Any, X: Any, *, reset: bool) -> Any:
    """Return X as the model takes it: frames as they are, since the model reads text and categories; else an array.

    `reset` has the estimator learn how many features there are, and their names; infinite numbers are refused then. Of
    one that is from a model file the model says what a frame lacks.
    """
    if reset:
        estimator._by_name = False  # noqa: SLF001
    if hasattr(X, "columns"):
        if estimator._by_name:  # noqa: SLF001
            return X
        X = validate_data(estimator, X, reset=reset, skip_check_array=True)
        return _finite(X) if reset else X
    if record_columns(X) is not None:  # of which scikit-learn would show every row
        raise DataError("X is a list of dicts, or a structured array: pass pandas.DataFrame(X), which has columns.")
    X = validate_data(
        estimator,
        X,
        reset=reset,
        accept_sparse="csr",
        dtype=None,
        ensure_all_finite=False if reset else "allow-nan",
        ensure_min_samples=2 if reset else 1,
    )
    return _finite(X) if reset else _with_names(estimator, X)


def _finite(X: Any) -> Any:
    """Return X; raise `DataError` if a column of numbers holds an infinite one, by its name and row."""
    if scipy.sparse.issparse(X) and not np.isinf(X.data).any():
        return X
    for name, cells in as_table(X).columns.items():
        infinite = isinstance(cells, np.ndarray) and cells.dtype.kind == "f" and np.isinf(cells)
        if np.any(infinite):
            raise DataError(
                f"X holds infinity in column '{name}', {rows_of(infinite)}: make it a missing cell, or a number."
            )
    return X


def _with_names(estimator: Any, X: Any) -> Any:
    """Return an array as columns by the names of the fit, if there are any: their lack was noted by scikit-learn."""
    names = getattr(estimator, "feature_names_in_", None)
    if names is None or scipy.sparse.issparse(X):
        return X
    return dict(zip(names.tolist(), X.T, strict=True))


def checked_numbers(estimator: Any, X: Any, y: Any) -> np.ndarray | Interval:
    """Return y of a regressor: floats of shape (n,) or (n, d), or intervals, as many as X has rows."""
    _refuse_none(estimator, y)
    if not isinstance(y, Interval):
        if (moment := _moment_in(y)) is not None:  # which scikit-learn counts in whatever unit it is kept in
            raise DataError(
                f"y holds dates, times or durations, as '{moment}': make numbers of them, such as days since the first."
            )
        try:
            y = check_array(y, ensure_2d=False, dtype="numeric", input_name="y", estimator=estimator).astype(np.float64)
        except TypeError:
            if (kind := _odd_in(y)) is None:
                raise
            raise DataError(
                f"y holds values of type {kind}, which are no numbers: make numbers of them, or drop these rows."
            ) from None
        except ValueError:
            if (text := _text_in(y)) is None:
                raise
            raise DataError(
                f"y holds text, as '{text}', and {type(estimator).__name__} predicts numbers: take "
                "DistributionClassifier for classes."
            ) from None
        y = column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y
    check_consistent_length(X, y)
    return y


def checked_labels(estimator: Any, X: Any, y: Any) -> np.ndarray:
    """Return y of a classifier as one array of labels, as many as X has rows."""
    _refuse_none(estimator, y)
    boolean = getattr(getattr(y, "dtype", None), "kind", "") == "b"  # of pandas as well, whose cells may be missing
    y = column_or_1d(y, warn=True)
    if y.dtype.kind == "f":
        missing = np.isnan(y)
    else:
        missing = np.array([is_missing(label) for label in y] if y.dtype == object else [])
    if missing.any():
        raise DataError(f"y holds missing labels in {rows_of(missing)}: fill or drop these rows.")
    check_consistent_length(X, y)
    return y.astype(bool) if boolean else y


def checked_weight(estimator: Any, sample_weight: Any) -> np.ndarray | None:
    """Return the weights of rows as floats, or None."""
    if sample_weight is None:
        return None
    name = "sample_weight"
    weight = check_array(sample_weight, ensure_2d=False, dtype="float64", input_name=name, estimator=estimator)
    if not weight.any():
        raise ValueError("sample_weight is zero in every row: give some rows a weight.")
    return weight


def checked_levels(what: str, levels: Any) -> list[float]:
    """Return the levels of quantiles, from 0 to 1, in a list; `what` is who asks for them."""
    each = np.ravel(np.asarray(levels, dtype=np.float64))
    if not ((each >= 0.0) & (each <= 1.0)).all():
        raise ParameterError(f"{what}: the level of a quantile must lie between 0 and 1, as 0.9, got {levels!r}.")
    return each.tolist()


def _text_in(y: Any) -> str | None:
    """Return the first text among values, if there is any."""
    return next((str(value) for value in np.asarray(y, dtype=object).ravel() if isinstance(value, str)), None)


def _odd_in(y: Any) -> str | None:
    """Return the type of the first value that is no number, if there is any."""
    return next((type(v).__name__ for v in np.asarray(y, dtype=object).flat if not isinstance(v, Real)), None)


def _moment_in(y: Any) -> str | None:
    """Return the first date, time or duration among values, if there is any."""
    cells = np.asarray(y).ravel()
    if cells.dtype.kind in "mM":
        return str(cells[0]) if len(cells) else None
    kinds = (date, time, timedelta, np.datetime64, np.timedelta64)
    return next((str(cell) for cell in cells if isinstance(cell, kinds)), None) if cells.dtype == object else None


def _refuse_none(estimator: Any, y: Any) -> None:
    if y is None:
        raise ValueError(
            f"This {type(estimator).__name__} estimator requires y to be passed, but the target y is None."
        )
