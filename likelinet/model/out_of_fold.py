"""Training rows as predicted by the members of an ensemble that have not seen them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.distributions import Distribution, Interval
from likelinet.scores import calibration, metrics
from likelinet.scores.angles import around


@dataclass(frozen=True)
class OutOfFold:
    """Each training row as predicted by the members that held it out, in the order of the table.

    Its scores are those of one member, or of a few, which are rather worse than those of the whole ensemble on new
    rows. What all members share is learned from all training rows: the scaling of x and y, the start of training, and
    the means of y of rare levels, of which that of a row leaves out its own y. All members keep the weights of the same
    epoch: one that each chose by its fold would make the scores of this fold too good.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Positions of the rows in the table that was passed to `fit`, counted from 0: those of weight 0, and those whose
        y is missing, are not among them.
    fold : ndarray of int, shape (n,)
        The fold of each row; member m held out fold m modulo the number of folds.
    distribution : Distribution
        Of batch_shape (n,): the equal mixture of the members that held a row out, of classes the mean probabilities;
        of groups of members the mixture of these, by the weights of the groups.
    y : ndarray or Interval, shape (n,) or (n, d)
        What was observed.
    weight : ndarray, shape (n,)
        Weight of each row.
    """

    rows: np.ndarray
    fold: np.ndarray
    distribution: Distribution
    y: np.ndarray | Interval
    weight: np.ndarray

    @cached_property
    def log_prob(self) -> np.ndarray:
        """Log density or probability of y, shape (n,); of an interval its log probability."""
        return calibration.log_prob(self.distribution, self.y)

    @cached_property
    def pit(self) -> np.ndarray:
        """F(y), uniform where the distributions are true; randomised, always alike, where y has a probability."""
        return calibration.pit(self.distribution, self.y, rng=0)

    @cached_property
    def crps(self) -> np.ndarray:
        """Continuous ranked probability score of y."""
        return self.distribution.crps(self._numbers("crps"))

    @cached_property
    def residual(self) -> np.ndarray:
        """The y less the mean of its distribution; of angles the shorter way round."""
        away = self._numbers("residual") - self.distribution.mean()
        return around(away) if self.distribution.is_angle else away

    def evaluate(self) -> dict[str, float]:
        """Return the weighted means of scores over the rows; see `likelinet.scores.evaluate`."""
        return metrics.evaluate(self.distribution, self.y, self.weight)

    def _numbers(self, what: str) -> np.ndarray:
        if not isinstance(self.y, Interval):
            return self.y
        if not self.y.exact.all():
            raise UndefinedError(f"{what}: some y are intervals; evaluate() has the scores of such rows.")
        return self.y.lower

    def __repr__(self) -> str:
        return f"OutOfFold({len(self.rows)} rows in {self.fold.max() + 1} folds, {type(self.distribution).__name__})"
