"""Which floating-point numbers each array of a model is made of: decided here alone."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Precision:
    """The dtypes of a model.

    Parameters
    ----------
    network : dtype
        Of x, the weights, the raw outputs and the optimiser's state.
    loss : dtype
        Of y, the weights of rows, and the parameters of the family.
    columns : dtype
        Of what the head reads from the table: a number of trials, say, must stay exact.
    """

    network: np.dtype[Any]
    loss: np.dtype[Any]
    columns: np.dtype[Any]


@lru_cache
def precision(network: Any, stable_in_float32: bool) -> Precision:
    """Return the dtypes beside that of the network: a loss that is not stable in single precision is double."""
    own, double = np.dtype(network), np.dtype(np.float64)
    return Precision(own, own if stable_in_float32 else double, double)
