"""What a training has given, as a file can hold it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.core.errors import DivergedError, NonFiniteError
from likelinet.training.carried import Carried
from likelinet.training.history import History

_FAILURES = {error.__name__: error for error in (NonFiniteError, DivergedError)}


@dataclass(frozen=True)
class Finished:
    """What a training has given that has come to its end.

    Parameters
    ----------
    theta : ndarray, shape (M, P)
        The weights that are kept, in the units of the model.
    history : History
        Of its epochs.
    heading : ndarray, shape (M, P), or None
        The last step of each member, where such a step tells where a search was going.
    cut_off : str or None
        What time has cut off.
    carried : Carried or None
        What another training may go on with.
    failure : Exception or None
        A loss that is not finite, or rose.
    seconds : float
        How long it took.
    """

    theta: np.ndarray
    history: History
    heading: np.ndarray | None
    cut_off: str | None
    carried: Carried | None
    failure: NonFiniteError | DivergedError | None
    seconds: float

    def to_plain(self) -> dict[str, Any]:
        """Return it as arrays and what JSON knows."""
        failure = self.failure
        return {
            **vars(self),
            "history": self.history.to_json(),
            "carried": None if self.carried is None else vars(self.carried),
            "failure": None if failure is None else [type(failure).__name__, str(failure)],
        }

    @staticmethod
    def from_plain(data: dict[str, Any]) -> "Finished":
        """Return what `to_plain` wrote."""
        carried, failure = data["carried"], data["failure"]
        own = {
            "history": History.from_json(data["history"]),
            "carried": None if carried is None else Carried(**carried),
            "failure": None if failure is None else _FAILURES[failure[0]](failure[1]),
        }
        return Finished(**{**data, **own})
