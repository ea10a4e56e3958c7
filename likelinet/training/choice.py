"""How a family was chosen, of those that fit the kind of y."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from likelinet.core.fields import each, from_fields
from likelinet.core.wording import counted, ended


@dataclass(frozen=True)
class Candidate:
    """A family among which one was chosen.

    Parameters
    ----------
    family : str
        The family in brief.
    log_score : float or None
        Mean log score of rows that were held out; None where it has none.
    difference, standard_error : float or None
        From the log score of the best one, with its standard error, paired row by row.
    error : str or None
        Why it has no score.
    """

    family: str
    log_score: float | None = None
    difference: float | None = None
    standard_error: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class Choice:
    """The family that was chosen, why it and others could be it, and their scores.

    Parameters
    ----------
    family : str
        The chosen one, in brief.
    why : str
        What y is like.
    candidates : list of Candidate
        All families that fit that, the simplest first.
    rows : int
        How many rows were held out in turn; 0 where nothing was trained.
    step : float
        Of the lattice on which y lies: a score is then the logarithm of the mean density within half a step of y, which
        is its probability where the step is 1; for a step of 0 it is log p(y).
    seconds : float
        How long it took.
    beside : list of str
        Other families that groups of members are trained with.
    """

    family: str
    why: str
    candidates: Sequence[Candidate]
    rows: int = 0
    step: float = 0.0
    seconds: float = 0.0
    beside: Sequence[str] = ()

    @property
    def ranked(self) -> list[Candidate]:
        """Those that have scores, best first."""
        scored = [(c.log_score, c) for c in self.candidates if c.log_score is not None]
        return [c for _, c in sorted(scored, key=lambda pair: -pair[0])]

    def __str__(self) -> str:
        ranked = self.ranked
        if not ranked:
            return ended(f"{self.family}, since y {self.why}")
        said = ", ".join(f"{c.family} {c.log_score:.4g}" for c in sorted(ranked, key=lambda c: c.family != self.family))
        return f"{self.families}, since y {self.why}, by the {self.measure}: {said}."

    def reason(self, what: str) -> str:
        """Return by what the family was chosen; `what` is y as a message calls it."""
        return f"'{self.family}' was chosen by 'distribution: auto', since {what} {self.why}"

    @property
    def families(self) -> str:
        """The families that the model has, in words."""
        return " and ".join([self.family, *self.beside])

    @property
    def measure(self) -> str:
        """What the scores are, in words."""
        within = f", by the mean density within {0.5 * self.step:g} of y" if self.step not in (0.0, 1.0) else ""
        return f"mean log score of {counted(self.rows, 'held-out row')}{within}"

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {**vars(self), "candidates": [vars(c) for c in self.candidates]}

    @staticmethod
    def from_json(data: dict[str, Any] | None) -> "Choice | None":
        """Return what `to_json` wrote."""
        if data is None:
            return None
        candidates = each(lambda c: from_fields(Candidate, c, "candidate"))
        return from_fields(Choice, data, "choice", candidates=candidates)
