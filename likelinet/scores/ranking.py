"""Families ranked by their scores on the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from likelinet.scores.paired import paired


@dataclass(frozen=True)
class Ranked:
    """A family's mean log score, and how far it is from the best one's, with the standard error of that difference.

    Parameters
    ----------
    family : str
        Its name, as `HeldOut` has it.
    log_score : float
        Mean held-out log score.
    difference : float
        From that of the best family, zero or negative; -inf where a row had probability zero.
    standard_error : float
        Of the difference, over the rows, paired; inf where there is one row.
    """

    family: str
    log_score: float
    difference: float
    standard_error: float

    @property
    def clear(self) -> bool:
        """Whether the difference exceeds two standard errors."""
        return self.difference == -np.inf or abs(self.difference) > 2.0 * self.standard_error


def ranking(scores: Mapping[str, np.ndarray], weight: np.ndarray, same: float = 0.0) -> list[Ranked]:
    """Return families by their mean scores, the best first, each with its distance to the best.

    Parameters
    ----------
    scores : mapping of ndarray, shape (n,)
        Of each row, by family.
    weight : ndarray, shape (n,)
        Of each row.
    same : float
        How far from the best mean another one may lie that is as good: the first of these is the best.

    Examples
    --------
    >>> found = ranking({"a": np.array([0.0, 2.0]), "b": np.array([1.0, 2.0])}, np.ones(2))
    >>> [(r.family, r.log_score, r.difference) for r in found]
    [('b', 1.5, 0.0), ('a', 1.0, -0.5)]
    """
    mean = {family: float(np.average(s, weights=weight)) for family, s in scores.items()}
    if not mean:
        return []
    best = next(family for family in mean if mean[family] >= max(mean.values()) - same)
    others = sorted((family for family in mean if family != best), key=lambda family: -mean[family])
    apart = {family: paired(scores[family], scores[best], weight) for family in (best, *others)}
    return [Ranked(best, mean[best], 0.0, apart[best][1]), *(Ranked(f, mean[f], *apart[f]) for f in others)]
