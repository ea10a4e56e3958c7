"""What is asked of commands: several targets in one option, `check --set`, outputs that cannot be written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import likelinet as ll
from likelinet.core.wording import readable
from likelinet.tables.table import as_table
from likelinet.targets.suggestion import suggested
from tests.small import COLUMNS, cli, quick, write_csv

QUICK = ("--set", "quality=plain", "--set", "network.hidden=[4]", "--set", "training.epochs=2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    write_csv(folder / "t.csv", COLUMNS)
    write_csv(folder / "two.csv", {"a": [1, 2], "y": [2.5, 3.5]})
    (folder / "none.csv").write_text("a,y\n")
    for target in ("price", "sold", "colour"):
        assert cli("fit", folder / "t.csv", "--target", target, *QUICK, "-o", folder / target).code == 0
    return folder


# ---- targets ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [["price,size"], ["price, size"], ["[price, size]"], ["price", "size"], ["[price]", "size"]]
)
def test_several_targets(options: list[str], folder: Path, tmp_path: Path):
    named = [part for option in options for part in ("--target", option)]
    assert cli("init", folder / "t.csv", *named, "-o", tmp_path / "c.yaml").code == 0
    assert yaml.safe_load((tmp_path / "c.yaml").read_text())["data"]["target"] == ["price", "size"]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("price,sise", "There is no column 'sise' in the table (did you mean 'size'?)."),
        ("prise,sise", "There is no column 'prise,sise' in the table"),
        ("[price, size", "--target [price, size: write [a, b]."),
        ("price,price", "target names 'price' twice: name each column once."),
    ],
)
def test_targets_that_are_none(option: str, message: str, folder: Path):
    done = cli("fit", folder / "t.csv", "--target", option, *QUICK, "-o", folder / "no")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize("target", ["colour,sold", "sold,sold2"])
def test_several_targets_that_are_classes(target: str, tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", {**COLUMNS, "sold2": COLUMNS["sold"][::-1]})
    done = cli("fit", table, "--target", target, *QUICK, "-o", tmp_path / "m")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Family: categorical, since '{target.replace(',', ', ')}' hold classes.\n")
    header = cli("predict", tmp_path / "m", table).out.splitlines()[0]
    assert header == ",".join(f"class_{name}" for name in target.split(","))


def test_a_column_with_a_comma_in_its_name(tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", {"price, net": COLUMNS["price"], "price": COLUMNS["size"]})
    assert cli("init", table, "--target", "price, net", "-o", tmp_path / "c.yaml").code == 0
    assert yaml.safe_load((tmp_path / "c.yaml").read_text())["data"]["target"] == "price, net"


# ---- faults, before anything is announced or done --------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "more"),
    [("fit", []), ("fit", ["--holdout", "0.5"]), ("init", []), ("compare", ["--families", "gaussian"]), ("check", [])],
)
def test_an_empty_table_has_one_fault(command: str, more: list[str], folder: Path, tmp_path: Path):
    output = [] if command in ("check", "compare") else ["-o", tmp_path / "o"]
    done = cli(command, folder / "none.csv", "--target", "y", *more, *output)
    assert (done.code, done.out, done.err) == (2, "", "likelinet: The table is empty: it has no rows.\n")
    assert not (tmp_path / "o").exists()


def test_nothing_is_announced_before_a_fault(tmp_path: Path):
    one = write_csv(tmp_path / "t.csv", {"a": [1, 2, 3], "y": [2.5, "", ""]})
    done = cli("fit", one, "--target", "y", *QUICK, "-o", tmp_path / "m")
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("The table has 1 row with a positive weight: fitting needs at least two.\n")


def test_two_rows(folder: Path, tmp_path: Path):
    table = folder / "two.csv"
    done = cli("fit", table, "--target", "y", *QUICK, "--holdout", "0.5", "-o", tmp_path / "m")
    said = "Of 2 rows only one would be left to train on: hold out fewer, or none."
    assert (done.code, done.out, done.err) == (2, "", f"likelinet: {said}\n")
    assert cli("split", table, "--holdout", "0.5", "-o", tmp_path / "a", tmp_path / "b").code == 0
    assert cli("split", folder / "none.csv").err == "likelinet: The table is empty: it has no rows.\n"


@pytest.mark.parametrize("command", ["predict", "sample", "encode", "generate", "plot"])
@pytest.mark.parametrize("name", ["nowhere/o.png", "file.csv/o.png"])
def test_outputs_are_looked_at_first(command: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("likelinet.model.model.Model.load", lambda *a, **k: pytest.fail("worked in vain"))
    (tmp_path / "file.csv").touch()
    out = tmp_path / (name if command == "plot" else name.replace("png", "csv"))
    done = cli(command, "m", *([] if command == "generate" else ["t.csv"]), "-o", out)
    message = "cannot write there; name a file in a folder that exists and can be written to."
    assert (done.code, done.out, done.err) == (2, "", f"likelinet: {out}: {message}\n")


def test_a_device_can_be_written_to(folder: Path):
    done = cli("predict", folder / "price", folder / "t.csv", "-o", "/dev/null")
    assert (done.code, done.out, done.err) == (0, "", "")
    done = cli("fit", folder / "t.csv", "--target", "price", "-o", "/dev/null")  # but a model is a file
    assert (done.code, done.out, "/dev/null: cannot write there" in done.err) == (2, "", True)


def test_all_faults_of_what_is_kept_and_of_the_table_at_once(folder: Path):
    done = cli("predict", folder / "price", folder / "two.csv", "--keep", "b,A")
    assert done.code == 2
    head, *faults = done.err.splitlines()
    assert head == "likelinet: The table has 3 faults:"
    unknown = [f"There is no column '{name}' in the table" for name in "bA"]
    assert [fault.split("(")[0].strip() for fault in faults[:2]] == unknown
    assert faults[2].strip().startswith("The table lacks the columns size, age, colour")


@pytest.mark.parametrize(("option", "values"), [("--quantiles", ".1,0.10"), ("--above", "3,4,3.0")])
def test_a_number_that_is_named_twice(option: str, values: str, folder: Path):
    done = cli("predict", folder / "price", folder / "t.csv", option, values)
    assert (done.code, done.out) == (2, "")
    assert f"'{values}' names {'0.1' if '1' in values else '3'} twice" in done.err


def test_numbers_that_are_nearly_the_same_have_columns_of_their_own(folder: Path):
    numbers = ("--quantiles", "0.1,0.10000001", "--above", "1234567,1234568,1.5")
    done = cli("predict", folder / "price", folder / "t.csv", *numbers)
    header = "mean,q0.1,q0.10000001,p_above_1234567,p_above_1234568,p_above_1.5"
    assert (done.code, done.out.splitlines()[0]) == (0, header)


# ---- check -----------------------------------------------------------------------------------------------------


def test_check_takes_what_fit_takes(folder: Path):
    sets = ("--set", "data.exclude=[age]", "--set", "data.missing=[-9]", "--set", "network.hidden=[4]")
    done = cli("check", folder / "t.csv", "--target", "price", *sets)
    assert done.code == 0
    config = yaml.safe_load(done.out.partition("Suggested config:\n")[2])
    assert config == {
        "data": {"target": "price", "exclude": ["age"], "missing": [-9.0]},
        "network": {"hidden": [4]},
        "distribution": {"kind": "auto"},
    }
    coded = cli("check", folder / "t.csv", "--target", "price", "--set", "data.numeric.kind=piecewise_linear")
    numeric = yaml.safe_load(coded.out.partition("Suggested config:\n")[2])["data"]["numeric"]
    assert numeric == {"kind": "piecewise_linear", "bins": "auto"}
    chosen = cli("check", folder / "t.csv", "--target", "sold", "--set", "distribution.kind=gaussian")
    assert chosen.code == 2
    assert "Target 'sold' must hold numbers for the family 'gaussian'" in chosen.out
    assert yaml.safe_load(chosen.out.partition("Suggested config:\n")[2])["distribution"] == {"kind": "gaussian"}
    assert "(did you mean 'exclude'?)" in cli("check", folder / "t.csv", "--set", "data.exclud=[age]").err


def test_the_last_line_of_check_asks_for_a_target_where_there_is_none(folder: Path):
    asks = "Name the column to predict by --target, and a family is suggested as well."
    assert cli("check", folder / "t.csv").out.splitlines()[-1] == asks
    assert asks not in cli("check", folder / "t.csv", "--target", "prise").out
    assert asks not in cli("check", folder / "t.csv", "--json").out


def test_check_tells_what_fit_will(tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", {"a": [1, 2, 3, 4], "y": ["x"] * 4})
    done = cli("check", table, "--target", "y")
    assert (done.code, "Target 'y' has only one class, 'x'" in done.out) == (2, True)


# ---- classes ---------------------------------------------------------------------------------------------------


def respelled(name: str, words: dict[str, str]) -> dict[str, list[Any]]:
    return {**COLUMNS, name: [words.get(cell, cell) for cell in COLUMNS[name]]}


@pytest.mark.parametrize("words", [{"yes": "YES", "no": "No"}, {"yes": "y", "no": "n"}, {"yes": "True", "no": "False"}])
def test_classes_in_another_spelling(words: dict[str, str], folder: Path, tmp_path: Path):
    other = write_csv(tmp_path / "t.csv", respelled("sold", words))
    done, same = (cli("evaluate", folder / "sold", table, "--json") for table in (other, folder / "t.csv"))
    assert (done.code, done.out) == (0, same.out)
    read = ", ".join(f"'{word}' as '{own}'" for own, word in sorted(words.items(), key=lambda pair: pair[1]))
    said = f"Target 'sold' spells classes otherwise than training did; they are read as those: {read}."
    assert done.err == f"likelinet: note: {said}\n"


def test_new_classes_are_told_at_once(folder: Path, tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", respelled("colour", {"red": "rot", "green": "Grün", "blue": "BLUE"}))
    done = cli("evaluate", folder / "colour", table)
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(
        "Target 'colour' has 2 classes that were not seen in training: 'Grün' (rows 2, 5, 8, 11, 14, …), "
        "'rot' (rows 1, 4, 7, 10, 13, …) (seen: blue, green, red).\n"
    )


def faults(call: Callable[[], object]) -> list[str]:
    with pytest.raises(ll.DataError) as found:
        call()
    return [fault.partition(" of y has ")[0] for fault in found.value.faults]


def test_faults_of_all_outputs_that_are_classes():
    X, y = np.arange(6.0)[:, None], np.array([["a", "u"], ["b", "v"], ["c", "u"]] * 2)
    model = quick(distribution={"kind": "categorical"}).fit(X, y)
    assert faults(lambda: model.evaluate(X, np.array([["x", "y"], *y[1:].tolist()]))) == ["Output 1", "Output 2"]
    mixed = np.array([["a", "u"], [1, 2], ["c", "v"]] * 2, dtype=object)
    assert faults(lambda: quick(distribution={"kind": "categorical"}).fit(X, mixed)) == ["Output 1", "Output 2"]
    levels: list[Any] = [["a", "b"], ["u"]]
    ordered = quick(distribution={"kind": "ordered_logistic", "levels": levels})
    assert faults(lambda: ordered.fit(X, y)) == ["Output 1", "Output 2"]


def test_a_word_that_may_be_two_classes_is_none():
    X, y = np.arange(6.0)[:, None], np.array(["a", "A", "b"] * 2)
    model = quick(distribution={"kind": "categorical"}, data={"features": []}).fit(X, y)
    with pytest.raises(ll.DataError, match="has the class 'á' in row 1"):
        model.evaluate(X, np.array(["á", *y[1:]]))
    with pytest.warns(UserWarning, match="'B' as 'b'"):
        assert model.evaluate(X, np.array([*y[:5], "B"])) == model.evaluate(X, y)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["u", "v"] * 20, "use 'bernoulli', as there are 2: u, v."),
        (["u", "v", "w", "w"] * 10, "use 'categorical', as there are 3: u, v, w."),
        (["u"] * 40, "it is text, 'u' in every row."),
        (
            [f"n{i}" for i in range(60)],
            "it is text with 60 different values, like an identifier or a date: name another",
        ),
    ],
)
def test_text_for_numbers_names_the_family(cells: list[str], message: str):
    table = {"x": np.arange(float(len(cells))), "churn": np.array(cells)}
    with pytest.raises(ll.DataError, match="Target 'churn' must hold numbers for the family 'gaussian'") as found:
        quick().fit(table, "churn")
    assert message in str(found.value)
    if len(set(cells)) in (2, 3):  # the same family as on the command line
        assert f"'{suggested(as_table(table), 'churn').distribution['kind']}'" in str(found.value)


# ---- numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.2e7, "12000000"),
        (12345678.9, "12345679"),
        (123456.0, "123456"),
        (0.125, "0.125"),
        (1e-7, "1e-07"),
        (1e20, "1e+20"),
    ],
)
def test_large_numbers_are_written_out(value: float, text: str):
    assert readable(value) == text
    assert readable(-value) == f"-{text}"


# ---- what a beginner types -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["t.csv", "c.yaml"], "Error: c.yaml is a config: there is one, and it comes before the table."),
        (["t.csv", "--target", "price", "--holdout", "20%"], "'20%' is no share of the rows; write 0.2 for a fifth"),
        (["t.csv", "--target", "price,sold"], "'sold' holds classes, 'price' numbers; no family has both: fit a model"),
    ],
)
def test_a_line_that_is_nearly_right(arguments: list[str], message: str, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder)
    done = cli("fit", *arguments, "-o", "no")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_quantiles_of_classes_are_said_to_be_none(folder: Path):
    plain, asked = (cli("predict", folder / "sold", folder / "t.csv", *more) for more in ((), ("--quantiles", "0.5")))
    assert (plain.code, plain.err, asked.code, asked.out) == (0, "", 0, plain.out)
    assert asked.err == "likelinet: note: --quantiles is for numbers, and this model predicts classes: it has none.\n"


WITH_A_MODEL = ("evaluate", "predict", "sample", "recalibrate", "encode", "plot")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["check", "c.yaml", "t.csv"],
            "c.yaml is a config, no table: write likelinet check [OPTIONS] TABLE... --config C",
        ),
        (
            ["check", "t.csv", "c.toml"],
            "c.toml is a config, no table: write likelinet check [OPTIONS] TABLE... --config C",
        ),
        (
            ["init", "c.yaml", "t.csv", "--target", "y"],
            "c.yaml is a config, no table: write likelinet init [OPTIONS] TA",
        ),
        (["split", "c.yaml"], "c.yaml is a config, no table: write likelinet split [OPTIONS] TABLE"),
        (
            ["check", "c.json"],
            "c.json is JSON, as of a config, and no table (rows are read from CSV or Parquet): write",
        ),
        *(
            (
                [name, "t.csv", "m.safetensors"],
                f"t.csv is a table, no model: write likelinet {name} [OPTIONS] MODEL TABL",
            )
            for name in WITH_A_MODEL
        ),
        *(
            (
                [name, "m.safetensors", "c.yaml"],
                f"c.yaml is a config, no table: write likelinet {name} [OPTIONS] MODEL T",
            )
            for name in WITH_A_MODEL
        ),
        (
            ["predict", "m", "t.csv", "n.safetensors"],
            "n.safetensors is a model, no table: write likelinet predict [OPT",
        ),
        (["show", "c.yaml"], "c.yaml is a config, no model: write likelinet show [OPTIONS] MODEL"),
        (["generate", "t.csv"], "t.csv is a table, no model: write likelinet generate [OPTIONS] MODEL"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_arguments_in_another_order(arguments: list[str], says: str):
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert f"Error: {says}" in done.err
