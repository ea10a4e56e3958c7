"""The NumPy engine: the pure formulas, step by step, on one flat vector of weights that layers see as views."""

import math

import numpy as np

from likelinet.engines.engine import Batches, Data, Diverged, Engine, Run, first_to_fail
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
    ) -> "NumpyRun":
        theta = np.array(theta, order="C")  # a copy: the caller keeps the start
        return NumpyRun(objective, data, optimiser, gradient_clip, theta, optimiser.init(theta), noise)


class NumpyRun(Run):
    """A run whose weights, gradients and optimiser state are updated in place."""

    def __init__(self, objective, data, optimiser, gradient_clip, theta, state, noise) -> None:
        self._fixed = objective, data, optimiser, gradient_clip
        self._theta, self._state, self._noise = theta, state, noise
        self._grads = np.zeros_like(theta)
        self._params = objective.layout.views(theta)
        self._grad_views = objective.layout.views(self._grads)

    def epoch(self, batches: Batches) -> np.ndarray:
        objective, data, optimiser, limit = self._fixed
        losses = np.empty(batches.rows.shape[:2])
        x_all, y_all, params, grad_views = data.x, data.y, self._params, self._grad_views
        # A non-finite loss is an error with a name; NumPy's own warnings on the way there would only hide it.
        with np.errstate(all="ignore"), blas_threads(objective.network, batches.rows.shape[2]):
            for step, (rows, share) in enumerate(zip(batches.rows, batches.share, strict=True)):
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

    def evaluate(self, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
        objective, data = self._fixed[:2]
        total = np.zeros(len(rows))
        with np.errstate(all="ignore"), blas_threads(objective.network, min(rows.shape[1], BLOCK)):
            for start in range(0, rows.shape[1], BLOCK):
                block = rows[:, start : start + BLOCK]
                total += objective(self._params, (), data.x[block], data.y[block], weight[:, start : start + BLOCK])[0]
        return total

    def weights(self) -> np.ndarray:
        return self._theta.copy()

    def keep(self, members: np.ndarray) -> "NumpyRun":
        state = type(self._state)(*(s[members] if isinstance(s, np.ndarray) else s for s in self._state))
        return NumpyRun(*self._fixed, self._theta[members], state, [self._noise[m] for m in members])

    def _masks(self, rows: int) -> tuple[np.ndarray, ...]:
        """Draw the uniform numbers of dropout, each member from a stream of its own."""
        widths = self._fixed[0].network.noise()
        dtype = self._theta.dtype
        return tuple(np.stack([g.random((rows, w), dtype=dtype) for g in self._noise]) for w in widths)
