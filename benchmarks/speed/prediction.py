"""Intervals of a million rows: `predict_dist` and `interval` against torch and `torch.distributions`."""

import time

import numpy as np

ROWS, INPUTS, HIDDEN = 1_000_000, 13, 128
CONFIDENCE = 0.9
REPEATS = 3


def table(rows: int) -> np.ndarray:
    """Return the inputs."""
    return np.random.default_rng(0).standard_normal((rows, INPUTS))


def ours(rows: int = ROWS) -> float:
    """Return the seconds from a table to the ends of its intervals, with the default network."""
    import likelinet as ll

    x = table(rows)
    y = x[:500, 0] + np.random.default_rng(1).standard_normal(500)
    model = ll.Model({"quality": "plain", "training": {"epochs": 1}}).fit(x[:500], y, progress=False)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        low, high = model.predict_dist(x).interval(CONFIDENCE)
        times.append(time.perf_counter() - start)
        assert np.shape(low) == np.shape(high) == (rows,)
    return min(times)


def torch(block: int, rows: int = ROWS) -> float:
    """Return the seconds of the same in torch, `block` rows at a time."""
    import torch
    from torch import nn

    x, mean, std = table(rows), torch.zeros(INPUTS), torch.ones(INPUTS)
    net = nn.Sequential(
        nn.Linear(INPUTS, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, 2)
    )
    levels = torch.tensor([[0.5 - CONFIDENCE / 2.0], [0.5 + CONFIDENCE / 2.0]])

    def ends(rows: torch.Tensor) -> torch.Tensor:
        z = net((rows.to(torch.float32) - mean) / std)
        scale = nn.functional.softplus(z[:, 1]) + 1e-3
        return torch.distributions.Normal(3.0 + 2.0 * z[:, 0], 2.0 * scale).icdf(levels)

    times = []
    with torch.inference_mode():
        for _ in range(REPEATS):
            start = time.perf_counter()
            whole = torch.from_numpy(x)
            low, high = torch.cat([ends(b) for b in whole.split(block)], dim=1).numpy()
            times.append(time.perf_counter() - start)
            assert np.shape(low) == np.shape(high) == (rows,)
    return min(times)
