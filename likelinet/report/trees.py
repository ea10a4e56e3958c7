"""Boosted trees of LightGBM where it is installed, else of scikit-learn, by one thread each."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]

Loss = Literal["squared", "poisson", "classes"]
Predict = Callable[[np.ndarray], np.ndarray]  # means, or probabilities of the classes that there were, (n, K)
ROUNDS = 200  # trees at most, of classes for each
PATIENCE = 10  # trees without a better score of the rows aside, after which no more are grown
ASIDE = 0.1  # share of the rows that say when to stop
FEWEST = 10  # rows of a class, or of counts above 0, for early stopping
UNSTOPPED = 30  # trees where no rows say when to stop


class Trees(NamedTuple):
    """A library of boosted trees.

    Parameters
    ----------
    name : str
        As its makers write it.
    grow : callable
        Given x of shape (n, p), y as numbers, of classes their codes from 0 on, weights, the loss and a seed, returns
        a function from new x to predictions.
    """

    name: str
    grow: Callable[[np.ndarray, np.ndarray, np.ndarray, Loss, int], Predict]


def installed() -> Trees | None:
    """Return the trees that there are."""
    if find_spec("lightgbm") is not None:
        return LIGHTGBM
    return None if find_spec("sklearn") is None else SCIKIT_LEARN


def _of_lightgbm(x: np.ndarray, y: np.ndarray, weight: np.ndarray, loss: Loss, seed: int) -> Predict:
    """Return what LightGBM learns.

    References
    ----------
    Ke et al., *LightGBM*, NeurIPS 2017.
    """
    import lightgbm as lgb

    settings: dict[str, Any] = {"squared": {"objective": "l2"}, "poisson": {"objective": "poisson"}}.get(loss, {})
    if loss == "classes":
        settings = {"objective": "multiclass", "num_class": int(y.max()) + 1}
    settings |= {"num_threads": 1, "verbosity": -1, "seed": seed, "deterministic": True, "force_row_wise": True}
    aside = np.random.default_rng(seed).random(len(y)) < ASIDE
    try:
        if _cannot_stop(y, loss) or not aside.any():
            trees = lgb.train(settings, lgb.Dataset(x, y, weight=weight), UNSTOPPED)
        else:
            learned = lgb.Dataset(x[~aside], y[~aside], weight=weight[~aside])
            stop = lgb.Dataset(x[aside], y[aside], weight=weight[aside], reference=learned)
            patience = lgb.early_stopping(PATIENCE, verbose=False)
            trees = lgb.train(settings, learned, ROUNDS, valid_sets=[stop], callbacks=[patience])
    except lgb.basic.LightGBMError as error:
        raise ValueError(str(error)) from error
    return lambda new: np.asarray(trees.predict(new, num_threads=1))


def _of_scikit_learn(x: np.ndarray, y: np.ndarray, weight: np.ndarray, loss: Loss, seed: int) -> Predict:
    """Return what scikit-learn learns."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    settings = {"early_stopping": True, "n_iter_no_change": PATIENCE, "validation_fraction": ASIDE}
    settings |= {"random_state": seed, "max_iter": ROUNDS}
    if _cannot_stop(y, loss):
        settings |= {"early_stopping": False, "max_iter": UNSTOPPED}
    with _one_thread():
        if loss == "classes":
            predict = HistGradientBoostingClassifier(**settings).fit(x, y, sample_weight=weight).predict_proba
        else:
            own = "squared_error" if loss == "squared" else loss
            predict = HistGradientBoostingRegressor(loss=own, **settings).fit(x, y, sample_weight=weight).predict

    def alone(new: np.ndarray) -> np.ndarray:
        with _one_thread():
            return predict(new)

    return alone


LIGHTGBM = Trees("LightGBM", _of_lightgbm)
SCIKIT_LEARN = Trees("scikit-learn", _of_scikit_learn)


def _cannot_stop(y: np.ndarray, loss: Loss) -> bool:
    """Whether a part of the rows may lack a class, or have no count but 0."""
    if loss == "poisson":
        return bool(np.count_nonzero(y) < FEWEST)
    return loss == "classes" and bool(np.unique(y, return_counts=True)[1].min() < FEWEST)


def _one_thread() -> AbstractContextManager[object]:
    """Do what is done within with one OpenMP thread: several wait for each other without end where cores are busy."""
    import sklearn.ensemble  # noqa: F401 - with its OpenMP, which loaded later would not be limited

    return threadpool_limits(1, "openmp")
