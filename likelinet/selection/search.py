"""A search of the best config: what is to be tried is checked, and then tried, trial by trial."""

import time as clock
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.config import ModelConfig
from likelinet.config.files import plain_of
from likelinet.config.network import CoderConfig
from likelinet.core.errors import ConfigError
from likelinet.core.wording import counted
from likelinet.distributed.spread import runner
from likelinet.scores.ranking import Ranked, ranking
from likelinet.selection.pruning import bars
from likelinet.selection.rows import ScoredRows, scored_rows
from likelinet.selection.space import Space, Value, space_of
from likelinet.selection.storage import Trials, opened
from likelinet.selection.trial import (
    COMPLETE,
    FAILED,
    PRUNED,
    Outcome,
    Task,
    in_blocks,
    not_of_the_first,
    trial_weight,
    tried,
)
from likelinet.tables.fingerprint import of_table
from likelinet.tables.table import Table

BATCH = 10  # trials that are drawn before any of them is finished, so that their draws do not depend on how many jobs


@dataclass(frozen=True)
class Trial:
    """A config that was tried.

    Parameters
    ----------
    number : int
        Which one, counted from 0.
    values : dict
        The value of each key that is searched.
    state : str
        "complete"; "pruned", given up by its validation rows; or "failed".
    log_score : float, optional
        Mean out-of-fold log p(y | x).
    of_blocks : list of float
        That of each block of rows.
    error : str, optional
        Why it failed.
    seconds : float
        How long it took.
    measure : str
        What the scores are of.
    """

    number: int
    values: dict[str, Any]
    state: str
    log_score: float | None
    of_blocks: list[float]
    error: str | None
    seconds: float
    measure: str


@dataclass(frozen=True)
class Search:
    """What is to be tried, checked before any work is done.

    Parameters
    ----------
    config : ModelConfig
        What all configs have in common.
    space : Space
        Where they differ.
    rows : ScoredRows
        By which they are scored.
    by_members : bool
        Whether each is fitted once, and scored by members that hold out folds.
    digests : dict
        Of the columns of the table.
    """

    config: ModelConfig
    space: Space
    rows: ScoredRows
    by_members: bool
    digests: dict[str, str]

    @staticmethod
    def of(config: ModelConfig, table: Table, search: Any, folds: int = 5, where: str = "search") -> "Search":
        """Return what is to be tried; raise `ConfigError` or `DataError` where that is not possible."""
        if isinstance(config.network, CoderConfig):
            raise ConfigError(
                f"network: '{config.network.kind}' sees y before it predicts it: its scores tell nothing."
            )
        if config.data.target is None:
            raise ConfigError("y is missing: name its column in data.target.")
        space = space_of(config, search, where)
        rows = scored_rows(config, table, folds)
        return Search(config, space, rows, _by_members(config, space), of_table(table))

    @property
    def how(self) -> str:
        """How rows are held out, in words."""
        return "members that hold out folds" if self.by_members else counted(len(self.rows.parts), "fold")

    @property
    def weight(self) -> np.ndarray:
        """The weights of the rows that are scored."""
        return trial_weight(self.rows, self.by_members)

    def to_json(self) -> dict[str, Any]:
        """Return by what trials are told from those of another search."""
        folds = "members" if self.by_members else len(self.rows.parts)
        return {
            "table": self.digests,
            "config": plain_of(self.config),
            "space": self.space.to_json(),
            "number of folds": folds,
        }

    def ranked(self, trials: Sequence[Trial]) -> list[tuple[Trial, Ranked]]:
        """Return the complete trials, the best first, each with its distance to the best and the error of that.

        Those whose scores do not compare with the scores of the first are left out.
        """
        scores = {str(t.number): np.array(t.of_blocks) for t in of_one_measure(trials) if t.state == COMPLETE}
        _, weight = in_blocks(np.zeros(len(self.weight)), self.weight)
        by_name = {str(trial.number): trial for trial in trials}
        return [(by_name[found.family], found) for found in ranking(scores, weight)]

    def plain(self, trial: Trial) -> dict[str, Any]:
        """Return the config of a trial as it would be written."""
        return self.space.plain(trial.values)

    def trials(
        self,
        many: int = 40,
        jobs: int = 1,
        dask: str | None = None,
        storage: Path | None = None,
        time: float | None = None,
    ) -> Iterator[Trial]:
        """Yield trials as they are finished, those that are in the storage first; see `tune`."""
        until = np.inf if time is None else clock.monotonic() + time
        grid = self.space.many <= many
        many = int(min(many, self.space.many))
        with opened(storage, self.to_json(), self.space, self.config.training.seed, grid) as kept:
            points = kept.points()
            yield from (self._trial(n, points[n], outcome) for n, outcome in kept.outcomes().items())
            with runner((self.rows, self.by_members), jobs, dask) as run:
                for start in range(0, many, max(BATCH, jobs)):
                    stop = min(start + max(BATCH, jobs), many)
                    kept.drawn(stop)
                    for task, outcome in run(tried, self._tasks(kept, start, stop, until)):
                        kept.keep(task.number, outcome)
                        yield self._trial(task.number, kept.points()[task.number], outcome)
                    for number, outcome in _of_twins(kept, start, stop):
                        kept.keep(number, outcome)
                        yield self._trial(number, kept.points()[number], outcome)
                    kept.end()

    def _tasks(self, kept: Trials, start: int, stop: int, until: float) -> Iterator[Task]:
        """Yield what is left to do of some trials, as long as there is time."""
        done, points = kept.outcomes(), kept.points()
        apart = kept.apart()
        before = [done[n] for n in sorted(done) if n < start and done[n].state != FAILED and n not in apart]
        heights = bars([o.sums for o in before], [o.state == PRUNED for o in before])
        for number in range(start, stop):
            if number not in done and points.index(points[number]) == number and clock.monotonic() < until:
                yield Task(number, self.space.plain(self.space.values(points[number])), heights)

    def _trial(self, number: int, point: Mapping[str, Value], outcome: Outcome) -> Trial:
        of = outcome.state, outcome.log_score, outcome.of_blocks, outcome.error, outcome.seconds, outcome.measure
        return Trial(number, self.space.values(point), *of)


def number_of(trial: Trial) -> int:
    """Return the number of a trial, by which trials are sorted."""
    return trial.number


def _by_members(config: ModelConfig, space: Space) -> bool:
    """Whether each config is fitted once, by members that hold out folds which are the same for all."""
    changed = {part for key in space.keys for part in (key.partition(".")[0], key)}
    declared = "training" in config.model_fields_set and "folds" in config.training.model_fields_set
    if not declared or config.training.folds is None or config.data.time is not None:
        return False
    whole = any(key in ("training", "training.folds", "quality") for key in space.keys)
    return not whole and not changed & {"ensemble", "groups"}


def of_one_measure(trials: Sequence[Trial]) -> list[Trial]:
    """Return trials by their numbers, as failed where their scores do not compare with those of the first."""
    apart = not_of_the_first({trial.number: trial.measure for trial in trials if trial.state == COMPLETE})
    return [
        replace(trial, state=FAILED, log_score=None, of_blocks=[], error=apart[trial.number])
        if trial.number in apart
        else trial
        for trial in sorted(trials, key=number_of)
    ]


def _of_twins(kept: Trials, start: int, stop: int) -> Iterator[tuple[int, Outcome]]:
    """Yield trials of configs that were drawn before, with what came of those, which are not fitted again."""
    done, points = kept.outcomes(), kept.points()
    for number in range(start, stop):
        twin = points.index(points[number])
        if number not in done and twin in done:
            yield number, replace(done[twin], seconds=0.0)
