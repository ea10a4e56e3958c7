"""What hypothesis draws for the tests of layers: random shapes and, from a seed, values away from kinks."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from likelinet.networks.layer import Layer

Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Shape:
    """Members (None: no member axis), rows and inputs, and the seed of the values."""

    members: int | None
    rows: int
    inputs: int
    seed: int

    @property
    def leading(self) -> tuple[int, ...]:
        return () if self.members is None else (self.members,)

    def arrays(self, layer: Layer) -> tuple[Arrays, Arrays, np.ndarray]:
        """Return weights, uniform numbers and x for `layer`; x keeps off 0, and no two entries of a row are close."""
        rng = np.random.default_rng(self.seed)
        weights = tuple(w.mean + rng.standard_normal((*self.leading, *w.shape)) for w in layer.weights())
        uniform = tuple(rng.random((*self.leading, self.rows, width)) for width in layer.noise())
        ladder = np.tile(np.linspace(-2.0, 1.7, self.inputs), (*self.leading, self.rows, 1))
        x = rng.permuted(ladder, axis=-1) + 0.1 * rng.uniform(-1.0, 1.0, ladder.shape)
        return weights, uniform, x + np.where(x < 0.0, -0.05, 0.05)


shapes = st.builds(
    Shape,
    members=st.none() | st.integers(1, 3),
    rows=st.integers(1, 4),
    inputs=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
)
