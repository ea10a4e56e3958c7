"""Our training step as a user has it: through `Model.fit`, timed by the record that the fit keeps."""

from itertools import pairwise
from typing import Any

from speed.workloads import CLIP, LEARNING_RATE, TIMINGS, Workload

OF_PARTS = {"mixture": {"kind": "mixture", "components": 3, "base": {"kind": "gaussian"}}}


def config(workload: Workload, engine: str, members: int, epochs: int, numeric: str = "linear") -> dict[str, Any]:
    """Return the declaration of a workload."""
    return {
        "quality": "plain",
        "engine": engine,
        "ensemble": members,
        "data": {"standardize": False, "numeric": {"kind": numeric}},
        "network": {"hidden": list(workload.hidden), "activation": workload.activation},
        "distribution": OF_PARTS.get(workload.family, {"kind": workload.family}),
        "training": {
            "optimizer": {"kind": workload.optimizer, "learning_rate": LEARNING_RATE},
            "epochs": epochs,
            "batch_size": workload.batch,
            "gradient_clip": CLIP,
            "validation_fraction": 0.0,
        },
    }


def step_seconds(workload: Workload, engine: str = "numpy", members: int = 1, numeric: str = "linear") -> float:
    """Return the least seconds per step of a few stretches of one fit; the first one, with compilation, is left out."""
    import likelinet as ll

    x, y = workload.data()
    declared = ll.ModelConfig.model_validate(
        config(workload, engine, members, (1 + TIMINGS) * workload.epochs, numeric)
    )
    model = ll.Model(declared).fit(x, y, progress=False)
    ends = [e.seconds for e in model.history.epochs[workload.epochs - 1 :: workload.epochs]]
    stretches = [after - before for before, after in pairwise(ends)]
    return min(stretches) / (workload.epochs * workload.steps)
