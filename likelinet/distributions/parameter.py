"""What a distribution says about each of its parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from likelinet.arrays import Array
from likelinet.domains import Domain, real

Backward = Callable[[Array], tuple[Array, ...]]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a distribution.

    Parameters
    ----------
    name : str
        Its name, as in torch and NumPyro.
    domain : Domain
        The values it may take.
    role : {"location", "scale", "rate", "shape"}
        How it changes when y is shifted and scaled; a "shape" stays as it is.
    event_ndim : int
        How many trailing axes belong to one distribution: 1 for the logits of a Categorical.
    symbol : str
        How formulas write it.
    """

    name: str
    domain: Domain = real
    role: Literal["location", "scale", "rate", "shape"] = "shape"
    event_ndim: int = 0
    symbol: str = ""
