"""One config of a space: what it is fitted to, and what comes of it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from likelinet.config import ModelConfig, parse_config
from likelinet.core.errors import LikelinetError
from likelinet.core.notes import unnoted
from likelinet.model.model import Model
from likelinet.selection.comparison import measure_of, scores_of, why_apart
from likelinet.selection.pruning import Looks, Pruned
from likelinet.selection.rows import ScoredRows

COMPLETE, PRUNED, FAILED = "complete", "pruned", "failed"
BLOCKS = 200  # of rows, whose mean scores are kept of each trial: enough for standard errors


@dataclass(frozen=True)
class Task:
    """A config to try, and what its validation NLL may be at most."""

    number: int
    declared: dict[str, Any]
    bars: Sequence[Sequence[float]] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of a config, as plain data.

    Parameters
    ----------
    state : str
        "complete", "pruned" or "failed".
    log_score : float, optional
        Mean of the rows that were held out.
    of_blocks : list of float
        Mean log score of each block of rows.
    measure : str
        What the scores are of.
    sums : list of list of float
        Validation NLL, as `Looks` has them.
    error : str, optional
        Why it failed, in a sentence.
    seconds : float
        How long it took.
    """

    state: str
    log_score: float | None = None
    of_blocks: list[float] = field(default_factory=list)
    measure: str = ""
    sums: list[list[float]] = field(default_factory=list)
    error: str | None = None
    seconds: float = 0.0


def tried(shared: tuple[ScoredRows, bool], task: Task) -> Outcome:
    """Return what comes of a config: fitted once for each fold, or once by members that hold out folds."""
    (rows, by_members), looks, began = shared, Looks(task.bars), time.perf_counter()

    def outcome(state: str, **more: Any) -> Outcome:
        return Outcome(state, sums=looks.sums, seconds=time.perf_counter() - began, **more)

    try:
        config = parse_config(task.declared)  # keys may not go together
        with unnoted():  # about columns, the same in every trial
            scores, measure = (_out_of_fold if by_members else _of_folds)(rows, config, looks)
    except Pruned:
        return outcome(PRUNED)
    except LikelinetError as error:
        return outcome(FAILED, error=str(error))
    if np.isnan(scores).any():
        return outcome(FAILED, error="The log scores of some rows are nan.")
    weight = trial_weight(rows, by_members)
    means, _ = in_blocks(scores, weight)
    score = float(np.average(scores, weights=weight))
    return outcome(COMPLETE, log_score=score, of_blocks=means.tolist(), measure=measure)


def trial_weight(rows: ScoredRows, by_members: bool) -> np.ndarray:
    """Return the weights of the rows that are scored; members hold out all."""
    return rows.weight if by_members else rows.weight[rows.scored]


def not_of_the_first(measures: Mapping[int, str]) -> dict[int, str]:
    """Return why scores do not compare with those of the trial of the lowest number, whichever was finished first."""
    first = measures[min(measures)] if measures else ""
    return {
        number: f"Its scores are of {measure}, and do not compare with those before, of {first}."
        for number, measure in measures.items()
        if measure != first
    }


def in_blocks(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted means of values over blocks of rows, and the weight of each block.

    Each block is of rows that are far from one another.
    """
    block = np.arange(len(values)) % BLOCKS
    of_block = np.bincount(block, weight)
    with np.errstate(invalid="ignore"):  # -inf of a row of probability 0
        return np.bincount(block, weight * values) / of_block, of_block


def _of_folds(rows: ScoredRows, config: ModelConfig, looks: Looks) -> tuple[np.ndarray, str]:
    """Return the log scores of the rows of each fold by a model of the others, and their measure."""
    scores, measures = [], set[str]()
    for train, held in rows.parts:
        looks.begin()
        model = Model(config).fit(rows.table.taken(train), progress=False, callbacks=[looks])
        scored = scores_of("", model, rows.table.taken(held))
        scores.append(scored.log_scores)
        measures.add(scored.measure)
    if why := why_apart(measures):
        raise LikelinetError(why)
    return rows.of_folds(scores), measures.pop()


def _out_of_fold(rows: ScoredRows, config: ModelConfig, looks: Looks) -> tuple[np.ndarray, str]:
    """Return the log scores of all rows by the members that held them out, and their measure."""
    looks.begin()
    found = Model(config).fit(rows.table, progress=False, callbacks=[looks]).out_of_fold
    return found.log_prob, measure_of(found.distribution)
