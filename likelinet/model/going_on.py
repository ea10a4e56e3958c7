"""Going on: a fit whose weights are trained further, on rows that are read as those of a prediction are."""

from dataclasses import dataclass, replace

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.notes import each_once
from likelinet.model.dataset import Dataset
from likelinet.model.few_rows import are_few, repeated, with_pairs
from likelinet.model.fit import Fit
from likelinet.model.fitting import folds_held_out, rows_of_needs
from likelinet.model.needs import check_needs
from likelinet.model.planning import planned
from likelinet.model.stacking import in_time, with_folds
from likelinet.model.training import Encoded, check_passes, encoded, is_exact, trained, weighed
from likelinet.targets.possible import check_possible
from likelinet.targets.target import Naming
from likelinet.training.history import Callback, Epoch, History
from likelinet.training.record import Beside
from likelinet.training.start import marginal_fit
from likelinet.training.streams import Streams
from likelinet.training.units import Units, units_of

SMALLEST = 1e-4  # unit of raw numbers: a few rows may say that there is none


def go_on(fit: Fit, dataset: Dataset, beside: Beside, once: bool) -> tuple[Fit, BaseException | None]:
    """Return a fit that has gone on, with all that it knows of columns and y, and what cut that short, if anything did.

    Each group of members goes on by itself; their weights in the prediction stay as they are. What was learned from
    predictions of the earlier members is forgotten. Where it is cut short without having learned anything, the earlier
    fit is returned.

    Parameters
    ----------
    fit : Fit
        The earlier one.
    dataset
        The rows to go on with.
    beside
        What accompanies the trainings.
    once : bool
        Whether to pass over all rows once, with optimiser and random streams where they stand, and not to train as the
        config declares.
    """
    found, which = list(fit.groups), (None,) if fit.stack is None else fit.stack.groups
    whole = fit.declared_whole
    declared = (whole if once else with_folds(whole, dataset.rows.table, dataset.validation is not None)).each_group
    cause, spent, learned, cut_off = None, 0.0, False, list[str]()
    history = replace(fit.history, out_of_fold_nll=None)
    with each_once():
        for i, g in enumerate(which):
            place = Place.of(fit, g, spent)
            config = in_time([declared[k or 0] for k in which[i:]], spent)
            own, cause = _go_on(replace(found[i], config=config), dataset, beside.telling(place.told), place, once)
            gained = any(own.history.best_epoch)
            factor = 1.0 if gained else own.factor  # which is that of the earlier scales
            learned, spent = learned or gained, spent + own.history.seconds
            history = place.continued(history, own.history, factor)
            cut_off += [] if own.cut_off is None else [place.of_group(own.cut_off)]
            found[i] = replace(own, config=found[i].config, history=History(), source=fit.source, factor=factor)
            if cause is not None:
                break
    if cause is not None and not learned:
        return fit, cause
    first, *others = found
    stack = None if fit.stack is None else replace(fit.stack, others=tuple(others))
    source = dataset.source.after(fit.source)
    return replace(first, stack=stack, history=history, source=source, cut_off="; ".join(cut_off) or None), cause


def trained_by(fit: Fit, config: ModelConfig) -> Fit:
    """Return a fit that goes on by another declaration; what is carried stays where it is of the same optimiser."""
    before, now = fit.declared_whole.training, config.training
    found = fit.declared_by(config)
    if (before.optimizer.kind, before.average is None) == (now.optimizer.kind, now.average is None):
        return found
    stack = found.stack
    if stack is not None:
        stack = replace(stack, others=tuple(replace(other, carried=None) for other in stack.others))
    return replace(found, carried=None, stack=stack)


