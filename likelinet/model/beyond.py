"""Training on a stream: what is learned of columns, y and the start comes from a sample, the steps take all rows."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.errors import ConfigError, DataError
from likelinet.core.notes import note, unnoted
from likelinet.engines.engine import Data
from likelinet.model.fit import Fit
from likelinet.model.lacking import Lacking, lacking_in
from likelinet.model.planning import plan_of
from likelinet.model.training import Encoded, check_range, is_exact
from likelinet.tables.arrow import pa
from likelinet.tables.kinds.statistics import Apart
from likelinet.tables.roles import Roles
from likelinet.tables.rows import Rows, declared_table, lacking_in_all, target_names
from likelinet.tables.shuffled import Beyond, Reader
from likelinet.tables.stream import Stream
from likelinet.tables.survey import surveyed
from likelinet.tables.table import Table
from likelinet.targets.build import takes_labels
from likelinet.targets.class_weights import Weigher
from likelinet.training.plan import Plan
from likelinet.training.streams import held_out_stream
from likelinet.training.windows import Check, Windows

SHARE = 0.1  # of the rows that is held out where folds would be
THIN = 1 << 15  # rows of the sample that stay in memory, for what is learned of missing cells
WINDOWS = 3  # that are in memory: one that is trained on, the next one, and what an engine has of the first
PART = 8  # of the rows in memory that may be held out, so that looks at them stay short


def sampled(
    config: ModelConfig, stream: Stream, validates: bool, digested: bool
) -> tuple[Table, Table | None, Beyond | None]:
    """Return a sample of a stream, held-out rows, and what is to be trained on beyond them.

    A stream that is all in memory is a table like any other.

    Parameters
    ----------
    config : ModelConfig
        The declaration.
    stream : Stream
        The rows.
    validates : bool
        Whether the caller has held-out rows.
    digested : bool
        Whether digests of all rows are wanted.
    """
    training, data = config.training, config.data
    names = target_names(data)
    stream.check([*names, *([data.weight] if data.weight else [])])
    survey = surveyed(stream, training.seed, names, digested)
    table = survey.table
    if survey.whole:
        return replace(table, index=None, files=stream.files), None, None
    if isinstance(training.folds, int):
        raise ConfigError(
            f"training.folds: of a stream of more rows than {stream.rows_in_memory:,}, which are in memory at a time, "
            "only a share is held out: take the key away, or set training.validation_fraction."
        )
    if not validates and (data.groups is not None or data.time is not None):
        raise ConfigError(
            f"data.{'groups' if data.groups is not None else 'time'}: of a stream of more rows than "
            f"{stream.rows_in_memory:,} single rows are held out, none by such a column: pass validation rows."
        )
    share = 0.0 if validates else training.validation_fraction or (SHARE if training.folds == "auto" else 0.0)
    many = min(round(share * survey.n), stream.rows_in_memory // PART)
    mask = np.zeros(table.n, bool)
    mask[held_out_stream(training.seed).permutation(table.n)[:many]] = True
    assert table.index is not None
    return table.taken(~mask), table.taken(mask) if many else None, Beyond(survey, table.index[mask])


def beyond_sample(
    fit: Fit, rows: Rows, sample: Encoded, plan: Plan, apart: Sequence[Apart], in_training: Weigher, what: str
) -> tuple[Encoded, Plan]:
    """Return training on all rows of a stream, a window at a time, in the place of that on a sample.

    Parameters
    ----------
    fit : Fit
        What was learned from the sample.
    rows, sample, plan
        The sample, with its weights in training, and how it would be trained on.
    apart, in_training
        What `encoded` and `weigher` have for it.
    what : str
        How messages call y.
    """
    config, beyond = fit.config, rows.beyond
    assert beyond is not None
    if is_exact(config, fit.inputs):
        note(
            f"All rows at once are fitted to, which can only be those of a sample of the stream: {rows.table.n:,} of "
            f"{beyond.n:,}."
        )
        return sample, plan
    n, size, members = sample.n, beyond.rows, len(plan.train)
    held = len(sample.y) - n
    windows = Windows(beyond.windows, _Maker(fit, rows, sample, apart, in_training, what))
    # What NLLs of the window are above those of the loss is known to its mean, which is all where y has a density.
    mean = np.average(plan.offset[:n], weights=sample.weight[:n])
    train, validation = (np.tile(r, (members, 1)) for r in (np.arange(size), np.arange(size, size + held)))
    offset = np.concatenate([np.full(size, mean), plan.offset[n:]])
    return replace(_thinned(sample), windows=windows), plan_of(
        config, train, validation, False, offset, False, beyond.windows
    )


def note_lacking(windows: Windows | None) -> None:
    """Warn of rows that were left out since they lack y, once windows have been trained on."""
    if windows is not None and isinstance(windows.made, _Maker):
        windows.made.note_lacking()


def _thinned(sample: Encoded) -> Encoded:
    """Return some of the training rows of a sample, as copies: the rest need not stay in memory."""
    some, data = slice(0, sample.n, -(-sample.n // THIN)), sample.data
    columns = None if data.columns is None else data.columns[some].copy()
    few = Data(data.x[some].copy(), columns, data.y[some].copy(), data.weight[some].copy())
    return Encoded(few, sample.y[some].copy(), sample.weight[some].copy(), len(few.x))


class _Maker:
    """Makes windows: the rows of some slices, encoded, filled up with rows of weight 0, and the held-out ones."""

    def __init__(
        self, fit: Fit, rows: Rows, sample: Encoded, apart: Sequence[Apart], in_training: Weigher, what: str
    ) -> None:
        config, beyond = fit.config, rows.beyond
        assert beyond is not None
        assert rows.table.index is not None
        seen, n = sample.data, sample.n
        columns = None if seen.columns is None else seen.columns[n:].copy()
        self._held = Data(seen.x[n:].copy(), columns, seen.y[n:].copy(), seen.weight[n:].copy())
        self._fit, self._beyond, self._apart = fit, beyond, apart
        self._in_training, self._what = in_training, what
        self._index, self._unit = rows.table.index, rows.weight.mean()
        # What the sample has not seen counts as in a prediction, also where strict ones would refuse it.
        data = config.data.model_copy(update={"strict": False})
        self._lenient = replace(fit, config=config.model_copy(update={"data": data}))
        self._roles = Roles(config, takes_labels(config.distribution, fit.custom))
        self._reader = Reader(beyond.survey.stream, _read_by(fit))
        self._lacking: dict[int, Lacking] = {}  # by window of the first pass
        self._order = lru_cache(1)(beyond.order)

    def __call__(self, k: int, check: Check) -> Data:
        passes, place = divmod(k, self._beyond.windows)
        every = self._order(self._fit.config.training.seed, passes)
        size, held = self._beyond.rows, self._held

        def room(behind: np.ndarray) -> np.ndarray:
            array = np.empty((size + len(behind), *behind.shape[1:]), behind.dtype)
            array[size:] = behind
            return array

        x, y, weight = room(held.x), room(held.y), room(held.weight)
        columns = None if held.columns is None else room(held.columns)
        at, lacking = 0, Lacking()
        with unnoted():
            for part in self._beyond.window(every, place):
                for table in map(self._kept, self._reader.read(part)):
                    check()
                    rows = self._rows(table) if table.n else None
                    if passes == 0 and (0 if rows is None else rows.table.n) < table.n:
                        lacking += lacking_in(table, self._fit.config.data, self._roles.labels)
                    if rows is not None:
                        to = slice(at, at + rows.table.n)
                        self._fill(rows, to, x, columns, y, weight)
                        at = to.stop
        if passes == 0:
            self._lacking[place] = lacking
        pa.default_memory_pool().release_unused()
        for array in (x, columns, y):
            if array is not None:
                array[at:size] = array[:1]
        weight[at:size] = 0.0
        return Data(x, columns, y, weight)

    def note_lacking(self) -> None:
        """Warn of the rows of the first pass that lack y."""
        sum(self._lacking.values(), Lacking()).note(self._what)

    def _kept(self, table: Table) -> Table:
        """Return the rows that are not held out."""
        index = table.index
        assert index is not None
        table = declared_table(table, self._fit.config.data)
        keep = self._beyond.kept(int(index[0]), int(index[-1]) + 1)  # they follow one another
        return table if keep.all() else table.taken(keep)

    def _rows(self, table: Table) -> Rows | None:
        """Return the rows to train on, if there are any."""
        data, fit = self._fit.config.data, self._fit
        try:
            return self._roles.rows(table, None, None, fit.inputs.names, fit.inputs.named)
        except DataError:
            if lacking_in_all(table, data, self._roles.labels):
                return None
            raise

    def _fill(
        self, rows: Rows, to: slice, x: np.ndarray, columns: np.ndarray | None, y: np.ndarray, weight: np.ndarray
    ) -> None:
        fit = self._fit
        clean = fit.recognise(rows, self._what)
        with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
            y[to] = fit.targets.encode(clean)
            weight[to] = self._in_training(clean, rows.weight) / self._unit
            x[to], known = self._lenient.encode([rows.table], ())
        if columns is not None:
            columns[to] = known
        self._put_apart(rows, x[to])
        check_range(Data(x[to], columns, y[to], weight[to]), self._what, fit.targets.open_ended)

    def _put_apart(self, rows: Rows, x: np.ndarray) -> None:
        """Give the rows of the sample the inputs that know nothing of their own y."""
        index, sample = rows.table.index, self._index
        if not self._apart or index is None:
            return
        at = np.minimum(np.searchsorted(sample, index), len(sample) - 1)
        own = sample[at] == index
        for where, values in self._apart:
            x[own, where] = values[at[own]]


def _read_by(fit: Fit) -> set[str]:
    """Return the columns that training reads."""
    data = fit.config.data
    features = (name for kind in fit.inputs.columns for name in (kind.name, *kind.sources))
    return {*features, *target_names(data), *([data.weight] if data.weight else []), *fit.config.distribution.columns}
