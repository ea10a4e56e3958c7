"""Targets: y in the form that training wants, and predicted distributions brought back to the user's form."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.distributions import Bernoulli, Categorical, Distribution, Independent, Labelled, Mixture
from likelinet.distributions.affine import affine
from likelinet.distributions.labelled import encode_labels
from likelinet.errors import DataError
from likelinet.families.family import Family
from likelinet.preprocessing.cells import BOOLS, is_missing
from likelinet.preprocessing.scaling import moments
from likelinet.preprocessing.tables import SHOWN, as_array, check_finite, counted, rows_of


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

    def encode(self, y: np.ndarray) -> np.ndarray:
        """Return y as the loss sees it."""
        if self.classes is not None:
            return encode_labels(y, self.classes).astype(np.float64)
        return (y - self.loc) / self.scale

    def decode(self, d: Distribution) -> Distribution:
        """Return the exact distribution of y in the user's form."""
        if self.classes is not None:
            return _labelled(d, self.classes)
        plain = np.all(self.loc == 0.0) and np.all(self.scale == 1.0)
        return d if plain else affine(d, self.loc, self.scale)

    @property
    def offset(self) -> float:
        """What the NLL of a row in the user's units is above that of the standardised one."""
        return float(np.sum(np.log(self.scale)))

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
    assert isinstance(d, Bernoulli | Categorical)
    return Labelled(d, classes)


def _columns(y: Any, what: str) -> np.ndarray:
    """Return y as an array of shape (n,) or (n, d) that is neither complex nor of dates."""
    y = as_array(y, what)
    if y.ndim not in (1, 2) or (y.ndim == 2 and y.shape[1] == 0):
        raise DataError(f"{what} must have shape (n,) or (n, d), got {y.shape}.")
    if y.dtype.kind in "cmM":
        raise DataError(f"{what} must hold real numbers or class labels, got {y.dtype}: convert it first.")
    return y


def numbers(y: Any, what: str, index: np.ndarray | None = None) -> np.ndarray:
    """Return y as finite floats of shape (n,) or (n, d)."""
    y = _columns(y, what)
    try:
        y = y.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f"{what} must hold numbers for this family; for class labels use 'bernoulli' or 'categorical'."
        ) from None
    check_finite(y, what, index)
    return y


def labels(y: Any, what: str, index: np.ndarray | None = None) -> np.ndarray:
    """Return class labels of shape (n,) or (n, d): text and bools stay, whole numbers become integers."""
    y = _columns(y, what)
    if y.dtype.kind == "O":
        _check_no_missing(np.array([is_missing(v) for v in y.ravel()]).reshape(y.shape), what, index)
        y = (
            np.array([str(v) for v in y.ravel()]).reshape(y.shape)
            if any(isinstance(v, str) for v in y.ravel())
            else np.array(y.tolist())
        )
    if y.dtype.kind == "U":
        _check_no_missing(y == "", what, index)
    if y.dtype.kind == "f":
        check_finite(y, what, index)
        return y.astype(np.int64) if (y == np.floor(y)).all() else y
    return y


def _check_no_missing(missing: np.ndarray, what: str, index: np.ndarray | None) -> None:
    if missing.any():
        rows = missing.reshape(len(missing), -1).any(1)
        raise DataError(
            f"{what} has {counted(missing.sum(), 'missing label')} ({rows_of(rows, index)}): fill or drop these rows."
        )


def learn_classes(y: np.ndarray, binary: bool, what: str) -> tuple[np.ndarray | None, int]:
    """Return the labels, None where y holds the codes 0 … K - 1 themselves, and the number of classes K."""
    classes = np.unique(y)
    if y.ndim == 2 and binary:
        strange = ~np.isin(y, (0, 1))
        if strange.any():
            raise DataError(
                f"{what} must be 0 or 1 for the bernoulli family with several outputs, got '{y[strange].flat[0]}'."
            )
        return np.array([False, True]) if y.dtype.kind == "b" else None, 2
    if classes.dtype.kind == "f":
        raise DataError(
            f"{what} has fractional numbers like {y[y != np.floor(y)].flat[0]:g}, which are no class labels: "
            "use a family for numbers, such as 'gaussian', or round them."
        )
    if len(classes) < 2:
        raise DataError(f"{what} has only one class, '{classes[0]}': there is nothing to tell apart.")
    if binary and len(classes) > 2:
        raise DataError(
            f"{what} has {len(classes)} classes ({_names(classes)}), but the bernoulli family needs two: "
            "use 'categorical'."
        )
    codes = classes.dtype.kind in "iu" and np.array_equal(classes, np.arange(len(classes)))
    return (None if codes else classes), len(classes)


def known_labels(
    y: np.ndarray, classes: np.ndarray | None, n_classes: int, what: str, index: np.ndarray | None = None
) -> np.ndarray:
    """Return labels in the form of the trained ones, text or numbers; raise `DataError` where one is new."""
    known = np.arange(n_classes) if classes is None else classes
    if known.dtype.kind == "b" and y.dtype.kind == "U":  # bools that went through a CSV file
        codes = np.array([BOOLS.get(label.lower(), -1.0) for label in y.ravel().tolist()]).reshape(y.shape)
        strange = codes < 0.0
        y = y if strange.any() else codes
    elif "U" in (y.dtype.kind, known.dtype.kind):
        strange = ~np.isin(y.astype(str), known.astype(str))
    else:
        strange = ~np.isin(y, known)
    if strange.any():
        row = np.argwhere(strange)[0, 0]
        raise DataError(
            f"{what} has the class '{y[strange].flat[0]}' in row {(row if index is None else index[row]) + 1}, "
            f"which was not seen in training (seen: {_names(known)})."
        )
    return y.astype(known.dtype)


def _names(classes: np.ndarray) -> str:
    return ", ".join(map(str, classes[:SHOWN])) + (", …" if len(classes) > SHOWN else "")


def learn_scaling(
    y: np.ndarray, weight: np.ndarray, family: Family, standardize: bool, what: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (loc, scale) that standardise y for a family, by mean and spread on the line, by the mean above 0.

    The third is the spread (standard deviation) that the standardised y has then.

    Raises
    ------
    DataError
        If y is constant but the family's spread is to be learned: its likelihood has no maximum then.
    """
    loc, scale = np.zeros(y.shape[1:]), np.ones(y.shape[1:])
    if family.support.integer:
        return loc, scale, scale
    mean, spread = moments(y, weight)
    constant = spread <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
    if constant.any() and any(isinstance(s.source, str) and s.parameter.role != "location" for s in family.slots):
        which = "" if y.ndim == 1 else f" in output {int(np.argmax(constant)) + 1}"
        raise DataError(
            f"{what} is constant{which}, so a spread cannot be learned: the likelihood has no maximum; "
            "give the family a fixed scale, or predict something that varies."
        )
    spread = np.where(constant, 1.0, spread)
    if standardize and family.standardisation == "location-scale":
        return mean, spread, np.ones_like(spread)
    if standardize and family.standardisation == "scale":
        return loc, mean, spread / mean
    return loc, scale, spread


def check_support(y: np.ndarray, family: Family, what: str, index: np.ndarray | None = None) -> None:
    """Raise `DataError` where y lies outside the family's support; the message names the rows."""
    bad = ~family.support.contains(y)
    if bad.any():
        rows = bad.reshape(len(y), -1).any(1)
        raise DataError(
            f"{what} has {counted(rows.sum(), 'row')} outside the family's support ({rows_of(rows, index)}, "
            f"for example {y[bad].flat[0]:g}): each value must be {family.support.description}."
        )
