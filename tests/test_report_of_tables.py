"""The report of real tables, one for each kind of y: well formed, below 3 MB, and about all their columns."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from likelinet.core.notes import unnoted
from likelinet.tables.table import read_table
from tests.data import DATA, needs_data
from tests.small import quick
from tests.test_report import checked

TABLES: dict[str, tuple[str, Any]] = {
    "real": ("Life_Expectancy_Data.csv", "Life expectancy "),
    "positive": ("ames_train.csv", "SalePrice"),
    "count": ("taxis.csv", "passengers"),
    "two classes": ("stroke.csv", "stroke"),
    "grades": ("amazon_alexa.tsv", "rating"),
    "censored": ("lung.csv", {"time": "time", "event": "status"}),
}


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize("kind", TABLES)
def test_a_report_of_a_real_table(kind: str, tmp_path: Path):
    name, target = TABLES[kind]
    table = read_table(DATA / "messy" / name)
    held = np.random.default_rng(0).random(table.n) < 0.3
    with unnoted():
        model = quick(data={"target": target}, distribution={"kind": "auto"}, training={"batch_size": 256})
        model.fit(table.taken(~held), progress=False)
        found = checked(model.report(table.taken(held), path=tmp_path / "r.html"))
    assert len(found.rows["columns"]) == 1 + len(model.kinds)
    assert {"training", "scores", "calibration", "importance", "partial", "surprising", "drift"} <= {*found.rows}
    assert len(found.rows["importance"]) == 1 + min(40, sum(k.width > 0 for k in model.kinds))
