"""Fitting: from a table and a config to trained weights."""

from dataclasses import replace
from typing import Any

import numpy as np

from likelinet.config import ModelConfig
from likelinet.config.network import CoderConfig
from likelinet.core.errors import DataError
from likelinet.core.gathered import both
from likelinet.core.wording import counted
from likelinet.distributions import Distribution
from likelinet.engines.engine import Data
from likelinet.model.beyond import WINDOWS, beyond_sample, note_lacking
from likelinet.model.dataset import Dataset
from likelinet.model.dispersing import MOST, dispersed
from likelinet.model.few_rows import note_few_rows, with_pairs
from likelinet.model.fit import Fit
from likelinet.model.further import gone_further
from likelinet.model.members import out_of_fold
from likelinet.model.needs import check_needs
from likelinet.model.out_of_fold import OutOfFold
from likelinet.model.planning import planned
from likelinet.model.source import Source
from likelinet.model.training import check_passes, encoded, is_exact, trained, weighed
from likelinet.model.unbounded import note_ending
from likelinet.model.unseen import Unseen
from likelinet.networks.filling import learn_filling
from likelinet.objective.build import check_objective
from likelinet.objective.layout import pack
from likelinet.tables.hold_out import HoldOut, folds_of
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.kinds.noted import note_readings
from likelinet.tables.kinds.statistics import FOLDS, wants_means
from likelinet.tables.rows import Rows
from likelinet.tables.table import Table
from likelinet.targets.build import targets_of
from likelinet.targets.class_weights import Weigher
from likelinet.targets.leaks import note_leaks
from likelinet.targets.possible import check_possible
from likelinet.targets.suitable import note_suspicions
from likelinet.targets.target import Naming, Targets, Y
from likelinet.training.history import History
from likelinet.training.interrupts import kept_whole
from likelinet.training.record import Beside
from likelinet.training.start import initial_weights, marginal_fit
from likelinet.training.streams import Streams, fold_stream, held_out_stream
from likelinet.training.units import units_of


def fit(
    config: ModelConfig,
    custom: type[Distribution] | None,
    dataset: Dataset,
    beside: Beside,
    group: str = "",
    before: int = 0,
    once: bool = False,
    imagined: float = 0.0,
) -> tuple[Fit, BaseException | None]:
    """Return the trained model, and what cut the training short, if anything did.

    Parameters
    ----------
    config, custom
        The declaration, and the class of a custom family.
    dataset
        The rows.
    beside
        What accompanies the training.
    group, before
        How to call it if it is one of several groups of members, and how many members those before it have.
    once : bool
        Whether all rows are trained on, in one pass by a rate that does not change.
    imagined : float
        How much rows weigh that are imagined beside few ones, in which x says nothing of y; 0 for none.
    """
    rows, validation, what = dataset.rows, dataset.validation, dataset.what
    n, is_coder = rows.table.n, isinstance(config.network, CoderConfig)
    if n < 2:
        raise DataError(f"The table has {counted(n, 'row')} with a positive weight: fitting needs at least two.")
    naming = Naming.of(config, rows, what)
    inputs, (y, targets) = both(
        lambda: learn_inputs(rows.table, dataset.features, rows.weight, config.data),
        lambda: learn_targets(config, custom, rows, naming),
    )
    held = None if once else folds_held_out(config, rows.table, validation)
    spare = 0 if held is None else 1  # a row of weight 0, for members that have fewer rows than others
    apart = []
    if not is_coder:  # whose y may be any features
        note_suspicions(y, rows.weight, config.distribution, naming)
        note_leaks(rows.table, inputs.columns, y, what)
        fold = folds_of(config.data, rows.table, FOLDS, fold_stream(config.training.seed))
        if wants_means(inputs.columns):
            inputs, apart = inputs.with_means(rows.table, rows.weight, targets.scored(y, rows.weight), fold)
    exact = is_exact(config, inputs)
    if once:
        check_passes(config, inputs)
    dtype = "float64" if exact else config.training.precision
    untrained = Fit(config, custom, inputs, targets, np.zeros((0, 0), dtype), History(), dataset.source)
    check_needs(untrained, *rows_of_needs(rows, validation, exact))
    parts, in_training = weighed(untrained, rows, y, validation, what)
    rows_of = encoded(untrained, parts, tuple(rows.table.columns), what, apart, spare)
    x, own, known = rows_of.data.x, rows_of.own, rows_of.columns
    if not is_coder:
        untrained = replace(untrained, filling=learn_filling(inputs.amounts, inputs.telling, x[:n], own[1]))
    objective, head = untrained.objective, untrained.head

    streams = Streams.of(config.training.seed, before + config.ensemble)[before:]
    estimates = head.raw_start(*own)
    check_objective(config.training.objective, objective, inputs.width, estimates, own[0], known)
    constraint = config.distribution.leaf_class(custom).constraint
    check_possible(targets, head, estimates, own[0], known, constraint, naming)
    note_readings(rows.table, inputs.columns, is_coder, config.data.text)
    layout = objective.layout
    theta = initial_weights(objective, *own, [s.initial for s in streams], dtype, known, estimates)
    *_, bias, shared = layout.views(theta.astype(np.float64))
    start = bias[0], shared[0]
    # What y is without x does not know the weights that classes have in training.
    plain = start if config.data.class_weight is None else marginal_fit(head, own[0], rows.weight, known)
    untrained = replace(untrained, start=np.concatenate(plain))
    plan = planned(untrained, rows.table, rows_of, streams, once, held)
    if rows.beyond is not None:
        rows_of, plan = beyond_sample(untrained, parts[0][0], rows_of, plan, apart, in_training, what)
        x = rows_of.data.x  # what is not trained on need not stay in memory
    if imagined:
        data, plan = with_pairs(rows_of.data, plan, imagined)
        rows_of, untrained = replace(rows_of, data=data), replace(untrained, imagined=imagined)
    elif not once:
        note_few_rows(config, inputs, n, layout.size, exact or plan.validation.size > 0)
    if not exact:
        units = units_of(head, start, *own, known)
        untrained = replace(untrained, units=units)
        theta = theta if units is None else units.begun(theta, layout)
    found, heading, cause = trained(untrained, theta, rows_of, plan, streams, beside, group, once)
    go_on = held is not None and cause is None
    found, late = gone_further(found, rows_of, plan, before, beside, group) if go_on else (found, None)
    note_lacking(rows_of.windows)
    if cause is None and heading is not None and not imagined:
        _note_ending(found, heading, estimates, rows_of.data, naming)
    if held is None or cause is not None:
        return found, cause
    seen, checked = (x[:n], known, held), targets.check(y, found.declared, naming)
    return kept_whole(lambda: _with_out_of_fold(found, seen, rows, checked, in_training), late)


