"""What a new user types: formats of outputs, names in another case, a file twice, rows that were trained on."""

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

import likelinet as ll
from likelinet.cli.kept import kept_cells
from likelinet.tables.table import as_table, read_table
from likelinet.training.kept import Kept
from tests.small import COLUMNS, cli, write_csv

QUICK = (
    "--set",
    "quality=plain",
    "--set",
    "data.features=[size, age]",
    "--set",
    "network.hidden=[4]",
    "--set",
    "training.epochs=3",
)
FIT = ("--target", "price", *QUICK)
WHEN = [f"2024-{1 + i // 28:02d}-{1 + i % 28:02d}" for i in range(40)]
KEPT = {  # as they are in the file
    "id": [str(1000 + i) for i in range(40)],
    "code": [f"{i:03d}" for i in range(40)],
    "ratio": [f"{i}.50" for i in range(40)],
    "some": ["NA" if i == 1 else str(i) for i in range(40)],
    "ok": ["TRUE" if i % 3 else "FALSE" for i in range(40)],
    "when": WHEN,
    "at": [f"{day}T07:30" for day in WHEN],
    "german": [f"{i % 28 + 1:02d}.01.2024" for i in range(40)],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new")
    table = write_csv(folder / "train.csv", {**KEPT, **COLUMNS})
    assert cli("fit", table, *FIT, "--holdout", "0.25", "-o", folder / "m").code == 0
    return folder


# ---- what is written -----------------------------------------------------------------------------------------


def keep(folder: Path, ending: str, tmp_path: Path) -> Path:
    out = tmp_path / f"out{ending}"
    done = cli("predict", folder / "m", folder / "train.csv", "--keep", ",".join(KEPT), "-o", out)
    assert (done.code, done.out, done.err) == (0, "", "")
    return out


def test_kept_columns_are_not_said_to_be_ignored(tmp_path: Path):
    train = write_csv(tmp_path / "train.csv", COLUMNS)
    quick = ("--set", "quality=plain", "--set", "network.hidden=[4]", "--set", "training.epochs=3")
    assert cli("fit", train, "--target", "price", *quick, "-o", tmp_path / "m").code == 0
    new = write_csv(tmp_path / "new.csv", {"id": KEPT["id"], "more": KEPT["ratio"], **COLUMNS})
    plain = cli("predict", tmp_path / "m", new)
    assert "ignored: id, more." in plain.err
    done = cli("predict", tmp_path / "m", new, "--keep", "id,size,price")
    assert (done.code, "ignored: more." in done.err) == (0, True)
    assert [line.split(",", 3)[3] for line in done.out.splitlines()] == plain.out.splitlines()
    assert cli("predict", tmp_path / "m", new, "--keep", "id,more").err == ""


def test_kept_columns_have_their_types_in_parquet(folder: Path, tmp_path: Path):
    found = pyarrow.parquet.read_table(keep(folder, ".parquet", tmp_path))
    kinds = {name: str(found.schema.field(name).type) for name in KEPT}
    assert kinds == {
        "id": "int64",
        "code": "string",
        "ratio": "double",
        "some": "int64",
        "ok": "bool",
        "when": "date32[day]",
        "at": "timestamp[us]",
        "german": "string",
    }
    rows = found.select([*KEPT]).to_pylist()
    assert rows[1] == {
        "id": 1001,
        "code": "001",
        "ratio": 1.5,
        "some": None,
        "ok": True,
        "when": date(2024, 1, 2),
        "at": datetime(2024, 1, 2, 7, 30),
        "german": "02.01.2024",
    }
    assert [row["id"] for row in rows] == [*range(1000, 1040)]


def test_kept_columns_have_their_types_in_json_lines(folder: Path, tmp_path: Path):
    lines = keep(folder, ".jsonl", tmp_path).read_text(encoding="utf-8").splitlines()
    found = {name: value for name, value in json.loads(lines[1]).items() if name in KEPT}
    plain = {"id": 1001, "code": "001", "ratio": 1.5, "some": None, "ok": True, "german": "02.01.2024"}
    assert found == {**plain, "when": "2024-01-02", "at": "2024-01-02 07:30:00"}
    assert keep(folder, ".ndjson", tmp_path).read_text(encoding="utf-8").splitlines() == lines


@pytest.mark.parametrize(("ending", "separator"), [(".csv", ","), (".tsv", "\t"), ("", ",")])
def test_kept_columns_are_as_they_stand_in_text(ending: str, separator: str, folder: Path, tmp_path: Path):
    header, *rows = keep(folder, ending, tmp_path).read_bytes().decode().removesuffix("\n").split("\n")
    assert header.split(separator)[: len(KEPT)] == [*KEPT]
    columns = zip(*(row.split(separator) for row in rows), strict=True)
    assert [list(column) for column in columns][: len(KEPT)] == [*KEPT.values()]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["0x1F", "2"], ["0x1F", "2"]),
        (["+4915", "+4916"], ["+4915", "+4916"]),
        (["12345678901234567890", "1"], ["12345678901234567890", "1"]),
        (["1", "true"], ["1", "true"]),
        (["yes", ""], ["yes", None]),
        (["2024-01-01T00:00Z", "?"], ["2024-01-01T00:00Z", "?"]),
        (["-", "NA"], ["-", "NA"]),
        (["1e3", "-"], [1000.0, None]),
    ],
)
def test_what_is_not_plainly_a_value_stays_text(cells: list[str], expected: list[Any]):
    for typed, want in ((True, expected), (False, cells)):
        (column,) = kept_cells(["a"], as_table({"a": cells}), typed=typed).values()
        assert [*column] == want


