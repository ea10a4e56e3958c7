"""Gradient clipping by the global norm of each member (Pascanu, Mikolov & Bengio 2013)."""

from collections.abc import Sequence

import numpy as np

from likelinet.core.arrays import Array, namespace


def clip(grads: Sequence[Array], limit: float) -> list[Array]:
    """Return gradients (M, *shape) of several weights, those of a member scaled down to norm `limit` where longer."""
    xp, flat = namespace(grads[0]), [g.reshape(len(g), -1) for g in grads]
    norm = xp.sqrt(sum(xp.vecdot(g, g) for g in flat))
    factor = limit / xp.maximum(norm, limit)
    return [g * factor.reshape(-1, *(1,) * (g.ndim - 1)) for g in grads]


def clip_in_place(grads: np.ndarray, limit: float) -> None:
    """Do what `clip` does, touching the gradients only where one is too long."""
    norm2 = np.vecdot(grads, grads)
    if not all([n <= limit * limit for n in norm2.tolist()]):  # noqa: C419 - of few numbers, faster than an array
        grads *= (limit / np.maximum(np.sqrt(norm2), limit))[:, None]
