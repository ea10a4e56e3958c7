"""What groups of members predict together."""

from collections.abc import Sequence

import numpy as np

from likelinet.distributions import Distribution, Mixture
from likelinet.distributions.base.shapes import on_batch
from likelinet.distributions.over.mixture import combined


def mixed(parts: Sequence[Distribution], weights: Sequence[float]) -> Distribution:
    """Return the mixture of distributions of the same rows, as simple as it gets."""
    if len(parts) == 1:
        return parts[0]
    each = [_components(d) for d in parts]
    arrays = [_arrays(d) for d, _ in each]
    found = iter(zip(*arrays, strict=True))
    axis = len(each[0][0].batch_shape) - 1
    joined = each[0][0].map_arrays(lambda a, n: np.concatenate(next(found), axis=axis))
    return combined(joined, np.concatenate([z + np.log(w) for (_, z), w in zip(each, weights, strict=True)], -1))


def _components(d: Distribution) -> tuple[Distribution, np.ndarray]:
    if isinstance(d, Mixture):
        return d.components, d.logits - np.log(np.exp(d.logits).sum(-1, keepdims=True))

    def wider(a: np.ndarray, n: int) -> np.ndarray:
        full = on_batch(a, d.batch_shape, n)
        return np.expand_dims(full, full.ndim - n)

    return d.map_arrays(wider), np.zeros((*d.batch_shape, 1))


def _arrays(d: Distribution) -> list[np.ndarray]:
    found: list[np.ndarray] = []

    def keep(a: np.ndarray, n: int) -> np.ndarray:
        found.append(on_batch(a, d.batch_shape, n))
        return a

    d.map_arrays(keep)
    return found
