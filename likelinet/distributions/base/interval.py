"""Observations of which only two ends are known."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import DataError
from likelinet.core.wording import in_brief
from likelinet.distributions.base.plain import check_plain


@dataclass(frozen=True, eq=False)
class Interval:
    r"""Values y of which is known that lower ≤ y ≤ upper; exact where both ends are equal.

    Right-censored values are [lower, ∞), left-censored ones (-∞, upper].

    Parameters
    ----------
    lower, upper : array_like
        The ends, of equal shape; -inf and inf stand for no end.

    Raises
    ------
    DataError
        If shapes differ, an end is NaN, `lower` exceeds `upper`, or both ends are the same infinity.

    References
    ----------
    Klein & Moeschberger, *Survival Analysis* (2003), chapter 3.

    Examples
    --------
    >>> import likelinet as ll
    >>> y = ll.Interval([1.0, 2.0, -np.inf], [1.0, np.inf, 0.5])
    >>> y.exact.tolist()
    [True, False, False]
    >>> ll.Censored(ll.Gaussian(0.0, 1.0)).log_prob(y).round(4).tolist()
    [-1.4189, -3.7832, -0.3689]
    """

    lower: np.ndarray
    upper: np.ndarray

    def __init__(self, lower: ArrayLike, upper: ArrayLike) -> None:
        for end, name in ((lower, "lower"), (upper, "upper")):
            check_plain(end, f"Interval: {name}", DataError)
        try:
            ends = np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
        except (TypeError, ValueError):
            raise DataError("Interval: lower and upper must be numbers.") from None
        object.__setattr__(self, "lower", ends[0])
        object.__setattr__(self, "upper", ends[1])
        if self.lower.shape != self.upper.shape:
            raise DataError(
                f"Interval: lower has shape {self.lower.shape}, but upper {self.upper.shape}: they must be equal."
            )
        for wrong, what in (
            (np.isnan(self.lower) | np.isnan(self.upper), "an end is NaN"),
            (self.lower > self.upper, "lower is above upper"),
            (self.lower == np.inf, "lower is inf"),
            (self.upper == -np.inf, "upper is -inf"),
        ):
            if wrong.any():
                raise DataError(f"Interval: {what}{_rows(wrong)}.")

    @classmethod
    def right_censored(cls, time: ArrayLike, event: ArrayLike) -> "Interval":
        """Return times that are exact where `event` is true (or 1), and at least `time` where it is not.

        Examples
        --------
        >>> Interval.right_censored([5.0, 8.0], [1, 0])
        Interval(lower=[5. 8.], upper=[ 5. inf])
        """
        for values, name in ((time, "time"), (event, "event")):
            check_plain(values, f"Interval: {name}", DataError)
        time, event = np.asarray(time, dtype=np.float64), np.asarray(event)
        if time.shape != event.shape:
            raise DataError(f"Interval: time has shape {time.shape}, but event {event.shape}: they must be equal.")
        wrong = ~np.isin(event, (0, 1))
        if wrong.any():
            raise DataError(f"Interval: event must be 0 or 1{_rows(wrong)}.")
        return cls(time, np.where(event == 1, time, np.inf))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of either end."""
        return self.lower.shape

    @property
    def exact(self) -> np.ndarray:
        """Mask of the values whose ends are equal."""
        return self.lower == self.upper

    def __len__(self) -> int:
        return len(self.lower)

    def __getitem__(self, rows: Any) -> "Interval":
        return Interval(self.lower[rows], self.upper[rows])

    def __repr__(self) -> str:
        lower, upper = map(in_brief, (self.lower, self.upper))
        return f"Interval(lower={lower}, upper={upper})"


def _rows(wrong: np.ndarray) -> str:
    """Return which rows are wrong, counted from 1, as the end of a sentence."""
    if wrong.ndim == 0:
        return ""
    rows = np.unique(np.argwhere(wrong)[:, 0]) + 1
    first = ", ".join(str(r) for r in rows[:5])
    return f" in row{'s' if len(rows) > 1 else ''} {first}{' …' if len(rows) > 5 else ''}"
