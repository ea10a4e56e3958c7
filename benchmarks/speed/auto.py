"""`engine: auto` against both engines: whole fits, with the import of jax and compilation."""

import os
import tempfile
import time
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Size:
    """A table of some length with the network that a user would declare for it."""

    rows: int
    hidden: tuple[int, ...]
    batch: int
    epochs: int


SIZES = (  # the first ones with all of the defaults
    Size(100, (128, 128), 32, 400),
    Size(250, (128, 128), 32, 400),
    Size(600, (128, 128), 32, 400),
    Size(1_500, (128, 128), 32, 400),
    Size(3_700, (128, 128), 32, 400),
    Size(9_000, (128, 128), 32, 400),
    Size(22_000, (128, 128), 64, 60),
    Size(54_000, (128, 128), 128, 40),
    Size(130_000, (128, 128), 128, 15),
    Size(330_000, (256, 256), 512, 8),
    Size(810_000, (256, 256), 1024, 4),
    Size(2_000_000, (256, 256), 2048, 2),
)
INPUTS = 10


def data(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a smooth function of a few columns with noise that depends on another."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, INPUTS))
    noise = (0.2 + 0.3 / (1.0 + np.exp(-x[:, 3]))) * rng.standard_normal(rows)
    return x, np.sin(2.0 * x[:, 0]) + x[:, 1] * np.cos(x[:, 2]) + noise


def fit_seconds(index: int, engine: str) -> dict[str, Any]:
    """Return the seconds of a whole fit with a cold compilation cache, and the engine that was taken."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = cache
        import likelinet as ll

        size = SIZES[index]
        x, y = data(size.rows)
        training = {"batch_size": size.batch, "epochs": size.epochs}
        model = ll.Model(
            {"quality": "plain", "engine": engine, "network": {"hidden": list(size.hidden)}, "training": training}
        )
        start = time.perf_counter()
        model.fit(x, y, progress=False)
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "engine": model.history.engine}
