"""Other models on the same rows: what each gives the rows that it has not seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.config import ModelConfig
from likelinet.distributions import Distribution
from likelinet.explain.importance import errors
from likelinet.model.model import Model
from likelinet.report.case import Case
from likelinet.scores.calibration import log_prob
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.rows import Rows
from likelinet.tables.table import Table

FOLDS = 3  # of the rows, by which other models are fitted where there are no others

Learn = Callable[[Rows], Callable[[Table], Distribution]]


@dataclass(frozen=True)
class Beside:
    """What a model gave rows.

    Parameters
    ----------
    log_score : ndarray, shape (n,)
        Of each row; NaN where it was not scored.
    error : ndarray, shape (n,), or None
        The CRPS of each, of classes the Brier score.
    """

    log_score: np.ndarray
    error: np.ndarray | None


def learner(case: Case, config: ModelConfig) -> Learn:
    """Return how a model of another config is fitted to rows.

    Parameters
    ----------
    case : Case
        Which says whether y is a column.
    config : ModelConfig
        Its declaration.
    """

    def learn(rows: Rows) -> Callable[[Table], Distribution]:
        weight = rows.weight if config.data.weight is None and (rows.weight != 1.0).any() else None
        y = None if case.by_column else rows.y
        return Model(config).fit(rows.table, y, weight, progress=False).predict_dist

    return learn


def by_other_rows(case: Case, learn: Learn, train: Rows) -> Beside:
    """Return the scores of all rows by a model that is fitted to rows of its own.

    Parameters
    ----------
    case : Case
        The rows that are scored.
    learn : callable
        Fits the model.
    train : Rows
        What it is fitted to.
    """
    return _scored(learn(train)(case.rows.table), case.y)


def in_turn(case: Case, learn: Learn) -> Beside:
    """Return the scores of each row by a model that is fitted to the other parts of the rows.

    Parameters
    ----------
    case : Case
        The rows.
    learn : callable
        Fits the model.
    """
    rows, n = case.rows, case.rows.table.n
    log_score, error = np.full(n, np.nan), np.full(n, np.nan)
    rng = np.random.default_rng(case.seed)
    for train, held in HoldOut.of(case.model.config.data, rows.table).folds(FOLDS, rng):
        predict = learn(Rows(rows.table.taken(train), rows.y[train], rows.weight[train], rows.levels))
        found = _scored(predict(rows.table.taken(held)), rows.y[held])
        log_score[held] = found.log_score
        error[held] = np.nan if found.error is None else found.error
    return Beside(log_score, None if np.isnan(error).all() else error)


def own(case: Case) -> Beside:
    """Return the scores of the model itself."""
    return _scored(case.d, case.y)


def _scored(d: Distribution, y: Any) -> Beside:
    return Beside(log_prob(d, y), errors(d, y))
