"""Families with extra zeros: zero inflation and the hurdle."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.arrays import Array, log1mexp, namespace, softplus_and_sigmoid
from likelinet.core.domains import Domain
from likelinet.distributions import Distribution, Hurdle, Parameter, ZeroInflated
from likelinet.distributions.base.distribution import Backward
from likelinet.distributions.numerics.estimates import LEAST
from likelinet.distributions.numerics.interval_probability import anchor
from likelinet.heads.family import Family, Slot, Standardisation, WrapperFamily
from likelinet.heads.parametric import Parametric
from likelinet.heads.truncated import TruncatedFamily

GATE_LOGITS = Parameter("gate_logits", symbol="log π/(1-π)")


@dataclass(frozen=True)
class FamilyWithZeros(WrapperFamily):
    """Zero with the probability of the first slot, the gate; else from `base`.

    Parameters
    ----------
    base : Family
        The family of what comes through the gate.
    gate : Slot
        The log odds of an extra zero.
    """

    gate: Slot

    @property
    def slots(self) -> tuple[Slot, ...]:
        return (self.gate, *self.base.slots)

    @property
    def support(self) -> Domain:
        return with_zero(self.base.support)

    @property
    def standardisation(self) -> Standardisation:
        """As that of the base, if zero stays zero."""
        return "none" if self.base.standardisation == "none" or self.base.origin != 0.0 else "scale"

    def has_density(self, y: np.ndarray) -> np.ndarray:
        return (y != 0.0) & self.base.has_density(y)

    def start(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """The share of zeros as log odds, and the estimates of the base from what is not zero."""
        zero = y == 0.0
        share = np.clip(np.average(zero, weights=weight), LEAST, 1.0 - LEAST)
        rest = self.base.start(y, weight) if zero.all() else self.base.start(y[~zero], weight[~zero])
        return (np.log(share) - np.log1p(-share), *rest)


@dataclass(frozen=True)
class HurdleFamily(FamilyWithZeros):
    """Zero with the probability of the first slot, the gate; else `base` given that it is not zero."""

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        gate, *inner = params
        xp = namespace(gate)
        zero = y == 0.0
        no_rest, p = softplus_and_sigmoid(gate)
        no_zero, q = softplus_and_sigmoid(-gate)
        rest, rest_backward = self.base.loss(tuple(inner), xp.where(zero, anchor(self.base.support), y))
        some, some_backward = self._not_zero(tuple(inner), y)

        def backward(d: Array) -> tuple[Array, ...]:
            passed = xp.where(zero, 0.0, d)
            grads = zip(rest_backward(passed), some_backward(passed), strict=True)
            return (d * xp.where(zero, -q, p), *(a + b for a, b in grads))

        return xp.where(zero, no_zero, no_rest + rest + some), backward

    def _not_zero(self, inner: tuple[Array, ...], like: Array) -> tuple[Array, Backward]:
        """Return log P(not zero) of the base: of one distribution from P(0), whose gradient is known."""
        xp = namespace(like)
        if not gives_zero(self.base.support):
            return xp.zeros_like(like), lambda d: tuple(xp.zeros_like(p) for p in inner)
        if not isinstance(self.base, Parametric):
            return self.base.log_interval(inner, 0.0, np.inf)
        nll, backward = self.base.loss(inner, xp.zeros_like(like))
        return log1mexp(nll), lambda d: backward(xp.where(d == 0.0, 0.0, d / xp.expm1(nll)))

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        rest = self.base
        if gives_zero(rest.support):
            rest = TruncatedFamily(rest, np.float64(1.0), np.float64(np.inf))
        return log_interval_with_zero(rest, params, low, high)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        gate, *inner = params
        return Hurdle(self.base.distribution(tuple(inner)), gate_logits=gate)


@dataclass(frozen=True)
class ZeroInflatedFamily(FamilyWithZeros):
    """Zero with the probability of the first slot, the gate; else `base`, which may give a zero of its own."""

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        if not gives_zero(self.base.support):  # then all zeros are the gate's
            return HurdleFamily(self.base, self.gate).loss(params, y)
        gate, *inner = params
        xp = namespace(gate)
        zero = y == 0.0
        no_rest, p = softplus_and_sigmoid(gate)
        no_zero, q = softplus_and_sigmoid(-gate)
        rest, rest_backward = self.base.loss(tuple(inner), y)
        extra, joint = xp.where(zero, -no_zero, -xp.inf), -no_rest - rest
        total = xp.logaddexp(extra, joint)
        extra, joint = xp.exp(extra - total), xp.exp(joint - total)  # how likely each has given this y

        def backward(d: Array) -> tuple[Array, ...]:
            return (d * (joint * p - extra * q), *rest_backward(d * joint))

        return -total, backward

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return log_interval_with_zero(self.base, params, low, high)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        gate, *inner = params
        return ZeroInflated(self.base.distribution(tuple(inner)), gate_logits=gate)


def gives_zero(base: Domain) -> bool:
    """Whether zero has a probability, rather than a density or nothing."""
    return base.integer and bool(base.contains(np.zeros(())))


def with_zero(base: Domain) -> Domain:
    """Return a domain with zero added."""
    if base.contains(np.zeros(())):
        return base
    closed = (base.closed[0] or base.low >= 0.0, base.closed[1] or base.high <= 0.0)
    low, high = min(base.low, 0.0), max(base.high, 0.0)
    return replace(base, description=f"0 or {base.description}", low=low, high=high, closed=closed)


def log_interval_with_zero(rest: Family, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
    """Return log P(low < Y ≤ high) of a gate before `rest`."""
    gate, *inner = params
    xp = namespace(gate)
    no_rest, p = softplus_and_sigmoid(gate)
    no_zero, q = softplus_and_sigmoid(-gate)
    values, rest_backward = rest.log_interval(tuple(inner), low, high)
    zero = (xp.asarray(low) < 0.0) & (xp.asarray(high) >= 0.0)
    extra, joint = xp.where(zero, -no_zero, -xp.inf), values - no_rest
    total = xp.logaddexp(extra, joint)
    safe = xp.where(xp.isfinite(total), total, 0.0)
    extra, joint = xp.exp(extra - safe), xp.exp(joint - safe)

    def backward(d: Array) -> tuple[Array, ...]:
        return (d * (extra * q - joint * p), *rest_backward(d * joint))

    return total, backward
