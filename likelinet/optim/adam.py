"""Adam and AdamW."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from likelinet.arrays import Array, namespace
from likelinet.optim.optimiser import Optimiser, chunks


class AdamState(NamedTuple):
    """Number of steps done, and running means of the gradient and of its square."""

    step: Array
    m: Array
    v: Array


@dataclass(frozen=True, eq=False)
class Adam(Optimiser):
    r"""Adam (Kingma & Ba 2015) with decoupled weight decay (AdamW, Loshchilov & Hutter 2019).

    .. math:: m \leftarrow \beta_1 m + (1-\beta_1) g,\quad v \leftarrow \beta_2 v + (1-\beta_2) g^2,\quad
              \theta \leftarrow \theta - \eta_t \left(\frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}
              + \lambda \theta\right)

    Parameters
    ----------
    rates : ndarray
        Learning rate η of each step.
    weight_decay : float
        λ ≥ 0, applied to the first `decayed` weights.
    decayed : int
        How many weights it applies to.
    b1, b2, eps : float
        β₁, β₂ in [0, 1) and ε > 0.
    """

    rates: np.ndarray
    weight_decay: float = 0.0
    decayed: int = 0
    b1: float = 0.9
    b2: float = 0.999
    eps: float = 1e-8

    def init(self, params: Array) -> AdamState:
        xp = namespace(params)
        return AdamState(0, xp.zeros_like(params), xp.zeros_like(params))

    def _scales(self, step: Array, rates: Array) -> tuple[Array, Array, Array]:
        """Return the size of the step, ε and the learning rate, with the bias corrections multiplied in."""
        t, rate = step + 1, rates[step]
        root = (1.0 - self.b2**t) ** 0.5
        return rate * root / (1.0 - self.b1**t), self.eps * root, rate

    def update(self, grads: Array, state: AdamState, params: Array) -> tuple[Array, AdamState]:
        xp = namespace(params)
        # The table goes to the engine first: a step traced under JAX cannot index a NumPy array.
        size, eps, rate = self._scales(state.step, xp.asarray(self.rates))
        m = self.b1 * state.m + (1.0 - self.b1) * grads
        v = self.b2 * state.v + (1.0 - self.b2) * grads * grads
        decay = (xp.arange(params.shape[-1]) < self.decayed) * (rate * self.weight_decay)
        new = params - (size * m / (xp.sqrt(v) + eps) + decay * params)
        return new.astype(params.dtype), AdamState(state.step + 1, m.astype(params.dtype), v.astype(params.dtype))

    def update_in_place(self, grads: np.ndarray, state: AdamState, params: np.ndarray) -> AdamState:
        size, eps, rate = map(float, self._scales(state.step, self.rates))
        keep = 1.0 - rate * self.weight_decay
        for piece in chunks(params.shape[1], params.shape[0]):
            g, m, v, p = grads[:, piece], state.m[:, piece], state.v[:, piece], params[:, piece]
            m *= self.b1
            m += g * (1.0 - self.b1)
            v *= self.b2
            g *= g
            g *= 1.0 - self.b2
            v += g
            np.sqrt(v, out=g)
            g += eps
            np.divide(m, g, out=g)
            g *= size
            if self.weight_decay and piece.start < self.decayed:
                p[:, : self.decayed - piece.start] *= keep
            p -= g
        return AdamState(state.step + 1, state.m, state.v)
