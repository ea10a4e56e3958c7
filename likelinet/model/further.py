"""Training past the best look: where locations still gain, scales are too small already, which one factor mends."""

from dataclasses import replace

import numpy as np

from likelinet.config import CosineConfig, LBFGSConfig
from likelinet.model.fit import Fit
from likelinet.model.training import Encoded, is_exact, trained
from likelinet.training.plan import Plan
from likelinet.training.record import Beside, failure_of
from likelinet.training.streams import Streams

RATE = 0.25  # of the optimiser's learning rate, from which it falls to 0
SPARE = 1.5  # times what as many steps took so far that there must be time for
CUT_SHORT = ("callback", "time", "interrupted")


def gone_further(
    found: Fit, rows: Encoded, plan: Plan, before: int, beside: Beside, group: str
) -> tuple[Fit, BaseException | None]:
    """Return a trained ensemble, in `later` with members that went on past their best look, and what cut that short.

    An early stop by the NLL is one by the scales, which soon say too little of rows that are new; these may still be
    predicted better for long (Guo, Pleiss, Sun & Weinberger, *On calibration of modern neural networks*, 2017). So the
    weights of the last layer that feed scales stay as they are, and nobody looks at held-out rows.

    Nobody goes on where that is not declared, nothing was learned, or there is no time for it; where it is cut short,
    or its loss is not finite, the ensemble is as it was.

    Parameters
    ----------
    found : Fit
        What training has come to its end with.
    rows, plan
        On what, and how, it was trained.
    before : int
        Members of the groups before it.
    beside, group
        What accompanies it, and how to call the group of members.
    """
    config, history, training = found.config, found.history, found.config.training
    steps = round((training.further or 0.0) * plan.steps_in(int(np.max(history.best_epoch, initial=0))))
    if is_exact(config, found.inputs) or rows.windows is not None:
        return found, None
    assert not isinstance(training.optimizer, LBFGSConfig), "it is exact"
    if not steps or history.stopped in CUT_SHORT or not _in_time(found, plan, steps):
        return found, None
    optimizer = training.optimizer.model_copy(update={"learning_rate": RATE * training.optimizer.learning_rate})
    slowly = {"optimizer": optimizer, "schedule": CosineConfig(), "scale_rate": 0.0, "average": None}
    begun = replace(found, config=config.model_copy(update={"training": training.model_copy(update=slowly)}))
    theta = found.theta if found.units is None else found.units.within(found.theta, found.objective.layout)
    epochs, seconds = history.most_epochs, history.seconds
    told = beside.telling(lambda callback: lambda epoch: callback(epoch.after(epochs, seconds)))
    streams = Streams.of(training.seed, before + len(theta), further=True)[before:]
    name = f"{group}, further" if group else "further"
    left = None if plan.time is None else plan.time - seconds
    own, _, cause = trained(begun, theta, rows, plan.further(steps, left), streams, told, name)
    if failure_of(cause) is not None:
        return found, None
    if cause is not None or own.history.stopped in CUT_SHORT:
        return replace(found, history=replace(history, stopped=own.history.stopped)), cause
    more = [epoch.after(epochs, seconds) for epoch in own.history.epochs]
    best = [epochs + epoch for epoch in own.history.best_epoch]
    history = replace(history, epochs=[*history.epochs, *more], best_epoch=best)
    return replace(found, later=replace(found, theta=own.theta, history=history, carried=None)), None


def _in_time(found: Fit, plan: Plan, steps: int) -> bool:
    """Whether there is time for so many steps more."""
    if plan.time is None:
        return True
    done = plan.steps_in(found.history.most_epochs)
    return found.history.seconds * (1.0 + SPARE * steps / done) <= plan.time
