"""A learning rate that is held until held-out rows stop gaining by it, and then annealed."""

from dataclasses import dataclass

from likelinet.core.wording import counted
from likelinet.optim.schedules import Schedule, cosine, warmed_up


@dataclass(frozen=True)
class Stretch:
    """So many steps, or as large a share of those up to the best look where that is more.

    Parameters
    ----------
    least : int
        Steps.
    share : float
        Of the steps up to the best look.
    """

    least: int
    share: float = 0.0

    def after(self, best: int) -> int:
        """Return how many steps it is with the best look after so many."""
        return max(self.least, round(self.share * best))


# Held for up to 12,000 steps in nine trainings on three small tables, the best looks came after 600 to 11,000: with
# this patience all of them are found, with half of its share seven. Shorter annealings than this one were worse.
PATIENCE_OF_HOLD, ANNEAL = Stretch(500, 1.0), Stretch(800, 0.2)
WARM_UP = 0.1  # of the annealing at most
LOOK, LOOKS_OF_EPOCH = 30, 4  # steps from one look at held-out rows to the next at least, and looks of an epoch at most


@dataclass(frozen=True)
class Annealing:
    """When the rate is held no longer, and over how many steps it then falls to 0.

    Parameters
    ----------
    patience : Stretch or None
        Steps without improvement after which the rate is held no longer; None holds it as long as may be.
    anneal : Stretch
        Steps of the annealing.
    warmup : int
        Steps over which its rate rises: the optimiser knows nothing of the gradients yet.
    """

    patience: Stretch | None = PATIENCE_OF_HOLD
    anneal: Stretch = ANNEAL
    warmup: int = 0

    def held(self, steps: int) -> int:
        """Return for how many of all `steps` the rate is held at most: the rest is for the annealing."""
        share = self.anneal.share / (1.0 + self.anneal.share)
        return steps - min(max(self.anneal.least, round(share * steps)), steps // 2)

    def stalled(self, best: int, now: int) -> bool:
        """Whether the best look, after `best` steps, lies too far back after `now`."""
        return self.patience is not None and now - best >= self.patience.after(best)

    def length(self, best: int, left: int) -> int:
        """Return how many steps to anneal over, of `left` that there may be."""
        return min(self.anneal.after(best), left)

    def rates(self, rate: float, length: int) -> Schedule:
        """Return the rates of an annealing from `rate` on over so many steps."""
        return warmed_up(cosine(rate, length), min(self.warmup / length, WARM_UP))


@dataclass(frozen=True)
class Turn:
    """Where the rate began to fall.

    Parameters
    ----------
    at : int
        After how many steps.
    length : int
        Over how many.
    rate : float
        From which rate.
    hurried : bool
        Whether that was for want of time, or it falls faster for want of it.
    """

    at: int
    length: int
    rate: float
    hurried: bool

    def cut_off(self, left: int) -> str:
        """Return what time has cut off, where so many steps were left."""
        if left:
            return f"the learning rate would have fallen to 0 over {counted(left, 'more step')}"
        held = counted(self.at, "step")
        return f"the learning rate would have been held for more than {held}, or fallen over more than {self.length}"
