"""What is to be a distribution itself: the base of another one, or the other side of a divergence."""

from typing import Any

from likelinet.core.errors import ParameterError, UndefinedError
from likelinet.distributions.base.distribution import Distribution


def check_base(base: Any, of: str, what: str = "base must be a distribution") -> None:
    """Raise `ParameterError` if what the distribution called `of` is made of is none."""
    if not isinstance(base, Distribution):
        raise ParameterError(f"{of}: {what}, not {base!r:.60}.")


def check_other(other: Any) -> None:
    """Raise `UndefinedError` if there is no distribution to diverge from."""
    if not isinstance(other, Distribution):
        raise UndefinedError(f"kl_divergence needs a distribution on the other side, not {other!r:.60}.")


def check_same_kind(d: Distribution, other: Any) -> None:
    """Raise `UndefinedError` if `d`, of one number, has no Kullback-Leibler divergence from `other`."""
    check_other(other)
    if other.event_shape != () or other.support.integer != d.support.integer:
        raise UndefinedError(f"kl_divergence between {type(d).__name__} and {type(other).__name__} is not defined.")
