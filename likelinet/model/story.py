"""The story of a fit, told by the logger "likelinet" at the level INFO: nothing is written where nobody listens.

What is told is handed over as it is, and becomes text only in a record that somebody wants.
"""

import logging
from collections.abc import Sequence

from likelinet.config import ModelConfig
from likelinet.core.wording import counted
from likelinet.training.choice import Choice
from likelinet.training.history import History

LOG = logging.getLogger("likelinet")
LOG.addHandler(logging.NullHandler())


def family_chosen(choice: Choice) -> None:
    """Tell which family was chosen, and by which scores."""
    LOG.info("Family: %s It took %.1f s.", choice, choice.seconds)
    for candidate in choice.candidates:
        if candidate.error:
            LOG.info("Family %s failed: %s", candidate.family, candidate.error)


def training_begins(name: str, config: ModelConfig, rows: int, features: int) -> None:
    """Tell what is to be trained on what.

    Parameters
    ----------
    name : str
        What the group of members is called, or the training where there are no groups.
    config : ModelConfig
        Its declaration.
    rows, features : int
        How many rows there are, with those that are held out of them, and columns to predict from.
    """
    if LOG.isEnabledFor(logging.INFO):
        family, size = config.distribution.in_brief, f"{counted(rows, 'row')}, {counted(features, 'feature')}"
        LOG.info("%s begins: %s, %s; %s.", name.capitalize(), family, config.networks_in_brief, size)


def training_ended(name: str, history: History) -> None:
    """Tell how a training ended, with which scores."""
    if LOG.isEnabledFor(logging.INFO):
        parts = [history.stopped, counted(history.most_epochs, "epoch"), history.best_in_words]
        parts += history.scores_in_words
        LOG.info("%s ended: %s; %.1f s.", name.capitalize(), ", ".join(parts), history.seconds)


def groups_weighed(weights: Sequence[float]) -> None:
    """Tell which weight each group that was trained has in the prediction."""
    if LOG.isEnabledFor(logging.INFO):
        LOG.info("Weights: %s.", ", ".join(f"group {g + 1} {weight:.3f}" for g, weight in enumerate(weights)))


def fitted(history: History, seconds: float) -> None:
    """Tell how good the whole is and how long it took, the choice of a family and the reading of tables with it."""
    if LOG.isEnabledFor(logging.INFO):
        LOG.info("Fitted in %.1f s%s.", seconds, "".join(f", {score}" for score in history.scores_in_words[-1:]))
