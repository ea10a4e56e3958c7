"""The losses of the hand-fused NumPy step: each writes the gradient over the raw outputs and returns the loss."""

import math
from collections.abc import Callable

import numpy as np

from speed.workloads import FLOOR, Workload

HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
Head = Callable[[np.ndarray, np.ndarray], float]  # (rows, share) -> loss


def gaussian(z: np.ndarray, y: np.ndarray) -> Head:
    """Return the loss of a Gaussian whose scale is a softplus with a floor, for raw outputs in `z`."""
    loc, raw = z[:, 0], z[:, 1]
    target, soft, scale, spare = (np.empty(len(z), z.dtype) for _ in range(4))

    def loss(rows: np.ndarray, share: np.ndarray) -> float:
        y.take(rows, 0, target, "clip")
        np.logaddexp(raw, 0.0, soft)
        np.add(soft, FLOOR, scale)
        np.subtract(raw, soft, spare)
        np.exp(spare, raw)  # the slope of the softplus
        np.subtract(target, loc, target)
        np.divide(target, scale, target)  # from here on, in scales
        np.log(scale, soft)
        np.divide(share, scale, scale)
        np.multiply(target, scale, loc)
        np.negative(loc, loc)
        np.multiply(target, target, target)
        np.multiply(raw, scale, raw)
        np.subtract(1.0, target, spare)
        np.multiply(raw, spare, raw)
        return 0.5 * target.dot(share) + soft.dot(share) + HALF_LOG_2PI * np.add.reduce(share)

    return loss


def categorical(z: np.ndarray, y: np.ndarray) -> Head:
    """Return the softmax cross-entropy of integer codes, for raw outputs in `z`."""
    flat, firsts = z.reshape(-1), np.arange(len(z)) * z.shape[1]
    largest, total, own = np.empty((len(z), 1), z.dtype), np.empty((len(z), 1), z.dtype), np.empty(len(z), z.dtype)

    def loss(rows: np.ndarray, share: np.ndarray) -> float:
        at = y.take(rows)
        np.add(at, firsts, at)
        np.maximum.reduce(z, axis=1, out=largest, keepdims=True)
        np.subtract(z, largest, z)
        flat.take(at, 0, own, "clip")
        np.exp(z, z)
        np.add.reduce(z, axis=1, out=total, keepdims=True)
        np.subtract(np.log(total[:, 0]), own, own)
        np.divide(share[:, None], total, total)
        np.multiply(z, total, z)
        flat[at] -= share
        return own.dot(share)

    return loss


def bernoulli(z: np.ndarray, x: np.ndarray) -> Head:
    """Return the summed cross-entropy of the inputs `x` of the minibatch, which are 0 or 1, for raw outputs in `z`."""
    spare, ones = np.empty_like(z), np.ones(z.shape[1], z.dtype)

    def loss(rows: np.ndarray, share: np.ndarray) -> float:
        np.maximum(z, 0.0, out=spare)
        values = spare.dot(ones)
        values -= np.vecdot(z, x)  # softplus(z) - y z, whose last part follows
        np.multiply(z, 0.5, z)
        np.tanh(z, z)
        np.abs(z, spare)
        np.multiply(spare, 0.5, spare)
        np.add(spare, 0.5, spare)  # the larger of both probabilities: log(1 + exp(-|z|)) is minus its logarithm
        np.log(spare, spare)
        values -= spare.dot(ones)
        np.multiply(z, 0.5, z)
        np.add(z, 0.5, z)
        np.subtract(z, x, z)
        np.multiply(z, share[:, None], z)
        return values.dot(share)

    return loss


def head(workload: Workload, z: np.ndarray, x: np.ndarray, y: np.ndarray) -> Head:
    """Return the loss of a workload: `z` are the raw outputs, `x` the inputs of the minibatch, `y` the whole table."""
    if workload.family == "bernoulli":
        return bernoulli(z, x)
    return (gaussian if workload.family == "gaussian" else categorical)(z, y)
