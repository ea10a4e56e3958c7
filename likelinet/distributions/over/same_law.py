"""Wrappers that change nothing in some rows: there they answer as what they wrap, by its closed forms."""

import math
from typing import Any

import numpy as np

from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.shapes import on_batch


def answered(d: Distribution, same: Distribution, rows: np.ndarray, name: str, *of: Any) -> np.ndarray | None:
    """Return what the method `name` says of values or another distribution, `same` being `d` in the given rows.

    None if there are no such rows: then the method has to do its work.
    """
    if not rows.any():
        return None
    if rows.all():
        return getattr(same, name)(*of)
    shape = np.broadcast_shapes(d.batch_shape, *(_shape(a) for a in of))
    at = np.broadcast_to(rows, shape).reshape(-1)
    values = np.empty(math.prod(shape))
    for one, part in ((same, at), (d, ~at)):
        values[part] = getattr(one.flattened(shape)[part], name)(*(_rows(a, shape, part) for a in of))
    return values.reshape(shape)


def all_alike(components: Distribution) -> np.ndarray:
    """Return in which rows all components, along the last batch axis, have the same parameters."""
    shape = components.batch_shape
    alike = np.ones(shape[:-1], dtype=bool)

    def compare(a: np.ndarray, event_ndim: int) -> np.ndarray:
        nonlocal alike
        full = on_batch(a, shape, event_ndim)
        axis = full.ndim - event_ndim - 1
        equal = full == np.take(full, [0], axis=axis)
        alike = alike & equal.all(axis=tuple(range(axis, full.ndim)))
        return a

    components.map_arrays(compare)
    return alike


def _shape(a: Any) -> tuple[int, ...]:
    return a.batch_shape if isinstance(a, Distribution) else np.shape(a)


def _rows(a: Any, shape: tuple[int, ...], part: np.ndarray) -> Any:
    return a.flattened(shape)[part] if isinstance(a, Distribution) else np.broadcast_to(a, shape).reshape(-1)[part]
