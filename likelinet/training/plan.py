"""How long, and on what, to train."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.engines.engine import Batches
from likelinet.training.annealing import Annealing
from likelinet.training.minibatches import batches
from likelinet.training.stretches import stretched


@dataclass(frozen=True)
class Plan:
    """How long and on what to train.

    Parameters
    ----------
    train, validation : ndarray, shapes (M, n) and (M, v)
        Rows of the data for each member; v may be 0.
    batch_size, epochs, steps : int
        Training ends after `epochs` or after `steps`, whichever comes first.
    patience : int or None
        For early stopping.
    gradient_clip : float or None
        Largest norm of a gradient.
    offset : ndarray, shape (rows,)
        Added to the reported NLL of each row: it brings standardised targets back to the user's units.
    settled : int
        Epochs of a warm-up, during which neither the best weights nor patience are counted.
    together : bool
        Whether all members keep the weights of one epoch, by the mean over the held-out rows of all of them: an epoch
        that a member chose by its own would make the score of just these rows too good.
    look : int or None
        Steps from one look at the held-out rows to the next; None looks after each epoch.
    annealing : Annealing or None
        When a rate that is held falls to 0; None where the rates of all steps are known beforehand.
    time : float or None
        Seconds after which training ends.
    windows : int
        How many epochs make a pass over all rows, of which each has a part of them in memory.
    """

    train: np.ndarray
    validation: np.ndarray
    batch_size: int
    epochs: int
    steps: int
    patience: int | None
    gradient_clip: float | None
    offset: np.ndarray
    settled: int = 0
    together: bool = False
    look: int | None = None
    annealing: Annealing | None = None
    time: float | None = None
    windows: int = 1

    def once(self) -> "Plan":
        """Return the plan of one pass over the rows, after which the weights are kept as they are."""
        return replace(
            self, epochs=1, steps=self.steps_of_epoch, patience=None, settled=1, look=None, annealing=None, time=None
        )

    def further(self, steps: int, time: float | None) -> "Plan":
        """Return the plan of so many more steps in so many seconds, after which the weights are kept as they are."""
        return replace(
            self,
            validation=self.validation[:, :0],
            epochs=-(-steps // self.steps_of_epoch),
            steps=steps,
            patience=None,
            annealing=None,
            time=time,
        )

    @property
    def steps_of_epoch(self) -> int:
        """How many steps an epoch has."""
        return -(-self.train.shape[1] // self.batch_size)

    @property
    def looks_of_epoch(self) -> int:
        """How often somebody looks at the held-out rows in an epoch."""
        return 1 if self.look is None else -(-self.steps_of_epoch // self.look)

    def looks_in(self, steps: int) -> int:
        """Return how many looks there are in so many steps, from the beginning of an epoch on."""
        epochs, rest = divmod(steps, self.steps_of_epoch)
        return epochs * self.looks_of_epoch + -(-rest // (self.look or self.steps_of_epoch))

    def steps_in(self, looks: int) -> int:
        """Return how many steps there are up to a look, counted from 1."""
        epochs, rest = divmod(looks, self.looks_of_epoch)
        return epochs * self.steps_of_epoch + rest * (self.look or self.steps_of_epoch)

    def to_a_look(self, steps: int) -> int:
        """Return after how many of so many steps the last look comes, so that no epoch is cut; all if there is none."""
        epochs, rest = divmod(steps, self.steps_of_epoch)
        look = self.look or self.steps_of_epoch
        return epochs * self.steps_of_epoch + rest // look * look or steps

    def parts(self, epoch: Batches) -> list[Batches]:
        """Return the minibatches of an epoch from one look to the next."""
        steps = len(epoch.rows)
        size = self.look or steps
        return [Batches(epoch.rows[i : i + size], epoch.share[i : i + size]) for i in range(0, steps, size)]

    @property
    def probable_steps(self) -> int:
        """How many steps there will probably be: with early stopping, often those of twice the patience."""
        epochs = self.epochs
        if self.patience is not None and self.validation.shape[1]:
            epochs = min(epochs, 2 * self.patience)
        return min(self.steps, epochs * self.steps_of_epoch)

    def shift(self, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Return the weighted mean of the offset over rows (M, n) of each member."""
        return (self.offset[rows] * weight).sum(-1) / weight.sum(-1)

    def drawn(self, weight: np.ndarray, shuffles: list[np.random.Generator]) -> Batches:
        """Return the minibatches of an epoch, by the weight of every row; those of a window have rows of all of it."""
        drawn = batches if self.windows == 1 else stretched
        return drawn(self.train, weight, self.batch_size, shuffles)

    def all_rows(self, weight: np.ndarray) -> Batches:
        """Return all rows as one minibatch, with weights that sum to 1."""
        share = weight[self.train]
        return Batches(self.train[None], (share / share.sum(1, keepdims=True))[None])
