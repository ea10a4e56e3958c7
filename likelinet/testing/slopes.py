"""Derivatives in every number of every parameter by differences, each with an estimate of its own error."""

from collections.abc import Callable

import numpy as np

from likelinet.distributions import Parameter

_FIRST, _SHRINK, _STEPS = 2e-3, 0.25, 7  # the first step, relative to the room there is; then ever smaller ones


def slopes(
    f: Callable[[tuple[np.ndarray, ...]], np.ndarray],
    params: tuple[np.ndarray, ...],
    parameters: tuple[Parameter, ...],
) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Return for each parameter df/dparam, row by row, and about how far it is off.

    Of fourth-order differences with ever smaller steps, the two that agree best are taken (as in Ridders' method).

    Parameters
    ----------
    f : callable
        From all parameters to one number for each row.
    params : tuple of ndarray
        Where to take it: one entry per row on the first axis.
    parameters : tuple of Parameter
        What each of them is: steps stay inside its domain.
    """
    return tuple(_slope(f, params, i, p) for i, p in enumerate(parameters))


def _slope(
    f: Callable[[tuple[np.ndarray, ...]], np.ndarray], params: tuple[np.ndarray, ...], i: int, parameter: Parameter
) -> tuple[np.ndarray, np.ndarray]:
    value = params[i]
    slope, error = np.zeros(value.shape), np.zeros(value.shape)
    if not parameter.learned or parameter.domain.integer:
        return slope, error
    low, high = parameter.domain.low, parameter.domain.high
    for entry in np.ndindex(value.shape[1:]):
        if parameter.event_ndim == 2 and entry[0] < entry[1]:  # a triangular matrix
            continue
        at = (slice(None), *entry)
        v = value[at]
        room = np.minimum(np.minimum(v - low, high - v), 1.0 + np.abs(v))
        if parameter.event_ndim == 2 and entry[0] == entry[1]:
            room = np.abs(v)

        def moved(step: np.ndarray, at: tuple = at) -> np.ndarray:
            shifted = value.copy()
            shifted[at] += step
            return f((*params[:i], shifted, *params[i + 1 :]))

        def along(h: np.ndarray, moved: Callable[[np.ndarray], np.ndarray] = moved) -> np.ndarray:
            return (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h)

        with np.errstate(all="ignore"):
            tried = np.stack([along(np.where(room > 0.0, room, 1.0) * _FIRST * _SHRINK**k) for k in range(_STEPS)])
        gap = np.abs(np.diff(tried, axis=0))
        best = np.nan_to_num(gap, nan=np.inf).argmin(0)
        slope[at] = np.take_along_axis(tried, best[None] + 1, 0)[0]
        error[at] = np.take_along_axis(gap, best[None], 0)[0]
    return slope, error
