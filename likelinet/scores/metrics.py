"""Scores of predicted distributions on held-out rows, weighted where the rows are."""

from contextlib import suppress
from functools import cache

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.core.notes import note
from likelinet.distributions import Distribution, Interval
from likelinet.scores.angles import around
from likelinet.scores.calibration import covered, log_prob, marginals
from likelinet.scores.discrimination import average_precision, roc_auc, roc_auc_macro
from likelinet.scores.survival import evaluate_censored

COVERAGE = 0.9  # of the interval whose coverage is reported


def evaluate(d: Distribution, y: np.ndarray | Interval, weight: np.ndarray | None = None) -> dict[str, float]:
    """Return the metrics that fit the family.

    For numbers: nll, rmse, mae, crps, the coverage of the central 90 % interval and R²; for classes: nll, accuracy,
    Brier score (the sum over all classes) and expected calibration error, for ordered ones the ranked probability
    score, for two the Brier score of the second alone (half of that sum; scikit-learn's), its area under the ROC
    curve and its average precision, and for more the mean area of each class against all others; for censored y those
    of `likelinet.scores.survival.evaluate_censored`, over several outputs the nll of all together and the mean of each
    other score over the outputs that define it. A score that does not exist, as the rmse where there is no mean, is
    left out. Angles are scored as numbers around the mean direction of each row, but without R².

    Parameters
    ----------
    d : Distribution
        One distribution per row.
    y : ndarray or Interval
        Observed values, shape (n,) or (n, d).
    weight : ndarray, optional
        Weight of each row.

    Returns
    -------
    dict
        Means over rows (and outputs), in the user's units.

    References
    ----------
    Gneiting & Raftery, *JASA* 102, 2007; Guo et al., *ICML* 2017 (calibration error); Epstein, *J. Appl. Meteorol.* 8,
    1969 (ranked probability score).

    Examples
    --------
    >>> import likelinet as ll
    >>> evaluate(ll.Gaussian([0.0, 0.0], 1.0), np.array([0.0, 2.0]))["mae"]
    1.0
    """

    def mean(values: np.ndarray) -> float:
        values = np.asarray(values, dtype=np.float64)
        return float(np.average(values.reshape(len(values), -1).mean(1), weights=weight))

    d = d.censored_outermost()
    if isinstance(y, Interval):
        if not y.exact.all():
            return _of_outputs(d, y, weight) if d.event_shape else evaluate_censored(d, y, weight, COVERAGE)
        y = y.lower
    scores = {"nll": mean(d.nll(y))}
    classes = d.class_marginals()
    if classes is not None and not d.event_shape:
        probs, codes = class_probabilities(classes, y)
        hit = probs.argmax(1) == codes
        truth = np.eye(probs.shape[1])[codes]
        brier = np.sum((probs - truth) ** 2, axis=1)
        scores |= {
            "accuracy": mean(hit),
            "brier": mean(brier),
            "ece": calibration_error(probs.max(1), hit, weight),
        }
        ranked = np.sum(np.cumsum(probs - truth, axis=1) ** 2, axis=1)
        scores |= {"rps": mean(ranked)} if d.ordered else {}
        if probs.shape[1] == 2:
            return scores | _of_two_classes(probs[:, 1], codes == 1, weight)
        area = roc_auc_macro(probs, codes, weight)
        return scores if area is None else scores | {"roc_auc_macro": area}
    if classes is not None:
        return scores | {"accuracy": mean(classes.mode() == y)}

    angles = d.is_angle
    if angles:
        centre = d.mean()
        d, y = d.turned(centre), around(y - centre)
    expected = cache(d.mean)
    by_name = {
        "rmse": lambda: (y - expected()) ** 2,
        "mae": lambda: np.abs(y - d.median()),
        "crps": lambda: d.crps(y),
        f"coverage_{100 * COVERAGE:g}": lambda: covered(d, y, COVERAGE),
    }
    for name, score in by_name.items():
        with suppress(UndefinedError), np.errstate(invalid="ignore"):  # a family of the user's may have log_prob alone
            each = score()
            if np.isfinite(value := mean(each)):
                scores[name] = float(np.sqrt(value)) if name == "rmse" else value
            else:
                _note_left_out(name, np.asarray(each))
    if "rmse" in scores and not angles and (explained := r_squared(expected(), y, weight)) is not None:
        scores["r2"] = explained
    return scores


