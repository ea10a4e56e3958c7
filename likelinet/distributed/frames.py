"""Predictions of Dask DataFrames, partition by partition."""

from collections.abc import Sequence
from typing import Any

from likelinet.core.errors import DataError, LikelinetError
from likelinet.core.notes import unnoted
from likelinet.distributed.extras import needed
from likelinet.model.model import Model
from likelinet.model.predicted_columns import prediction_columns


def predict(model: Model, frame: Any, quantiles: Sequence[float] | None = None, interval: float | None = None) -> Any:
    """Return the predictions of a Dask DataFrame as another one, with the columns of `likelinet predict`.

    They are made partition by partition when they are asked for, and have the index of the rows. There is a column
    `mean` even where all means are nan.

    Parameters
    ----------
    model : Model
        A fitted one.
    frame : dask.dataframe.DataFrame
        With the columns that the model predicts from.
    quantiles : sequence of float, optional
        Of numbers; by default the median and the ends of the central 90 % interval, or those of `interval`.
    interval : float, optional
        Probability of a central interval, whose ends are `low` and `high`.

    Returns
    -------
    dask.dataframe.DataFrame
        Mean and quantiles, or the most probable class and the probability of each; of several outputs, columns of each.

    Raises
    ------
    MissingLibraryError
        If Dask is not installed.
    DataError
        If it is no Dask DataFrame, or an interval is asked of classes.

    References
    ----------
    Dask, https://docs.dask.org/en/stable/dataframe.html.

    Examples
    --------
    >>> import dask.dataframe as dd
    >>> import likelinet as ll
    >>> import pandas as pd
    >>> table = pd.DataFrame({"x": [0.1 * i for i in range(40)], "y": [0.2 * i + 0.5 * (-1) ** i for i in range(40)]})
    >>> config = {"quality": "plain", "data": {"target": "y"}, "network": {"hidden": []}}
    >>> config["training"] = {"optimizer": {"kind": "lbfgs"}}
    >>> model = ll.Model(config).fit(table)
    >>> found = predict(model, dd.from_pandas(table, npartitions=4), interval=0.5)
    >>> list(found.columns)
    ['mean', 'q0.5', 'low', 'high']
    >>> found.head(2)["mean"].round(1).tolist()
    [0.0, 0.2]
    """
    frames = needed("dask.dataframe", "dask")
    if not isinstance(frame, frames.DataFrame):
        raise DataError(f"predict takes a Dask DataFrame, got a {type(frame).__name__}: dask.dataframe.from_pandas.")
    asked = model, quantiles, interval
    try:
        meta = _predicted(frame._meta_nonempty, {}, *asked)  # noqa: SLF001 - rows that Dask makes up, by the types
    except LikelinetError:  # a strict model refuses labels that it does not know
        meta = _predicted(frame.head(1, npartitions=-1), {}, *asked)
    return frame.map_partitions(_predicted, dict(meta.dtypes), *asked, meta=meta.iloc[:0])


def _predicted(
    part: Any, dtypes: dict[str, Any], model: Model, quantiles: Sequence[float] | None, interval: float | None
) -> Any:
    """Return the predictions of a partition, in columns of these dtypes."""
    pandas = needed("pandas", "dask")
    if len(part) == 0:
        return pandas.DataFrame({name: pandas.Series(dtype=dtype) for name, dtype in dtypes.items()}, index=part.index)
    with unnoted():  # of columns that are not used, in every partition
        columns = prediction_columns(model, model.predict_dist(part), quantiles, interval)
    return pandas.DataFrame(columns, index=part.index).astype(dtypes)
