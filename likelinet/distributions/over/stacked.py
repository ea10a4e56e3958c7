"""Distributions of one family, put together along their last batch axis."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.shapes import arrays_of, on_batch


def stacked(parts: Sequence[Distribution]) -> Distribution | None:
    """Return distributions of one batch shape as one with a last batch axis for them; None of several families."""
    return joined([with_axis(p) for p in parts])


def with_axis(d: Distribution) -> Distribution:
    """Return a distribution with a last batch axis of length 1."""
    return d.map_arrays(lambda a, n: np.expand_dims(on_batch(a, d.batch_shape, n), -1 - n))


def joined(parts: Sequence[Distribution], axis: Literal[0, -1] = -1) -> Distribution | None:
    """Return distributions that go on along a batch axis as one; None where they are of several families."""
    first = parts[0]
    if not all(first.stacks_with(p) for p in parts[1:]):
        return None
    found = zip(*map(_arrays_on_batch, parts), strict=True)
    try:
        arrays = iter([_concatenated(same, axis) for same in found])
    except ValueError:  # of parts that are mixtures of different numbers of components within another distribution
        return None
    return first.map_arrays(lambda a, n: next(arrays))


def _arrays_on_batch(d: Distribution) -> list[tuple[np.ndarray, int]]:
    return [(on_batch(a, d.batch_shape, n), n) for a, n in arrays_of(d)]


def _concatenated(same: Sequence[tuple[np.ndarray, int]], axis: Literal[0, -1]) -> np.ndarray:
    """Return the arrays of one parameter along a batch axis; axes of its own broadcast."""
    n = same[0][1]
    own = np.broadcast_shapes(*(a.shape[a.ndim - n :] for a, _ in same))
    return np.concatenate(
        [np.broadcast_to(a, a.shape[: a.ndim - n] + own) for a, _ in same], axis=0 if axis == 0 else -1 - n
    )
