"""The best of some actions, or of a grid of numbers, by expected losses."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import DataError
from likelinet.decisions.decision import Decision
from likelinet.decisions.outcomes import Outcomes

LossFunction = Callable[[Any, np.ndarray], ArrayLike]

GRID = 65  # actions to begin with
FINER, TIMES = 17, 2  # between the neighbours of the best one, so often


def best_of(loss: LossFunction, actions: ArrayLike, seen: Outcomes) -> Decision:
    """Return the best of the same actions for all rows."""
    actions = np.asarray(actions)
    if actions.ndim != 1 or not len(actions):
        raise DataError(f"decide: actions must be a list of what may be done, got shape {actions.shape}.")
    least, expected = None, []
    for action in actions:
        values = evaluated(loss, action, seen.y)
        least = values if least is None else np.minimum(least, values)
        expected.append(seen.mean(values))
    assert least is not None
    found = np.stack(np.broadcast_arrays(*expected))
    best = found.min(axis=0)
    return Decision(actions[found.argmin(axis=0)], best, best - seen.mean(least))


def best_number(loss: LossFunction, seen: Outcomes) -> Decision:
    """Return the best number of each row: on a grid of what y may be, refined around the best of them.

    Whoever knows y takes the best of all these numbers, and of y itself.
    """
    least = evaluated(loss, seen.y, seen.y)
    grid = np.sort(seen.y, axis=0)[np.linspace(0.0, len(seen.y) - 1.0, GRID).round().astype(int)]
    action = expected = np.full(grid.shape[1:], np.nan)
    for _ in range(1 + TIMES):
        each = []
        for candidate in grid:
            values = evaluated(loss, candidate, seen.y)
            least = np.minimum(least, values)
            each.append(seen.mean(values))
        at = np.argmin(each, axis=0)
        action, expected = (np.take_along_axis(np.asarray(v), at[None], axis=0)[0] for v in (grid, each))
        low, high = (np.take_along_axis(grid, np.clip(at + k, 0, len(grid) - 1)[None], axis=0) for k in (-1, 1))
        grid = low + (high - low) * np.linspace(0.0, 1.0, FINER)[:, None]
    return Decision(action, expected, np.maximum(expected - seen.mean(least), 0.0))


def evaluated(loss: LossFunction, action: Any, y: np.ndarray) -> np.ndarray:
    """Return the loss of an action for each outcome, checked."""
    values = np.asarray(loss(action, y))
    if values.dtype.kind not in "biuf":
        raise DataError(f"decide: loss(action, y) must return numbers, got {values.dtype}.")
    try:
        values = np.broadcast_to(values, y.shape).astype(np.float64)
    except ValueError:
        raise DataError(
            f"decide: loss(action, y) must return a number for each y, of shape {y.shape}, got shape {values.shape}."
        ) from None
    missing = np.isnan(values) & ~(np.isnan(y) if y.dtype.kind == "f" else False)
    if missing.any():
        which = f" of {action!r:.40}" if np.ndim(action) == 0 else ""
        raise DataError(f"decide: loss(action, y){which} is nan at y = {y[missing][0]}.")
    return values
