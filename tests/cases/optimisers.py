"""Optimisers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from likelinet.optim.adam import Adam
from likelinet.optim.apart import Apart
from likelinet.optim.averaged import Averaged
from likelinet.optim.optimiser import Optimiser
from likelinet.optim.sgd import SGD


@dataclass(frozen=True)
class Rule:
    """One row: an optimiser, and its formula for one number, written with plain floats.

    Parameters
    ----------
    make : callable
        (rates, decayed, size=5) to the optimiser of so many weights.
    reference : callable
        (weight, gradients, rates, whether it decays) to the weight after all steps.
    """

    make: Callable[..., Optimiser]
    reference: Callable[[float, list[float], list[float], bool], float]


def _adam(decay: float) -> Callable[[float, list[float], list[float], bool], float]:
    def after(weight: float, gradients: list[float], rates: list[float], decays: bool) -> float:
        m = v = 0.0
        for t, (g, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g**2
            m_hat, v_hat = m / (1.0 - 0.9**t), v / (1.0 - 0.999**t)
            weight = weight - rate * (m_hat / (v_hat**0.5 + 1e-8) + (decay * weight if decays else 0.0))
        return weight

    return after


def _adam_apart(
    decay: float, factor: float, further: float
) -> Callable[[float, list[float], list[float], bool], float]:
    """Adam, then the step to where it has led, with further decay, as long as `factor` says."""

    def after(weight: float, gradients: list[float], rates: list[float], decays: bool) -> float:
        m = v = 0.0
        for t, (g, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g**2
            step = m / (1.0 - 0.9**t) / ((v / (1.0 - 0.999**t)) ** 0.5 + 1e-8)
            weight -= factor * rate * (step + ((decay if decays else 0.0) + further) * weight)
        return weight

    return after


def _sgd(momentum: float, nesterov: bool) -> Callable[[float, list[float], list[float], bool], float]:
    def after(weight: float, gradients: list[float], rates: list[float], decays: bool) -> float:
        velocity = 0.0
        for g, rate in zip(gradients, rates, strict=True):
            velocity = momentum * velocity + g
            weight = weight - rate * (g + momentum * velocity if nesterov else velocity)
        return weight

    return after


OPTIMISERS: dict[str, Rule] = {
    "adam": Rule(lambda rates, decayed, size=5: Adam(rates), _adam(0.0)),
    "adamw": Rule(lambda rates, decayed, size=5: Adam(rates, 0.3, decayed), _adam(0.3)),
    "sgd": Rule(lambda rates, decayed, size=5: SGD(rates), _sgd(0.0, False)),
    "momentum": Rule(lambda rates, decayed, size=5: SGD(rates, 0.9), _sgd(0.9, False)),
    "averaged adamw": Rule(lambda rates, decayed, size=5: Averaged(Adam(rates, 0.3, decayed), 0.9), _adam(0.3)),
    "adamw, apart": Rule(
        lambda rates, decayed, size=5: Apart(Adam(rates, 0.3, decayed), np.full(size, 0.4), np.full(size, 0.2)),
        _adam_apart(0.3, 0.4, 0.2),
    ),
    "nesterov": Rule(lambda rates, decayed, size=5: SGD(rates, 0.9, True), _sgd(0.9, True)),
}
