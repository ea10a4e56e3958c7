"""The step of numbers that lie on a lattice, as those do that were counted or rounded."""

import numpy as np

from likelinet.distributions import Interval
from likelinet.distributions.base.family import Family
from likelinet.tables.scaling import moments

LEAST = 1e-4  # of the spread of y: a smaller step changes nothing
LARGEST = 1e150  # whose square is a number still; larger y are refused
SAMPLE = 10_000  # rows that tell of most numbers that they lie on none, before all are sorted
OFF = 1e-6  # how far from the lattice numbers may lie, in steps
MOST = 0.05  # how far they may by rounding, which would hide a lattice otherwise
NEXT = 1.5  # by how much two gaps of one step may differ
PRECISIONS = np.float64, np.float32


def lattice_steps(y: np.ndarray, weight: np.ndarray, family: Family) -> np.ndarray:
    """Return the step of each output of y, shape (n,) or (n, d), or 0; the weight is that of rows, or of entries.

    Where no density of the family is bounded by a step, it is 0 as well.
    """
    if not any(np.any(least) for least in family.floors(np.ones(y.shape[1:]))):
        return np.zeros(y.shape[1:])
    if y.ndim == 1:
        return np.array(lattice_step(y, weight))
    weights = np.broadcast_to(weight.reshape(len(y), -1), y.shape)
    return np.array([lattice_step(*own) for own in zip(y.T, weights.T, strict=True)])


def step_of(y: np.ndarray | Interval, weight: np.ndarray) -> float:
    """Return the step of the lattice on which y lies; 0 where it is none, or y is no single number."""
    if isinstance(y, Interval) or y.ndim > 1 or y.dtype.kind not in "fiu":
        return 0.0
    return lattice_step(y.astype(np.float64), weight)


def lattice_step(y: np.ndarray, weight: np.ndarray) -> float:
    """Return the smallest distance of different numbers if all distances are multiples of it, else 0.

    Where the lattice begins does not matter: temperatures in Kelvin may have been rounded in degrees Celsius.

    Parameters
    ----------
    y, weight : ndarray, shape (n,)
        Finite numbers; those of weight 0 do not count. Numbers in single precision may be off by its rounding.

    Examples
    --------
    >>> lattice_step(np.array([3.5, 1.0, 2.5, 1.5]), np.ones(4))
    0.5
    >>> lattice_step(np.array([1.0, 1.5, 1.7]), np.ones(3))
    0.0
    """
    y, weight = y[weight > 0.0], weight[weight > 0.0]
    if not len(y) or np.abs(y).max() > LARGEST:
        return 0.0
    thin = slice(None, None, -(-len(y) // SAMPLE))
    distinct, least = np.unique(y[thin]), LEAST * float(moments(y[thin], weight[thin])[1])
    if len(y) > SAMPLE:
        if max(_gap(distinct, precision) for precision in PRECISIONS) <= least:
            return 0.0
        distinct = np.unique(y)
    with np.errstate(over="ignore"):
        single = bool((distinct.astype(np.float32) == distinct).all())
    step = _step(distinct, np.float64) or (_step(distinct, np.float32) if single else 0.0)
    return step if step > least else 0.0


def _gaps(distinct: np.ndarray, precision: type[np.floating]) -> tuple[np.ndarray, np.ndarray]:
    """Return the gaps between sorted numbers that are more than rounding, and how far that may move each of them."""
    rounding = float(np.finfo(precision).eps) * np.abs(distinct)
    gaps = np.diff(distinct)
    return gaps[gaps > rounding[1:] + rounding[:-1]], rounding


def _gap(distinct: np.ndarray, precision: type[np.floating]) -> float:
    """Return the smallest gap between sorted numbers, or 0."""
    return float(np.min(_gaps(distinct, precision)[0], initial=np.inf)) if len(distinct) > 1 else 0.0


def _step(distinct: np.ndarray, precision: type[np.floating]) -> float:
    """Return the step of the lattice that sorted numbers lie on, or 0."""
    gaps, rounding = _gaps(distinct, precision)
    if not len(gaps):
        return 0.0
    # A gap has the rounding of two numbers, and the distance of the ends has it once for all steps between them.
    one = np.mean(gaps[gaps < NEXT * gaps.min()])
    with np.errstate(over="ignore"):
        step = float((distinct[-1] - distinct[0]) / np.round(gaps / one).sum())
    if step == 0.0:  # the least gap is that of two numbers next to 0
        return 0.0
    places, off = (distinct - distinct[0]) / step, (rounding + rounding[0]) / step
    on = off.max() < MOST and bool((np.abs(places - np.round(places)) < OFF + off).all())
    return step if on else 0.0
