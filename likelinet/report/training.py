"""Sections on what was learned: how columns are read, the family and why, how the loss fell."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from likelinet.core.wording import counted, ended, shown
from likelinet.model.model import Model
from likelinet.plots.curves import learning_curves
from likelinet.report.case import Case
from likelinet.report.figures import WIDE, svg
from likelinet.report.html import Section, pictures, said, table
from likelinet.training.history import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 200  # listed at most


def columns(case: Case) -> Section:
    """Return how each column is read."""
    kinds = case.model.kinds
    rows = [[shown(kind.name), " ".join(kind.describe().split()), kind.width] for kind in kinds[:COLUMNS]]
    more = [said(f"… and {len(kinds) - COLUMNS} more.")] if len(kinds) > COLUMNS else []
    if not rows:
        return Section("columns", "How each column is read", [said("The model predicts from no column at all.")])
    listed = table(["column", "what it is taken for", "inputs"], rows)
    return Section("columns", "How each column is read", [listed, *more])


def family(case: Case) -> Section:
    """Return the family, why it is this one, and the groups of members."""
    model = case.model
    choice = model.history.choice
    own = " + ".join(dict.fromkeys(group.distribution.in_brief for group in model.config.each_group))
    y = case.y_in_words
    parts = []
    if choice is None:
        parts.append(said(f"{y} follows {own}, as the config says."))
    elif not choice.ranked:
        parts.append(said(ended(f"{choice.family}, since {y} {shown(choice.why)}")))
    else:
        parts.append(
            said(f"{choice.families}, since {y} {shown(choice.why)}; of those that fit this, by the {choice.measure}:")
        )
        rows = [[c.family, c.log_score, c.difference or 0.0, c.standard_error or 0.0] for c in choice.ranked]
        parts.append(table(["family", "log score", "difference", "std. error"], rows))
        parts += [said(f"{c.family} failed: {c.error}") for c in choice.candidates if c.error]
    if model.recalibrated is not None:
        parts.append(said(f"Predictions are recalibrated by the method '{model.recalibrated}'."))
    return Section("family", "The family, and why", [*parts, *_groups(model)])


def _groups(model: Model) -> list[str]:
    groups, factor = model.history.groups, model.history.factor_in_words
    if not groups:
        return []
    rows = [
        [g.in_brief, g.members, np.nan if g.out_of_fold_nll is None else g.out_of_fold_nll, g.weight, g.stopped]
        for g in groups
    ]
    words = "Members of several groups predict together, each group with a weight that out-of-fold rows gave it."
    words += f" By the same rows they have {factor}." if factor else ""
    return [said(words), table(["group", "members", "out-of-fold NLL", "weight", "training"], rows)]


def training(case: Case) -> Section:
    """Return how training went."""
    history = case.model.history
    members = sum(group.ensemble for group in case.model.config.each_group)
    line = (
        f"{counted(members, 'network')} with {case.model.n_parameters:,} parameters, "
        f"{counted(history.most_epochs, 'epoch')}; {history.best_in_words}; training ended: {history.stopped}."
    )
    parts = [said(line)]
    if history.out_of_fold_nll is not None:
        parts.append(said(f"Training rows, by the members that held them out: NLL {history.out_of_fold_nll:.4g}."))
    trained = [*dict.fromkeys(epoch.group for epoch in history.epochs)]
    drawn = []
    for g in trained:
        of_group = f" of the {history.groups[g].in_brief}" if g is not None and g < len(history.groups) else ""
        picture = svg(partial(_curves, history=history, group=g, words=of_group), f"curves{g or 0}", WIDE)
        drawn.append((picture, f"Loss of training and of held-out rows in each epoch{of_group}"))
    if drawn:
        parts.append(pictures(drawn))
    return Section("training", "Learning curves", parts)


def _curves(axes: "Axes", history: History, group: int | None, words: str) -> None:
    learning_curves(axes, history, group)
    axes.set_title(f"Learning curves{words}")
