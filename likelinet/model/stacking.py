"""Groups of members, trained one after the other and stacked into one model."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import numpy as np

from likelinet.config import ModelConfig
from likelinet.config.group import check_same_y
from likelinet.core.errors import ConfigError, DataError, DivergedError, LikelinetError, NonFiniteError
from likelinet.core.notes import WidthNote, each_once, note, unnoted
from likelinet.core.wording import readable
from likelinet.distributions import Distribution
from likelinet.distributions.over.mixture_of import mixture_of
from likelinet.model import fitting, story
from likelinet.model.dataset import Dataset
from likelinet.model.dispersing import dispersed
from likelinet.model.fit import Fit, Stack
from likelinet.model.prediction import predict_dist
from likelinet.model.unseen import Unseen, likelier
from likelinet.scores.stacking import stacked_weights
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.rows import Rows
from likelinet.tables.table import Table
from likelinet.targets.class_weights import weigher
from likelinet.training.choice import Choice
from likelinet.training.history import Callback, Epoch, GroupHistory, History
from likelinet.training.interrupts import kept_whole
from likelinet.training.record import Beside

LEAST = 1e-3  # weight of a group that is worth its predictions
FOLDS = 8  # where they are left to the rows


def fit(
    config: ModelConfig,
    custom: type[Distribution] | None,
    dataset: Dataset,
    beside: Beside,
    once: bool,
    imagined: float,
    choice: Choice | None,
) -> tuple[Fit, BaseException | None]:
    """Return what `fitting.fit` does, also of a declaration with groups of members, of which `choice` chose a family.

    Each group is trained as its config would be by itself, but that its members have streams of their own, as if all
    were of one ensemble. What cuts one short leaves those before it, and of the first one what it has learned; one
    whose loss is not finite, or rises, is left out.
    """
    if config.groups is None:
        own, cause = _told_of(config, custom, dataset, beside, once=once, imagined=imagined)
        return kept_whole(lambda: _better(own, dataset), cause)
    declared, found, whole = config.each_group, list[Fit](), list[int]()
    cause: BaseException | None = None
    lost: list[tuple[str, LikelinetError]] = []
    # What a linear model among them says better, their weights take.
    with each_once(), unnoted(WidthNote) if any(own.is_linear for own in declared) else nullcontext():
        _check_families(declared, custom, dataset, choice)
        for g, own in enumerate(declared):
            spent = sum(fit.latest.history.seconds for fit in found)
            name = f"group {g + 1} of {len(declared)}"
            members = sum(len(fit.theta) for fit in found)
            told = beside.telling(partial(_within, group=g, members=members, seconds=spent))
            try:
                trained, cause = _told_of(in_time(declared[g:], spent), custom, dataset, told, name, members, once)
                found.append(trained.declared_by(own))
            except BaseException as error:
                if not found or isinstance(error, ConfigError | DataError):  # what is declared cannot be
                    raise
                cause = error
            if cause is None:
                whole.append(g)
                continue
            cause.add_note(f"This was in {name}.")
            if not isinstance(cause, NonFiniteError | DivergedError):
                whole += [g] if found[g:] and found[g].out_of_fold is not None else []  # past its best look
                break
            lost.append((name, cause))  # the others may do without it
            cause = None
        if cause is None and not whole:
            cause = lost[0][1]
        for name, error in lost if whole else ():
            note(f"{name.capitalize()} is left out, since its training failed: {error}")
    telling = whole or [0]  # one that was cut short only where there is no other
    ending = _ending(found, whole, cause)

    def stacked() -> Fit:
        unseen = _unseen(found[telling[0]], dataset)

        def stack(groups: Sequence[Fit]) -> Fit:
            weights = np.zeros(len(groups))
            weights[telling] = _weights([groups[g] for g in telling], dataset.validation, unseen)
            return dispersed(_stacked(config, groups, weights, ending), unseen)

        first = stack([replace(own, later=None) for own in found])
        if unseen is None or all(own.later is None for own in found):
            return first
        return likelier([first, stack([own.latest for own in found])], unseen)

    made, cause = kept_whole(stacked, cause)
    if not once:
        story.groups_weighed([group.weight for group in made.history.groups])
    return made, cause


def _better(fit: Fit, dataset: Dataset) -> Fit:
    """Return the better one of an ensemble and of it past its best look, by the rows that members held out."""
    if fit.later is None:
        return fit
    own, unseen = replace(fit, later=None), _unseen(fit, dataset)
    return own if unseen is None else likelier([own, fit.later], unseen)


def _told_of(
    config: ModelConfig,
    custom: type[Distribution] | None,
    dataset: Dataset,
    beside: Beside,
    group: str = "",
    before: int = 0,
    once: bool = False,
    imagined: float = 0.0,
) -> tuple[Fit, BaseException | None]:
    """Return what `fitting.fit` does, and log its beginning and its end, but of single passes."""
    name = group or "training"
    if not once:
        story.training_begins(name, config, dataset.rows.table.n, len(dataset.features))
    fit, cause = fitting.fit(config, custom, dataset, beside, group, before, once, imagined)
    if not once:
        story.training_ended(name, fit.history)
    return fit, cause


def with_folds(config: ModelConfig, table: Table, validated: bool) -> ModelConfig:
    """Return a declaration whose folds are a number, or none, where it leaves them to the rows of a table."""
    if config.training.folds != "auto":
        return config
    members = min(group.ensemble for group in config.each_group)
    many = 1 if validated else HoldOut.of(config.data, table).most(min(members, FOLDS))
    training = config.training.model_copy(update={"folds": many if many > 1 else None})
    return config.model_copy(update={"training": training})


def note_time(fit: Fit, seconds: float | None) -> None:
    """Say what so many seconds of training have cut off, of all groups of members, if anything."""
    if fit.cut_off is not None and seconds is not None:
        shared = "" if fit.stack is None else ", shared by all groups,"
        note(
            f"The {readable(float(f'{seconds:.3g}'))} s of training.time{shared} are spent: {fit.cut_off}. The best "
            "weights so far are kept; more time may give better ones."
        )


def _check_families(
    declared: Sequence[ModelConfig],
    custom: type[Distribution] | None,
    dataset: Dataset,
    choice: Choice | None,
) -> None:
    """Raise `DataError`, before anything is trained, if y is not for all families, or these cannot be weighed by it."""
    if all(config.distribution == declared[0].distribution for config in declared):
        return
    rows, what, kinds = dataset.rows, dataset.what, list[str]()
    for g, config in enumerate(declared):
        own = config.distribution.in_brief
        ending = "." if choice is None else f"; {choice.reason(what)}: name the family of all groups, such as '{own}'."
        try:
            check_same_y(declared[0].distribution, config.distribution)
        except ValueError as error:
            raise DataError(f"groups.{g}: {error}{ending}") from None
        kinds.append(kind_of_y(*fitting.without_inputs(config, custom, rows, what)))
        if kinds[g] != kinds[0]:
            raise DataError(
                f"groups.{g}: under '{own}' {what} is {kinds[g]}, and under '{declared[0].distribution.in_brief}' "
                f"{kinds[0]}, which nothing weighs against each other"
                + (": take families of one kind." if choice is None else ending)
            )


def kind_of_y(fit: Fit, y: np.ndarray) -> str:
    """Return in words what encoded y is to a family: masses do not compare with densities, nor angles with numbers."""
    if fit.declared.y == "class":
        known = fit.targets.classes
        return f"a class of {fit.targets.n_classes}" if known is None else f"a class of {np.array(known).tolist()}"
    leaf, family = fit.config.distribution.leaf_class(fit.custom), fit.declared
    kind = "an angle" if leaf.is_angle else "a whole number" if family.support.integer else "a number with a density"
    if kind == "a number with a density" and not fit.family.has_density(y).any():
        kind = "a number with a probability"
    atoms = "".join(f", and a probability of {at:g}" for at in sorted(family.atoms))
    return kind + atoms + (f", where {leaf.constraint}" if leaf.constraint else "")


def _within(callback: Callback, group: int, members: int, seconds: float) -> Callback:
    """Return a callback that is told of the epochs of one group."""

    def told(epoch: Epoch) -> bool | None:
        return callback(epoch.in_group(group, members, seconds))

    return told


def in_time(left: Sequence[ModelConfig], spent: float) -> ModelConfig:
    """Return the first of the groups that are left, with its share of the time that is left."""
    training = left[0].training
    if training.time is None:
        return left[0]
    share = left[0].ensemble / sum(config.ensemble for config in left)
    time = max(training.time - spent, 0.0) * share
    return left[0].model_copy(update={"training": training.model_copy(update={"time": time})})


def _ending(found: Sequence[Fit], whole: Sequence[int], cause: BaseException | None) -> str:
    """Return how the training of groups ended: as of the last one that is whole, or as what cut it short says."""
    if cause is None:
        return found[whole[-1]].history.stopped
    return "interrupted" if len(found) - 1 in whole else found[-1].history.stopped  # maybe before the next one began


def _stacked(config: ModelConfig, found: Sequence[Fit], weights: np.ndarray, stopped: str) -> Fit:
    """Return the groups that were trained as one model."""
    weights = np.where(weights < LEAST, 0.0, weights)
    weights /= weights.sum()
    groups = tuple(np.flatnonzero(weights).tolist())
    kept = tuple(float(weights[g]) for g in groups)
    history, out = _history(config, found, weights, stopped), None
    outs = [out for g in groups if (out := found[g].out_of_fold) is not None]
    if outs:
        out = replace(outs[0], distribution=mixture_of([own.distribution for own in outs], kept))
        history.out_of_fold_nll = float(np.average(-out.log_prob, weights=out.weight))
    first, *others = (replace(found[g], history=History(), out_of_fold=None) for g in groups)
    cut_off = "; ".join(f"in group {g + 1} {fit.cut_off}" for g, fit in enumerate(found) if fit.cut_off)
    stack = Stack(config, groups, kept, tuple(others))
    return replace(first, history=history, out_of_fold=out, stack=stack, cut_off=cut_off or None)


def _weights(fits: Sequence[Fit], validation: Rows | None, unseen: Unseen | None) -> np.ndarray:
    """Return the weights of groups by what they say of rows that they have not seen; equal ones if that is nothing."""
    if unseen is None or len(fits) == 1:
        return np.full(len(fits), 1.0 / len(fits))
    predicted = (_predicted(fit, validation) for fit in fits)
    return _weights_by(np.stack(unseen.log_prob(*predicted), axis=1), unseen.weight)


def _weights_by(scores: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the weights of groups by their log scores, shape (rows, groups)."""
    # Where one has no number or a spike, and where y is impossible for all, rows weigh nothing.
    telling = (scores < np.inf).all(1) & (scores > -np.inf).any(1)
    if not telling.any():
        return np.full(scores.shape[1], 1.0 / scores.shape[1])
    return stacked_weights(scores[telling], weight[telling])


