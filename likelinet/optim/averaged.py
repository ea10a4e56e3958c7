"""A moving average of the weights, beside those that an optimiser moves."""

from collections import namedtuple
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.objective.layout import Layout
from likelinet.optim.optimiser import Optimiser, chunks

YOUNG = 10.0  # an average over t steps weighs the last t / 10 of them


@lru_cache
def _with_average(fields: tuple[str, ...]) -> Any:
    """Return a named tuple of the fields of an optimiser's state, with one more: JAX wants the same one each time."""
    names = [*fields, "average"]
    return namedtuple("AveragedState", names)  # pyright: ignore[reportUntypedNamedTuple, reportUnknownArgumentType]


@dataclass(frozen=True, eq=False)
class Averaged(Optimiser):
    r"""An optimiser whose weights are kept as an exponential moving average.

    .. math:: \bar\theta \leftarrow \bar\theta + (1 - d_t)(\theta - \bar\theta),\quad
              d_t = \min\left(d, \frac{t}{t + 10}\right)

    with the number t of steps before this one: the start has no part in it, and a young average is a short one.

    Parameters
    ----------
    rule : Optimiser
        What moves the weights θ, as if nobody averaged them.
    decay : float
        d in (0, 1).
    """

    rule: Optimiser
    decay: float

    @property
    def rates(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Those of the rule."""
        return self.rule.rates

    def by(self, rates: Any) -> "Averaged":
        return replace(self, rule=self.rule.by(rates))

    def alone(self, rates: Any, layout: Layout, i: int) -> "Averaged":
        return replace(self, rule=self.rule.alone(rates, layout, i))

    def init(self, params: Array) -> Any:
        state = self.rule.init(params)
        return _with_average(state._fields)(*state, namespace(params).array(params, copy=True))

    def kept(self, params: Array, state: Any) -> Array:
        return state.average

    def update(self, grads: Array, state: Any, params: Array) -> tuple[Array, Any]:
        xp = namespace(params)
        params, moved = self.rule.update(grads, state, params)
        share = xp.maximum(1.0 - self.decay, YOUNG / (YOUNG + state.step))
        average = state.average + xp.asarray(share, dtype=params.dtype) * (params - state.average)
        return params, state._replace(**moved._asdict(), average=average)

    def update_in_place(self, grads: np.ndarray, state: Any, params: np.ndarray) -> Any:
        moved = self.rule.update_in_place(grads, state, params)
        share = max(1.0 - self.decay, YOUNG / (YOUNG + state.step))
        for g, p, a in chunks(grads, params, state.average):
            np.subtract(p, a, out=g)
            g *= share
            a += g
        return state._replace(**moved._asdict())
