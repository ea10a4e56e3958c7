"""Families compared by cross-validation: who predicts rows best that it has not seen."""

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.config import ModelConfig
from likelinet.config.network import CoderConfig
from likelinet.core.errors import ConfigError, DataError, LikelinetError
from likelinet.core.wording import counted
from likelinet.distributions import Distribution
from likelinet.model.model import Model
from likelinet.scores.calibration import log_prob
from likelinet.scores.ranking import Ranked, ranking
from likelinet.selection.candidates import same_features
from likelinet.tables.arrays import row_weights
from likelinet.tables.events import with_event_label
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.rows import declared_table, note_without_y, target_names, with_numbers, without_y
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
    written = declared_table(table, config.data)
    table = with_numbers(written, config.data)
    lacking = without_y(table, config.data, labels=True)
    if lacking.any() and not config.data.strict:
        note_without_y(lacking, written, table, target_names(config.data), "The target")
    table, _ = weighted(config, table)
    config = with_event_label(config, table)
    parts = folds_of(config, table, folds)
    scored = np.any([held for _, held in parts], axis=0)
    features = same_features(config, models.values(), table.columns)
    data = config.data
    if data.features is None:  # so that identifiers among them are left out as ever
        data = data.model_copy(update={"exclude": [name for name in table.columns if name not in features]})
    for family, declared in models.items():
        scores, measures, stopped, began = np.empty(table.n), set[str](), list[str](), time.perf_counter()
        try:
            for fold, (train, held) in enumerate(parts):
                report(family, fold + 1)
                model = Model(declared.model_copy(update={"data": data}))
                scores[held], measure, ending = _held_out(model, table.taken(train), table.taken(held))
                measures.add(measure)
                stopped.append(ending)
            of_all, why = scores[scored], None
            if len(measures) > 1:  # another family was chosen in each fold
                of_all, why = None, f"Its folds have scores that do not compare: {' and '.join(sorted(measures))}."
        except LikelinetError as error:
            of_all, why = None, str(error)
        measure = DENSITY if of_all is None else measures.pop()
        yield HeldOut(family, of_all, measure, why, tuple(stopped), time.perf_counter() - began)


def _held_out(model: Model, train: Table, held: Table) -> tuple[np.ndarray, str, str]:
    """Return the log scores of held-out rows, their measure, and how the training ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about columns that are not used, in every fold
        scored = scores_of("", model.fit(train, progress=False), held)
    assert scored.log_scores is not None
    return scored.log_scores, scored.measure, model.history.stopped


def scores_of(name: str, model: Model, held: Table) -> HeldOut:
    """Return the log scores of a fitted model on held-out rows, those whose y is there."""
    rows = model.observed(held)
    d = model.predict_dist(rows.table)
    return HeldOut(name, log_prob(d, rows.y), _measure(d))


def _measure(d: Distribution) -> str:
    if d.class_marginals() is not None or d.support.integer:
        return MASS
    return MIXED if d.atoms else DENSITY


def folds_of(config: ModelConfig, table: Table, folds: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the masks of training rows and held-out rows of each fold, drawn by the seed, by group or in time.

    Raises
    ------
    DataError
        If there are too few rows.
    """
    if table.n < 2 * folds:
        raise DataError(
            f"The table has {counted(table.n, 'row')} with a positive weight: too few for {folds} folds; two each is "
            "the least."
        )
    return HoldOut.of(config.data, table).folds(folds, np.random.default_rng(config.training.seed))


def scored_weight(config: ModelConfig, table: Table, folds: int) -> np.ndarray:
    """Return the weights of the rows that are scored: in time, not those before the first fold."""
    table, weight = weighted(config, table)
    return weight[np.any([held for _, held in folds_of(config, table, folds)], axis=0)]


def weighted(config: ModelConfig, table: Table) -> tuple[Table, np.ndarray]:
    """Return the rows whose weight is not zero and whose y is there, and their weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # said where the families are compared
        table = with_numbers(declared_table(table, config.data), config.data)
    name = config.data.weight
    if name is None:
        weight = np.ones(table.n)
    else:
        weight = row_weights(table.numeric(name), table.n, f"Column '{name}', the weight,")
        table, weight = table.taken(weight > 0.0), weight[weight > 0.0]
    there = np.ones(table.n, bool) if config.data.strict else ~without_y(table, config.data, labels=True)
    return (table, weight) if there.all() else (table.taken(there), weight[there])


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
