"""Boosted trees as another model: the means of scikit-learn's, of one width for all rows, or its probabilities."""

import importlib.util
from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]

from likelinet.core.errors import DataError
from likelinet.distributions import Categorical, Distribution, Gaussian, Interval, Labelled, LogNormal, Poisson
from likelinet.report.beside import Learn
from likelinet.report.case import Case
from likelinet.tables.rows import Rows
from likelinet.tables.table import Table

FOR_WIDTH = 0.25  # share of the rows that say how far the means are off, and that the trees do not see
LEAST = 40  # rows that are learned from
FEWEST = 10  # rows of a class for early stopping
WORDS = (
    "The boosted trees are those of scikit-learn with its defaults and early stopping: probabilities of classes, the "
    "mean of counts, or the mean of numbers, of positive ones of their logarithm, with one width for all rows."
)


def fits(case: Case) -> bool:
    """Whether scikit-learn is there, and boosted trees have an answer: a class, a count, or a number with a density.

    They have none where the family reads columns: they would not know of an exposure.
    """
    if importlib.util.find_spec("sklearn") is None or isinstance(case.y, Interval):
        return False
    if any(group.distribution.columns for group in case.model.config.each_group):
        return False
    return case.of_classes or (case.of_one_number and not case.d.is_angle and not case.d.atoms)


def learner(case: Case) -> Learn:
    """Return how boosted trees are fitted to rows.

    Parameters
    ----------
    case : Case
        Whose family says what y is.

    Raises
    ------
    DataError
        When it is called with rows that are too few, or that scikit-learn cannot learn from.

    References
    ----------
    Ke et al., *LightGBM*, NeurIPS 2017, after which `HistGradientBoosting` is made.
    """

    def learn(rows: Rows) -> Callable[[Table], Distribution]:
        assert not isinstance(rows.y, Interval)
        if rows.table.n < LEAST:
            raise DataError(f"They need {LEAST} rows to learn from, and here are {rows.table.n}.")
        y = case.d.encode(rows.y) if case.of_classes else rows.y
        x = case.inputs(rows.table)
        try:
            with one_thread():
                predict = _learned(case, x, np.asarray(y, dtype=float), rows.weight)
        except ValueError as error:
            raise DataError(f"scikit-learn cannot learn from these rows ({error}).") from error
        return lambda table: _predicted(predict, case.inputs(table))

    return learn


def one_thread() -> AbstractContextManager[object]:
    """Do what is done within with one OpenMP thread: several wait for each other without end where cores are busy."""
    import sklearn.ensemble  # noqa: F401 - with its OpenMP, which loaded later would not be limited

    return threadpool_limits(1, "openmp")


def _predicted(predict: Callable[[np.ndarray], Distribution], x: np.ndarray) -> Distribution:
    with one_thread():
        return predict(x)


def _learned(case: Case, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Callable[[np.ndarray], Distribution]:
    """Return a function from inputs to distributions."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    settings = {"early_stopping": True, "random_state": case.seed, "max_iter": 200}
    if case.of_classes:
        many = len(case.labels)
        present, count = np.unique(y, return_counts=True)
        if len(present) == 1:
            return lambda new: _classes(case, np.ones((len(new), 1)), present, many)
        if count.min() < FEWEST:  # of which early stopping may find none
            settings |= {"early_stopping": False, "max_iter": 30}
        trees = HistGradientBoostingClassifier(**settings).fit(x, y, sample_weight=weight)
        return lambda new: _classes(case, trees.predict_proba(new), trees.classes_, many)
    if case.d.support.integer:
        if not y.any():  # from which trees of counts cannot be grown
            return lambda new: Poisson(np.full(len(new), 0.5 / len(y)))  # Jeffreys' mean of the rate
        trees = HistGradientBoostingRegressor(loss="poisson", **settings).fit(x, y, sample_weight=weight)
        return lambda new: Poisson(np.maximum(trees.predict(new), 1e-6))
    aside = np.random.default_rng(case.seed).random(len(y)) < FOR_WIDTH
    positive = case.d.support.low == 0.0 and bool((y > 0.0).all())
    t = np.log(y) if positive else y
    trees = HistGradientBoostingRegressor(**settings).fit(x[~aside], t[~aside], sample_weight=weight[~aside])
    off = t[aside] - trees.predict(x[aside])
    width = float(np.sqrt(np.average(off**2, weights=weight[aside]))) or np.finfo(float).tiny
    return lambda new: (LogNormal if positive else Gaussian)(trees.predict(new), width)


def _classes(case: Case, probs: np.ndarray, known: np.ndarray, many: int) -> Distribution:
    """Return probabilities of all classes, of which those that training had not share one in a thousand."""
    found = np.full((len(probs), many), 1e-3 / many)
    found[:, known.astype(int)] += (1.0 - 1e-3) * probs
    d = Categorical(probs=found / found.sum(1, keepdims=True))
    return d if case.model.classes is None else Labelled(d, case.model.classes)