@dataclass(frozen=True)
class Place:
    """Where the members of a group are, and its epochs, in the history of a model that goes on.

    Parameters
    ----------
    group : int or None
        Of the config's groups; None where there are none.
    before : int
        Members of the groups before it.
    epochs : int
        Those that it has had.
    seconds : float
        Before it goes on.
    many : int
        How many groups the config has.
    """

    group: int | None
    before: int
    epochs: int
    seconds: float
    many: int

    @staticmethod
    def of(fit: Fit, group: int | None, spent: float) -> "Place":
        """Return that of a group, before which others have gone on for so many seconds."""
        declared, history = fit.declared_whole.each_group, fit.history
        before = sum(config.ensemble for config in declared[: group or 0])
        return Place(group, before, history.epochs_of(group), history.seconds + spent, len(declared))

    @property
    def name(self) -> str:
        """How to call the group; nothing where there are none."""
        return "" if self.group is None else f"group {self.group + 1} of {self.many}"

    def of_group(self, words: str) -> str:
        """Return words that say of which group they are, if there are several."""
        return words if self.group is None else f"in group {self.group + 1} {words}"

    def epoch(self, epoch: Epoch) -> Epoch:
        """Return an epoch of the group's own training as one of the model."""
        after = epoch.after(self.epochs, self.seconds)
        return after if self.group is None else after.in_group(self.group, self.before, 0.0)

    def told(self, callback: Callback) -> Callback:
        """Return a callback that is told of such epochs."""
        return lambda epoch: callback(self.epoch(epoch))

    def continued(self, history: History, own: History, factor: float) -> History:
        """Return the history of a model, of which this group has gone on, and has this factor of scales now."""
        best = list(history.best_epoch)
        for m, epoch in enumerate(own.best_epoch, start=self.before):
            best[m] = self.epochs + epoch if epoch else best[m]
        epochs = [*history.epochs, *map(self.epoch, own.epochs)]
        groups = [
            replace(group, stopped=own.stopped, out_of_fold_nll=None, factor=factor) if g == self.group else group
            for g, group in enumerate(history.groups)
        ]
        ended = {"stopped": own.stopped, "engine": own.engine, "factor": factor if self.group is None else 1.0}
        return replace(history, epochs=epochs, best_epoch=best, groups=groups, **ended)


def _go_on(fit: Fit, dataset: Dataset, beside: Beside, place: Place, once: bool) -> tuple[Fit, BaseException | None]:
    """Return what one group of members has come to, and what cut its training short, if anything did."""
    config, exact = fit.config, is_exact(fit.config, fit.inputs)
    rows, validation, what = dataset.rows, dataset.validation, dataset.what
    if once:
        check_passes(config, fit.inputs)
    else:
        check_needs(fit, *rows_of_needs(rows, validation, exact))
    few = validation is None and not once and fit.imagined > 0.0 and are_few(rows.weight)
    rows = repeated(rows, few)
    parts, _ = weighed(fit, rows, fit.recognise(rows, what), validation, what)
    held = None if once else folds_held_out(config, rows.table, validation)
    all_rows = encoded(fit, parts, (), what, spare=0 if held is None else 1)
    _check(fit, config, all_rows.own[0], all_rows.columns, Naming.of(config, rows, what))
    streams = Streams.of(config.training.seed, place.before + config.ensemble)[place.before :]
    plan = planned(fit, rows.table, all_rows, streams, once, held)
    units = None if exact else _units(fit, *all_rows.own, all_rows.columns)
    theta = fit.theta if units is None else units.within(fit.theta, fit.objective.layout)
    if few:
        data, plan = with_pairs(all_rows.data, plan, fit.imagined)
        all_rows = replace(all_rows, data=data)
    start = np.zeros(0) if once else _start(fit, all_rows, rows.weight)
    begun = replace(fit, units=units, start=start, recalibration=None, out_of_fold=None)
    own, _, cause = trained(begun, theta, all_rows, plan, streams, beside, place.name, once)
    if cause is not None and place.name:
        cause.add_note(f"This was in {place.name}.")
    return own, cause


def _check(fit: Fit, config: ModelConfig, y: np.ndarray, columns: np.ndarray | None, naming: Naming) -> None:
    """Raise `DataError` if y is impossible beside what the family reads of its rows."""
    constraint = config.distribution.leaf_class(fit.custom).constraint
    estimates = tuple(a.astype(np.float64)[0] for a in fit.objective.layout.views(fit.theta)[-2:])
    check_possible(fit.targets, fit.head, (estimates[0], estimates[1]), y, columns, constraint, naming)


def _start(fit: Fit, rows: Encoded, weight: np.ndarray) -> np.ndarray:
    """Return what y is in these rows without x; one pass over rows of many does not tell it."""
    exactly = fit.inputs.width == 0
    found = marginal_fit(fit.head, rows.own[0], weight, rows.columns, to_the_end=exactly)
    return np.concatenate(found)


def _units(fit: Fit, y: np.ndarray, weight: np.ndarray, columns: np.ndarray | None) -> Units | None:
    """Return the units that the weights were trained in; of a model from a file those that the rows give."""
    if fit.units is not None or fit.carried is not None:
        return fit.units
    found = units_of(fit.head, marginal_fit(fit.head, y, weight, columns), y, weight, columns)
    return None if found is None else replace(found, unit=tuple(np.maximum(u, SMALLEST) for u in found.unit))
