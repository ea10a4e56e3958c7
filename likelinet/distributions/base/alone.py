"""A single distribution, evaluated beside itself: a sum over nodes then has the order that it has for many rows."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution


def beside_itself(method: Callable[..., Any], d: "Distribution", args: tuple[Any, ...]) -> Any:
    """Return method(d, *args) of a single distribution, with the bits that it has among others.

    NumPy sums an axis in pairs where nothing else is left, and one after the other where there are more rows.
    """
    other: Any = args[0] if args else None
    if hasattr(other, "batch_shape"):
        if math.prod(other.batch_shape) != 1 or len(other.batch_shape) > len(d.batch_shape):
            return method(d, *args)
        args = (_twice(other),)
    elif args and np.ndim(other) > len(d.batch_shape) + len(d.event_shape):
        return method(d, *args)
    value = np.asarray(method(_twice(d), *args))
    return value[0] if value.ndim > len(d.batch_shape) else value[()]


def _twice(d: "Distribution") -> "Distribution":
    full = (2, *d.batch_shape)
    return d.map_arrays(lambda a, k: np.broadcast_to(a, full + a.shape[a.ndim - k :]).copy())