def test_kept_columns_of_a_parquet_file_keep_their_types(folder: Path, tmp_path: Path):
    days, spans = [date(2024, 1, 1), None, *[date(2024, 2, 1)] * 38], [timedelta(minutes=i) for i in range(40)]
    text = [str(i) for i in range(40)]
    half = [None, *(i / 2.0 for i in range(39))]
    more = {"day": days, "span": spans, "text": text, "flag": [i > 3 for i in range(40)], "half": half}
    table = pa.table({**COLUMNS, **more})
    pyarrow.parquet.write_table(table, tmp_path / "t.parquet")
    arguments = ("predict", folder / "m", tmp_path / "t.parquet", "--keep", "day,span,text,flag,age,half")
    assert cli(*arguments, "-o", tmp_path / "o.parquet").code == 0
    names = ["day", "span", "text", "flag", "age", "half"]
    found = pyarrow.parquet.read_table(tmp_path / "o.parquet").select(names)
    assert found.to_pydict() == table.select(names).to_pydict()
    assert found.schema.field("day").type == pa.date32()
    assert cli(*arguments, "-o", tmp_path / "o.jsonl").code == 0
    first = json.loads((tmp_path / "o.jsonl").read_text().splitlines()[2])
    assert (first["day"], first["span"], first["text"], first["flag"]) == ("2024-02-01", 120.0, "2", False)


@pytest.mark.parametrize("command", ["predict", "sample", "encode", "generate"])
@pytest.mark.parametrize("name", ["k.xlsx", "k.json", "k.csv.gz"])
def test_an_ending_that_is_not_written(command: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("likelinet.model.model.Model.load", lambda *a, **k: pytest.fail("worked in vain"))
    table = [] if command == "generate" else [folder / "train.csv"]
    done = cli(command, folder / "m", *table, "-o", folder / name)
    what = f"no {Path(name).suffix} files are written: name one that ends in .csv, .tsv, .jsonl"
    assert (done.code, done.out) == (2, "")
    assert done.err == f"likelinet: {folder / name}: {what} (a line of JSON for each row) or .parquet.\n"
    assert not (folder / name).exists()


# ---- what is read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("fit", ["--target", "PRICE"], "no column 'PRICE' in the table (did you mean 'price'?)"),
        ("fit", [*FIT, "--set", "data.weight=AGE"], "no column 'AGE' in the table (did you mean 'age'?)"),
        ("fit", [*FIT, "--set", "data.exclude=[Colour]"], "no column 'Colour' in the table (did you mean 'colour'?)"),
        ("fit", [*FIT, "--set", "data.features=[SIZE]"], "no column 'SIZE' in the table (did you mean 'size'?)"),
        ("fit", [*FIT, "--set", "data.groups=Grade"], "no column 'Grade' in the table (did you mean 'grade'?)"),
        ("fit", [*FIT, "--set", "data.time=When"], "no column 'When' in the table (did you mean 'when'?)"),
        (
            "fit",
            [*FIT, "--set", "data.groups=Grade", "--set", "training.validation_fraction=0"],
            "no column 'Grade' in the table (did you mean 'grade'?)",
        ),
        (
            "fit",
            ["--target", "visits", *QUICK, "--set", "distribution={kind: poisson, exposure: Age}"],
            "lacks the column 'Age', from which the family reads a parameter or an exposure (did you mean 'age'?)",
        ),
        ("fit", ["--target", "{time: AGE, event: ok}"], "no column 'AGE' in the table (did you mean 'age'?)"),
        ("split", ["--groups", "GRADE", "-o", "a", "b"], "no column 'GRADE' in the table (did you mean 'grade'?)"),
        ("check", ["--target", "Price"], "no column 'Price' in the table (did you mean 'price'?)"),
    ],
)
def test_a_name_in_another_case(command: str, arguments: list[str], message: str, folder: Path):
    done = cli(command, folder / "train.csv", *arguments, *(["-o", folder / "new"] if command == "fit" else []))
    assert done.code == 2
    assert message in " ".join((done.out + done.err).split())
    assert not (folder / "new").exists()


