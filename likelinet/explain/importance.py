"""What each feature does for predictions: scores and distributions of rows in which its cells have changed places."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.core.wording import counted
from likelinet.distributions import Distribution, Interval
from likelinet.explain.tables import shuffled
from likelinet.explain.traits import WORDS, location_moved, spread_moved, traits
from likelinet.scores.angles import around
from likelinet.scores.calibration import log_prob
from likelinet.scores.censored_crps import censored_crps
from likelinet.scores.metrics import class_probabilities
from likelinet.scores.paired import paired
from likelinet.tables.table import Table

Predict = Callable[[Table], Distribution]


@dataclass(frozen=True, repr=False)
class Importance:
    """What predictions lose, and by how much they move, when the cells of a feature change places among the rows.

    Each array has an entry for each feature.

    Parameters
    ----------
    names : sequence of str
        The features.
    log_score : ndarray
        By how much the mean log score falls, in nats.
    standard_error : ndarray
        Of that, over the rows, paired.
    crps : ndarray
        By how much the mean CRPS rises, in units of y, of classes the Brier score; nan where there is none.
    location : ndarray
        The mean of how far the predicted location moves, in units of y; of classes how much probability moves.
    spread : ndarray
        The mean of how far the logarithm of the predicted width moves; of classes the entropy.
    rows : int
        How many rows this is a mean of.
    of : tuple of str
        What location and spread are: "median" and "log width", of counts and of numbers with zeros of their own "mean"
        and "log std. deviation", of classes "probability" and "entropy".
    """

    names: Sequence[str]
    log_score: np.ndarray
    standard_error: np.ndarray
    crps: np.ndarray
    location: np.ndarray
    spread: np.ndarray
    rows: int
    of: tuple[str, str] = WORDS["number"]

    @property
    def order(self) -> np.ndarray:
        """Positions of the features, by the log score that they bring, the most important first."""
        return np.argsort(-self.log_score, kind="stable")

    def __repr__(self) -> str:
        return f"Importance({counted(len(self.names), 'feature')}, {counted(self.rows, 'row')})"

    def __str__(self) -> str:
        width = max(map(len, [*self.names, "feature"]))
        heads = ("log score", "std. error", "CRPS", "location", "spread")
        lines = [f"{'feature':{width}s} " + " ".join(f"{head:>11s}" for head in heads)]
        each = (self.log_score, self.standard_error, self.crps, self.location, self.spread)
        lines += [f"{self.names[i]:{width}s} " + " ".join(f"{v[i]:11.4g}" for v in each) for i in self.order]
        return "\n".join(lines)


def importance(
    predict: Predict,
    table: Table,
    y: np.ndarray | Interval,
    weight: np.ndarray,
    features: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
) -> Importance:
    """Return what each feature does for the predictions of these rows.

    Parameters
    ----------
    predict : callable
        Returns a distribution for each row of a table.
    table : Table
        Rows that the model has not seen.
    y : ndarray or Interval
        What was observed.
    weight : ndarray
        Of each row.
    features : mapping
        The columns of each feature, which change places together.
    rng : numpy.random.Generator
        Source of the permutations.

    References
    ----------
    Breiman, *Machine Learning* 45, 2001; Fisher, Rudin & Dominici, *JMLR* 20(177), 2019.
    """
    d = predict(table)
    score, error, at = log_prob(d, y), errors(d, y), traits(d)
    found = []
    for columns in features.values():
        other = predict(shuffled(table, columns, rng))
        there = traits(other, at.width)
        lost, noise = paired(score, log_prob(other, y), weight)
        worse = np.nan
        if error is not None and (moved := errors(other, y)) is not None:
            worse = float(np.average(moved - error, weights=weight))
        moved = (np.average(change(at, there), weights=weight) for change in (location_moved, spread_moved))
        found.append((lost, noise, worse, *map(float, moved)))
    columns = np.array(found, dtype=float).reshape(len(features), 5).T
    return Importance(list(features), *columns, rows=table.n, of=WORDS[at.what])


def errors(d: Distribution, y: np.ndarray | Interval) -> np.ndarray | None:
    """Return the CRPS of each row, of several outputs the mean, of classes the Brier score; None where there is none.

    Parameters
    ----------
    d : Distribution
        One distribution for each row.
    y : ndarray or Interval
        What was observed.
    """
    classes, d = d.class_marginals(), d.censored_outermost()
    if isinstance(y, Interval):
        if not y.exact.all():
            return None if d.event_shape else censored_crps(d, y)
        y = y.lower
    if classes is not None:
        if d.event_shape:
            return None
        probs, codes = class_probabilities(classes, y)
        return np.sum((probs - np.eye(probs.shape[1])[codes]) ** 2, axis=1)
    if d.is_angle:
        centre = d.mean()
        d, y = d.turned(centre), around(y - centre)
    with suppress(UndefinedError):
        return d.crps(y).reshape(len(y), -1).mean(1)
    return None
