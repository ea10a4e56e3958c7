"""Labels that have an order, as a config declares it."""

from functools import partial

import numpy as np

from likelinet.config.family import Labels
from likelinet.core.errors import DataError
from likelinet.core.gathered import gathered
from likelinet.core.wording import counted, listed
from likelinet.tables.cells import BOOLS
from likelinet.targets.labels import names_of
from likelinet.targets.target import Naming


def declared_levels(
    y: np.ndarray, levels: Labels | list[Labels] | None, naming: Naming
) -> np.ndarray | tuple[np.ndarray, ...] | None:
    """Return the labels from the lowest to the highest, as declared; None for numbers, which have an order.

    Parameters
    ----------
    y : ndarray, shape (n,) or (n, d)
        Clean labels.
    levels : list or list of lists, optional
        Of all outputs, or of each.
    naming : Naming
        How messages speak of y.
    """
    if levels is None:
        if y.dtype.kind in "Ub":
            raise DataError(_without_order(y, naming))
        return None
    each = [v for v in levels if isinstance(v, list)]
    if not each:
        return _known(y, [v for v in levels if not isinstance(v, list)], naming)
    outputs = y.shape[1] if y.ndim == 2 else 1
    if len(each) != outputs:
        raise DataError(
            f"{naming.what} has {counted(outputs, 'output')}, but distribution.levels has the classes of {len(each)}: "
            "write one list for each output, or one for all."
        )
    columns = y.reshape(len(y), outputs).T
    looks = (partial(_known, columns[j], own, naming.of_output(j)) for j, own in enumerate(each))
    return tuple(gathered(looks))


def _without_order(y: np.ndarray, naming: Naming) -> str:
    """Return what to do about labels that do not say their order, output by output where these differ."""
    advice = "list them from the lowest to the highest in distribution.levels"
    if y.dtype.kind == "b":
        return f"{naming.what} has True and False for classes, whose order is not known: use 'bernoulli', or {advice}."
    what = f"{naming.what} has text for classes"
    advice = f"whose order is not known: {advice}"
    found = [np.unique(column) for column in y.reshape(len(y), -1).T]
    if all(np.array_equal(known, found[0]) for known in found):
        return f"{what} ({names_of(found[0])}), {advice}."
    names = [naming.name_of_output(j) for j in range(len(found))]
    each = "; ".join(f"{name}: {names_of(known)}" for name, known in zip(names, found, strict=True))
    return f"{what}, {advice}, a list for each output ({each})."


def _known(y: np.ndarray, levels: Labels, naming: Naming) -> np.ndarray:
    """Return the levels in the form of the labels y, among which each of these must be."""
    if y.dtype.kind == "U":
        known = np.array([str(v) for v in levels])
    elif y.dtype.kind == "b":  # a config has 0 and 1, or text, for False and True
        known = np.array([BOOLS.get(str(v).lower(), v) for v in levels])
        known = known.astype(bool) if np.isin(known, (0, 1)).all() else known
    else:
        known = np.array(levels)
        if y.dtype.kind in "iu" and known.dtype.kind == "f" and (known == np.floor(known)).all():
            known = known.astype(np.int64)
    strange = ~np.isin(y, known)
    if strange.any():
        found = np.unique(y[strange])
        each = listed([f"'{label}' ({naming.rows((y == label).reshape(len(y), -1).any(1))})" for label in found])
        some, are = ("the class", "is") if len(found) == 1 else ("the classes", "are")
        raise DataError(
            f"{naming.what} has {some} {each}, which {are} not among distribution.levels ({names_of(known)})."
        )
    return known
