"""The training loop: epochs of minibatches on an engine, with validation, early stopping and the best weights kept."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from likelinet.core.errors import NonFiniteError
from likelinet.engines.engine import Batches, Data, Diverged, Engine, Task, first_to_fail
from likelinet.objective.objective import Objective
from likelinet.optim.optimiser import Optimiser
from likelinet.training.best import Best
from likelinet.training.history import Callback, Epoch, History, told_to_stop
from likelinet.training.interrupts import CtrlC
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
    settled : int
        Epochs of a warm-up, during which neither the best weights nor patience are counted.
    """

    train: np.ndarray
    validation: np.ndarray
    batch_size: int
    epochs: int
    steps: int
    patience: int | None
    gradient_clip: float | None
    offset: np.ndarray
    settled: int = 0

    @property
    def probable_steps(self) -> int:
        """How many steps there will probably be: with early stopping, often those of twice the patience."""
        epochs = self.epochs
        if self.patience is not None and self.validation.shape[1]:
            epochs = min(epochs, 2 * self.patience)
        return min(self.steps, epochs * -(-self.train.shape[1] // self.batch_size))

    def shift(self, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Return the weighted mean of the offset over rows (M, n) of each member."""
        return (self.offset[rows] * weight).sum(-1) / weight.sum(-1)

    def epoch_batches(self, weight: np.ndarray, shuffles: list[np.random.Generator]) -> Iterator[Batches]:
        """Yield the minibatches of each epoch, cut off after the last step; `weight` is that of every row."""
        left = self.steps
        for _ in range(self.epochs):
            each = batches(self.train, weight, self.batch_size, shuffles)
            yield Batches(each.rows[:left], each.share[:left])
            left -= len(each.rows)
            if left <= 0:
                return


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
    history, best, began = History(engine=engine.name), Best(theta, plan.patience, plan.settled), time.perf_counter()
    members, held_out, held_weight = np.arange(len(theta)), plan.validation, data.weight[plan.validation]
    shuffles, ctrl_c = [s.shuffle for s in streams], CtrlC()
    noise = [s.dropout for s in streams]
    task = Task(objective, data, optimiser, plan.gradient_clip, noise, held_out, ctrl_c.check)
    run = engine.start(task, theta)
    epoch, steps, cause, failure = 0, 0, None, None
    try:
        with ctrl_c:
            for epoch, outcome in enumerate(run.epochs(plan.epoch_batches(data.weight, shuffles)), 1):
                steps += len(outcome.losses)
                validated = None
                if held_out.shape[1]:
                    validated = _finite(outcome.held_out[members] / held_weight[members].sum(1))
                going_on = best.record(members, outcome.weights[members], validated, epoch)
                rows, share = (
                    np.moveaxis(a, 1, 0)[members].reshape(len(members), -1)
                    for a in (outcome.batches.rows, outcome.batches.share)
                )
                trained = outcome.losses[:, members].sum(0) / share.sum(1) + plan.shift(rows, share)
                if validated is not None:
                    validated = validated + plan.shift(held_out[members], held_weight[members])
                record = Epoch(
                    epoch,
                    plan.epochs,
                    trained.tolist(),
                    None if validated is None else validated.tolist(),
                    members.tolist(),
                    float(optimiser.rates[steps - 1]),
                    time.perf_counter() - began,
                )
                history.epochs.append(record)
                if told_to_stop(callbacks, record):
                    history.stopped = "callback"
                    break
                if not going_on.any():
                    history.stopped = "early stopping" if epoch < plan.epochs and steps < plan.steps else "finished"
                    break
                if not going_on.all():
                    run.stop(members[~going_on])
                    members = members[going_on]
                ctrl_c.check()
    except KeyboardInterrupt as interrupt:
        history.stopped, cause = "interrupted", interrupt
    except Diverged as diverged:
        epoch += 1  # the one that was not yielded
        failure = f"at step {diverged.step + 1}", diverged.parameter

    # Without validation nobody has looked yet at what the last step made of the weights.
    def usable(theta: np.ndarray) -> np.ndarray:
        return np.isfinite(run.evaluate(theta, plan.train))

    try:
        spoiled = best.epoch == 0 if plan.validation.shape[1] else best.fall_back(usable)
    except KeyboardInterrupt as interrupt:  # maybe a second one: the weights stay as they are
        history.stopped, cause, failure = "interrupted", interrupt, None
        spoiled = np.zeros(len(theta), dtype=bool)
    if cause is None and failure is None and spoiled.any():
        params = objective.layout.views(run.weights()[spoiled])
        seen = np.concatenate([plan.train, held_out], axis=1)[spoiled]
        failure = "after its last step", first_to_fail(objective, params, *data.at(seen))
    if failure is not None:
        history.stopped = "not finite"
        cause = NonFiniteError(
            f"The loss is not finite in epoch {epoch} {failure[0]}; the first parameter to fail is "
            f"'{failure[1]}': lower training.optimizer.learning_rate, or choose another link or family "
            f"(the weights of epoch {int(best.epoch.max())} are kept)."
        )
    history.best_epoch = best.epoch.tolist()
    return best.theta, history, cause


def _finite(nll: np.ndarray) -> np.ndarray:
    """Return NLLs, infinite where they are not finite: worse than any other."""
    return np.where(np.isfinite(nll), nll, np.inf)
