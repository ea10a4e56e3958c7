"""What follows from other methods, the same for every distribution."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import ParameterError
from likelinet.distributions.base.named_rows import names_rows


class Derived:
    """Methods that are others in other words."""

    @names_rows
    def nll(self: Any, y: ArrayLike) -> np.ndarray:
        """Return -log p(y), the loss that training minimises."""
        return -self.log_prob(y)

    @names_rows
    def std(self: Any) -> np.ndarray:
        """Return the standard deviation."""
        return np.sqrt(self.var())

    @names_rows
    def median(self: Any) -> np.ndarray:
        """Return the 0.5 quantile."""
        return self.ppf(0.5)

    @names_rows
    def prob_between(self: Any, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        """Return P(low < Y ≤ high), accurate where a difference of cdfs would cancel; the ends may be infinite.

        The lower end is outside and the upper one within, so that intervals side by side add up: of counts, and of
        single values that have a probability, what lies at `low` does not count; P(a ≤ Y ≤ b) of whole numbers is
        ``d.prob_between(a - 1, b)``. It is 0 where low ≥ high. Ordered classes are their codes 0, 1, …; of several
        outputs it is that of each by itself.

        Raises
        ------
        UndefinedError
            If y is a class without order, or a label.
        """
        each = self.marginals()
        if each is not self:
            return each.prob_between(low, high)
        return np.exp(self.log_prob_between(self._numbers(low), self._numbers(high)))

    @names_rows
    def interval(self: Any, confidence: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the central interval that holds y with probability `confidence`, in (0, 1)."""
        level = self._floats(confidence, "confidence")
        if level.shape or not 0.0 < level < 1.0:
            raise ParameterError(f"interval: confidence must lie between 0 and 1, got {confidence!r:.60}.")
        beside = 0.5 - 0.5 * float(level)
        return self.both_ends(beside)
