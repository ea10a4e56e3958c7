"""What single members of an ensemble predict: of rows that they have not seen, and where they disagree."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from likelinet.core.blas import one_blas_thread
from likelinet.core.blocks import blocks
from likelinet.core.errors import UndefinedError
from likelinet.distributions import Distribution
from likelinet.distributions.base.assembly import Assembly
from likelinet.distributions.base.shapes import on_batch
from likelinet.model.fit import EncodedRows, Fit
from likelinet.model.prediction import ROWS_AT_ONCE, answers_of, predict_dist
from likelinet.training.minibatches import fold_of_members


class Uncertainty(NamedTuple):
    """How uncertain y is in each row, and why.

    Parameters
    ----------
    total : ndarray, shape (n,) or (n, d)
        Variance or entropy of the prediction.
    noise : ndarray
        The mean of those of the members, by their weights: what would be left if the members agreed. Also called
        aleatoric.
    disagreement : ndarray
        The rest: what the rows of training leave open. It is 0 with one member. Also called epistemic.
    """

    total: np.ndarray
    noise: np.ndarray
    disagreement: np.ndarray


def uncertainty(fit: Fit, x: EncodedRows, measure: str) -> Uncertainty:
    """Return how uncertain y is in each row, by the measure "variance" or "entropy"."""
    weights = member_weights(fit)
    if measure == "entropy":
        noise = np.average([d.entropy() for d in each_member(fit, x)], axis=0, weights=weights)
        total = predict_dist(fit, x).entropy()
        with np.errstate(invalid="ignore"):  # of infinite ones
            return Uncertainty(total, noise, np.maximum(total - noise, 0.0))  # rounding apart it is none below 0
    means, variances = [], []
    for d in each_member(fit, x):
        if d.is_angle:
            raise UndefinedError("uncertainty: the variance of angles has no such parts: take measure='entropy'.")
        try:
            means.append(d.mean())
            variances.append(d.var())
        except UndefinedError as error:
            what = str(error).removesuffix(".").partition(": take")[0]
            raise UndefinedError(f"uncertainty: {what}: take measure='entropy'.") from None
    with np.errstate(invalid="ignore", over="ignore"):
        noise, mean = (np.average(each, axis=0, weights=weights) for each in (variances, means))
        disagreement = np.average((np.stack(means) - mean) ** 2, axis=0, weights=weights)
    return Uncertainty(noise + disagreement, noise, disagreement)


def each_member(fit: Fit, x: EncodedRows) -> Iterator[Distribution]:
    """Yield what one member after the other predicts, in one group after the other."""
    for i, group in enumerate(fit.groups):
        own = x if i == 0 else x.of_group(group)
        for theta in group.theta:
            yield predict_dist(replace(group, theta=theta[None]), own)


def member_weights(fit: Fit) -> np.ndarray:
    """Return the weight of each member in the prediction: in a group they have the same."""
    members = [len(group.theta) for group in fit.groups]
    return np.repeat(np.array(fit.group_weights) / members, members)


def out_of_fold(fit: Fit, x: np.ndarray, columns: np.ndarray | None, fold: np.ndarray) -> Distribution:
    """Return the distribution of each training row, by the members that held it out.

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
            own = np.flatnonzero(fold_of_members(len(fit.theta), folds) == k)
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
