"""Bad input on the command line: exit code 2, one sentence on standard error, no traceback, no file."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.small import COLUMNS, Result, cli, edited, fit, write_csv

Columns = Mapping[str, Sequence[Any]]
PRICE = ("data.target=price",)
STRICT = ("data.strict=true",)


def refused(done: Result, message: str) -> None:
    assert done.code == 2
    assert done.out == ""
    (line,) = done.err.splitlines()
    assert line.startswith("likelinet: ")
    assert line.endswith((".", "…"))
    assert message in line


def target(name: str, kind: str) -> tuple[str, ...]:
    return (f"data.target={name}", f"distribution.kind={kind}")


def head(n: int) -> Columns:
    return {name: values[:n] for name, values in COLUMNS.items()}


FIT: dict[str, tuple[Columns, tuple[str, ...], str]] = {
    "nan in X": (
        edited("size", 3, "nan"),
        (*PRICE, *STRICT),
        "Column 'size' has 1 row with missing, NaN or infinite values (row 3)",
    ),
    "nothing in X": (edited("age", 3, ""), (*PRICE, *STRICT), "Column 'age' has 1 row with missing"),
    "inf in y": (
        edited("price", 4, "inf"),
        PRICE,
        "Column 'price' has 1 row with missing, NaN or infinite values (row 4)",
    ),
    "nothing in y": (edited("price", 4, ""), (*PRICE, *STRICT), "Column 'price' has 1 row with missing"),
    "no label": (
        edited("sold", 4, ""),
        (*target("sold", "bernoulli"), *STRICT),
        "Target 'sold' has 1 missing label (row 4)",
    ),
    "stray text in X": (
        edited("age", 5, "old"),
        (*PRICE, *STRICT),
        "Column 'age' holds numbers but also text: 'old' in row 5; correct",
    ),
    "stray text in y": (
        edited("price", 5, "1,5"),
        (*PRICE, *STRICT),
        "Column 'price' has numbers with commas: '1,5' in row 5",
    ),
    "missing text": (
        edited("colour", 2, ""),
        (*PRICE, *STRICT),
        "Column 'colour' has 1 missing cell (row 2): fill or drop",
    ),
    "no target": (COLUMNS, ("data={}",), "y is missing: name its column in data.target"),
    "misspelled target": (COLUMNS, ("data.target=pric",), "no column 'pric' in the table (did you mean 'price'?)"),
    "misspelled feature": (
        COLUMNS,
        (*PRICE, "data.features=[sise]"),
        "no column 'sise' in the table (did you mean 'size'?)",
    ),
    "target as feature": (COLUMNS, (*PRICE, "data.features=[size, price]"), "neither target nor weight: price"),
    "text as target": (
        COLUMNS,
        ("data.target=sold",),
        "Target 'sold' must hold numbers for the family 'gaussian'; for class labels",
    ),
    "gamma": (
        COLUMNS,
        (*target("size", "gamma"), "data.features=[age]"),
        "must be a positive number",
    ),
    "poisson": (COLUMNS, target("price", "poisson"), "must be a whole number 0, 1, 2, …"),
    "negative_binomial": (edited("visits", 2, -1), target("visits", "negative_binomial"), "(row 2, for example -1)"),
    "bernoulli": (COLUMNS, target("grade", "bernoulli"), "Target 'grade' has 3 classes (0, 1, 2), but"),
    "one class": ({**COLUMNS, "sold": ["yes"] * 40}, target("sold", "categorical"), "only one class, 'yes'"),
    "constant y": (
        {**COLUMNS, "price": [2.5] * 40},
        PRICE,
        "Target 'price' is constant, so a spread cannot be learned",
    ),
    "header only": (head(0), PRICE, "The table is empty: it has no rows."),
    "one row": (head(1), PRICE, "The table has 1 row with a positive weight: fitting needs at least two."),
    "negative weight": (
        COLUMNS,
        (*PRICE, "data.features=[age]", "data.weight=size"),
        "Column 'size', the weight, must not be negative",
    ),
    "identifiers": (
        {name: [*values, *values] for name, values in COLUMNS.items()} | {"colour": [f"id {i}" for i in range(80)]},
        (*PRICE, *STRICT),
        "Column 'colour' is text with 80 different values in 80 rows",
    ),
    "unknown key": (
        COLUMNS,
        ("training.epoch=3",),
        "config.yaml: training: unknown key 'epoch' (did you mean 'epochs'?).",
    ),
    "unknown kind": (COLUMNS, ("distribution.kind=gausian",), "unknown kind 'gausian' (did you mean 'gaussian'?)."),
    "out of range": (
        COLUMNS,
        ("training.validation_fraction=1.5",),
        "training.validation_fraction: input should be less than 1",
    ),
    "bad override": (
        COLUMNS,
        ("epochs",),
        "--set epochs: write it as key.subkey=value, for example training.epochs=50.",
    ),
    "a date that there is not": (
        COLUMNS,
        ("data.target=2020-13-45",),
        "--set data.target=2020-13-45: the value cannot be parsed.",
    ),
    "class": (
        COLUMNS,
        (*PRICE, "distribution={kind: custom, target: 'no_such:Thing'}"),
        "cannot import 'no_such:Thing'",
    ),
}


@pytest.mark.parametrize("case", FIT)
def test_fit(case: str, tmp_path: Path):
    columns, overrides, message = FIT[case]
    refused(fit(tmp_path, *overrides, columns=columns), message)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.yaml", "train.csv"]


def test_constant_y_under_a_fixed_scale_is_fine(tmp_path: Path):
    assert fit(tmp_path, *PRICE, "distribution.scale=1.0", columns={**COLUMNS, "price": [2.5] * 40}).code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the table is empty; its first line must name the columns"),
        ("size,price\n1,2\n3\n", "line 3 has 1 cell, but there are 2 columns; correct this line"),
        ("size,size\n1,2\n", "'size' comes twice"),
    ],
)
def test_tables(tmp_path: Path, text: str, message: str):
    (tmp_path / "c.yaml").write_text("data: {target: price}")
    (tmp_path / "t.csv").write_text(text)
    refused(cli("fit", tmp_path / "c.yaml", tmp_path / "t.csv", "-o", tmp_path / "m"), message)
    assert not (tmp_path / "m").exists()


def test_missing_files(tmp_path: Path):
    (tmp_path / "c.yaml").write_text("data: {target: price}")
    table, none = write_csv(tmp_path / "t.csv", COLUMNS), tmp_path / "none"
    refused(cli("fit", none, table, "-o", tmp_path / "m"), f"{none}: cannot read the config")
    refused(cli("fit", tmp_path / "c.yaml", none, "-o", tmp_path / "m"), f"{none}: cannot read the table")
    for command in (("evaluate", none, table), ("predict", none, table), ("sample", none, table), ("show", none)):
        refused(cli(*command), f"{none}: there is no such model file; check the path.")


@pytest.mark.parametrize("where", ["nowhere/m.safetensors", "."])
def test_output_is_checked_before_training(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("likelinet.model.model.Model.fit", lambda *a, **k: pytest.fail("trained in vain"))
    (tmp_path / "c.yaml").write_text("data: {target: price}")
    done = cli("fit", tmp_path / "c.yaml", write_csv(tmp_path / "t.csv", COLUMNS), "-o", tmp_path / where)
    refused(done, "cannot write there; name a file in a folder that exists")


def test_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    monkeypatch.setattr("likelinet.model.model.Model.fit", lambda *a, **k: pytest.fail("trained in vain"))
    (tmp_path / "c.yaml").write_text("data: {target: price}")
    done = cli("fit", tmp_path / "c.yaml", write_csv(tmp_path / "t.csv", COLUMNS), "-o", tmp_path / "m")
    refused(done, "cannot write there")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a model of prices and one of classes."""
    folder = tmp_path_factory.mktemp("models")
    for name, overrides in (
        ("price", (*PRICE, *STRICT)),
        ("sold", (*target("sold", "bernoulli"), *STRICT)),
        ("grade", target("grade", "categorical")),
    ):
        assert fit(folder, *overrides).code == 0
        (folder / "model.safetensors").rename(folder / name)
    return folder


