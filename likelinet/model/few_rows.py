"""Few rows: a linear model beside imagined rows, or a note where a network is too sure of new ones."""

from dataclasses import replace
from typing import Any

import numpy as np

from likelinet.config import DataConfig, LBFGSConfig, MLPConfig, ModelConfig, TrainingConfig
from likelinet.config.network import CoderConfig
from likelinet.core.errors import DataError
from likelinet.core.gathered import attempted
from likelinet.core.notes import WidthNote, note
from likelinet.core.wording import counted
from likelinet.engines.engine import Data
from likelinet.tables.inputs import Inputs
from likelinet.tables.rows import Rows, weights_of
from likelinet.tables.table import Table
from likelinet.training.plan import Plan

FEW, FEW_FOR_EACH = 50, 10  # rows in all and for each column, below which many weights learn too small a spread
TOO_FEW = 30  # rows of which parts that are held out tell less than a linear model knows
MANY = 10  # weights for each row: a small network cannot learn its rows by heart
ENSEMBLE = 5  # members, which are less sure together where they disagree
IMAGINED = 4  # rows that say that x says nothing, beside one for each input
AS_EVER = {"seed", "time"}  # what may be said of a training that is left to the rows
ITERATIONS = 100  # where most take 30: more are for ridges on which a shape runs to infinity
START = 1e-6  # initial weights, of which those stay that no row tells anything of


def settled(config: ModelConfig, table: Table, sample_weight: Any, validation: Any = None) -> tuple[ModelConfig, bool]:
    """Return the config of a linear model, and True, where rows are few and no word was said of network or training.

    Fewer than 30 rows do not tell which network is best, and a random part of them less. Only what `quality` would fill
    is left to the rows; weights that are whole numbers count as so many rows.
    """
    said, data, training = config.model_fields_set, config.data, config.training
    of_data = data.model_fields_set if "data" in said else set()
    of_training = training.model_fields_set if "training" in said else set()
    open_to_rows = config.quality != "plain" and not said & {"network", "groups"} and of_training <= AS_EVER
    if not open_to_rows or "numeric" in of_data or data.features == [] or validation is not None:
        return config, False
    weight = attempted(lambda: weights_of(table, data, sample_weight))
    if isinstance(weight, DataError) or not are_few(weight):  # what is wrong is said later
        return config, False
    update = {
        # The range of so few rows is narrow, and a line goes on as one.
        "data": data.model_copy(
            update={"numeric": DataConfig().numeric, "extrapolate": data.extrapolate or "extrapolate" not in of_data}
        ),
        "network": MLPConfig(hidden=[], init=START),
        "training": TrainingConfig(
            optimizer=LBFGSConfig(),
            epochs=ITERATIONS,
            validation_fraction=0.0,
            seed=training.seed,
            time=training.time,
        ),
        "ensemble": config.ensemble if "ensemble" in said else 1,
        "groups": None,
    }
    return config.model_copy(update=update), True


def is_settled(config: ModelConfig) -> bool:
    """Whether it is the config of a model that `settled` has made linear."""
    return isinstance(config.network, MLPConfig) and config.network.init == START


def are_few(weight: np.ndarray) -> bool:
    """Whether there are so few rows, of which those of a whole weight count so often, that others are imagined."""
    return 2 <= _many(weight) < TOO_FEW


def repeated(rows: Rows, few: bool = True) -> Rows:
    """Return few rows whose weights are whole numbers as so many rows of weight 1 each; any others as they are."""
    if not few or (rows.weight == 1.0).all() or not _are_whole(rows.weight):
        return rows
    at = np.arange(len(rows.weight)).repeat(rows.weight.astype(np.intp))
    return Rows(rows.table.at(at), rows.y[at], np.ones(len(at)), rows.levels)


def with_pairs(data: Data, plan: Plan, share: float) -> tuple[Data, Plan]:
    r"""Return data, and a plan to train on all of them, with each x beside each y as well: n² imagined rows.

    They weigh as much together as a share of 4 rows and one for each input, twice those that there are at most:

    .. math:: \sum_i w_i \log p(y_i \mid x_i) + \frac{\tau}{n^2} \sum_{i,j} w_i w_j \log p(y_j \mid x_i)

    The prior that they are shrinks whatever the family predicts towards the distribution of y without any x, and keeps
    its spread from 0 where there are as many inputs as rows.

    References
    ----------
    Huang, Stein, Rubin & Kou, *Catalytic prior distributions*, PNAS 117, 2020.
    """
    n, inputs = data.x.shape
    x_of, y_of = np.divmod(np.arange(n * n), n)
    own = np.arange(n)
    x_of, y_of = np.concatenate([own, x_of]), np.concatenate([own, y_of])
    tau = min(share * (IMAGINED + inputs), 2 * n)
    weight = np.concatenate([data.weight, tau / n**2 * np.outer(data.weight, data.weight).ravel()])
    columns = None if data.columns is None else data.columns[y_of]  # trials and exposures are those of y
    paired = Data(data.x[x_of], columns, data.y[y_of], weight / weight.mean())
    train = np.tile(np.arange(len(weight)), (len(plan.train), 1))
    return paired, replace(plan, train=train, batch_size=len(weight), offset=plan.offset[y_of])


def note_few_rows(config: ModelConfig, inputs: Inputs, n: int, weights: int, watched: bool) -> None:
    """Warn of too few rows to hold any out, or of few ones beside very many weights; never with a code.

    Parameters
    ----------
    config, inputs
        The declaration, and how columns become inputs.
    n : int
        Training rows, with those held out among them.
    weights : int
        Of one member.
    watched : bool
        Whether held-out rows tell when to stop, or nothing needs to.
    """
    if isinstance(config.network, CoderConfig):
        return
    columns = sum(kind.width > 0 for kind in inputs.columns)
    if config.training.validation_fraction > 0.0 and not watched:
        note(
            f"{counted(n, 'row')} are too few to hold any out, so nothing keeps the network from learning them by "
            "heart, too sure of new ones by far: take more, or data: {features: []} for the distribution of y alone."
        )
    elif n < max(FEW, FEW_FOR_EACH * columns) and weights > MANY * n:
        members = f"ensemble: {ENSEMBLE}, " if config.ensemble < ENSEMBLE else ""
        note(
            f"{counted(n, 'row')} with {counted(columns, 'feature')} are few for so wide a network, which is often "
            f"too sure of new ones: take more rows, fewer data.features, {members}or network: {{hidden: []}} for a "
            "linear model.",
            WidthNote,
        )


def _many(weight: np.ndarray) -> float:
    """Return how many rows there are, of which those of a whole weight count so often."""
    return float(weight.sum()) if _are_whole(weight) else float(np.count_nonzero(weight))


def _are_whole(weight: np.ndarray) -> bool:
    return bool((weight == np.floor(weight)).all())
