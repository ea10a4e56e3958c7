"""A family chosen for y: those that fit its kind are trained shortly, and the one that predicts unseen rows best is it.

Others that come near may be kept beside it, for groups of members of their own.

Each is trained by as many members as there are folds, on a part of the rows where there are very many. All predict the
same rows, those that the member has not seen.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelinet.config import GroupConfig, ModelConfig
from likelinet.config.auto import AutoConfig
from likelinet.config.training import EarlyStoppingConfig, HoldThenAnnealConfig, LBFGSConfig
from likelinet.core.errors import DataError, LikelinetError
from likelinet.core.gathered import attempted
from likelinet.core.notes import FamilyNote, note, unnoted
from likelinet.core.wording import counted
from likelinet.distributions import Interval
from likelinet.model import few_rows, fitting
from likelinet.model.dataset import Dataset
from likelinet.model.source import Source
from likelinet.model.stacking import kind_of_y
from likelinet.model.trainable import trainable
from likelinet.scores.cells import log_prob_of_cells
from likelinet.scores.ranking import ranking
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.roles import Roles
from likelinet.tables.rows import Rows
from likelinet.tables.table import Table, as_table
from likelinet.targets.build import takes_labels
from likelinet.targets.class_weights import weigher
from likelinet.targets.lattice import step_of
from likelinet.targets.suggestion import Suggestion, suggested, suggested_for_intervals
from likelinet.targets.times import note_times
from likelinet.training.choice import Candidate, Choice
from likelinet.training.progress import Progress
from likelinet.training.record import Beside, Record
from likelinet.training.streams import held_out_stream

FOLDS = 4
ROWS = 4000  # that families are tried on, at most
STEPS, ANNEAL = 600, 150  # of their training, at most
ITERATIONS = 60  # of L-BFGS
SAME = 1e-6  # nats within which the simpler one is taken
NEAR = 0.3  # nats within which others are worth to be kept beside it
SHARE = 0.25  # of training.time for all of them together


@dataclass(frozen=True)
class Task:
    """Rows to try families on.

    Parameters
    ----------
    config : ModelConfig
        All but the family; of groups of members that of the last.
    rows : Rows
        Table, y as the user gave it, and weights.
    given : bool
        Whether y is no column of the table.
    step : float
        Of the lattice on which y lies, where densities are among the families.
    families : int
        How many are to be kept.
    """

    config: ModelConfig
    rows: Rows
    given: bool
    step: float
    families: int


def chosen(
    config: ModelConfig, table: Table, y: Any, sample_weight: Any, shown: bool, record: Record, few: bool = False
) -> tuple[ModelConfig, Choice | None]:
    """Return the config with families in place of `auto`, and how they were chosen.

    A config that names a family is returned as it is.

    Parameters
    ----------
    config : ModelConfig
        The declaration.
    table, y, sample_weight
        The training rows, as the user passed them.
    shown : bool
        Whether to show a progress bar.
    record : Record
        What trainings have given.
    few : bool
        Whether the rows are too few to hold some out: the family is then the one to begin with.

    Raises
    ------
    LikelinetError
        If none of the families can be fitted: what is wrong with the first one.
    """
    if not config.distribution.is_open:
        return config, None
    own = [group.distribution for group in config.groups or ()]
    if own and None not in own:  # each has a family of its own, and none takes the chosen one
        return config.model_copy(update={"distribution": own[0]}), None
    began = record.clock()
    if y is None and isinstance(config.data.target, str):
        note_times(table, config.data.target)
    with unnoted():  # all that is to be noted of the table is noted when the chosen family is fitted
        rows = few_rows.repeated(Roles(config, labels=True).rows(table, y, sample_weight), few)
        found = _suggested(config, rows, y)
        families = {c.distribution.in_brief: c for c in (_with_family(config, d) for d in found.candidates)}
        labels = takes_labels(next(iter(families.values())).distribution, None)
        if not labels:  # text among numbers is no y
            rows = few_rows.repeated(Roles(config, labels).rows(table, y, sample_weight), few)
        families = trainable(families, rows)
        drawn = _drawn(config, rows)
        folds = 0 if few else _folds(config, drawn)
        if len(families) == 1 or folds < 2:
            first = _with_family(config, found.distribution)
            config = families.get(first.distribution.in_brief, next(iter(families.values())))
            family = config.distribution.in_brief
            choice = Choice(family, found.why, [Candidate(family)])
        else:
            task = _task(config, drawn, rows.table.n, y is not None, folds, families)
            config, choice = _best(families, task, found.why, shown, record)
    if found.but:
        note(found.but, FamilyNote)
    return config, replace(choice, seconds=record.clock() - began)


def unargued(choice: Choice | None) -> AbstractContextManager[None]:
    """Do what is done within without notes of other families, with which one that was chosen has been compared."""
    return nullcontext() if choice is None else unnoted(FamilyNote)


def with_less_time(config: ModelConfig, choice: Choice | None) -> ModelConfig:
    """Return a config whose time of training is shorter by what a choice has taken, if it is limited."""
    limit = config.training.time
    if choice is None or limit is None:
        return config
    left = max(limit - choice.seconds, (1.0 - SHARE) * limit / 2.0)  # reading y took time as well
    return config.model_copy(update={"training": config.training.model_copy(update={"time": left})})


def _suggested(config: ModelConfig, rows: Rows, y: Any) -> Suggestion:
    """Return the families for y, which may be columns of the table or not."""
    if isinstance(rows.y, Interval):
        return suggested_for_intervals(rows.y, config.data.target)
    numbers = isinstance(config.distribution, AutoConfig) and config.distribution.numbers
    if y is None:
        return suggested(rows.table, config.data.target, numbers=numbers)
    if rows.y.ndim == 1 or rows.y.shape[1] == 1:
        return suggested(as_table({"y": rows.y.reshape(-1)}), "y", rows.levels, numbers=numbers)
    columns = {f"y{j}": rows.y[:, j] for j in range(rows.y.shape[1])}
    return suggested(as_table(columns), [*columns], numbers=numbers)


def _with_family(config: ModelConfig, declared: dict[str, Any]) -> ModelConfig:
    family = ModelConfig.model_validate({"distribution": declared}).distribution
    return config.model_copy(update={"distribution": family})


def _with_others(config: ModelConfig, others: Sequence[ModelConfig]) -> ModelConfig:
    """Return a config that trains its groups with the families of others, too."""
    if not others:
        return config
    groups = config.groups or [GroupConfig()]
    more = [
        group.model_copy(update={"distribution": other.distribution})
        for other in others
        for group in groups
        if group.distribution is None
    ]
    return config.model_copy(update={"groups": [*groups, *more]})


def _drawn(config: ModelConfig, rows: Rows) -> Rows:
    """Return the rows to try families on: all, or of very many some."""
    n, keep = rows.table.n, np.ones(rows.table.n, bool)
    if n > ROWS:
        keep[held_out_stream(config.training.seed).permutation(n)[ROWS:]] = False
    return Rows(rows.table.taken(keep), rows.y[keep], rows.weight[keep], rows.levels)


def _folds(config: ModelConfig, rows: Rows) -> int:
    """Return how many folds there can be: 0 where rows are too few, or do not say how to hold some out."""
    units = attempted(lambda: HoldOut.of(config.data, rows.table))
    if isinstance(units, DataError) or rows.table.n < 2 * FOLDS:
        return 0  # what is wrong is said by the fit
    folds = units.most(FOLDS)
    return folds if folds > 1 else 0


def _task(config: ModelConfig, drawn: Rows, n: int, given: bool, folds: int, families: dict[str, ModelConfig]) -> Task:
    """Return how to try families on rows that were drawn of n; `given`: whether y is no column of the table."""
    training, least = config.training, min(STEPS, config.training.steps or STEPS)
    shortly = {
        "folds": folds,
        "epochs": None if training.epochs is None else -(-training.epochs * n // drawn.table.n),  # as many steps
        "steps": least,
        "further": None,
        "schedule": HoldThenAnnealConfig(anneal=min(ANNEAL, -(-least // 4))),
        "early_stopping": EarlyStoppingConfig() if training.early_stopping is None else training.early_stopping,
        "time": None if training.time is None else SHARE * training.time / len(families),
    }
    if isinstance(training.optimizer, LBFGSConfig):
        most = min(ITERATIONS, training.epochs or ITERATIONS)  # of which each takes all rows
        shortly = {"folds": folds, "time": shortly["time"], "epochs": most}
    # So short trainings may not be worth compiling; of several processes, each does the same by itself.
    engine = "numpy" if config.engine == "numpy" or config.devices is not None else "auto"
    alone = {"engine": engine, "devices": None}
    update = {"training": training.model_copy(update=shortly), "ensemble": folds, **alone}
    keep_most = config.distribution.families if isinstance(config.distribution, AutoConfig) else 1
    scouts = config.each_group[-1].model_copy(update=update)
    classes = all(family.distribution.y == "class" for family in families.values())  # which have no unit
    return Task(scouts, drawn, given, 0.0 if classes else step_of(drawn.y, drawn.weight), keep_most)


def _best(
    families: dict[str, ModelConfig], task: Task, why: str, shown: bool, record: Record
) -> tuple[ModelConfig, Choice]:
    """Return the config with the best of some families, and the scores of all."""
    scores, kinds, errors = dict[str, np.ndarray](), dict[str, str](), dict[str, LikelinetError]()
    weight = task.rows.weight
    for i, (family, config) in enumerate(families.items()):
        try:
            with Progress(shown, f"choosing: {family}, {i + 1} of {len(families)},") as bar:
                scores[family], weight, kinds[family] = _scores(config, task, Beside(bar, record))
        except LikelinetError as error:
            errors[family] = error
        except KeyboardInterrupt as interrupt:
            interrupt.add_note("The family was still being chosen: nothing was learned.")
            raise
    if not scores:
        raise next(iter(errors.values()))
    first, *others = ranking(scores, weight, SAME)
    scored = {r.family: Candidate(r.family, r.log_score, r.difference, r.standard_error) for r in (first, *others)}
    candidates = [scored.get(f) or Candidate(f, error=str(errors[f])) for f in families]
    best, least = first.family, first.log_score - NEAR
    near = [r.family for r in others if kinds[r.family] == kinds[best] and r.log_score > least]
    beside = near[: _more(families[best], task.families)]
    config = _with_others(families[best], [families[f] for f in beside])
    return config, Choice(best, why, candidates, task.rows.table.n, task.step, beside=beside)


def _more(config: ModelConfig, wanted: int) -> int:
    """Return how many families may be kept beside the best one: none where nothing would weigh them."""
    weighed = config.training.folds is not None and all(group.ensemble > 1 for group in config.each_group)
    return wanted - 1 if weighed else 0


def _scores(family: ModelConfig, task: Task, beside: Beside) -> tuple[np.ndarray, np.ndarray, str]:
    """Return the log score of each row by a family, from members that have not seen it.

    Beside it are the weight of each row in training, and what y is to the family.
    """
    config = task.config.model_copy(update={"distribution": family.distribution})
    roles, table = Roles(config, takes_labels(config.distribution, None)), task.rows.table
    rows = roles.rows(table, task.rows.y if task.given else None, task.rows.weight)
    rows = Rows(rows.table, rows.y, rows.weight, task.rows.levels)
    dataset = Dataset(Source.of(table), rows, None, roles.features(rows.table), roles.y_name)
    fit, cause = fitting.fit(config, None, dataset, beside)
    if cause is not None:
        raise cause
    out = fit.out_of_fold
    assert out is not None, "members hold out folds"
    scores = log_prob_of_cells(out.distribution, out.y, task.step) - np.log(task.step or 1.0)  # by the unit of y
    lost = int((~np.isfinite(scores)).sum())
    if lost or len(scores) < table.n:
        raise DataError(f"{counted(lost or table.n - len(scores), 'held-out row')} had no probability.")
    weight = weigher(config.data.class_weight, fit.targets, out.y, out.weight, roles.y_name)(out.y, out.weight)
    return scores, weight, kind_of_y(fit, fit.targets.encode(out.y))
