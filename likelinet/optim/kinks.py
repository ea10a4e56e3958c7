"""Where a search stands still: at a minimum, at a kink in it, or on a slope that a kink hides."""

import numpy as np

from likelinet.core.lazy import scipy
from likelinet.optim.line_search import Function

FLAT = 1e-6  # largest entry of a gradient at a minimum of a smooth function, for which rounding leaves room
SLOPE = 1e-4  # and of the least mixture of gradients around a point that is one, kinks or not
RADIUS = 1e-6  # around a point, relative to its largest entry, in which gradients are taken
MOST = 200  # weights for which so many gradients are worth their price
FURTHER = 100  # gradients at most that are taken where those drawn do not cancel


def nearly_flat(gradient: np.ndarray) -> bool:
    """Whether a gradient vanishes, as far as rounding lets it; of very many weights nothing else is asked."""
    return bool(np.abs(gradient).max(initial=0.0) <= (FLAT if len(gradient) <= MOST else SLOPE))


def downhill(function: Function, point: np.ndarray, gradient: np.ndarray) -> np.ndarray | None:
    r"""Return a direction in which a function with kinks falls, None if the point is a minimum as far as can be seen.

    .. math:: -\arg\min \{ |d| : d \in \mathrm{conv}\{\nabla f(x_0), \dots, \nabla f(x_{2P})\}\}

    with x₀ the point and the others around it (gradient sampling, Burke, Lewis & Overton 2005): at the bottom of a kink
    the gradients on its sides cancel. The draws are the same each time. Draws miss sides where many kinks meet, so the
    gradient in the direction found joins them, as long as it says that the function rises there.
    """
    if len(point) > MOST:
        return -gradient
    rng, size = np.random.default_rng(0), RADIUS * max(1.0, float(np.abs(point).max()))
    around = rng.standard_normal((2 * len(point), len(point)))
    around *= size / np.linalg.norm(around, axis=1, keepdims=True)
    gradients = np.array([gradient, *(function(point + step)[1] for step in around)])
    least = _least_mixture(gradients)
    for _ in range(FURTHER):
        if np.abs(least).max() <= SLOPE:
            break
        value, there = function(point - size / np.linalg.norm(least) * least)
        if not value < np.inf or there @ least >= 0.5 * (least @ least):  # it still falls
            break
        gradients = np.vstack([gradients, there])
        least = _least_mixture(gradients)
    return None if np.abs(least).max() <= SLOPE else -least


def _least_mixture(gradients: np.ndarray) -> np.ndarray:
    """Return the shortest vector in the convex hull of the rows."""
    unit = float(np.abs(gradients).max()) or 1.0
    # The weights sum to 1: a row of its own that counts for much more than the others.
    weights, _ = scipy.optimize.nnls(
        np.vstack([gradients.T / unit, np.full(len(gradients), 1e3)]), np.append(np.zeros(gradients.shape[1]), 1e3)
    )
    return gradients.T @ (weights / weights.sum())
