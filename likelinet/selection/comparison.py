"""Families compared by cross-validation: who predicts rows best that it has not seen."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.config import ModelConfig
from likelinet.config.network import CoderConfig
from likelinet.core.errors import ConfigError, LikelinetError
from likelinet.core.notes import unnoted
from likelinet.distributed.spread import runner
from likelinet.distributions import Distribution
from likelinet.model.model import Model
from likelinet.scores.calibration import log_prob
from likelinet.scores.ranking import Ranked, ranking
from likelinet.selection.candidates import same_features
from likelinet.selection.rows import ScoredRows, scored_rows
from likelinet.tables.table import Table

MASS, DENSITY, MIXED = "probability of y", "density at y", "density with probabilities of single y"


@dataclass(frozen=True)
class HeldOut:
    """What one family gave the rows that it had not seen, or why it could not.

    Parameters
    ----------
    family : str
        Its name.
    log_scores : ndarray, shape (n,), optional
        log p(y | x) of each row that was scored.
    measure : str
        What p is.
    error : str, optional
        One sentence.
    stopped : tuple of str
        How the training of each fold ended, as `History` has it.
    seconds : float
        How long all its folds took.
    """

    family: str
    log_scores: np.ndarray | None = None
    measure: str = DENSITY
    error: str | None = None
    stopped: tuple[str, ...] = ()
    seconds: float = 0.0


def compare(
    config: ModelConfig,
    models: Mapping[str, ModelConfig],
    table: Any,
    folds: int = 5,
    report: Callable[[str, int], None] = lambda family, fold: None,
    jobs: int = 1,
    dask: str | None = None,
) -> Iterator[HeldOut]:
    r"""Yield the log scores of one model after another, each by K-fold cross-validation over the same folds.

    Row i is scored by the model that was fitted to the other folds, or, by `data.time`, to all rows before its fold:

    .. math:: \ell_i = \log p_{-k(i)}(y_i \mid x_i)

    Parameters
    ----------
    config : ModelConfig
        Whose target, weight, features and seed of the folds all models share. Where `data.features` is null, no model
        is given a column as a feature that the distribution of this config or of any model reads.
    models : mapping
        A config for each name, as `likelinet.selection.candidates.families` returns them.
    table : DataFrame, dict of columns, array or path of a file
        Features, target and weights.
    folds : int
        K.
    report : callable
        Told the name and the fold, counted from 1, before each fit.
    jobs : int
        How many processes fit; the scores are those of one. It needs joblib.
    dask : str, optional
        Address of the scheduler of a Dask cluster that fits instead, so many at a time as it has threads, or `jobs`.

    Yields
    ------
    HeldOut
        With the error of a family that does not fit these data, instead of scores.

    Raises
    ------
    DataError
        If there are too few rows.
    ConfigError
        If the network is an autoencoder, whose code of y gives y away.

    References
    ----------
    Stone, *J. R. Stat. Soc.* B 36, 1974; Vehtari, Gelman & Gabry, *Statistics and Computing* 27, 2017, for the standard
    errors that `ranked` gives.

    Examples
    --------
    >>> import likelinet as ll
    >>> from likelinet.selection.candidates import families
    >>> table = {"days": np.random.default_rng(0).gamma(2.0, size=100)}
    >>> config = ll.ModelConfig(data={"target": "days", "features": []})
    >>> [r.family for r in ranked(list(compare(config, families("gaussian, gamma", config), table)))]
    ['gamma', 'gaussian']
    """
    if isinstance(config.network, CoderConfig):
        raise ConfigError(
            f"network: '{config.network.kind}' sees y before it predicts it, so that its scores compare nothing: "
            "compare families with an 'mlp', or models by their elbo."
        )
    rows = scored_rows(config, table, folds)
    features = same_features(rows.config, models.values(), rows.table.columns)
    data = rows.config.data
    if data.features is None:  # so that identifiers among them are left out as ever
        data = data.model_copy(update={"exclude": [name for name in rows.table.columns if name not in features]})
    found: dict[str, dict[int, _Fold]] = {family: {} for family in models}

    def tasks() -> Iterator[_Task]:
        for family, declared in models.items():
            for fold in range(folds):
                if not any(done.error for done in found[family].values()):
                    report(family, fold + 1)
                    yield _Task(family, declared.model_copy(update={"data": data}), fold)

    left = list(models)
    with runner((rows.table, rows.parts), jobs, dask) as run:
        for task, fold in run(_held_out, tasks()):
            found[task.family][task.fold] = fold
            while left and _is_done(found[left[0]], folds):
                family = left.pop(0)
                yield _whole(family, found[family], rows)


@dataclass(frozen=True)
class _Task:
    """A model to fit to all rows but those of a fold."""

    family: str
    config: ModelConfig
    fold: int


@dataclass(frozen=True)
class _Fold:
    """The log scores of the rows of a fold, their measure, how the training ended, or why there are none."""

    log_scores: np.ndarray | None
    measure: str
    stopped: str
    error: str | None
    seconds: float


def _is_done(found: Mapping[int, _Fold], folds: int) -> bool:
    """Whether all folds of a family are there, or all up to one that could not be fitted."""
    first = next((k for k in range(folds) if k not in found), folds)
    return first == folds or any(found[k].error for k in range(first))


def _whole(family: str, found: Mapping[int, _Fold], rows: ScoredRows) -> HeldOut:
    """Return the scores of all folds of a family, or why the first fold that has none could not be fitted."""
    seconds, each = sum(fold.seconds for fold in found.values()), [found[k] for k in sorted(found)]
    stopped = tuple(fold.stopped for fold in each if fold.error is None)
    measures = {fold.measure for fold in each}
    why = next((fold.error for fold in each if fold.error), None) or why_apart(measures)
    if why is not None:
        return HeldOut(family, None, DENSITY, why, stopped, seconds)
    return HeldOut(family, rows.of_folds([f.log_scores for f in each]), measures.pop(), None, stopped, seconds)


def _held_out(shared: tuple[Table, list[tuple[np.ndarray, np.ndarray]]], task: _Task) -> _Fold:
    """Return the log scores of the rows of a fold, by a model that is fitted to the others."""
    table, (train, held), began = shared[0], shared[1][task.fold], time.perf_counter()
    try:
        with unnoted():  # about columns that are not used, in every fold
            model = Model(task.config).fit(table.taken(train), progress=False)
            scored = scores_of("", model, table.taken(held))
    except LikelinetError as error:
        return _Fold(None, DENSITY, "", str(error), time.perf_counter() - began)
    return _Fold(scored.log_scores, scored.measure, model.history.stopped, None, time.perf_counter() - began)


def why_apart(measures: Set[str]) -> str | None:
    """Return why the scores of folds do not compare, if they do not: another family was chosen in each."""
    if len(measures) < 2:
        return None
    return f"Its folds have scores that do not compare: {' and '.join(sorted(measures))}."


def scores_of(name: str, model: Model, held: Table) -> HeldOut:
    """Return the log scores of a fitted model on held-out rows, those whose y is there."""
    rows = model.observed(held)
    d = model.predict_dist(rows.table)
    return HeldOut(name, log_prob(d, rows.y), measure_of(d))


def measure_of(d: Distribution) -> str:
    """Return what the log scores of distributions are of."""
    if d.class_marginals() is not None or d.support.integer:
        return MASS
    return MIXED if d.atoms else DENSITY


def by_measure(results: Sequence[HeldOut]) -> dict[str, list[HeldOut]]:
    """Return the families that have scores by what these are of: only those of one measure can be compared."""
    found: dict[str, list[HeldOut]] = {}
    for result in results:
        if result.log_scores is not None:
            found.setdefault(result.measure, []).append(result)
    return found


def ranked(results: Sequence[HeldOut], weight: np.ndarray | None = None) -> list[Ranked]:
    r"""Return the families that have scores, best first, each with its distance to the best.

    .. math:: \bar\ell = \frac{\sum_i w_i \ell_i}{\sum_i w_i}, \qquad
        \mathrm{se} = \sqrt{\frac{n}{n - 1} \sum_i \left(\frac{w_i}{\sum_j w_j}\right)^2 (\delta_i - \bar\delta)^2}

    with the differences δ of the two log scores of the same row. It takes rows as independent; since the folds share
    most of their training rows, it is rather too small than too large.

    Parameters
    ----------
    results : sequence of HeldOut
        Of the same rows, and of one measure.
    weight : ndarray, shape (n,), optional
        w.

    Examples
    --------
    >>> found = ranked([HeldOut("a", np.array([1.0, 2.0])), HeldOut("b", np.array([0.0, 2.0]))])
    >>> found[1].family, found[1].difference, found[1].standard_error
    ('b', -0.5, 0.5)
    """
    scores = {r.family: r.log_scores for r in results if r.log_scores is not None}
    n = len(next(iter(scores.values()), ()))
    return ranking(scores, np.ones(n) if weight is None else weight)
