"""Section on scores: the model's, and beside those of simpler models, on the same rows, with paired errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.errors import LikelinetError
from likelinet.core.notes import unnoted
from likelinet.core.wording import counted
from likelinet.explain.importance import errors
from likelinet.model.model import Model
from likelinet.report.case import Case
from likelinet.report.html import Section, noted, said, table
from likelinet.scores.calibration import log_prob
from likelinet.scores.metrics import evaluate
from likelinet.scores.paired import paired
from likelinet.selection.baselines import baselines
from likelinet.tables.hold_out import HoldOut

FOLDS = 3  # of the rows, by which simpler models are fitted where there are no others


@dataclass(frozen=True)
class Beside:
    """What another model gave the same rows.

    Parameters
    ----------
    log_score : ndarray, shape (n,)
        Of each row; NaN where it was not scored.
    error : ndarray, shape (n,), or None
        The CRPS of each, of classes the Brier score.
    """

    log_score: np.ndarray
    error: np.ndarray | None


def scores(case: Case, train: Any) -> Section:
    """Return metrics of the model, and how far simpler models are from it."""
    measured = evaluate(case.d, case.y, case.weight)
    rows = counted(case.rows.table.n, "row")
    drawn = f"{rows}, drawn of {case.observed}" if case.observed > case.rows.table.n else rows
    parts = [table(["metric", "value"], measured.items(), f"Means over {drawn}.")]
    simpler = baselines(case.model.config)
    if simpler:
        parts += _compared(case, simpler, train)
    return Section("scores", "Scores, beside simpler models", parts)


def _compared(case: Case, simpler: Mapping[str, ModelConfig], train: Any) -> list[str]:
    """Return a table of differences, and what it says."""
    own = Beside(log_prob(case.d, case.y), errors(case.d, case.y))
    found, failed = {}, []
    for name, config in simpler.items():
        try:
            with unnoted():
                found[name] = _given(case, config, train) if train is not None else _in_turn(case, config)
        except LikelinetError as error:
            failed.append(noted(f"{name}: {error}"))
    words = "Brier score" if case.of_classes else "CRPS"
    at = float(np.average(own.log_score, weights=case.weight))
    lines = [["this model", at, "", "", _mean(own.error, case.weight), "", ""]]
    verdicts = []
    for name, other in found.items():
        there = ~np.isnan(other.log_score)
        weight = case.weight[there]
        apart, noise = paired(other.log_score[there], own.log_score[there], weight)
        line = [name, float(np.average(other.log_score[there], weights=weight)), apart, noise, np.nan, "", ""]
        if own.error is not None and other.error is not None:
            mean = _mean(other.error[there], weight)
            line[4:] = [mean, *paired(other.error[there], own.error[there], weight)]
        lines.append(line)
        verdicts.append(_verdict(name, apart, noise))
    how = (
        "The simpler models were fitted to the training rows."
        if train is not None
        else f"The simpler models saw other rows of this table alone: each row is scored by those fitted to the other "
        f"{FOLDS - 1} of {FOLDS} parts. Hand over the training rows to have them fitted to those."
    )
    head = ["model", "log score", "difference", "std. error", words, "difference", "std. error"]
    return [
        table(head, lines, "Differences from this model, with paired standard errors."),
        *verdicts,
        said(how),
        *failed,
    ]


def _mean(values: np.ndarray | None, weight: np.ndarray) -> float:
    return float("nan") if values is None else float(np.average(values, weights=weight))


def _verdict(name: str, apart: float, noise: float) -> str:
    """Return in words whether another model is better by its log score, beyond noise."""
    if not np.isfinite(noise):
        return said(f"The {name} model gave some row no probability at all.")
    if abs(apart) <= 2.0 * noise:
        return said(f"By its log score this model and the {name} one are within two standard errors of each other.")
    if apart > 0.0:
        return noted(f"By its log score the {name} model is better on these rows.")
    return said(f"By its log score this model is better than the {name} one, beyond noise.")


def _given(case: Case, config: ModelConfig, train: Any) -> Beside:
    """Return the scores of a model that is fitted to rows of its own."""
    x, y, *weight = train if isinstance(train, tuple) else (train, None)
    model = Model(config).fit(x, y, *weight, progress=False)
    d = model.predict_dist(case.rows.table)
    return Beside(log_prob(d, case.y), errors(d, case.y))


def _in_turn(case: Case, config: ModelConfig) -> Beside:
    """Return the scores of rows by models that are fitted to the others."""
    rows, n = case.rows, case.rows.table.n
    log_score, error = np.full(n, np.nan), np.full(n, np.nan)
    rng = np.random.default_rng(case.seed)
    for train, held in HoldOut.of(config.data, rows.table).folds(FOLDS, rng):
        y = None if case.by_column else rows.y[train]
        weight = rows.weight[train] if case.weighted else None
        model = Model(config).fit(rows.table.taken(train), y, weight, progress=False)
        d = model.predict_dist(rows.table.taken(held))
        log_score[held] = log_prob(d, rows.y[held])
        each = errors(d, rows.y[held])
        error[held] = np.nan if each is None else each
    return Beside(log_score, None if np.isnan(error).all() else error)
