"""Scores of rows that come in parts, of which no two are in memory together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from likelinet.distributions import Distribution, Interval
from likelinet.scores.calibration import d_calibration
from likelinet.scores.concordance_index import concordance
from likelinet.scores.discrimination import average_precision, roc_auc, roc_auc_macro
from likelinet.scores.metrics import calibration_gaps, class_probabilities, evaluate
from likelinet.scores.skill import gained, marginal_scores
from likelinet.scores.survival import integrated_brier

# What compares each row with all others.
OF_ALL_ROWS = {
    score.__name__
    for score in (roc_auc, roc_auc_macro, average_precision, concordance, integrated_brier, d_calibration)
}


@dataclass(frozen=True)
class Part:
    """The scores of some of the rows, and what those of all are made of.

    Parameters
    ----------
    weight : float
        Of all of these rows.
    scores : dict
        What `evaluate` says of them.
    without_x : dict or None
        The same of the marginal distribution of y, where it is known.
    gaps : ndarray or None
        Of the calibration error, in each bin.
    moments : ndarray, shape (3, d), or None
        Of each output the mean of y, its weighted sum of squares around that, and that of the errors.
    """

    weight: float
    scores: dict[str, float]
    without_x: dict[str, float] | None
    gaps: np.ndarray | None
    moments: np.ndarray | None


def part_of(d: Distribution, y: np.ndarray | Interval, weight: np.ndarray, marginal: Distribution | None) -> Part:
    """Return the scores of some rows; the parameters are those of `evaluate` and of `skill`."""
    scores = evaluate(d, y, weight)
    without_x = None if marginal is None else marginal_scores(marginal, y, weight, "crps" in scores)
    gaps = moments = None
    if "ece" in scores:
        probabilities, codes = class_probabilities(d.censored_outermost(), y.lower if isinstance(y, Interval) else y)
        gaps = calibration_gaps(probabilities.max(1), probabilities.argmax(1) == codes, weight)
    elif "rmse" in scores and not d.is_angle:
        values = np.asarray(y.lower if isinstance(y, Interval) else y, np.float64).reshape(len(weight), -1)
        centre = np.average(values, 0, weight)
        if values.shape[1] == 1:
            errors = np.array([scores["rmse"] ** 2 * weight.sum()])
        else:
            errors = weight @ (values - d.censored_outermost().mean()) ** 2
        moments = np.stack([centre, weight @ (values - centre) ** 2, errors])
    return Part(float(weight.sum()), scores, without_x, gaps, moments)


def together(parts: Sequence[Part]) -> tuple[dict[str, float], list[str]]:
    """Return the scores of all rows, and the names of those that need all rows at once, which are left out.

    A score that some part has not is left out as well, as `evaluate` does where a row has none.
    """
    weight = np.array([part.weight for part in parts])
    names = dict.fromkeys(name for part in parts for name in part.scores)

    def mean(each: Sequence[float] | np.ndarray) -> float:
        return float(np.average(each, weights=weight))

    scores: dict[str, float] = {}
    for name in names:
        each = [part.scores.get(name, np.nan) for part in parts]
        if name == "r2":
            scores |= _explained(parts, weight)
        elif name in OF_ALL_ROWS or not all(name in part.scores for part in parts):
            continue
        elif name == "rmse":
            scores[name] = float(np.sqrt(mean(np.square(each))))
        elif name == "ece":
            scores[name] = float(np.abs(sum(part.gaps for part in parts if part.gaps is not None)).sum() / weight.sum())
        else:
            scores[name] = mean(each)
    marginals = [part.without_x for part in parts if part.without_x is not None]
    if len(marginals) == len(parts):
        common = [name for name in marginals[0] if all(name in own for own in marginals)]
        scores |= gained(scores, {name: mean([own[name] for own in marginals]) for name in common})
    return scores, [name for name in names if name in OF_ALL_ROWS]


def _explained(parts: Sequence[Part], weight: np.ndarray) -> dict[str, float]:
    """Return R² by the sums of squares of all parts, around the mean of all of them."""
    if any(part.moments is None for part in parts):
        return {}
    centre, squares, errors = np.moveaxis(np.stack([part.moments for part in parts if part.moments is not None]), 1, 0)
    of_all = np.average(centre, 0, weight)
    spread = squares.sum(0) + weight @ (centre - of_all) ** 2
    varies = spread > 0.0
    return {"r2": float(np.mean(1.0 - errors.sum(0)[varies] / spread[varies]))} if varies.any() else {}
