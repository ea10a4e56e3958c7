"""Scores of predicted distributions as scorers for searches and cross-validation."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import UNCHANGED, UNUSED

from likelinet.core.errors import DataError, ParameterError, UndefinedError
from likelinet.distributions import Distribution, Interval
from likelinet.scores import calibration
from likelinet.scores.censored_crps import censored_crps
from likelinet.scores.metrics import class_probabilities
from likelinet.sklearn.base import DistributionEstimator

Rows = Callable[[Distribution, Any], np.ndarray]


class Scorer(BaseEstimator):
    """A callable ``(estimator, X, y)`` that scores the predicted distributions; greater is better, if not said.

    It walks to the estimator at the end of a `Pipeline`, or within a search, and has the steps before transform X. Its
    `set_score_request` takes part in the routing of metadata.

    Parameters
    ----------
    rows : callable
        ``(distribution, y)`` to the score of each row, shape (n,) or (n, d); y is as the estimator reads it: numbers,
        labels, or an `Interval`.

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
        last, X = last_of(estimator, X)
        d, y = last.predict_dist(X), last._checked_y(X, y)  # noqa: SLF001
        each = np.asarray(self.rows(d, y), dtype=np.float64)
        weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        return float(np.average(each.reshape(len(each), -1).mean(axis=1), weights=weight))


def last_of(estimator: Any, X: Any) -> tuple[Any, Any]:
    """Return the estimator at the end of a pipeline, or within a search, and X as it takes it.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    X : array_like
        Rows, as the whole takes them.
    """
    if isinstance(estimator, Pipeline):
        before, last = estimator[:-1], estimator[-1]
        return last_of(last, before.transform(X) if len(before) else X)
    if (best := getattr(estimator, "best_estimator_", None)) is not None:
        return last_of(best, X)
    if not isinstance(estimator, DistributionEstimator):
        raise DataError(
            f"{type(estimator).__name__} predicts no distributions: score a DistributionRegressor or "
            "DistributionClassifier, or a Pipeline or search over one."
        )
    return estimator, X


def _on_a_copy(self: Scorer, *, sample_weight: Any = UNCHANGED) -> Scorer:
    """Return a scorer that asks for weights or does not, as scikit-learn's `set_score_request`, but another one.

    Parameters
    ----------
    sample_weight : bool, str or None
        As scikit-learn has it.
    """
    other: Any = clone(self)
    _in_place(other, sample_weight=sample_weight)
    return other


# A scorer of this module is everyone's; scikit-learn makes the method after the class, so that no class body can.
_in_place, Scorer.set_score_request = Scorer.set_score_request, _on_a_copy  # pyright: ignore[reportAttributeAccessIssue]


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
    return Scorer(partial(_pinball, level=_inside("pinball", level)))


def coverage(level: float) -> Scorer:
    """Return the share of rows whose central interval holds y: of true distributions it is the level.

    More is not better: look at it beside another score, by a dict of scorers.

    Parameters
    ----------
    level : float
        Probability of the interval, between 0 and 1.
    """
    return Scorer(partial(calibration.covered, level=_inside("coverage", level)))


def _inside(what: str, level: float) -> float:
    if not 0.0 < level < 1.0:
        raise ParameterError(f"{what}: the level must lie between 0 and 1, as 0.9, got {level!r}.")
    return level


def _crps(d: Distribution, y: np.ndarray | Interval) -> np.ndarray:
    """Return minus the CRPS: of intervals that of what is known, of classes that of their places in the order."""
    if isinstance(y, Interval):
        if not y.exact.all():
            return -censored_crps(d, y)
        y = y.lower
    classes = d.class_marginals()
    if classes is None or d.event_shape:
        return -d.censored_outermost().crps(y)
    probabilities, codes = class_probabilities(classes, y)
    if not d.ordered and probabilities.shape[-1] > 2:
        raise UndefinedError("crps: classes without an order have none: take log_score.")
    truth = np.eye(probabilities.shape[-1])[codes]
    return -np.sum(np.cumsum(probabilities - truth, axis=-1) ** 2, axis=-1)


def _pinball(d: Distribution, y: np.ndarray | Interval, level: float) -> np.ndarray:
    if isinstance(y, Interval):
        if not y.exact.all():
            raise UndefinedError("pinball: it needs a y that is known exactly, got intervals: take log_score or crps.")
        y = y.lower
    over = y - d.ppf(level)
    return -2.0 * np.maximum(level * over, (level - 1.0) * over)


log_score = Scorer(calibration.log_prob)
"""The mean log-likelihood of y, in its units."""

crps = Scorer(_crps)
"""Minus the mean CRPS, in the units of y; of censored y that of what is known, of ordered or two classes the RPS."""

scorers = {
    "log_score": log_score,
    "crps": crps,
    "pinball_05": pinball(0.05),
    "pinball_50": pinball(0.5),
    "pinball_95": pinball(0.95),
    "coverage_90": coverage(0.9),
}
"""All of them by name; a search takes the dict as `scoring`, with one of its names as `refit`."""
