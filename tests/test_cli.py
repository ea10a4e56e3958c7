"""The commands, from a CSV file and a config to a model, metrics, predictions, samples and a picture."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import yaml

import likelinet as ll
from likelinet.tables.table import read_table
from tests import small
from tests.small import COLUMNS, cli, fit, read_csv, write_csv
from tests.snapshots.update import keys

PNG = b"\x89PNG\r\n\x1a\n"
TARGETS = {
    "gaussian": "price",
    "student_t": "price",
    "poisson": "visits",
    "negative_binomial": "visits",
    "bernoulli": "sold",
    "categorical": "grade",
    "mixture": "price",
}


@pytest.fixture(scope="module", params=TARGETS)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """Return the family, the model file and the table that it was fitted to."""
    folder = tmp_path_factory.mktemp("cli")
    family = request.param
    done = fit(folder, f"data.target={TARGETS[family]}", f"distribution.kind={family}")
    assert (done.code, done.err) == (0, "")
    return family, folder / "model.safetensors", folder / "train.csv"


def python(trained: tuple[str, Path, Path]) -> tuple[ll.Model, dict[str, np.ndarray], np.ndarray]:
    """Return the model, its features and the target, for the Python side of the comparison."""
    family, model, _ = trained
    return ll.Model.load(model), small.COLUMNS, np.array(COLUMNS[TARGETS[family]])


def features(table: Path):
    """Return the table with the features alone."""
    import dataclasses

    whole = read_table(table)
    return dataclasses.replace(whole, columns={n: whole.columns[n] for n in ("size", "age", "colour")})


def test_fit_prints_one_line_and_what_is_no_plain_number(tmp_path: Path):
    done = fit(tmp_path, "data.target=price")
    line, *columns = done.out.splitlines()
    n = ll.Model.load(tmp_path / "model.safetensors").n_parameters
    assert line.startswith(f"Fitted {n} parameters in 3 epochs (finished; best epoch ")
    assert line.endswith(f"Model: {tmp_path / 'model.safetensors'}")
    assert "validation NLL" in line
    assert columns == ["Columns, beside 2 plain numbers:", "  colour  category of 3 levels: 3 with an input each"]
    assert done.err == ""


def test_fit_is_the_python_fit(tmp_path: Path):
    fit(tmp_path, "data.target=price", "training.seed=5")
    declared = {"network": {"hidden": [4]}, "training": {"epochs": 3, "seed": 5}}
    data = {"target": "price", "features": ["size", "age", "colour"]}
    model = ll.Model({"quality": "plain", **declared, "data": data}).fit(
        read_table(tmp_path / "train.csv"), progress=False
    )
    rows = features(tmp_path / "train.csv")
    np.testing.assert_array_equal(ll.Model.load(tmp_path / "model.safetensors").predict(rows), model.predict(rows))


def test_a_target_is_all_a_config_needs(tmp_path: Path):
    config = tmp_path / "c.yaml"
    config.write_text("quality: plain\ndata: {target: price}")
    table = write_csv(tmp_path / "t.csv", COLUMNS)
    done = cli("fit", config, table, "-o", tmp_path / "m", "--set", "training.steps=2")
    assert done.code == 0
    assert ll.Model.load(tmp_path / "m").feature_names == [n for n in COLUMNS if n != "price"]


def test_quiet_prints_nothing(tmp_path: Path):
    config = tmp_path / "c.yaml"
    config.write_text(
        "quality: plain\ndata: {target: price, features: [size]}\nnetwork: {hidden: [4]}\ntraining: {epochs: 2}"
    )
    done = cli("fit", config, write_csv(tmp_path / "t.csv", COLUMNS), "-o", tmp_path / "m", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert (tmp_path / "m").is_file()


@pytest.mark.filterwarnings("ignore:.*trained on these very rows:UserWarning")
def test_evaluate(trained: tuple[str, Path, Path]):
    _, file, table = trained
    model, _, y = python(trained)
    expected = model.evaluate(features(table), y)
    done = cli("evaluate", file, table, "--json")
    assert json.loads(done.out) == pytest.approx({k: v if math.isfinite(v) else None for k, v in expected.items()})
    printed = dict(line.split() for line in cli("evaluate", file, table).out.splitlines())
    assert printed == {name: f"{value:.4f}" for name, value in expected.items()}


def test_json_has_null_for_what_is_not_finite(tmp_path: Path):
    fit(tmp_path, "data.target=price", "distribution={kind: gaussian, scale: 1.0e-5}")
    far = write_csv(tmp_path / "far.csv", {**COLUMNS, "price": [1e153] * 40})
    done = cli("evaluate", tmp_path / "model.safetensors", far, "--json")
    scores = json.loads(done.out, parse_constant=pytest.fail)
    assert scores["nll"] is None
    assert scores["mae"] == pytest.approx(1e153)


def test_predict(trained: tuple[str, Path, Path]):
    family, file, table = trained
    model, _, _ = python(trained)
    d = model.predict_dist(features(table))
    found = read_csv(cli("predict", file, table, "--quantiles", "0.1,0.5").out)
    if family in ("bernoulli", "categorical"):
        names = ["no", "yes"] if family == "bernoulli" else ["0", "1", "2"]
        assert list(found) == ["class", *(f"p_{n}" for n in names)]
        assert found["class"] == [str(c) for c in d.mode().tolist()]
        for name in names:
            p = np.exp(d.log_prob(np.full(40, name if family == "bernoulli" else int(name))))
            np.testing.assert_allclose(np.array(found[f"p_{name}"], float), p, rtol=1e-9)
        return
    assert list(found) == ["mean", "q0.1", "q0.5"]
    for name, expected in (("mean", d.mean()), ("q0.1", d.ppf(0.1)), ("q0.5", d.ppf(0.5))):
        np.testing.assert_array_equal(np.array(found[name], float), expected)
    assert all(c.isdigit() for c in found["q0.1"]) == (family in ("poisson", "negative_binomial"))


def test_sample(trained: tuple[str, Path, Path]):
    _, file, table = trained
    model, _, y = python(trained)
    done = cli("sample", file, table, "-n", "3", "--seed", "7")
    found = read_csv(done.out)
    assert list(found) == ["sample_1", "sample_2", "sample_3"]
    cells = np.array(list(found.values()))
    expected = model.sample(features(table), 3, seed=7)
    np.testing.assert_array_equal(cells.astype(expected.dtype), expected)
    assert cli("sample", file, table, "-n", "3", "--seed", "7").out == done.out
    assert cli("sample", file, table, "-n", "3", "--seed", "8").out != done.out
    if y.dtype.kind in "iU":
        assert "." not in "".join(cells.ravel())  # counts and classes look like those in the table


def test_plot(trained: tuple[str, Path, Path], tmp_path: Path):
    _, file, table = trained
    done = cli("plot", file, table, "-o", tmp_path / "p.png")
    assert (done.code, done.out) == (0, f"Picture: {tmp_path / 'p.png'}\n")
    assert (tmp_path / "p.png").read_bytes().startswith(PNG)


def test_show(trained: tuple[str, Path, Path]):
    family, file, _ = trained
    model, _, _ = python(trained)
    shown = cli("show", file).out
    config, _, rest = shown.partition("\n\n")
    assert ll.ModelConfig.model_validate(yaml.safe_load(config)) == model.config
    assert f"parameters: {model.n_parameters}" in rest
    assert "inputs: size, age, colour" in rest
    assert ("classes: no, yes" in rest) == (family == "bernoulli")
    last = rest.splitlines()[-1].split()
    assert last[0] == "3"
    assert float(last[1]) == pytest.approx(model.history.epochs[-1].train_nll[0], rel=1e-4)


def test_files_hold_what_standard_output_does(trained: tuple[str, Path, Path], tmp_path: Path):
    _, file, table = trained
    for command in (("predict",), ("sample", "--seed", "1")):
        to_file = cli(command[0], file, table, *command[1:], "-o", tmp_path / "o.csv")
        assert (to_file.code, to_file.out) == (0, "")
        assert (tmp_path / "o.csv").read_text() == cli(command[0], file, table, *command[1:]).out


def test_several_outputs(tmp_path: Path):
    fit(tmp_path, "data.target=[price, visits]")
    file, table = tmp_path / "model.safetensors", tmp_path / "train.csv"
    d = ll.Model.load(file).predict_dist(features(table))
    found = read_csv(cli("predict", file, table, "--quantiles", "0.5").out)
    assert list(found) == ["mean_price", "mean_visits", "q0.5_price", "q0.5_visits"]
    np.testing.assert_array_equal(np.array([found["mean_price"], found["mean_visits"]], float).T, d.mean())
    draws = read_csv(cli("sample", file, table, "-n", "2", "--seed", "0").out)
    assert list(draws) == ["sample_1_price", "sample_1_visits", "sample_2_price", "sample_2_visits"]
    expected = ll.Model.load(file).sample(features(table), 2, seed=0)
    np.testing.assert_array_equal(np.array(list(draws.values()), float).T.reshape(40, 2, 2), expected.swapaxes(0, 1))
    assert cli("plot", file, table, "-o", tmp_path / "p.png").code == 0


def test_extra_columns_are_one_line_on_standard_error(tmp_path: Path):
    bare = write_csv(tmp_path / "bare.csv", {n: COLUMNS[n] for n in ("colour", "age", "size", "price")})
    config, file = tmp_path / "config.yaml", tmp_path / "model.safetensors"
    config.write_text(
        "quality: plain\ndata: {target: price}\nnetwork: {hidden: [4]}\ntraining: {epochs: 2}\n", encoding="utf-8"
    )
    assert cli("fit", config, bare, "-o", file).err == ""
    alone, wide = cli("predict", file, bare), cli("predict", file, write_csv(tmp_path / "wide.csv", COLUMNS))
    note = "likelinet: note: Columns that the model does not use are ignored: visits, sold, grade.\n"
    assert (wide.out, wide.err, alone.err) == (alone.out, note, "")


def test_nothing_is_said_of_extra_columns_where_features_are_declared(trained: tuple[str, Path, Path], tmp_path: Path):
    _, file, table = trained
    done = cli("predict", file, table)
    alone = cli("predict", file, write_csv(tmp_path / "bare.csv", {n: COLUMNS[n] for n in ("colour", "age", "size")}))
    assert done.out == alone.out
    assert done.err == alone.err == ""


def test_schema():
    assert keys(json.loads(cli("schema").out)) == keys(ll.ModelConfig.model_json_schema())


@pytest.mark.parametrize("command", [(), ("fit",), ("evaluate",), ("predict",), ("sample",), ("plot",), ("show",)])
def test_help(command: tuple[str, ...]):
    done = cli(*command, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: likelinet {' '.join(command)}".rstrip())


def test_codes_with_leading_zeros_are_labels(tmp_path: Path):
    columns = {**COLUMNS, "code": ["007" if s > 0 else "012" for s in COLUMNS["size"]]}
    fit(tmp_path, "data.target=code", "distribution.kind=bernoulli", columns=columns)
    found = read_csv(cli("predict", tmp_path / "model.safetensors", tmp_path / "train.csv").out)
    assert list(found) == ["class", "p_007", "p_012"]


def test_a_score_that_does_not_exist_is_left_out(tmp_path: Path):
    fit(tmp_path, "data.target=price", "distribution={kind: student_t, df: 0.5}")
    scores = json.loads(cli("evaluate", tmp_path / "model.safetensors", tmp_path / "train.csv", "--json").out)
    assert "rmse" not in scores  # a t with half a degree of freedom has no mean
    assert math.isfinite(scores["nll"])
