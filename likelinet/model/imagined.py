"""How much imagined rows weigh beside few ones: by scores of rows that are held out in turn."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from likelinet.core.errors import LikelinetError
from likelinet.core.notes import unnoted
from likelinet.model.fit import Fit
from likelinet.model.prediction import predict_dist
from likelinet.scores.calibration import log_prob
from likelinet.tables.rows import Rows

SHARES = (1 / 4096, 1 / 256, 1 / 16, 1 / 4, 1.0, 4.0)  # of 4 rows and one for each input
FOLDS = 5
ENOUGH = 3  # rows for each weight of a linear function, with fewer of which imagined rows weigh a quarter at least


def best_share(fitted: Callable[[Rows, float], Fit], rows: Rows, what: str) -> float:
    """Return the largest of `SHARES` by which rows out of fold have the highest log score, but for a standard error.

    Rows whose inputs are alike are held out together, so that a row of weight 2 is a row that stands there twice.

    Parameters
    ----------
    fitted : callable
        Returns what is learned of rows beside imagined ones of a share.
    rows : Rows
        Few ones.
    what : str
        How messages call y.

    Returns
    -------
    float
        1 where parts of the rows are too few to learn from.
    """
    with unnoted():
        try:
            whole = fitted(rows, 1.0)
            found, place = np.unique(whole.rows(rows.table).x[slice(None)], axis=0, return_inverse=True)
            fold, enough = place.ravel() % FOLDS, len(found) >= ENOUGH * (found.shape[1] + 1)
            shares = [share for share in SHARES if enough or share >= 0.25]
            scores = np.array([_scores(fitted, rows, fold, share, what) for share in shares])
        except LikelinetError:
            return 1.0
    best = scores[int(np.argmax(scores.sum(axis=1)))]
    with np.errstate(invalid="ignore"):
        below = best - scores
        near = below.sum(axis=1) <= below.std(axis=1) * len(best) ** 0.5
    return max((share for share, is_near in zip(shares, near, strict=True) if is_near), default=1.0)


def _scores(fitted: Callable[[Rows, float], Fit], rows: Rows, fold: np.ndarray, share: float, what: str) -> np.ndarray:
    """Return the log score of each row out of fold, times its weight."""
    scores = np.empty(len(fold))
    for k in np.unique(fold):
        fit, out = fitted(_part(rows, fold != k), share), _part(rows, fold == k)
        d = predict_dist(fit, fit.rows(out.table))
        scores[fold == k] = out.weight * log_prob(d, fit.recognise(out, what))
    return scores


def _part(rows: Rows, keep: np.ndarray) -> Rows:
    return replace(rows, table=rows.table.taken(keep), y=rows.y[keep], weight=rows.weight[keep])
