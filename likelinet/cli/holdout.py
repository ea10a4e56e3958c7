"""`likelinet fit --holdout`: which rows, and their scores beside those of simpler models."""

import warnings

import numpy as np

from likelinet.cli.output import metrics_table
from likelinet.config import ModelConfig
from likelinet.core.errors import LikelinetError
from likelinet.core.wording import counted
from likelinet.model.model import Model
from likelinet.selection.baselines import baselines
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.table import Table

OWN = "this model"


def held_out(config: ModelConfig, table: Table, share: float) -> np.ndarray:
    """Return the mask of the rows that are held out, the same for the same table, share and seed."""
    return HoldOut.of(config.data, table).rows(share, np.random.default_rng(config.training.seed))


def rows_in_words(config: ModelConfig, held: int, rows: int) -> str:
    """Return how many rows are held out, and how they are chosen."""
    data = config.data
    if data.time is not None:
        last = "the last row" if held == 1 else f"the last {held} rows"
        return f"{last} of {rows} in the order of '{data.time}'"
    groups = "" if data.groups is None else f", whole groups of '{data.groups}'"
    return f"{counted(held, 'row')} of {rows}{groups}, drawn by seed {config.training.seed}"


def scores_beside_baselines(model: Model, train: Table, held: Table) -> str:
    """Return the metrics of held-out rows as a table: the model's, and those of models that know less."""
    scores, failed = {OWN: model.evaluate(held)}, []
    for name, config in baselines(model.config).items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # said of the model already
                scores[name] = Model(config).fit(train, progress=False).evaluate(held)
        except LikelinetError as error:
            failed.append(f"{name}: {error}")
    lines = [
        "",
        f"Scores of {rows_in_words(model.config, held.n, train.n + held.n)}:",
        "",
        metrics_table(scores),
        *failed,
    ]
    best = min(scores, key=lambda name: scores[name]["nll"])
    if best != OWN:
        lines += [
            "",
            f"By its nll the {best} model is better here: the network has found nothing that lasts beyond it.",
        ]
    return "\n".join(lines)