def _of_two_classes(probability: np.ndarray, positive: np.ndarray, weight: np.ndarray | None) -> dict[str, float]:
    """Return the Brier score of the second class alone and, where both are there, how well it is told apart."""
    found = {score.__name__: score(probability, positive, weight) for score in (roc_auc, average_precision)}
    of_one_class = float(np.average((probability - positive) ** 2, weights=weight))
    return {"brier_binary": of_one_class} | {name: value for name, value in found.items() if value is not None}


def _note_left_out(name: str, each: np.ndarray) -> None:
    """Warn if a score is left out because of some of the rows; without any that have it, it does not exist."""
    bad = ~np.isfinite(each).reshape(len(each), -1).all(1)
    if not bad.all():
        rows = f"{bad.sum()} of {len(each)} rows"
        if name != "rmse" and np.isnan(each).any():  # heavy tails make nothing but the mean nan
            note(f"{name} is left out: it is nan for {rows}.")
        else:
            note(f"{name} is left out: the predictions of {rows} have tails so heavy that it is not finite there.")


def _of_outputs(d: Distribution, y: Interval, weight: np.ndarray | None) -> dict[str, float]:
    """Return the metrics of several censored outputs."""
    each = marginals(d)
    scores = [evaluate_censored(each[:, j], y[:, j], weight, COVERAGE) for j in range(y.shape[1])]
    longest = sorted(scores, key=len, reverse=True)  # first, for the order of the names
    means = {name: float(np.mean([s[name] for s in scores if name in s])) for s in longest for name in s}
    return means | {"nll": float(np.average(-log_prob(d, y), weights=weight))}


def r_squared(predicted: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> float | None:
    r"""Return the share of the variance of y that predictions explain, averaged over the outputs whose y varies.

    .. math:: R^2 = 1 - \frac{\sum_i w_i (y_i - m_i)^2}{\sum_i w_i (y_i - \bar y)^2}

    Parameters
    ----------
    predicted : ndarray, shape (n,) or (n, d)
        m, the mean of each row.
    y : ndarray, shape (n,) or (n, d)
        What was observed.
    weight : ndarray, shape (n,), optional
        w.

    Returns
    -------
    float or None
        1 for perfect predictions, 0 for the mean of these rows, below 0 for worse; None where no y varies.

    Examples
    --------
    >>> r_squared(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0]))
    0.5
    """
    y = np.asarray(y, dtype=np.float64)
    with np.errstate(over="ignore"):
        error, spread = (np.average((y - m) ** 2, 0, weight) for m in (predicted, np.average(y, 0, weight)))
    varies = spread > 0.0
    return float(np.mean(1.0 - error[varies] / spread[varies])) if varies.any() else None


def crps(d: Distribution, y: np.ndarray) -> np.ndarray:
    """Return the CRPS of each row, as `Distribution.crps` does.

    Parameters
    ----------
    d : Distribution
        One distribution for each row.
    y : ndarray, shape (n,)
        What was observed.
    """
    return d.crps(y)


def class_probabilities(d: Distribution, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of the classes, shape (n, K), and the code of each observed class.

    Parameters
    ----------
    d : Bernoulli, Categorical, OrderedLogistic or Labelled
        One distribution for each row.
    y : ndarray, shape (n,)
        The observed classes: labels where `d` has them, else codes.
    """
    return d.class_probabilities(), d.encode(y)


def calibration_error(
    confidence: np.ndarray, hit: np.ndarray, weight: np.ndarray | None = None, bins: int = 10
) -> float:
    """Return the expected calibration error: the mean gap between confidence and accuracy over equal bins.

    Parameters
    ----------
    confidence : ndarray, shape (n,)
        Probability of each row's most probable class.
    hit : ndarray of bool, shape (n,)
        Whether it was the one observed.
    weight : ndarray, shape (n,), optional
        Weight of each row.
    bins : int
        How many.
    """
    weight = np.ones(len(hit)) if weight is None else weight
    return float(np.abs(calibration_gaps(confidence, hit, weight, bins)).sum() / weight.sum())


def calibration_gaps(confidence: np.ndarray, hit: np.ndarray, weight: np.ndarray, bins: int = 10) -> np.ndarray:
    """Return Σ weight · (confidence - hit) in each bin; those of several parts of the rows add up."""
    return np.bincount(equal_bins(confidence, bins), weight * (confidence - hit), bins)


def equal_bins(probability: np.ndarray, bins: int) -> np.ndarray:
    """Return the number of the bin, of so many equal ones from 0 to 1, that each probability lies in."""
    return np.minimum((probability * bins).astype(int), bins - 1)
