"""What zero inflation and hurdles share: a zero that is drawn on its own beside another distribution."""

import copy
from abc import abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.domains import Domain, extended_real
from likelinet.core.errors import ParameterError
from likelinet.core.lazy import scipy
from likelinet.distributions.base.distribution import CUTS, Distribution, Rng, generator_of, shape_of
from likelinet.distributions.classes.bernoulli import logits_from
from likelinet.distributions.over.wrapper import Wrapper


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
        self._wrap(base, self.gate_logits)
        self.rest = self._rest(base)
        s = self.rest.support
        low, high = min(s.low, 0.0), max(s.high, 0.0)
        closed = (s.closed[0] if s.low < 0.0 else True, s.closed[1] if s.high > 0.0 else True)
        self.support = Domain(f"0 or {s.description}", low, high, closed, s.integer)
        self.atoms = () if s.integer else (0.0, *(a for a in base.atoms if a != 0.0))

    @abstractmethod
    def _rest(self, base: Distribution) -> Distribution: ...

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

    def log_prob(self, y: ArrayLike) -> np.ndarray:
        """Return log p(y): at 0 the log mass, elsewhere the log mass or the log density of the continuous part."""
        y = self._values(y)
        log_p = self.rest.log_prob(y)
        if self.atoms and 0.0 not in self.rest.atoms:  # the density of the continuous part at 0 is none of the atom's
            log_p = np.where(y == 0.0, -np.inf, log_p)
        return self._mixed(y == 0.0, log_p)

    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        y = self._values(y)
        return self._below_one(self._mixed(y >= 0.0, self.rest.log_cdf(y)), self._mixed(y < 0.0, self.rest.log_sf(y)))

    def log_sf(self, y: ArrayLike) -> np.ndarray:
        y = self._values(y)
        return self._below_one(self._mixed(y < 0.0, self.rest.log_sf(y)), self._mixed(y >= 0.0, self.rest.log_cdf(y)))

    def _below_one(self, log_p: np.ndarray, log_q: np.ndarray) -> np.ndarray:
        """Return log p, where p + q = 1, by the smaller of the two."""
        with np.errstate(all="ignore"):
            return np.where(log_p > -0.5, np.log1p(-np.exp(np.minimum(log_q, 0.0))), log_p)[()]

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.rest.endpoints()
        return self._full(np.minimum(low, 0.0)), self._full(np.maximum(high, 0.0))

    def log_prob_between(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        low, high = self._values(low), self._values(high)
        return self._mixed((low < 0.0) & (high >= 0.0), self.rest.log_prob_between(low, high))

    # ---- quantiles -------------------------------------------------------------------------------------------

    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self._quantile(self._probabilities(q), upper=False)[()]

    def isf(self, q: ArrayLike) -> np.ndarray:
        return self._quantile(self._probabilities(q), upper=True)[()]

    def _quantile(self, q: np.ndarray, upper: bool) -> np.ndarray:
        with np.errstate(all="ignore"):
            p, rest = (1.0 - q, q) if upper else (q, 1.0 - q)
            # What lies below 0 keeps its lower tail, what lies above it the upper one.
            below, above = p / self._open, rest / self._open
            negative = self.rest.ppf(np.where(below <= 1.0, below, np.nan))
            positive = self.rest.isf(np.where(above <= 1.0, above, np.nan))
            at_most, before = (self.sf(0.0), self.sf(-5e-324)) if upper else (self.cdf(0.0), self.cdf(-5e-324))
            is_zero = (at_most <= q) & (before > q) if upper else (at_most >= q) & (before < q)
            less = before <= q if upper else before >= q
            y = np.where(is_zero, 0.0, np.where(less, negative, positive))
            first, last = (q == 1.0, q == 0.0) if upper else (q == 0.0, q == 1.0)
            inner = (q > 0.0) & (q < 1.0)
            y = np.select([first, last, inner], [*self.endpoints(), y], np.nan)
            return self._nearest(q, y, upper) if self.support.integer else y

    # ---- the rest --------------------------------------------------------------------------------------------

    def mean(self) -> np.ndarray:
        return self._full(self._open * self.rest.mean())

    def var(self) -> np.ndarray:
        return self._full(self._open * (self.rest.var() + self.gate * self.rest.mean() ** 2))

    def mode(self) -> np.ndarray:
        """Return the most probable y: 0 if that is an atom, against which no density has a chance."""
        mode = self._full(self.rest.mode())
        at_zero = self.gate > 0.0 if self.atoms else self.log_prob(0.0) >= self.log_prob(mode)
        return np.where(at_zero, 0.0, mode)[()]

    def entropy(self) -> np.ndarray:
        with np.errstate(all="ignore"):
            inside = np.exp(self.rest.log_prob(0.0)) if self.support.integer or 0.0 in self.rest.atoms else 0.0
            open_ = self._open
            at_zero = scipy.special.entr(self.gate + open_ * inside)
            elsewhere = self.rest.entropy() - scipy.special.entr(inside)
            return self._full(at_zero + open_ * elsewhere + scipy.special.entr(open_) * (1.0 - inside))

    def crps(self, y: ArrayLike) -> np.ndarray:
        """Return the CRPS, g |y| + (1 - g) c(y) - g (1 - g) c(0) with the gate g and the CRPS c of the rest."""
        y = self._values(y)
        there = self._open * (self.rest.crps(y) - self.gate * self.rest.crps(0.0))
        return (self.gate * np.abs(y) + there)[()]

    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        generator = generator_of(rng)
        shape = shape_of(sample_shape)
        zero = generator.random(shape + self.batch_shape) < self.gate
        return np.where(zero, 0.0, self._broadcast(self.rest).sample(shape, generator))[()]

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        made = copy.copy(self)  # its support and atoms stay as they are
        made.gate_logits = f(self.gate_logits, 0)
        made._wrap(self.base.map_arrays(f), made.gate_logits)
        made.rest = made.base if self.rest is self.base else self.rest.map_arrays(f)
        return made

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        inner = self.rest.quantile_grid(below)
        inner = np.broadcast_to(inner, (len(inner), *self.batch_shape))
        return np.sort(np.concatenate([inner, np.zeros((1, *self.batch_shape))]), axis=0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base!r}, gate={np.array2string(self.gate, precision=4, threshold=6)})"
