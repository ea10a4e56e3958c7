"""The report from model and rows to its file."""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.core.errors import DataError, UndefinedError
from likelinet.core.notes import note, unnoted
from likelinet.core.wording import counted
from likelinet.core.writing import replacing
from likelinet.explain.importance import Importance
from likelinet.model.model import Model
from likelinet.model.predicted import Predicted
from likelinet.report.calibration import calibration, single_rows
from likelinet.report.case import Case, case_of
from likelinet.report.drift import drift
from likelinet.report.effects import dependence, features, measured
from likelinet.report.html import Section, items, noted, page, said
from likelinet.report.scores import scores
from likelinet.report.surprising import surprising
from likelinet.report.train import Train, train_of
from likelinet.report.training import columns, family, training
from likelinet.tables.rows import Rows
from likelinet.tables.table import Table

ENDINGS = (".html", ".htm")


def write_report(
    model: Model,
    table: Table,
    y: Any,
    path: Path,
    *,
    predict: Callable[[Rows], Predicted],
    read: Callable[[Table], Table],
    inputs: Callable[[Table], np.ndarray],
    note_seen: Callable[[Table], None],
    fitted_to: int = 0,
    train: Any = None,
    sample_weight: Any = None,
    seed: int = 0,
) -> Path:
    """Write the report of a model on some rows, and return the path.

    Parameters
    ----------
    model : Model
        Fitted.
    table, y, sample_weight
        Rows, as `Model.evaluate` takes them.
    path : Path
        The file.
    predict : callable
        Returns all that is predicted of rows whose y is known.
    read : callable
        Returns a table as the model sees it: with its own names of columns.
    inputs : callable
        Returns what the network sees of a table.
    note_seen : callable
        Warns of a table that the model was trained on.
    fitted_to : int
        How many rows the model was fitted to; 0 where it is not known.
    train : optional
        Rows for the simpler models.
    seed : int
        By which rows are drawn.

    Raises
    ------
    DataError
        If the rows cannot be used, or the file not be written.
    """
    if path.suffix.lower() not in ENDINGS:
        raise DataError(f"{path}: a report is HTML; name a file such as report.html.")
    if not path.resolve().parent.is_dir():
        raise DataError(f"{path}: cannot write the report, since there is no such folder; name a file in one.")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        note_seen(table)
        case = case_of(model, table, y, sample_weight, seed, predict, read, inputs)
    learned_from = None if train is None else train_of(case, train, fitted_to)
    for fault in () if learned_from is None else learned_from.faults:
        note(fault)
    with unnoted():  # said above
        text = html_of(case, learned_from, list(dict.fromkeys(str(w.message) for w in caught)))
    try:
        with replacing(path) as new:
            new.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot write the report ({error.strerror}); check the folder.") from None
    return path


def html_of(case: Case, train: Train | None, notes: Sequence[str]) -> str:
    """Return the report as text, with what was noted of the rows at its top."""
    rows = counted(case.table.n, "row")
    known = "" if case.observed == case.table.n else f", of which {case.observed} have a y"
    lead = [said(f"{case.model!r}"), said(f"On {rows}{known}.")]
    lead += [noted("Noted on these rows:"), items(notes)] if notes else []
    return page(f"{case.y_in_words}: a report", lead, _sections(case, train))


def _sections(case: Case, train: Train | None) -> list[Section]:
    """Return all parts that there is something to say in; what a distribution has no answer to is said in its place."""
    found = _importance(case)
    wanted: list[Callable[[], Section | None]] = [
        partial(columns, case),
        partial(family, case),
        partial(training, case),
        partial(scores, case, train),
        partial(calibration, case),
        partial(single_rows, case),
        partial(surprising, case, found),
        partial(drift, case),
    ]
    if found is not None:
        wanted[6:6] = [partial(features, case, found), partial(dependence, case, found)]
    sections = []
    for make in wanted:
        try:
            sections.append(make())
        except UndefinedError as error:
            name = make.func.__name__  # pyright: ignore[reportFunctionMemberAccess]
            sections.append(Section(name, name.replace("_", " ").capitalize(), [noted(str(error))]))
    return [section for section in sections if section is not None]


def _importance(case: Case) -> Importance | None:
    """Return the importance of features; None where there are none, or y has neither location nor spread."""
    try:
        return measured(case) if any(kind.width for kind in case.model.kinds) else None
    except UndefinedError:
        return None
