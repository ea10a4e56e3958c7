"""The training loop: epochs on an engine, with validation, early stopping and the best weights kept."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from likelinet.core.errors import DivergedError, NonFiniteError
from likelinet.core.generators import positions, put_back
from likelinet.engines.engine import Batches, Data, Diverged, Engine, Outcome, Task, first_to_fail
from likelinet.objective.objective import Objective
from likelinet.optim.optimiser import Optimiser
from likelinet.training.best import Best
from likelinet.training.history import Callback, Epoch, History, told_to_stop
from likelinet.training.interrupts import CtrlC
from likelinet.training.plan import Plan
from likelinet.training.streams import Streams

NOTHING = "nothing was learned"
ROUNDING = 1e-6  # of a mean loss, in single precision too
RISE = 0.1  # of a mean loss that is no chance: by less a few steps may miss where there is nothing to learn


def train(
    engine: Engine,
    objective: Objective,
    data: Data,
    optimiser: Optimiser | None,
    plan: Plan,
    theta: np.ndarray,
    streams: list[Streams],
    callbacks: Sequence[Callback] = (),
) -> tuple[np.ndarray, History, BaseException | None]:
    """Return the kept weights (M, P), the history, and what cut the training short, if anything did.

    Ctrl-C, an error of a callback and a loss that is not finite end the training but lose nothing: the caller keeps
    the weights and then raises what is returned here.
    """
    training = Training(engine, objective, data, optimiser, plan, theta, streams, callbacks)
    training.go_on()
    return training.end()


class Training:
    """A training in progress: it can be paused after any step, and its state restored into a new one of the same kind.

    Parameters
    ----------
    engine : Engine
        What computes it.
    objective, data : Objective and Data
        What is minimised, and on what.
    optimiser : Optimiser or None
        The rule that moves the weights; None where the engine has one of its own.
    plan : Plan
        How long and on which rows.
    theta : ndarray, shape (M, P)
        The initial weights.
    streams : list of Streams
        Of each member.
    callbacks : sequence of callable
        Called after every epoch.
    """

    def __init__(
        self,
        engine: Engine,
        objective: Objective,
        data: Data,
        optimiser: Optimiser | None,
        plan: Plan,
        theta: np.ndarray,
        streams: list[Streams],
        callbacks: Sequence[Callback] = (),
    ) -> None:
        self._objective, self._data, self._plan, self._callbacks = objective, data, plan, callbacks
        self._ctrl_c, self._whole = CtrlC(), engine.takes_all
        noise = [s.dropout for s in streams]
        self._run = engine.start(
            Task(objective, data, optimiser, plan.gradient_clip, noise, plan.validation, self._ctrl_c.check), theta
        )
        self._best, self._history = Best(theta, plan.patience, plan.settled), History(engine=engine.name)
        self._shuffles = [s.shuffle for s in streams]
        self._position = positions(self._shuffles)  # before the epoch that comes next, or is half done
        self._drawn: deque[list[dict[str, Any]]] = deque()  # after each epoch that the engine has been given
        self._epoch, self._steps = 0, 0  # done
        self._losses = np.zeros((0, len(theta)))  # of the steps of an epoch that is half done
        self._early = False  # whether a member has stopped early
        self._began = time.perf_counter()
        self._cause: BaseException | None = None
        self._failure: tuple[str, str] | None = None  # when, and which parameter

    def go_on(self, pause: int | None = None) -> None:
        """Train to the end, or until `pause` steps are done in all."""
        history = self._history
        put_back(self._shuffles, self._position)
        self._drawn.clear()
        try:
            with self._ctrl_c:
                for outcome in self._run.epochs(self._batches(pause)):
                    if not self._take_in(outcome):
                        break
                    self._ctrl_c.check()
        except KeyboardInterrupt as interrupt:
            history.stopped, self._cause = "interrupted", interrupt
        except Diverged as diverged:
            self._failure = f"at step {len(self._losses) + diverged.step + 1}", diverged.parameter
        except NonFiniteError as error:
            history.stopped, self._cause = "not finite", error

    def _batches(self, pause: int | None) -> Iterator[Batches]:
        """Yield the minibatches of each epoch from where training stands; an engine may take them ahead of time."""
        plan, weight, done, at = self._plan, self._data.weight, self._steps, len(self._losses)
        left = plan.steps - done + at  # counted from the beginning of an epoch
        draws = plan.all_rows(weight) if self._whole else plan.shuffled(weight, self._shuffles)
        for _ in range(self._epoch, plan.epochs):
            if left <= 0 or (pause is not None and done >= pause):
                return
            each = next(draws)
            self._drawn.append(positions(self._shuffles))
            rows, share = each.rows[:left], each.share[:left]
            stop = len(rows) if pause is None else min(len(rows), at + pause - done)
            yield Batches(rows, share, at, stop)
            done, left, at = done + stop - at, left - len(rows), 0

    def _take_in(self, outcome: Outcome) -> bool:
        """Take note of what an epoch, or a part of one, has given; return whether anyone goes on."""
        self._steps += len(outcome.losses)
        losses, after = np.concatenate([self._losses, outcome.losses]), self._drawn.popleft()
        if not outcome.batches.ends:
            self._losses = losses
            return True
        self._losses, self._position = losses[:0], after
        self._epoch += 1
        plan, members, weight = self._plan, outcome.members, self._data.weight
        held_out = plan.validation[members]
        validated, looked_at, held_weight = None, None, weight[held_out]
        looking = np.arange(len(outcome.weights)) if plan.together else members
        if held_out.shape[1]:
            sums = outcome.held_out
            if len(members) < len(looking):  # some have arrived at their minimum, and stay there
                sums = self._run.evaluate(outcome.weights, plan.validation)
            validated = _finite(sums[members] / held_weight.sum(1))
            looked_at = self._means(sums[looking], weight[plan.validation[looking]].sum(1))
        going_on = self._best.record(looking, outcome.weights[looking], looked_at, self._epoch)[
            np.isin(looking, members)
        ]
        if not going_on.all():
            self._early = True
            self._run.stop(members[~going_on])
        rows, share = (
            np.moveaxis(a, 1, 0)[members].reshape(len(members), -1)
            for a in (outcome.batches.rows, outcome.batches.share)
        )
        trained = losses[:, members].sum(0) / share.sum(1) + plan.shift(rows, share)
        if validated is not None:
            validated = (validated + plan.shift(held_out, held_weight)).tolist()
        seconds = time.perf_counter() - self._began
        record = Epoch(
            self._epoch, plan.epochs, trained.tolist(), validated, members.tolist(), outcome.learning_rate, seconds
        )
        self._history.epochs.append(record)
        return not self._told_to_stop(record) and bool(going_on.any())

    def _told_to_stop(self, record: Epoch) -> bool:
        """Whether a callback ends the training: by its answer, or by an error."""
        try:
            told = told_to_stop(self._callbacks, record)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._history.stopped, self._cause = "interrupted", error
            return True
        if told:
            self._history.stopped = "callback"
        return told

    @property
    def heading(self) -> np.ndarray | None:
        """The last step of each member, where such a step tells where a search was going."""
        return self._run.heading

    def state(self) -> dict[str, Any]:
        """Return where training stands, as arrays and what JSON knows; a callback may ask for it."""
        return {
            "run": self._run.state(),
            "best": self._best.state(),
            "shuffle": [dict(p) for p in self._position],
            "epoch": self._epoch,
            "steps": self._steps,
            "losses": self._losses.copy(),
            "early": self._early,
            "history": self._history.to_json(),
            "seconds": time.perf_counter() - self._began,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self._run.restore(state["run"])
        self._best.restore(state["best"])
        self._position = [dict(p) for p in state["shuffle"]]
        self._epoch, self._steps, self._early = state["epoch"], state["steps"], state["early"]
        self._losses = np.array(state["losses"])
        self._history = History.from_json(state["history"])
        self._began = time.perf_counter() - state["seconds"]

    def end(self) -> tuple[np.ndarray, History, BaseException | None]:
        """Return the kept weights (M, P), the history, and what cut the training short, if anything did."""
        best, history, plan, objective = self._best, self._history, self._plan, self._objective
        cause, failure, epoch = self._cause, self._failure, self._epoch + (self._failure is not None)
        spoiled, rose = np.zeros(len(best.theta), dtype=bool), None
        try:
            if history.epochs:
                spoiled = self._look_back()
                rose = None if best.epoch.any() else self._rose()
        except KeyboardInterrupt as interrupt:  # maybe a second one: the weights stay as they are
            history.stopped, cause, failure = "interrupted", interrupt, None
        if cause is None and failure is None and spoiled.any():
            params = objective.layout.views(self._run.weights()[spoiled])
            seen = np.concatenate([plan.train, plan.validation], axis=1)[spoiled]
            failure = "after its last step", first_to_fail(objective, params, *self._data.at(seen))
        if failure is not None:
            history.stopped = "not finite"
            kept = f"the weights of epoch {int(best.epoch.max())} are kept" if best.epoch.any() else NOTHING
            cause = NonFiniteError(
                f"The loss is not finite in epoch {epoch} {failure[0]}; the first parameter to fail is "
                f"'{failure[1]}': lower training.optimizer.learning_rate, or choose another link or family ({kept})."
            )
        if cause is None and rose is not None:
            history.stopped = "diverged"
            cause = DivergedError(
                f"The loss rose from {rose[0]:.4g} at the start to {rose[1]:.4g}, and no epoch was better than the "
                f"start: lower training.optimizer.learning_rate ({NOTHING})."
            )
        unfinished = self._epoch < plan.epochs and self._steps < plan.steps
        if history.stopped == "finished" and self._early and unfinished:
            history.stopped = "early stopping"
        if history.stopped == "finished" and self._run.converged is False:
            history.stopped = "not converged"
        history.best_epoch = best.epoch.tolist()
        return best.theta, history, cause

    def _look_back(self) -> np.ndarray:
        """Keep no weights that are not finite, or worse than those of the start; return which members had no others."""
        best, run, plan = self._best, self._run, self._plan
        rows = plan.validation if plan.validation.shape[1] else plan.train

        # Without validation nobody has looked yet at what the last step made of the weights.
        kept = self._loss(best.theta, rows)
        spoiled = np.isinf(kept)
        if spoiled.any():
            best.fall_back(lambda theta: np.isfinite(self._loss(theta, rows)))
            kept = self._loss(best.theta, rows)
        if (best.epoch == 0).any():  # no epoch had a finite loss, or there was nothing to train
            spoiled |= (best.epoch == 0) & np.isinf(self._loss(run.weights(), rows))
        # During a warm-up another loss was minimised, by which the latest weights may well be worse than the start.
        best.back_to_start(_worse(kept, self._loss(best.start, rows), ROUNDING) & (best.epoch > plan.settled))
        return spoiled

    def _rose(self) -> tuple[float, float] | None:
        """Return the mean loss of the training rows at the start and now, if it rose for every member."""
        rows = self._plan.train
        start, now = self._loss(self._best.start, rows), self._loss(self._run.weights(), rows)
        if not _worse(now, start, RISE).all():
            return None  # there was little to learn, or what was learned is of no use for held-out rows
        shift = self._plan.shift(rows, self._data.weight[rows])
        return float(np.mean(start + shift)), float(np.mean(now + shift))

    def _loss(self, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the mean loss of each member over rows (M, n), infinite where it is not finite."""
        return self._means(self._run.evaluate(theta, rows), self._data.weight[rows].sum(1))

    def _means(self, sums: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the mean loss of each member, by which weights are kept: of all of them where they keep together."""
        if self._plan.together:
            sums, weights = (np.full_like(each, each.sum()) for each in (sums, weights))
        return _finite(sums / weights)


def _worse(loss: np.ndarray, start: np.ndarray, by: float) -> np.ndarray:
    """Whether a loss is greater than that of the start by so much, absolute and relative."""
    with np.errstate(invalid="ignore"):
        return loss > start + by * (1.0 + np.abs(start))


def _finite(nll: np.ndarray) -> np.ndarray:
    """Return NLLs, infinite where they are not finite: worse than any other."""
    return np.where(np.isfinite(nll), nll, np.inf)
