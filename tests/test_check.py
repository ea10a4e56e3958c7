"""`likelinet check`, and all faults of a table in one message."""

import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import parse_config
from likelinet.config.plain import read_yaml
from likelinet.core.gathered import all_of, also, both, gathered
from tests.data import DATA
from tests.small import cli, quick, write_csv

MESSY = DATA / "messy"
TARGETS = {
    "AirQualityUCI.csv": "CO_GT",
    "AutoClaims.csv": "PAID",
    "Life_Expectancy_Data.csv": "Life expectancy",
    "RainIbk.csv": "rain",
    "amazon_alexa.tsv": "rating",
    "ames_train.csv": "SalePrice",
    "auto_imports_nohdr.csv": "x25",
    "flavors_of_cacao.csv": "Rating",
    "lung.csv": "time",
    "mpg.csv": "mpg",
    "pollution.csv": "pm2.5",
    "quikr_car.csv": "Price",
    "stroke.csv": "stroke",
    "taxis.csv": "fare",
}


def fails(message: str):
    """Return a function that raises a `DataError`."""

    def call() -> int:
        raise ll.DataError(message)

    return call


def spoilt(n: int = 20) -> dict[str, np.ndarray]:
    """Return columns of which three are numbers with too much text among them."""
    numbers = np.arange(n) * 0.5
    text = np.array([*map(str, numbers[:14]), *(["x"] * 6)])
    return {"a": text, "b": numbers, "c": text, "d": text, "y": numbers % 3.0}


def faults_of(call: Any) -> tuple[str, ...]:
    with pytest.raises(ll.DataError) as raised:
        call()
    return raised.value.faults


def test_one_fault_keeps_its_message():
    with pytest.raises(ll.DataError, match=r"\AOne\.\Z") as raised:
        gathered([lambda: 1, fails("One.")])
    assert raised.value.faults == ("One.",)


def test_all_calls_are_made_and_their_results_returned():
    assert gathered([lambda: 1, lambda: 2]) == [1, 2]
    assert both(lambda: 1, lambda: "2") == (1, "2")
    assert faults_of(lambda: gathered([fails("One."), lambda: 1, fails("Two."), fails("One.")])) == ("One.", "Two.")
    assert faults_of(lambda: both(fails("One."), fails("Two."))) == ("One.", "Two.")


def test_more_is_looked_for_only_after_a_fault():
    looked: list[int] = []
    with also(lambda: looked.append(1)):
        pass
    assert looked == []

    def failing():
        with also(fails("Two.")):
            fails("One.")()

    assert faults_of(failing) == ("One.", "Two.")


def test_ten_faults_are_told_and_the_others_counted():
    error = all_of([ll.DataError(f"Fault {j}.") for j in range(13)])
    lines = str(error).splitlines()
    assert lines[0] == "The table has 13 faults:"
    assert lines[1:] == [*(f"  Fault {j}." for j in range(10)), "  and 3 more."]
    assert len(error.faults) == 13
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.faults) == (str(error), error.faults)


def test_fit_tells_columns_weight_and_misspelled_names_at_once():
    columns = {**spoilt(), "w": -np.ones(20)}
    model = quick(data={"target": "y", "weight": "w", "categorical": ["e"]})
    faults = faults_of(lambda: model.fit(columns))
    starts = ["Column 'w', the weight", "There is no column 'e'", *(f"Column '{c}' holds numbers but" for c in "acd")]
    assert [fault[: len(start)] for fault, start in zip(faults, starts, strict=True)] == starts


def test_fit_tells_target_and_features_at_once():
    table = {**spoilt(), "y": np.where(np.arange(20) == 4, np.inf, 1.0 + np.arange(20))}
    faults = faults_of(lambda: quick(data={"target": "y"}).fit(table))
    assert [fault.split("'")[1] for fault in faults] == ["a", "c", "d", "y"]
    assert "5" in faults[-1]  # its row, counted from 1


def test_strict_predict_and_evaluate_tell_all_columns_and_the_target_at_once():
    rng = np.random.default_rng(0)
    table = {"a": rng.normal(size=40), "b": rng.normal(size=40), "y": rng.normal(size=40)}
    model = quick(data={"target": "y", "strict": True}).fit(table)
    new = {name: column.copy() for name, column in table.items()}
    new["a"][3], new["b"][7] = np.nan, 99.0
    features = faults_of(lambda: model.predict({"a": new["a"], "b": new["b"]}))
    assert [("'a'" in f and "row 4" in f, "'b'" in f and "row 8" in f) for f in features] == [
        (True, False),
        (False, True),
    ]
    new["y"][5] = np.nan
    y, *others = faults_of(lambda: model.evaluate(new))
    assert "row 6" in y
    assert tuple(others) == features


def test_compare_tells_all_columns(tmp_path: Path):
    columns = spoilt()
    write_csv(tmp_path / "t.csv", {name: column.tolist() for name, column in columns.items()})
    done = cli("compare", str(tmp_path / "t.csv"), "--target", "y", "--families", "gaussian", "--folds", "2")
    assert done.code == 2
    assert all(f"Column '{c}' holds numbers but also text" in done.out for c in "acd")


