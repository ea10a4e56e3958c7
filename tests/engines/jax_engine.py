"""An engine written in the tests, from the pure functions alone: what the seam has to be enough for."""

import jax
import jax.numpy as jnp
import numpy as np

from likelinet.engines.engine import Batches, Data, Diverged, Engine, Run
from likelinet.objective import Objective
from likelinet.optim.clipping import clip
from likelinet.optim.optimiser import Optimiser
from tests import on_jax


class JaxEngine(Engine):
    """Steps of training as one scan under jit, in double precision."""

    def start(self, objective: Objective, data: Data, optimiser: Optimiser, gradient_clip, theta, noise) -> Run:
        with jax.enable_x64(True):
            state = jax.tree.map(jnp.asarray, optimiser.init(jnp.asarray(theta)))
            return JaxRun((objective, data, optimiser, gradient_clip), jnp.asarray(theta), state, noise)


class JaxRun(Run):
    def __init__(self, fixed, theta, state, noise) -> None:
        self._fixed, self._theta, self._state, self._noise = fixed, theta, state, noise
        self._scan = on_jax.jit(self._steps)
        self._value = on_jax.jit(lambda *args: self._loss(*args)[0])

    def _loss(self, theta, masks, rows, share):
        objective, data, _, _ = self._fixed
        x, y = jnp.asarray(data.x)[rows], jnp.asarray(data.y)[rows]
        return objective(objective.layout.views(theta), masks, x, y, share)

    def _steps(self, carry, batches):
        _, _, optimiser, limit = self._fixed

        def step(carry, batch):
            theta, state = carry
            loss, backward = self._loss(theta, *batch)
            grads = jnp.concatenate([g.reshape(len(theta), -1) for g in self._in_order(backward())], axis=1)
            grads = grads if limit is None else clip(grads, limit)
            return optimiser.update(grads, state, theta), loss

        return jax.lax.scan(step, carry, batches)

    def _in_order(self, grads):
        """Return the gradients as they lie in theta."""
        starts = self._fixed[0].layout.starts
        sizes = [w.size for w in self._fixed[0].layout.weights]
        return [grads[i] for i in sorted(range(len(grads)), key=lambda i: (starts[i], sizes[i]))]

    def epoch(self, batches: Batches) -> np.ndarray:
        steps, _, size = batches.rows.shape
        widths = self._fixed[0].network.noise()
        # The streams of the NumPy engine, in its order: by step, then mask, then member.
        drawn = [[np.stack([g.random((size, w)) for g in self._noise]) for w in widths] for _ in range(steps)]
        masks = tuple(np.stack([step[i] for step in drawn]) for i in range(len(widths)))
        with jax.enable_x64(True):
            (self._theta, self._state), losses = self._scan(
                (self._theta, self._state), (masks, batches.rows, batches.share)
            )
        losses = np.asarray(losses)
        if not np.isfinite(losses).all():
            raise Diverged(int(np.argmin(np.isfinite(losses).all(1))), "?")
        return losses

    def evaluate(self, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
        with jax.enable_x64(True):
            return np.asarray(self._value(self._theta, (), rows, weight))

    def weights(self) -> np.ndarray:
        return np.array(self._theta)

    def keep(self, members: np.ndarray) -> Run:
        with jax.enable_x64(True):
            state = jax.tree.map(lambda s: s[members] if s.ndim else s, self._state)
            return JaxRun(self._fixed, self._theta[members], state, [self._noise[m] for m in members])
