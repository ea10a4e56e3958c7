"""Training on a stream: what is learned of columns, y and the start comes from a sample, the steps take all rows."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import lru_cache, partial

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.errors import ConfigError, DataError
from likelinet.core.notes import note, unnoted
from likelinet.core.processes import ALONE, Processes
from likelinet.core.reused import Reused
from likelinet.engines.engine import Data
from likelinet.model.fit import Fit
from likelinet.model.planning import plan_of
from likelinet.model.training import Encoded, check_range, is_exact
from likelinet.tables.arrow import pa
from likelinet.tables.kinds.category import Category
from likelinet.tables.kinds.statistics import Apart
from likelinet.tables.lacking import Lacking
from likelinet.tables.roles import Roles
from likelinet.tables.rows import Rows, declared_table, lacking_in, lacking_in_all, target_names
from likelinet.tables.shuffled import Beyond, Reader
from likelinet.tables.stream import Stream
from likelinet.tables.survey import surveyed
from likelinet.tables.table import Table
from likelinet.tables.undressed import read_as
from likelinet.targets.build import takes_labels
from likelinet.targets.class_weights import Weigher
from likelinet.training.plan import Plan
from likelinet.training.streams import held_out_stream
from likelinet.training.stretches import own
from likelinet.training.windows import Check, Windows

SHARE = 0.1  # of the rows that is held out where folds would be
THIN = 1 << 15  # rows of the sample that stay in memory, for what is learned of missing cells
WINDOWS = 3  # that are in memory: one that is trained on, the next one, and what an engine has of the first
ROOMS = 2  # windows whose memory is kept: an engine that works ahead has a third one for a moment
PART = 8  # of the rows in memory that may be held out, so that looks at them stay short


def sampled(
    config: ModelConfig, stream: Stream, validates: bool, digested: bool, processes: Processes = ALONE
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
    processes : Processes
        Those that fit together, each of which reads a part of the stream.
    """
    training, data = config.training, config.data
    names = target_names(data)
    stream.check([*names, *([data.weight] if data.weight else [])])
    survey = surveyed(stream, training.seed, names, digested, processes)
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
    return table.taken(~mask), table.taken(mask) if many else None, Beyond(survey, table.index[mask], processes)


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
    # What NLLs of the window are above those of the loss is known to its mean, which is all where y has a density.
    mean = np.average(plan.offset[:n], weights=sample.weight[:n])
    train, validation = (np.tile(r, (members, 1)) for r in (np.arange(size), np.arange(size, size + held)))
    offset = np.concatenate([np.full(size, mean), plan.offset[n:]])
    planned = plan_of(config, train, validation, False, offset, False, beyond.windows)
    processes = beyond.processes
    part = range(processes.devices * processes.rank, processes.devices * (processes.rank + 1))
    columns = own(size, planned.batch_size, part, processes.devices * processes.count)
    maker = _Maker(fit, rows, sample, apart, in_training, what, columns)
    windows = Windows(beyond.windows, maker, columns, processes)
    return replace(_thinned(sample), windows=windows), planned


def note_lacking(windows: Windows | None) -> None:
    """Warn of rows that were left out since they lack y, once windows have been trained on."""
    if windows is not None and isinstance(windows.made, _Maker):
        windows.made.note_lacking()


