"""The loss of a mixture and its interval probability, from those of one component; and where components start."""

import functools
from collections.abc import Callable, Sequence

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import positive
from likelinet.distributions.base.family import Family
from likelinet.distributions.base.parameter import Backward

Loss = Callable[[tuple[Array, ...], Array], tuple[Array, Backward]]
LogInterval = Callable[[tuple[Array, ...], Array, Array], tuple[Array, Backward]]
LEAST_SCALE, LEAST_COUNT = 0.2, 0.01  # of those of all y
LEAST_SHARE = 0.05  # of each y that a slice of y that are all the same takes in
_FINITE = 1e300  # a logarithm that is not infinite
_NOTHING = -700.0  # a logarithm of what is nothing beside what has all its digits
_IN_RANGE = 600.0  # size of the logarithm of a number that has all its digits, and so have those that count beside it


def loss_of_mixture(base: Loss, event_ndim: int) -> Loss:
    """Return the loss with parameters ``(logits, *components)`` from the loss of one component."""

    def loss(params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        logits, *inner = params
        xp = namespace(logits)
        values, base_backward = base(tuple(inner), xp.expand_dims(y, -1 - event_ndim))
        log_w = logits - _logsumexp(logits)
        joint = log_w - values
        total = _logsumexp(joint)

        def backward(d: Array) -> tuple[Array, ...]:
            d, responsibility = d[..., None], xp.exp(joint - total)
            return (d * (xp.exp(log_w) - responsibility), *base_backward(d * responsibility))

        return -total[..., 0], backward

    return loss


def log_interval_of_mixture(base: LogInterval, event_ndim: int) -> LogInterval:
    """Return log P(low < Y ≤ high), as `loss_of_mixture` does the loss, from that of one component."""

    def log_interval(params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        logits, *inner = params
        xp = namespace(logits)
        ends = (e if np.ndim(e) == 0 else xp.expand_dims(e, -1 - event_ndim) for e in (low, high))
        values, base_backward = base(tuple(inner), *ends)
        log_w = logits - _logsumexp(logits)
        with np.errstate(divide="ignore"):  # an interval of which no component has any
            total = _logsumexp(log_w + values)

        def backward(d: Array) -> tuple[Array, ...]:
            d, possible = d[..., None], total > -xp.inf
            responsibility = xp.where(possible, xp.exp(log_w + values - xp.where(possible, total, 0.0)), 0.0)
            return (
                d * (responsibility - xp.where(possible, xp.exp(log_w), 0.0)),
                *base_backward(d * responsibility),
            )

        return total[..., 0], backward

    return log_interval


def crps_loss_of_mixture(base: Callable[[Array, tuple[Array, ...], Array], tuple[Array, Backward]]) -> Loss:
    """Return the CRPS with parameters ``(logits, *components)`` from that with weights in place of logits."""

    def loss(params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        logits, *inner = params
        weights = weights_of(logits)
        values, base_backward = base(weights, tuple(inner), y)

        def backward(d: Array) -> tuple[Array, ...]:
            by_weight, *others = base_backward(d)
            mean = namespace(weights).sum(weights * by_weight, axis=-1, keepdims=True)
            return (weights * (by_weight - mean), *others)

        return values, backward

    return loss


def moments_of_mixture(weights: Array, means: Array, variances: Array) -> tuple[Array, Array]:
    """Return mean and variance of the mixture over the last axis."""
    xp = namespace(weights)
    mean = xp.sum(weights * means, axis=-1)
    return mean, xp.sum(weights * (variances + (means - mean[..., None]) ** 2), axis=-1)


def weights_of(logits: Array) -> Array:
    """Return the weights of the components."""
    return namespace(logits).exp(logits - _logsumexp(logits))


def slices_of_equal_weight(y: np.ndarray, weight: np.ndarray, many: int) -> np.ndarray:
    """Return how much of each row falls into each of the slices of the sorted y of equal weight, shape (many, n).

    Rows of the same y are divided alike, so that one of weight 2 counts as two of weight 1.
    """
    _, group = np.unique(y, return_inverse=True)
    mass = np.bincount(group, weights=weight)
    mass /= mass.sum()
    ends = np.cumsum(mass)
    cuts = np.arange(many + 1)[:, None] / many
    inside = np.minimum(ends, cuts[1:]) - np.maximum(ends - mass, cuts[:-1])
    return np.where(inside > 1e-9 * mass, inside / mass, 0.0)[:, group]


def estimates_of_components(
    base: Family, many: int, y: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray | None, ...]:
    """Return the estimates from so many slices of the sorted y, of equal weight: no two components are the same.

    Where all y of a slice are the same it takes in a little of the others, for a density that is no spike.
    """
    shares = slices_of_equal_weight(y if y.ndim == 1 else y[:, 0], weight, many)
    constant = [np.any(np.ptp(y[part > 0.0], axis=0) == 0.0) for part in shares]
    shares = np.where(np.reshape(constant, (-1, 1)), np.maximum(shares, LEAST_SHARE), shares)
    inner = [base.estimate(y[part > 0.0], (weight * part)[part > 0.0]) for part in shares]
    stacked: list[np.ndarray | None] = []
    for opening, whole, *each in zip(base.openings, base.estimate(y, weight), *inner, strict=True):
        if whole is None:
            stacked.append(None)
            continue
        values = np.stack([np.broadcast_to(p, opening.shape) for p in each])
        if opening.parameter.role == "scale":
            values = np.maximum(values, LEAST_SCALE * np.asarray(whole))
        elif base.support.integer and opening.parameter.domain == positive:
            values = np.maximum(values, LEAST_COUNT * np.asarray(whole))
        stacked.append(values)
    return tuple(stacked)


def _logsumexp(x: Array) -> Array:
    xp = namespace(x)
    top = xp.max(x, axis=-1, keepdims=True)
    top = xp.where(xp.isfinite(top), top, 0.0)  # a row of -inf has the sum 0, not NaN
    return xp.log(xp.sum(xp.exp(x - top), axis=-1, keepdims=True)) + top


def log_weights(logits: np.ndarray) -> np.ndarray:
    """Return the logarithms of the weights."""
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def log_of_sum(terms: Sequence[np.ndarray] | np.ndarray) -> np.ndarray:
    """Return the logarithm of the sum of what these are logarithms of."""
    total, part = np.maximum(terms[0], _NOTHING), np.empty(terms[0].shape)  # exponentials that underflow take long
    np.exp(total, out=total)
    for term in terms[1:]:
        np.maximum(term, _NOTHING, out=part)
        total += np.exp(part, out=part)
    np.log(total, out=total)
    if np.abs(total, out=part).max(initial=0.0) < _IN_RANGE:
        return total
    rough = ~(part < _IN_RANGE)
    total[rough] = _scaled([term[rough] for term in terms])
    return total


def _scaled(terms: list[np.ndarray]) -> np.ndarray:
    """Return the same where the sum may not be a number: by what the terms are less than the largest one."""
    top = np.clip(functools.reduce(np.maximum, terms), -_FINITE, _FINITE)
    return np.log(sum(np.exp(term - top) for term in terms)) + top
