"""Derivatives by central differences of order 4: the oracle for every backward function."""

from collections.abc import Callable

import numpy as np


def central(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Return df/dx for an `f` that acts element by element, from four values of f around each x."""
    return (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)


def gradients(
    loss: Callable, params: tuple[np.ndarray, ...], y: np.ndarray, steps: tuple[np.ndarray, ...]
) -> list[np.ndarray]:
    """Return the gradient of each row's loss in each parameter; entries on trailing axes are moved one at a time.

    It is 0 where the step is: such a parameter is not learned.
    """
    found, ndim = [], loss(params, y)[0].ndim
    for i, p in enumerate(params):
        h = np.broadcast_to(steps[i], p.shape)
        if not h.any():
            found.append(np.zeros(p.shape))
            continue
        entries = list(np.ndindex(p.shape[ndim:]))
        columns = []
        for entry in entries:

            def moved(x: np.ndarray, i: int = i, p: np.ndarray = p, entry: tuple[int, ...] = entry) -> np.ndarray:
                q = p.copy()
                q[(..., *entry)] = x
                return loss((*params[:i], q, *params[i + 1 :]), y)[0]

            columns.append(central(moved, p[(..., *entry)], h[(..., *entry)]))
        found.append(np.stack(columns, axis=-1).reshape(p.shape))
    return found


def assert_gradients(got, want, rtol: float = 1e-6, atol: float = 1e-8, least: float = 1e-2) -> None:
    """Compare element by element; `atol` is relative to the largest entry of each array, or to `least`."""
    assert len(got) == len(want)
    for g, w in zip(got, want, strict=True):
        assert g.shape == w.shape
        np.testing.assert_allclose(g, w, rtol=rtol, atol=atol * max(np.abs(w).max(initial=0.0), least))


def of_a_sum(
    f: Callable[..., float | np.ndarray], arrays: tuple[np.ndarray, ...], h: float = 2e-4
) -> tuple[np.ndarray, ...]:
    """Return df/d(entry) for every entry of `arrays`, with f(*arrays) one number: each entry is moved by itself."""
    found = []
    for i, array in enumerate(arrays):
        slope = np.empty_like(array)
        for at in np.ndindex(array.shape):

            def moved(value: float, i: int = i, at: tuple[int, ...] = at) -> float | np.ndarray:
                changed = arrays[i].copy()
                changed[at] = value
                return f(*arrays[:i], changed, *arrays[i + 1 :])

            slope[at] = central(moved, array[at], h)
        found.append(slope)
    return tuple(found)
