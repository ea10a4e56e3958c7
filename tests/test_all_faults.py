"""All that is wrong with a table is told in one message, wherever it is found."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from tests.small import cli, quick

RNG = np.random.default_rng(0)
N = 40
ROWS = np.arange(N)
FRAME = pd.DataFrame(
    {
        "a": RNG.normal(size=N),
        "b": np.where(ROWS < 3, np.nan, RNG.normal(size=N)),
        "c": ["u", "v"] * 20,
        "g": ["p", "q", "", "r"] * 10,
        "y": RNG.gamma(2.0, size=N),
    }
)
NESTED = FRAME.assign(l=[[1]] * N)
LIST = "Column 'l' has cells of several values"
B = "Column 'b' has 3 rows with missing"
G = "Column 'g' has 10 missing cells"

FIT: dict[str, tuple[Any, dict[str, Any], list[str]]] = {
    "no column of groups": (NESTED, {"data": {"groups": "gg"}}, ["There is no column 'gg'", LIST]),
    "no column of times": (
        NESTED,
        {"data": {"time": "tt", "weight": "ww"}},
        ["There is no column 'ww'", "There is no column 'tt'", LIST],
    ),
    "groups with empty cells": (NESTED, {"data": {"groups": "g"}}, [LIST, "Column 'g', which is data.groups, has 10"]),
    "times that are none": (NESTED, {"data": {"time": "c"}}, [LIST, "Column 'c', which is data.time, must hold"]),
    "no event": (
        NESTED,
        {
            "data": {"target": {"time": "y", "event": "dead"}, "groups": "gg"},
            "distribution": {"kind": "censored", "base": {"kind": "weibull"}},
        },
        ["There is no column 'dead'", "There is no column 'gg'", LIST],
    ),
    "no exposure": (
        NESTED,
        {"distribution": {"kind": "poisson", "exposure": "days"}},
        [
            LIST,
            "Target 'y' has 40 rows outside the support",
            "The table lacks the column 'days', from which the family",
        ],
    ),
    "strict, with y outside the support": (
        FRAME.assign(y=-FRAME.y),
        {"data": {"strict": True}, "distribution": {"kind": "gamma"}},
        [B, G, "Target 'y' has 40 rows outside the support"],
    ),
    "strict, with weights": (
        FRAME.assign(y=FRAME.y.where(ROWS > 1), w=FRAME.a.abs().where(ROWS > 2)),
        {"data": {"strict": True, "weight": "w"}},
        ["Column 'w' has 3 rows with missing", "Column 'y' has 2 missing cells", B, G],
    ),
    "strict, text and missing cells in one column": (
        FRAME.to_dict("list") | {"t": ["1"] * 38 + ["", "k"]},
        {"data": {"strict": True}},
        [B, G, "Column 't' holds numbers but also text: 'k'", "Column 't' has 1 missing cell"],
    ),
    "strict, several targets": (
        FRAME.assign(z=["1", "", "3", "4"] * 10, v=["", *["2"] * 39]),
        {"data": {"strict": True, "target": ["z", "y", "v"]}},
        ["Column 'z' has 10 rows with missing", "Column 'v' has 1 row with missing", B, G],
    ),
}


def told(error: Exception, faults: list[str]) -> None:
    head, *lines = str(error).splitlines()
    assert head == f"The table has {len(faults)} faults:"
    assert [line[2:].startswith(fault) for line, fault in zip(lines, faults, strict=True)] == [True] * len(faults)


@pytest.mark.parametrize("case", FIT)
def test_fit(case: str):
    frame, config, faults = FIT[case]
    with pytest.raises(ll.DataError) as found:
        quick(**{**config, "data": {"target": "y", **config.get("data", {})}}).fit(frame, progress=False)
    told(found.value, faults)


def test_the_command_with_rows_held_out(tmp_path: Path):
    table = tmp_path / "t.csv"
    FRAME.assign(b=["x", *["1"] * 20, *["k"] * 19]).to_csv(table, index=False)
    done = cli(
        "fit", table, "--target", "y", "--holdout", "0.2", "--set", "data.groups=gg", "--set", "data.exclude=[aa]"
    )
    assert done.code == 2
    assert done.err.splitlines()[0] == "likelinet: The table has 3 faults:"
    for fault in ("no column 'gg'", "no column 'aa'", "Column 'b' holds numbers but also text"):
        assert fault in done.err


STRICT = quick(data={"strict": True, "target": "y"}).fit(FRAME[["a", "c", "y"]], progress=False)
NEW = FRAME[["a", "c", "y"]].assign(c=["u", "z"] * 20)
NEW.loc[3, "c"], NEW.loc[[0, 1], "a"], NEW.loc[2, "a"] = "", np.nan, 1e9
A_MISSING, C_MISSING = "Column 'a' has 2 rows with missing", "Column 'c' has 1 missing cell"
FAR, UNSEEN = "Column 'a' has 1000000000.0 in row 3, which lies outside", "Column 'c' has the category 'z' in row 2"


def test_new_rows_of_a_strict_model():
    with pytest.raises(ll.DataError) as found:
        STRICT.predict(NEW)
    told(found.value, [A_MISSING, FAR, C_MISSING, UNSEEN])


def test_new_rows_that_lack_a_column():
    with pytest.raises(ll.DataError) as found:
        STRICT.evaluate(NEW.drop(columns="a").assign(y="k"))
    told(found.value, ["Target 'y' must hold numbers", "The table lacks the column a", C_MISSING, UNSEEN])


def test_text_beside_missing_cells_of_a_strict_model():
    with pytest.raises(ll.DataError) as found:
        STRICT.predict(NEW.assign(a=["", "far", *["1.5"] * 38]))
    told(
        found.value,
        ["Column 'a' must hold numbers, but has text: 'far' in row 2", "Column 'a' has 1 miss", C_MISSING, UNSEEN],
    )
