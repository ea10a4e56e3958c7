"""A line search for the weak Wolfe conditions."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

DECREASE = 1e-3  # share of the decrease that the slope at the start promises, which the value must reach
FLATTER = 0.9  # share of the slope at the start above which the slope must come
EVALUATIONS = 50
FARTHER = 4.0  # times the length, where the minimum lies beyond
FARTHEST = FARTHER**10  # times the first length, where there may be no minimum: the next search goes on from there
ROUNDING = 4.0 * np.finfo(np.float64).eps  # of values: below it only slopes can tell

Function = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Point(NamedTuple):
    """A point on the line: its length along it, the value and slope there, the point itself and its gradient."""

    length: float
    value: float
    slope: float
    point: np.ndarray
    gradient: np.ndarray


def line_search(
    function: Function, point: np.ndarray, value: float, gradient: np.ndarray, direction: np.ndarray, length: float
) -> Point | None:
    r"""Return a point on the line that meets the weak Wolfe conditions, or the best of those too near, or None.

    .. math:: f(\alpha) \le f(0) + c_1 \alpha f'(0), \qquad f'(\alpha) \ge c_2 f'(0)

    They ask no more of a slope that is past zero, since at a kink it jumps there (Lewis & Overton 2013). Lengths
    between one that is too short and one that is too long are tried by cubic interpolation. Where values differ by
    rounding alone, the first condition is asked of slopes instead (Hager & Zhang 2005). A value that is not finite lies
    too far.

    Parameters
    ----------
    function : callable
        Gives value and gradient at a point.
    point, value, gradient
        Of the start.
    direction : ndarray
        In which the function falls.
    length : float
        The first one to try.
    """
    start = low = Point(0.0, value, float(gradient @ direction), point, gradient)
    high: Point | None = None
    farthest = FARTHEST * length
    for _ in range(EVALUATIONS):
        there = point + length * direction
        value, gradient = function(there)
        trial = Point(length, value, float(gradient @ direction), there, gradient)
        if not np.isfinite(value + trial.slope) or not _falls(start, trial):
            high = trial
        elif trial.slope >= FLATTER * start.slope:
            return trial
        else:
            low = trial
        if high is None:
            if length >= farthest:
                break
            length *= FARTHER
            continue
        length = _between(low, high)
        if abs(high.length - low.length) <= ROUNDING * low.length or length in (low.length, high.length):
            break
    return low if low.length > 0.0 and low.value < start.value else None


def _falls(start: Point, trial: Point) -> bool:
    """Whether the value falls enough, or as far as rounding lets one see."""
    if trial.value <= start.value + DECREASE * trial.length * start.slope:
        return True
    near = abs(trial.value - start.value) <= ROUNDING * abs(start.value)
    return near and trial.slope <= (2.0 * DECREASE - 1.0) * start.slope


def _between(low: Point, high: Point) -> float:
    """Return where the cubic through both ends has its minimum, or the middle where that lies at an end or nowhere."""
    width, middle = high.length - low.length, 0.5 * (low.length + high.length)
    if not (np.isfinite(high.value) and np.isfinite(high.slope)):
        return low.length + 0.1 * width
    d = low.slope + high.slope - 3.0 * (high.value - low.value) / width
    square = d * d - low.slope * high.slope
    if not square >= 0.0:
        return middle
    root = np.copysign(np.sqrt(square), width)
    length = high.length - width * (high.slope + root - d) / (high.slope - low.slope + 2.0 * root)
    share = (length - low.length) / width
    return float(length) if 0.05 <= share <= 0.95 else middle
