"""What a distribution says about each of its parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from likelinet.core.arrays import Array
from likelinet.core.domains import Domain, real

Backward = Callable[[Array], tuple[Array, ...]]
TailsBackward = Callable[[Array, Array], tuple[Array, ...]]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a distribution.

    Parameters
    ----------
    name : str
        Its name, as in torch and NumPyro.
    domain : Domain
        The values it may take.
    role : {"location", "scale", "rate", "log_location", "log_scale", "shape"}
        How it changes when y is shifted and scaled: a "log_location" is a location of log y, which only scaling moves;
        a "log_scale" (a scale of log y) and a "shape" stay as they are.
    event_ndim : int
        How many trailing axes belong to one distribution: 1 for the logits of a Categorical.
    symbol : str
        How formulas write it.
    learned : bool
        Whether training may find it; a number of trials, say, is known for each row.
    link : str, optional
        The default link of a config, where it is not the one that follows from the domain.
    """

    name: str
    domain: Domain = real
    role: Literal["location", "scale", "rate", "log_location", "log_scale", "shape"] = "shape"
    event_ndim: int = 0
    symbol: str = ""
    learned: bool = True
    link: str | None = None
