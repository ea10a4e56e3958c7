"""Categories of many levels by the means of y that these had in training: target statistics, fitted out of fold."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, TypeGuard

import numpy as np

from likelinet.tables.coded import coded
from likelinet.tables.kinds.category import Category
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.table import Table

FOLDS = 5
MOST = 10  # means of a level; y of more numbers and classes than that is left to the hashes


class Apart(NamedTuple):
    """Inputs of the training rows that are not those of new rows.

    Parameters
    ----------
    at : slice
        Which of all inputs.
    values : ndarray, shape (n, many)
        Of each training row.
    """

    at: slice
    values: np.ndarray


def wants_means(kinds: Sequence[Kind]) -> bool:
    """Return whether there are categories with tails, so that it is worth to score y."""
    return any(map(_has_tail, kinds))


def _has_tail(kind: Kind) -> TypeGuard[Category]:
    return isinstance(kind, Category) and bool(kind.tail)


def with_means(
    kinds: Sequence[Kind], table: Table, weight: np.ndarray, z: np.ndarray, fold: np.ndarray
) -> tuple[tuple[Kind, ...], list[Apart]]:
    r"""Return the kinds, with means of y for the levels in the tails of categories, and the inputs of training rows.

    A level of weight w whose rows have the mean :math:`\bar z` becomes

    .. math:: \frac{w}{w + \sigma^2 / \tau^2} (\bar z - m)

    where m is the mean of all levels, :math:`\sigma^2` the variance within levels, and :math:`\tau^2` that between
    them: the posterior mean of a random effect. A training row takes that of the rows of the other folds, so that its
    own y is not among its inputs.

    Parameters
    ----------
    kinds : sequence of Kind
        As learned without y.
    table : Table
        The training rows.
    weight : ndarray, shape (n,)
        Of each row.
    z : ndarray, shape (n, many)
        What the means are of.
    fold : ndarray of int, shape (n,)
        Of each row, from 0 to `FOLDS` - 1.
    """
    learned: list[Kind] = []
    apart, end = [], 0
    for kind in kinds:
        if _has_tail(kind) and 0 < z.shape[1] <= MOST:
            kind, own = _with_means(kind, table, weight / weight.mean(), z, fold)
            inputs = kind.of_tail
            apart.append(Apart(slice(end + inputs.start, end + inputs.stop), own))
        learned.append(kind)
        end += kind.width
    return tuple(learned), apart


def _with_means(
    kind: Category, table: Table, weight: np.ndarray, z: np.ndarray, fold: np.ndarray
) -> tuple[Category, np.ndarray]:
    found = coded(table.column(kind.name))
    at = kind.in_tail(found.levels)[found.codes]
    rows = (at >= 0).nonzero()[0]
    level, weight, z, fold, many = at[rows], weight[rows], z[rows], fold[rows], len(kind.tail)
    z = z - np.average(z, axis=0, weights=weight)
    mass, total = _sums(level, weight, z, many)
    shrinking = _variance_ratio(mass, total, weight, z)
    own = np.zeros((len(at), z.shape[1]))
    for k in range(FOLDS):
        there = fold == k
        less, lost = _sums(level[there], weight[there], z[there], many)
        own[rows[there]] = _shrunk(mass - less, total - lost, shrinking)[level[there]]
    size = np.sqrt(np.average(own[rows] ** 2, axis=0, weights=weight))
    unit = np.where(size > 0.0, size, 1.0)  # inputs of the size of others
    means = _shrunk(mass, total, shrinking) / unit
    return replace(kind, means=tuple(map(tuple, means.tolist()))), own / unit


def _sums(level: np.ndarray, weight: np.ndarray, z: np.ndarray, many: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of each level, shape (many,), and the weighted sums of z in it, shape (many, d)."""
    sums = [np.bincount(level, weight * each, many) for each in z.T]
    return np.bincount(level, weight, many), np.stack(sums, axis=1)


def _variance_ratio(mass: np.ndarray, total: np.ndarray, weight: np.ndarray, z: np.ndarray) -> np.ndarray:
    r"""Return :math:`\sigma^2 / \tau^2` of each column of z by the analysis of variance; ∞ where levels do not differ.

    z has the mean 0. Searle, Casella & McCulloch, *Variance Components*, 1992, chapter 3.
    """
    rows, levels = weight.sum(), len(mass)
    explained = (total**2 / mass[:, None]).sum(0)
    within = ((weight @ z**2) - explained) / max(rows - levels, 1.0)
    between = (explained - (levels - 1) * within) / (rows - (mass**2).sum() / rows)
    none = (between <= 0.0) | (rows <= levels)
    return np.where(none, np.inf, np.maximum(within, 0.0) / np.where(none, 1.0, between))


def _shrunk(mass: np.ndarray, total: np.ndarray, shrinking: np.ndarray) -> np.ndarray:
    """Return the means of levels, drawn to 0, as they are where there is nothing to draw them by; 0 without rows."""
    mass = np.maximum(mass, 0.0)[:, None]  # but for rounding
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mass > 1e-9 * mass.max(initial=1.0), total / (mass + shrinking), 0.0)
