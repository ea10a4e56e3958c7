"""The training loop: epochs on an engine, with validation, early stopping and the best weights kept."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from likelinet.core.errors import DivergedError, NonFiniteError
from likelinet.core.wording import counted
from likelinet.engines.engine import Batches, Data, Diverged, Engine, Outcome, Task, first_to_fail
from likelinet.objective.objective import Objective
from likelinet.optim.optimiser import Optimiser
from likelinet.training.annealing import Turn
from likelinet.training.best import Best
from likelinet.training.budget import SPARE, Budget
from likelinet.training.draws import Draws
from likelinet.training.history import Callback, Epoch, History, told_to_stop
from likelinet.training.interrupts import CtrlC
from likelinet.training.kept import Kept, finite, means
from likelinet.training.plan import Plan
from likelinet.training.streams import Streams
from likelinet.training.windows import Windows

NOTHING = "nothing was learned"


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
    budget : Budget, optional
        How much time there is.
    windows : Windows, optional
        The rows of each epoch, where `data` are those of the first alone.
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
        budget: Budget | None = None,
        windows: Windows | None = None,
    ) -> None:
        self._objective, self._data, self._plan, self._callbacks = objective, data, plan, callbacks
        self._windows, self._together, self._ctrl_c = windows, engine.together, CtrlC(waits=engine.together)
        noise = [s.dropout for s in streams]
        window = (len(plan.train[0]), plan.batch_size) if plan.windows > 1 else None
        rows, heard = plan.validation, self._ctrl_c.heard
        task = Task(objective, data, optimiser, plan.gradient_clip, noise, rows, heard, window)
        self._run = engine.start(task, theta)
        self._settled = plan.settled * plan.looks_of_epoch
        self._best = Best(theta, plan.patience, self._settled)
        self._history = History(engine=engine.name)
        shuffles, fed = [s.shuffle for s in streams], None if windows is None else self._fed
        self._draws = Draws(plan, data.weight, shuffles, engine.takes_all, fed)
        self._epoch = self._steps = self._best_steps = 0  # done, and those up to the best epoch
        self._epochs = plan.epochs * plan.looks_of_epoch  # that there are at most
        self._losses = np.zeros((0, len(theta)))  # of the steps of an epoch that is half done
        self._early = False  # whether a member has stopped early
        self._rates = None if optimiser is None else optimiser.rates
        self._turn: Turn | None = None  # where a rate that was held began to fall
        self._budget = budget or Budget(plan.time)
        if self._together:
            self._budget.tell(self._run.clock)
        self._cause: BaseException | None = None
        self._failure: tuple[str, str] | None = None  # when, and which parameter

    def go_on(self, pause: int | None = None, look: Callable[[], None] | None = None) -> None:
        """Train to the end, or until `pause` steps are done in all; call `look` after each part of an epoch."""
        history = self._history
        try:
            with self._ctrl_c:
                for outcome in self._outcomes(pause):
                    if not self._take_in(outcome):
                        break
                    self._ctrl_c.check()
                    if look is not None:
                        look()
                if self._run.interrupted():
                    raise KeyboardInterrupt
        except KeyboardInterrupt as interrupt:
            if not (self._together and history.stopped == "callback"):
                history.stopped, self._cause = "interrupted", (self._together and self._cause) or interrupt
        except Diverged as diverged:
            self._failure = f"at step {len(self._losses) + diverged.step + 1}", diverged.parameter
        except NonFiniteError as error:
            history.stopped, self._cause = "not finite", error

    def _outcomes(self, pause: int | None) -> Iterator[Outcome]:
        """Yield what each epoch gave; where the rate is held no longer, anneal it."""
        while True:
            if self._due():
                self._anneal()
            for outcome in self._run.epochs(self._batches(pause)):
                yield outcome
                if self._due():
                    break  # what the engine has begun beyond it does not count
            else:
                return

    def _batches(self, pause: int | None) -> Iterator[Batches]:
        """Yield the minibatches of each epoch from where training stands; an engine may take them ahead of time."""
        done, at, looks = self._steps, len(self._losses), self._draws.looks()
        left = self._until - done + at  # counted from the beginning of an epoch
        for _ in range(self._epoch, self._epochs):
            if left <= 0 or (pause is not None and done >= pause):
                return
            each = next(looks)
            rows, share = each.rows[:left], each.share[:left]
            end = len(rows) if pause is None else min(len(rows), at + pause - done)
            while at < end:
                stop = min(end, at + self._budget.piece(self._steps))
                yield Batches(rows, share, at, stop)
                done, at = done + stop - at, stop
            left, at = left - len(rows), 0

    def _fed(self, epoch: int) -> np.ndarray:
        """Hand the rows of an epoch to the engine, where they are others, and return their weights."""
        assert self._windows is not None
        data = self._windows.at(epoch)
        if data is not self._data:
            self._data = data
            self._run.feed(data)
        return data.weight

    @property
    def _until(self) -> int:
        """How many steps there are with the present rates."""
        if self._turn is not None:
            return self._turn.at + self._turn.length
        plan = self._plan
        return plan.steps if plan.annealing is None else plan.to_a_look(plan.annealing.held(plan.steps))

    def _holds(self) -> bool:
        """Whether the rate is held until it will be annealed."""
        return self._plan.annealing is not None and self._turn is None and self._steps < self._plan.steps

    def _late(self) -> bool:
        """Whether there is time for the annealing alone, or for nothing."""
        annealing, plan = self._plan.annealing, self._plan
        if annealing is None or self._turn is not None:
            return self._budget.over
        return self._budget.late(annealing.length(self._best_steps, plan.steps - self._steps), self._steps)

    def _due(self) -> bool:
        """Whether the rate is held no longer."""
        annealing = self._plan.annealing
        if annealing is None or not self._holds() or not self._epoch or len(self._losses):
            return False
        stalled = annealing.stalled(self._best_steps, self._steps)
        return stalled or self._steps >= self._until or self._late()

    def _anneal(self) -> None:
        """Let the rate fall to 0 from the best weights so far on."""
        annealing, plan, steps = self._plan.annealing, self._plan, self._steps
        assert annealing is not None
        length = annealing.length(self._best_steps, plan.steps - steps)
        enough = max(1, int(self._budget.enough_for(steps) / SPARE))
        hurried = enough < length or not (annealing.stalled(self._best_steps, steps) or steps >= self._until)
        self._turned(Turn(steps, min(length, enough), self._history.epochs[-1].learning_rate, hurried))
        self._draws.skip()
        self._epochs = self._epoch + plan.looks_in(self._until - steps)

    def _turned(self, turn: Turn | None) -> None:
        """Go on from the best weights by rates that fall; None: by those of before."""
        self._turn, annealing = turn, self._plan.annealing
        fall = None if annealing is None or turn is None else annealing.rates(turn.rate, turn.length)
        self._run.restart(self._best.theta, self._rates if fall is None else fall)

    def _take_in(self, outcome: Outcome) -> bool:
        """Take note of what an epoch, or a part of one, has given; return whether anyone goes on."""
        self._steps += len(outcome.losses)
        losses = np.concatenate([self._losses, outcome.losses])
        cut = not outcome.batches.ends
        if cut:
            self._losses = losses
            if not self._late():
                return True
            outcome = self._cut(outcome)
        self._losses = losses[:0]
        self._draws.done()
        self._epoch += 1
        plan, members, weight = self._plan, outcome.members, self._data.weight
        held_out = plan.validation[members]
        validated, looked_at, held_weight = None, None, weight[held_out]
        looking = np.arange(len(outcome.weights)) if plan.together else members
        if held_out.shape[1]:
            sums = outcome.held_out
            if len(members) < len(looking):  # some have arrived at their minimum, and stay there
                sums = self._run.evaluate(outcome.weights, plan.validation)
            validated = finite(sums[members] / held_weight.sum(1))
            looked_at = means(sums[looking], weight[plan.validation[looking]].sum(1), plan.together)
        going_on = self._best.record(looking, outcome.weights[looking], looked_at, self._epoch)[
            np.isin(looking, members)
        ]
        if self._best.epoch.max() == self._epoch:
            self._best_steps = self._steps
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
        seconds, rate = self._budget.spent, outcome.learning_rate
        record = Epoch(self._epoch, self._epochs, trained.tolist(), validated, members.tolist(), rate, seconds)
        self._history.epochs.append(record)
        if self._told_to_stop(record) or not going_on.any():
            return False
        if self._budget.over and (cut or self._goes_on):
            if not self._run.converged:  # else there was nothing left to do
                self._history.stopped = "time"
            return False
        return True

    @property
    def _goes_on(self) -> bool:
        """Whether there is something left to do."""
        return self._holds() or (self._epoch < self._epochs and self._steps < self._until)

    def _cut(self, outcome: Outcome) -> Outcome:
        """Return what an epoch gave that ends before its last step."""
        batches, held_out = outcome.batches, self._run.evaluate(outcome.weights, self._plan.validation)
        done = slice(batches.part.stop)
        return replace(outcome, batches=Batches(batches.rows[done], batches.share[done]), held_out=held_out)

    def _told_to_stop(self, record: Epoch) -> bool:
        """Whether a callback ends the training: by its answer, or by an error."""
        try:
            if not told_to_stop(self._callbacks, record):
                return False
            self._history.stopped = "callback"
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._history.stopped, self._cause = "interrupted", error
        if self._together:  # all are to end at the same place
            self._ctrl_c.pressed = True
        return not self._together

    @property
    def cut_off(self) -> str | None:
        """What time has cut off, once training has ended; None where it has cut nothing off."""
        if self._history.stopped != "time":
            return None
        if self._turn is None:
            return f"training would have gone on, for up to {counted(self._plan.steps - self._steps, 'more step')}"
        return self._turn.cut_off(self._until - self._steps)

    @property
    def engine(self) -> str:
        """What computes it."""
        return self._history.engine

    @property
    def heading(self) -> np.ndarray | None:
        """The last step of each member, where such a step tells where a search was going."""
        return self._run.heading

    def state(self) -> dict[str, Any]:
        """Return where training stands, as arrays and what JSON knows; a callback may ask for it."""
        return {
            "run": self._run.state(),
            "best": self._best.state(),
            "draws": self._draws.state(),
            "turn": None if self._turn is None else vars(self._turn).copy(),
            "epoch": self._epoch,
            "epochs": self._epochs,
            "steps": self._steps,
            "best_steps": self._best_steps,
            "losses": self._losses.copy(),
            "early": self._early,
            "history": self._history.to_json(),
            "seconds": self._budget.spent,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self._best.restore(state["best"])
        self._turned(None if state["turn"] is None else Turn(**state["turn"]))
        self._run.restore(state["run"])
        self._draws.restore(state["draws"])
        self._epoch, self._steps, self._early = state["epoch"], state["steps"], state["early"]
        self._epochs, self._best_steps = state["epochs"], state["best_steps"]
        self._losses = np.array(state["losses"])
        self._history = History.from_json(state["history"])
        self._budget.go_on_from(state["seconds"])

    def end(self) -> tuple[np.ndarray, History, BaseException | None]:
        """Return the kept weights (M, P), the history, and what cut the training short, if anything did."""
        best, history, plan, objective = self._best, self._history, self._plan, self._objective
        cause, failure, epoch = self._cause, self._failure, self._epoch + (self._failure is not None)
        spoiled, rose = np.zeros(len(best.theta), dtype=bool), None
        looking = Kept(best, self._run, plan, self._data)
        try:
            if history.epochs:
                spoiled = looking.look_back(self._settled)
                rose = None if best.epoch.any() else looking.rose()
        except KeyboardInterrupt as interrupt:  # maybe a second one: the weights stay as they are
            history.stopped, cause, failure = "interrupted", interrupt, None
        if cause is None and failure is None and spoiled.any():
            seen = np.concatenate([plan.train, plan.validation], axis=1)[spoiled]
            params = objective.layout.views(self._run.weights()[spoiled])
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
        if history.stopped == "finished" and self._early and self._goes_on:
            history.stopped = "early stopping"
        if history.stopped == "finished" and self._turn is not None and self._turn.hurried:
            history.stopped = "time"
        if history.stopped == "finished" and self._run.converged is False:
            history.stopped = "not converged"
        history.best_epoch = best.epoch.tolist()
        return best.theta, history, cause
