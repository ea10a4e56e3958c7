"""An engine that computes nothing: its held-out losses are written down beforehand, and each step takes its time."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from likelinet.config import parse_config
from likelinet.engines.engine import Batches, Data, Diverged, Engine, Outcome, Run, Task
from likelinet.heads.build import build_head
from likelinet.networks.build import build_network
from likelinet.objective.objective import Objective
from likelinet.optim.schedules import constant
from likelinet.optim.sgd import SGD
from likelinet.training.annealing import Annealing
from likelinet.training.budget import Budget
from likelinet.training.loop import Training
from likelinet.training.plan import Plan
from likelinet.training.streams import Streams

Losses = Callable[[int], list[float]]


class Clock:
    """Seconds that pass when somebody says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Scripted(Engine):
    """Weights are the number of steps done; the held-out loss of each member is a function of them."""

    name = "numpy"

    def __init__(self, losses: Losses, clock: Clock | None = None, seconds: float = 0.0, fails: int = -1) -> None:
        self.losses, self.clock, self.seconds, self.fails = losses, clock or Clock(), seconds, fails
        self.steps, self.restarts, self.taken = 0, [], []

    def start(self, task: Task, theta: np.ndarray) -> "ScriptedRun":
        return ScriptedRun(self, theta, task.optimiser.rates)


class ScriptedRun(Run):
    def __init__(self, script: Scripted, theta: np.ndarray, rates: Any) -> None:
        self.script, self.theta, self.rates, self.own = script, theta, rates, 0

    def epochs(self, batches: Iterator[Batches]) -> Iterator[Outcome]:
        script = self.script
        for each in batches:
            for i in each.part:
                if script.steps == script.fails:
                    raise Diverged(i - each.part.start, "scale")
                script.steps, self.own = script.steps + 1, self.own + 1
                script.clock.now += script.seconds
                script.taken.append(each.rows[i].tolist())
            losses = np.zeros((len(each.part), len(self.theta)))
            yield Outcome(each, np.arange(len(self.theta)), losses, self.held_out(), self.weights(), self.rate)

    @property
    def rate(self) -> float:
        return float(self.rates[self.own - 1])

    def held_out(self) -> np.ndarray:
        return np.array(self.script.losses(self.script.steps))

    def feed(self, data: Data) -> None: ...

    def stop(self, members: np.ndarray) -> None:
        raise AssertionError("nobody stops by himself")

    def restart(self, theta: np.ndarray, rates: Any) -> None:
        self.script.restarts.append((self.script.steps, theta[:, 0].tolist(), rates[:]))
        self.rates, self.own = rates, 0

    def weights(self) -> np.ndarray:
        return np.full_like(self.theta, self.script.steps)

    def evaluate(self, theta: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.array([self.script.losses(int(t))[m] for m, t in enumerate(theta[:, 0])])

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        raise AssertionError("not of this one")


def training(
    script: Scripted,
    annealing: Annealing | None,
    steps: int = 400,
    look: int | None = None,
    seconds: float | None = None,
    members: int = 2,
    rows: int = 50,
    callbacks=(),
) -> Training:
    """Return a training of 50 rows in batches of 10, five steps an epoch, with one held-out row for each member."""
    config = parse_config({"distribution": {"kind": "gaussian"}, "network": {"hidden": []}})
    head = build_head(config.distribution, None, 0, None)
    objective = Objective(build_network(config.network, 1, head.predicted), head)
    data = Data(np.zeros((rows + 1, 1)), None, np.zeros(rows + 1), np.ones(rows + 1))
    plan = Plan(
        np.tile(np.arange(rows), (members, 1)),
        np.full((members, 1), rows),
        10,
        -(-steps * 10 // rows),
        steps,
        None,
        None,
        np.zeros(rows + 1),
        look=look,
        annealing=annealing,
        together=annealing is not None,
    )
    budget, rule = Budget(seconds, script.clock), SGD(constant(0.5, steps))
    theta = np.zeros((members, objective.layout.size))
    return Training(script, objective, data, rule, plan, theta, Streams.of(0, members), callbacks, budget)
