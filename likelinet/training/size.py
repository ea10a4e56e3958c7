"""How long to train, and in how large steps, where the config leaves it to the number of rows."""

import math

from likelinet.config import HoldThenAnnealConfig, TrainingConfig
from likelinet.training.annealing import ANNEAL, LOOK, LOOKS_OF_EPOCH, PATIENCE_OF_HOLD, Annealing, Stretch

ROWS = 4096  # up to so many nothing depends on them
EPOCHS, BATCH, PATIENCE = 400, 32, 60
HELD_EPOCHS, HELD_BATCH = 2000, 64  # where the rate is held for as long as it gains
LARGEST = 1024  # rows of a batch
LEAST = 10  # epochs, and of these without improvement


def epochs_of(training: TrainingConfig, n: int, exact: bool = False) -> int:
    r"""Return how many passes over n training rows there are at most.

    .. math:: \max(10,\; 400\, (4096 / n)^{2/3})

    Eight times the rows are seen a quarter as often each: twice the work in all. With the schedule `hold_then_anneal`,
    which ends where nothing more is gained, it is five times as many.
    """
    if training.epochs is not None:
        return training.epochs
    most = HELD_EPOCHS if not exact and isinstance(training.schedule, HoldThenAnnealConfig) else EPOCHS
    return most if exact or n <= ROWS else max(LEAST, round(most * (ROWS / n) ** (2.0 / 3.0)))


def batch_of(training: TrainingConfig, n: int) -> int:
    """Return how many rows an update takes: 32, and twice as many whenever there are four times the rows.

    With the schedule `hold_then_anneal` it is twice as many.
    """
    if training.batch_size != "auto":
        return min(training.batch_size or n, n)
    least = HELD_BATCH if isinstance(training.schedule, HoldThenAnnealConfig) else BATCH
    return min(n, LARGEST, least * 2 ** math.floor(0.5 * math.log2(max(n, ROWS) / ROWS)))


def patience_of(training: TrainingConfig, epochs: int) -> int | None:
    """Return after how many epochs without improvement a member stops: 60 of 400, or as large a part of fewer."""
    if training.early_stopping is None:
        return None
    given = training.early_stopping.patience
    if given is not None:
        return given
    return max(LEAST, round(PATIENCE * epochs / EPOCHS)) if training.epochs is None else PATIENCE


def annealing_of(training: TrainingConfig, steps_of_epoch: int) -> Annealing | None:
    """Return when a rate that is held falls, and over how many steps; None with another schedule."""
    schedule, stopping = training.schedule, training.early_stopping
    if not isinstance(schedule, HoldThenAnnealConfig):
        return None
    anneal = ANNEAL if schedule.anneal is None else Stretch(schedule.anneal)
    patience = None
    if stopping is not None:
        patience = PATIENCE_OF_HOLD if stopping.patience is None else Stretch(stopping.patience * steps_of_epoch)
    return Annealing(patience, anneal, schedule.warmup)


def look_of(steps_of_epoch: int) -> int:
    """Return how many steps to do from one look at the held-out rows to the next: a quarter of an epoch, or 30."""
    return min(steps_of_epoch, max(LOOK, -(-steps_of_epoch // LOOKS_OF_EPOCH)))
