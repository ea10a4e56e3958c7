"""The training loop: epochs of minibatches on an engine, with validation, early stopping and the best weights kept."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from likelinet.engines.engine import Batches, Data, Diverged, Engine, first_to_fail
from likelinet.errors import NonFiniteError
from likelinet.objective import Objective
from likelinet.optim.optimiser import Optimiser
from likelinet.training.best import Best
from likelinet.training.history import Callback, Epoch, History, told_to_stop
from likelinet.training.minibatches import batches


@dataclass(frozen=True)
class Streams:
    """The random streams of one member: each consumer has its own, so that none disturbs another."""

    initial: np.random.Generator
    split: np.random.Generator
    shuffle: np.random.Generator
    dropout: np.random.Generator

    @staticmethod
    def of(seed: int, members: int) -> list["Streams"]:
        """Return the streams of each member; those of the first members do not depend on how many there are."""
        return [
            Streams(*(np.random.default_rng(s) for s in child.spawn(4)))
            for child in np.random.SeedSequence(seed).spawn(members)
        ]


@dataclass(frozen=True)
class Plan:
    """How long and on what to train.

    Parameters
    ----------
    train, validation : ndarray, shapes (M, n) and (M, v)
        Rows of the data for each member; v may be 0.
    batch_size, epochs, steps : int
        Training ends after `epochs` or after `steps`, whichever comes first.
    patience : int or None
        For early stopping.
    gradient_clip : float or None
        Largest norm of a gradient.
    offset : ndarray, shape (rows,)
        Added to the reported NLL of each row: it brings standardised targets back to the user's units.
    """

    train: np.ndarray
    validation: np.ndarray
    batch_size: int
    epochs: int
    steps: int
    patience: int | None
    gradient_clip: float | None
    offset: np.ndarray

    def shift(self, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Return the weighted mean of the offset over rows (M, n) of each member."""
        return (self.offset[rows] * weight).sum(-1) / weight.sum(-1)


def train(
    engine: Engine,
    objective: Objective,
    data: Data,
    optimiser: Optimiser,
    plan: Plan,
    theta: np.ndarray,
    streams: list[Streams],
    callbacks: Sequence[Callback] = (),
) -> tuple[np.ndarray, History, BaseException | None]:
    """Return the kept weights (M, P), the history, and what cut the training short, if anything did.

    Ctrl-C and a loss that is not finite end the training but lose nothing: the caller keeps the weights and then
    raises what is returned here.
    """
    history, best, began = History(), Best(theta, plan.patience), time.perf_counter()
    members = np.arange(len(theta))
    run = engine.start(objective, data, optimiser, plan.gradient_clip, theta, [s.dropout for s in streams])
    rows, held_out, left, cause = plan.train, plan.validation, plan.steps, None
    epoch, failure = 0, None
    try:
        for epoch in range(1, plan.epochs + 1):
            shuffles = [streams[m].shuffle for m in members]
            epoch_batches = batches(rows, data.weight, plan.batch_size, shuffles)
            epoch_batches = Batches(epoch_batches.rows[:left], epoch_batches.share[:left])
            losses = run.epoch(epoch_batches)
            left -= len(losses)
            trained = losses.sum(0) / epoch_batches.share.sum((0, 2))
            validated = _mean_nll(run, held_out, data.weight) if held_out.shape[1] else None
            trained_rows, share = (
                a.swapaxes(0, 1).reshape(len(members), -1) for a in (epoch_batches.rows, epoch_batches.share)
            )
            going_on = best.record(members, run.weights(), validated, epoch)
            record = Epoch(
                epoch,
                plan.epochs,
                (trained + plan.shift(trained_rows, share)).tolist(),
                None if validated is None else (validated + plan.shift(held_out, data.weight[held_out])).tolist(),
                members.tolist(),
                float(optimiser.rates[plan.steps - left - 1]),
                time.perf_counter() - began,
            )
            history.epochs.append(record)
            if told_to_stop(callbacks, record):
                history.stopped = "callback"
                break
            if left <= 0 or epoch == plan.epochs:
                break
            if not going_on.any():
                history.stopped = "early stopping"
                break
            if not going_on.all():
                run, members, rows, held_out = (
                    run.keep(going_on.nonzero()[0]),
                    members[going_on],
                    rows[going_on],
                    held_out[going_on],
                )
    except KeyboardInterrupt as interrupt:
        history.stopped, cause = "interrupted", interrupt
    except Diverged as diverged:
        failure = f"at step {diverged.step + 1}", diverged.parameter

    # Without validation nobody has looked yet at what the last step made of the weights.
    def usable(theta: np.ndarray) -> np.ndarray:
        noise = [s.dropout for s in streams]
        fresh = engine.start(objective, data, optimiser, plan.gradient_clip, theta, noise)
        return np.isfinite(_mean_nll(fresh, plan.train, data.weight))

    spoiled = best.epoch == 0 if plan.validation.shape[1] else best.fall_back(usable)
    if cause is None and failure is None and spoiled.any():
        params, seen = objective.layout.views(run.weights()), np.concatenate([rows, held_out], axis=1)
        failure = "after its last step", first_to_fail(objective, params, data.x[seen], data.y[seen])
    if failure is not None:
        history.stopped = "not finite"
        cause = NonFiniteError(
            f"The loss is not finite in epoch {epoch} {failure[0]}; the first parameter to fail is "
            f"'{failure[1]}': lower training.optimizer.learning_rate, or choose another link or family "
            f"(the weights of epoch {int(best.epoch.max())} are kept)."
        )
    history.best_epoch = best.epoch.tolist()
    return best.theta, history, cause


def _mean_nll(run, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the weighted mean NLL of each member over rows of its own; infinite where it is not finite."""
    own = weight[rows]
    mean = run.evaluate(rows, own) / own.sum(1)
    return np.where(np.isfinite(mean), mean, np.inf)
