"""Gradient clipping by the global norm of each member (Pascanu, Mikolov & Bengio 2013)."""

import numpy as np

from likelinet.arrays import Array, namespace


def clip(grads: Array, limit: float) -> Array:
    """Return gradients (M, P), each row scaled down to norm `limit` where it is longer."""
    xp = namespace(grads)
    norm = xp.sqrt(xp.vecdot(grads, grads))
    return grads * (limit / xp.maximum(norm, limit))[:, None]


def clip_in_place(grads: np.ndarray, limit: float) -> None:
    """Do what `clip` does, touching the gradients only where one is too long."""
    norm2 = np.vecdot(grads, grads)
    if not np.maximum.reduce(norm2) <= limit * limit:
        grads *= (limit / np.maximum(np.sqrt(norm2), limit))[:, None]
