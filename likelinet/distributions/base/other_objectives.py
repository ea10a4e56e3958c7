"""What objectives other than the likelihood ask of a family, as pure functions of its parameters.

Only families with closed forms answer; all others refuse by name.
"""

import math
from typing import NoReturn

import numpy as np

from likelinet.core.arrays import Array, namespace, special
from likelinet.core.errors import UndefinedError
from likelinet.distributions.base.parameter import Backward

VARIANCE, CRPS, INFORMATION = "variance", "CRPS with a gradient", "Fisher information"


class OtherObjectives:
    """The part of every distribution class that trains by something else than the likelihood."""

    @classmethod
    def mean_and_variance(cls, params: tuple[Array, ...]) -> tuple[Array, Array]:
        """Return mean and variance of y per row, on every engine."""
        no_closed_form(cls.__name__, VARIANCE)

    @classmethod
    def crps_loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return the CRPS per row and its backward function to the parameters."""
        no_closed_form(cls.__name__, CRPS)

    @classmethod
    def crps_loss_of_mixture(cls, weights: Array, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return the CRPS of a mixture along the last axis, and its backward function to (weights, *params)."""
        no_closed_form(f"Mixture of {cls.__name__}", CRPS)

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        """Return E[∇ log p ∇ log pᵀ] per row, (..., k, k) for k numbers in the order of the parameters."""
        no_closed_form(cls.__name__, INFORMATION)


def symmetric(*lower: Array | float) -> Array:
    """Return matrices, (..., k, k), from the entries of their lower halves row by row, the first of them an array."""
    xp, k = namespace(lower[0]), math.isqrt(2 * len(lower))
    at = np.empty((k, k), dtype=np.int64)
    rows, cols = np.tril_indices(k)
    at[rows, cols] = at[cols, rows] = np.arange(len(lower))
    return xp.stack(xp.broadcast_arrays(*(xp.asarray(entry) for entry in lower)), axis=-1)[..., at]


def trigamma(x: Array) -> Array:
    """Return the second derivative of log Γ(x)."""
    return special(x).polygamma(1, x)


def no_closed_form(name: str, what: str) -> NoReturn:
    """Refuse what a family does not have."""
    raise UndefinedError(f"{name} has no {what} in closed form")
