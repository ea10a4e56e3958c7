"""The rows that simpler models are fitted to, and what tells that other ones are meant."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.notes import unnoted
from likelinet.core.wording import counted, shown
from likelinet.distributions import Interval
from likelinet.report.case import Case
from likelinet.report.drift import drift_of
from likelinet.tables.rows import Rows, declared_table

DIFFERENT = 0.9  # share of rows unlike all others, from which on a row that is found again is the same one
MANY = 0.5  # share of the rows reported on that are found among those of training
APART = 0.01  # distance of a column that the model was fitted to from itself, at most
THESE = "simpler models are to learn from the rows that the model was fitted to"


@dataclass(frozen=True)
class Train:
    """Rows for simpler models.

    Parameters
    ----------
    rows : Rows
        Those with a y.
    faults : tuple of str
        A sentence on each thing that tells that other rows are meant.
    """

    rows: Rows
    faults: tuple[str, ...] = ()


def train_of(case: Case, train: Any, fitted_to: int) -> Train:
    """Return the rows of a table for simpler models, and whether they are plainly the wrong ones.

    Parameters
    ----------
    case : Case
        The rows that are reported on.
    train
        A table that has y, or (X, y) or (X, y, sample_weight).
    fitted_to : int
        How many rows the model was fitted to, those without y among them; 0 where it is not known.

    Raises
    ------
    DataError
        If the rows cannot be used.
    """
    x, y, weight = (*train, None, None)[:3] if isinstance(train, tuple) else (train, None, None)
    try:
        with unnoted():
            table = declared_table(x, case.model.config.data)
            rows = case.model.observed(table, y, weight)
            faults = (_seen(case, rows), _other(case, rows, table.n, fitted_to))
    except DataError as error:
        raise DataError(f"train: {error}") from error
    return Train(rows, tuple(fault for fault in faults if fault))


def _seen(case: Case, rows: Rows) -> str:
    """Return a sentence on rows reported on that are in train as well; "" of a few, or where chance may do it."""
    own, others = _fingerprints(case, rows)
    known = {*others}
    found = sum(print_ in known for print_ in own)
    if found <= MANY * len(own) or not (own == others or len(known) >= DIFFERENT * len(others)):
        return ""
    which = "These very rows are" if own == others else f"{found} of these {counted(len(own), 'row')} are"
    return f"{which} in train as well, so that the simpler models have seen them: {THESE}."


def _fingerprints(case: Case, rows: Rows) -> tuple[list[bytes], list[bytes]]:
    """Return what tells a row from others, of those reported on and of others: what the network sees of it, and y."""
    each = case.rows, rows
    x = [case.inputs(part.table).astype(float) for part in each]
    y = [np.stack([v.y.lower, v.y.upper], 1) if isinstance(v.y, Interval) else np.asarray(v.y) for v in each]
    codes = np.unique(np.concatenate(y), return_inverse=True)[1].reshape(len(y[0]) + len(y[1]), -1)
    own, others = np.split(np.column_stack([np.concatenate(x), codes]), [len(y[0])])
    return [row.tobytes() for row in own], [row.tobytes() for row in others]


def _other(case: Case, rows: Rows, n: int, fitted_to: int) -> str:
    """Return a sentence on rows that are plainly not those that the model was fitted to; "" of others."""
    if fitted_to and n != fitted_to:
        return f"train has {counted(n, 'row')}, and the model was fitted to {fitted_to}: {THESE}."
    if not fitted_to or (rows.weight != rows.weight[0]).any():  # by which the model counts shares
        return ""
    far = [d.name for d in drift_of(case.model, case.read(rows.table)) if d.outside or (d.distance or 0.0) > APART]
    if not far:
        return ""
    return f"In train, column '{shown(far[0])}' is not as in the rows that the model was fitted to: {THESE}."
