"""How numbers are standardised for a family, and that they lie where it can give them."""

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.wording import counted
from likelinet.distributions.base.family import Family
from likelinet.heads.head import Head
from likelinet.tables.scaling import is_constant, middle_and_spread
from likelinet.targets.target import Naming

Scaling = tuple[np.ndarray, np.ndarray, np.ndarray]


def learn_scaling(y: np.ndarray, weight: np.ndarray, head: Head, standardize: bool, naming: Naming) -> Scaling:
    """Return (loc, scale) that standardise y for a family, by mean and spread on the line, by the mean above an origin.

    The third is the spread (standard deviation) that the standardised y has then. The weight is one of each row, or of
    each entry: 0 where y is not known.

    Raises
    ------
    DataError
        If y is constant but the family's spread is to be learned: its likelihood has no maximum then.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
        found = _scaling(y, weight, head, standardize, naming)
    if not all(np.isfinite(v).all() for v in found):
        raise DataError(f"{naming.what} has numbers too large for double precision: choose another unit.")
    return found


def _scaling(y: np.ndarray, weight: np.ndarray, head: Head, standardize: bool, naming: Naming) -> Scaling:
    family, loc, scale = head.family, np.zeros(y.shape[1:]), np.ones(y.shape[1:])
    if family.support.integer:
        return loc, scale, scale
    middle, spread = middle_and_spread(y, weight)
    constant = is_constant(middle, spread)
    if constant.any() and learns_spread(head):
        which = "" if y.ndim == 1 else f" in {naming.name_of_output(int(np.argmax(constant)))}"
        raise DataError(
            f"{naming.what} is constant{which}, so a spread cannot be learned: the likelihood has no maximum; "
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


def learns_spread(head: Head) -> bool:
    """Whether a family of numbers has a spread to learn, which is of nothing that is constant."""
    return not head.family.support.integer and any(s.learned and s.parameter.role != "location" for s in head.slots)


def is_scaled(family: Family) -> bool:
    """Whether anything about the family has a unit of y: a location, a scale or a rate."""
    return any(o.parameter.role != "shape" for o in family.openings)


def refuse_outside(bad: np.ndarray, example: str, family: Family, naming: Naming) -> None:
    """Raise `DataError` where y lies outside the support of the family; the message names the rows."""
    if bad.any():
        rows = bad.reshape(len(bad), -1).any(1)
        raise DataError(
            f"{naming.what} has {counted(rows.sum(), 'row')} outside the support of '{naming.kind}' "
            f"({naming.rows(rows)}, for example {example}): each value must be {family.support.description}."
        )
