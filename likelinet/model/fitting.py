"""Fitting: from a table and a config to trained weights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from likelinet.config import (
    BernoulliConfig,
    CensoredConfig,
    DirichletConfig,
    LBFGSConfig,
    ModelConfig,
    MultinomialConfig,
    OrderedLogisticConfig,
    VAEConfig,
)
from likelinet.config.distribution import DistributionConfig
from likelinet.config.wrappers import CLASSES, VECTORS, leaf
from likelinet.core.blocks import blocks
from likelinet.core.domains import positive
from likelinet.core.errors import ConfigError, DataError, ParameterError
from likelinet.core.wording import counted, nearest, rows_of
from likelinet.distributions import Distribution, Interval
from likelinet.engines.build import build_engine
from likelinet.engines.engine import Data
from likelinet.heads.build import build_family
from likelinet.heads.family import Column as FamilyColumn
from likelinet.heads.family import Family
from likelinet.heads.head import Head
from likelinet.heads.precision import Precision
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

BLOCK = 4096  # rows encoded at a time


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
    def declared(self) -> Family:
        """The family in the user's units."""
        return build_family(self.config.distribution, self.custom, self.n_classes, self.targets.outputs)

    @cached_property
    def family(self) -> Family:
        """The family of the standardised targets."""
        with np.errstate(over="ignore"):  # in the unit of an inner family, which may be any
            return self.declared.standardised(self.targets.loc, self.targets.scale, self.targets.spread)

    @cached_property
    def objective(self) -> Objective:
        """Network and head."""
        head = Head(self.family)
        return Objective(build_network(self.config.network, self.inputs.width, head.predicted), head)

    @property
    def precision(self) -> Precision:
        """The dtypes that the weights imply."""
        return self.objective.head.precision(self.theta.dtype)

    def encode(self, tables: Sequence[Table], other: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray | None]:
        """Return x of all rows of the tables, in the network's precision, and the columns that go to the head.

        It is filled block by block: in double precision there is never more than one.
        """
        head, ends = self.objective.head, np.cumsum([t.n for t in tables])
        x = np.empty((ends[-1], self.inputs.width), self.precision.network)  # training takes single rows
        columns = np.empty((ends[-1], len(head.columns)), self.precision.columns) if head.columns else None
        for table, end in zip(tables, ends, strict=True):
            encoded, start = self.rows(table), end - table.n
            for rows in blocks(table.n, BLOCK):
                to = slice(start + rows.start, start + rows.stop)
                x[to], known = encoded[rows]
                if columns is not None:
                    columns[to] = known
            self.note_unused(table, other)
        return x, columns

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
    """Rows of x and of the columns that go to the head, made as they are asked for."""

    x: Encoded
    table: Table
    head: Head

    def __len__(self) -> int:
        return self.table.n

    def __getitem__(self, rows: slice) -> tuple[np.ndarray, np.ndarray | None]:
        """Return x and the columns of a slice of the rows, in double precision; None where the head reads none."""
        x = self.x[rows]
        if not self.head.columns:
            return x, None
        try:
            return x, known_columns(self.table.rows(rows, self.head.columns), self.head)
        except DataError:
            return x, known_columns(self.table, self.head)[rows]  # says which rows of the whole table


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
    # Without inputs the model is plain maximum likelihood of a distribution, and that can be had exactly.
    exact = isinstance(config.training.optimizer, LBFGSConfig) or inputs.width == 0
    dtype = "float64" if exact else config.training.precision
    empty = Fit(config, custom, inputs, targets, n_classes, np.zeros((0, 0), dtype), History())

    n, tables = rows.table.n, [rows.table]
    with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
        encoded, weight = targets.encode(y), rows.weight / rows.weight.mean()
        if validation is not None:
            held_y = observed(empty, validation, f"validation {what}")
            tables.append(validation.table)
            encoded = np.concatenate([encoded, targets.encode(held_y)])
            weight = np.concatenate([weight, validation.weight / validation.weight.mean()])
        x, columns = empty.encode(tables, other)
        data = Data(x, columns, encoded.astype(empty.precision.loss), weight.astype(empty.precision.loss))
    ends = np.where(np.isinf(data.y), 0.0, data.y) if isinstance(config.distribution, CensoredConfig) else data.y
    for name, values, power in (("X", data.x, 1.0), (what, ends, 0.5), ("The weight", data.weight, 1.0)):
        # Likelihoods square y.
        most = np.finfo(values.dtype).max ** power
        if not (np.isfinite(values) if power == 1.0 else np.abs(values) <= most).all():
            raise DataError(f"{name} has numbers too large for {values.dtype}: choose another unit.")

    streams = Streams.of(config.training.seed, config.ensemble)
    known = None if columns is None else columns[:n]
    estimates = empty.objective.head.raw_start(encoded[:n], weight[:n])
    check_possible(empty.objective.head, estimates, encoded[:n], known, config.distribution, what, rows.table.index)
    initial = [s.initial for s in streams]
    theta = initial_weights(empty.objective, encoded[:n], weight[:n], initial, dtype, known, estimates)
    if validation is None:
        train_rows, held_rows = split(
            n, config.training.validation_fraction if inputs.width else 0.0, [s.split for s in streams]
        )
    else:
        train_rows, held_rows = (np.tile(r, (config.ensemble, 1)) for r in (np.arange(n), np.arange(n, len(data.x))))
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
    if isinstance(d, CLASSES):
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
    if isinstance(leaf(d), VECTORS) and (outputs or 1) < 2:
        raise DataError(
            f"{what} must have shape (n, d) with d > 1 for the family '{leaf(d).kind}', got {y.shape}: "
            "pass several columns, or name a list of them in data.target."
        )
    family = build_family(d, custom, 0, outputs)
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
        loc, scale, spread = target_forms.learn_scaling(points, weight, family, config.data.standardize, what)
    if not all(np.isfinite(v).all() for v in (loc, scale, spread)):
        raise DataError(f"{what} has numbers too large for double precision: choose another unit.")
    return y, Targets(outputs, None, loc, scale, spread), 0


def observed(fit: Fit, rows: Rows, what: str) -> np.ndarray | Interval:
    """Return the y of new rows, checked against what the model was trained on, in the user's form."""
    d, targets, index = fit.config.distribution, fit.targets, rows.table.index
    y = _cleaned(rows, d, what)
    if isinstance(d, CLASSES):
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
    if isinstance(d, CensoredConfig):
        return target_forms.intervals(rows.y, what, rows.table.index)
    if isinstance(rows.y, Interval):
        raise DataError(
            f"{what} is made of intervals, which the family '{d.kind}' does not take: "
            "only 'censored' does, over a base."
        )
    clean = class_labels.labels if isinstance(d, CLASSES) else target_forms.numbers
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
        for slot in head.family.slots:
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
    vector = isinstance(leaf(config), VECTORS)
    try:
        rows = slice(None) if vector else slice(1)
        d = head.distribution(outputs[:, rows], shared[None], None if known is None else known[:, rows])
    except ParameterError as error:  # said before anything is trained
        raise ConfigError(f"distribution: {error}") from None
    trials = [s.parameter.name for s in head.family.slots if not s.parameter.learned]
    if not (trials or vector):  # all else is a matter of the support; -inf would only be an underflow
        return
    with np.errstate(all="ignore"):
        nll = d.nll(y[None]) if vector else head.loss(outputs, shared[None], y[None], known)[0]
    impossible = np.isposinf(nll[0])
    if impossible.any():
        match leaf(config):
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
