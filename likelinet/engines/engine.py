"""The seam between training and what computes it."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.core.errors import NonFiniteError
from likelinet.objective.objective import Objective
from likelinet.optim.optimiser import Optimiser


@dataclass(frozen=True)
class Data:
    """All rows of a fit, training and validation.

    Parameters
    ----------
    x : ndarray, shape (n, inputs)
        In the precision of the network.
    columns : ndarray, shape (n, k), or None
        What the head reads from the table beside it: numbers of trials, exposures.
    y : ndarray, shape (n, *event)
        Encoded targets.
    weight : ndarray, shape (n,)
        Of each row.
    """

    x: np.ndarray
    columns: np.ndarray | None
    y: np.ndarray
    weight: np.ndarray

    def at(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
        """Return x, columns and y of rows (M, n), in the order in which an objective takes them.

        Those of one member that follow each other in the table are not copied.
        """
        first = int(rows[0, 0]) if rows.size else 0
        some = slice(first, first + rows.shape[1])
        if len(rows) == 1 and np.array_equal(rows[0], np.arange(some.start, some.stop)):
            return self.x[None, some], None if self.columns is None else self.columns[None, some], self.y[None, some]
        columns = None if self.columns is None else self.columns.take(rows, axis=0)
        return self.x.take(rows, axis=0), columns, self.y.take(rows, axis=0)


@dataclass(frozen=True)
class Batches:
    """The minibatches of an epoch for M members.

    Parameters
    ----------
    rows : ndarray, shape (steps, M, B)
        Rows of the data.
    share : ndarray, shape (steps, M, B)
        The weight of each row divided by the batch size; the last batch is filled up with rows of share 0.
    start, stop : int
        Which of the steps are to be done now, all of them by default: an epoch may be cut off and go on later. Only
        with its last step does an epoch end.
    """

    rows: np.ndarray
    share: np.ndarray
    start: int = 0
    stop: int | None = None

    @property
    def part(self) -> range:
        """The steps to be done now."""
        return range(len(self.rows))[self.start : self.stop]

    @property
    def ends(self) -> bool:
        """Whether the epoch ends with them."""
        return self.part.stop == len(self.rows)


@dataclass(frozen=True)
class Outcome:
    """What an epoch, or the part of it that was to be done, gave to each of M members; of a stopped one, anything.

    Parameters
    ----------
    batches : Batches
        What it was trained on.
    members : ndarray
        Who trained, in their order.
    losses : ndarray, shape (steps, M)
        The loss of each step that was to be done.
    held_out : ndarray, shape (M,)
        Σ weight · nll over the held-out rows after it, once the epoch has ended.
    weights : ndarray, shape (M, P)
        A copy of the weights after it, as the optimiser keeps them.
    learning_rate : float
        Of its last step.
    """

    batches: Batches
    members: np.ndarray
    losses: np.ndarray
    held_out: np.ndarray
    weights: np.ndarray
    learning_rate: float


@dataclass(frozen=True)
class Task:
    """What stays as it is during a run.

    Parameters
    ----------
    objective : Objective
        What is minimised.
    data : Data
        All rows.
    optimiser : Optimiser or None
        The rule that moves the weights; None where the engine has one of its own.
    gradient_clip : float or None
        Largest norm of a member's gradient.
    noise : list of Generator
        One stream of dropout noise per member.
    held_out : ndarray, shape (M, v)
        Rows to evaluate after each epoch; v may be 0.
    pressed : callable
        Whether Ctrl-C was pressed, which is to end the run; an engine with long epochs calls it in between.
    window : tuple of int, optional
        How many of the rows make a window of a stream, and how many a minibatch has, each of which takes one row of
        each of as many stretches of the window; the other rows are held-out ones.
    """

    objective: Objective
    data: Data
    optimiser: Optimiser | None
    gradient_clip: float | None
    noise: list[np.random.Generator]
    held_out: np.ndarray
    pressed: Callable[[], bool] = lambda: False
    window: tuple[int, int] | None = None


class Run(ABC):
    """A training run of M members in progress, with its weights and optimiser state on the engine's device.

    Its state is plain data, arrays and what JSON knows; a run that it is restored into, one of the same task, goes on
    with the same bits.
    """

    @abstractmethod
    def epochs(self, batches: Iterator[Batches]) -> Iterator[Outcome]:
        """Do one step per batch and yield what each epoch gave; an engine may run ahead of what it has yielded.

        It ends with the batches, or when nobody trains any longer.

        Raises
        ------
        Diverged
            If the loss of a member that trains is not finite; its weights are those before that step.
        """

    @property
    def converged(self) -> bool | None:
        """Whether all members have come to a minimum; None where only the number of steps ends a run."""
        return None

    @property
    def heading(self) -> np.ndarray | None:
        """The last step of each member, shape (M, P), where such a step tells where a search was going."""
        return None

    def clock(self) -> float:
        """Return seconds since some moment, the same in each process that computes the run."""
        return time.perf_counter()

    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed for any process that computes the run; all of them ask at the same place."""
        return False

    @abstractmethod
    def stop(self, members: np.ndarray) -> None:
        """Train these members no longer."""

    @abstractmethod
    def restart(self, theta: np.ndarray, rates: Any) -> None:
        """Go on from the weights `theta` (M, P) with other learning rates and an optimiser that knows nothing yet.

        What the engine has begun beyond what it has yielded is forgotten; the steps done so far still count for noise
        and warm-ups of the loss.
        """

    @abstractmethod
    def feed(self, data: Data) -> None:
        """Take the batches that are still to come from other rows, of the same shapes and with the same held-out ones.

        Whoever yields batches calls it, before the first of those that are of the new rows.
        """

    @abstractmethod
    def weights(self) -> np.ndarray:
        """Return a copy of the present weights, shape (M, P), as the optimiser keeps them."""

    @abstractmethod
    def evaluate(self, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return Σ weight · nll over `rows` (M, n) at the weights `theta` (M, P), shape (M,), without dropout."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return where training stands after what was yielded last: weights, optimiser, steps and random streams."""

    @abstractmethod
    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there."""


class Engine(ABC):
    """Starts runs; an explicit object that the model hands to the training loop.

    `takes_all` says that each of its steps takes all rows, the same ones in the same order, and `together` that several
    processes compute a run.
    """

    name: str
    takes_all: bool = False
    together: bool = False

    @abstractmethod
    def start(self, task: Task, theta: np.ndarray) -> Run:
        """Return a run from the weights `theta`, shape (M, P)."""


class Diverged(NonFiniteError):
    """A step gave a loss that is not finite; `parameter` says which parameter of the family went wrong first."""

    def __init__(self, step: int, parameter: str) -> None:
        super().__init__(f"the loss is not finite at step {step + 1}; the first parameter to fail is '{parameter}'")
        self.step, self.parameter = step, parameter


def first_to_fail(
    objective: Objective, params: tuple[np.ndarray, ...], x: np.ndarray, columns: np.ndarray | None, y: np.ndarray
) -> str:
    """Return the name of the first parameter that is out of range or makes the likelihood not finite."""
    head = objective.head
    with np.errstate(all="ignore"):
        raw, _ = objective.network.forward(params[:-1], x)
        if objective.network.penalised and not np.isfinite(raw[..., -1]).all():
            return "scale of the code"  # of q(z | x): its location would spoil the raw outputs as well
        raw = raw[..., : head.predicted]
        outputs, _ = head.parameters(raw.astype(np.float64), params[-1].astype(np.float64), columns)
        values, backward = head.family.loss(outputs, y)
        grads = backward(np.ones_like(values))
        # Where a link is at its end, its parameter is a number still, but not its square, or that of its reciprocal.
        reached = [
            a * a + (1.0 / a / a if slot.link.domain.low == 0.0 else 0.0)
            for slot, a in zip(head.slots, outputs, strict=True)
        ]
    for candidates in (reached, grads):
        for slot, array in zip(head.slots, candidates, strict=True):
            if not np.isfinite(array).all():
                return slot.parameter.name
    return head.slots[-1].parameter.name
