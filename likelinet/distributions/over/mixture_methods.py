"""The public methods of a mixture, over whatever its components are."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import DataError
from likelinet.core.lazy import scipy
from likelinet.distributions.base.by_rows import in_blocks, in_small_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.one_number import at_finite
from likelinet.distributions.base.operands import check_other
from likelinet.distributions.base.shapes import with_axes
from likelinet.distributions.classes.categorical import Categorical
from likelinet.distributions.classes.numeric_levels import Levels
from likelinet.distributions.numerics import modes, quadrature, short_tails
from likelinet.distributions.numerics.short_tails import ShortTails
from likelinet.distributions.over.family import WrapperFamily
from likelinet.distributions.over.mixture_answers import AnswersByComponents


class OverComponents(AnswersByComponents):
    """A mixture of `components`, along their last batch axis, of one family or of several."""

    def _hold(self, components: Distribution, weights: Categorical, family: WrapperFamily) -> None:
        """Keep the components along their last batch axis, which say what y is, and the weights of the same shape."""
        self.components, self.weights, self.batch_shape = components, weights, weights.batch_shape
        self.event_shape = components.event_shape
        self.y, self.ordered, self.is_angle = components.y, components.ordered, components.is_angle
        self.of_outputs, self.classes = components.of_outputs, components.classes
        self.family, self.support, self.atoms = family, family.support, family.atoms

    def _of_what(self) -> str:
        """Return what errors call the components."""
        return type(self.components).__name__

    def _moved_weights(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Categorical:
        """Return the weights with f(logits, 1), which moves rows; they are known to be sound."""
        logits = f(self.logits, 1)
        return Categorical._unchecked(logits=logits, batch_shape=logits.shape[:-1], support=self.weights.support)

    def as_numbers(self) -> Distribution:
        numbers = self.components.as_numbers()
        if numbers is self.components or self.event_shape:
            return self
        return Levels(numbers.values, self.class_probabilities())  # type: ignore[reportAttributeAccessIssue]

    def dispersed(self, factor: float, step: np.ndarray | float) -> Distribution | None:
        inner = self.components.dispersed(factor, step)
        return None if inner is None else self._mixture(inner, self.logits)

    def log_prob_of_intervals(self, y: Interval) -> np.ndarray:
        return self.log_prob(y)

    @in_blocks
    def log_prob(self, y: ArrayLike | Interval) -> np.ndarray:
        """Return the log density or mass of y; of intervals their log probability, where the components take them."""
        if isinstance(y, Interval):
            log_w = scipy.special.log_softmax(self.logits, axis=-1)
            return scipy.special.logsumexp(self._of_intervals(y) + log_w, axis=-1)
        y = with_axes(self._aligned(y), len(self.event_shape))
        with np.errstate(all="ignore"):
            return -self.family.loss((self.logits,), y)[0][()]

    def _of_intervals(self, y: Interval) -> np.ndarray:
        """Return the log probability of intervals under each component."""
        if not (self.components.takes_intervals or self.components.of_outputs):
            raise DataError(
                f"{type(self).__name__}: y is made of intervals, which {self._of_what()} does not take: "
                "put Censored around the mixture."
            )
        return self.components.log_prob_of_intervals(Interval(self._for_each(y.lower), self._for_each(y.upper)))

    def _for_each(self, y: ArrayLike) -> np.ndarray:
        return self.spread(self._aligned(y))

    @in_blocks
    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self._tail(y, upper=False, log=False)

    @in_blocks
    def sf(self, y: ArrayLike) -> np.ndarray:
        return self._tail(y, upper=True, log=False)

    @in_blocks
    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        return self._tail(y, upper=False, log=True)

    @in_blocks
    def log_sf(self, y: ArrayLike) -> np.ndarray:
        return self._tail(y, upper=True, log=True)

    @in_blocks
    def ppf(self, q: ArrayLike) -> np.ndarray:
        m = self.marginals()
        return self._quantile(q, upper=False) if m is self else m.ppf(q)

    @in_blocks
    def isf(self, q: ArrayLike) -> np.ndarray:
        m = self.marginals()
        return self._quantile(q, upper=True) if m is self else m.isf(q)

    @in_small_blocks
    def mode(self) -> np.ndarray:
        """Return the most probable y, for several outputs that of each by itself."""
        classes = self.class_marginals()
        if classes is not None:
            return classes.mode()
        if self.event_shape:
            each = self.marginals()
            if each is self:
                self._undefined("mode for several outputs")
            return each.mode()
        return modes.highest(self, self.peaks())

    @in_small_blocks
    def entropy(self) -> np.ndarray:
        if self.event_shape:
            self._undefined("entropy for several outputs")
        classes = self.class_marginals()
        if classes is not None:
            return classes.entropy()
        with np.errstate(all="ignore"):
            exact = self._if_alike("entropy")
            return quadrature.entropy(self) if exact is None else exact

    @in_small_blocks
    def kl_divergence(self, other: Distribution) -> np.ndarray:
        check_other(other)
        if self.event_shape:
            self._undefined("kl_divergence for several outputs")
        classes = self.class_marginals()
        if classes is not None and not self.components.has_cdf:
            return classes.kl_divergence(other.class_marginals() or other)
        with np.errstate(all="ignore"):
            exact = self._if_alike("kl_divergence", other)
            return np.maximum(quadrature.kl_divergence(self, other), 0.0)[()] if exact is None else exact

    @in_small_blocks
    def gini_mean_difference(self) -> np.ndarray:
        m: Any = self.marginals()
        if m is not self:
            return m.gini_mean_difference()
        if not m.components.has_cdf:
            self._undefined(f"gini_mean_difference: its components are {m._of_what()}")
        with np.errstate(all="ignore"):
            exact, median = m._if_alike("gini_mean_difference"), m.ppf(0.5)
            if exact is not None:
                return exact
            return quadrature.gini_mean_difference(quadrature.mean_deviation(m, median), m.crps(median))

    @in_small_blocks
    def crps(self, y: ArrayLike) -> np.ndarray:
        m: Any = self.marginals()
        if m is not self:
            return m.crps(y)
        if not m.components.has_cdf:
            self._undefined(f"crps: its components are {m._of_what()}")
        y = self._numbers(y)

        def finite(y: np.ndarray) -> np.ndarray:
            exact = m.components.crps_of_mixture(m.weights.probs, y)
            exact = m._if_alike("crps", y) if exact is None else exact
            parts = m.short_tails() if exact is None else None
            if parts is not None:
                return short_tails.crps(parts, np.broadcast_to(y, m._shape_with(y)))
            return quadrature.crps(m, y) if exact is None else exact

        return at_finite(finite, y, m._shape_with(y))

    def short_tails(self) -> list[ShortTails] | None:
        parts, probs = self.components.short_tails(), self.weights.probs
        return None if parts is None else [p.weighted(probs).along_last() for p in parts]

    def spread(self, y: np.ndarray) -> np.ndarray:
        """Return y with an axis for the components, repeated along it."""
        n = min(len(self.event_shape), y.ndim)
        y = np.expand_dims(y, -1 - n)
        return np.broadcast_to(y, (*y.shape[: y.ndim - n - 1], self.components.batch_shape[-1], *y.shape[y.ndim - n :]))

    def log_prob_between(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        m: Any = self.marginals()
        low, high = (m._aligned(end) for end in (low, high))
        for end in (low, high):
            m._shape_with(end)
        with np.errstate(all="ignore"):
            return m.family.log_interval((m.logits,), low, high)[0][()]
