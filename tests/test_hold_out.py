"""Which rows are held out, by group and in time: for validation, in the folds of `compare`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.cli.holdout import held_out
from likelinet.selection.candidates import families
from likelinet.selection.comparison import compare
from likelinet.selection.rows import scored_weight
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.table import Table, as_table, read_table
from tests.small import cli, quick

N = 90
RNG = np.random.default_rng(5)
PATIENT = np.repeat(np.arange(12), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20])
DAY = RNG.permutation(np.repeat(np.arange(30), 3))
DATES = [f"2024-{1 + d // 15:02d}-{1 + d % 15:02d}" for d in DAY]
COLUMNS = {"x": RNG.normal(size=N), "patient": PATIENT.astype(str), "date": DATES, "y": RNG.gamma(2.0, size=N)}
TABLE = as_table(COLUMNS)


def hold_out(table: Table = TABLE, **data: Any) -> HoldOut:
    return HoldOut.of(ll.DataConfig(**data), table)


def shares_no(units: Any, train: np.ndarray, held: np.ndarray) -> bool:
    units = np.asarray(units)
    return not set(units[train].tolist()) & set(units[held].tolist())


@pytest.mark.parametrize("seed", range(5))
def test_whole_groups_of_about_the_share(seed: int):
    held = hold_out(groups="patient").rows(0.3, np.random.default_rng(seed))
    assert shares_no(PATIENT, ~held, held)
    # The nearest sum of sizes in the drawn order: never off by more than half of the largest group.
    assert abs(held.sum() - 27) <= 10
    assert set(hold_out(groups="patient").rows(1e-9, np.random.default_rng(seed))) == {True, False}
    assert set(hold_out(groups="patient").rows(1.0, np.random.default_rng(seed))) == {True, False}


def test_every_group_is_drawn_sometime():
    drawn = [hold_out(groups="patient").rows(0.2, np.random.default_rng(seed)) for seed in range(60)]
    assert np.any(drawn, axis=0).all()


@pytest.mark.parametrize(
    "table", [TABLE, as_table({**COLUMNS, "date": DAY}), as_table({**COLUMNS, "date": -DAY[::-1]})]
)
def test_the_last_rows_in_time(table: Table):
    days = np.unique(np.asarray(table.column("date").tolist()), return_inverse=True)[1]
    held = hold_out(table, time="date").rows(0.2, np.random.default_rng(0))
    assert sorted(set(days[held])) == list(range(24, 30))
    assert held.sum() == 18


def test_numbers_as_text_have_the_order_of_numbers():
    held = hold_out(as_table({"t": ["9", "10", "2", "11"]}), time="t").rows(0.5, np.random.default_rng(0))
    assert held.tolist() == [False, True, False, True]


def test_folds_of_groups():
    parts = hold_out(groups="patient").folds(4, np.random.default_rng(1))
    assert all(shares_no(PATIENT, *part) for part in parts)
    assert np.sum([held for _, held in parts], axis=0).tolist() == [1] * N
    assert all((train == ~held).all() for train, held in parts)
    assert max(held.sum() for _, held in parts) - min(held.sum() for _, held in parts) <= 20


def test_folds_in_time_look_back_alone():
    parts = hold_out(time="date").folds(4, np.random.default_rng(1))
    assert [sorted(set(DAY[held])) for _, held in parts] == [list(range(6 * k, 6 * k + 6)) for k in range(1, 5)]
    for train, held in parts:
        assert train.tolist() == (DAY[held].min() > DAY).tolist()


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("key", ["groups", "time"])
def test_validation_rows(key: str, members: int, monkeypatch: pytest.MonkeyPatch):
    seen = []
    from likelinet.model import fitting

    planned = fitting.planned
    monkeypatch.setattr(fitting, "planned", lambda *a: seen.append(planned(*a)) or seen[-1])
    column = {"groups": "patient", "time": "date"}[key]
    model = quick(data={key: column, "features": ["x"]}, training={"validation_fraction": 0.3}, ensemble=members)
    model.fit(COLUMNS, "y")
    units = {"groups": PATIENT, "time": DAY}[key]
    (plan,) = seen
    assert plan.validation.shape[0] == members
    for train, held in zip(plan.train, plan.validation, strict=True):
        assert sorted([*train, *held]) == list(range(N))
        assert shares_no(units, train, held)
    if key == "time":
        assert DAY[plan.train].max() < DAY[plan.validation].min()


def test_groups_are_no_feature_but_times_are():
    assert quick(data={"groups": "patient"}).fit({**COLUMNS, "date": DAY}, "y").feature_names == ["x", "date"]
    model = quick(data={"time": "date"}).fit({**COLUMNS, "date": DAY}, "y")
    assert model.feature_names == ["x", "patient", "date"]
    new = {"x": COLUMNS["x"]}
    only = quick(data={"groups": "patient", "features": ["x"]}).fit(COLUMNS, "y")
    np.testing.assert_array_equal(only.predict(new), only.predict(COLUMNS))


def test_compare_scores_rows_by_their_past():
    """Without inputs each score has a closed form: the exponential law of the mean of all earlier days."""
    config = ll.ModelConfig(data={"target": "y", "features": [], "time": "date"})  # pyright: ignore
    (result,) = compare(config, families("exponential", config), TABLE, folds=4)
    later = DAY >= 6
    y = COLUMNS["y"]
    means = np.array([y[day // 6 * 6 > DAY].mean() for day in DAY[later]])
    assert result.log_scores is not None
    np.testing.assert_allclose(result.log_scores, -np.log(means) - y[later] / means, rtol=1e-9)
    assert len(scored_weight(config, TABLE, 4)) == later.sum()


def test_compare_by_groups():
    config = ll.ModelConfig(data={"target": "y", "features": [], "groups": "patient"})  # pyright: ignore
    (result,) = compare(config, families("exponential", config), TABLE, folds=4)
    y, means = COLUMNS["y"], np.empty(N)
    for train, held in hold_out(groups="patient").folds(4, np.random.default_rng(0)):
        means[held] = y[train].mean()
    assert result.log_scores is not None
    np.testing.assert_allclose(result.log_scores, -np.log(means) - y / means, rtol=1e-9)


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("groups", ["a"] * 4, r"^Column 'g' has 1 value: no rows can be held out\.$"),
        (
            "groups",
            ["a", "", "b", ""],
            r"^Column 'g', which is data.groups, has 2 missing cells \(rows 2, 4\): fill or",
        ),
        ("time", [1.0, np.nan, 2.0, 3.0], r"^Column 'g', which is data.time, has 1 missing cell \(row 2\)"),
        (
            "time",
            ["2024-01-02", "soon", "2024-01-04", "2024-01-05"],
            r"must hold numbers or dates of one form, like .* got 'soon' \(row 2\)",
        ),
        ("groups", None, r"^There is no column 'g' in the table"),
    ],
)
def test_what_cannot_be_held_out(column: str, values: Any, message: str):
    table = {"x": [1.0, 2.0, 3.0, 4.0], **({} if values is None else {"g": values})}
    with pytest.raises(ll.DataError, match=message):
        hold_out(as_table(table), **{column: "g"}).rows(0.5, np.random.default_rng(0))


def test_too_few_for_the_folds():
    with pytest.raises(ll.DataError, match=r"^Column 'patient' has 12 values: too few for 13 folds\.$"):
        hold_out(groups="patient").folds(13, np.random.default_rng(0))
    with pytest.raises(ll.DataError, match=r"^Too many rows have the same 't' for 3 folds: take fewer\.$"):
        hold_out(as_table({"t": [1] * 20 + [2, 3, 4]}), time="t").folds(3, np.random.default_rng(0))
    with pytest.raises(ll.ConfigError, match="held out by 'groups' or by 'time': give one of them"):
        ll.DataConfig(groups="a", time="b")


def test_held_out_rows_without_y_are_counted(tmp_path: Path):
    lines = [f"{i % 7},{'' if i < 25 else i % 11}" for i in range(50)]
    (tmp_path / "t.csv").write_text("\n".join(["x,y", *lines]))
    done = cli(
        "fit",
        tmp_path / "t.csv",
        "--target",
        "y",
        "--set",
        "quality=plain",
        "--set",
        "training.epochs=2",
        "--holdout",
        "0.4",
        "-o",
        tmp_path / "m",
    )
    mask = held_out(ll.Model.load(tmp_path / "m").config, read_table(tmp_path / "t.csv"), 0.4)
    assert f"\nScores of 20 rows of 50, drawn by seed 0, but for {mask[:25].sum()} without y:\n" in done.out
