"""Adam and AdamW."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.objective.layout import Layout
from likelinet.optim.optimiser import Optimiser, chunks


class AdamState(NamedTuple):
    """Number of steps done, and decaying sums of the gradient and of its square: Σ βᵏ g of k steps ago."""

    step: Array
    m: Array
    v: Array


@dataclass(frozen=True, eq=False)
class Adam(Optimiser):
    r"""Adam (Kingma & Ba 2015) with decoupled weight decay (AdamW, Loshchilov & Hutter 2019).

    .. math:: m \leftarrow \beta_1 m + g,\quad v \leftarrow \beta_2 v + g^2,\quad
              \theta \leftarrow \theta - \eta_t \left(\frac{m (1-\beta_1) / (1-\beta_1^t)}
              {\sqrt{v (1-\beta_2) / (1-\beta_2^t)} + \epsilon} + \lambda \theta\right)

    Parameters
    ----------
    rates : Schedule or array
        Learning rate η of each step.
    weight_decay : float
        λ ≥ 0, applied to the first `decayed` weights.
    decayed : int
        How many weights it applies to.
    b1, b2, eps : float
        β₁, β₂ in [0, 1) and ε > 0.
    """

    rates: Any
    weight_decay: float = 0.0
    decayed: int = 0
    b1: float = 0.9
    b2: float = 0.999
    eps: float = 1e-8

    def init(self, params: Array) -> AdamState:
        xp = namespace(params)
        return AdamState(0, xp.zeros_like(params), xp.zeros_like(params))

    def _scales(self, step: Array, rate: Array) -> tuple[Array, Array, Array]:
        """Return the size of the step, ε and the learning rate, with what turns the sums into means multiplied in."""
        t = step + 1
        root = ((1.0 - self.b2**t) / (1.0 - self.b2)) ** 0.5
        return rate * root * (1.0 - self.b1) / (1.0 - self.b1**t), self.eps * root, rate

    def alone(self, rates: Any, layout: Layout, i: int) -> "Adam":
        decay = self.weight_decay * layout.weights[i].decayed
        return replace(self, rates=rates, weight_decay=decay, decayed=np.iinfo(np.int32).max)

    def update(self, grads: Array, state: AdamState, params: Array) -> tuple[Array, AdamState]:
        xp = namespace(params)
        scales = self._scales(state.step, self.rates[state.step])
        size, eps, rate = (xp.asarray(s, dtype=params.dtype) for s in scales)  # or all would be in double precision
        m = self.b1 * state.m + grads
        v = self.b2 * state.v + grads * grads
        change = size * m / (xp.sqrt(v) + eps)
        if self.weight_decay:
            change = change + (xp.arange(params.shape[-1]) < self.decayed) * (rate * self.weight_decay) * params
        return params - change, AdamState(state.step + 1, m, v)

    def update_in_place(self, grads: np.ndarray, state: AdamState, params: np.ndarray) -> AdamState:
        size, eps, rate = self._scales(state.step, float(self.rates[state.step]))
        if self.weight_decay:
            params[..., : self.decayed] *= 1.0 - rate * self.weight_decay
        for g, m, v, p in chunks(grads, state.m, state.v, params):
            m *= self.b1
            m += g
            v *= self.b2
            g *= g
            v += g
            np.sqrt(v, out=g)
            g += eps
            np.divide(m, g, out=g)
            g *= size
            p -= g
        return AdamState(state.step + 1, state.m, state.v)
