"""Targets: y in the form that training wants, and predicted distributions brought back to the user's form."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.wording import counted, rows_of
from likelinet.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    Independent,
    Interval,
    Labelled,
    Mixture,
    OrderedLogistic,
)
from likelinet.distributions.classes.labelled import encode_labels
from likelinet.distributions.over.affine import affine
from likelinet.heads.censored import middle_of
from likelinet.heads.family import Family, WrapperFamily
from likelinet.heads.parametric import Parametric
from likelinet.heads.zeros import FamilyWithZeros
from likelinet.tables.scaling import middle_and_spread
from likelinet.tables.table import check_finite, target_array


@dataclass(frozen=True)
class Targets:
    """How y becomes what the loss sees.

    Parameters
    ----------
    outputs : int or None
        d for y of shape (n, d), None for (n,).
    classes : ndarray or None
        Labels of the codes 0, 1, …; None where y holds numbers, or the codes themselves.
    loc, scale : ndarray
        y is standardised to (y - loc) / scale, each output by itself.
    spread : ndarray
        Standard deviation of the standardised training y, to which floors of scales are relative.
    """

    outputs: int | None
    classes: np.ndarray | None
    loc: np.ndarray
    scale: np.ndarray
    spread: np.ndarray

    def encode(self, y: np.ndarray | Interval) -> np.ndarray:
        """Return y as the loss sees it; an interval by its two ends, on the last axis."""
        if isinstance(y, Interval):
            return np.stack([(end - self.loc) / self.scale for end in (y.lower, y.upper)], axis=-1)
        if self.classes is not None:
            return encode_labels(y, self.classes).astype(np.float64)
        return (y - self.loc) / self.scale

    def decode(self, d: Distribution) -> Distribution:
        """Return the exact distribution of y in the user's form."""
        if self.classes is not None:
            return _labelled(d, self.classes)
        plain = np.all(self.loc == 0.0) and np.all(self.scale == 1.0)
        return d if plain else affine(d, self.loc, self.scale)

    def shift_of_nll(self, dense: np.ndarray) -> np.ndarray:
        """Return what the NLL of each row in the user's units is above that of the standardised one.

        A density is per unit of y, and `dense` says where y has one; the probability of an interval has no unit.
        """
        if np.all(self.scale == 1.0):  # as of counts and classes, of which there may be many outputs
            return np.zeros(len(dense))
        return (dense * np.log(self.scale)).reshape(len(dense), -1).sum(1)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        classes = None if self.classes is None else self.classes.tolist()
        numbers = {name: getattr(self, name).tolist() for name in ("loc", "scale", "spread")}
        return {"outputs": self.outputs, "classes": classes, **numbers}

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Targets":
        """Return what `to_json` wrote."""
        classes = None if data["classes"] is None else np.array(data["classes"])
        return Targets(data["outputs"], classes, *(np.array(data[name]) for name in ("loc", "scale", "spread")))


def _labelled(d: Distribution, classes: np.ndarray) -> Distribution:
    """Return the same distribution of classes under their labels."""
    if isinstance(d, Independent):
        return Independent(_labelled(d.base, classes))
    if isinstance(d, Mixture):
        return Mixture(_labelled(d.components, classes), d.logits)
    assert isinstance(d, Bernoulli | Categorical | OrderedLogistic)
    return Labelled(d, classes)


def numbers(y: Any, what: str, index: np.ndarray | None = None) -> np.ndarray:
    """Return y as finite floats of shape (n,) or (n, d)."""
    y = target_array(y, what)
    try:
        y = y.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f"{what} must hold numbers for this family; for class labels use 'bernoulli' or 'categorical'."
        ) from None
    check_finite(y, what, index)
    return y


def intervals(y: Any, what: str, index: np.ndarray | None = None) -> Interval:
    """Return y as intervals of shape (n,) or (n, d): numbers are exact ones."""
    if not isinstance(y, Interval):
        y = numbers(y, what, index)
        y = Interval(y, y)
    if y.lower.ndim not in (1, 2) or 0 in y.shape[1:]:
        raise DataError(f"{what} must have intervals of shape (n,) or (n, d), got {y.shape}.")
    return y


