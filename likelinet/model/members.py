"""What single members of an ensemble predict: of rows that they have not seen, and where they disagree."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from likelinet.core.blas import one_blas_thread
from likelinet.core.blocks import blocks
from likelinet.distributions import Distribution
from likelinet.distributions.base.assembly import Assembly
from likelinet.distributions.base.shapes import on_batch
from likelinet.model.fit import EncodedRows, Fit
from likelinet.model.prediction import ROWS_AT_ONCE, answers_of, predict_dist


def each_member(fit: Fit, x: EncodedRows) -> Iterator[Distribution]:
    """Yield what one member after the other predicts."""
    for theta in fit.theta:
        yield predict_dist(replace(fit, theta=theta[None]), x)


def out_of_fold(fit: Fit, x: np.ndarray, columns: np.ndarray | None, fold: np.ndarray) -> Distribution:
    """Return the distribution of each training row, by the members that held it out: member m fold m modulo the folds.

    Parameters
    ----------
    fit : Fit
        An ensemble of as many members as there are folds, or more.
    x, columns : ndarray, shapes (n, inputs) and (n, k)
        What the members were trained on, where means of y leave out that of the row itself.
    fold : ndarray of int, shape (n,)
        Of each row.
    """
    order, folds = np.argsort(fold, kind="stable"), int(fold.max()) + 1
    most = -(-len(fit.theta) // folds)  # members of a fold; one with fewer is filled up by some of weight 0
    room, first = None, 0
    with one_blas_thread():
        for k in range(folds):
            own = np.arange(k, len(fit.theta), folds)
            weights = np.where(np.arange(most) < len(own), 0.0, -np.inf)
            members = replace(fit, theta=fit.theta[np.resize(own, most)])
            answer, rows = answers_of(members, weights), order[first : first + np.count_nonzero(fold == k)]
            for part in blocks(len(rows), ROWS_AT_ONCE):
                at = rows[part]
                d = _row_by_row(answer(x[at], None if columns is None else columns[at]))
                room = Assembly(d, len(order)) if room is None else room
                room.put(slice(first, first + len(at)), d)
                first += len(at)
    assert room is not None
    return room.distribution()[np.argsort(order)]


def _row_by_row(d: Distribution) -> Distribution:
    """Return a distribution in which every row has its own parameters: other members have other shared ones."""
    return d.map_arrays(lambda a, n: np.ascontiguousarray(on_batch(a, d.batch_shape, n)))
