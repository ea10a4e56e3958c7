"""The NumPy engine: the pure formulas, step by step, on one flat vector of weights that layers see as views."""

import math
from collections.abc import Iterator

import numpy as np

from likelinet.engines.engine import Batches, Data, Diverged, Engine, Outcome, Run, first_to_fail
from likelinet.engines.threads import blas_threads
from likelinet.objective import Objective
from likelinet.optim.clipping import clip_in_place
from likelinet.optim.optimiser import Optimiser

BLOCK = 8192  # rows evaluated at a time


class NumpyEngine(Engine):
    """Runs training with NumPy alone."""

    def start(
        self,
        objective: Objective,
        data: Data,
        optimiser: Optimiser,
        gradient_clip: float | None,
        theta: np.ndarray,
        noise: list[np.random.Generator],
        held_out: np.ndarray,
    ) -> "NumpyRun":
        return NumpyRun(objective, data, optimiser, gradient_clip, theta, noise, held_out)


class NumpyRun(Run):
    """A run whose weights, gradients and optimiser state are updated in place; stopped members are taken out."""

    def __init__(self, objective, data, optimiser, gradient_clip, theta, noise, held_out) -> None:
        self._fixed = objective, data, optimiser, gradient_clip
        self._noise, self._held_out = noise, held_out
        self._kept = np.array(theta, order="C")  # a copy: the caller keeps the start
        self._running = np.arange(len(theta))
        self._train(self._kept.copy(), optimiser.init(theta))

    def _train(self, theta: np.ndarray, state) -> None:
        """Go on from these weights of the running members."""
        layout = self._fixed[0].layout
        self._theta, self._state, self._grads = theta, state, np.zeros_like(theta)
        self._params, self._grad_views = layout.views(theta), layout.views(self._grads)

    def epochs(self, batches: Iterator[Batches]) -> Iterator[Outcome]:
        for each in batches:
            running = self._running
            losses = np.full(each.rows.shape[:2], np.nan)
            losses[:, running] = self._epoch(each)
            held_out = np.full(len(self._kept), np.nan)
            held_out[running] = self.evaluate(self._theta, self._held_out[running])
            yield Outcome(each, losses, held_out, self.weights())

    def _epoch(self, batches: Batches) -> np.ndarray:
        objective, data, optimiser, limit = self._fixed
        rows_all, share_all = batches.rows, batches.share
        if len(self._running) < len(self._kept):
            rows_all, share_all = rows_all[:, self._running], share_all[:, self._running]
        losses = np.empty(rows_all.shape[:2])
        x_all, y_all, params, grad_views = data.x, data.y, self._params, self._grad_views
        # A non-finite loss is an error with a name; NumPy's own warnings on the way there would only hide it.
        with np.errstate(all="ignore"), blas_threads(objective.network, rows_all.shape[2]):
            for step, (rows, share) in enumerate(zip(rows_all, share_all, strict=True)):
                x, y = x_all.take(rows, axis=0, mode="clip"), y_all.take(rows, axis=0, mode="clip")
                loss, backward = objective(params, self._masks(rows.shape[1]), x, y, share)
                losses[step] = loss
                if not math.isfinite(np.add.reduce(loss)):
                    raise Diverged(step, first_to_fail(objective, params, x, y))
                for view, grad in zip(grad_views, backward(), strict=True):
                    view[...] = grad
                if limit is not None:
                    clip_in_place(self._grads, limit)
                self._state = optimiser.update_in_place(self._grads, self._state, self._theta)
        return losses

    def stop(self, members: np.ndarray) -> None:
        self._kept[self._running] = self._theta
        staying = ~np.isin(self._running, members)
        self._running = self._running[staying]
        state = type(self._state)(*(s[staying] if isinstance(s, np.ndarray) else s for s in self._state))
        self._train(self._theta[staying], state)

    def weights(self) -> np.ndarray:
        self._kept[self._running] = self._theta
        return self._kept.copy()

    def evaluate(self, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        objective, data = self._fixed[:2]
        params, total = objective.layout.views(theta), np.zeros(len(rows))
        with np.errstate(all="ignore"), blas_threads(objective.network, min(rows.shape[1], BLOCK)):
            for start in range(0, rows.shape[1], BLOCK):
                block = rows[:, start : start + BLOCK]
                total += objective(params, (), data.x[block], data.y[block], data.weight[block])[0]
        return total

    def _masks(self, rows: int) -> tuple[np.ndarray, ...]:
        """Draw the uniform numbers of dropout, each member from a stream of its own."""
        widths = self._fixed[0].network.noise()
        dtype, streams = self._theta.dtype, [self._noise[m] for m in self._running]
        return tuple(np.stack([g.random((rows, w), dtype=dtype) for g in streams]) for w in widths)
