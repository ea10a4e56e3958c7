"""Learning-rate schedules, as the table of the rates of all steps."""

import numpy as np


def constant(rate: float, steps: int) -> np.ndarray:
    """Return the same rate at every step."""
    return np.full(steps, rate)


def step_decay(rate: float, steps: int, every: float, factor: float) -> np.ndarray:
    """Return a rate multiplied by `factor` after each fraction `every` of training."""
    return rate * factor ** np.floor(np.arange(steps) / max(1.0, every * steps))


def cosine(rate: float, steps: int) -> np.ndarray:
    """Return a rate that falls to 0 along half a cosine (Loshchilov & Hutter, SGDR, 2017)."""
    return rate * 0.5 * (1.0 + np.cos(np.pi * np.arange(steps) / steps))


def warmed_up(rates: np.ndarray, fraction: float) -> np.ndarray:
    """Return the rates, raised linearly from 0 over the first `fraction` of training."""
    n = round(fraction * len(rates))
    ramp = np.minimum(1.0, (np.arange(len(rates)) + 1.0) / max(n, 1))
    return rates * ramp
