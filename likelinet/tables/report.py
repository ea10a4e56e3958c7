"""What a table looks like to a model, column by column, before anything is fitted."""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from likelinet.core.errors import DataError
from likelinet.core.gathered import attempted
from likelinet.core.notes import unnoted
from likelinet.core.wording import readable, shown
from likelinet.tables.coded import Coded, coded
from likelinet.tables.columns import is_time
from likelinet.tables.inputs import learn_kinds
from likelinet.tables.kinds.joined import join_moments
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.statistics import FOLDS, with_means
from likelinet.tables.marked import absent
from likelinet.tables.roles import Roles
from likelinet.tables.rows import target_names, with_numbers
from likelinet.tables.table import Table
from likelinet.tables.text import Text
from likelinet.tables.times import seconds

LEVELS = 4  # different cells that are shown of a column of text


@dataclass(frozen=True)
class ColumnReport:
    """One column.

    Parameters
    ----------
    name : str
        Of the column.
    role : str
        Target, weight, groups, feature, "family" where the family reads it, or "left out".
    kind : str
        The tag of what it was taken for; "refused" where it cannot be a feature, "" where it is none.
    distinct, missing : int
        Different cells, and missing ones.
    values : str
        The range of its numbers or moments, or the first levels.
    encoding : str
        How a feature is encoded, or why not.
    inputs : int
        How many inputs of the network it makes, those of its code among them.
    """

    name: str
    role: str
    kind: str
    distinct: int
    missing: int
    values: str
    encoding: str
    inputs: int


@dataclass(frozen=True)
class TableReport:
    """All columns, in the order of the table, what was learned of the features, and what is wrong with these."""

    rows: int
    columns: tuple[ColumnReport, ...]
    kinds: tuple[Kind, ...]
    faults: tuple[str, ...]


def report_of(
    table: Table, training: Table, weight: np.ndarray, roles: Roles, z: np.ndarray | None = None
) -> TableReport:
    """Return what there is to say of a table.

    Parameters
    ----------
    table : Table
        All rows.
    training : Table
        The rows that there are to learn from.
    weight : ndarray
        Of these.
    roles : Roles
        What the config says of the columns.
    z : ndarray, shape (n, many), optional
        What rare levels of categories have means of, where y is known.
    """
    data = roles.config.data
    names = [n for n in table.columns if n not in roles.others] if data.features is None else data.features
    names = [n for n in names if n not in data.exclude and n in table.columns]
    found = dict(zip(names, learn_kinds(training, names, weight, data), strict=True))
    kinds = tuple(kind for kind in found.values() if not isinstance(kind, DataError))
    joined = attempted(partial(join_moments, training, kinds, weight, data))
    errors = [each for each in (*found.values(), joined) if isinstance(each, DataError)]
    kinds = kinds if isinstance(joined, DataError) else joined
    if z is not None:
        kinds, _ = with_means(kinds, training, weight, z, np.arange(training.n) % FOLDS)
    learned = {kind.name: kind for kind in kinds}

    with unnoted():  # how y is read is said by who reads it
        meant = attempted(partial(with_numbers, table, data))
    meant = table if roles.labels or isinstance(meant, DataError) else meant
    targets = target_names(data)

    def column(name: str) -> ColumnReport:
        cells = attempted(partial(_cells, meant if name in targets else table, name))
        about = (0, 0, "") if isinstance(cells, DataError) else cells
        kind, error = learned.get(name), found.get(name)
        if kind is not None:
            distinct, missing, values = about
            values = kind.seen if " … " in kind.seen else values
            inputs, how = kind.width + kind.in_code, " ".join(kind.in_brief().split())
            return ColumnReport(name, "feature", kind.tag, distinct, missing, values, how, inputs)
        said = str(error) if isinstance(error, DataError) else ""
        return ColumnReport(name, _role(name, roles, said), "refused" if said else "", *about, said, 0)

    faults = tuple(dict.fromkeys(fault for error in errors for fault in error.faults))
    return TableReport(table.n, tuple(map(column, table.columns)), kinds, faults)


def _role(name: str, roles: Roles, refused: str) -> str:
    if name in target_names(roles.config.data):
        return "target"
    if name == roles.config.data.weight:
        return "weight"
    if name == roles.config.data.groups:
        return "groups"
    if name in roles.config.distribution.columns:
        return "family"
    return "feature" if refused else "left out"


def _cells(table: Table, name: str) -> tuple[int, int, str]:
    """Return how many different cells a column has, how many are missing, and its range or first levels."""
    cells = table.column(name)
    lacking = absent(cells)
    missing = int(lacking.sum())
    if missing == len(cells):
        return 0, missing, ""
    if isinstance(cells, Text) and not table.holds_text(name):
        cells = table.numbers(name)
    if isinstance(cells, Text | Coded):
        found = coded(cells)
        levels = [found.levels[j] for j in np.unique(found.codes[~lacking])]
        return len(levels), missing, ", ".join(map(shown, levels[:LEVELS])) + (", …" if len(levels) > LEVELS else "")
    there = cells[~lacking]
    values = np.unique(there)
    if there.dtype.kind == "b":
        return len(values), missing, ", ".join(map(str, values.tolist()))
    if there.dtype.kind == "m":
        ends = [f"{_short(float(v))} s" for v in seconds(values[[0, -1]])]
    elif is_time(cells):
        ends = [str(v).replace("T", " ") for v in values[[0, -1]].astype("datetime64[s]")]
        ends = [end[:10] for end in ends] if ends[0][:10] != ends[1][:10] else ends
    else:
        ends = [_short(float(v)) for v in values[[0, -1]]]
    return len(values), missing, " … ".join(dict.fromkeys(ends))


def _short(value: float) -> str:
    """Return a number in few digits; whole ones as they are."""
    if math.isfinite(value) and value.is_integer() and abs(value) < 1e9:
        return str(int(value))
    few = f"{value:.4g}"
    return readable(value) if "e+" in few else few
