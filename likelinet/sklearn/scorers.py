"""Scores of predicted distributions as scorers for searches and cross-validation."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import UNUSED

from likelinet.core.errors import DataError
from likelinet.distributions import Distribution, Interval
from likelinet.scores import calibration

Rows = Callable[[Distribution, Any], np.ndarray]


class Scorer(BaseEstimator):
    """A callable ``(estimator, X, y)`` that scores the predicted distributions; greater is better, if not said.

    It walks to the estimator at the end of a `Pipeline`, or within a search, and has the steps before transform X. Its
    `set_score_request` takes part in the routing of metadata.

    Parameters
    ----------
    rows : callable
        ``(distribution, y)`` to the score of each row, shape (n,) or (n, d).

    Examples
    --------
    >>> import numpy as np
    >>> from likelinet.sklearn import DistributionRegressor, Scorer
    >>> X = np.arange(20.0)[:, None]
    >>> regressor = DistributionRegressor(distribution="gaussian").fit(X, X[:, 0] + np.tile([-1.0, 1.0], 10))
    >>> width = Scorer(lambda d, y: -d.std())
    >>> width(regressor, X, X[:, 0]) == -regressor.predict_dist(X).std().mean()
    np.True_
    """

    __metadata_request__score = {"estimator": UNUSED}  # noqa: RUF012

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def __call__(self, estimator: Any, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean score, by the weights of the rows."""
        return self.score(estimator, X, y, sample_weight)

    def score(self, estimator: Any, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean score, by the weights of the rows.

        Parameters
        ----------
        estimator : estimator
            One of likelinet's, fitted, or a pipeline or a search with one at its end.
        X, y : array_like
            Rows, and what was observed.
        sample_weight : array_like, shape (n,), optional
            Weight of each row.
        """
        d = predicted(estimator, X)
        y = y if isinstance(y, Interval) else np.asarray(y)
        each = np.asarray(self.rows(d, y), dtype=np.float64)
        weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        return float(np.average(each.reshape(len(each), -1).mean(axis=1), weights=weight))


def predicted(estimator: Any, X: Any) -> Distribution:
    """Return what the estimator at the end of a pipeline, or within a search, predicts of each row.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    X : array_like
        Rows, as the whole takes them.
    """
    if isinstance(estimator, Pipeline):
        before, last = estimator[:-1], estimator[-1]
        return predicted(last, before.transform(X) if len(before) else X)
    if (best := getattr(estimator, "best_estimator_", None)) is not None:
        return predicted(best, X)
    if not hasattr(estimator, "predict_dist"):
        raise DataError(
            f"{type(estimator).__name__} predicts no distributions: score a DistributionRegressor or "
            "DistributionClassifier, or a Pipeline or search over one."
        )
    return estimator.predict_dist(X)


def pinball(level: float) -> Scorer:
    """Return the scorer of a quantile: minus twice the pinball loss, of which the mean over all levels is the CRPS.

    Parameters
    ----------
    level : float
        Of the quantile, between 0 and 1.

    References
    ----------
    Koenker & Bassett, *Econometrica* 46, 1978.
    """
    return Scorer(partial(_pinball, level=level))


def coverage(level: float) -> Scorer:
    """Return the share of rows whose central interval holds y: of true distributions it is the level.

    More is not better: look at it beside another score, by a dict of scorers.

    Parameters
    ----------
    level : float
        Probability of the interval, between 0 and 1.
    """
    return Scorer(partial(calibration.covered, level=level))


def _crps(d: Distribution, y: np.ndarray) -> np.ndarray:
    return -d.crps(y)


def _pinball(d: Distribution, y: np.ndarray, level: float) -> np.ndarray:
    over = y - d.ppf(level)
    return -2.0 * np.maximum(level * over, (level - 1.0) * over)


log_score = Scorer(calibration.log_prob)
"""The mean log-likelihood of y, in its units."""

crps = Scorer(_crps)
"""Minus the mean CRPS, in the units of y."""

scorers = {
    "log_score": log_score,
    "crps": crps,
    "pinball_05": pinball(0.05),
    "pinball_50": pinball(0.5),
    "pinball_95": pinball(0.95),
    "coverage_90": coverage(0.9),
}
"""All of them by name; a search takes the dict as `scoring`, with one of its names as `refit`."""
