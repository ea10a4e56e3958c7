"""All weights of a model as one flat vector per member, and the views into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.core.arrays import Array
from likelinet.networks.layer import Weight


@dataclass(frozen=True)
class Layout:
    """Where each weight lies in a vector theta of shape (M, `size`); decayed ones come first.

    Parameters
    ----------
    weights : tuple of Weight
        In the order in which the network takes them; the shared constants of the head come last.
    """

    weights: tuple[Weight, ...]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offset of each weight."""
        starts, at = [0] * len(self.weights), 0
        for i in sorted(range(len(self.weights)), key=lambda i: not self.weights[i].decayed):
            starts[i], at = at, at + self.weights[i].size
        return tuple(starts)

    @cached_property
    def size(self) -> int:
        """Number of weights of one member."""
        return sum(w.size for w in self.weights)

    @cached_property
    def decayed(self) -> int:
        """How many entries, from the first on, weight decay applies to."""
        return sum(w.size for w in self.weights if w.decayed)

    def views(self, theta: Array) -> tuple[Array, ...]:
        """Return each weight, shape (M, *shape), as a view where the engine has views; M may be left away."""
        return tuple(
            theta[..., at : at + w.size].reshape((*theta.shape[:-1], *w.shape))
            for at, w in zip(self.starts, self.weights, strict=True)
        )

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        """Return initial weights of one member, shape (size,), in double precision."""
        theta = np.empty(self.size)
        for at, w in zip(self.starts, self.weights, strict=True):
            theta[at : at + w.size] = w.mean if w.std == 0.0 else w.mean + w.std * rng.standard_normal(w.size)
        return theta


def pack(arrays: Sequence[Array], layout: Layout) -> np.ndarray:
    """Return the flat vector, shape (M, size), of arrays in the order of the layout."""
    theta = np.empty((arrays[0].shape[0], layout.size), dtype=arrays[0].dtype)
    for view, array in zip(layout.views(theta), arrays, strict=True):
        view[...] = array
    return theta
