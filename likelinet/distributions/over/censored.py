"""The likelihood of values of which only an interval is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace, never
from likelinet.core.domains import Domain
from likelinet.core.wording import called
from likelinet.distributions.base.by_rows import in_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import open_end
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.base.passed_on import PassedOn
from likelinet.distributions.base.protocol import CUTS, LogDensity
from likelinet.distributions.base.shapes import Rng
from likelinet.distributions.numerics.grids import Grid
from likelinet.distributions.numerics.mass_tables import Cells, Masses
from likelinet.distributions.over.family import WrapperFamily
from likelinet.distributions.over.mixture import combined
from likelinet.distributions.over.wrapper import Wrapper


@dataclass(frozen=True)
class CensoredFamily(WrapperFamily):
    """Another family of which some y are known only to lie in an interval: see `data.target`.

    The loss has y of shape (..., 2): the ends of an interval, equal where y is known exactly.

    Parameters
    ----------
    base : Family
        The family of y itself.
    """

    kind = "censored"
    other_names = (
        called("censoring interval_censored")
        | called(
            "survival time_to_event aft accelerated_failure_time",
            "did you mean {kind: censored, base: {kind: weibull}}, with data.target: {time: …, event: …}?",
        )
        | called(
            "cox coxph proportional_hazards",
            "there is no Cox model: {kind: censored, base: {kind: weibull, concentration: shared}} has proportional "
            "hazards",
        )
        | called("tobit", "did you mean {kind: censored, base: {kind: gaussian}}?")
    )
    takes_intervals = True

    @property
    def event_ndim(self) -> int:
        return 1

    def possible(self, y: np.ndarray) -> np.ndarray:
        lower, upper, support = y[..., 0], y[..., 1], self.support
        exact = lower == upper
        beside = (upper < support.low) | (lower > support.high)
        beside |= (upper == support.low) & (not support.closed[0]) | (lower == support.high) & (not support.closed[1])
        beside |= np.isfinite(lower) & (lower < support.low) | np.isfinite(upper) & (upper > support.high)
        beside |= (np.ceil(lower) > np.floor(upper)) if support.integer else False
        return np.where(exact, self.base.possible(lower), ~beside)

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        lower, upper = y[..., 0], y[..., 1]
        xp = namespace(lower)
        exact = lower == upper
        parts = []
        if not never(exact):
            values, backward = self.base.loss(params, xp.where(exact, lower, self.support.anchor))
            parts.append((exact, values, backward))
        if not never(~exact):
            # The lower end belongs to the interval.
            open_lower = xp.where(exact, -xp.inf, open_end(self.base, lower))
            log_p, backward = self.base.log_interval(params, open_lower, xp.where(exact, xp.inf, upper))
            parts.append((~exact, -log_p, lambda d, back=backward: back(-d)))

        def total(d: Array) -> tuple[Array, ...]:
            grads = [back(xp.where(rows, d, 0.0)) for rows, _, back in parts]
            return tuple(sum(g[1:], start=g[0]) for g in zip(*grads, strict=True))

        return sum(xp.where(rows, values, 0.0) for rows, values, _ in parts), total

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return self.base.log_interval(params, low, high)

    def has_density(self, y: np.ndarray) -> np.ndarray:
        return (y[..., 0] == y[..., 1]) & self.base.has_density(y[..., 0])

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Censored(self.base.distribution(params))

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """Return those of the base, as if every y were the middle of its interval, or its only finite end."""
        middle = middle_of(y[:, 0], y[:, 1], self.support)
        known = np.isfinite(middle)
        middle = middle[known]
        return self.base.estimate(np.round(middle) if self.support.integer else middle, weight[known])


def middle_of(lower: np.ndarray, upper: np.ndarray, support: Domain) -> np.ndarray:
    """Return the middle of each interval within a support, or its only finite end; nan where it tells nothing."""
    nothing = (lower <= support.low) & (upper >= support.high) & (lower < upper)
    lower, upper = np.where(nothing, np.nan, np.maximum(lower, support.low)), np.minimum(upper, support.high)
    lower, upper = np.where(np.isinf(lower), upper, lower), np.where(np.isinf(upper), lower, upper)
    return 0.5 * lower + 0.5 * upper


class Censored(PassedOn, Wrapper):
    r"""A distribution whose values may be seen as intervals: its likelihood is then their probability.

    .. math:: \log L = \begin{cases} \log p_0(y) & \text{where } y = l = u \\
        \log P_0(l \le Y \le u) & \text{where } l < u \end{cases}

    The censoring itself is no part of it: every other method is that of the uncensored y, the base's.

    Parameters
    ----------
    base : Distribution
        A univariate distribution p₀, continuous or of whole numbers.

    Raises
    ------
    ParameterError
        If `base` is not a distribution of one number, or is Censored itself.

    References
    ----------
    Klein & Moeschberger, *Survival Analysis* (2003), section 3.5.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Censored(ll.Gamma(1.0, rate=0.5))
    >>> y = ll.Interval.right_censored([2.0, 3.0], event=[1, 0])
    >>> d.log_prob(y).round(4).tolist()
    [-1.6931, -1.5]
    """

    takes_intervals = True
    purpose = "of some y only an interval is known"
    support_in_words = "that of its `base`; or an interval"

    def __init__(self, base: Distribution) -> None:
        self._wrap(base)
        self._over(CensoredFamily(Closed(base)))

    @in_blocks
    def log_prob(self, y: ArrayLike | Interval) -> np.ndarray:
        """Return the log density or mass of a number, and the log probability of an interval, both ends included."""
        if not isinstance(y, Interval):
            return self.base.log_prob(self._values(y))
        lower, upper = self._values(y.lower), self._values(y.upper)
        with np.errstate(all="ignore"):
            values = -np.asarray(self._loss(np.stack([lower, upper], axis=-1)))
        return np.broadcast_to(values, self._shape_with(lower)).copy()[()]

    def log_prob_of_intervals(self, y: Interval) -> np.ndarray:
        return self.log_prob(y)

    def mixed(self, log_weights: np.ndarray) -> Distribution:
        return Censored(combined(self.base, log_weights))

    def nll(self, y: ArrayLike | Interval) -> np.ndarray:
        """Return -log p(y), the loss that training minimises."""
        return -self.log_prob(y)

    def given(self, low: ArrayLike = -np.inf, high: ArrayLike = np.inf) -> Distribution:
        """Return the distribution of the uncensored Y given that low ≤ Y ≤ high, of which intervals may be seen."""
        return Censored(self.base.given(low, high))

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        return self.base.endpoints()

    def log_prob_between(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        return self.base.log_prob_between(low, high)

    def _answering(self) -> Distribution:
        return self.base

    def _seen(self, y: ArrayLike) -> ArrayLike:
        return y

    def mode(self) -> np.ndarray:
        return self.base.mode()

    def entropy(self) -> np.ndarray:
        return self.base.entropy()

    def kl_divergence(self, other: Distribution) -> np.ndarray:
        return self.base.kl_divergence(other.base if isinstance(other, Censored) else other)

    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        return self.base.sample(sample_shape, rng)

    def mass_table(self, cells: Cells) -> Masses:
        return self.base.mass_table(cells)

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        return self.base.bulk()

    def grid(self) -> Grid:
        return self.base.grid()

    def log_density(self) -> LogDensity:
        return self.base.log_density()

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        return self.base.quantile_grid(below)