def _thinned(sample: Encoded) -> Encoded:
    """Return some of the training rows of a sample, as copies: the rest need not stay in memory."""
    some = slice(0, sample.n, -(-sample.n // THIN))
    few = _copied(_some(sample.data, some))
    return Encoded(few, sample.y[some].copy(), sample.weight[some].copy(), len(few.x))


def _some(data: Data, some: slice) -> Data:
    """Return some rows."""
    columns = None if data.columns is None else data.columns[some]
    return Data(data.x[some], columns, data.y[some], data.weight[some])


def _copied(data: Data) -> Data:
    """Return copies of rows."""
    columns = None if data.columns is None else data.columns.copy()
    return Data(data.x.copy(), columns, data.y.copy(), data.weight.copy())


def _arrays(data: Data) -> list[np.ndarray]:
    """Return the arrays of rows, the weights last."""
    return [array for array in (data.x, data.columns, data.y, data.weight) if array is not None]


def _above(size: int, behind: np.ndarray) -> np.ndarray:
    """Return zeros for so many rows, of which those that nobody writes to take no memory, with others behind them."""
    array = np.zeros((size + len(behind), *behind.shape[1:]), behind.dtype)
    array[size:] = behind
    return array


class _Maker:
    """Makes windows: rows of some slices, encoded, each at its position, and the held-out ones.

    What lacks y or a weight, or is missing at the end, has weight 0 and the numbers of another row. A process makes the
    rows alone that are its own in minibatches; where there is one window, minibatches have rows of all of it.
    """

    def __init__(
        self,
        fit: Fit,
        rows: Rows,
        sample: Encoded,
        apart: Sequence[Apart],
        in_training: Weigher,
        what: str,
        own: slice,
    ) -> None:
        config, beyond = fit.config, rows.beyond
        assert beyond is not None
        assert rows.table.index is not None
        self._held, self._one = (_copied(_some(sample.data, some)) for some in (slice(sample.n, None), slice(1)))
        self._x = Reused(partial(_above, beyond.rows, self._held.x), ROOMS)  # nearly all of a window
        self._own, self._wanted = own, own if beyond.windows > 1 else slice(0, beyond.rows)
        self._fit, self._beyond, self._apart = fit, beyond, apart
        self._in_training, self._what = in_training, what
        worn = {name for name, how in beyond.written.items() if how.words}
        self._whole = worn if config.data.strict else worn & {config.data.weight}
        self._index, self._unit = rows.table.index, rows.weight.mean()
        # What the sample has not seen counts as in a prediction, also where strict ones would refuse it.
        data = config.data.model_copy(update={"strict": False})
        self._lenient = replace(fit, config=config.model_copy(update={"data": data}))
        self._roles = Roles(config, takes_labels(config.distribution, fit.custom))
        few = set() if self._roles.y_is_x else _categories_of(fit)  # or they are read as something else, too
        self._reader = Reader(beyond.survey.stream, _read_by(fit), beyond.side_by_side, few)
        self._lacking: dict[int, Lacking] = {}  # by window of the first pass
        self._order = lru_cache(1)(beyond.order)

    def __call__(self, k: int, check: Check) -> Data:
        passes, place = divmod(k, self._beyond.windows)
        window = self._beyond.window(self._order(self._fit.config.training.seed, passes), place)
        made, wanted, at, lacking = self._room(), self._wanted, 0, Lacking()
        with unnoted():
            for part, size in zip(window, self._beyond.sizes(window).tolist(), strict=True):
                # Slices are read as a whole, so that cells mean the same in any number of processes.
                meets = at < wanted.stop and at + size > wanted.start
                first = at
                for table in map(self._kept, self._reader.read(part)) if meets else ():
                    check()
                    many = self._put(table, first, made) if table.n else 0
                    if passes == 0 and many < table.n and self._own.start <= first < self._own.stop:
                        read = read_as(table, self._beyond.written)
                        lacking += lacking_in(table, read, self._fit.config.data, self._roles.labels)
                    first += table.n
                at += size
        if passes == 0:
            self._lacking[place] = lacking
        pa.default_memory_pool().release_unused()
        gaps = wanted.start + np.flatnonzero(made.weight[wanted] == 0.0)
        gaps = gaps if wanted.start == 0 else np.append(0, gaps)  # devices without rows of their own take the first
        for array, row in zip(_arrays(made)[:-1], _arrays(self._one)[:-1], strict=True):
            array[gaps] = row
        return made

    def _room(self) -> Data:
        """Return rows of weight 0, with the held-out ones behind them."""
        size, held = self._beyond.rows, self._held
        columns = None if held.columns is None else _above(size, held.columns)
        return Data(self._x.array(), columns, _above(size, held.y), _above(size, held.weight))

    def note_lacking(self) -> None:
        """Warn of the rows of the first pass that lack y, in windows that all processes have made."""
        mine = {place: asdict(lacking) for place, lacking in self._lacking.items()}
        gathered = self._beyond.processes.gathered(json.dumps(mine).encode())
        every = [{int(place): Lacking(**each) for place, each in json.loads(data).items()} for data in gathered]
        places = sorted(set.intersection(*map(set, every)))
        sum((each[place] for place in places for each in every), Lacking()).note(f"Of the whole stream, {self._what}")

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
        table = read_as(table, self._beyond.written, self._whole)
        try:
            return self._roles.rows(table, None, None, fit.inputs.names, fit.inputs.named)
        except DataError:
            if lacking_in_all(table, data, self._roles.labels):
                return None
            raise

    def _put(self, table: Table, first: int, into: Data) -> int:
        """Put rows of a table, which follow each other from a position of the window on, there; return how many."""
        fit, rows = self._fit, self._rows(table)
        if rows is None:
            return 0
        n, wanted = rows.table.n, self._wanted
        at_once = n == table.n and wanted.start <= first and first + n <= wanted.stop  # each behind the one before it
        own = _some(into, slice(first, first + n))
        own = own if at_once else _copied(own)
        clean = fit.recognise(rows, self._what)
        with np.errstate(over="ignore", invalid="ignore"):  # said in a sentence instead
            own.y[...] = fit.targets.encode(clean)
            own.weight[...] = self._in_training(clean, rows.weight) / self._unit
            self._lenient.fill(rows.table, own.x, own.columns)
        self._put_apart(rows, own.x)
        check_range(own, self._what, fit.targets.open_ended)
        if not at_once:
            assert table.index is not None
            assert rows.table.index is not None
            at = first + np.searchsorted(table.index, rows.table.index)
            inside = slice(*np.searchsorted(at, [wanted.start, wanted.stop]))
            for array, values in zip(_arrays(into), _arrays(own), strict=True):
                array[at[inside]] = values[inside]
        return n

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


def _categories_of(fit: Fit) -> set[str]:
    """Return the columns that are categories of few levels, and nothing else."""
    few = {kind.name for kind in fit.inputs.columns if isinstance(kind, Category) and not kind.tail}
    return few - {*fit.config.distribution.columns}
