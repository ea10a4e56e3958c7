"""Fits that are given up early: by the validation rows, the median rule."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from likelinet.training.history import Epoch

RUNGS = tuple(dict.fromkeys(round(8 * 1.25**i) for i in range(60)))  # looks after which a fit may be given up
OTHERS = 5  # fits that there must be to compare with


class Pruned(Exception):
    """A fit is given up."""


@dataclass
class Looks:
    """Takes note of the validation NLL of a model's fits, one after the other, and gives up by raising `Pruned`.

    At each rung it is the sum of the best NLL of all fits up to now, of several members the mean.

    Parameters
    ----------
    bars : sequence of sequence of float
        Of each fit and rung, above which the sum is too large.
    """

    bars: Sequence[Sequence[float]] = ()
    sums: list[list[float]] = field(default_factory=list)
    _best: dict[int, float] = field(default_factory=dict)
    _before: float = 0.0
    _looks: int = 0
    _group: int | None = None

    def begin(self) -> None:
        """Begin another fit."""
        self._before += self._now if self._best else 0.0
        self._best, self._looks = {}, 0
        self.sums.append([])

    def __call__(self, epoch: Epoch) -> None:
        """Take note of an epoch."""
        if epoch.validation_nll is None:
            return
        if self.sums and self._looks and epoch.group != self._group:
            self.begin()  # a group of members is a fit of its own
        self._group = epoch.group
        for member, nll in zip(epoch.members, epoch.validation_nll, strict=True):
            self._best[member] = min(self._best.get(member, math.inf), nll if nll == nll else math.inf)
        self._looks += 1
        if self._looks not in RUNGS:
            return
        fit, rung, value = len(self.sums) - 1, len(self.sums[-1]), self._before + self._now
        self.sums[-1].append(value)
        if fit < len(self.bars) and value > self.bars[fit][rung]:
            raise Pruned

    @property
    def _now(self) -> float:
        return sum(self._best.values()) / len(self._best)


def bars(sums: Sequence[Sequence[Sequence[float]]], pruned: Sequence[bool]) -> list[list[float]]:
    """Return the median of each fit and rung over models, those that were given up being worse from then on.

    Parameters
    ----------
    sums : sequence of sequence of sequence of float
        Of each model, as `Looks` has them; a fit that ended early keeps its last one.
    pruned : sequence of bool
        Which models were given up.

    Returns
    -------
    list of list of float
        None at all if there are fewer than five models.

    References
    ----------
    Golovin et al., *Google Vizier*, KDD 2017, section 3.2.2: the median stopping rule.

    Examples
    --------
    >>> bars([[[5.0, 3.0]], [[4.0]], [[4.0, 1.0]], [[9.0]], [[8.0]]], [False, False, False, True, True])[0][:3]
    [5.0, 4.0, 4.0]
    """
    if len(sums) < OTHERS:
        return []
    fits = max(map(len, sums))
    each = [[_at(own, given_up, fit) for own, given_up in zip(sums, pruned, strict=True)] for fit in range(fits)]
    known = [[values for values in of_fit if values] or [[math.inf] * len(RUNGS)] for of_fit in each]
    return [[statistics.median(at_rung) for at_rung in zip(*of_fit, strict=True)] for of_fit in known]


def _at(sums: Sequence[Sequence[float]], pruned: bool, fit: int) -> list[float]:
    """Return the sums of a model's fit at all rungs; nothing where it has none."""
    if fit >= len(sums) or not sums[fit]:
        return [math.inf] * len(RUNGS) if pruned else []
    own, here = list(sums[fit]), pruned and fit == len(sums) - 1
    return own + [math.inf if here else own[-1]] * (len(RUNGS) - len(own))
