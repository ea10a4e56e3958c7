"""Fitting: from a table and a config to trained weights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from likelinet.config import (
    BernoulliConfig,
    DirichletConfig,
    LBFGSConfig,
    ModelConfig,
    MultinomialConfig,
    OrderedLogisticConfig,
    VAEConfig,
)
from likelinet.config.distribution import DistributionConfig
from likelinet.core.domains import positive
from likelinet.core.errors import ConfigError, DataError, ParameterError
from likelinet.core.wording import counted, nearest, rows_of
from likelinet.distributions import Distribution, Interval
from likelinet.distributions.base.family import Family
from likelinet.engines.build import build_engine
from likelinet.engines.engine import Data
from likelinet.heads.build import build_head
from likelinet.heads.head import Head
from likelinet.heads.slot import Column as FamilyColumn
from likelinet.networks.build import build_network
from likelinet.objective.objective import Objective
from likelinet.optim.build import build_optimiser
from likelinet.tables.inputs import Encoded, Inputs, learn_inputs
from likelinet.tables.rows import Rows
from likelinet.tables.table import Table
from likelinet.targets import labels as class_labels
from likelinet.targets import targets as target_forms
from likelinet.targets.targets import Targets
from likelinet.training.history import Callback, History
from likelinet.training.lbfgs import train_lbfgs
from likelinet.training.loop import Plan, Streams, train
from likelinet.training.minibatches import split
from likelinet.training.start import initial_weights


@dataclass(frozen=True)
class Fit:
    """A trained model as data: what is saved, and all that prediction needs."""

    config: ModelConfig
    custom: type[Distribution] | None
    inputs: Inputs
    targets: Targets
    n_classes: int
    theta: np.ndarray
    history: History

    @cached_property
    def head(self) -> Head:
        """The head that is trained on standardised targets and predicts in the user's units."""
        head = build_head(self.config.distribution, self.custom, self.n_classes, self.targets.outputs)
        with np.errstate(over="ignore"):  # in the unit of an inner family, which may be any
            return head.standardised(self.targets.loc, self.targets.scale, self.targets.spread)

    @property
    def declared(self) -> Family:
        """The family in the user's units."""
        return self.head.declared

    @property
    def family(self) -> Family:
        """The family of the standardised targets."""
        return self.head.family

    @cached_property
    def objective(self) -> Objective:
        """Network and head."""
        return Objective(build_network(self.config.network, self.inputs.width, self.head.predicted), self.head)

    def encode(self, table: Table, other: tuple[str, ...]) -> np.ndarray:
        """Return x, and beside it the columns of the table that go to the head, in double precision."""
        x = np.ascontiguousarray(self.rows(table)[:])  # training takes single rows
        self.note_unused(table, other)
        return x

    def note_unused(self, table: Table, other: tuple[str, ...]) -> None:
        """Warn of columns that nobody spoke of, if no features were declared: neither features nor among `other`."""
        if self.config.data.features is None:
            self.inputs.note_unused(table, (*other, *self.objective.head.columns))

    def rows(self, table: Table) -> "EncodedRows":
        """Return the rows of what `encode` gives, each made when it is asked for."""
        head = self.objective.head
        x = self.inputs.rows(table)
        read = {name: table.columns[name] for name in head.columns if name in table.columns}
        # Whether text is meant as numbers shows in all of a column.
        numbers = {name: table.numeric(name) for name, values in read.items() if values.dtype.kind == "U"}
        return EncodedRows(x, replace(table, columns={**table.columns, **numbers}), head)


