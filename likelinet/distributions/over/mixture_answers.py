"""What a mixture answers by its components: classes, labels, angles, moments and quantiles."""

import functools
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.lazy import scipy
from likelinet.distributions.base.by_rows import in_small_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.classes.categorical import Categorical
from likelinet.distributions.numerics.count_quantiles import least_count
from likelinet.distributions.numerics.grids import Grid
from likelinet.distributions.numerics.root_finding import invert
from likelinet.distributions.over.family import WrapperFamily
from likelinet.distributions.over.grids import grid_of_mixture


class AnswersByComponents(Distribution):
    """A mixture of `components` with `weights`, as the rest of the package asks it."""

    _sees_to_support = True
    components: Distribution
    weights: Categorical
    family: WrapperFamily

    def row_bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        return self.family.bounds

    def underlying(self) -> Distribution:
        return self.components

    def own_values(self) -> dict[str, np.ndarray]:
        return {"weight": self.weights.probs}

    @property
    def unusable(self) -> np.ndarray | None:
        inner = self.components.unusable
        return None if inner is None else np.any(inner, axis=-1)

    @property
    def logits(self) -> np.ndarray:
        """Unnormalised log-weights, shape (..., K)."""
        return self.weights.logits

    @property
    def probs(self) -> np.ndarray:
        """Weights, shape (..., K), summing to one; where y is a class, the probability of each class instead."""
        return self.weights.probs if self.y != "class" else self.class_probabilities()

    @abstractmethod
    def _mixture(self, components: Distribution, logits: np.ndarray) -> Distribution:
        """Return another mixture."""

    def class_marginals(self) -> Distribution | None:
        each: Any = self.marginals()
        inner = each.components.class_marginals()
        return None if inner is None else inner.mixed_classes(scipy.special.log_softmax(each.logits, axis=-1))

    def class_probabilities(self) -> np.ndarray:
        classes = self.class_marginals()
        return super().class_probabilities() if classes is None else classes.class_probabilities()

    def labelled(self, classes: np.ndarray) -> Distribution:
        return self._mixture(self.components.labelled(classes), self.logits)

    def turned(self, by: np.ndarray) -> Distribution:
        return self._mixture(self.components.turned(np.expand_dims(by, len(self.batch_shape))), self.logits)

    def censored_outermost(self) -> Distribution:
        if not self.components.takes_intervals:
            return self
        outermost = self.components.mixed(scipy.special.log_softmax(self.logits, axis=-1))
        assert outermost is not None
        return outermost

    @in_small_blocks
    def mean(self) -> np.ndarray:
        """Return E[Y]; of angles the mean direction."""
        m: Any = self.marginals()
        if m.components.is_angle:
            return np.angle(m._resultant())
        with np.errstate(all="ignore"):
            return m._averaged(m.components.mean())

    @in_small_blocks
    def var(self) -> np.ndarray:
        """Return the variance; of angles the circular one."""
        m: Any = self.marginals()
        if m.components.is_angle:
            return 1.0 - np.abs(m._resultant())
        return m._moments_of(m.components.mean(), m.components.var())[1]

    def linear_moments(self) -> tuple[np.ndarray, np.ndarray]:
        if not self.components.is_angle:
            return self.mean(), self.var()
        return self._moments_of(*self.components.linear_moments())

    def _moments_of(self, means: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance from those of the components."""
        with np.errstate(all="ignore"):
            mean = self._averaged(means)
            # Where one varies without bound, so does the mixture, however far away it is.
            spread = np.where(np.isinf(variances), variances, variances + (means - mean[..., None]) ** 2)
            return mean, self._averaged(spread)

    def _averaged(self, values: np.ndarray) -> np.ndarray:
        """Return the weighted mean of what the components say; what one of weight 0 says does not count."""
        w = self.weights.probs
        return np.sum(w * np.where(w > 0.0, values, 0.0), axis=-1)

    def peaks(self) -> np.ndarray:
        inner = self.components.peaks()
        inner = self.components.mode()[..., None] if inner is None else inner
        return inner.reshape(*self.batch_shape, inner.shape[-2] * inner.shape[-1])

    def masses(self, k: np.ndarray) -> np.ndarray:
        return self._average(lambda c, t: c.masses(t), k)

    def _average(self, f: Callable[[Distribution, np.ndarray], np.ndarray], y: ArrayLike) -> np.ndarray:
        m: Any = self.marginals()
        return m._averaged(f(m.components, m.spread(self._aligned(y))))

    def _log_average(self, f: Callable[[Distribution, np.ndarray], np.ndarray], y: ArrayLike) -> np.ndarray:
        m: Any = self.marginals()
        log_w = scipy.special.log_softmax(m.logits, axis=-1)
        return scipy.special.logsumexp(log_w + f(m.components, m.spread(self._aligned(y))), axis=-1)

    def _resultant(self) -> np.ndarray:
        """Return E[exp(iY)] of angles (Mardia & Jupp, *Directional Statistics*, 2000, section 3.4)."""
        inner = self.components
        return self._averaged((1.0 - inner.var()) * np.exp(1j * inner.mean()))

    def moments_of_exp(self) -> tuple[np.ndarray, np.ndarray] | None:
        inner = self.components.moments_of_exp()
        if inner is None:
            return None
        return self._moments_of(*inner)

    def grid(self) -> Grid:
        return grid_of_mixture(self.components, *self.endpoints())

    def log_prob_at(self, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        log_w = scipy.special.log_softmax(self.logits, axis=-1)
        ends, each = self.endpoints(), (self.components[..., k] for k in range(log_w.shape[-1]))
        terms = [log_w[..., k] + c.log_prob_as_part(y, x, *ends) for k, c in enumerate(each)]
        top = functools.reduce(np.maximum, terms)
        top = np.where(np.abs(top) < np.inf, top, 0.0)
        total = np.exp(terms[0] - top)
        for term in terms[1:]:
            total += np.exp(term - top)
        return np.log(total) + top

    def _quantile(self, q: ArrayLike, upper: bool) -> np.ndarray:
        m: Any = self.marginals()
        q = self._floats(q, "q")
        inner = m.components.isf(q[..., None]) if upper else m.components.ppf(q[..., None])
        # The quantile of a mixture lies between the smallest and the largest of its components' quantiles.
        possible = np.where(m.weights.probs > 0.0, inner, np.nan)
        low, high = np.fmin.reduce(possible, axis=-1), np.fmax.reduce(possible, axis=-1)
        q = np.broadcast_to(q, np.broadcast_shapes(q.shape, low.shape))
        inside = (q > 0.0) & (q < 1.0)
        with np.errstate(all="ignore"):
            # Their mean is the quantile itself if they are equal; on a log scale where they are powers of 2 apart.
            power = (low > 0.0) & (high > 4.0 * low)
            possible = np.where(power[..., None], np.log(possible), possible)
            start = np.nansum(m.weights.probs * possible, axis=-1)
            start = np.where(power, np.exp(start), start)
            if m.support.integer:
                y = least_count(m, np.where(inside, q, 0.5), start, upper=upper)
            else:
                ends = [low, high]
                for at in m.atoms:
                    above, before = (m.sf(t) if upper else m.cdf(t) for t in (at, np.nextafter(at, -np.inf)))
                    found = (above <= q) & (before > q) if upper else (above >= q) & (before < q)
                    ends = [np.where(found, at, e) for e in ends]
                y = invert(m, q, *ends, upper=upper, start=start)
        first, last = (q == 1.0, q == 0.0) if upper else (q == 0.0, q == 1.0)
        return np.select([first, last, inside], [low, high, y], np.nan)[()]
