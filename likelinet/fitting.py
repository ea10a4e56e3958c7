"""Fitting: from a table and a config to trained weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.build import build_engine, build_family, build_network, build_optimiser, standardised
from likelinet.config import BernoulliConfig, CategoricalConfig, LBFGSConfig, ModelConfig, TransformedConfig
from likelinet.distributions import Distribution
from likelinet.engines.engine import Data
from likelinet.errors import DataError
from likelinet.families.family import Family
from likelinet.families.head import Head
from likelinet.objective import Objective
from likelinet.preprocessing import targets as target_forms
from likelinet.preprocessing.inputs import Inputs, learn_inputs
from likelinet.preprocessing.rows import Rows
from likelinet.preprocessing.tables import counted
from likelinet.preprocessing.targets import Targets
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
    def family(self) -> Family:
        """The family of the standardised targets."""
        family = build_family(self.config.distribution, self.custom, self.n_classes, self.targets.outputs)
        a, b = _outer(self.config)
        return standardised(family, (self.targets.loc - a) / b, self.targets.scale / b, self.targets.spread)

    @cached_property
    def objective(self) -> Objective:
        """Network and head."""
        head = Head(self.family)
        return Objective(build_network(self.config.network, self.inputs.width, head.predicted), head)


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
        x, encoded, weight = inputs.encode(rows.table, other), targets.encode(y), rows.weight / rows.weight.mean()
        n = len(x)
        if validation is not None:
            held_y = observed(empty, validation, f"validation {what}")
            x = np.concatenate([x, inputs.encode(validation.table, other)])
            encoded = np.concatenate([encoded, targets.encode(held_y)])
            weight = np.concatenate([weight, validation.weight])
        loss_dtype = dtype if empty.family.stable_in_float32 else "float64"
        data = Data(x.astype(dtype), encoded.astype(loss_dtype), weight.astype(loss_dtype))
    for name, values, power in (("X", data.x, 1.0), (what, data.y, 0.5), ("The weight", data.weight, 1.0)):
        # Likelihoods square y.
        if not (np.abs(values) <= np.finfo(values.dtype).max ** power).all():
            raise DataError(f"{name} has numbers too large for {values.dtype}: choose another unit.")

    streams = Streams.of(config.training.seed, config.ensemble)
    theta = initial_weights(
        empty.objective, encoded[:n].astype(np.float64), weight[:n], [s.initial for s in streams], dtype
    )
    if validation is None:
        train_rows, held_rows = split(
            n, config.training.validation_fraction if inputs.width else 0.0, [s.split for s in streams]
        )
    else:
        train_rows, held_rows = (np.tile(r, (config.ensemble, 1)) for r in (np.arange(n), np.arange(n, len(x))))
    size = min(config.training.batch_size or n, train_rows.shape[1])
    steps = config.training.epochs * -(-train_rows.shape[1] // size)
    stopping = config.training.early_stopping
    plan = Plan(
        train_rows,
        held_rows,
        size,
        config.training.epochs,
        min(steps, config.training.steps or steps),
        None if stopping is None else stopping.patience,
        config.training.gradient_clip,
        targets.offset,
    )
    if exact:
        theta, history, cause = train_lbfgs(empty.objective, data, plan, theta, callbacks)
    else:
        optimiser = build_optimiser(
            config.training.optimizer, config.training.schedule, plan.steps, empty.objective.layout
        )
        engine = build_engine(config)
        theta, history, cause = train(engine, empty.objective, data, optimiser, plan, theta, streams, callbacks)
    return Fit(config, custom, inputs, targets, n_classes, theta, history), cause


def learn_targets(
    config: ModelConfig, custom: type[Distribution] | None, rows: Rows, what: str
) -> tuple[np.ndarray, Targets, int]:
    """Return y checked and cleaned, how to encode it, and the number of classes (0 for numbers)."""
    if isinstance(config.distribution, BernoulliConfig | CategoricalConfig):
        y = target_forms.labels(rows.y, what, rows.table.index)
        classes, n_classes = target_forms.learn_classes(y, isinstance(config.distribution, BernoulliConfig), what)
        outputs = None if y.ndim == 1 else y.shape[1]
        zero, one = np.zeros(y.shape[1:]), np.ones(y.shape[1:])
        return y, Targets(outputs, classes, zero, one, one), n_classes
    y = target_forms.numbers(rows.y, what, rows.table.index)
    outputs = None if y.ndim == 1 else y.shape[1]
    family = build_family(config.distribution, custom, 0, outputs)
    a, b = _outer(config)
    with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
        plain = (y - a) / b
        target_forms.check_support(plain, family, what, rows.table.index)
        loc, scale, spread = target_forms.learn_scaling(plain, rows.weight, family, config.data.standardize, what)
        loc, scale = a + b * loc, b * scale
    if not all(np.isfinite(v).all() for v in (loc, scale, spread)):
        raise DataError(f"{what} has numbers too large for double precision: choose another unit.")
    return y, Targets(outputs, None, loc, scale, spread), 0


def observed(fit: Fit, rows: Rows, what: str) -> np.ndarray:
    """Return the y of new rows, checked against what the model was trained on, in the user's form."""
    config, targets, index = fit.config, fit.targets, rows.table.index
    if isinstance(config.distribution, BernoulliConfig | CategoricalConfig):
        y = target_forms.labels(rows.y, what, index)
        y = target_forms.known_labels(y, targets.classes, fit.n_classes, what, index)
    else:
        y = target_forms.numbers(rows.y, what, index)
        target_forms.check_support((y - _outer(config)[0]) / _outer(config)[1], fit.family, what, index)
    if y.shape[1:] != (() if targets.outputs is None else (targets.outputs,)):
        expected = "(n,)" if targets.outputs is None else f"(n, {targets.outputs})"
        raise DataError(f"{what} has shape {y.shape}, but the model was fitted on {expected}: reshape it.")
    return y


def _outer(config: ModelConfig) -> tuple[float, float]:
    """Return the affine map of a transformed family, which is undone together with the standardisation."""
    d = config.distribution
    return (d.loc, d.scale) if isinstance(d, TransformedConfig) else (0.0, 1.0)