@dataclass(frozen=True)
class EncodedRows:
    """Rows of x, and beside them of the columns that go to the head, made as they are asked for."""

    x: Encoded
    table: Table
    head: Head

    def __len__(self) -> int:
        return self.table.n

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return a slice of the rows, in double precision."""
        x = self.x[rows]
        if not self.head.columns:
            return x
        try:
            columns = known_columns(self.table.rows(rows, self.head.columns), self.head)
        except DataError:
            columns = known_columns(self.table, self.head)[rows]  # says which rows of the whole table
        return np.concatenate([x, columns], axis=1)


def fit(
    config: ModelConfig,
    custom: type[Distribution] | None,
    rows: Rows,
    validation: Rows | None,
    features: list[str],
    names: tuple[str, tuple[str, ...]],
    callbacks: Sequence[Callback],
) -> tuple[Fit, BaseException | None]:
    """Return the trained model, and what cut the training short, if anything did.

    Parameters
    ----------
    config, custom
        The declaration, and the class of a custom family.
    rows, validation
        Training rows, and held-out rows if the caller gives them.
    features : list of str
        Columns to predict from.
    names : tuple
        How error messages call y, and the columns that are no features.
    callbacks
        Called after each epoch.
    """
    what, other = names
    if rows.table.n < 2:
        raise DataError(
            f"The table has {counted(rows.table.n, 'row')} with a positive weight: fitting needs at least two."
        )
    inputs = learn_inputs(rows.table, features, rows.weight, config.data.standardize)
    y, targets, n_classes = learn_targets(config, custom, rows, what)
    empty = Fit(config, custom, inputs, targets, n_classes, np.zeros((0, 0)), History())

    # Without inputs the model is plain maximum likelihood of a distribution, and that can be had exactly.
    exact = isinstance(config.training.optimizer, LBFGSConfig) or inputs.width == 0
    dtype = "float64" if exact else config.training.precision
    with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
        x, encoded, weight = empty.encode(rows.table, other), targets.encode(y), rows.weight / rows.weight.mean()
        n = len(x)
        if validation is not None:
            held_y = observed(empty, validation, f"validation {what}")
            x = np.concatenate([x, empty.encode(validation.table, other)])
            encoded = np.concatenate([encoded, targets.encode(held_y)])
            weight = np.concatenate([weight, validation.weight / validation.weight.mean()])
        loss_dtype = dtype if empty.family.stable_in_float32 else "float64"
        # What the head reads beside the network's inputs, a number of trials say, must stay exact.
        data = Data(
            x if empty.objective.head.columns else x.astype(dtype),
            encoded.astype(loss_dtype),
            weight.astype(loss_dtype),
        )
    ends = np.where(np.isinf(data.y), 0.0, data.y) if config.distribution.takes_intervals else data.y
    for name, values, power in (("X", data.x, 1.0), (what, ends, 0.5), ("The weight", data.weight, 1.0)):
        # Likelihoods square y.
        if not (np.abs(values) <= np.finfo(values.dtype).max ** power).all():
            raise DataError(f"{name} has numbers too large for {values.dtype}: choose another unit.")

    streams = Streams.of(config.training.seed, config.ensemble)
    columns = empty.objective.divide(x[:n], np.float64)[1]
    estimates = empty.objective.head.raw_start(encoded[:n], weight[:n])
    check_possible(empty.objective.head, estimates, encoded[:n], columns, config.distribution, what, rows.table.index)
    initial = [s.initial for s in streams]
    theta = initial_weights(empty.objective, encoded[:n], weight[:n], initial, dtype, columns, estimates)
    if validation is None:
        train_rows, held_rows = split(
            n, config.training.validation_fraction if inputs.width else 0.0, [s.split for s in streams]
        )
    else:
        train_rows, held_rows = (np.tile(r, (config.ensemble, 1)) for r in (np.arange(n), np.arange(n, len(x))))
    size = min(config.training.batch_size or n, train_rows.shape[1])
    per_epoch = -(-train_rows.shape[1] // size)
    steps = config.training.epochs * per_epoch
    stopping = config.training.early_stopping
    warm_up = config.network.kl_warm_up if isinstance(config.network, VAEConfig) else 0
    plan = Plan(
        train_rows,
        held_rows,
        size,
        config.training.epochs,
        min(steps, config.training.steps or steps),
        None if stopping is None else stopping.patience,
        config.training.gradient_clip,
        targets.shift_of_nll(empty.family.has_density(encoded)),
        warm_up,
    )
    if exact:
        theta, history, cause = train_lbfgs(empty.objective, data, plan, theta, callbacks)
    else:
        optimiser = build_optimiser(
            config.training.optimizer, config.training.schedule, plan.steps, empty.objective.layout
        )
        objective = replace(empty.objective, warm_up=warm_up * per_epoch)
        engine = build_engine(config, objective, data, plan.probable_steps, plan.batch_size)
        theta, history, cause = train(engine, objective, data, optimiser, plan, theta, streams, callbacks)
    return Fit(config, custom, inputs, targets, n_classes, theta, history), cause


def learn_targets(
    config: ModelConfig, custom: type[Distribution] | None, rows: Rows, what: str
) -> tuple[np.ndarray | Interval, Targets, int]:
    """Return y checked and cleaned, how to encode it, and the number of classes (0 for numbers)."""
    d, index = config.distribution, rows.table.index
    y = _cleaned(rows, d, what)
    if d.y == "class":
        assert isinstance(y, np.ndarray)
        binary = isinstance(d, BernoulliConfig)
        if isinstance(d, OrderedLogisticConfig):
            classes, n_classes = class_labels.ordered_classes(y, d.levels, what, index)  # type: ignore[attr-defined]
        else:
            classes, n_classes = class_labels.learn_classes(y, binary, what)
        zero, one = np.zeros(y.shape[1:]), np.ones(y.shape[1:])
        return y, Targets(None if y.ndim == 1 else y.shape[1], classes, zero, one, one), n_classes
    weight = rows.weight
    outputs = y.shape[1] if len(y.shape) > 1 else None
    if d.y == "vector" and (outputs or 1) < 2:
        raise DataError(
            f"{what} must have shape (n, d) with d > 1 for the family '{d.leaf.kind}', got {y.shape}: "
            "pass several columns, or name a list of them in data.target."
        )
    head = build_head(d, custom, 0, outputs)
    family = head.family
    with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
        target_forms.check_support(y, family, d.kind, what, index)
        if isinstance(y, Interval):
            points, known = target_forms.middles(y, family)
            if not (told := known.any(0)).all():
                which = "" if outputs is None else f" in output {int(np.argmin(told)) + 1}"
                raise DataError(f"{what} has no row with a finite end{which}: there is nothing to learn from.")
            if outputs is None:
                points, weight = points[known], weight[known]
            else:  # of each output other rows
                weight = weight[:, None] * known
        else:
            points = y
        loc, scale, spread = target_forms.learn_scaling(points, weight, head, config.data.standardize, what)
    if not all(np.isfinite(v).all() for v in (loc, scale, spread)):
        raise DataError(f"{what} has numbers too large for double precision: choose another unit.")
    return y, Targets(outputs, None, loc, scale, spread), 0


def observed(fit: Fit, rows: Rows, what: str) -> np.ndarray | Interval:
    """Return the y of new rows, checked against what the model was trained on, in the user's form."""
    d, targets, index = fit.config.distribution, fit.targets, rows.table.index
    y = _cleaned(rows, d, what)
    if d.y == "class":
        assert isinstance(y, np.ndarray)
        y = class_labels.known_labels(y, targets.classes, fit.n_classes, what, index)
    else:
        target_forms.check_support(y, fit.declared, d.kind, what, index)
    if y.shape[1:] != (() if targets.outputs is None else (targets.outputs,)):
        expected = "(n,)" if targets.outputs is None else f"(n, {targets.outputs})"
        raise DataError(f"{what} has shape {y.shape}, but the model was fitted on {expected}: reshape it.")
    return y


