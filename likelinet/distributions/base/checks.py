"""What every distribution checks of its arguments, with the sentence that says what is wrong."""

from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import forwards
from likelinet.core.domains import Domain, unit_interval
from likelinet.core.errors import DataError, ParameterError, UndefinedError
from likelinet.core.lazy import scipy
from likelinet.distributions.base.plain import check_plain


def shape_with(d: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a distribution's results for an argument of this shape, which must go with its batch."""
    try:
        return np.broadcast_shapes(d.batch_shape, shape)
    except ValueError:
        column = (-1, *[1] * len(d.batch_shape))
        raise DataError(
            f"{type(d).__name__}: an argument of shape {shape} does not go with batch_shape {d.batch_shape}: pass one "
            f"value for each distribution, or several for all with .reshape{column}."
        ) from None


class Checks:
    """Checks of the arguments of methods."""

    def _shape_with(self: Any, y: np.ndarray) -> tuple[int, ...]:
        return shape_with(self, y.shape)

    def _undefined(self: Any, method: str) -> NoReturn:
        raise UndefinedError(f"{type(self).__name__} has no {method}.")

    def _numbers(self: Any, y: ArrayLike) -> np.ndarray:
        """Return y as floats, once `_aligned` has checked its shape."""
        return self._floats(self._aligned(y), "y")

    def _floats(self: Any, values: ArrayLike, name: str) -> np.ndarray:
        check_plain(values, f"{type(self).__name__}: {name}", DataError)
        try:
            return np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError):
            first = values.flat[0] if isinstance(values, np.ndarray) else values
            raise DataError(f"{type(self).__name__}: {name} must be numbers, not {first!r:.60}.") from None

    def _aligned(self: Any, y: ArrayLike) -> np.ndarray:
        """Return y as an array, refusing the silent (n,) against (n, 1) broadcast."""
        check_plain(y, f"{type(self).__name__}: y", DataError)
        y = forwards(np.asarray(y))
        if (
            len(self.batch_shape) >= 1
            and y.shape == (*self.batch_shape, *self.event_shape, 1)
            and self.batch_shape[-1] > 1
        ):
            raise DataError(
                f"y has shape {y.shape} but there are {self.batch_shape[-1]} distributions with one value each: "
                f"pass y of shape {self.batch_shape + self.event_shape}, for example y[..., 0]."
            )
        return y


def logits_from(
    logits: ArrayLike | None, probs: ArrayLike | None, family: str, within: Domain = unit_interval
) -> np.ndarray:
    """Return logits from whichever of the two was given; probabilities lie `within` this domain."""
    if (logits is None) == (probs is None):
        raise ParameterError(f"{family} takes either logits or probs.")
    given, name = (logits, "logits") if probs is None else (probs, "probs")
    check_plain(given, f"{family}: {name}", ParameterError)
    if probs is None:
        return np.asarray(logits, dtype=np.float64)
    p = np.asarray(probs, dtype=np.float64)
    inside = within.contains(p)
    if not inside.all():
        raise ParameterError(f"{family}: probs must be {within.description}, got {p[~inside].flat[0]}.")
    return scipy.special.logit(p)
