"""What a distribution within bounds answers: as its base, exactly, where the bounds cut nothing off."""

import numpy as np

from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import open_end
from likelinet.distributions.numerics import quadrature, smooth_counts
from likelinet.distributions.numerics.mass_tables import LONGEST, Cells, Masses
from likelinet.distributions.over.same_law import answered
from likelinet.distributions.over.wrapper import Wrapper

_MUCH = -2.0  # log probability of the bounds above which next to nothing of the base is next to nothing here
_NOTHING = -700.0  # below which it underflows
_FALL = 60.0  # logarithm of a density from its largest value to nothing
_LITTLE = -2.0  # and below which a probability of the base has too few digits here


class AnswersWithinBounds(Wrapper):
    """Another distribution between `low` and `high`: its moments, entropy, divergences, CRPS and masses."""

    low: np.ndarray
    high: np.ndarray
    log_mass: np.ndarray

    def _mean(self) -> np.ndarray:
        return self._moment(0)

    def _var(self) -> np.ndarray:
        return self._moment(1)

    def _entropy(self) -> np.ndarray:
        exact = answered(self, self.base, self._whole(), "entropy")
        return super()._entropy() if exact is None else exact

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if isinstance(other, AnswersWithinBounds) and other._whole().all():
            return self._kl_divergence(other.base)
        # Of what the base can do, but with a probability below all numbers, the other one may say that it cannot.
        (low, high), (least, most) = self.base.endpoints(), other.endpoints()
        exact = answered(self, self.base, self._whole() & (least <= low) & (most >= high), "kl_divergence", other)
        return super()._kl_divergence(other) if exact is None else exact

    def _crps(self, y: np.ndarray) -> np.ndarray:
        exact = answered(self, self.base, self._whole(), "crps", y)
        return super()._crps(y) if exact is None else exact

    def _gini_mean_difference(self) -> np.ndarray:
        exact = answered(self, self.base, self._whole(), "gini_mean_difference")
        return super()._gini_mean_difference() if exact is None else exact

    def mass_table(self, cells: Cells) -> Masses:
        return self.base.mass_table(cells.within(self.low, self.high)).times(-self.log_mass)

    def plain_cdf(self, y: np.ndarray) -> np.ndarray:
        if self.support.integer or self.atoms:
            return self.cdf(y)
        y = self._values(y)
        with np.errstate(all="ignore"):
            inner = self.base.plain_cdf(np.clip(y, self.low, self.high)) - self.base.plain_cdf(self.low)
            p = np.clip(inner * np.exp(-self.log_mass), 0.0, 1.0)
        p = np.array(np.where(y < self.low, 0.0, np.where(y >= self.high, 1.0, p)))
        rows = np.flatnonzero(np.broadcast_to(self.log_mass < _LITTLE, p.shape))
        if len(rows):
            p.reshape(-1)[rows] = self.flattened(p.shape)[rows].cdf(np.broadcast_to(y, p.shape).reshape(-1)[rows])
        return p[()]

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        (low, high), (least, most) = self.base.bulk(), self.endpoints()
        # What is next to nothing of the base may be all that is left of it: then it is next to one of the bounds.
        much, known = self.log_mass > _MUCH, ~np.isnan(low)
        low, high = np.where(much, np.maximum(low, least), least), np.where(much, np.minimum(high, most), most)
        if np.any(known & ~much & (most - least >= LONGEST)):
            below, above = self._in_tail(least, most)
            known &= much | (most - least < LONGEST) | ~np.isnan(below)
            low, high = np.where(much | np.isnan(below), low, below), np.where(much | np.isnan(above), high, above)
        return np.where(known, low, np.nan), np.where(known, high, np.nan)

    def _in_tail(self, least: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return beside which numbers there is next to nothing of what is left of a tail; nan where it is no tail."""
        if not self.base.one_peak:
            return self._full(np.nan), self._full(np.nan)
        mode = self.base.mode()
        upper, lower = least > mode, most < mode
        end, inwards = np.where(upper, least, most), np.where(upper, 1.0, -1.0)
        with np.errstate(all="ignore"):
            log_p = self.base.log_prob(end)
            rate = log_p - self.base.log_prob(end + inwards)
            reach = np.ceil(_FALL / rate) + 1.0
            other = np.clip(end + inwards * reach, least, most)
            falls = (log_p - self.base.log_prob(other) > 0.8 * _FALL) | (other == least) | (other == most)
        known = (upper | lower) & (rate > 0.0) & falls
        return np.where(known, np.where(upper, least, other), np.nan), np.where(
            known, np.where(upper, other, most), np.nan
        )

    def cuts(self) -> np.ndarray:
        inner, tail = super().cuts(), ~(self.log_mass > _MUCH)
        if not np.any(tail):
            return inner
        low, high = self.bulk()
        own = smooth_counts.cuts(np.where(tail, low, high), high)[:, None]  # of other rows there is none
        many = max(len(inner), len(own))
        return np.concatenate(
            [np.pad(a, [(0, many - len(a)), *[(0, 0)] * (a.ndim - 1)], "edge") for a in (inner, own)], 1
        )

    def tail_at(self, x: np.ndarray, upper: bool) -> np.ndarray:
        beside = self.base.sf(self.high) if upper else self.base.cdf(np.nextafter(self.low, -np.inf))
        return (self.base.tail_at(x, upper) - beside) * np.exp(-self.log_mass)

    def _moment(self, which: int) -> np.ndarray:
        """Return the mean or the variance, of the number that an angle is too."""
        known = self.base.moments_between(self.low, self.high)
        if known is not None:
            return known[which]
        whole = self._whole()
        if not whole.any():
            return quadrature.moments(self)[which]
        linear = self.base.linear_moments()[which] if self.base.is_angle else (self.base.mean, self.base.var)[which]()
        return linear if whole.all() else np.where(whole, linear, quadrature.moments(self)[which])

    def _whole(self) -> np.ndarray:
        """Return in which rows nothing lies beyond the bounds, not even as little as a number can hold."""
        if self.support.integer:
            next_ones = (self.base.log_prob(t) for t in (np.ceil(self.low) - 1.0, np.floor(self.high) + 1.0))
            if np.all(np.maximum(*next_ones) > _NOTHING):
                return np.full(self.batch_shape, False)
        nothing = (self.base.cdf(open_end(self.base, self.low)) == 0.0) & (self.base.sf(self.high) == 0.0)
        return np.broadcast_to(nothing, self.batch_shape)
