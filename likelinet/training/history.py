"""What happened in each epoch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from likelinet.core.fields import each, from_fields
from likelinet.core.wording import counted
from likelinet.training.choice import Choice

MEMBERS = 5  # whose best epochs are named one by one


@dataclass(frozen=True)
class Epoch:
    """One epoch, in the user's units; what callbacks receive.

    With the schedule `hold_then_anneal` it ends where somebody looks at the held-out rows: an epoch of many steps makes
    up to four of them.

    Parameters
    ----------
    epoch, epochs : int
        This epoch, counted from 1, and how many there are at most.
    train_nll : list of float
        Mean negative log-likelihood per row of each member still training, averaged over the epoch's steps.
    validation_nll : list of float or None
        That of the validation rows after the epoch; None without validation.
    members : list of int
        Which members these are, counted from 0 through all groups.
    learning_rate : float
        At the end of the epoch.
    seconds : float
        Since training began.
    group : int or None
        Which of the config's `groups` these members are, counted from 0; None where there are no groups.
    """

    epoch: int
    epochs: int
    train_nll: list[float]
    validation_nll: list[float] | None
    members: list[int]
    learning_rate: float
    seconds: float
    group: int | None = None

    def in_group(self, group: int, members: int, seconds: float) -> "Epoch":
        """Return it as one of a group, before which others had so many members, and took so many seconds."""
        own = [members + m for m in self.members]
        return replace(self, group=group, members=own, seconds=seconds + self.seconds)

    def after(self, epochs: int, seconds: float) -> "Epoch":
        """Return it as one before which there were so many others, which took so many seconds."""
        return replace(self, epoch=epochs + self.epoch, epochs=epochs + self.epochs, seconds=seconds + self.seconds)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {name: value for name, value in vars(self).items() if name != "group" or value is not None}


Callback = Callable[[Epoch], bool | None]


def told_to_stop(callbacks: Sequence[Callback], record: Epoch) -> bool:
    """Call every callback and return whether one of them ends the training."""
    return any([bool(callback(record)) for callback in callbacks])  # noqa: C419 - all of them are called


@dataclass(frozen=True)
class GroupHistory:
    """What became of one of a config's groups of members.

    Parameters
    ----------
    in_brief : str
        What its members are, and their family where the group has one of its own.
    members : int
        How many members it has.
    stopped : str
        How its training ended, as `History` has it.
    out_of_fold_nll : float or None
        That of the group by itself; None if its training was cut short, or has gone on.
    weight : float
        Of all its members together in the prediction; 0 if it is left out.
    factor : float
        By which the scales that its members predict are multiplied.
    """

    in_brief: str
    members: int
    stopped: str
    out_of_fold_nll: float | None
    weight: float
    factor: float = 1.0


@dataclass(repr=False)
class History:
    """The epochs of a fit, and how it ended; where members are in groups, one group's epochs after the other's.

    Where training has gone on, by `partial_fit` or `fit(…, warm_start=True)`, epochs and seconds count on.

    Parameters
    ----------
    epochs : list of Epoch
        In order.
    best_epoch : list of int
        The epoch whose weights each member keeps, counted from 1; 0 for the start.
    stopped : str
        "finished" (L-BFGS: at a maximum), "not converged" (L-BFGS: elsewhere), "early stopping", "callback", "time" (it
        was spent, or what was left was needed for the annealing), "interrupted" (by Ctrl-C, or an error of a callback),
        "not finite" or "diverged" (the loss rose, and no epoch was better than the start). Of groups that of the last.
    engine : str
        What computed it: "numpy" or "jax".
    out_of_fold_nll : float or None
        Mean negative log-likelihood of the training rows by the members that held them out; None without folds.
    groups : list of GroupHistory
        Of the groups of members, those that were trained; empty where there are none.
    choice : Choice or None
        How the family was chosen by `distribution: auto`; None of one that was named.
    factor : float
        By which the scales that members predict are multiplied, where there are no groups, of which each has its own.
    """

    epochs: list[Epoch] = field(default_factory=list)
    best_epoch: list[int] = field(default_factory=list)
    stopped: str = "finished"
    engine: str = "numpy"
    out_of_fold_nll: float | None = None
    groups: list[GroupHistory] = field(default_factory=list)
    choice: Choice | None = None
    factor: float = 1.0

    def __repr__(self) -> str:
        groups = [counted(len(self.groups), "group")] if self.groups else []
        return f"History({', '.join([*groups, counted(self.most_epochs, 'epoch'), self.best_in_words, self.stopped])})"

    @property
    def factor_in_words(self) -> str:
        """By what all scales are multiplied; "" where they are as the groups learned them."""
        each = sorted(g.factor for g in self.groups if g.weight) or [self.factor]
        words = " to ".join(dict.fromkeys(f"{factor:.3g}" for factor in (each[0], each[-1])))
        return "" if each[0] == each[-1] == 1.0 else f"scales times {words}"

    @property
    def most_epochs(self) -> int:
        """How many epochs the group with the most of them had."""
        return max((e.epoch for e in self.epochs), default=0)

    def epochs_of(self, group: int | None) -> int:
        """Return how many epochs a group had, or the model where there are no groups."""
        return max((e.epoch for e in self.epochs if e.group == group), default=0)

    @property
    def seconds(self) -> float:
        """How long training has taken."""
        return max((e.seconds for e in self.epochs), default=0.0)

    @property
    def best_in_words(self) -> str:
        """The best epoch of each member, or of many members their range."""
        best = self.best_epoch
        if not best:
            return "no best epoch"
        if len(best) <= MEMBERS or min(best) == max(best):
            return f"best epoch {', '.join(map(str, best if len(best) <= MEMBERS else best[:1]))}"
        return f"best epochs {min(best)} to {max(best)}"

    @property
    def kept_validation_nll(self) -> list[float]:
        """The validation loss of the weights that are kept, of each member that has some."""
        return [
            value
            for e in self.epochs
            for member, value in zip(e.members, e.validation_nll or [], strict=False)
            if e.epoch == self.best_epoch[member]
        ]

    @property
    def scores_in_words(self) -> list[str]:
        """How well the kept weights do on rows that they were not fitted to; the last score is that of the whole."""
        kept, out = self.kept_validation_nll, self.out_of_fold_nll
        single = [f"validation loss of single networks {sum(kept) / len(kept):.4g}"] if kept else []
        scaled = f", {self.factor_in_words}" if self.factor_in_words and not self.groups else ""
        return single if out is None else [*single, f"out-of-fold NLL {out:.4g}{scaled}"]

    @property
    def untrained(self) -> bool:
        """Whether training failed, or was cut short, before any epoch was better than the start."""
        return not any(self.best_epoch) and self.stopped in ("interrupted", "not finite", "diverged")

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        groups = {"groups": [vars(g) for g in self.groups]} if self.groups else {}
        known = {name: value for name, value in vars(self).items() if name not in ("groups", "factor")}
        choice = None if self.choice is None else self.choice.to_json()
        factor = {"factor": self.factor} if self.factor != 1.0 else {}
        return {**known, "epochs": [e.to_json() for e in self.epochs], "choice": choice, **groups, **factor}

    @staticmethod
    def from_json(data: dict[str, Any]) -> "History":
        """Return the history that `to_json` wrote."""
        return from_fields(
            History,
            data,
            "history",
            epochs=each(lambda e: from_fields(Epoch, e, "epoch of the history")),
            groups=each(lambda g: from_fields(GroupHistory, g, "group of the history")),
            choice=Choice.from_json,
        )
