"""L-BFGS: the search for a minimum by values and gradients alone, one iteration at a time."""

from dataclasses import dataclass, field, replace

import numpy as np

from likelinet.optim.kinks import RADIUS, downhill, nearly_flat
from likelinet.optim.line_search import Function, line_search

MEMORY = 20  # steps whose curvature is remembered: at kinks more than the usual 10 pay
GRADIENT = 1e-9  # largest entry of the gradient at which the search has arrived
PROGRESS = 1e-15  # relative change of the value below which it has
CURVATURE = np.finfo(np.float64).eps  # least of it, per squared change of the gradient, that is worth remembering


@dataclass(frozen=True)
class Search:
    """Where a search stands: plain data, from which it goes on with the same bits.

    Parameters
    ----------
    point, gradient : ndarray, shape (P,)
        Where it is, and the gradient there.
    value : float
        Of the function.
    steps, changes : ndarray, shape (k, P)
        The last k ≤ 20 steps, and how the gradient changed over each.
    arrived : bool
        Whether there is nowhere to go from here.
    converged : bool
        Whether this is a minimum, as far as gradients tell: they vanish, or those around do when they are mixed, as at
        a kink.
    heading : ndarray, shape (P,)
        The step that led here.
    """

    point: np.ndarray
    value: float
    gradient: np.ndarray
    steps: np.ndarray
    changes: np.ndarray
    arrived: bool
    converged: bool = False
    heading: np.ndarray = field(default_factory=lambda: np.zeros(0))


def begin(function: Function, point: np.ndarray) -> Search:
    """Return the search for a minimum of `function`, which gives value and gradient, from a point on."""
    value, gradient = function(point)
    none = np.zeros((0, len(point)))
    arrived = _arrived(gradient)
    return Search(point, value, gradient, none, none, arrived, arrived, np.zeros_like(point))


def iterate(function: Function, search: Search) -> Search:
    r"""Return the search after one more iteration (Nocedal 1980; Liu & Nocedal 1989).

    .. math:: x \leftarrow x - \alpha H g

    H is the inverse Hessian that the last steps s and changes of the gradient y imply, from :math:`s^T y / y^T y` times
    the identity on; α meets the weak Wolfe conditions, which kinks allow. Where H misleads, it is forgotten. Where that
    leads nowhere, the gradients around the point tell whether it is a minimum, or which way to go on.
    """
    found = _iterate(function, search)
    return settled(function, found) if found.arrived and not found.converged else found


def _iterate(function: Function, search: Search) -> Search:
    direction = -_inverse_hessian_times(search.gradient, search.steps, search.changes)
    fresh = not len(search.steps)
    if direction @ search.gradient >= 0.0 and not fresh:
        return _iterate(function, _forgetful(search))
    length = 1.0 / float(np.linalg.norm(search.gradient)) if fresh else 1.0  # at first a step of length 1
    found = line_search(function, search.point, search.value, search.gradient, direction, length)
    if found is None:
        return replace(search, arrived=True) if fresh else _iterate(function, _forgetful(search))
    step, change = found.point - search.point, found.gradient - search.gradient
    steps, changes = search.steps, search.changes
    if step @ change > CURVATURE * (change @ change):
        steps = np.concatenate([steps[-(MEMORY - 1) :], step[None]])
        changes = np.concatenate([changes[-(MEMORY - 1) :], change[None]])
    scale = max(abs(search.value), abs(found.value), 1.0)
    converged = _arrived(found.gradient)
    arrived = converged or search.value - found.value <= PROGRESS * scale
    return Search(found.point, found.value, found.gradient, steps, changes, bool(arrived), converged, step)


def settled(function: Function, search: Search) -> Search:
    """Return a search that stands still as converged, if it is at a minimum, or going on downhill from a kink."""
    if nearly_flat(search.gradient):
        return replace(search, converged=True)
    direction = downhill(function, search.point, search.gradient)
    if direction is None:
        return replace(search, converged=True)
    length = RADIUS * max(1.0, float(np.abs(search.point).max())) / float(np.linalg.norm(direction))
    found = line_search(function, search.point, search.value, search.gradient, direction, length)
    scale = max(abs(search.value), 1.0)
    if found is None or search.value - found.value <= PROGRESS * scale:
        return search
    none = search.steps[:0]
    return Search(found.point, found.value, found.gradient, none, none, False, False, found.point - search.point)


def _arrived(gradient: np.ndarray) -> bool:
    return bool(np.abs(gradient).max(initial=0.0) <= GRADIENT)


def _forgetful(search: Search) -> Search:
    """Return the search without its memory: the next direction is that of steepest descent."""
    return replace(search, steps=search.steps[:0], changes=search.changes[:0])


def _inverse_hessian_times(gradient: np.ndarray, steps: np.ndarray, changes: np.ndarray) -> np.ndarray:
    """Return H g by the two loops over the memory (Nocedal & Wright 2006, algorithm 7.4)."""
    if not len(steps):
        return gradient
    q, rho, shares = gradient.copy(), 1.0 / np.vecdot(steps, changes), np.empty(len(steps))
    for i in range(len(steps) - 1, -1, -1):
        shares[i] = rho[i] * (steps[i] @ q)
        q -= shares[i] * changes[i]
    q *= 1.0 / (rho[-1] * (changes[-1] @ changes[-1]))
    for i in range(len(steps)):
        q += (shares[i] - rho[i] * (changes[i] @ q)) * steps[i]
    return q
