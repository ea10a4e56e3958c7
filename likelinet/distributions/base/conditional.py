"""The distribution of y given that it lies between two bounds."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import ParameterError
from likelinet.core.lazy import LazyModule
from likelinet.distributions.base.plain import check_plain

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution
    from likelinet.distributions.over import truncated
else:  # it lies above what it is made of: only whoever asks for it needs it
    truncated = LazyModule("likelinet.distributions.over.truncated")


class Conditional:
    """What every distribution offers of itself within bounds."""

    def given(self: Any, low: ArrayLike = -np.inf, high: ArrayLike = np.inf) -> "Distribution":
        r"""Return the distribution of Y given that low ≤ Y ≤ high; both bounds belong to it, as those of `Truncated`.

        .. math:: p(y \mid a \le Y \le b) = \frac{p(y)}{P(a \le Y \le b)}

        With the predicted distribution of a lifetime, ``d.given(low=t).sf(t + s)`` is the probability of surviving
        another s for what has survived t. Of several outputs it is that given that each lies between its own bounds;
        those of an ensemble, a mixture of independent outputs, stay one: of components within the bounds.

        Of counts p(a) and p(b) belong to it, whereas `prob_between` leaves out p(a). Classes have no such
        distribution, even those in an order, since what is left would be other classes.

        Parameters
        ----------
        low, high : array_like
            Bounds a < b, of whole numbers a ≤ b; -inf or inf for none. Their shapes broadcast with `batch_shape` (of
            several outputs with batch_shape + event_shape), so that each row may have its own.

        Returns
        -------
        Distribution

        Raises
        ------
        ParameterError
            If these are no such bounds, or nothing lies between them in any row. A row in which nothing does,
            among others, answers nan, and a warning names it.
        UndefinedError
            If y is a class, or a vector that is not of independent outputs, nor a mixture of such: its probability of a
            box has no closed form.

        Examples
        --------
        >>> import likelinet as ll
        >>> d = ll.Weibull(scale=[1.0, 3.0], concentration=2.0)
        >>> d.given(low=[1.0, 2.0]).sf(2.5).round(4).tolist()
        [0.0052, 0.7788]
        """
        if self.y == "class" and not self.numeric:
            self._undefined("given: its y is a class")
        if self.event_shape:
            self._undefined("given for several outputs")
        of = self.censored_outermost()
        if of is not self:
            return of.given(low, high)
        for end, name in ((low, "low"), (high, "high")):
            check_plain(end, f"given: {name}", ParameterError)
            self._shape_with(self._aligned(end))
        return truncated.Truncated(self, low, high)
