"""Stochastic gradient descent."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.optim.optimiser import Optimiser, chunks


class SGDState(NamedTuple):
    """Number of steps done, and the velocity."""

    step: Array
    velocity: Array


@dataclass(frozen=True, eq=False)
class SGD(Optimiser):
    r"""Gradient descent with momentum, in the form of Sutskever et al. 2013 that torch uses.

    .. math:: v \leftarrow \mu v + g,\qquad \theta \leftarrow \theta - \eta_t v \quad
              (\text{Nesterov: } \theta \leftarrow \theta - \eta_t (g + \mu v))

    Parameters
    ----------
    rates : Schedule or array
        Learning rate η of each step.
    momentum : float
        μ in [0, 1).
    nesterov : bool
        Whether to look ahead.
    """

    rates: Any
    momentum: float = 0.0
    nesterov: bool = False

    def init(self, params: Array) -> SGDState:
        return SGDState(0, namespace(params).zeros_like(params))

    def update(self, grads: Array, state: SGDState, params: Array) -> tuple[Array, SGDState]:
        xp, velocity, direction = namespace(params), state.velocity, grads
        if self.momentum:
            velocity = self.momentum * velocity + grads
            direction = grads + self.momentum * velocity if self.nesterov else velocity
        rate = xp.asarray(self.rates[state.step], dtype=params.dtype)
        return params - rate * direction, SGDState(state.step + 1, velocity)

    def update_in_place(self, grads: np.ndarray, state: SGDState, params: np.ndarray) -> SGDState:
        rate = float(self.rates[state.step])
        for g, v, p in chunks(grads, state.velocity, params):
            if self.momentum:
                v *= self.momentum
                v += g
                if self.nesterov:
                    g += self.momentum * v
                else:
                    g[...] = v
            g *= rate
            p -= g
        return SGDState(state.step + 1, state.velocity)