def _note_ending(
    found: Fit, heading: np.ndarray, estimates: tuple[np.ndarray, np.ndarray], data: Data, naming: Naming
) -> None:
    """Warn where the likelihood of a linear model has no maximum that training headed for, or came from."""
    layout = found.objective.layout
    if found.inputs.width and len(layout.weights) != 3:  # one layer's matrix and bias, and the constants
        return
    # Where the start was the maximum, it has come from the family's own estimates.
    own_estimates = (np.broadcast_to(e, (len(found.theta), len(e))) for e in estimates)
    away = found.theta - pack([*layout.views(found.theta)[:-2], *own_estimates], layout)
    note_ending(found, np.where(heading.any(1, keepdims=True), heading, away), data, naming)


def rows_of_needs(rows: Rows, validation: Rows | None, exact: bool) -> tuple[int, int | None]:
    """Return how many rows are trained on, and how many are in memory, if these are not all."""
    held_out = 0 if validation is None else validation.table.n
    if rows.beyond is None or exact:  # which a sample of a stream is for
        return rows.table.n + held_out, None
    return rows.beyond.n, WINDOWS * (rows.beyond.rows + held_out)


def learn_targets(
    config: ModelConfig, custom: type[Distribution] | None, rows: Rows, naming: Naming
) -> tuple[Y, Targets]:
    """Return the clean y of training rows, and what is learned from it; raise `DataError` if the family refuses it."""
    targets_class = targets_of(config.distribution, custom)
    y = targets_class.clean(rows.y, naming)
    return y, targets_class.learn(y, rows.weight, with_levels(config, custom, rows.levels), custom, naming)


def without_inputs(
    config: ModelConfig, custom: type[Distribution] | None, rows: Rows, what: str
) -> tuple[Fit, np.ndarray]:
    """Return a model without inputs or weights, by which a family can be asked before anything is trained, and its y.

    This is y as the loss sees it.
    """
    y, targets = learn_targets(config, custom, rows, Naming.of(config, rows, what))
    return Fit(config, custom, Inputs((), False), targets, np.zeros((0, 0)), History(), Source(0)), targets.encode(y)


def folds_held_out(config: ModelConfig, table: Table, validation: Rows | None) -> np.ndarray | None:
    """Return the fold of each row, where members hold out folds."""
    folds = config.training.folds
    if folds is None:
        return None
    assert folds != "auto", "they are settled before"
    if validation is not None:
        raise DataError(
            "training.folds and validation rows exclude each other, since each member validates on the training rows "
            "that it holds out: leave one of them out."
        )
    return HoldOut.of(config.data, table).parts(folds, held_out_stream(config.training.seed))


def _with_out_of_fold(
    fit: Fit, seen: tuple[np.ndarray, np.ndarray | None, np.ndarray], rows: Rows, y: Y, in_training: Weigher
) -> Fit:
    """Return a fit that knows the predictions of its training rows by the members that held them out.

    `seen` is what these see of the rows, and the fold of each. Past its best look its scales have a factor by them.
    """
    index = np.arange(rows.table.n) if rows.table.index is None else rows.table.index
    predicted = OutOfFold(index, seen[-1], out_of_fold(fit, *seen), y, rows.weight)
    nll = float(np.average(-predicted.log_prob, weights=rows.weight))
    later = fit.later
    if later is not None:
        later = _with_out_of_fold(later, seen, rows, y, in_training)
        later = dispersed(later, Unseen.of(y, rows.weight, in_training), MOST)
    return replace(fit, out_of_fold=predicted, history=replace(fit.history, out_of_fold_nll=nll), later=later)


def with_levels(config: ModelConfig, custom: type[Distribution] | None, levels: list[Any] | None) -> ModelConfig:
    """Return the declaration with the levels that a DataFrame gives y, if its family has an order and no levels."""
    d = config.distribution
    if levels is None or d.leaf is not d or not d.leaf_class(custom).ordered or d.class_levels is not None:
        return config
    return config.model_copy(update={"distribution": d.model_copy(update={"levels": levels})})
