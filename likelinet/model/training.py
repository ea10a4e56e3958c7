"""A fit from the weights that it begins with to those that it keeps."""

from collections.abc import Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace

import numpy as np

from likelinet.config import LBFGSConfig, ModelConfig, VAEConfig
from likelinet.config.network import CoderConfig
from likelinet.config.training import HoldThenAnnealConfig
from likelinet.core.errors import ConfigError, DataError
from likelinet.engines.build import build_engine
from likelinet.engines.engine import Data
from likelinet.engines.lbfgs import LbfgsEngine
from likelinet.model import few_rows
from likelinet.model.agreed import told_by_first
from likelinet.model.fit import Fit
from likelinet.networks.chain import Chain
from likelinet.networks.masking import Masking, learn_masking
from likelinet.optim.apart import ScalesApart
from likelinet.optim.build import build_optimiser
from likelinet.tables.inputs import Inputs
from likelinet.tables.kinds.statistics import Apart
from likelinet.tables.rows import Rows
from likelinet.targets.class_weights import Weigher, weigher
from likelinet.targets.target import Y
from likelinet.training.budget import Budget
from likelinet.training.carried import Carried
from likelinet.training.finished import Finished
from likelinet.training.loop import Training
from likelinet.training.plan import Plan
from likelinet.training.record import Beside, failure_of
from likelinet.training.streams import Streams
from likelinet.training.windows import Windows


def is_exact(config: ModelConfig, inputs: Inputs) -> bool:
    """Whether L-BFGS trains: without inputs the model is plain maximum likelihood, and that can be had exactly."""
    return isinstance(config.training.optimizer, LBFGSConfig) or inputs.width == 0


def check_passes(config: ModelConfig, inputs: Inputs) -> None:
    """Raise `ConfigError` if the rows cannot be passed over, a step after the other."""
    if isinstance(config.training.optimizer, LBFGSConfig) and few_rows.is_settled(config):
        raise ConfigError(
            "partial_fit: fewer than 30 rows made the model linear, which is fitted to all rows at once: begin with "
            "partial_fit, or with a training that the config says, as training: {epochs: 100}; or fit to all rows."
        )
    if isinstance(config.training.optimizer, LBFGSConfig):
        raise ConfigError(
            "partial_fit: L-BFGS takes all rows at once, and has no steps that go on with others: take another "
            "training.optimizer, or fit(…, warm_start=True) to all rows."
        )
    if inputs.width == 0:
        raise ConfigError(
            "partial_fit: a model without inputs is fitted to all rows at once: call fit with all of them."
        )


def warm_up_of(config: ModelConfig) -> int:
    """Return over how many epochs another loss is minimised than the one that is looked at."""
    return config.network.kl_warm_up if isinstance(config.network, VAEConfig) else 0


@dataclass(frozen=True)
class Encoded:
    """Rows as training takes them; `y` and `weight` are in double precision, `n` those that are no validation rows.

    Where they are a sample of a stream, training takes its `windows` in their place.
    """

    data: Data
    y: np.ndarray
    weight: np.ndarray
    n: int
    windows: Windows | None = None

    @property
    def own(self) -> tuple[np.ndarray, np.ndarray]:
        """The y and the weights of the training rows."""
        return self.y[: self.n], self.weight[: self.n]

    @property
    def columns(self) -> np.ndarray | None:
        """What the head reads of the training rows."""
        return None if self.data.columns is None else self.data.columns[: self.n]


def weighed(fit: Fit, rows: Rows, y: Y, validation: Rows | None, what: str) -> tuple[list[tuple[Rows, Y]], Weigher]:
    """Return training rows, and maybe validation rows, each with its y, as much as they weigh; and by what they do."""
    parts = [(rows, y)]
    if validation is not None:
        parts.append((validation, fit.recognise(validation, f"validation {what}")))
    in_training = weigher(fit.config.data.class_weight, fit.targets, y, rows.weight, what)
    return [(replace(part, weight=in_training(own, part.weight)), own) for part, own in parts], in_training


