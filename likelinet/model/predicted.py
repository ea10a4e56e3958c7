"""Rows of which y is known, with all that is predicted of them, and the scores that follow."""

from dataclasses import dataclass

import numpy as np

from likelinet.distributions import Distribution
from likelinet.scores import metrics
from likelinet.scores.skill import skill
from likelinet.tables.rows import Rows


@dataclass(frozen=True)
class Predicted:
    """What a model predicts of rows whose y is known.

    Parameters
    ----------
    rows : Rows
        They.
    d : Distribution
        Of each row, in the units of y.
    without_x : Distribution or None
        That of y in training, for each row; None where it is not known.
    bound : ndarray, shape (n,), or None
        A lower bound of log p(y) of each, where a variational autoencoder has one.
    """

    rows: Rows
    d: Distribution
    without_x: Distribution | None = None
    bound: np.ndarray | None = None

    def scores(self) -> dict[str, float]:
        """Return held-out metrics by name, as `Model.evaluate` does."""
        y, weight = self.rows.y, self.rows.weight
        scores = metrics.evaluate(self.d, y, weight)
        if self.bound is not None:
            scores = {"elbo": float(np.average(self.bound, weights=weight)), **scores}
        return scores if self.without_x is None else scores | skill(scores, self.without_x, y, weight)
