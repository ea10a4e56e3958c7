"""Targets: y in the form that training wants, and predicted distributions brought back to the user's form."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.distributions import Bernoulli, Categorical, Distribution, Independent, Labelled
from likelinet.distributions.labelled import encode_labels
from likelinet.errors import DataError
from likelinet.families.family import Family
from likelinet.preprocessing.tables import SHOWN, check_finite


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
    """

    outputs: int | None
    classes: np.ndarray | None
    loc: np.ndarray
    scale: np.ndarray

    def encode(self, y: np.ndarray) -> np.ndarray:
        """Return y as the loss sees it."""
        if self.classes is not None:
            return encode_labels(y, self.classes).astype(np.float64)
        return (y - self.loc) / self.scale

    def decode(self, d: Distribution) -> Distribution:
        """Return the exact distribution of y in the user's form."""
        if self.classes is not None:
            base = d.base if isinstance(d, Independent) else d
            assert isinstance(base, Bernoulli | Categorical)
            labelled = Labelled(base, self.classes)
            return Independent(labelled) if isinstance(d, Independent) else labelled
        plain = np.all(self.loc == 0.0) and np.all(self.scale == 1.0)
        return d if plain else d.affine(self.loc, self.scale)

    @property
    def offset(self) -> float:
        """What the NLL of a row in the user's units is above that of the standardised one."""
        return float(np.sum(np.log(self.scale)))

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        classes = None if self.classes is None else self.classes.tolist()
        return {"outputs": self.outputs, "classes": classes, "loc": self.loc.tolist(), "scale": self.scale.tolist()}

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Targets":
        """Return what `to_json` wrote."""
        classes = None if data["classes"] is None else np.array(data["classes"])
        return Targets(data["outputs"], classes, np.array(data["loc"]), np.array(data["scale"]))


def numbers(y: Any, what: str) -> np.ndarray:
    """Return y as finite floats of shape (n,) or (n, d)."""
    y = np.asarray(y)
    if y.ndim not in (1, 2) or (y.ndim == 2 and y.shape[1] == 0):
        raise DataError(f"{what} must have shape (n,) or (n, d), got {y.shape}.")
    try:
        y = y.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f"{what} must hold numbers for this family; for class labels use 'bernoulli' or 'categorical'."
        ) from None
    check_finite(y, what)
    return y


def labels(y: Any, what: str) -> np.ndarray:
    """Return class labels of shape (n,) or (n, d): integers where all are whole numbers, else text."""
    y = np.asarray(y)
    if y.ndim not in (1, 2) or (y.ndim == 2 and y.shape[1] == 0):
        raise DataError(f"{what} must have shape (n,) or (n, d), got {y.shape}.")
    if y.dtype.kind == "O":
        missing = np.array([v is None or v != v for v in y.ravel()])
        if missing.any():
            raise DataError(f"{what} has {missing.sum()} missing labels: fill or drop these rows.")
        y = (
            np.array([str(v) for v in y.ravel()]).reshape(y.shape)
            if any(isinstance(v, str) for v in y.ravel())
            else np.array(y.tolist())
        )
    if y.dtype.kind == "U":
        if (y == "").any():
            raise DataError(f"{what} has {(y == '').sum()} missing labels: fill or drop these rows.")
        try:
            whole = y.astype(np.float64)
        except ValueError:
            return y
        return whole.astype(np.int64) if np.isfinite(whole).all() and (whole == np.floor(whole)).all() else y
    if y.dtype.kind == "f":
        check_finite(y, what)
        return y.astype(np.int64) if (y == np.floor(y)).all() else y
    if y.dtype.kind == "b":
        return y.astype(np.int64)
    return y


def learn_classes(y: np.ndarray, binary: bool, what: str) -> tuple[np.ndarray | None, int]:
    """Return the labels, None where y holds the codes 0 … K - 1 themselves, and the number of classes K."""
    classes = np.unique(y)
    if y.ndim == 2 and binary:
        strange = ~np.isin(y, (0, 1))
        if strange.any():
            raise DataError(
                f"{what} must be 0 or 1 for the bernoulli family with several outputs, got {y[strange].flat[0]!r}."
            )
        return None, 2
    if len(classes) < 2:
        raise DataError(f"{what} has only one class, {classes[0]!r}: there is nothing to tell apart.")
    if binary and len(classes) > 2:
        shown = ", ".join(map(str, classes[:SHOWN]))
        raise DataError(
            f"{what} has {len(classes)} classes ({shown}, …), but the bernoulli family needs two: use 'categorical'."
        )
    codes = classes.dtype.kind in "iu" and np.array_equal(classes, np.arange(len(classes)))
    return (None if codes else classes), len(classes)


def check_known(y: np.ndarray, targets: Targets, what: str) -> None:
    """Raise `DataError` where a label was not seen in training."""
    strange = encode_labels(y, targets.classes) < 0 if targets.classes is not None else np.zeros(y.shape, bool)
    if strange.any():
        raise DataError(f"{what} has the class {y[strange].flat[0]!r}, which was not seen in training.")


def learn_scaling(
    y: np.ndarray, weight: np.ndarray, family: Family, standardize: bool, what: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return (loc, scale) that standardise y for a family: by mean and spread on the line, by the mean above 0.

    Raises
    ------
    DataError
        If y is constant but the family's spread is to be learned: its likelihood has no maximum then.
    """
    loc, scale = np.zeros(y.shape[1:]), np.ones(y.shape[1:])
    if family.support.integer:
        return loc, scale
    mean = np.average(y, axis=0, weights=weight)
    spread = np.sqrt(np.average((y - mean) ** 2, axis=0, weights=weight))
    constant = spread <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
    if constant.any() and any(isinstance(s.source, str) and s.parameter.role != "location" for s in family.slots):
        which = "" if y.ndim == 1 else f" in output {int(np.argmax(constant)) + 1}"
        raise DataError(
            f"{what} is constant{which}, so a spread cannot be learned: the likelihood has no maximum; "
            "give the family a fixed scale, or predict something that varies."
        )
    if standardize and family.standardisation == "location-scale":
        return mean, np.where(constant, 1.0, spread)
    if standardize and family.standardisation == "scale":
        return loc, mean
    return loc, scale


def check_support(y: np.ndarray, family: Family, what: str) -> None:
    """Raise `DataError` where y lies outside the family's support; the message names the rows."""
    bad = ~family.support.contains(y)
    if bad.any():
        rows = np.flatnonzero(bad.reshape(len(y), -1).any(1))
        shown = ", ".join(str(i + 1) for i in rows[:SHOWN]) + (", …" if len(rows) > SHOWN else "")
        raise DataError(
            f"{what} has {len(rows)} rows outside the family's support (rows {shown}, for example {y[bad].flat[0]:g}): "
            f"each value must be {family.support.description}."
        )
