"""The networks that are timed, with their data and their minibatches."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

LEARNING_RATE = 1e-3
CLIP = 5.0  # largest norm of a gradient
FLOOR = 1e-3  # least scale
TIMINGS = 4  # of which the best counts


@dataclass(frozen=True)
class Workload:
    """A network with its data; `epochs` passes over the rows make one timing."""

    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    batch: int
    rows: int
    family: str
    activation: str
    optimizer: str
    epochs: int

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Return x and y: y is one number, a class code, or x itself as 0 and 1."""
        rng = np.random.default_rng(0)
        x = rng.random((self.rows, self.inputs), dtype=np.float32)
        if self.family in ("gaussian", "mixture"):
            return x, rng.standard_normal(self.rows).astype(np.float32)
        if self.family == "categorical":
            return x, rng.integers(0, self.outputs, self.rows)
        x = (x > 0.5).astype(np.float32)
        return x, x

    def sizes(self) -> list[tuple[int, int]]:
        """Return (inputs, outputs) of each affine layer."""
        return list(pairwise((self.inputs, *self.hidden, self.outputs)))

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return -(-self.rows // self.batch)

    def weights(self, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return an initial matrix and bias of each layer."""
        return [
            ((rng.standard_normal((k, m)) * k**-0.5).astype(np.float32), np.zeros(m, np.float32))
            for k, m in self.sizes()
        ]

    def minibatches(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of an epoch in shuffled order and their weights divided by the batch size, (steps, batch).

        The last minibatch is filled up with rows of weight 0, as ours is.
        """
        rows = np.zeros(self.steps * self.batch, dtype=np.intp)
        share = np.zeros(len(rows), dtype=np.float32)
        rows[: self.rows] = rng.permutation(self.rows)
        share[: self.rows] = 1.0 / self.batch
        return rows.reshape(-1, self.batch), share.reshape(-1, self.batch)


WORKLOADS = {
    "uci": Workload(13, (50,), 2, 32, 4096, "gaussian", "relu", "adam", 40),
    "tab": Workload(8, (64, 64), 2, 128, 8192, "gaussian", "relu", "adam", 25),
    "seed": Workload(784, (50,), 10, 100, 12000, "categorical", "sigmoid", "sgd", 4),
    "mnist": Workload(784, (512, 512), 10, 256, 12000, "categorical", "relu", "adam", 2),
    "ae": Workload(784, (256, 32, 256), 784, 128, 12000, "bernoulli", "relu", "adam", 3),
}

# Those that are timed with coded numbers and without.
CODED = {
    "128-128, batch 64, mixture of 3": Workload(8, (128, 128), 9, 64, 8192, "mixture", "silu", "adamw", 8),
    "128-128, batch 64, gaussian": Workload(8, (128, 128), 2, 64, 8192, "gaussian", "silu", "adamw", 8),
    "64-64, batch 32, gaussian": Workload(8, (64, 64), 2, 32, 8192, "gaussian", "silu", "adamw", 8),
}
