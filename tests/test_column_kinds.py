"""Columns of known kind are read as they are meant, and no value of them is altered."""

import warnings

import numpy as np
import pytest

from likelinet.config import DataConfig
from likelinet.tables.inputs import learn_inputs
from likelinet.tables.kinds.boolean import Boolean
from likelinet.tables.kinds.category import Category
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.moment import Moment
from likelinet.tables.kinds.noted import note_readings
from likelinet.tables.kinds.number import Number
from likelinet.tables.table import Table
from likelinet.tables.text import Text
from tests.generated_columns import Meant, columns, with_missing

ROUNDS = [(60, None), (90, ""), (150, "NA"), (240, "?")]


def learned(meant: Meant) -> tuple[Kind, Table, str]:
    """Return what a column is taken for, and what is said of it."""
    n = len(meant.cells)
    table = Table({meant.name: Text.of(meant.cells), "x": np.linspace(0.0, 1.0, n)}, n)
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        inputs = learn_inputs(table, [meant.name, "x"], np.ones(n), DataConfig())
        note_readings(table, inputs.columns)
    return inputs.columns[0], table, " ".join(str(n.message) for n in notes)


def values_of(kind: Kind, table: Table) -> np.ndarray | None:
    """Return the values that a kind has of its column; None where it is left out."""
    match kind:
        case Number():
            read = kind.read(table)
            return table.numbers(kind.name) if read is None else np.asarray(read)
        case Moment():
            return kind.moments(table)
        case Boolean():
            out = np.empty((kind.width, table.n))
            kind.encode(table.columns[kind.name], out)
            values = np.round(out[0] * kind.scale + kind.loc)
            return np.where(out[1] == 1.0, np.nan, values) if kind.indicator else values
        case Category():
            out = np.empty((kind.width, table.n))
            kind.encode(table.columns[kind.name], out)
            assert (out.sum(axis=0) == 1.0).all()
            levels = [*kind.levels, *([""] if kind.indicator else [])]
            return np.array(levels)[out.argmax(axis=0)]
    return None


def altered(meant: Meant, found: np.ndarray | None) -> bool:
    """Whether values are others than those that are meant."""
    if found is None or meant.values is None:
        return False
    if found.dtype.kind == "U" or meant.values.dtype.kind == "U":
        return found.astype(str).tolist() != meant.values.astype(str).tolist()
    return not np.array_equal(found, meant.values.astype(found.dtype), equal_nan=True)


@pytest.fixture(scope="module")
def all_columns() -> list[tuple[str, Meant, Kind, Table, str]]:
    rng = np.random.default_rng(20240229)
    found = []
    for n, word in ROUNDS:
        for how, column in columns(rng, n):
            meant = column if word is None else with_missing(column, rng, word)
            found.append((how, meant, *learned(meant)))
    return found


def test_columns_are_read_as_they_are_meant(all_columns):
    assert len(all_columns) >= 300
    wrong = [(how, kind.tag, said) for how, meant, kind, _, said in all_columns if kind.tag not in meant.kinds]
    assert len(wrong) <= 0.02 * len(all_columns), wrong
    assert [how for how, _, said in wrong if "'col'" not in said] == []


def test_no_value_is_altered(all_columns):
    assert [how for how, meant, kind, table, _ in all_columns if altered(meant, values_of(kind, table))] == []


def test_sentinels_are_named(all_columns):
    assert [
        how for how, _, _, _, said in all_columns if how.startswith("sentinel") and how.split()[1] not in said
    ] == []
    others = [how for how, *_, said in all_columns if "may mean missing cells" in said and "sentinel" not in how]
    assert len(others) <= 0.02 * len(all_columns), others


def test_what_is_read_into_text_is_said(all_columns):
    for how, _, kind, _, said in all_columns:
        if kind.tag in ("moment", "identifier", "constant"):
            assert "'col'" in said, how
        if kind.tag == "number" and how in ("percent", "dollars", "unit", "thousands", "open ends", "duration ISO"):
            assert "'col' as" in said, how
