"""The NumPy engine: the pure formulas, step by step, on flat vectors of weights that layers see as views."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

import numpy as np

from likelinet.core.blas import one_blas_thread
from likelinet.core.generators import positions, put_back
from likelinet.engines.engine import Batches, Data, Diverged, Engine, Outcome, Run, Task, first_to_fail
from likelinet.engines.threads import blas_threads, thread_groups
from likelinet.objective.objective import Objective
from likelinet.optim.clipping import clip_in_place
from likelinet.optim.optimiser import Optimiser

ROWS_AT_ONCE = 2048  # rows evaluated at a time
BYTES_AT_ONCE = 2**18  # bytes of minibatches gathered at a time: they stay in the cache until their steps have come


class NumpyEngine(Engine):
    """Runs training with NumPy alone."""

    name = "numpy"

    def start(self, task: Task, theta: np.ndarray) -> "NumpyRun":
        return NumpyRun(task, theta)


@dataclass
class _Group:
    """Members that train together as one stacked computation, in place; arrays are views into those of the run.

    `before` counts the steps that were done before those of the optimiser's state.
    """

    task: Task
    optimiser: Optimiser
    members: np.ndarray
    theta: np.ndarray
    grads: np.ndarray
    state: Any
    before: int

    def epoch(self, batches: Batches, ends: list[int]) -> np.ndarray:
        """Do the steps up to the least of `ends`; return their losses, shape (steps, members)."""
        task, members, layout = self.task, self.members, self.task.objective.layout
        objective, optimiser, limit = task.objective, self.optimiser, task.gradient_clip
        rows_all, share_all = (a[batches.part.start : batches.part.stop] for a in (batches.rows, batches.share))
        if len(members) < rows_all.shape[1]:
            rows_all, share_all = rows_all[:, members], share_all[:, members]
        # One member needs no axis for it, which costs small matrices as much as their products.
        own = 0 if len(members) == 1 else slice(None)
        theta, grads, self.state = self.theta[own], self.grads[own], _of(self.state, own)
        params, grad_views = layout.views(theta), layout.views(grads)
        losses, widths = np.empty(rows_all.shape[:2]), objective.network.noise()
        # A non-finite loss is an error with a name; NumPy's own warnings on the way there would only hide it.
        with np.errstate(all="ignore"):
            for step, (x, columns, y, share) in enumerate(_minibatches(task.data, rows_all[:, own], share_all[:, own])):
                if step > min(ends):
                    break
                noise = tuple(mask[own] for mask in self._masks(widths, x.shape[-2])) if widths else ()
                loss, backward = objective(params, noise, x, columns, y, share, self.before + self.state.step)
                losses[step] = loss
                if not math.isfinite(sum(losses[step].tolist())):
                    ends.append(step)
                    bad = ~np.isfinite(loss)
                    params, seen = tuple(p[bad] for p in params), (x[bad], None if columns is None else columns[bad])
                    raise Diverged(step, first_to_fail(objective, params, *seen, y[bad]))
                for view, grad in zip(grad_views, backward(grad_views), strict=True):
                    if grad is not view:  # a layer that has not written it there itself
                        view[...] = grad
                if limit is not None:
                    clip_in_place(self.grads, limit)
                self.state = optimiser.update_in_place(grads, self.state, theta)
        return losses

    def _masks(self, widths: tuple[int, ...], rows: int) -> tuple[np.ndarray, ...]:
        """Draw the uniform numbers of dropout, each member from a stream of its own."""
        dtype, streams = self.theta.dtype, [self.task.noise[m] for m in self.members]
        return tuple(np.stack([g.random((rows, w), dtype=dtype) for g in streams]) for w in widths)


class NumpyRun(Run):
    """A run whose members are spread over threads where that pays; stopped ones are taken out."""

    def __init__(self, task: Task, theta: np.ndarray) -> None:
        assert task.optimiser is not None
        self._task, self._optimiser = task, task.optimiser
        self._kept = np.array(theta, order="C")  # a copy: the caller keeps the start
        self._running, self._before = np.arange(len(theta)), 0
        self._train(self._kept.copy(), self._optimiser.init(self._kept))

    def _train(self, theta: np.ndarray, state: Any) -> None:
        """Go on from these weights of the running members."""
        self._theta, self._state, self._grads = theta, state, np.zeros_like(theta)

    def epochs(self, batches: Iterator[Batches]) -> Iterator[Outcome]:
        network = self._task.objective.network
        with ThreadPoolExecutor() as pool:  # of threads that start when they are first needed
            for each in batches:
                if not len(self._running):
                    return
                members, size = self._running, each.rows.shape[2]
                parts = thread_groups(network, size, len(members))
                streamed = self._task.window is not None
                threads = one_blas_thread() if len(parts) > 1 else blas_threads(network, size, streamed)
                losses, held_out = np.full((len(each.part), len(self._kept)), np.nan), np.full(len(self._kept), np.nan)
                with threads:
                    losses[:, members] = self._epoch(pool, parts, each)
                if each.ends:
                    held_out[members] = self.evaluate(self._looked_at, self._task.held_out[members])
                rate = float(self._optimiser.rates[self._state.step - 1])
                yield Outcome(each, members, losses, held_out, self.weights(), rate)

    def _epoch(self, pool: ThreadPoolExecutor, parts: list[slice], batches: Batches) -> np.ndarray:
        """Train all parts at once, the first one in this thread, and return their losses together."""
        ends = [len(batches.part)]
        first, *others = (
            _Group(
                self._task,
                self._optimiser,
                self._running[p],
                self._theta[p],
                self._grads[p],
                _of(self._state, p),
                self._before,
            )
            for p in parts
        )
        waiting = [pool.submit(group.epoch, batches, ends) for group in others]
        done, diverged = [], []
        try:
            for result in (lambda: first.epoch(batches, ends), *(future.result for future in waiting)):
                try:
                    done.append(result())
                except Diverged as error:
                    diverged.append(error)
        except BaseException:
            ends.append(-1)  # the other threads need not go on
            raise
        if diverged:  # whichever thread was faster, the first step that failed is named
            raise min(diverged, key=lambda error: error.step)
        self._state = type(self._state)(
            *(new if np.ndim(new) == 0 else old for new, old in zip(first.state, self._state, strict=True))
        )
        return np.concatenate(done, axis=1)

    def stop(self, members: np.ndarray) -> None:
        staying = ~np.isin(self._running, members)
        self._running = self._running[staying]
        self._train(self._theta[staying], _of(self._state, staying))

    def restart(self, theta: np.ndarray, rates: Any) -> None:
        self._before += int(self._state.step)
        self._kept, self._optimiser = np.array(theta, order="C"), self._optimiser.by(rates)
        self._train(self._kept[self._running], self._optimiser.init(self._kept[self._running]))

    def feed(self, data: Data) -> None:
        self._task = replace(self._task, data=data)

    @property
    def _looked_at(self) -> np.ndarray:
        """The weights of the running members that the optimiser keeps."""
        return self._optimiser.kept(self._theta, self._state)

    def weights(self) -> np.ndarray:
        self._kept[self._running] = self._looked_at
        return self._kept.copy()

    def evaluate(self, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return evaluate(self._task.objective, self._task.data, theta, rows)

    def state(self) -> dict[str, Any]:
        arrays = {k: np.array(v) for k, v in self._state._asdict().items() if k != "step"}
        return {
            "step": int(self._state.step),
            "before": self._before,
            "weights": self.weights(),
            "moved": self._theta.copy(),
            "running": self._running.copy(),
            "optimiser": arrays,
            "dropout": positions(self._task.noise),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._kept, self._running = np.array(state["weights"], order="C"), np.array(state["running"])
        theta, self._before = np.array(state["moved"], order="C"), state["before"]
        self._train(theta, self._optimiser.init(theta))
        arrays = {name: np.array(a, order="C") for name, a in state["optimiser"].items()}
        self._state = self._state._replace(step=state["step"], **arrays)
        put_back(self._task.noise, state["dropout"])


def evaluate(objective: Objective, data: Data, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return Σ weight · nll over `rows` (M, n) at the weights `theta` (M, P), shape (M,), without dropout."""
    params, total = objective.layout.views(theta), np.zeros(len(rows))
    with np.errstate(all="ignore"), blas_threads(objective.network, min(rows.shape[1], ROWS_AT_ONCE)):
        for first in range(0, rows.shape[1], ROWS_AT_ONCE):
            block = rows[:, first : first + ROWS_AT_ONCE]
            total += objective(params, (), *data.at(block), data.weight[block])[0]
    return total


def _minibatches(data: Data, rows: np.ndarray, share: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield x, columns, y and share of each step; the first three lie where later ones will be written.

    Small ones are gathered many at a time: a call costs more than they do.
    """
    tables = data.x, data.columns, data.y
    many = max(1, BYTES_AT_ONCE // (rows[0].size * sum(t[0].nbytes for t in tables if t is not None)))
    shape = (min(many, len(rows)), *rows.shape[1:])
    buffers = [None if t is None else np.empty(shape + t.shape[1:], t.dtype) for t in tables]
    for first in range(0, len(rows), many):
        some = rows[first : first + many]
        n = len(some)
        for table, buffer in zip(tables, buffers, strict=True):
            if table is not None and buffer is not None:
                table.take(some, axis=0, out=buffer[:n], mode="clip")
        parts = (repeat(None, n) if b is None else b[:n] for b in buffers)
        yield from zip(*parts, share[first : first + n], strict=True)


def _of(state: Any, members: int | slice | np.ndarray) -> Any:
    """Return an optimiser's state for some of the members."""
    return type(state)(*(s[members] if isinstance(s, np.ndarray) else s for s in state))
