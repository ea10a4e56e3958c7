"""L-BFGS as an engine: an epoch is one iteration of each member on all of its rows, in double precision."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.core.errors import NonFiniteError
from likelinet.engines.engine import Batches, Data, Engine, Outcome, Run, Task
from likelinet.engines.numpy import evaluate
from likelinet.engines.threads import blas_threads
from likelinet.objective.layout import pack
from likelinet.optim.kinks import nearly_flat
from likelinet.optim.lbfgs import Search, begin, iterate
from likelinet.optim.line_search import Function

ROWS_AT_ONCE = 4096  # rows that go through the network at a time: what it keeps of them for the gradient is a few x


class LbfgsEngine(Engine):
    """Runs L-BFGS with NumPy."""

    name = "numpy"
    takes_all = True

    def start(self, task: Task, theta: np.ndarray) -> "LbfgsRun":
        return LbfgsRun(task, theta)


class LbfgsRun(Run):
    """A run in which each member has a search of its own; one that has arrived trains no longer."""

    def __init__(self, task: Task, theta: np.ndarray) -> None:
        self._task, self._start = task, np.array(theta, dtype=np.float64)
        self._searches: list[Search] = []  # until the first epoch, none

    def epochs(self, batches: Iterator[Batches]) -> Iterator[Outcome]:
        for each in batches:
            network, everyone = self._task.objective.network, range(len(self._start))
            with np.errstate(all="ignore"), blas_threads(network, min(each.rows.shape[2], ROWS_AT_ONCE)):
                if not self._searches:
                    self._searches = [self._begun(each, m) for m in everyone]
                members = np.array([m for m in everyone if not self._searches[m].arrived], dtype=int)
                if not len(members):
                    return
                losses, held_out = np.full((1, len(everyone)), np.nan), np.full(len(everyone), np.nan)
                for m in members:
                    if self._task.pressed():
                        raise KeyboardInterrupt
                    self._searches[m] = iterate(self._function(each, m), self._searches[m])
                    losses[0, m] = self._searches[m].value
            weights = self.weights()
            if self._task.held_out.shape[1]:
                held_out[members] = self.evaluate(weights[members], self._task.held_out[members])
            yield Outcome(each, members, losses, held_out, weights, 1.0)

    def _begun(self, batches: Batches, member: int) -> Search:
        search = begin(self._function(batches, member), self._start[member])
        if not np.isfinite(search.value):
            raise NonFiniteError(
                f"The loss of member {member + 1} is not finite at the start: look for values of y far outside."
            )
        return search

    def _function(self, batches: Batches, member: int) -> Function:
        """Return the loss of a member, with its gradient, as a function of its weights."""
        objective, layout = self._task.objective, self._task.objective.layout
        rows, share, at = batches.rows[:, member], batches.share[:, member], self._task.data.at

        def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
            params, value, gradient = layout.views(flat[None]), 0.0, np.zeros_like(flat)
            for part in blocks(rows.shape[1], ROWS_AT_ONCE):
                values, backward = objective(params, (), *at(rows[:, part]), share[:, part])
                value += float(values[0])
                gradient += pack(backward(), layout)[0]
            if not (np.isfinite(value) and np.isfinite(gradient).all()):  # too far: the line search comes back
                return np.inf, np.zeros_like(flat)
            return value, gradient

        return loss

    @property
    def converged(self) -> bool:
        return all(s.converged or nearly_flat(s.gradient) for s in self._searches)

    @property
    def heading(self) -> np.ndarray:
        return np.stack([s.heading for s in self._searches]) if self._searches else np.zeros_like(self._start)

    def stop(self, members: np.ndarray) -> None:
        for m in members:
            self._searches[m] = replace(self._searches[m], arrived=True)

    def restart(self, theta: np.ndarray, rates: Any) -> None:
        self._start, self._searches = np.array(theta, dtype=np.float64), []

    def feed(self, data: Data) -> None:
        self._task = replace(self._task, data=data)

    def weights(self) -> np.ndarray:
        return np.stack([s.point for s in self._searches]) if self._searches else self._start.copy()

    def evaluate(self, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return evaluate(self._task.objective, self._task.data, theta, rows)

    def state(self) -> dict[str, Any]:
        return {"weights": self.weights(), "searches": [dict(vars(s)) for s in self._searches]}

    def restore(self, state: dict[str, Any]) -> None:
        self._start = np.array(state["weights"])
        self._searches = [Search(**s) for s in state["searches"]]
