"""What zero inflation and hurdles share: a zero that is drawn on its own beside another distribution."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace, softplus_and_sigmoid
from likelinet.core.domains import Domain, extended_real
from likelinet.core.errors import ParameterError
from likelinet.core.lazy import scipy
from likelinet.core.wording import in_brief
from likelinet.distributions.base.checks import logits_from
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Family, Standardisation
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.protocol import CUTS, LogDensity
from likelinet.distributions.base.usable_rows import refuse_or_note
from likelinet.distributions.numerics import quadrature
from likelinet.distributions.numerics.count_modes import TIE
from likelinet.distributions.numerics.estimates import LEAST
from likelinet.distributions.numerics.grids import Grid, joined, points
from likelinet.distributions.numerics.mass_tables import Cells, Masses, with_zero
from likelinet.distributions.over.family import WrapperFamily
from likelinet.distributions.over.wrapper import Wrapper


@dataclass(frozen=True)
class ZerosFamily(WrapperFamily):
    """Zero with the probability of its first parameter, the gate; else from `base`."""

    parameters = (Parameter("gate_logits", symbol="log π/(1-π)"),)
    adds_zeros = True
    keeps_density = False

    @property
    def support(self) -> Domain:
        base = self.base.support
        if base.contains(np.zeros(())):
            return base
        closed = (base.closed[0] or base.low >= 0.0, base.closed[1] or base.high <= 0.0)
        low, high = min(base.low, 0.0), max(base.high, 0.0)
        return replace(base, description=f"0 or {base.description}", low=low, high=high, closed=closed)

    @property
    def atoms(self) -> tuple[float, ...]:
        return () if self.base.support.integer else (0.0, *(a for a in self.base.atoms if a != 0.0))

    @property
    def bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        low, high = self.base.bounds
        return np.minimum(low, 0.0), np.maximum(high, 0.0)

    def possible(self, y: np.ndarray) -> np.ndarray:
        return (y == 0.0) | self.base.possible(y)  # between its zeros and its base there may be a gap

    @property
    def gives_zero(self) -> bool:
        """Whether zero has a probability in the base, rather than a density or nothing."""
        base = self.base.support
        return 0.0 in self.base.atoms or (base.integer and bool(base.contains(np.zeros(()))))

    @property
    def standardisation(self) -> Standardisation:
        """As that of the base, if zero stays zero."""
        return "none" if self.base.standardisation == "none" or self.base.origin != 0.0 else "scale"

    def has_density(self, y: np.ndarray) -> np.ndarray:
        return (y != 0.0) & self.base.has_density(y)

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """Return the share of zeros as log odds, and the estimates of the base from what is not zero."""
        zero = y == 0.0
        share = np.clip(np.average(zero, weights=weight), LEAST, 1.0 - LEAST)
        rest = self.base.estimate(y, weight) if zero.all() else self.base.estimate(y[~zero], weight[~zero])
        return (np.log(share) - np.log1p(-share), *rest)

    def loss_apart(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return the loss where all zeros are the gate's: the base is taken given that it is not zero."""
        gate, *inner = params
        xp = namespace(gate)
        zero = y == 0.0
        no_rest, p = softplus_and_sigmoid(gate)
        no_zero, q = softplus_and_sigmoid(-gate)
        rest, rest_backward = self.base.loss(tuple(inner), xp.where(zero, self.base.support.anchor, y))
        some = self.base.log_not_zero(tuple(inner), y) if self.gives_zero else None

        def backward(d: Array) -> tuple[Array, ...]:
            passed = xp.where(zero, 0.0, d)
            grads = rest_backward(passed)
            if some is not None:
                grads = tuple(a + b for a, b in zip(grads, some[1](passed), strict=True))
            return (d * xp.where(zero, -q, p), *grads)

        return xp.where(zero, no_zero, no_rest + (rest if some is None else rest + some[0])), backward