def middles(y: Interval, family: Family) -> tuple[np.ndarray, np.ndarray]:
    """Return one number for each interval, its middle or its only end in the support, and where there is one."""
    middle = middle_of(y.lower, y.upper, family.support)
    known = np.isfinite(middle)
    return np.where(known, middle, 0.0), known


def learn_scaling(
    y: np.ndarray, weight: np.ndarray, family: Family, standardize: bool, what: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (loc, scale) that standardise y for a family, by mean and spread on the line, by the mean above an origin.

    The third is the spread (standard deviation) that the standardised y has then. The weight is one of each row, or of
    each entry: 0 where y is not known.

    Raises
    ------
    DataError
        If y is constant but the family's spread is to be learned: its likelihood has no maximum then.
    """
    loc, scale = np.zeros(y.shape[1:]), np.ones(y.shape[1:])
    shares = isinstance(family, Parametric) and family.event_ndim > 0 and not is_scaled(family)
    if family.support.integer or shares:
        return loc, scale, scale
    middle, spread = middle_and_spread(y, weight)
    constant = spread <= 1e-12 * np.maximum(np.abs(middle), 1e-300)
    if constant.any() and any(isinstance(s.source, str) and s.parameter.role != "location" for s in family.slots):
        which = "" if y.ndim == 1 else f" in output {int(np.argmax(constant)) + 1}"
        raise DataError(
            f"{what} is constant{which}, so a spread cannot be learned: the likelihood has no maximum; "
            "give the family a fixed scale, or predict something that varies."
        )
    if not is_scaled(family):
        return loc, scale, scale
    spread = np.where(constant, 1.0, spread)
    if standardize and family.standardisation == "location-scale":
        return middle, spread, np.ones_like(spread)
    if standardize and family.standardisation == "scale":
        unit = middle - family.origin if family.support.low >= family.origin else spread
        unit = np.where(unit > 0.0, unit, spread)  # the middle is zero where more than half of y are zero
        return loc + family.origin, unit, spread / unit
    return loc, scale, spread


def is_scaled(family: Family) -> bool:
    """Whether anything about the family has a unit of y: a location, a scale or a rate."""
    return any(s.parameter.role != "shape" for s in family.slots)


def check_support(
    y: np.ndarray | Interval, family: Family, kind: str, what: str, index: np.ndarray | None = None
) -> None:
    """Raise `DataError` where y lies outside the support of the family, called `kind`; the message names the rows."""
    support = family.support
    if isinstance(y, Interval):
        outside = ~support.contains(y.lower)
        bad = np.where(y.exact, outside, (y.upper < support.low) | (y.lower > support.high))
        touching = (y.upper == support.low) & (not support.closed[0]) | (y.lower == support.high) & (
            not support.closed[1]
        )
        bad |= ~y.exact & touching
        bad |= np.isfinite(y.lower) & (y.lower < support.low) | np.isfinite(y.upper) & (y.upper > support.high)
        bad |= (np.ceil(y.lower) > np.floor(y.upper)) if support.integer else False
        example = "" if not bad.any() else f"from {y.lower[bad][0]:g} to {y.upper[bad][0]:g}"
    else:
        bad, inner = ~support.contains(y), family
        while isinstance(inner, WrapperFamily):
            if isinstance(inner, FamilyWithZeros):  # between its zeros and its base there may be a gap
                bad |= (y != 0.0) & ~inner.base.support.contains(y)
            inner = inner.base
        example = "" if not bad.any() else f"{y[bad].flat[0]:g}"
    if bad.any():
        rows = bad.reshape(len(y), -1).any(1)
        raise DataError(
            f"{what} has {counted(rows.sum(), 'row')} outside the support of '{kind}' ({rows_of(rows, index)}, "
            f"for example {example}): each value must be {support.description}."
        )