def encoded(
    fit: Fit,
    parts: Sequence[tuple[Rows, Y]],
    other: tuple[str, ...],
    what: str,
    apart: Sequence[Apart] = (),
    spare: int = 0,
) -> Encoded:
    """Return rows as the training of a fit takes them.

    Parameters
    ----------
    fit : Fit
        What is learned of the table and its y.
    parts : sequence of (Rows, y)
        The training rows, and maybe validation rows, with their clean y; each part weighs as much as it has rows.
    other : tuple of str
        Columns that are no features.
    what : str
        How messages call y.
    apart : sequence
        What `Inputs.with_means` has for training rows.
    spare : int
        How many rows of weight 0 follow at the end.

    Raises
    ------
    DataError
        If a number overflows.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
        y = np.concatenate([fit.targets.encode(own) for _, own in parts])
        y = np.concatenate([y, y[:spare]])
        weight = np.concatenate([*(part.weight / part.weight.mean() for part, _ in parts), np.zeros(spare)])
        x, columns = fit.encode([part.table for part, _ in parts], other, apart, spare)
        loss = fit.precision.loss
        data = Data(x, columns, y.astype(loss), weight.astype(loss))
    check_range(data, what, fit.targets.open_ended)
    return Encoded(data, y, weight, parts[0][0].table.n)


def trained(
    begun: Fit,
    theta: np.ndarray,
    rows: Encoded,
    plan: Plan,
    streams: list[Streams],
    beside: Beside,
    group: str = "",
    once: bool = False,
) -> tuple[Fit, np.ndarray | None, BaseException | None]:
    """Return a fit with trained weights, where it was heading, and what cut it short, if anything did.

    A training that the record knows to have come to its end is not done again, and one in progress goes on.

    Parameters
    ----------
    begun : Fit
        All that is learned but for the weights, with the units of these, and maybe what is carried to a pass.
    theta : ndarray, shape (M, P)
        The weights to begin with, in these units.
    rows, plan, streams
        On what, how long and in which random order to train.
    beside, group
        What accompanies it, and how to call the group of members.
    once : bool
        Whether it is one pass by a rate that does not change, which takes up what is carried.
    """
    record, progress, units = beside.record, beside.progress, begun.units
    key = [group, list(theta.shape), theta.dtype.name, plan.steps]
    if (done := record.replayed(key)) is not None:
        return _with(begun, done), done.heading, done.failure
    with nullcontext() if rows.windows is None else closing(rows.windows):
        training = _begun(begun, theta, rows, plan, streams, beside, group, once)
        record.go_on(key, training, progress)
        training.go_on(look=lambda: record.write_if_due(key, training))
    progress.end()
    theta, history, cause = training.end()
    given = Finished(
        theta if units is None else units.plain(theta, begun.objective.layout),
        history,
        training.heading,
        training.cut_off,
        None if cause is not None else Carried.of(training),
        failure_of(cause),
        record.seconds(),
    )
    given, cause = told_by_first(record.processes, given, cause)
    if cause is None or given.failure is not None:
        record.ended(key, given)
    return _with(begun, given), given.heading, cause


def _begun(
    begun: Fit,
    theta: np.ndarray,
    rows: Encoded,
    plan: Plan,
    streams: list[Streams],
    beside: Beside,
    group: str,
    once: bool,
) -> Training:
    """Return a training before its first step, or the first one of a pass."""
    config, objective, units, windows = begun.config, begun.objective, begun.units, rows.windows
    data = rows.data if windows is None else windows.at(0)
    head, layout = objective.head, objective.layout
    declared, carried, exact = config.training, begun.carried if once else None, is_exact(config, begun.inputs)
    engine, optimiser = LbfgsEngine(), None
    if not exact:
        objective = objective if units is None else replace(objective, head=units.head(head))
        held = declared.schedule if isinstance(declared.schedule, HoldThenAnnealConfig) else None
        optimiser = build_optimiser(
            declared.optimizer,
            held if once else declared.schedule,
            plan.steps + (0 if carried is None else carried.steps),
            layout,
            declared.average,
            ScalesApart(head.scales, declared.scale_rate, declared.scale_decay),
        )
        objective = replace(objective, warm_up=warm_up_of(config) * plan.windows * plan.steps_of_epoch)
        if (masking := _masking(begun, rows)) is not None:
            objective = replace(objective, network=Chain((masking, objective.network)))
        engine = build_engine(config, objective, data, plan.probable_steps, plan.batch_size)
    beside.progress.begin(plan.epochs * plan.looks_of_epoch, plan.time, group)
    theta = theta if carried is None else carried.weights
    budget, told = Budget(plan.time, look=beside.record.look), [beside.progress, *beside.callbacks]
    training = Training(engine, objective, data, optimiser, plan, theta, streams, told, budget, windows)
    if carried is not None:
        carried.to(training)
    return training


def _with(begun: Fit, given: Finished) -> Fit:
    """Return a fit with what its training has given."""
    own = {"theta": given.theta, "history": given.history, "cut_off": given.cut_off, "carried": given.carried}
    return replace(begun, **own)


def _masking(fit: Fit, rows: Encoded) -> Masking | None:
    """Return the layer that lets cells go missing as those of the training rows do, if any of them may."""
    columns = fit.inputs.with_missing
    if not columns or isinstance(fit.config.network, CoderConfig):
        return None
    return learn_masking(columns, rows.data.x[: rows.n], *rows.own)


def check_range(data: Data, what: str, open_ended: bool) -> None:
    """Raise `DataError` if a number overflows; likelihoods square y."""
    y = np.where(np.isinf(data.y), 0.0, data.y) if open_ended else data.y
    for name, values, power in (("X", data.x, 1.0), (what, y, 0.5), ("The weight", data.weight, 1.0)):
        most = np.finfo(values.dtype).max ** power
        if not (np.isfinite(values) if power == 1.0 else np.abs(values) <= most).all():
            raise DataError(f"{name} has numbers too large for {values.dtype}: choose another unit.")