def log_interval_with_zero(rest: Family, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
    """Return log P(low < Y ≤ high) of a gate before `rest`."""
    gate, *inner = params
    xp = namespace(gate)
    no_rest, p = softplus_and_sigmoid(gate)
    no_zero, q = softplus_and_sigmoid(-gate)
    values, rest_backward = rest.log_interval(tuple(inner), low, high)
    zero = (xp.asarray(low) < 0.0) & (xp.asarray(high) >= 0.0)
    extra, joint = xp.where(zero, -no_zero, -xp.inf), values - no_rest
    total = xp.logaddexp(extra, joint)

    def backward(d: Array) -> tuple[Array, ...]:
        safe = xp.where(xp.isfinite(total), total, 0.0)
        by_gate, by_rest = xp.exp(extra - safe), xp.exp(joint - safe)  # how likely each is given the interval
        return (d * (by_gate * q - by_rest * p), *rest_backward(d * by_rest))

    return total, backward


class WithZeros(Wrapper):
    """Y is 0 with probability `gate`, and otherwise from `rest`.

    A subclass says in its `_rest` what that is, given its base. If it is continuous, then Y has a density but for the
    atom at 0: everything is with respect to the Lebesgue measure plus a unit mass at 0.
    """

    gate_logits: np.ndarray
    rest: Distribution

    def __init__(
        self, base: Distribution, gate: ArrayLike | None = None, *, gate_logits: ArrayLike | None = None
    ) -> None:
        name = type(self).__name__
        if (gate is None) == (gate_logits is None):
            raise ParameterError(f"{name} takes either gate or gate_logits.")
        self.gate_logits = logits_from(gate_logits, gate, f"{name}, gate")
        if not extended_real.contains(self.gate_logits).all():
            raise ParameterError(f"{name}: gate_logits must not be NaN.")
        self._complete(base)
        refuse_or_note(self, base, lambda _: f"{name}: {type(base).__name__} has no probability beside 0")

    @classmethod
    def of_rows(cls, base: Distribution, gate_logits: np.ndarray) -> Self:
        """Return the distributions of predicted rows: of one whose base has nothing beside 0 nothing is said."""
        made = cls._unchecked(gate_logits=gate_logits)
        made._complete(base)
        return made

    def _complete(self, base: Distribution) -> None:
        self._wrap(base, self.gate_logits)
        self.rest = self._rest(base)
        self._over(self._family(self.rest))

    def _made_of(self) -> Distribution:
        return self.rest

    @abstractmethod
    def _rest(self, base: Distribution) -> Distribution: ...

    @abstractmethod
    def _family(self, rest: Distribution) -> ZerosFamily: ...

    def _own(self) -> tuple[np.ndarray, ...]:
        return (self.gate_logits,)

    def own_values(self) -> dict[str, np.ndarray]:
        return {"gate": np.broadcast_to(self.gate, self.batch_shape)}

    @property
    def gate(self) -> np.ndarray:
        """Probability of a zero that does not come from `rest`."""
        return scipy.special.expit(self.gate_logits)

    @property
    def _open(self) -> np.ndarray:
        """1 - gate."""
        return scipy.special.expit(-self.gate_logits)

    # ---- probabilities ---------------------------------------------------------------------------------------

    def _mixed(self, zero: np.ndarray, log_p: np.ndarray) -> np.ndarray:
        """Return log(gate · [zero] + (1 - gate) p)."""
        with np.errstate(all="ignore"):
            from_gate = np.where(zero, scipy.special.log_expit(self.gate_logits), -np.inf)
            return np.logaddexp(from_gate, scipy.special.log_expit(-self.gate_logits) + log_p)[()]

    def _log_tails(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        below, above = self._mixed(y >= 0.0, self.rest.log_cdf(y)), self._mixed(y < 0.0, self.rest.log_sf(y))
        return self._below_one(below, above), self._below_one(above, below)

    def _below_one(self, log_p: np.ndarray, log_q: np.ndarray) -> np.ndarray:
        """Return log p, where p + q = 1, by the smaller of the two."""
        with np.errstate(all="ignore"):
            return np.where(log_p > -0.5, np.log1p(-np.exp(np.minimum(log_q, 0.0))), log_p)[()]

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.rest.endpoints()
        return self._full(np.minimum(low, 0.0)), self._full(np.maximum(high, 0.0))

    # ---- quantiles -------------------------------------------------------------------------------------------

    def _quantile(self, q: np.ndarray, upper: bool) -> np.ndarray:
        return self._least_count(q, upper) if self.support.integer else self._guess(q, upper)

    def _guess(self, q: np.ndarray, upper: bool) -> np.ndarray:
        """Return the quantile, but for rounding that matters where the numbers are whole."""
        with np.errstate(all="ignore"):
            p, rest = (1.0 - q, q) if upper else (q, 1.0 - q)
            # What lies below 0 keeps its lower tail, what lies above it the upper one.
            below, above = p / self._open, rest / self._open
            some, none = self.rest.support.low < 0.0, 1.0 if upper else 0.0
            negative = self.rest.ppf(np.where(below <= 1.0, below, np.nan)) if some else 0.0
            positive = self.rest.isf(np.where(above <= 1.0, above, np.nan))
            tail = self.sf if upper else self.cdf
            at_most, before = tail(0.0), tail(-5e-324) if some else none
            is_zero = (at_most <= q) & (before > q) if upper else (at_most >= q) & (before < q)
            less = before <= q if upper else before >= q
            y = np.where(is_zero, 0.0, np.where(less, negative, positive))
            first, last = (q == 1.0, q == 0.0) if upper else (q == 0.0, q == 1.0)
            inner = (q > 0.0) & (q < 1.0)
            return np.select([first, last, inner], [*self.endpoints(), y], np.nan)

    # ---- the rest --------------------------------------------------------------------------------------------

    def _mean(self) -> np.ndarray:
        return self._passed(self.rest.linear_moments()[0])

    def _var(self) -> np.ndarray:
        mean, var = self.rest.linear_moments()
        return self._passed(var + np.where(self.gate > 0.0, self.gate * mean**2, 0.0))

    def _passed(self, value: np.ndarray) -> np.ndarray:
        """Return (1 - gate) times a value of the rest, 0 where the gate is closed, whatever that is."""
        return np.where(self._open > 0.0, self._open * value, 0.0)

    def _mode(self) -> np.ndarray:
        """Return the most probable y: 0 if that is an atom, against which no density has a chance."""
        mode = self.rest.mode()
        at_zero = self.gate > 0.0 if self.atoms else self.log_prob(0.0) > self.log_prob(mode) + TIE
        return np.where(at_zero, 0.0, mode)

    def _entropy(self) -> np.ndarray:
        inside = np.exp(self.rest.log_prob(0.0)) if self.support.integer or 0.0 in self.rest.atoms else 0.0
        open_ = self._open
        at_zero = scipy.special.entr(self.gate + open_ * inside)
        elsewhere = self.rest.entropy() - scipy.special.entr(inside)
        return at_zero + self._passed(elsewhere) + scipy.special.entr(open_) * (1.0 - inside)

    def _crps(self, y: np.ndarray) -> np.ndarray:
        """Return the CRPS, g |y| + (1 - g) c(y) - g (1 - g) c(0) with the gate g and the CRPS c of the rest."""
        there = self.rest.crps(y)
        less = np.where(np.isinf(there), 0.0, self.gate * self.rest.crps(0.0))  # if one is infinite, then all are
        return self.gate * np.abs(y) + self._passed(there - less)

    def _gini_mean_difference(self) -> np.ndarray:
        """Return E|Y - Y'| of two draws from the rest, and E|Y| where one of them is the zero, by how often."""
        open_ = self._open
        apart = quadrature.mean_deviation(self.rest, np.zeros(self.rest.batch_shape))
        both, one = open_ * self.rest.gini_mean_difference(), 2.0 * self.gate * apart
        return np.where(open_ > 0.0, open_ * (both + one), 0.0)

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        zero = rng.random(shape) < self.gate
        return np.where(zero, 0.0, self._sample_of(self.rest, shape, rng))

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        base = self.base.map_arrays(f)
        made = type(self)._unchecked(gate_logits=f(self.gate_logits, 0))
        made._wrap(base, made.gate_logits)
        made.rest = base if self.rest is self.base else self.rest.map_arrays(f)
        made._over(self._family(made.rest))
        return made

    def mass_table(self, cells: Cells) -> Masses:
        rest = self.rest.mass_table(cells).times(scipy.special.log_expit(-self.gate_logits))
        return with_zero(rest, scipy.special.log_expit(self.gate_logits), cells)

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.rest.bulk()
        return self._full(np.minimum(low, 0.0)), self._full(np.maximum(high, 0.0))

    def tail_at(self, x: np.ndarray, upper: bool) -> np.ndarray:
        return (0.0 if upper else self.gate) + self._open * self.rest.tail_at(x, upper)

    def grid(self) -> Grid:
        (low, top), high = self.rest.endpoints(), self.endpoints()[1]
        inner = self.rest.grid().on(self.batch_shape)
        inner = replace(inner, x=np.where(top == high, inner.x, np.where(np.isfinite(high), high - inner.y, np.inf)))
        # Between its zeros and the rest there may be a gap, over which no tail goes on.
        apart = (low > 0.0) | (top < 0.0)
        return joined(inner, points([np.where(apart, 0.0, np.nan)], high)) if np.any(apart) else inner

    def log_density(self) -> LogDensity:
        rest, log_open = self.rest.log_density_within(*self.endpoints()), scipy.special.log_expit(-self.gate_logits)
        return lambda y, x: rest(y, x) + log_open

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        inner = self.rest.quantile_grid(below)
        inner = np.broadcast_to(inner, (len(inner), *self.batch_shape))
        return np.sort(np.concatenate([inner, np.zeros((1, *self.batch_shape))]), axis=0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base!r}, gate={in_brief(self.gate)})"
