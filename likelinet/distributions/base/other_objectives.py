"""What objectives other than the likelihood ask of a family, as pure functions of its parameters.

Only families with closed forms answer; all others refuse by name.
"""

from typing import NoReturn

from likelinet.core.arrays import Array
from likelinet.core.errors import UndefinedError
from likelinet.distributions.base.parameter import Backward

VARIANCE, CRPS = "variance", "CRPS with a gradient"


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


def no_closed_form(name: str, what: str) -> NoReturn:
    """Refuse what a family does not have."""
    raise UndefinedError(f"{name} has no {what} in closed form")
