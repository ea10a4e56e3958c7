"""`likelinet predict`, `sample`, `encode`, `generate`: a header and a row for each x."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from likelinet.cli import asked
from likelinet.cli.event import Event
from likelinet.core.errors import DataError
from likelinet.core.notes import note
from likelinet.core.wording import counted
from likelinet.distributions import Distribution
from likelinet.model.model import Model
from likelinet.model.predicted_columns import QUANTILES, interval, named, of_outputs, prediction_columns, written
from likelinet.tables.roles import other_columns
from likelinet.tables.table import Table

AT_ONCE = 1 << 12  # rows that are Python's values at a time


def prediction_rows(
    model: Model,
    table: Table,
    quantiles: Sequence[float] | None,
    above: Sequence[float] = (),
    kept: Mapping[str, Any] | None = None,
    parameters: bool = False,
    events: Sequence[Event] = (),
    level: float | None = None,
    costs: tuple[float, float] | None = None,
) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: mean and quantiles, or the most probable class and all probabilities.

    Parameters
    ----------
    model, table
        Which distributions.
    quantiles : sequence of float, optional
        Of numbers; by default the median and the ends of the central 90 % interval, or those of `level`.
    above : sequence of float
        Numbers whose probability of being exceeded is wanted.
    kept : mapping, optional
        Cells by the name of their column, which come first.
    parameters : bool
        Whether the parameters of the distribution come last.
    events : sequence of Event
        Whose probability is wanted.
    level : float, optional
        Of a central interval.
    costs : tuple of float, optional
        Of each unit of y too few and too many, by which a number is chosen.
    """
    kept = kept or {}
    d = model.predict_dist(_beside_kept(model, table, kept))
    if d.class_marginals() is not None and quantiles:
        note("--quantiles is for numbers, and this model predicts classes: it has none.")
    if quantiles is None:
        quantiles = QUANTILES if level is None else (0.5,)
    columns = _with_known_mean(d, prediction_columns(model, d, quantiles), quantiles)
    further = {} if level is None else of_outputs(model, d, interval(model, d, level, "--interval"))
    further |= {name: values for t in above for name, values in _above(model, d, t).items()}
    further |= {name: values for event in events for name, values in asked.probability(model, d, event).items()}
    further |= {} if costs is None else of_outputs(model, d, asked.decision(model, d, costs))
    further |= _parameters(model, d) if parameters else {}
    if twice := sorted(kept.keys() & {*columns, *further}):
        raise DataError(f"--keep: the predictions have a column '{twice[0]}' too; leave it out, or rename it.")
    return [*kept, *columns, *further], _rows([*kept.values(), *columns.values(), *further.values()], table.n)


def _rows(columns: Sequence[Any], n: int) -> Iterator[Sequence[Any]]:
    """Yield the n rows of columns as Python's values, of which all at once would take several times as much memory."""
    for first in range(0, n, AT_ONCE):
        some = (column[first : first + AT_ONCE] for column in columns)
        yield from zip(*(cells if isinstance(cells, list) else cells.tolist() for cells in some), strict=True)


def _beside_kept(model: Model, table: Table, kept: Iterable[str]) -> Table:
    """Return a table without kept columns that the model does not use, so that no note says that they are ignored."""
    if not all(kind.name in table.columns for kind in model.kinds if kind.width):
        return table  # by position, or with an error that may name one that was meant
    unused = {*kept} - {*model.feature_names, *other_columns(model.config)}
    return replace(table, columns={name: cells for name, cells in table.columns.items() if name not in unused})


def _with_known_mean(
    d: Distribution, columns: dict[str, np.ndarray], quantiles: Sequence[float]
) -> dict[str, np.ndarray]:
    """Return columns without means where no row has one; say for how many there is none, and what to take instead."""
    means = {name: column for name, column in columns.items() if name == "mean" or name.startswith("mean_")}
    if d.class_marginals() is not None or not means:
        return columns
    missing = np.isnan(np.stack([*means.values()], axis=1))
    if missing.all():  # tails are too long
        return {name: column for name, column in columns.items() if name not in means}
    usable = np.ones(len(missing), bool) if d.unusable is None else ~d.unusable.reshape(len(missing), -1).any(1)
    without = missing.any(1) & usable
    if without.any():
        median = "q0.5" if 0.5 in quantiles else "by --quantiles 0.5"
        rows = counted(int(without.sum()), "row")
        note(
            f"There is no mean of the prediction in {rows} of {len(missing)}, where it is nan: take the median, "
            f"{median}."
        )
    return columns


def _above(model: Model, d: Distribution, t: float) -> dict[str, np.ndarray]:
    """Return P(y > t) of each output."""
    d = d.as_numbers()
    if d.class_marginals() is not None:
        raise DataError("--above is for numbers, and this model predicts classes.")
    probability = d.sf(np.broadcast_to(t, d.event_shape))
    return named(f"p_above_{written(t)}", probability, model.target_names if d.event_shape else [])


def _parameters(model: Model, d: Distribution) -> dict[str, np.ndarray]:
    """Return the parameters by name: those of several outputs by the name of each, others numbered from 1."""
    if model.recalibrated is not None:
        note("The parameters are those of the plain predictions; the other columns are recalibrated.")
    found: dict[str, np.ndarray] = {}
    for name, values in d.values_by_name().items():
        by_output = values.shape[1:] == d.event_shape == (len(model.target_names),)
        found |= named(name, values, model.target_names if by_output else [])
    return found


def sample_rows(model: Model, table: Table, number: int, seed: int | None) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: one column for each draw."""
    draws = model.sample(table, number, seed)
    if draws.ndim == 3:
        header = [f"sample_{i + 1}_{t}" for i in range(number) for t in model.target_names]
        draws = draws.transpose(1, 0, 2).reshape(draws.shape[1], -1)
    else:
        header, draws = [f"sample_{i + 1}" for i in range(number)], draws.T
    return header, _cells(model, draws)


def code_rows(model: Model, table: Table) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: the numbers of each code."""
    codes = model.encode(table)
    return [f"code_{j + 1}" for j in range(codes.shape[1])], _rows([*codes.T], len(codes))


def generated_rows(model: Model, number: int, seed: int | None) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: new rows, with the columns of y."""
    return model.target_names, _cells(model, model.generate(number, seed).reshape(number, -1))


def _cells(model: Model, y: np.ndarray) -> Iterable[Sequence[Any]]:
    """Return the rows of drawn y as plain values, counts and codes as whole numbers."""
    whole = y.dtype.kind == "f" and model.whole_numbers
    return _rows([*(y.astype(np.int64) if whole else y).T], len(y))
