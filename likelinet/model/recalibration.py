"""Recalibration: the map of F(y) by which predicted distributions become those that the rows have."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.errors import DataError, UndefinedError
from likelinet.core.fields import from_fields
from likelinet.core.notes import note
from likelinet.core.wording import counted, readable
from likelinet.distributions import Distribution, Interval
from likelinet.model.recalibrated import Recalibrated
from likelinet.model.source import Source
from likelinet.targets.lattice import step_of

# Probabilities at which pieces of the map meet, and what mirrors them: those of the central 20, 40, …, 98 and 99 %.
LOWER = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
PRIOR = 10.0  # rows that the plain prediction counts for
ENOUGH = 19  # rows whose ranks reach to the ends of a central interval of 90 %
SPIKE = 0.1  # nats by which a density is plainly above one per step
APART = 1e-9  # of two pieces at least, and from 0 and 1

CENSORED = "recalibrate: y is censored, and where it lies in its distribution is not known: leave it as is."
NOT_ONE = "recalibrate: y must be one continuous number, not counts, classes, angles or several outputs."


@dataclass(frozen=True)
class Recalibration:
    """A map of F(y): increasing, from 0 to 1, linear in pieces.

    Parameters
    ----------
    method : str
        How it was learned: "conformal" or "pit".
    at, level : tuple of float
        Where its pieces meet, and its values there.
    source : Source
        The files of the rows that it was learned from, if they come from any.
    """

    method: str
    at: tuple[float, ...]
    level: tuple[float, ...]
    source: Source = field(default=Source(0), compare=False)

    def __post_init__(self) -> None:
        """Raise `ValueError` if it is no such map."""
        for knots in (self.at, self.level):
            if not (len(knots) == len(self.at) and knots[:1] == (0.0,) and knots[-1:] == (1.0,)):
                raise ValueError("recalibration: at and level must go from 0 to 1")
            if not (np.diff(knots) > 0.0).all():
                raise ValueError("recalibration: at and level must increase")

    def of(self, d: Distribution) -> Distribution:
        """Return predicted distributions as recalibrated."""
        return Recalibrated(d, np.array(self.at), np.array(self.level))

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        data = {"method": self.method, "at": list(self.at), "level": list(self.level)}
        return {**data, "source": self.source.to_json()} if self.source.rows else data

    @staticmethod
    def from_json(data: Any) -> "Recalibration":
        """Return what `to_json` wrote."""
        return from_fields(Recalibration, data, "recalibration", at=tuple, level=tuple, source=Source.from_json)


def check_method(method: object) -> None:
    """Raise `DataError` if there is no such method."""
    if method not in ("conformal", "pit"):
        raise DataError(f"recalibrate: method must be 'conformal' or 'pit', got {method!r:.60}.")


def check_declared(config: ModelConfig, outputs: int) -> None:
    """Raise, before any row is read, what `learned` would raise of the kind of y that a model has."""
    for distribution in (group.distribution for group in config.each_group):
        if distribution.takes_intervals:
            raise DataError(CENSORED)
        is_angle = distribution.own_class is None and distribution.leaf_class(None).is_angle
        if outputs > 1 or distribution.y != "number" or not distribution.is_continuous or is_angle:
            raise UndefinedError(NOT_ONE)


def learned(method: str, d: Distribution, y: np.ndarray | Interval, weight: np.ndarray) -> Recalibration:
    """Return the map that these rows, which the model has not seen, ask for.

    Parameters
    ----------
    method : str
        "conformal" or "pit".
    d : Distribution
        The plain prediction of each row.
    y : ndarray or Interval
        What was observed.
    weight : ndarray
        Weight of each row.

    Raises
    ------
    DataError
        If y is censored, or cannot be what it is by the prediction, or if rows have weights that a method cannot take.
    UndefinedError
        If y is not one continuous number.
    """
    if isinstance(y, Interval):
        raise DataError(CENSORED)
    if (
        d.event_shape
        or d.y != "number"
        or d.class_marginals() is not None
        or d.support.integer
        or d.atoms
        or d.is_angle
    ):
        raise UndefinedError(NOT_ONE)
    if method != "pit" and np.ptp(weight) > 0.0:
        raise DataError("recalibrate: rows of unequal weight are not exchangeable: use method='pit'.")
    u = d.cdf(y)
    found = _by_shares(u, weight) if method == "pit" else _by_ranks(u)
    _note_spikes(found.of(d), y, step_of(y, weight))
    return found


def _note_spikes(d: Distribution, y: np.ndarray, step: float) -> None:
    """Warn where recalibrated densities are higher than numbers that are a step apart can tell."""
    if step == 0.0:
        return
    many = int((d.log_prob(y) > SPIKE - np.log(step)).sum())
    if many:
        h, half = readable(step), readable(0.5 * step)
        note(
            f"recalibrate: y has values {h} apart, and in {counted(many, 'row')} the recalibrated density at y is "
            f"above one per {h}, by which log_prob flatters: take the probability of y ± {half} from the cdf."
        )


def _by_shares(u: np.ndarray, weight: np.ndarray) -> Recalibration:
    """Return the map with the share of the rows in each piece, beside some that are spread evenly."""
    at = np.array([0.0, *LOWER, *(1.0 - p for p in LOWER[-2::-1]), 1.0])
    rows = np.histogram(u, at, weights=weight / weight.mean())[0] + PRIOR * np.diff(at)
    level = np.cumsum(rows)[:-1] / rows.sum()
    return Recalibration("pit", tuple(at.tolist()), (0.0, *level.tolist(), 1.0))


def _by_ranks(u: np.ndarray) -> Recalibration:
    """Return the map with ranks among the rows: at most p, and at least 1 - p, of new rows lie below these levels."""
    ranked, n = np.sort(u), len(u)
    if n < ENOUGH:
        note(
            f"recalibrate: {counted(n, 'row')} cannot promise that intervals of 90 % cover as many: that takes "
            f"{ENOUGH}, and intervals of 99 % take 199."
        )
    beyond = [(p, int(np.floor(p * (n + 1) + APART))) for p in LOWER]
    knots = [(ranked[k - 1], p) for p, k in beyond if k > 0]
    knots += [(ranked[n - k], 1.0 - p) for p, k in beyond[-2::-1] if k > 0]
    if any(not APART < at < 1.0 - APART for at, _ in knots):
        raise DataError(
            "recalibrate: many y are where the prediction has next to no probability: choose another family, with "
            "longer tails, first."
        )
    at, level = [0.0], [0.0]
    for u_k, p in knots:
        if u_k > at[-1] + APART:
            at.append(float(u_k))
            level.append(p)
        elif p <= 0.5:  # of equal ranks the inner level, so that intervals are rather too wide
            level[-1] = p
    return Recalibration("conformal", (*at, 1.0), (*level, 1.0))
