"""What a mixture answers by its components: classes, labels, angles, moments and quantiles."""

import functools
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import ParameterError
from likelinet.core.lazy import scipy
from likelinet.distributions.base.by_rows import in_small_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.plain import check_plain
from likelinet.distributions.base.protocol import CUTS, LogDensity
from likelinet.distributions.base.shapes import on_batch
from likelinet.distributions.classes.categorical import Categorical
from likelinet.distributions.numerics.count_quantiles import both_ends, quantile
from likelinet.distributions.numerics.grids import Grid
from likelinet.distributions.numerics.mass_tables import Cells, Masses, mixed
from likelinet.distributions.numerics.root_finding import invert
from likelinet.distributions.over.family import WrapperFamily
from likelinet.distributions.over.grids import grid_of_mixture
from likelinet.distributions.over.mixture_formulas import log_of_sum, log_weights
from likelinet.distributions.over.same_law import all_alike, answered

_SEEN = 1e-3  # a probability of which an error of 1e-15 takes no digit that counts
_CLOSE = 1e-3  # of log probabilities to 0, where a sum of rounded weights has few digits of them


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

    def given(self, low: ArrayLike = -np.inf, high: ArrayLike = np.inf) -> Distribution:
        """Return the distribution given that y lies between bounds; of several outputs, all of them at once.

        Each component is then taken within the bounds, and its weight grows with the probability that it has there.
        """
        if not self.components.of_outputs or self.y != "number":
            return super().given(low, high)
        for end, name in ((low, "low"), (high, "high")):
            check_plain(end, f"given: {name}", ParameterError)
        low, high = (self._for_outputs(end) for end in (low, high))
        if not np.all(low <= high if self.support.integer else low < high):
            raise ParameterError("given: low must be below high.")
        with np.errstate(all="ignore"):
            log_mass = self.components.log_prob_of_box(low, high)
        nothing = (log_mass == -np.inf) | (self.weights.probs == 0.0)
        none = nothing.all(-1, keepdims=True)
        if none.all():
            raise ParameterError(
                "given: no component of the mixture has any probability of all its outputs between their bounds."
            )
        # Of a component that cannot be within the bounds nothing is needed but the weight 0.
        free = (nothing & ~none)[..., None]
        within = self.components.given(np.where(free, -np.inf, low), np.where(free, np.inf, high))
        return self._mixture(within, np.where(none, 0.0, np.where(nothing, -np.inf, self.logits + log_mass)))

    def log_prob_of_box(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        low, high = (np.expand_dims(end, -2) for end in (low, high))
        of_each = self.components.log_prob_of_box(low, high)
        return scipy.special.logsumexp(scipy.special.log_softmax(self.logits, axis=-1) + of_each, axis=-1)

    def _for_outputs(self, end: ArrayLike) -> np.ndarray:
        """Return bounds with an axis for the components, before that of the outputs."""
        end = self._floats(self._aligned(end), "a bound")
        return np.expand_dims(np.broadcast_to(end, np.broadcast_shapes(end.shape, self.event_shape)), -2)

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

    def mass_table(self, cells: Cells) -> Masses:
        parts = self.components.mass_table(cells.for_parts())
        return mixed(parts, scipy.special.log_softmax(self.logits, axis=-1))

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        some = self.weights.probs > 0.0
        low, high = self.components.bulk()
        return np.where(some, low, np.inf).min(axis=-1), np.where(some, high, -np.inf).max(axis=-1)

    def cuts(self) -> np.ndarray:
        inner = np.moveaxis(self.components.cuts(), -1, 1)
        return inner.reshape(len(inner), -1, *self.batch_shape)

    def jumps(self) -> np.ndarray:
        (least, most), (low, high) = self.components.endpoints(), self.endpoints()
        low, some = low[..., None], self.weights.probs > 0.0
        own = np.where(some, [least, np.where(most < high[..., None], most + 1.0, low)], low)
        inner = np.moveaxis(np.concatenate([own, self.components.jumps()]), -1, 0)
        return inner.reshape(-1, *self.batch_shape)

    def tail_at(self, x: np.ndarray, upper: bool) -> np.ndarray:
        def of_part(part: Distribution, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
            values, some = np.where(x < low, 1.0 if upper else 0.0, 0.0 if upper else 1.0), _inside(x, low, high)
            values[..., some] = part[some].tail_at(x[..., some], upper)
            return values

        weights = np.moveaxis(self.weights.probs, -1, 0)
        return functools.reduce(np.add, (w * v for w, v in zip(weights, self._of_parts(x, of_part), strict=True)))

    def log_bulk_at(self, x: np.ndarray) -> np.ndarray:
        def of_part(part: Distribution, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
            values, some = np.full(x.shape, -np.inf), _inside(x, low, high)
            values[..., some] = part[some].log_bulk_at(x[..., some])
            return values

        log_w = np.moveaxis(scipy.special.log_softmax(self.logits, axis=-1), -1, 0)
        return log_of_sum([v + w for w, v in zip(log_w, self._of_parts(x, of_part), strict=True)])

    def _of_parts(self, x: np.ndarray, f: Callable[..., np.ndarray]) -> Iterator[np.ndarray]:
        """Return f(part, x, low, high) of each component, with the numbers beside which there is nothing of it."""
        low, high = self.components.bulk()
        for k in range(self.logits.shape[-1]):
            yield f(self.components[..., k], x, low[..., k], high[..., k])

    def _if_alike(self, name: str, *of: Any) -> np.ndarray | None:
        """Return what a method says, of rows in which all components are alike by these; None if there are none."""
        return answered(self, self.components[..., 0], all_alike(self.components), name, *of)

    def plain_cdf(self: Any, y: np.ndarray) -> np.ndarray:
        return self._averaged(self.components.plain_cdf(self.spread(y)))

    def _tail(self, y: ArrayLike, upper: bool, log: bool) -> np.ndarray:
        """Return P(Y > y) if `upper`, else P(Y ≤ y), or its logarithm; digits of components where these count."""
        m: Any = self.marginals()
        y = self._aligned(y)
        m._shape_with(y)
        with np.errstate(all="ignore"):
            p = m.plain_cdf(y)
            p = 1.0 - p if upper else p
            values, rough = np.log(p) if log else p, ~((p > _SEEN) & (p < 1.0 - _SEEN))
            if not np.any(rough):
                return values
            values, rows = np.array(values), np.flatnonzero(rough)
            part, y = m.flattened(values.shape)[rows], np.broadcast_to(y, values.shape).reshape(-1)[rows]
            values.reshape(-1)[rows] = (part._log_of_small if log else part._of_small)(y, upper)
        return values[()]

    def _of_small(self: Any, y: np.ndarray, upper: bool) -> np.ndarray:
        """Return P(Y > y) if `upper`, else P(Y ≤ y), with the digits that those of the components have."""
        values = (self.components.sf if upper else self.components.cdf)(self.spread(y))
        # 1 where all are, even if rounded weights sum to less, or to more.
        certain = np.all((values == 1.0) | (self.weights.probs == 0.0), axis=-1)
        return np.where(certain, 1.0, np.minimum(self._averaged(values), 1.0))

    def _log_of_small(self: Any, y: np.ndarray, upper: bool) -> np.ndarray:
        """Return the same as a logarithm; next to 0 by the other tail, which is not rounded."""
        log_w, y_of_each = scipy.special.log_softmax(self.logits, axis=-1), self.spread(y)
        of_parts = self.components.log_sf if upper else self.components.log_cdf
        values = scipy.special.logsumexp(log_w + of_parts(y_of_each), axis=-1)
        rows = np.flatnonzero(values > -_CLOSE)
        if len(rows):
            values[rows] = np.log1p(-self[rows]._of_small(y[rows], not upper))
        return values

    def _resultant(self) -> np.ndarray:
        """Return E[exp(iY)] of angles (Mardia & Jupp, *Directional Statistics*, 2000, section 3.4)."""
        inner = self.components
        return self._averaged((1.0 - inner.var()) * np.exp(1j * inner.mean()))

    def location(self) -> np.ndarray | None:
        inner = None if self.event_shape else self.components.location()
        if inner is None:
            return None
        heaviest = np.argmax(self.weights.probs, axis=-1)[..., None]
        return np.take_along_axis(inner, heaviest, axis=-1)[..., 0]

    def shifted(self, by: np.ndarray) -> Distribution:
        return self._mixture(self.components.shifted(np.expand_dims(by, -1)), self.logits)

    def moments_of_exp(self) -> tuple[np.ndarray, np.ndarray] | None:
        inner = self.components.moments_of_exp()
        if inner is None:
            return None
        return self._moments_of(*inner)

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        return self._ends

    @functools.cached_property
    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        m: Any = self.marginals()
        (low, high), some = m.components.endpoints(), m.weights.probs > 0.0
        if not some.all():
            low, high = (np.where(some, e, np.nan) for e in (low, high))
        return np.fmin.reduce(low, axis=-1), np.fmax.reduce(high, axis=-1)

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        inner = np.moveaxis(self.components.quantile_grid(below), -1, 0)
        inner = inner.reshape((-1, *inner.shape[2:]))
        return np.sort(np.broadcast_to(inner, inner.shape[:1] + self.batch_shape), axis=0)

    def grid(self) -> Grid:
        return grid_of_mixture(self.components, *self.endpoints())

    def log_density(self) -> LogDensity:
        shape, (low, high) = self.batch_shape, self.endpoints()
        # All components at once along a first axis, before those of y.
        first_axis = self.components.map_arrays(
            lambda a, n: np.moveaxis(on_batch(a, (*shape, self.logits.shape[-1]), n), -1 - n, 0)[:, None, None].copy()
        )
        log_w = np.moveaxis(log_weights(self.logits), -1, 0)[:, None, None].copy()
        of_each = first_axis.log_density_within(low, high)

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            terms = of_each(y, x)
            terms += log_w
            total = log_of_sum(terms)
            return total.reshape(np.broadcast_shapes(y.shape, shape))

        return log_density

    def _quantile(self, q: ArrayLike, upper: bool) -> np.ndarray:
        m: Any = self.marginals()
        q = self._floats(q, "q")
        q = np.broadcast_to(q, m._shape_with(q))
        inside = (q > 0.0) & (q < 1.0)
        p = np.where(inside, q, 0.5)

        def guess(part: Any, q: np.ndarray, upper: bool) -> np.ndarray:
            return part._bracket(q, upper)[2]

        with np.errstate(all="ignore"):
            if m.support.integer:
                y = quantile(m, p, guess, upper=upper)
            else:
                low, high, start = m._bracket(p, upper)
                for at in m.atoms:
                    above, before = (m.sf(t) if upper else m.cdf(t) for t in (at, np.nextafter(at, -np.inf)))
                    found = (above <= q) & (before > q) if upper else (above >= q) & (before < q)
                    low, high = np.where(found, at, low), np.where(found, at, high)
                y = invert(m, p, low, high, upper=upper, start=start)
        first, last = (q == 1.0, q == 0.0) if upper else (q == 0.0, q == 1.0)
        return np.select([first, last, inside], [*m.endpoints(), y], np.nan)[()]

    def both_ends(self, q: float) -> tuple[np.ndarray, np.ndarray]:
        counts = self.support.integer and not self.event_shape
        return both_ends(self, q) if counts else super().both_ends(q)

    def _bracket(self, q: np.ndarray, upper: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return numbers between which quantiles lie, and a guess of them."""
        w = self.weights.probs
        inner = self.components.isf(q[..., None]) if upper else self.components.ppf(q[..., None])
        # The quantile of a mixture lies between the smallest and the largest of its components' quantiles.
        possible = np.where(w > 0.0, inner, np.nan)
        low, high = np.fmin.reduce(possible, axis=-1), np.fmax.reduce(possible, axis=-1)
        # Their mean is the quantile itself if they are equal; on a log scale where they are powers of 2 apart.
        power = (low > 0.0) & (high > 4.0 * low)
        start = np.nansum(w * np.where(power[..., None], np.log(possible), possible), axis=-1)
        return low, high, np.where(power, np.exp(start), start)


def _inside(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the rows, the last axis, of which some x lie between two numbers, or these are not known."""
    return np.flatnonzero(np.any(~((x < low) | (x > high)), axis=tuple(range(x.ndim - 1))))
