"""What is refused where numbers are asked for: arrays that NumPy would turn into others without a word."""

from typing import Any

import numpy as np

from likelinet.core.errors import LikelinetError

_INSTEAD = {
    "M": "dates: give them as numbers, say as days since a first day",
    "m": "durations: give them as numbers of one unit, say of days",
    "c": "complex numbers: give their real part, or their absolute value",
}


def check_plain(values: Any, what: str, error: type[LikelinetError]) -> None:
    """Raise `error` with one sentence if `values`, which the message calls `what`, would not be read as they are."""
    if type(values) is float or (type(values) is np.ndarray and values.dtype.kind == "f"):
        return  # as nearly always
    if isinstance(values, np.ma.MaskedArray):
        raise error(
            f"{what} is a masked array, whose mask would be lost: take the values that are not masked with "
            ".compressed(), or fill it with .filled(…)."
        )
    try:
        kind = np.asarray(values).dtype.kind
    except ValueError:
        raise error(f"{what} is a list of lists of different lengths: make them equally long.") from None
    if kind in _INSTEAD:
        raise error(f"{what} holds {_INSTEAD[kind]}.")