def _unseen(fit: Fit, dataset: Dataset) -> Unseen | None:
    """Return the rows that members held out, or that validate; None where there are none."""
    rows, what = dataset.rows, dataset.what
    with unnoted():  # said when it was trained
        if (out := fit.out_of_fold) is not None:
            y, weight = out.y, out.weight
        elif (validation := dataset.validation) is not None:
            y, weight = fit.recognise(validation, "validation y"), validation.weight
        else:
            return None
        in_training = weigher(fit.config.data.class_weight, fit.targets, fit.recognise(rows, what), rows.weight, what)
    return Unseen.of(y, weight, in_training)


def _predicted(fit: Fit, validation: Rows | None) -> Distribution:
    """Return the predictions of these rows."""
    if (out := fit.out_of_fold) is not None:
        return out.distribution
    assert validation is not None
    with unnoted():  # said when it was trained
        return predict_dist(fit, fit.rows(validation.table))


def _history(config: ModelConfig, found: Sequence[Fit], weights: np.ndarray, stopped: str) -> History:
    """Return the history of all groups, one after the other."""
    history = History(stopped=stopped, engine=found[-1].history.engine)
    spent = 0.0
    for g, (fit, weight) in enumerate(zip(found, weights.tolist(), strict=True)):
        own, members = fit.history, len(history.best_epoch)
        history.epochs += [epoch.in_group(g, members, spent) for epoch in own.epochs]
        history.best_epoch += own.best_epoch
        words, nll = config.group_in_words(g), own.out_of_fold_nll
        history.groups.append(GroupHistory(words, len(fit.theta), own.stopped, nll, weight, fit.factor))
        spent += own.seconds
    return history
