"""A NumPy step fused by hand for one network: what a careful engine can reach, not a library.

One flat vector of weights, everything in place, views made once. It does the work that ours does: rows gathered with
their weights, the loss recorded and checked, the gradient clipped, Adam or plain gradient descent.
"""

import math
from contextlib import AbstractContextManager, nullcontext

import numpy as np
from numpy.typing import DTypeLike

from speed.numpy_heads import head
from speed.timing import per_step
from speed.workloads import CLIP, LEARNING_RATE, Workload

CHUNK = 16384  # entries updated at a time: they stay in the cache
SHARED_FROM = 16_000_000  # multiplications of the largest matrix product from which threads pay
B1, B2, EPS = 0.9, 0.999, 1e-8


class Floor:
    """A network with its optimiser, in arrays of fixed size."""

    def __init__(self, workload: Workload, dtype: DTypeLike = np.float32) -> None:
        self.w, b, sizes = workload, workload.batch, workload.sizes()
        x, y = workload.data()
        self.x, y = x.astype(dtype), y if workload.family == "categorical" else y.astype(dtype)
        self.theta = np.concatenate(
            [a.ravel() for pair in workload.weights(np.random.default_rng(0)) for a in pair]
        ).astype(dtype)
        self.grad, self.m, self.v = (np.zeros_like(self.theta) for _ in range(3))
        self.params, self.grads = self.views(self.theta), self.views(self.grad)
        outs = [np.empty((b, m), dtype) for _, m in sizes]
        self.inputs = [np.empty((b, workload.inputs), dtype), *outs[:-1]]
        self.outs, self.deltas = outs, [np.empty_like(a) for a in self.inputs]
        self.spares = [np.empty(a.shape, bool if workload.activation == "relu" else dtype) for a in self.inputs]
        self.head, self.ones, self.done = head(workload, outs[-1], self.inputs[0], y), np.ones(b, dtype), 0
        spare = np.empty(min(CHUNK, len(self.theta)), dtype)
        cuts = [slice(i, min(i + CHUNK, len(self.theta))) for i in range(0, len(self.theta), CHUNK)]
        self.chunks = [(self.grad[c], self.m[c], self.v[c], self.theta[c], spare[: c.stop - c.start]) for c in cuts]

    def views(self, flat: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return matrix and bias of each layer."""
        at, found = 0, []
        for k, m in self.w.sizes():
            found.append((flat[at : at + k * m].reshape(k, m), flat[at + k * m : at + k * m + m]))
            at += k * m + m
        return found

    def gradient(self, rows: np.ndarray, share: np.ndarray) -> float:
        """Write the gradient of one minibatch and return its loss."""
        relu, last = self.w.activation == "relu", len(self.outs) - 1
        self.x.take(rows, 0, self.inputs[0], "clip")
        for i, (weight, bias) in enumerate(self.params):
            z = self.inputs[i].dot(weight, self.outs[i])
            np.add(z, bias, z)
            if i == last:
                break
            if relu:
                np.maximum(z, 0.0, out=z)
            else:
                np.multiply(z, 0.5, z)
                np.tanh(z, z)
                np.multiply(z, 0.5, z)
                np.add(z, 0.5, z)
        loss, delta = self.head(rows, share), self.outs[last]
        for i in range(last, -1, -1):
            a, (d_weight, d_bias) = self.inputs[i], self.grads[i]
            a.T.dot(delta, d_weight)
            self.ones.dot(delta, d_bias)
            if i:
                delta, spare = delta.dot(self.params[i][0].T, self.deltas[i]), self.spares[i]
                if relu:
                    np.greater(a, 0.0, spare)
                else:
                    np.subtract(1.0, a, spare)
                    np.multiply(spare, a, spare)
                np.multiply(delta, spare, delta)
        return loss

    def update(self) -> None:
        """Clip the gradient and move the weights."""
        norm2 = self.grad.dot(self.grad)
        if norm2 > CLIP * CLIP:
            self.grad *= CLIP / math.sqrt(norm2)
        if self.w.optimizer == "sgd":
            np.multiply(self.grad, LEARNING_RATE, self.grad)
            np.subtract(self.theta, self.grad, self.theta)
            return
        self.done += 1
        # m and v are kept without the factors 1 - β, which go into the rate and ε instead.
        root = math.sqrt((1.0 - B2**self.done) / (1.0 - B2))
        rate, eps = LEARNING_RATE * (1.0 - B1) / (1.0 - B1**self.done) * root, EPS * root
        for g, m, v, p, t in self.chunks:
            np.multiply(m, B1, m)
            np.add(m, g, m)
            np.multiply(v, B2, v)
            np.multiply(g, g, g)
            np.add(v, g, v)
            np.sqrt(v, t)
            np.add(t, eps, t)
            np.divide(m, t, t)
            np.multiply(t, rate, t)
            np.subtract(p, t, p)

    def epoch(self, rng: np.random.Generator) -> np.ndarray:
        """Do one step per minibatch and return the losses."""
        rows, share = self.w.minibatches(rng)
        losses = np.empty(len(rows))
        for i, (own_rows, own_share) in enumerate(zip(rows, share, strict=True)):
            losses[i] = loss = self.gradient(own_rows, own_share)
            if not math.isfinite(loss):
                raise FloatingPointError(f"the loss is not finite at step {i}")
            self.update()
        return losses

    def threads(self) -> AbstractContextManager:
        """Return a context with one BLAS thread where the matrices are too small to be shared among several."""
        from threadpoolctl import ThreadpoolController

        largest = max(self.w.batch * k * m for k, m in self.w.sizes())
        return nullcontext() if largest >= SHARED_FROM else ThreadpoolController().limit(limits=1, user_api="blas")


def step_seconds(workload: Workload) -> float:
    """Return the seconds of one step."""
    floor, rng = Floor(workload), np.random.default_rng(0)

    def run(epochs: int) -> None:
        for _ in range(epochs):
            floor.epoch(rng)

    with floor.threads():
        return per_step(run, workload)
