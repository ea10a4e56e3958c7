"""How long, and on which rows, a fit is trained."""

import numpy as np

from likelinet.config import DataConfig, ModelConfig
from likelinet.model.fit import Fit
from likelinet.model.training import Encoded, is_exact, warm_up_of
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.table import Table
from likelinet.training.minibatches import by_folds, split
from likelinet.training.plan import Plan
from likelinet.training.size import annealing_of, batch_of, epochs_of, look_of, patience_of
from likelinet.training.streams import Streams


def planned(
    fit: Fit, table: Table, rows: Encoded, streams: list[Streams], once: bool, fold: np.ndarray | None = None
) -> Plan:
    """Return how long and on what to train; without inputs none of the rows are held out to say when to stop.

    Parameters
    ----------
    fit : Fit
        What is to be trained.
    table : Table
        The training rows.
    rows : Encoded
        They, with held-out rows of the caller's behind them.
    streams : list of Streams
        Of each member.
    once : bool
        Whether it is one pass over all rows.
    fold : ndarray, optional
        Of each row, where members hold out folds; the last row is then one of weight 0.
    """
    config, validates = fit.config, fit.inputs.width > 0 and not once
    n, total = rows.n, len(rows.y)
    if fold is not None:
        train_rows, held_rows = by_folds(fold, config.ensemble, total - 1)
        held_rows = held_rows if validates else held_rows[:, :0]
    elif total == n:
        fraction, rngs = config.training.validation_fraction if validates else 0.0, [s.split for s in streams]
        train_rows, held_rows = _apart(config.data, table, fraction, rngs)
    else:
        train_rows, held_rows = (np.tile(r, (config.ensemble, 1)) for r in (np.arange(n), np.arange(n, total)))
    offset = fit.targets.shift_of_nll(fit.family.has_density(rows.y))
    plan = plan_of(config, train_rows, held_rows, is_exact(config, fit.inputs), offset, fold is not None)
    return plan.once() if once else plan


def plan_of(
    config: ModelConfig,
    train_rows: np.ndarray,
    held_rows: np.ndarray,
    exact: bool,
    offset: np.ndarray,
    together: bool,
    windows: int = 1,
) -> Plan:
    """Return how long to train on these rows (M, …), of as many `windows` that make a pass.

    With `exact`, each iteration takes all rows, and nothing is warmed up; `offset` is what the NLL of each row in the
    user's units is above that of the loss, and `together` whether all members keep one epoch.
    """
    training = config.training
    in_memory = train_rows.shape[1]
    many = in_memory * windows
    size, passes = min(in_memory, many if exact else batch_of(training, many)), epochs_of(training, many, exact)
    of_epoch, epochs = -(-in_memory // size), passes * windows
    annealing = None if exact else annealing_of(training, of_epoch * windows)
    steps, patience = epochs * of_epoch, patience_of(training, passes)
    return Plan(
        train_rows,
        held_rows,
        size,
        epochs,
        min(steps, (None if exact else training.steps) or steps),
        None if annealing or patience is None else patience * windows,
        training.gradient_clip,
        offset,
        settled=0 if exact else warm_up_of(config) * windows,
        together=together or annealing is not None,
        look=look_of(of_epoch) if annealing else None,
        annealing=annealing,
        time=training.time,
        windows=windows,
    )


def _apart(
    data: DataConfig, table: Table, fraction: float, rngs: list[np.random.Generator]
) -> tuple[np.ndarray, np.ndarray]:
    """Return training and validation rows (M, …): groups, and rows in time, are the same for every member."""
    if fraction == 0.0 or (data.groups is None and data.time is None):
        return split(table.n, fraction, rngs)
    held = HoldOut.of(data, table).rows(fraction, rngs[0])
    train_rows, held_rows = (np.tile(mask.nonzero()[0], (len(rngs), 1)) for mask in (~held, held))
    return train_rows, held_rows
