"""What is kept at the end of a training: nothing that is not finite, and nothing that is worse than the start."""

from dataclasses import dataclass

import numpy as np

from likelinet.engines.engine import Data, Run
from likelinet.training.best import Best
from likelinet.training.plan import Plan

ROUNDING = 1e-6  # of a mean loss, in single precision too
WORST = 1e9  # what a loss that is not finite counts in the mean of all members
RISE = 0.1  # of a mean loss that is no chance: by less a few steps may miss where there is nothing to learn


@dataclass(frozen=True)
class Kept:
    """The best weights of a run, on the rows of a plan.

    Parameters
    ----------
    best : Best
        Which weights.
    run : Run
        What can evaluate them.
    plan, data : Plan and Data
        On which rows.
    """

    best: Best
    run: Run
    plan: Plan
    data: Data

    def look_back(self, settled: int) -> np.ndarray:
        """Keep no weights that are not finite, or worse than those of the start; return which members had no others.

        In the `settled` epochs of a warm-up another loss was minimised.
        """
        best, run, plan = self.best, self.run, self.plan
        rows = plan.validation if plan.validation.shape[1] else plan.train

        # Without validation nobody has looked yet at what the last step made of the weights.
        kept = self._loss(best.theta, rows)
        spoiled = np.isinf(kept)
        if spoiled.any():
            best.fall_back(lambda theta: np.isfinite(self._loss(theta, rows)))
            kept = self._loss(best.theta, rows)
        if (best.epoch == 0).any():  # no epoch had a finite loss, or there was nothing to train
            spoiled |= (best.epoch == 0) & np.isinf(self._loss(run.weights(), rows))
        # During a warm-up another loss was minimised, by which the latest weights may well be worse than the start.
        best.back_to_start(_worse(kept, self._loss(best.start, rows), ROUNDING) & (best.epoch > settled))
        return spoiled

    def rose(self) -> tuple[float, float] | None:
        """Return the mean loss of the training rows at the start and now, if it rose for every member."""
        rows = self.plan.train
        start, now = self._loss(self.best.start, rows), self._loss(self.run.weights(), rows)
        if not _worse(now, start, RISE).all():
            return None  # there was little to learn, or what was learned is of no use for held-out rows
        shift = self.plan.shift(rows, self.data.weight[rows])
        return float(np.mean(start + shift)), float(np.mean(now + shift))

    def _loss(self, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the mean loss of each member over rows (M, n), infinite where it is not finite."""
        return means(self.run.evaluate(theta, rows), self.data.weight[rows].sum(1), self.plan.together)


def _worse(loss: np.ndarray, start: np.ndarray, by: float) -> np.ndarray:
    """Whether a loss is greater than that of the start by so much, absolute and relative."""
    with np.errstate(invalid="ignore"):
        return loss > start + by * (1.0 + np.abs(start))


def means(sums: np.ndarray, weights: np.ndarray, together: bool) -> np.ndarray:
    """Return the mean loss of each member, by which weights are kept: of all of them where they keep `together`.

    One that is not finite is infinite, but does not hide from the others what they learn.
    """
    own = finite(sums / weights)
    if not together:
        return own
    counted = np.where(np.isfinite(own), sums, WORST * weights)
    return np.where(np.isfinite(own), counted.sum() / weights.sum(), np.inf)


def finite(nll: np.ndarray) -> np.ndarray:
    """Return NLLs, infinite where they are not finite: worse than any other."""
    return np.where(np.isfinite(nll), nll, np.inf)