def write(path: Path, many: int = 3, spoil: bool = False) -> Path:
    """Write a table with an identifier, a constant, a category with gaps, a number among others, and a target."""
    lines = [",".join(["id", "same", "colour", *(f"x{j}" for j in range(many)), "price"])]
    for i in range(30):
        odd = "?!" if spoil and i > 20 else str(i % 7 + 0.5)
        cells = [f"{100 + i}", "5", ["red", "green", ""][i % 3], odd, *(str(i * 0.25 + j) for j in range(1, many))]
        lines.append(",".join([*cells, str(10.0 + i * 1.5)]))
    path.write_text("\n".join(lines))
    return path


def checked(*arguments: str) -> dict[str, Any]:
    return json.loads(cli("check", *arguments, "--json").out)


def test_a_line_for_each_column(tmp_path: Path):
    done = cli("check", str(write(tmp_path / "t.csv")), "--target", "price")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert lines[0].endswith("t.csv: 30 rows, 7 columns.")
    cells = {line.split()[0]: line.split() for line in lines[3:10]}
    assert cells["id"][1:3] == ["identifier", "30"]
    assert cells["same"][1:3] == ["constant", "1"]
    assert cells["colour"][1:7] == ["category", "2", "10", "3", "green,", "red"]
    assert cells["x0"][1:7] == ["number", "7", "1", "0.5", "…", "6.5"]
    assert cells["price"][1:] == ["target", "30", "10", "…", "53.5"]
    assert "6 inputs of the network in all." in lines
    assert max(map(len, lines[1:])) <= 110
    config = parse_config(read_yaml(done.out.partition("Suggested config:")[2]))
    assert config.data.target == "price"
    assert config.data.exclude == ["id", "same"]


def test_inputs_are_those_of_fit(tmp_path: Path):
    path = write(tmp_path / "t.csv")
    found = checked(str(path), "--target", "price")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = quick(data={"target": "price"}).fit(path)
    assert {c["name"]: c["inputs"] for c in found["columns"] if c["role"] == "feature"} == {
        kind.name: kind.width for kind in model.kinds
    }


def test_faults_are_listed_and_left_out_of_the_config(tmp_path: Path):
    path = str(write(tmp_path / "t.csv", spoil=True))
    assert cli("check", path).code == 2
    found = checked(path, "--target", "cost")
    assert [f[:24] for f in found["faults"]] == ["There is no column 'cost", "Column 'x0' holds number"]
    (refused,) = (c for c in found["columns"] if c["kind"] == "refused")
    assert (refused["name"], refused["encoding"]) == ("x0", found["faults"][1])
    config = parse_config(read_yaml(found["config"]))
    assert (config.data.target, config.data.exclude) == (None, ["id", "same", "x0"])


def test_a_config_says_roles_and_what_is_strict(tmp_path: Path):
    path = write(tmp_path / "t.csv")
    (tmp_path / "c.yaml").write_text("data: {target: price, weight: x1, exclude: [id], strict: true}")
    found = checked(str(path), "--config", str(tmp_path / "c.yaml"))
    roles = {c["name"]: c["role"] for c in found["columns"]}
    assert [roles[n] for n in ("id", "x1", "x2", "price")] == ["left out", "weight", "feature", "target"]
    assert found["config"] is None
    (fault,) = found["faults"]
    assert fault.startswith("Column 'colour' has 10 missing cells (rows 3, 6, 9")


def test_columns_of_groups_and_of_the_family_must_be_there(tmp_path: Path):
    path = write(tmp_path / "t.csv")
    family = "distribution: {kind: gamma, exposure: many}"
    (tmp_path / "c.yaml").write_text(f"data: {{target: x2, groups: patient, exclude: [idd]}}\n{family}")
    found = checked(str(path), "--config", str(tmp_path / "c.yaml"))
    assert sorted({name for f in found["faults"] for name in ("patient", "many", "idd") if f"'{name}'" in f}) == [
        "idd",
        "many",
        "patient",
    ]


def test_many_columns_are_summed_up(tmp_path: Path):
    path = write(tmp_path / "t.csv", many=80)
    lines = cli("check", str(path), "--target", "price").out.splitlines()
    (rest,) = (line for line in lines if line.startswith("… and"))
    assert rest == "… and 24 more columns (24 number); --json prints all."
    assert lines.index(rest) == 63  # 60 columns below a title, an empty line and their header
    assert len(checked(str(path))["columns"]) == 84


@pytest.mark.skipif(not MESSY.is_dir(), reason="the tables are not here")
@pytest.mark.parametrize("file", TARGETS)
def test_public_tables_have_no_faults(file: str):
    header = ["--no-header"] if "nohdr" in file else []
    found = checked(str(MESSY / file), "--target", TARGETS[file], *header)
    assert found["faults"] == []
    assert parse_config(read_yaml(found["config"])).data.target == TARGETS[file]
