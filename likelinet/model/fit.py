"""A trained model as data, and the rows of a table as it sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from likelinet.config import ModelConfig
from likelinet.core.blocks import blocks
from likelinet.core.errors import DataError
from likelinet.distributions import Distribution, Interval
from likelinet.distributions.base.family import Family
from likelinet.heads.build import build_head
from likelinet.heads.columns import check_column
from likelinet.heads.head import Head
from likelinet.heads.precision import Precision
from likelinet.model.out_of_fold import OutOfFold
from likelinet.model.recalibration import Recalibration
from likelinet.model.source import Source
from likelinet.networks.build import build_network
from likelinet.networks.chain import Chain
from likelinet.networks.filling import Filling
from likelinet.networks.piecewise import PiecewiseLinear
from likelinet.objective.build import build_criterion
from likelinet.objective.objective import Objective
from likelinet.tables.inputs import Encoded, Inputs
from likelinet.tables.kinds.statistics import Apart
from likelinet.tables.recognise.written import Written
from likelinet.tables.roles import other_columns, read_by_family
from likelinet.tables.rows import Rows, declared_table
from likelinet.tables.table import Table
from likelinet.tables.text import Text
from likelinet.targets.target import Naming, Targets
from likelinet.training.carried import Carried
from likelinet.training.history import History
from likelinet.training.units import Units

ROWS_AT_ONCE = 4096  # rows encoded at a time, up to 4 times as many where they have few cells
CELLS_AT_ONCE = 1 << 17  # cells of them in double precision


@dataclass(frozen=True)
class Stack:
    """The groups of members of which a model is a mixture, where its config has groups.

    Parameters
    ----------
    config : ModelConfig
        The whole declaration.
    groups : tuple of int
        Which of its groups have a say, in order: the fit that has this is the first of them.
    weights : tuple of float
        Of each; they sum to 1.
    others : tuple of Fit
        The groups after the first one.
    """

    config: ModelConfig
    groups: tuple[int, ...]
    weights: tuple[float, ...]
    others: tuple["Fit", ...] = ()

    def __post_init__(self) -> None:
        """Raise `ValueError` if these are no groups of the config."""
        known, w = range(len(self.config.groups or ())), np.array(self.weights)
        if not (self.groups and {*self.groups} <= {*known} and sorted({*self.groups}) == list(self.groups)):
            raise ValueError(f"stack: expected some of the config's {len(known)} groups, got {self.groups}")
        if not (len(self.groups) == len(w) == 1 + len(self.others) and (w > 0.0).all() and abs(w.sum() - 1.0) < 1e-6):
            raise ValueError("stack: each group needs a weight above 0, and all together 1")


@dataclass(frozen=True)
class Fit:
    """A trained model as data: what is saved, and all that prediction needs.

    One of several groups of members is the fit of the first of them, with the others in `stack`; source, history,
    recalibration and out-of-fold predictions are then those of all.
    """

    config: ModelConfig
    custom: type[Distribution] | None
    inputs: Inputs
    targets: Targets
    theta: np.ndarray
    history: History
    source: Source
    filling: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0)))  # the matrices of layers
    # Raw outputs and constants of the distribution of y in training, without x; none in files of earlier versions.
    start: np.ndarray = field(default_factory=lambda: np.zeros(0))
    imagined: float = 0.0  # how much imagined rows weigh beside few ones
    factor: float = 1.0  # of the scales in predictions, by rows that members held out
    recalibration: Recalibration | None = None
    out_of_fold: OutOfFold | None = None  # in memory alone
    stack: Stack | None = None
    # How y and weights are written in text, by column, where other ways could be meant.
    written: Mapping[str, Written] = field(default_factory=dict)
    cut_off: str | None = None  # what would have come, had there been more time; in memory alone
    units: Units | None = None  # of the raw numbers in training; in memory alone
    carried: Carried | None = None  # what training may go on with; in memory alone
    later: "Fit | None" = None  # it past its best look, until held-out rows have said which is kept

    @property
    def declared_whole(self) -> ModelConfig:
        """The declaration of the model."""
        return self.config if self.stack is None else self.stack.config

    def declared_by(self, config: ModelConfig) -> "Fit":
        """Return the same with another declaration of the model."""
        if self.stack is None:
            return replace(self, config=config, later=None if self.later is None else self.later.declared_by(config))
        each, (_, *further) = config.each_group, self.stack.groups
        others = tuple(replace(fit, config=each[g]) for g, fit in zip(further, self.stack.others, strict=True))
        return replace(self, config=each[self.stack.groups[0]], stack=replace(self.stack, config=config, others=others))

    @property
    def groups(self) -> "tuple[Fit, ...]":
        """Each group of members by itself."""
        return (self,) if self.stack is None else (replace(self, stack=None), *self.stack.others)

    @property
    def latest(self) -> "Fit":
        """The same past its best look, if its members went on, else as it is."""
        return self.later or self

    @property
    def group_weights(self) -> tuple[float, ...]:
        """The weight of each group in the prediction."""
        return (1.0,) if self.stack is None else self.stack.weights

    @property
    def n_parameters(self) -> int:
        """How many weights were learned, over all members."""
        return sum(fit.theta.size for fit in self.groups)

    @cached_property
    def said_of_rows(self) -> set[str]:
        """What has been noted of the cells of new rows; it need not be said again."""
        return set()

    @cached_property
    def head(self) -> Head:
        """The head that is trained on standardised targets and predicts in the user's units."""
        head = build_head(self.config.distribution, self.custom, self.targets.n_classes, self.targets.outputs)
        with np.errstate(over="ignore"):  # in the unit of an inner family, which may be any
            return head.standardised(self.targets.loc, self.targets.scale, self.targets.spread, self.targets.step)

    @property
    def declared(self) -> Family:
        """The family in the user's units."""
        return self.head.declared

    @property
    def family(self) -> Family:
        """The family of the standardised targets."""
        return self.head.family

    @cached_property
    def objective(self) -> Objective:
        """Network and head."""
        network = build_network(self.config.network, self.inputs.width, self.head.predicted, self.codes)
        if len(self.filling):
            network = Chain((*(Filling(self.inputs.amounts, matrix) for matrix in self.filling), network))
        return Objective(network, self.head, criterion=build_criterion(self.config.training.objective))

    @property
    def codes(self) -> PiecewiseLinear | None:
        """The layer that codes numbers, if there are any that are coded."""
        coded = self.inputs.coded
        if not coded:
            return None
        at, kinds = zip(*coded, strict=True)
        return PiecewiseLinear(at, [k.edges for k in kinds], [k.means for k in kinds], input_gradient=False)

    @property
    def precision(self) -> Precision:
        """The dtypes that the weights imply."""
        return self.head.precision(self.theta.dtype)

    def read(self, X: Any) -> Table:
        """Return the table that the user passed, whose y and weights are read as they were written in training."""
        return replace(declared_table(X, self.declared_whole.data), written=self.written)

    def recognise(self, rows: Rows, what: str) -> np.ndarray | Interval:
        """Return the y of new rows, checked against what the model was trained on, in the user's form."""
        return self.targets.recognise(rows.y, self.declared, Naming.of(self.config, rows, what))

    def encode(
        self, tables: Sequence[Table], other: tuple[str, ...], apart: Sequence[Apart] = (), spare: int = 0
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return x of all rows of the tables, in the network's precision, and the columns that go to the head.

        The first table has the training rows, for which `apart` holds some inputs. `spare` rows like the first one
        follow at the end.
        It is filled block by block: in double precision there is never more than one.
        """
        head, ends = self.head, np.cumsum([t.n for t in tables])
        many = ends[-1] + spare
        x = np.empty((many, self.inputs.width), self.precision.network)  # training takes single rows
        columns = np.empty((many, len(head.columns)), self.precision.columns) if head.columns else None
        for table, end in zip(tables, ends, strict=True):
            to = slice(end - table.n, end)
            encoded = self.fill(table, x[to], None if columns is None else columns[to])
            if to.start == 0:  # the training rows; held-out ones only say when to stop
                encoded.x.oddities.note()
            self.note_unused(table, other)
        for at, values in apart:
            x[: ends[0], at] = values
        for array in (x, columns):
            if array is not None:
                array[ends[-1] :] = array[:1]
        return x, columns

    def fill(self, table: Table, x: np.ndarray, columns: np.ndarray | None) -> "EncodedRows":
        """Fill x, and the columns that go to the head if it reads any, with the rows of a table; return these."""
        encoded = self.rows(table)
        many = CELLS_AT_ONCE // max(encoded.x.doubles, 1)
        for rows in blocks(table.n, max(ROWS_AT_ONCE, min(many, 4 * ROWS_AT_ONCE))):
            encoded.x.fill(rows, x[rows])
            if columns is not None:
                columns[rows] = encoded.known(rows)
        return encoded

    def note_unused(self, table: Table, other: tuple[str, ...] = ()) -> None:
        """Warn of columns that nobody spoke of, if no features were declared: neither features nor among `other`."""
        if self.config.data.features is None:
            self.inputs.note_unused(table, (*other, *other_columns(self.config)))

    def rows(self, table: Table, like: Encoded | None = None) -> "EncodedRows":
        """Return the rows of what the network and the head take, each made when it is asked for."""
        head = self.head
        data = self.config.data
        x = self.inputs.rows(table, other_columns(self.config), data.features is not None, data.strict, like)
        read = table.rows(slice(None), head.columns)
        # Whether text is meant as numbers shows in all of a column.
        numbers = {name: read.numeric(name) for name, values in read.columns.items() if isinstance(values, Text)}
        return EncodedRows(x, table, replace(read, columns={**read.columns, **numbers}), head)


@dataclass(frozen=True)
class EncodedRows:
    """Rows of x and of the columns that go to the head, made as they are asked for."""

    x: Encoded
    table: Table
    read: Table  # by the head: its columns alone
    head: Head

    def __len__(self) -> int:
        return self.table.n

    def __getitem__(self, rows: slice) -> tuple[np.ndarray, np.ndarray | None]:
        """Return x and the columns of a slice of the rows, in double precision; None where the head reads none."""
        return self.x[rows], self.known(rows) if self.head.columns else None

    def of_group(self, group: Fit) -> "EncodedRows":
        """Return the same rows as another group takes them; a column that both read alike is read once."""
        return group.rows(self.table, self.x)

    def known(self, rows: slice) -> np.ndarray:
        """Return the columns that the head reads, of a slice of the rows."""
        try:
            return known_columns(self.read.rows(rows, self.head.columns), self.head)
        except DataError:
            return known_columns(self.table, self.head)[rows]  # says which rows of the whole table


def known_columns(table: Table, head: Head) -> np.ndarray:
    """Return the columns that the head reads, shape (n, many), checked against what they are for."""
    columns = []
    for name in head.columns:
        values = read_by_family(table, name)
        check_column(head, name, values, table.index)
        columns.append(values)
    return np.stack(columns, axis=1)
