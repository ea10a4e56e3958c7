"""Rates and weight decay of some weights apart from those of the others."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.objective.layout import Layout
from likelinet.optim.optimiser import Optimiser


@dataclass(frozen=True, eq=False)
class Apart(Optimiser):
    r"""An optimiser of which each weight has its own factor of the step, and a decay beside that of the rule.

    .. math:: \theta \leftarrow \theta + r\, (\theta' - \theta - \eta_t \lambda\, \theta)

    with the weights :math:`\theta'` that the rule would go on to.

    Parameters
    ----------
    rule : Optimiser
        What moves the weights.
    factor, decay : ndarray, shape (P,)
        r > 0 and λ of each weight; λ may be negative, which takes decay of the rule away.
    """

    rule: Optimiser
    factor: np.ndarray
    decay: np.ndarray

    @property
    def rates(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Those of the rule."""
        return self.rule.rates

    def by(self, rates: Any) -> "Apart":
        return replace(self, rule=self.rule.by(rates))

    def alone(self, rates: Any, layout: Layout, i: int) -> Optimiser:
        rule, factor, decay = (
            self.rule.alone(rates, layout, i),
            *(layout.views(a)[i] for a in (self.factor, self.decay)),
        )
        return Apart(rule, factor, decay) if np.any((factor != 1.0) | (decay != 0.0)) else rule

    @cached_property
    def _entries(self) -> np.ndarray:
        """Which weights the rule does not move as it does by itself."""
        return np.flatnonzero((self.factor != 1.0) | (self.decay != 0.0))

    def init(self, params: Array) -> Any:
        return self.rule.init(params)

    def update(self, grads: Array, state: Any, params: Array) -> tuple[Array, Any]:
        xp = namespace(params)
        rate = xp.asarray(self.rates[state.step], dtype=params.dtype)
        factor, decay = (xp.asarray(a, dtype=params.dtype) for a in (self.factor, self.decay))
        moved, state = self.rule.update(grads, state, params)
        return params + factor * (moved - params - rate * decay * params), state

    def update_in_place(self, grads: np.ndarray, state: Any, params: np.ndarray) -> Any:
        at = self._entries
        rate, before = float(self.rates[state.step]), params[..., at]  # a copy
        factor, decay = (a[at].astype(params.dtype) for a in (self.factor, self.decay))
        state = self.rule.update_in_place(grads, state, params)
        params[..., at] = before + factor * (params[..., at] - before - rate * decay * before)
        return state


class ScalesApart(NamedTuple):
    """Which raw outputs, by flags, belong to scales, and factors of the learning rate and the weight decay there."""

    outputs: np.ndarray
    rate: float
    decay: float


def scales_apart(rule: Optimiser, layout: Layout, scales: ScalesApart, weight_decay: float) -> Optimiser:
    """Return the rule where weights of the last layer that feed scales are moved and decayed apart.

    Parameters
    ----------
    rule : Optimiser
        For all weights.
    layout : Layout
        Of them: the last layer's matrix and bias, and the shared constants, come last.
    scales : ScalesApart
        What is apart.
    weight_decay : float
        That of the rule.
    """
    outputs, rate, decay = scales
    if not outputs.any() or (rate == 1.0 and (decay == 1.0 or not weight_decay)):
        return rule
    factor, further = np.ones(layout.size), np.zeros(layout.size)
    matrix, bias, _ = layout.views(factor)[-3:]
    matrix[:, outputs] = bias[outputs] = rate
    layout.views(further)[-3][:, outputs] = weight_decay * (decay - 1.0)
    return Apart(rule, factor, further)
