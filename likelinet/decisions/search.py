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
FARTHER = 4.0 ** np.arange(-3, 15)  # steps beyond the end of the grid, in its lengths, where the best one is an end
MORE_TIMES = 4  # after such steps, which are long


def best_of(loss: LossFunction, actions: ArrayLike, seen: Outcomes) -> Decision:
    """Return the best of the same actions for all rows."""
    actions = np.asarray(actions)
    if actions.ndim != 1 or not len(actions):
        raise DataError(f"decide: actions must be a list of what may be done, got shape {actions.shape}.")
    chosen = least = evaluated(loss, actions[0], seen.y)
    at, best = np.zeros(seen.y.shape[1:], dtype=np.int64), seen.mean(chosen)
    for i, action in enumerate(actions[1:], 1):
        values = evaluated(loss, action, seen.y)
        expected, least = seen.mean(values), np.minimum(least, values)
        better = expected < best
        at, best = np.where(better, i, at), np.where(better, expected, best)
        chosen = np.where(better, values, chosen)
    return _made(actions[at], chosen, least, seen)


def best_number(loss: LossFunction, seen: Outcomes, low: ArrayLike, high: ArrayLike) -> Decision:
    """Return the best number of each row from `low` to `high`, on a grid of what y may be, refined around the best.

    Where an end of the grid is the best of it, the search goes on beyond. Whoever knows y takes the best of all these
    numbers, and of y itself.
    """
    least = evaluated(loss, seen.y, seen.y)
    grid = np.sort(seen.y, axis=0)[np.linspace(0.0, len(seen.y) - 1.0, GRID).round().astype(int)]
    each, least = _tried(loss, grid, seen, least)
    at = np.argmin(each, axis=0)
    action, ends, times = *_around(grid, at), TIMES
    beyond = np.where(at == 0, -1.0, np.where(at == GRID - 1, 1.0, 0.0))
    if beyond.any():
        grid = _farther(grid, beyond, low, high)
        each, least = _tried(loss, grid, seen, least)
        at = np.argmin(each, axis=0)
        _check_found(grid, at, (beyond != 0.0) & (grid[-1] > low) & (grid[-1] < high))
        found, around = _around(grid, at)
        action, ends = np.where(beyond == 0.0, action, found), np.where(beyond == 0.0, ends, around)
        times += MORE_TIMES
    for _ in range(times):
        finer = ends[0] + (ends[1] - ends[0]) * np.linspace(0.0, 1.0, FINER)[:, None]
        grid = np.sort(np.clip(np.concatenate([finer, action[None]]), low, high), axis=0)
        each, least = _tried(loss, grid, seen, least)
        action, ends = _around(grid, np.argmin(each, axis=0))
    return _made(action, evaluated(loss, action, seen.y), least, seen)


def _tried(loss: LossFunction, grid: np.ndarray, seen: Outcomes, least: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean loss of each action of a grid, and the least of all losses of each outcome so far."""
    each = []
    for candidate in grid:
        values = evaluated(loss, candidate, seen.y)
        least = np.minimum(least, values)
        each.append(seen.mean(values))
    return np.asarray(each), least


def _around(grid: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return one number of each row of a grid, and its neighbours."""
    low, own, high = (np.take_along_axis(grid, np.clip(at + k, 0, len(grid) - 1)[None], axis=0)[0] for k in (-1, 0, 1))
    return own, np.stack([low, high])


def _farther(grid: np.ndarray, beyond: np.ndarray, low: ArrayLike, high: ArrayLike) -> np.ndarray:
    """Return numbers from the end of a grid on, in ever longer steps: beyond the first one if `beyond` is -1."""
    inner, end = (np.where(beyond < 0.0, grid[i], grid[-1 - i]) for i in (1, 0))
    length = grid[-1] - grid[0]
    length = np.where(length > 0.0, length, np.maximum(np.abs(end), 1.0))
    return np.concatenate([[inner, end], np.clip(end + beyond * length * FARTHER[:, None], low, high)])


def _check_found(grid: np.ndarray, at: np.ndarray, searched: np.ndarray) -> None:
    lost = searched & (at == len(grid) - 1)
    if lost.any():
        row = int(np.argmax(lost))
        raise DataError(
            f"decide: in row {row} the expected loss is still falling at the action {grid[-1][row]:.3g}; give actions, "
            "the list of what may be done."
        )


def _made(action: np.ndarray, values: np.ndarray, least: np.ndarray, seen: Outcomes) -> Decision:
    """Return the decision for actions of which the loss is known for each outcome, as is the least one of all."""
    expected = seen.expected(values)
    with np.errstate(invalid="ignore"):  # of two infinite ones the difference is not known
        value = expected - seen.expected(least)
    return Decision(action, expected, np.maximum(value, 0.0))


def evaluated(loss: LossFunction, action: Any, y: np.ndarray) -> np.ndarray:
    """Return the loss of an action for each outcome, checked."""
    values = np.asarray(loss(action, y))
    if values.dtype.kind not in "biuf":
        raise DataError(f"decide: loss(action, y) must return numbers, got {values.dtype}.")
    # An action may cost the same whatever y is; a mean over y is no loss.
    same = values.shape == np.shape(action) == () and np.array_equal(values, loss(action, y[:1]), equal_nan=True)
    if values.shape != y.shape and not same:
        raise DataError(
            f"decide: loss(action, y) must return a number for each y, of shape {y.shape}, got shape {values.shape}."
        )
    values = np.broadcast_to(values, y.shape).astype(np.float64)
    missing = np.isnan(values) & ~(np.isnan(y) if y.dtype.kind == "f" else False)
    if missing.any():
        which = f" of {action!r:.40}" if np.ndim(action) == 0 else ""
        raise DataError(f"decide: loss(action, y){which} is nan at y = {y[missing][0]}.")
    return values
