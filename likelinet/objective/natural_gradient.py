"""The natural gradient at the head: how far the distribution moves counts, and not how far its raw numbers do."""

from dataclasses import dataclass

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.heads.head import Head, HeadBackward
from likelinet.objective.criterion import Criterion

# Where a row tells next to nothing of a raw number, a step to where one y alone would have it leads too far; and the
# logits of classes have a direction in which nothing changes.
DAMPING = 1e-3


@dataclass(frozen=True)
class NaturalGradient(Criterion):
    r"""The gradient in the raw outputs r of each row, solved for by their Fisher information (Amari 1998).

    .. math:: \left(J^\top F(\theta) J + \epsilon I\right)^{-1} \nabla_r \left(-\log p(y \mid \theta)\right),
              \qquad J = \partial\theta / \partial r, \quad \epsilon = .001

    From there on it goes back through the network like a gradient; NGBoost (Duan et al. 2020) boosts it. Parameters
    that are shared have their plain gradient, and, like those that are known, no part in F.
    """

    def __call__(
        self, head: Head, raw: Array, shared: Array, y: Array, columns: Array | None
    ) -> tuple[Array, HeadBackward]:
        params, backs = head.parameters(raw, shared, columns)
        values, backward = head.family.loss(params, y)
        ones = tuple(namespace(p).ones_like(p) for p in params)

        def natural(d: Array) -> tuple[Array, Array | None]:
            information = head.family.fisher_information(params)
            draw, dshared = head.pulled(backs, backward(d), raw, columns)
            slopes, _ = head.pulled(backs, ones, raw, columns)  # each parameter has a raw number of its own
            return _solved(head, information, slopes, draw).astype(raw.dtype), dshared

        return values, natural


def _solved(head: Head, information: Array, slopes: Array, draw: Array) -> Array:
    """Return the natural gradient in the raw outputs, (rows, outputs), from the gradient."""
    if not head.predicted:
        return draw
    xp, rows = namespace(draw), draw.shape[:-1]
    lead = information.shape[len(rows) : -2]  # of several outputs, each by itself
    slots, first = head.learned("predicted"), 0
    at: list[int] = []
    for slot in head.slots:
        many = slot.size_of_event
        at += [*range(first, first + many)] if slot.learned and slot.source == "predicted" else []
        first += many

    def by_output(a: Array) -> Array:
        parts = [a[..., start : start + slot.size].reshape((*rows, *lead, -1)) for slot, start in slots]
        return xp.concatenate(parts, axis=-1)

    j = by_output(slopes)
    own = information[..., np.array(at)[:, None], np.array(at)]
    matrix = j[..., :, None] * own * j[..., None, :] + DAMPING * xp.eye(len(at), dtype=own.dtype)
    solved, first = xp.linalg.solve(matrix, by_output(draw)[..., None])[..., 0], 0
    found: list[Array] = []
    for slot, _ in slots:
        many = slot.size_of_event
        found.append(solved[..., first : first + many].reshape((*rows, slot.size)))
        first += many
    return xp.concatenate(found, axis=-1)
