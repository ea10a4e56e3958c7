"""What was decided, and what it is expected to cost."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Decision:
    """The Bayes action of each row: the one whose expected loss is the least.

    Parameters
    ----------
    action : ndarray, shape (n,)
        What to do.
    expected_loss : ndarray, shape (n,)
        The mean of the loss of that action over the predicted distribution; infinite where it has none, as that of a
        squared error of a Cauchy y, and then the next may be unknown, nan.
    value_of_perfect_information : ndarray, shape (n,)
        What it is worth at most to learn more before acting: the expected loss less that of whoever knows y. It is
        an upper bound of what any further feature or measurement of the row may save.
    value_of_agreement : ndarray, shape (n,), optional
        The part of it that members of an ensemble account for: the expected loss less the mean of those of the
        members, each deciding by itself. About so much may be saved by more rows of training.
    """

    action: np.ndarray
    expected_loss: np.ndarray
    value_of_perfect_information: np.ndarray
    value_of_agreement: np.ndarray | None = None

    def __repr__(self) -> str:
        shape = np.shape(self.action)
        mean = f"mean expected loss {np.mean(self.expected_loss):.6g}" if np.size(self.expected_loss) else "no rows"
        return f"Decision(actions of shape {shape}, {mean})"