def renamed(old: str, new: str) -> Columns:
    return {new if name == old else name: values for name, values in COLUMNS.items()}


NEW: dict[str, tuple[str, str, Columns, str]] = {
    "unseen category": (
        "predict",
        "price",
        edited("colour", 2, "purple"),
        "the category 'purple' in row 2, which was not seen in training (seen: blue, green, red).",
    ),
    "missing column": (
        "predict",
        "price",
        renamed("colour", "color"),
        "lacks the column colour (did you mean 'color'?).",
    ),
    "nan": ("sample", "price", edited("size", 2, "nan"), "Column 'size' has 1 row with missing"),
    "text": (
        "predict",
        "price",
        edited("size", 2, "big"),
        "Column 'size' must hold numbers, but has text: 'big' in row 2.",
    ),
    "no rows": ("predict", "price", head(0), "The table is empty: it has no rows."),
    "no target": (
        "evaluate",
        "price",
        renamed("price", "prize"),
        "no column 'price' in the table (did you mean 'prize'?).",
    ),
    "no target to draw": ("plot", "price", renamed("price", "prize"), "no column 'price' in the table"),
    "nan in the target": ("evaluate", "price", edited("price", 2, "nan"), "Column 'price' has 1 row with missing"),
    "unseen class": (
        "evaluate",
        "sold",
        edited("sold", 2, "maybe"),
        "Target 'sold' has the class 'maybe' in row 2, which was not seen",
    ),
    "unseen code": (
        "evaluate",
        "grade",
        edited("grade", 2, 9),
        "Target 'grade' has the class '9' in row 2, which was not seen",
    ),
    "no label": ("evaluate", "sold", edited("sold", 2, ""), "Target 'sold' has 1 missing label (row 2)"),
}


