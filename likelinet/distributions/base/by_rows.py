"""Row blocks for the methods of distributions: with very many results, temporaries stay small."""

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.base.checks import shape_with
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.named_rows import names_rows
from likelinet.distributions.base.shapes import generator_of, on_batch, shape_of
from likelinet.distributions.base.usable_rows import of_usable_rows, sample_of_usable_rows

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

# Results at once of a plain family; fewer of one that holds more numbers for each.
ROWS_AT_ONCE = 65536  # many enough for an iteration whose last steps are for a few rows
INTEGRALS_AT_ONCE = 2048  # which have hundreds of nodes for each result
_OF_WRAPPER = 10  # further temporaries, as a multiple of those of a plain family: it asks for several values of each

VALUES = ("log_prob", "nll", "cdf", "sf", "log_cdf", "log_sf", "ppf", "isf")
INTEGRALS = ("crps", "gini_mean_difference", "kl_divergence", "mean", "var", "mode", "entropy")

Method = Callable[..., Any]


def in_blocks(method: Method) -> Method:
    """Wrap a method of at most one argument to run in blocks where there are many results."""
    return names_rows(of_usable_rows(_blocked(method, few=False)))


def in_small_blocks(method: Method) -> Method:
    """Wrap a method of at most one argument, which may be an integral, to run in blocks of few results."""
    return names_rows(of_usable_rows(_blocked(method, few=True)))


def _blocked(method: Method, few: bool) -> Method:
    @functools.wraps(method)
    def blocked(self: "Distribution", *args: Any, **named: Any) -> Any:
        operands = (*args, *named.values())
        shape = _shape_of_results(self, *operands) if len(operands) < 2 else None
        if shape is None:
            return method(self, *args, **named)  # it knows what to say
        many = math.prod(shape)
        if many == 1:
            return _beside_itself(method, shape, self, *operands)
        size = _integrals_at_once(self, *operands) if few else _values_at_once(self)
        if many <= size:
            return method(self, *operands)
        return _in_blocks(blocked, method, shape, size, self, *operands)

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

    return names_rows(sample_of_usable_rows(blocked))


def _values_at_once(d: "Distribution") -> int:
    many, leaf = innermost(d)
    arrays = ((getattr(leaf, p.name), p.event_ndim) for p in leaf.parameters)
    own = max([leaf.temporaries, *(math.prod(a.shape[a.ndim - n :]) for a, n in arrays)])
    own += 0 if leaf is d else _OF_WRAPPER
    return max(4 * ROWS_AT_ONCE // (3 + many * own), 1)  # the few longest arrays have many numbers for each result


def _integrals_at_once(d: "Distribution", *of: Any) -> int:
    size = 2 * INTEGRALS_AT_ONCE // (1 + innermost(d)[0])
    of_both = any(hasattr(other, "batch_shape") for other in of)  # nodes are those of both distributions
    return max(4 * size // 5 if of_both else size, 1)


def innermost(d: "Distribution") -> tuple[int, "Distribution"]:
    """Return how many distributions each one is made of, and these."""
    many = 1
    while (inner := d.underlying()) is not None:
        many, d = many * max(math.prod(inner.batch_shape) // max(math.prod(d.batch_shape), 1), 1), inner
    return many * d.of_each, d


def _shape_of_results(d: "Distribution", *operands: Any) -> tuple[int, ...] | None:
    """Return the shape of the batch of results, whatever broadcasts with what; None where it does not."""
    if not operands:
        return d.batch_shape
    (of,) = operands
    of_values = not hasattr(of, "batch_shape")  # and not of another distribution
    own, events = (d.batch_shape + d.event_shape, len(d.event_shape)) if of_values else (d.batch_shape, 0)
    try:
        shape = of.shape if isinstance(of, Interval) else np.shape(of) if of_values else of.batch_shape
    except ValueError:  # lists of different lengths
        return None
    try:
        full = np.broadcast_shapes(shape, own)
    except ValueError:
        if of_values and not events and not isinstance(of, Interval):  # which the family may not take at all
            shape_with(d, shape)  # says what is wrong in the name of the outermost distribution
        return None
    return None if math.prod(own) > 1 and shape == (*own, 1) else full[: len(full) - events]


def _in_blocks(blocked: Method, method: Method, shape: tuple[int, ...], size: int, d: "Distribution", *of: Any) -> Any:
    """Return method(d, *of), put together from blocks along the first axis of more than one result."""
    axis = next(i for i, n in enumerate(shape) if n > 1)
    before, result = (slice(None),) * axis, None
    of = tuple(a if hasattr(a, "shape") or hasattr(a, "batch_shape") else np.asarray(a) for a in of)
    for rows in blocks(shape[axis], max(size * shape[axis] // math.prod(shape), 1)):
        part = (_part(d, d.batch_shape, shape, axis, rows), *(_part_of(a, d, shape, axis, rows) for a in of))
        value = np.asarray(blocked(*part))
        if result is None:
            if value.ndim <= axis or value.shape[axis] != rows.stop - rows.start:
                return method(d, *of)  # a result without rows
            result = np.empty((*value.shape[:axis], shape[axis], *value.shape[axis + 1 :]), value.dtype)
        result[*before, rows] = value
    return result


def _part_of(a: Any, d: "Distribution", shape: tuple[int, ...], axis: int, rows: slice) -> Any:
    """Return the rows of an operand of the method."""
    if hasattr(a, "batch_shape"):
        return _part(a, a.batch_shape, shape, axis, rows)
    return _part(a, a.shape[: max(len(a.shape) - len(d.event_shape), 0)], shape, axis, rows)


def _part(a: Any, own: tuple[int, ...], shape: tuple[int, ...], axis: int, rows: slice) -> Any:
    """Return the rows along an axis of the results; `a` itself, of shape `own`, where it has but one for all."""
    axis -= len(shape) - len(own)
    return a[(*(slice(None),) * axis, rows)] if axis >= 0 and own[axis] > 1 else a


def _beside_itself(method: Method, shape: tuple[int, ...], d: "Distribution", *of: Any) -> Any:
    """Return method(d, *of), which is one result, with the bits that it has among others.

    NumPy sums an axis in pairs where nothing else is left, and one after the other where there are more results.
    """
    of = tuple(_twice(a, shape) if hasattr(a, "batch_shape") else a for a in of)
    value = np.asarray(method(_twice(d, shape), *of))
    return value[0] if value.ndim > len(shape) else value[()]


def _twice(d: "Distribution", shape: tuple[int, ...]) -> "Distribution":
    return d.map_arrays(lambda a, n: on_batch(a, (2, *shape), n).copy())


def all_inside(contains: Callable[[np.ndarray], np.ndarray], values: np.ndarray) -> bool:
    """Return whether every one of the values is in a domain, given its `contains`."""
    if values.ndim == 0 or len(values) <= ROWS_AT_ONCE:
        return bool(contains(values).all())
    return all(contains(values[rows]).all() for rows in blocks(len(values), ROWS_AT_ONCE))
