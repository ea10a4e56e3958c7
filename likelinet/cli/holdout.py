"""`likelinet fit --holdout`: which rows, and their scores beside those of simpler models."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from likelinet.cli.output import metrics_table
from likelinet.config import ModelConfig
from likelinet.core.errors import DataError, LikelinetError
from likelinet.core.gathered import also, both
from likelinet.core.notes import TargetNote, unnoted
from likelinet.core.wording import counted
from likelinet.model.model import Model
from likelinet.selection.baselines import baselines
from likelinet.selection.comparison import Ranked, ranked, scores_of
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.roles import Roles
from likelinet.tables.table import Table
from likelinet.targets.build import takes_labels

OWN = "this model"
LEAST = 2  # rows to train on
SAME = 1e-9  # nats within which two models are one, as without inputs


def drawn(config: ModelConfig, table: Table, share: float) -> np.ndarray:
    """Return the mask of the rows that are held out, the same for the same table, share and seed."""
    if table.n == 0:
        raise DataError("The table is empty: it has no rows.")
    return HoldOut.of(config.data, table).rows(share, np.random.default_rng(config.training.seed))


def held_out(config: ModelConfig, table: Table, share: float) -> np.ndarray:
    """Return the same where a model is to be fitted to the other rows, whatever is wrong with which is told at once."""
    with also(partial(_look, config, table)):
        mask = drawn(config, table, share)
        if table.n - int(mask.sum()) < LEAST:
            raise DataError(
                f"Of {counted(table.n, 'row')} only one would be left to train on: hold out fewer, or none."
            )
        return mask


def _look(config: ModelConfig, table: Table) -> None:
    """Raise `DataError` for all that is wrong with y and the other columns."""
    with unnoted():
        roles = Roles(config, takes_labels(config.distribution, None))
        both(partial(roles.look, table), partial(roles.rows, table, None, None))


def rows_in_words(config: ModelConfig, held: int, rows: int) -> str:
    """Return how many rows are held out, and how they are chosen."""
    data = config.data
    if data.time is not None:
        last = "the last row" if held == 1 else f"the last {held} rows"
        return f"{last} of {rows} in the order of '{data.time}'"
    groups = "" if data.groups is None else f", whole groups of '{data.groups}'"
    return f"{counted(held, 'row')} of {rows}{groups}, drawn by seed {config.training.seed}"


def scores_beside_baselines(model: Model, train: Table, held: Table) -> tuple[str, KeyboardInterrupt | None]:
    """Return the metrics of held-out rows as a table: the model's, and those of models that know less.

    After Ctrl-C it has those that are there, which is returned as well.
    """
    with unnoted(TargetNote):  # said of the training rows
        scores, failed = {OWN: model.evaluate(held)}, list[str]()
    with unnoted():  # of rows without y, and said already
        weight = model.observed(held).weight
        each, cut = [scores_of(OWN, model, held)], None
    simpler = baselines(model.config)
    for name, config in simpler.items():
        try:
            with unnoted():  # said of the model already
                fitted = Model(config).fit(train, progress=False)
                scores[name] = fitted.evaluate(held)
                each.append(scores_of(name, fitted, held))
        except LikelinetError as error:
            failed.append(f"{name}: {error}")
        except KeyboardInterrupt as cause:
            cut = cause
            failed.append(f"Interrupted before the scores of {' and '.join(n for n in simpler if n not in scores)}.")
            break
    left, lacking = held.n - len(weight), "without y" if model.config.data.weight is None else "without y or weight"
    where = rows_in_words(model.config, held.n, train.n + held.n) + (f", but for {left} {lacking}" if left else "")
    lines = ["", f"Scores of {where}:", "", metrics_table(scores), *failed]
    said = verdict(ranked(each, weight), scores)
    return "\n".join([*lines, *(["", said] if said else [])]), cut


def verdict(ranks: Sequence[Ranked], scores: Mapping[str, dict[str, float]]) -> str:
    """Return which model is better by its nll, where that is not this one beyond noise; "" where it plainly is."""
    best, *others = ranks
    if best.family == OWN:
        near = [r for r in others if not r.clear and r.difference < -SAME]
        if not near:
            return ""
        names = " and ".join(f"the {r.family}" for r in near)
        return f"By its nll this model is better here than {names} one, but within noise{_noise(near)}."
    own = next(r for r in others if r.family == OWN)
    if own.difference > -SAME:
        return ""
    if not own.clear:
        return f"By its nll the {best.family} model is better here, but within noise{_noise([own])}."
    return f"By its nll the {best.family} model is better here{_beside_nll(scores[OWN], scores[best.family])}."


def _noise(ranks: Sequence[Ranked]) -> str:
    """Return by how much models are apart from the best one, and the noise of that, where there is more than a row."""
    if not all(np.isfinite([r.difference, r.standard_error]).all() for r in ranks):
        return ""
    each = (f"{-r.difference:.2g} with a standard error of {r.standard_error:.2g}" for r in ranks)
    return f": by {' and '.join(each)}"


def _beside_nll(own: dict[str, float], best: dict[str, float]) -> str:
    """Return what else is known of a model whose nll is worse than the best one's."""
    nearer = [name for name in ("rmse", "mae") if own.get(name, np.inf) < best.get(name, np.inf)]
    nearer += ["accuracy"] if own.get("accuracy", 0.0) > best.get("accuracy", 0.0) else []
    if not nearer:
        return ": the network has found nothing that lasts beyond it"
    how = "its spread" if "accuracy" not in nearer else "how sure it is"
    return f", but by {' and '.join(nearer)} this one is: it comes nearer to y, and what does not fit is {how}"
