"""Rows that members have not seen: groups are weighed by them, scales have a factor, and one of some models is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.distributions import Distribution
from likelinet.model.fit import Fit
from likelinet.scores.cells import log_prob_of_cells
from likelinet.targets.class_weights import Weigher
from likelinet.targets.lattice import step_of
from likelinet.targets.target import Y


@dataclass(frozen=True)
class Unseen:
    """The y of rows that members held out, or that validate.

    Parameters
    ----------
    y : ndarray or Interval, shape (n,) or (n, d)
        What was observed.
    weight : ndarray, shape (n,)
        Of each row, as in training.
    step : float
        Of the lattice on which y lies; 0 where it is none.
    """

    y: Y
    weight: np.ndarray
    step: float

    @staticmethod
    def of(y: Y, weight: np.ndarray, in_training: Weigher) -> "Unseen":
        """Return rows of these weights, which count as they do in training."""
        return Unseen(y, in_training(y, weight), step_of(y, weight))

    def taken(self, rows: np.ndarray) -> "Unseen":
        """Return some of the rows."""
        return replace(self, y=self.y[rows], weight=self.weight[rows])

    def log_prob(self, *predicted: Distribution) -> list[np.ndarray]:
        """Return log p(y) by each prediction; of a rounded y it is that of its cell, which no spike makes better."""
        try:
            return [log_prob_of_cells(d, self.y, self.step) for d in predicted]
        except UndefinedError:  # of a family of the user's that has no cdf, nor probabilities of cells
            return [log_prob_of_cells(d, self.y, 0.0) for d in predicted]

    def log_scores(self, *predicted: Distribution) -> list[float]:
        """Return the mean log score of each prediction."""
        return [float(np.average(log_p, weights=self.weight)) for log_p in self.log_prob(*predicted)]


def likelier(fits: Sequence[Fit], unseen: Unseen) -> Fit:
    """Return that of some models which makes the rows that members held out most likely; the first one of equals."""
    scores = unseen.log_scores(*(fit.out_of_fold.distribution for fit in fits if fit.out_of_fold is not None))
    return fits[int(np.argmax(np.where(np.isnan(scores), -np.inf, scores)))]