def test_names_in_another_case_at_prediction(folder: Path, tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", {name.upper(): column for name, column in COLUMNS.items()})
    assert "lacks the columns size, age (did you mean 'SIZE', 'AGE'?)." in cli("predict", folder / "m", table).err
    done = cli("predict", folder / "m", folder / "train.csv", "--keep", "Id")
    assert "There is no column 'Id' in the table (did you mean 'id'?)." in done.err
    with pytest.raises(ll.DataError, match=r"lacks the columns size, age\."):
        ll.Model.load(folder / "m").predict({"AGE": [1.0], "colour": [1.0], "price": [2.0]})


def same(path: Path) -> Path:
    return path


def other_spelling(path: Path) -> Path:
    return path.parent / ".." / path.parent.name / path.name


def link(path: Path) -> Path:
    (path.parent / "link.csv").unlink(missing_ok=True)
    (path.parent / "link.csv").symlink_to(path)
    return path.parent / "link.csv"


def hard_link(path: Path) -> Path:
    (path.parent / "hard.csv").unlink(missing_ok=True)
    (path.parent / "hard.csv").hardlink_to(path)
    return path.parent / "hard.csv"


@pytest.mark.parametrize("again", [same, other_spelling, link, hard_link])
def test_a_file_that_is_given_twice(again: Callable[[Path], Path], folder: Path):
    table = folder / "train.csv"
    twice = again(table)
    said = f"{twice}: this file is given twice, so that its rows would count twice; name it once."
    with pytest.raises(ll.DataError) as found:
        read_table([table, twice])
    assert str(found.value) == said
    for arguments in (("fit", table, twice, *FIT), ("evaluate", folder / "m", table, twice), ("check", table, twice)):
        done = cli(*arguments)
        assert (done.code, done.out, done.err) == (2, "", f"likelinet: {said}\n")
    done = cli("fit", table, "--validation", twice, *FIT, "-o", folder / "new")
    assert done.code == 2
    assert f"{twice}: this file is given twice, so that the best epoch would be chosen by rows" in done.err
    assert read_table([table, shutil.copy(table, folder / "copy.csv")]).n == 80


def test_a_first_line_of_data_says_how_to_declare_it(tmp_path: Path):
    rows = [f"{i / 10},{i * i / 5}\n" for i in range(1, 30)]
    (tmp_path / "t.csv").write_text("".join(rows))
    done = cli("check", tmp_path / "t.csv")
    told = "set data.header to false, which is --set data.header=false for fit and compare, and --no-header for check"
    assert told in " ".join((done.out + done.err).split())
    out = tmp_path / "m"
    exact = ("--set", "quality=plain", "--set", "network.hidden=[]", "--set", "training.epochs=2")
    done = cli("fit", tmp_path / "t.csv", "--target", "x1", "--set", "data.header=false", *exact, "-o", out)
    assert (done.code, done.err) == (0, "")
    assert cli("check", tmp_path / "t.csv", "--no-header").code == 0


# ---- scores --------------------------------------------------------------------------------------------------


def test_one_row_is_one(folder: Path, tmp_path: Path):
    done = cli("fit", folder / "train.csv", *FIT, "--holdout", "0.01", "-o", tmp_path / "m")
    assert "\nScores of 1 row of 40, drawn by seed 0:\n" in done.out
    done = cli("fit", folder / "train.csv", *FIT, "--holdout", "0.01", "--set", "data.time=when", "-o", tmp_path / "m")
    assert "\nScores of the last row of 40 in the order of 'when':\n" in done.out


def test_rows_that_were_trained_on_are_named(folder: Path, tmp_path: Path):
    table = folder / "train.csv"
    done = cli("evaluate", folder / "m", table)
    assert done.code == 0
    assert done.err == (
        f"likelinet: note: {table}: the model was trained on 30 of these 40 rows, so the scores are better than those "
        f"of new rows; `likelinet split {table} --holdout 0.25 --seed 0` writes the others to a file of their own.\n"
    )
    renamed = shutil.copy(table, tmp_path / "renamed.csv")
    assert "trained on 30 of these 40 rows" in cli("evaluate", folder / "m", renamed).err
    parts = tmp_path / "a.csv", tmp_path / "b.csv"
    assert cli("split", table, "--holdout", "0.25", "-o", *parts).code == 0
    for part in parts:
        assert cli("evaluate", folder / "m", part).err == ""


def test_a_table_that_all_was_learned_from(folder: Path, tmp_path: Path):
    lacking = write_csv(tmp_path / "t.csv", {**COLUMNS, "price": ["", *COLUMNS["price"][1:]]})
    assert cli("fit", lacking, *FIT, "-o", tmp_path / "m").code == 0
    assert f"{lacking}: the model was trained on these very rows, so" in cli("evaluate", tmp_path / "m", lacking).err
    assert "trained on" not in cli("evaluate", folder / "m", lacking).err
    done = cli("fit", folder / "train.csv", *FIT, "--holdout", "0.75", "-o", tmp_path / "m")
    assert (done.code, "trained on" in done.err) == (0, False)  # more rows are scored than there were to learn from


def test_a_fit_whose_start_is_the_best_may_be_repeated(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def no_use(kept: Kept, settled: int) -> np.ndarray:
        kept.best.back_to_start(np.array([True]))
        return np.array([False])

    monkeypatch.setattr(Kept, "look_back", no_use)
    table, out = folder / "train.csv", tmp_path / "m"
    said = "No epoch was better than the start, so the model is that of y without any inputs."
    for _ in range(2):
        done = cli("fit", table, *FIT, "-o", out)
        assert (done.code, done.err) == (0, "")
        assert said in done.out.splitlines()
        assert not any(ll.Model.load(out).history.best_epoch)
    shutil.copy(folder / "m", out)  # which has learned something
    done = cli("fit", table, *FIT, "-o", out)
    assert (done.code, "stays as it was" in done.err) == (2, True)
    assert out.read_bytes() == (folder / "m").read_bytes()
    out.write_text("something else")
    assert cli("fit", table, *FIT, "-o", out).code == 2
    assert out.read_text() == "something else"


def test_a_target_whose_name_is_a_number():
    rng = np.random.default_rng(0)
    table: dict[Any, np.ndarray] = {0: rng.normal(size=40), 1: rng.normal(size=40), 2: rng.normal(size=40)}
    quick = {"quality": "plain", "network": {"hidden": [4]}, "training": {"epochs": 2}}
    same = ll.Model(quick).fit({str(name): column for name, column in table.items()}, "2")
    model = ll.Model(quick).fit(table, 2)
    assert model.target_names == ["2"]
    np.testing.assert_array_equal(model.predict(table), same.predict(table))
    assert model.evaluate(table, 2) == same.evaluate(table, "2")
    assert ll.Model(quick).fit(table, [2, np.int64(0)]).target_names == ["2", "0"]
    with pytest.raises(ll.DataError, match=r"^There is no column '7' in the table \(possible: 0, 1, 2\)\.$"):
        ll.Model(quick).fit(table, 7)
    counts = rng.integers(0, 3, 40)
    poisson = ll.Model({**quick, "distribution": {"kind": "poisson"}})
    assert poisson.fit(table, counts.tolist()).config.data.target is None
