"""Section on scores: the model's, and beside those of simpler models, on the same rows, with paired errors."""

import numpy as np

from likelinet.core.errors import LikelinetError
from likelinet.core.notes import unnoted
from likelinet.core.wording import counted
from likelinet.report import boosted
from likelinet.report.beside import FOLDS, Learn, by_other_rows, in_turn, learner, own
from likelinet.report.case import Case
from likelinet.report.html import Section, noted, said, table
from likelinet.report.train import Train
from likelinet.report.trees import installed
from likelinet.scores.paired import paired
from likelinet.selection.baselines import baselines

TREES = "boosted trees"


def scores(case: Case, train: Train | None) -> Section:
    """Return metrics of the model, and how far simpler models are from it, by rows for these if there are any."""
    measured = case.predicted.scores()
    rows = counted(case.rows.table.n, "row")
    drawn = f"{rows}, drawn of {case.observed}" if case.observed > case.rows.table.n else rows
    parts = [table(["metric", "value"], measured.items(), f"Means over {drawn}.")]
    others = {name: learner(case, config) for name, config in baselines(case.model.config).items()}
    trees = installed() if others and boosted.fits(case) else None
    if trees is not None:
        others[TREES] = boosted.learner(case, trees)
    if others:
        parts += [] if train is None else map(noted, train.faults)
        parts += _compared(case, others, train, "" if trees is None else boosted.words(trees))
    return Section("scores", "Scores, beside simpler models", parts)


def _compared(case: Case, others: dict[str, Learn], train: Train | None, of_trees: str) -> list[str]:
    """Return a table of differences, and what it says."""
    this = own(case)
    found, failed = {}, []
    for name, learn in others.items():
        try:
            with unnoted():
                found[name] = in_turn(case, learn) if train is None else by_other_rows(case, learn, train.rows)
        except LikelinetError as error:
            failed.append(noted(f"{name}: {error}"))
    words = "Brier score" if case.of_classes else "CRPS"
    at = float(np.average(this.log_score, weights=case.weight))
    lines = [["this model", at, "", "", _mean(this.error, case.weight), "", ""]]
    verdicts = []
    for name, other in found.items():
        there = ~np.isnan(other.log_score)
        weight = case.weight[there]
        apart, noise = paired(other.log_score[there], this.log_score[there], weight)
        line = [name, float(np.average(other.log_score[there], weights=weight)), apart, noise, np.nan, "", ""]
        if this.error is not None and other.error is not None:
            mean = _mean(other.error[there], weight)
            line[4:] = [mean, *paired(other.error[there], this.error[there], weight)]
        lines.append(line)
        verdicts.append(_verdict(name, apart, noise))
    how = (
        "The other models were fitted to the rows of train."
        if train is not None
        else f"The other models saw other rows of this table alone: each row is scored by those fitted to the other "
        f"{FOLDS - 1} of {FOLDS} parts. Hand over the training rows to have them fitted to those."
    )
    head = ["model", "log score", "difference", "std. error", words, "difference", "std. error"]
    return [
        table(head, lines, "Differences from this model, with paired standard errors."),
        *verdicts,
        said(how),
        *([said(of_trees)] if TREES in found else []),
        *failed,
    ]


def _mean(values: np.ndarray | None, weight: np.ndarray) -> float:
    return float("nan") if values is None else float(np.average(values, weights=weight))


def _verdict(name: str, apart: float, noise: float) -> str:
    """Return in words whether another model is better by its log score, beyond noise."""
    other = f"that of {name}" if name == TREES else f"the {name} one"
    if not np.isfinite(noise):
        return said(f"Of the other models {other} gave some row no probability at all.")
    if abs(apart) <= 2.0 * noise:
        return said(f"By its log score this model and {other} are within two standard errors of each other.")
    if apart > 0.0:
        return noted(f"By its log score this model is worse than {other} on these rows.")
    return said(f"By its log score this model is better than {other}, beyond noise.")
