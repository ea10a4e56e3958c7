"""What a fit takes at most beside the user's own arrays, and what its inputs alone take."""

import tracemalloc
from typing import Any

import numpy as np

ROWS, INPUTS, BYTES = 40_000, 60, 4


def fit_peak(engine: str) -> dict[str, Any]:
    """Return the peak of what is allocated in a fit in single precision."""
    import likelinet as ll

    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((ROWS, INPUTS)), rng.standard_normal(ROWS)
    model = ll.Model({"quality": "plain", "engine": engine, "network": {"hidden": [64]}, "training": {"epochs": 1}})
    model.fit(x[:100], y[:100], progress=False)  # what is imported and kept for good
    tracemalloc.start()
    model.fit(x, y, progress=False)
    return {"bytes": tracemalloc.get_traced_memory()[1]}


def inputs() -> dict[str, Any]:
    """Return what the inputs take in single precision."""
    return {"bytes": ROWS * INPUTS * BYTES}