def _cleaned(rows: Rows, d: DistributionConfig, what: str) -> np.ndarray | Interval:
    """Return y in the form that a family takes: labels, numbers or intervals."""
    if d.takes_intervals:
        return target_forms.intervals(rows.y, what, rows.table.index)
    if isinstance(rows.y, Interval):
        raise DataError(
            f"{what} is made of intervals, which the family '{d.kind}' does not take: "
            "only 'censored' does, over a base."
        )
    clean = class_labels.labels if d.y == "class" else target_forms.numbers
    return clean(rows.y, what, rows.table.index)


def known_columns(table: Table, head: Head) -> np.ndarray:
    """Return the columns that the head reads, shape (n, many), checked against what they are for."""
    columns = []
    for name in head.columns:
        if name not in table.columns:
            raise DataError(
                f"The table lacks the column '{name}', from which the family reads a parameter or an exposure"
                f"{nearest(name, table.columns)}."
            )
        values = table.numeric(name)
        for slot in head.slots:
            reads = isinstance(slot.source, FamilyColumn) and slot.source.name == name
            domain = slot.parameter.domain if reads else positive
            if reads or (slot.exposure is not None and slot.exposure.name == name):
                role = f"parameter {slot.parameter.name}" if reads else "exposure"
                bad = ~domain.contains(values)
                if bad.any():
                    raise DataError(
                        f"Column '{name}', the {role}, must be {domain.description}, got {values[bad][0]:g} "
                        f"({rows_of(bad, table.index)})."
                    )
        columns.append(values)
    return np.stack(columns, axis=1)


def check_possible(
    head: Head,
    estimates: tuple[np.ndarray, np.ndarray],
    y: np.ndarray,
    columns: np.ndarray | None,
    config: DistributionConfig,
    what: str,
    index: np.ndarray | None,
) -> None:
    """Raise `DataError` where y has no probability whatever the parameters are: more successes than trials, say."""
    raw, shared = estimates
    outputs = np.broadcast_to(raw, (1, len(y), len(raw)))
    known = None if columns is None else columns[None]
    vector = config.y == "vector"
    try:
        rows = slice(None) if vector else slice(1)
        d = head.distribution(outputs[:, rows], shared[None], None if known is None else known[:, rows])
    except ParameterError as error:  # said before anything is trained
        raise ConfigError(f"distribution: {error}") from None
    trials = [s.parameter.name for s in head.slots if not s.parameter.learned]
    if not (trials or vector):  # all else is a matter of the support; -inf would only be an underflow
        return
    with np.errstate(all="ignore"):
        nll = d.nll(y[None]) if vector else head.loss(outputs, shared[None], y[None], known)[0]
    impossible = np.isposinf(nll[0])
    if impossible.any():
        match config.leaf:
            case DirichletConfig():
                hint = "its shares must sum to 1"
            case MultinomialConfig():
                hint = "its counts must sum to total_count"
            case _:
                hint = f"look for values that {' or '.join(trials)} rules out"
        raise DataError(
            f"{what} has {counted(impossible.sum(), 'row')} that '{config.kind}' cannot give, whatever its parameters "
            f"({rows_of(impossible, index)}): {hint}."
        )
