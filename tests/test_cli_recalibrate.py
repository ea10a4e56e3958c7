"""`likelinet recalibrate`: the same as in Python, written under another name, and said wherever a model is shown."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from tests.small import COLUMNS, cli, fit, read_csv, write_csv


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fitted")
    assert fit(folder, "data.target=price").code == 0
    write_csv(folder / "new.csv", {name: [*cells[::-1][:30], cells[0]] for name, cells in COLUMNS.items()})
    with (folder / "new.csv").open("a") as file:
        file.write("0.1,30,red,,1,yes,1\n")  # without y
    return folder


@pytest.mark.parametrize("options", [(), ("--method", "conformal")])
def test_it_is_that_of_python(options: tuple[str, ...], folder: Path, tmp_path: Path):
    method: Any = options[-1] if options else "pit"
    before = (folder / "model.safetensors").read_bytes()
    done = cli("recalibrate", folder / "model.safetensors", folder / "new.csv", "-o", tmp_path / "m", *options)
    assert (done.code, done.out) == (0, f"Recalibrated by 31 rows ({method}). Model: {tmp_path / 'm'}\n")
    assert (folder / "model.safetensors").read_bytes() == before
    with pytest.warns(UserWarning, match="Target 'price' is missing in 1 row"):
        model = ll.Model.load(folder / "model.safetensors").recalibrate(method, folder / "new.csv")
    predicted = read_csv(cli("predict", tmp_path / "m", folder / "train.csv", "--quantiles", "0.1").out)
    expected = model.predict_dist(folder / "train.csv").ppf(0.1)
    np.testing.assert_array_equal(np.array(predicted["q0.1"], float), expected)
    assert (expected != ll.Model.load(folder / "model.safetensors").predict_dist(folder / "train.csv").ppf(0.1)).all()
    assert f"recalibrated: {method}" in cli("show", tmp_path / "m").out.splitlines()
    assert repr(ll.Model.load(tmp_path / "m")).endswith(f" parameters, recalibrated by {method})")


def test_another_call_starts_from_the_plain_predictions(folder: Path, tmp_path: Path):
    for model, new in ((folder / "model.safetensors", "once"), (tmp_path / "once", "twice")):
        assert cli("recalibrate", model, folder / "new.csv", "-o", tmp_path / new).code == 0
    one, two = (ll.Model.load(tmp_path / name).predict_dist(folder / "new.csv") for name in ("once", "twice"))
    np.testing.assert_array_equal(one.ppf(0.3), two.ppf(0.3))


@pytest.mark.parametrize(
    ("output", "message"),
    [("model.safetensors", "this is the input"), ("new.csv", "this is the input"), ("no/m", "cannot write there")],
)
def test_its_output_is_looked_at_first(output: str, message: str, folder: Path):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = cli("recalibrate", folder / "model.safetensors", folder / "new.csv", "-o", folder / output)
    assert done.code == 2
    assert message in done.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_it_was_trained_on_is_noted_and_y_must_be_there(folder: Path, tmp_path: Path):
    seen = cli("recalibrate", folder / "model.safetensors", folder / "train.csv", "-o", tmp_path / "m")
    assert "train.csv: the model was trained on these very rows, so its predictions of new rows are farther" in seen.err
    write_csv(tmp_path / "x.csv", {name: cells for name, cells in COLUMNS.items() if name != "price"})
    lacking = cli("recalibrate", folder / "model.safetensors", tmp_path / "x.csv", "-o", tmp_path / "other")
    assert (lacking.code, (tmp_path / "other").exists()) == (2, False)
    assert lacking.err.startswith("likelinet: There is no column 'price' in the table")


def test_rows_that_it_was_recalibrated_by_are_noted(folder: Path, tmp_path: Path):
    assert cli("recalibrate", folder / "model.safetensors", folder / "new.csv", "-o", tmp_path / "m").code == 0
    says = "new.csv: the model was recalibrated by these very rows, so the scores are better than those of new rows"
    assert says in cli("evaluate", tmp_path / "m", folder / "new.csv").err
    assert "recalibrated" not in cli("evaluate", folder / "model.safetensors", folder / "new.csv").err
    trained = cli("evaluate", tmp_path / "m", folder / "train.csv").err
    assert "the model was trained on these very rows" in trained
    assert "recalibrated" not in trained


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (("data.target=visits", "distribution={kind: poisson}"), "recalibrate: y must be one continuous number"),
        (("data.target=sold", "distribution={kind: bernoulli}"), "recalibrate: y must be one continuous number"),
        (("data.target=[price, age]",), "recalibrate: y must be one continuous number"),
        (
            ("data.target=size", "data.features=[age]", "distribution={kind: von_mises}"),
            "recalibrate: y must be one continuous number",
        ),
        (
            ("data.target=visits", "distribution={kind: hurdle, base: {kind: gamma}}"),
            "recalibrate: y must be one continuous number",
        ),
        (
            ("data.target={time: age, event: sold}", "distribution={kind: censored, base: {kind: weibull}}"),
            "recalibrate: y is censored",
        ),
    ],
)
def test_what_the_model_rules_out_is_said_before_the_table_is_read(
    declared: tuple[str, ...], message: str, tmp_path: Path
):
    done = fit(tmp_path, "data.features=[size]", *declared)
    assert done.code == 0, done.err
    told = cli("recalibrate", tmp_path / "model.safetensors", tmp_path / "none.csv", "-o", tmp_path / "m")
    assert (told.code, told.out, told.err.startswith(f"likelinet: {message}")) == (2, "", True)
