"""Row blocks for the methods of distributions: with very many rows, temporaries stay small."""

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.shapes import generator_of, on_batch, shape_of
from likelinet.distributions.base.usable_rows import of_usable_rows, sample_of_usable_rows

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

ROWS_AT_ONCE = 65536  # many enough for an iteration whose last steps are for a few rows
INTEGRALS_AT_ONCE = 1024  # which have hundreds of nodes for each row

VALUES = ("log_prob", "nll", "cdf", "sf", "log_cdf", "log_sf", "ppf", "isf")
INTEGRALS = ("crps", "kl_divergence", "mean", "var", "mode", "entropy")

Method = Callable[..., Any]


def in_blocks(method: Method) -> Method:
    """Wrap a method of at most one argument to run in row blocks where there are many rows."""
    return of_usable_rows(_blocked(method, few=False))


def in_small_blocks(method: Method) -> Method:
    """Wrap a method of at most one argument, which may be an integral, to run in blocks of few rows."""
    return of_usable_rows(_blocked(method, few=True))


def _blocked(method: Method, few: bool) -> Method:
    @functools.wraps(method)
    def blocked(self: "Distribution", *args: Any, **named: Any) -> Any:
        if math.prod(self.batch_shape) == 1 and len(args) + len(named) < 2:
            return _beside_itself(method, self, (*args, *named.values()))
        size = min(ROWS_AT_ONCE, INTEGRALS_AT_ONCE) if few else ROWS_AT_ONCE
        if not self.batch_shape or self.batch_shape[0] <= size or len(args) + len(named) > 1:
            return method(self, *args, **named)
        return _in_blocks(method, size, self, *args, *named.values())

    return blocked


def sample_in_blocks(method: Method) -> Method:
    """Wrap `sample` to run in row blocks where there are many draws, from one generator in the order of the rows."""

    @functools.wraps(method)
    def blocked(self: "Distribution", sample_shape: int | tuple[int, ...] = (), rng: Any = None) -> np.ndarray:
        shape = shape_of(sample_shape)
        size = max(ROWS_AT_ONCE // max(math.prod(shape), 1), 1)
        if not self.batch_shape or self.batch_shape[0] <= size:
            return method(self, sample_shape, rng)
        generator = generator_of(rng)
        before, result = (slice(None),) * len(shape), None
        for rows in blocks(self.batch_shape[0], size):
            draws = np.asarray(method(self[rows], sample_shape, generator))
            if result is None:
                result = np.empty((*shape, self.batch_shape[0], *draws.shape[len(shape) + 1 :]), draws.dtype)
            result[*before, rows] = draws
        assert result is not None
        return result

    return sample_of_usable_rows(blocked)


def _in_blocks(method: Callable[..., Any], size: int, d: "Distribution", *args: Any) -> Any:
    """Return method(d, *args), concatenated from row blocks; in one call where the arguments have no axis of rows."""
    n, axis, whole, many = d.batch_shape[0], 0, True, 1
    if args:
        of, own = args[0], d.batch_shape + d.event_shape
        if hasattr(of, "batch_shape"):  # another distribution
            shape, own = of.batch_shape, d.batch_shape
        else:
            of = of if isinstance(of, Interval) else np.asarray(of)
            shape = of.shape
        axis = max(len(shape) - len(own), 0)
        whole = len(shape) < len(own) or shape[axis] == 1
        if (not whole and shape[axis] != n) or shape == (*own, 1) or not _broadcast(shape, own):
            return method(d, *args)  # it knows what to say
        args, many = (of,), math.prod(shape[:axis])
    before, result = (slice(None),) * axis, None
    for rows in blocks(n, max(size // max(many, 1), 1)):
        value = np.asarray(method(d[rows], *(args if whole else (args[0][*before, rows],))))
        if result is None:
            if value.ndim <= axis or value.shape[axis] != rows.stop - rows.start:
                return method(d, *args)  # a result without rows
            result = np.empty((*value.shape[:axis], n, *value.shape[axis + 1 :]), value.dtype)
        result[*before, rows] = value
    return result


def _broadcast(shape: tuple[int, ...], own: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(shape, own)
    except ValueError:
        return False
    return True


def _beside_itself(method: Callable[..., Any], d: "Distribution", args: tuple[Any, ...]) -> Any:
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
    return d.map_arrays(lambda a, n: on_batch(a, (2, *d.batch_shape), n).copy())


def all_inside(contains: Callable[[np.ndarray], np.ndarray], values: np.ndarray) -> bool:
    """Return whether every one of the values is in a domain, given its `contains`."""
    if values.ndim == 0 or len(values) <= ROWS_AT_ONCE:
        return bool(contains(values).all())
    return all(contains(values[rows]).all() for rows in blocks(len(values), ROWS_AT_ONCE))
