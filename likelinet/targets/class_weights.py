"""How much a row counts by its class."""

from collections.abc import Callable, Mapping

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.labels import as_written
from likelinet.core.wording import nearest
from likelinet.targets.target import Targets, Y

Declared = Mapping[str, float] | str
Weigher = Callable[[Y, np.ndarray], np.ndarray]


def weigher(declared: Declared | None, targets: Targets, y: Y, weight: np.ndarray, what: str) -> Weigher:
    """Return the function of y and weights of any rows that gives the weights that they have in training.

    The parameters are those of `class_factors`, but that nothing may be declared.
    """
    if declared is None:
        return lambda _, weight: weight
    factor = class_factors(declared, targets, y, weight, what)
    return lambda y, weight: weight * factor[targets.encode(y).astype(np.intp)]


def class_factors(declared: Declared, targets: Targets, y: Y, weight: np.ndarray, what: str) -> np.ndarray:
    """Return by what the weights of the rows of each class are multiplied, shape (K,), in the order of its codes.

    Parameters
    ----------
    declared : mapping or "balanced"
        A factor for each label, 1 for those that are left out; or what makes the weights of all classes equal.
    targets : Targets
        As learned from the training rows.
    y, weight : shape (n,)
        Those of the training rows.
    what : str
        How messages call y.

    Raises
    ------
    DataError
        If there are no classes, several outputs, or no such label.
    """
    many = targets.n_classes
    if isinstance(many, tuple) or targets.outputs is not None or many == 0:
        raise DataError(f"{what} is not one class a row, which data.class_weight is for: take the key away.")
    if isinstance(declared, str):
        of_class = np.bincount(targets.encode(y).astype(np.intp), weight, many)
        return np.divide(weight.sum(), many * of_class, out=np.ones(many), where=of_class > 0.0)
    labels = range(many) if targets.classes is None else targets.classes
    places = {as_written(label): k for k, label in enumerate(labels)}
    factors = np.ones(many)
    for label, factor in declared.items():
        if as_written(label) not in places:
            names = [str(known) for known in labels]
            raise DataError(f"data.class_weight: {what} has no class '{label}'{nearest(label, names)}.")
        factors[places[as_written(label)]] = factor
    return factors
