"""Shapes of samples, generators of random numbers, and axes."""

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from likelinet.core.errors import ParameterError

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Rng = int | np.random.Generator | None


def shape_of(sample_shape: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return `sample_shape` as a tuple; a whole number means one axis."""
    sizes = sample_shape if isinstance(sample_shape, tuple | list) else (sample_shape,)
    try:
        shape = tuple(operator.index(n) for n in sizes)
    except TypeError:
        shape = (-1,)
    if any(n < 0 for n in shape):
        raise ParameterError(
            f"sample: sample_shape must be a whole number from 0, or a tuple of them, not {sample_shape!r:.60}."
        )
    return shape


def generator_of(rng: Rng) -> np.random.Generator:
    """Return the generator that `rng`, which may be a seed, stands for."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise ParameterError(
            f"sample: rng must be a whole number from 0 or a numpy.random.Generator, not {rng!r:.60}."
        ) from None


def on_batch(a: np.ndarray, batch: tuple[int, ...], event_ndim: int) -> np.ndarray:
    """Return a parameter broadcast to a batch shape, before the axes of its own."""
    return np.broadcast_to(a, batch + a.shape[a.ndim - event_ndim :])


def index_of_batch(rows: Any, event_ndim: int) -> Any:
    """Return an index into the batch axes as one of a parameter: an ellipsis stands for none of the axes of its own."""
    at = rows if isinstance(rows, tuple) else (rows,)
    return (*at, *[slice(None)] * event_ndim) if any(each is Ellipsis for each in at) else rows


def broadcast(d: "Distribution", batch: tuple[int, ...]) -> "Distribution":
    """Return a distribution broadcast to a batch shape."""
    return d.map_arrays(lambda a, n: on_batch(a, batch, n))


def parameters_on(d: "Distribution", batch: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Return the parameters broadcast to a batch shape, as `loss` takes them."""
    return tuple(on_batch(getattr(d, p.name), batch, p.event_ndim) for p in d.parameters)


def arrays_of(d: "Distribution") -> list[tuple[np.ndarray, int]]:
    """Return every parameter array with the axes of an event that it has, in the order of `map_arrays`."""
    found: list[tuple[np.ndarray, int]] = []

    def keep(a: np.ndarray, event_ndim: int) -> np.ndarray:
        found.append((a, event_ndim))
        return a

    d.map_arrays(keep)
    return found


def with_axes(a: np.ndarray, n: int) -> np.ndarray:
    """Return `a` with leading axes of length 1 until it has `n` axes at least."""
    return a.reshape((1,) * (n - a.ndim) + a.shape)