@pytest.mark.parametrize("case", NEW)
def test_new_rows(case: str, models: Path, tmp_path: Path):
    command, model, columns, message = NEW[case]
    out = tmp_path / ("out.png" if command == "plot" else "out")
    output = [] if command == "evaluate" else ["-o", out]
    refused(cli(command, models / model, write_csv(tmp_path / "t.csv", columns), *output), message)
    assert not out.exists()


def test_damaged_models(models: Path, tmp_path: Path):
    raw, table = (models / "price").read_bytes(), write_csv(tmp_path / "t.csv", COLUMNS)
    for content, message in (
        (raw[:-9], "truncated"),
        (raw[:-1] + bytes([raw[-1] ^ 1]), "altered"),
        (b"no", "truncated or not a model"),
    ):
        (tmp_path / "m").write_bytes(content)
        for command in ("evaluate", "predict", "sample"):
            refused(cli(command, tmp_path / "m", table), message)
        refused(cli("show", tmp_path / "m"), message)


def test_outputs_that_cannot_be_written(models: Path, tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", {n: COLUMNS[n] for n in ("size", "age", "colour", "price")})
    for command, name in (("predict", "o.csv"), ("sample", "o.csv"), ("plot", "p.png")):
        done = cli(command, models / "price", table, "-o", tmp_path / "no" / name)
        refused(done, "cannot write there; name a file in a folder that exists")
    refused(cli("plot", models / "price", table, "-o", tmp_path / "p.xyz"), "Format 'xyz' is not supported")
    for name in (tmp_path, tmp_path / "picture"):
        refused(cli("plot", models / "price", table, "-o", name), "name a file with an ending, such as picture.png")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fitt",), "No such command 'fitt'"),
        (("fit",), "Missing argument 'CONFIG'"),
        (("predict", "m", "t.csv", "--quantiles", "0.5,2"), "'0.5,2' are not probabilities between 0 and 1"),
        (("predict", "m", "t.csv", "--quantiles", "half"), "'half' are not probabilities between 0 and 1"),
        (("sample", "m", "t.csv", "-n", "0"), "0 is not in the range x>=1"),
        (("sample", "m", "t.csv", "--seed", "-1"), "-1 is not in the range x>=0"),
        (("show", "m", "--jsn"), "No such option"),
    ],
)
def test_arguments(arguments: tuple[str, ...], message: str):
    done = cli(*arguments)
    assert done.code == 2
    assert message in done.err.splitlines()[-1]


def test_loss_that_is_not_finite_keeps_the_model(tmp_path: Path):
    wild = "training={optimizer: {kind: sgd, learning_rate: 1.0e+30}, gradient_clip: null, epochs: 20}"
    done = fit(tmp_path, *PRICE, wild)
    assert done.code == 2
    kept, why = done.err.splitlines()
    assert kept == f"likelinet: training was cut short; the start is in {tmp_path / 'model.safetensors'}."
    assert "The loss is not finite in epoch" in why
    assert cli("show", tmp_path / "model.safetensors").code == 0
