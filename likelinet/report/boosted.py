"""Boosted trees as another model: their means, with one width for all rows, or their probabilities."""

from collections.abc import Callable

import numpy as np

from likelinet.core.errors import DataError
from likelinet.distributions import Categorical, Distribution, Gaussian, Interval, Labelled, LogNormal, Poisson
from likelinet.report.beside import Learn
from likelinet.report.case import Case
from likelinet.report.trees import Trees
from likelinet.tables.rows import Rows
from likelinet.tables.table import Table

FOR_WIDTH = 0.25  # share of the rows that say how far the means are off, and that the trees do not see
LEAST = 40  # rows that are learned from


def words(trees: Trees) -> str:
    """Return what the boosted trees are, in a sentence."""
    return (
        f"The boosted trees are those of {trees.name} with its defaults and early stopping: probabilities of classes, "
        "the mean of counts, or the mean of numbers, of positive ones of their logarithm, with one width for all rows."
    )


def fits(case: Case) -> bool:
    """Whether boosted trees have an answer: to a class, a count, or a number with a density.

    They have none where the family reads columns: they would not know of an exposure.
    """
    if isinstance(case.y, Interval) or any(g.distribution.columns for g in case.model.config.each_group):
        return False
    return case.of_classes or (case.of_one_number and not case.d.is_angle and not case.d.atoms)


def learner(case: Case, trees: Trees) -> Learn:
    """Return how boosted trees are fitted to rows.

    Parameters
    ----------
    case : Case
        Whose family says what y is.
    trees : Trees
        The library.

    Raises
    ------
    DataError
        When it is called with rows that are too few, or that the library cannot learn from.
    """

    def learn(rows: Rows) -> Callable[[Table], Distribution]:
        assert not isinstance(rows.y, Interval)
        if rows.table.n < LEAST:
            raise DataError(f"They need {LEAST} rows to learn from, and here are {rows.table.n}.")
        y = case.d.encode(rows.y) if case.of_classes else rows.y
        x = case.inputs(rows.table)
        try:
            predict = _learned(case, trees, x, np.asarray(y, dtype=float), rows.weight)
        except ValueError as error:
            raise DataError(f"{trees.name} cannot learn from these rows ({error}).") from error
        return lambda table: predict(case.inputs(table))

    return learn


def _learned(
    case: Case, trees: Trees, x: np.ndarray, y: np.ndarray, weight: np.ndarray
) -> Callable[[np.ndarray], Distribution]:
    """Return a function from inputs to distributions."""
    if case.of_classes:
        present, codes = np.unique(y, return_inverse=True)
        if len(present) == 1:
            return lambda new: _classes(case, np.ones((len(new), 1)), present)
        probs = trees.grow(x, codes.astype(float), weight, "classes", case.seed)
        return lambda new: _classes(case, probs(new), present)
    if case.d.support.integer:
        if not y.any():  # from which trees of counts cannot be grown
            return lambda new: Poisson(np.full(len(new), 0.5 / len(y)))  # Jeffreys' mean of the rate
        mean = trees.grow(x, y, weight, "poisson", case.seed)
        return lambda new: Poisson(np.maximum(mean(new), 1e-6))
    aside = np.random.default_rng(case.seed).random(len(y)) < FOR_WIDTH
    positive = case.d.support.low == 0.0 and bool((y > 0.0).all())
    t = np.log(y) if positive else y
    mean = trees.grow(x[~aside], t[~aside], weight[~aside], "squared", case.seed)
    off = t[aside] - mean(x[aside])
    width = float(np.sqrt(np.average(off**2, weights=weight[aside]))) or np.finfo(float).tiny
    return lambda new: (LogNormal if positive else Gaussian)(mean(new), width)


def _classes(case: Case, probs: np.ndarray, known: np.ndarray) -> Distribution:
    """Return probabilities of all classes, of which those that training had not share one in a thousand."""
    many = len(case.labels)
    found = np.full((len(probs), many), 1e-3 / many)
    found[:, known.astype(int)] += (1.0 - 1e-3) * probs
    d = Categorical(probs=found / found.sum(1, keepdims=True))
    return d if case.model.classes is None else Labelled(d, case.model.classes)
