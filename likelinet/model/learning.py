"""From what the user passes to `fit` and `partial_fit` to a trained model."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np

from likelinet import __version__
from likelinet.config import ModelConfig
from likelinet.core.errors import DataError, LikelinetError
from likelinet.core.gathered import also
from likelinet.core.notes import unnoted
from likelinet.core.processes import ALONE, Processes
from likelinet.distributions import Distribution
from likelinet.engines.build import processes_of
from likelinet.model import few_rows, fitting, stacking, story
from likelinet.model.beyond import sampled
from likelinet.model.choosing import chosen, unargued, with_less_time
from likelinet.model.dataset import Dataset
from likelinet.model.fit import Fit
from likelinet.model.going_on import go_on
from likelinet.model.imagined import best_share
from likelinet.model.needs import check_widths
from likelinet.model.recording import identity_of, recording
from likelinet.model.source import Source
from likelinet.model.without_constants import without_constants
from likelinet.model.without_identifiers import without_identifiers
from likelinet.tables.events import with_event_label
from likelinet.tables.named_target import named, named_in_stream, titled
from likelinet.tables.recognise.written import Written
from likelinet.tables.roles import Roles
from likelinet.tables.rows import Rows, declared_table
from likelinet.tables.shuffled import Beyond
from likelinet.tables.stream import Stream
from likelinet.tables.table import Table
from likelinet.tables.undressed import read_as
from likelinet.targets.build import takes_labels
from likelinet.training.checkpoint import Checkpoint
from likelinet.training.history import Callback
from likelinet.training.progress import Progress
from likelinet.training.record import Beside, Record, failure_of


@dataclass(frozen=True)
class Given:
    """What the user has passed: rows, maybe held-out ones, and how to train; and the processes that share the work."""

    X: Any
    y: Any
    sample_weight: Any
    validation: tuple[Any, ...] | None
    callbacks: Sequence[Callback]
    progress: bool
    once: bool  # whether to pass over all rows once
    checkpoint: Checkpoint | None = None
    processes: Processes = ALONE

    def identity(
        self,
        config: ModelConfig,
        table: Table,
        y: Any,
        start: tuple[np.ndarray, ...] = (),
        beyond: Beyond | None = None,
    ) -> dict[str, Any]:
        """Return what the fit of a config to a table is of."""
        held = self.held_out()
        read = None if held is None else (declared_table(held[0], config.data), *held[1:])
        return identity_of(config, table, y, self.sample_weight, read, start, beyond)

    def shared_by(self, processes: Processes) -> "Given":
        """Return the same for processes that share the work, of which the first one alone shows progress."""
        return replace(self, processes=processes, progress=self.progress and not processes.rank)

    def held_out(self) -> tuple[Any, Any, Any] | None:
        """Return X, y and weights of the held-out rows, if there are any."""
        held = self.validation
        if held is None:
            return None
        if not (isinstance(held, tuple | list) and 1 <= len(held) <= 3):
            raise DataError("validation must be (X, y) or (X, y, sample_weight); or (X,) where X holds y.")
        X, y, weight = (*held, None, None)[:3]
        return X, y, weight


def roles_of(config: ModelConfig, custom: type[Distribution] | None) -> Roles:
    """Return what each column of a table is to a model."""
    return Roles(config, takes_labels(config.distribution, custom))


def learned(declared: ModelConfig, custom: type[Distribution] | None, given: Given) -> tuple[Fit, BaseException | None]:
    """Return what a model learns that knows nothing yet, and what cut it short, if anything did."""
    processes = processes_of(declared)
    with (
        np.errstate(over="ignore", invalid="ignore"),  # numbers near 1e308: what they spoil is refused in a sentence
        unnoted() if processes.rank else nullcontext(),
        recording(given.checkpoint, processes) as recorded,
    ):
        _check_same_program(processes, declared)
        check_widths(declared)
        given = given.shared_by(processes)
        declared, given, beyond = _in_memory(declared, given)
        table = declared_table(given.X, declared.data)
        config, y = named(declared, table, given.y)
        config = titled(config, table.columns, y)
        _check_same_table(processes, table)
        record = recorded(partial(given.identity, config, table, y, beyond=beyond))
        fit, cause = _learned(config, custom, given, table, y, beyond, record)
        if cause is None or failure_of(cause) is not None:
            record.close()
        return fit, cause


def _check_same_program(processes: Processes, declared: ModelConfig) -> None:
    """Raise `DataError` in all processes where they do not run the same."""
    processes.check_same(
        {"version": __version__, "config": declared.model_dump_json(), "number of devices": processes.devices}
    )


def _check_same_table(processes: Processes, table: Table) -> None:
    """Raise `DataError` in all processes where they do not have as many rows, of the same columns."""
    processes.check_same({"number of rows": table.n, "list of columns": [*table.columns]})


def _learned(
    config: ModelConfig,
    custom: type[Distribution] | None,
    given: Given,
    table: Table,
    y: Any,
    beyond: Beyond | None,
    record: Record,
) -> tuple[Fit, BaseException | None]:
    """Return what is learned from a table and its y."""
    began = record.clock()
    with also(partial(roles_of(config, custom).look, table)):
        if y is None:
            config = with_event_label(config, table)
            config = without_identifiers(roles_of(config, custom), table)
            config = without_constants(roles_of(config, custom), table, custom)
        few = False
        if not given.once:
            config, few = few_rows.settled(config, table, given.sample_weight, given.validation)
        config, choice = chosen(config, table, y, given.sample_weight, given.progress, record, few)
        if choice is not None:
            story.family_chosen(choice)
        roles = roles_of(config, custom)
        rows = roles.rows(table, y, given.sample_weight)
        worn = rows.worn
        rows, held_out = few_rows.repeated(rows, few), given.held_out()
        if beyond is not None:
            dressed = {name: how for name, how in worn.items() if how.words}
            beyond = replace(beyond, written=dressed if config.data.strict else rows.written)
            rows = replace(rows, beyond=beyond)
            if held_out is not None and len(beyond.held):  # which are of the stream, too
                held_out = read_as(declared_table(held_out[0], config.data), beyond.written), *held_out[1:]
        features = roles.features(rows.table)
        held = _held_out(roles, held_out, features, rows.table.named, worn)
        within = stacking.with_folds(with_less_time(config, choice), rows.table, validated=held is not None)
        source = Source.of(table) if beyond is None else Source(beyond.survey.n, beyond.survey.stream.files)
        dataset = Dataset(source, rows, held, features, roles.y_name)
        imagined = _imagined(within, custom, dataset, record) if few else 0.0
        with unargued(choice), Progress(given.progress) as bar:
            beside = Beside(bar, record, tuple(given.callbacks))
            fit, cause = stacking.fit(within, custom, dataset, beside, given.once, imagined, choice)
        if not given.once:
            stacking.note_time(fit, config.training.time)
        fit = replace(fit.declared_by(config), history=replace(fit.history, choice=choice), written=worn)
        if not given.once and cause is None:
            story.fitted(fit.history, record.clock() - began)
        return fit, cause


def _in_memory(config: ModelConfig, given: Given) -> tuple[ModelConfig, Given, Beyond | None]:
    """Return what is given with a sample in the place of a stream, and what is to be trained on beyond it."""
    if not isinstance(given.X, Stream) or given.once:
        return config, given, None
    config = named_in_stream(config, given.y, given.sample_weight)
    validates, digested = given.validation is not None, given.checkpoint is not None
    table, held, beyond = sampled(config, given.X, validates, digested, given.processes)
    validation = given.validation if held is None else (held,)
    return config, replace(given, X=table, y=None, validation=validation), beyond


def _imagined(config: ModelConfig, custom: type[Distribution] | None, dataset: Dataset, record: Record) -> float:
    """Return how much imagined rows are to weigh beside few ones."""

    def fitted(part: Rows, share: float) -> Fit:
        beside = Beside(Progress(False), record)
        fit, cause = fitting.fit(config, custom, replace(dataset, rows=part), beside, imagined=share)
        if cause is not None and not isinstance(cause, LikelinetError):  # such as Ctrl-C
            raise cause
        return fit

    return best_share(fitted, dataset.rows, dataset.what)


def gone_on(fit: Fit, given: Given) -> tuple[Fit, BaseException | None]:
    """Return what a model has learned once it has gone on, and what cut it short, if anything did.

    Columns are read as those of a prediction are.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        declared = fit.declared_whole
        table = fit.read(given.X)
        config, y = named(declared, table, given.y)
        roles = roles_of(config, fit.custom)
        weights = tuple(group.theta for group in fit.groups)
        look, processes = also(lambda: fit.rows(table).x.check() if table.n else None), processes_of(declared)
        given = given.shared_by(processes)
        quiet = unnoted() if processes.rank else nullcontext()
        with look, quiet, recording(given.checkpoint, processes) as recorded:
            if processes.count > 1:  # a pass over few rows by one process has no time for digests
                _check_same_program(processes, declared)
                digest = sha256(b"".join(w.tobytes() for w in weights)).hexdigest()
                processes.check_same({"model to go on from": digest})
                _check_same_table(processes, table)
            record = recorded(partial(given.identity, config, table, y, weights))
            rows = roles.rows(table, y, given.sample_weight, fit.inputs.names, fit.inputs.named)
            written = {**rows.worn, **fit.written}
            held = _held_out(roles, given.held_out(), fit.inputs.names, fit.inputs.named, written)
            if not given.once:
                story.training_begins("going on", declared, rows.table.n, len(fit.inputs.names))
            with Progress(given.progress) as bar:
                dataset = Dataset(Source.of(table), rows, held, fit.inputs.names, roles.y_name)
                gone, cause = go_on(fit, dataset, Beside(bar, record, tuple(given.callbacks)), given.once)
            fit = fit if gone is fit else replace(gone, written=written)
            if cause is None or failure_of(cause) is not None:
                record.close()
            if not given.once:
                story.training_ended("going on", fit.history)
                stacking.note_time(fit, declared.training.time)
            return fit, cause


def _held_out(
    roles: Roles,
    given: tuple[Any, Any, Any] | None,
    features: list[str],
    are_named: bool,
    written: Mapping[str, Written],
) -> Rows | None:
    """Return held-out rows, if any are given, for a model with these features; y and weights are written as known."""
    if given is None:
        return None
    X, y, weight = given
    table = replace(declared_table(X, roles.config.data), written=written)
    _, y = named(roles.config, table, y)
    return roles.rows(table, y, weight, features, are_named)
