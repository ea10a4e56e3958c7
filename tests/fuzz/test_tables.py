"""Tables: files of odd cells in odd layouts and encodings, damaged; frames of odd columns: fitted, or refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from likelinet.cli.check import as_plain, checked, in_lines
from likelinet.config import parse_config
from likelinet.tables.table import read_table
from tests.fuzz.corpus import TABLES
from tests.fuzz.harness import Refused, inputs, many_inputs, one_of, outcome
from tests.fuzz.mutate import damaged
from tests.small import quick

NUMBERS = (
    "0",
    "1",
    "-2.5",
    "1e3",
    "1.797e308",
    "-1.797e308",
    "5e-324",
    "1e999",
    "1_000",
    "0x1F",
    "१२",
    "１２",
    "٣",
    "+7",
    "NaN",
)
TEXTS = ("a", "B", "é́", "'", '"', '""', "a,b", "a\nb", "\x1b[31m", "\u202e", "=1+1", "x" * 3000, "yes", "no", "true")
MISSING = ("", " ", "NA", "null", "-", "?", "-999", "n/a")
DATES = (
    "2020-01-31",
    "31.01.2020",
    "1/2/03",
    "2020-02-30",
    "12:34",
    "0000-00-00",
    "9999-12-31T23:59:59Z",
    "10000-01-01",
)
DRESSED = ("$ 1,000", "1.000,5 €", "12 %", "3h", "1.5 kg", "10k", "1,2,3", "1 000")
KINDS = (NUMBERS, TEXTS, MISSING, DATES, DRESSED)
CODECS = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252")
NAMES = ("y", "a", "b", "a ", "", "1", "é", "a,b", "id", "x" * 300, "\x1b[31m")
ARRAYS: tuple[Any, ...] = (
    lambda n, rng: rng.normal(size=n) * 10.0 ** rng.integers(-300, 300),
    lambda n, rng: rng.choice([0.0, 1.797e308, -1.797e308, 5e-324, np.nan, np.inf], n),
    lambda n, rng: 1e15 + np.arange(n),
    lambda n, rng: rng.integers(-(2**63), 2**63 - 1, n),
    lambda n, rng: rng.integers(0, 3, n).astype(bool),
    lambda n, rng: np.array([*rng.choice([None, 1, "a", 2.5, True], n)], object),
    lambda n, rng: pd.Categorical(rng.choice(["a", "b"], n)),
    lambda n, rng: pd.to_datetime(rng.integers(-(10**18), 10**18, n)),
    lambda n, rng: pd.to_timedelta(rng.integers(-(10**15), 10**15, n)),
    lambda n, rng: rng.normal(size=n) + 1j,
    lambda n, rng: pd.array([*rng.choice([1, 2], n - 1), None], dtype="Int64"),
    lambda n, rng: np.array(["x" * 1000, *rng.choice(["a b", "c"], n - 1)]),
    lambda n, rng: np.zeros(n),
)


def column(n: int, rng: np.random.Generator) -> list[str]:
    """Return cells of mostly one kind."""
    kind = [one_of(rng, one_of(rng, KINDS)) for _ in range(int(rng.integers(1, 6)))]
    if rng.random() < 0.5:
        return [f"{x:.3g}" if rng.random() < 0.95 else one_of(rng, kind) for x in rng.normal(size=n)]
    return [one_of(rng, kind) if rng.random() < 0.8 else one_of(rng, one_of(rng, KINDS)) for _ in range(n)]


def text_of(rng: np.random.Generator) -> str:
    """Return a table as text, with a separator, quotes and ends of lines of one sort, and sometimes a wrong row."""
    n, p, mark = int(rng.integers(0, 70)), int(rng.integers(1, 5)), one_of(rng, (",", ";", "\t", "|"))
    columns = [column(n, rng) for _ in range(p)]
    rows = [[one_of(rng, NAMES) if rng.random() < 0.2 else f"c{j}" for j in range(p)], *zip(*columns, strict=True)]
    end, quotes = one_of(rng, ("\n", "\r\n", "\r")), rng.random() < 0.7
    quoted = [[f'"{c.replace(chr(34), chr(34) * 2)}"' if quotes else c for c in row] for row in rows]
    lines = [mark.join(row) + (mark if rng.random() < 0.01 else "") for row in quoted]
    return end.join(lines) + (end if rng.random() < 0.9 else "")


def look(table: Any, name: str | None) -> None:
    """Read a table as `check` does, and fit to it."""
    config = parse_config({"quality": "plain", "data": {} if name is None else {"target": name}})
    found = checked(table, config, suggests=True)
    in_lines(found, "it")
    as_plain(found)
    if name is not None:
        quick(data={"target": name}, training={"epochs": 1}).fit(table, progress=False)


@many_inputs
def test_files(many: int, tmp_path: Path):
    path = tmp_path / "t.csv"
    for i, rng in inputs(many):
        raw = text_of(rng).encode(one_of(rng, CODECS), "replace")
        path.write_bytes(damaged(raw, rng) if rng.random() < 0.5 else raw)
        table = outcome(lambda: read_table([path]), f"file {i}: {raw!r:.2000}")
        if table is not Refused:
            names = [*table.columns]
            name = one_of(rng, names) if rng.random() < 0.2 and names else None
            outcome(lambda table=table, name=name: look(table, name), f"file {i}, target {name!r}: {raw!r:.2000}")


@many_inputs
def test_frames(many: int):
    for i, rng in inputs(many // 4):
        n, p = int(rng.integers(2, 50)), int(rng.integers(1, 4))
        with np.errstate(all="ignore"):
            columns = {f"c{j}": one_of(rng, ARRAYS)(n, rng) for j in range(p)}
        frame = pd.DataFrame(columns) if rng.random() < 0.5 else columns
        y = rng.normal(size=n) if rng.random() < 0.7 else one_of(rng, ARRAYS)(n, rng)
        weight = None if rng.random() < 0.7 else 10.0 ** rng.integers(-308, 308, n)
        what = f"frame {i}: {columns!r:.1500}, y {y!r:.200}"

        def fitted(frame: Any = frame, y: Any = y, weight: Any = weight) -> None:
            quick(training={"epochs": 1}).fit(frame, y, sample_weight=weight, progress=False).predict(frame)

        outcome(fitted, what)


@pytest.mark.parametrize("columns", TABLES)
def test_what_was_found(columns: dict[str, Any]):
    y, weight = columns.get("y", np.arange(60.0) % 7.3), columns.get("weight")
    X = {name: values for name, values in columns.items() if name not in ("y", "weight")}
    outcome(lambda: quick().fit(X or {"a": np.linspace(0.0, 1.0, 60)}, y, sample_weight=weight), repr(columns)[:200])


def test_different_numbers_far_from_0_are_no_constant():
    model = quick().fit({"a": 1e15 + np.arange(60.0)}, np.arange(60.0) % 7.3)
    assert [kind.tag for kind in model.kinds] == ["number"]
