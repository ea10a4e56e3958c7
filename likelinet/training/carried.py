"""What a training hands over to another one that goes on from its weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from likelinet.training.loop import Training

OWN = ("step", "before", "weights", "moved", "optimiser")  # of a run, the same on every engine that steps


@dataclass(frozen=True)
class Carried:
    """Where an optimiser and the random streams stand, at the weights that a training has kept.

    Parameters
    ----------
    engine : str
        What computed it: streams of dropout go on on the same one alone.
    run : dict
        Steps, weights and optimiser, as `Run.state` has them.
    streams : list of dict
        Where the shuffles stand.
    """

    engine: str
    run: dict[str, Any]
    streams: list[dict[str, Any]]

    @staticmethod
    def of(training: Training) -> "Carried | None":
        """Return what one carries that has ended; None where the weights that it keeps are not those of its last step.

        The optimiser knows nothing of others, and neither has L-BFGS anything to hand over.
        """
        state = training.state()
        run, kept = state["run"], state["best"]["weights"]
        if "optimiser" not in run or len(run["running"]) < len(kept) or not np.array_equal(run["weights"], kept):
            return None
        return Carried(training.engine, {name: run[name] for name in (*OWN, "dropout")}, state["draws"]["streams"])

    @property
    def weights(self) -> np.ndarray:
        """The weights (M, P), as they were trained."""
        return self.run["weights"]

    @property
    def steps(self) -> int:
        """How many steps the optimiser has done."""
        return self.run["step"]

    def to(self, training: Training) -> None:
        """Let a training that has not begun go on from here."""
        names = (*OWN, "dropout") if training.engine == self.engine else OWN
        state = training.state()
        run = {**state["run"], **{name: self.run[name] for name in names}}
        training.restore({**state, "run": run, "draws": {"streams": self.streams, "part": 0, "epoch": 0}})
