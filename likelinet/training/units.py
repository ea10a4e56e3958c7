"""In which unit raw numbers are learned where y is whole numbers, which cannot be standardised themselves."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.heads.head import Head
from likelinet.objective.layout import Layout, pack

WIDE = 3.0  # how many natural steps a unit has: what depends on x may vary more than single rows do
SINGLE = 50  # raw numbers whose curvatures are worth a difference each
MOST_ROWS = 20_000  # on which they are taken
ROWS_AT_ONCE = 4096

Pair = tuple[np.ndarray, np.ndarray]  # of raw outputs and of shared constants


@dataclass(frozen=True, eq=False)
class Units:
    """Raw numbers as start + unit · what is learned.

    Parameters
    ----------
    start, unit : pair of ndarray
        Of the raw outputs and of the shared constants.
    """

    start: Pair
    unit: Pair

    def head(self, head: Head) -> Head:
        """Return the head that takes numbers in these units."""
        return head.stretched(self.start, self.unit)

    def begun(self, theta: np.ndarray, layout: Layout) -> np.ndarray:
        """Return initial weights (M, P) in these units: the start is zero, the last matrix stays as it was drawn."""
        *others, bias, shared = layout.views(theta)
        return pack([*others, np.zeros_like(bias), np.zeros_like(shared)], layout)

    def within(self, theta: np.ndarray, layout: Layout) -> np.ndarray:
        """Return weights (M, P) in these units, from those that give the same raw numbers without."""
        *others, matrix, bias, shared = layout.views(theta)
        (start, constants), (unit, of_constants) = self.start, self.unit
        moved = [matrix / unit, (bias - start) / unit, (shared - constants) / of_constants]
        return pack([*others, *(a.astype(theta.dtype) for a in moved)], layout)

    def plain(self, theta: np.ndarray, layout: Layout) -> np.ndarray:
        """Return the weights (M, P) that give the same raw numbers without units, from those in them."""
        *others, matrix, bias, shared = layout.views(theta)  # the last layer, and the constants
        (start, constants), (unit, of_constants) = self.start, self.unit
        moved = [matrix * unit, start + bias * unit, constants + shared * of_constants]
        return pack([*others, *(a.astype(theta.dtype) for a in moved)], layout)


def units_of(head: Head, at: Pair, y: np.ndarray, weight: np.ndarray, columns: np.ndarray | None) -> Units | None:
    r"""Return the units for training from the marginal fit `at` on; None where the raw numbers are fine as they are.

    .. math:: \mathrm{unit} = \min(1,\; 3 s), \qquad s = \mathrm{sd}(g) / h

    with the gradients g of single rows in a raw number and their mean curvature h: s is how far rows by themselves
    would go from the start. For counts around 10⁶ that is .001 of a logarithm, and training whose steps suit small
    counts jumps over it. A location or a scale of whole numbers is in the unit of y, which may be as much larger.
    """
    if not head.family.support.integer or head.family.y == "class":
        return None
    thin = slice(None, None, -(-len(y) // MOST_ROWS))
    rows = y[thin], weight[thin] / weight[thin].sum(), None if columns is None else columns[thin]
    with np.errstate(all="ignore"):
        square = _gradients(head, at, *rows, squared=True)
        unit = []
        for k, own in enumerate(head.in_units_of_y):
            curvature = _curvatures(lambda v, k=k: _gradients(head, _with(at, k, v), *rows)[k], at[k])
            # Of a constant all rows have the same: it is known as well as the information of a row tells.
            steps = np.sqrt(square[0]) / curvature if k == 0 else 1.0 / np.sqrt(curvature)
            steps = np.where((curvature > 0.0) & np.isfinite(steps), steps, 1.0)
            unit.append(np.where(own & (steps > WIDE), steps / WIDE, np.minimum(WIDE * steps, 1.0)))
    return None if all((u == 1.0).all() for u in unit) else Units(at, (unit[0], unit[1]))


def _with(at: Pair, k: int, values: np.ndarray) -> Pair:
    return (values, at[1]) if k == 0 else (at[0], values)


def _gradients(
    head: Head, at: Pair, y: np.ndarray, share: np.ndarray, columns: np.ndarray | None, squared: bool = False
) -> Pair:
    """Return the mean gradients of the loss; `squared`, the mean squares of those of single rows in the outputs."""
    raw, shared = at
    totals = np.zeros(len(raw)), np.zeros(len(shared))
    for rows in blocks(len(y), ROWS_AT_ONCE):
        w, read = share[None, rows].astype(np.float64), None if columns is None else columns[None, rows]
        outputs = np.broadcast_to(raw, (1, w.shape[1], len(raw)))
        of_outputs, of_shared = head.loss(outputs, shared[None], y[None, rows], read)[1](
            np.ones_like(w) if squared else w
        )
        totals[0][...] += w[0] @ of_outputs[0] ** 2 if squared else of_outputs[0].sum(0)
        totals[1][...] += 0.0 if of_shared is None else of_shared[0]
    return totals


def _curvatures(gradient: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """Return the second derivatives by central differences of the gradient; of very many numbers, of all at once."""
    steps = 1e-5 * np.maximum(np.abs(at), 1.0)
    moves = np.diag(steps) if len(at) <= SINGLE else steps[None]
    changes = [gradient(at + move) - gradient(at - move) for move in moves]
    change = np.diagonal(np.stack(changes)) if len(at) <= SINGLE and len(at) else np.sum(changes, axis=0)
    return change / (2.0 * steps)
