"""`likelinet predict`: columns of the table beside the predictions, parameters, exceedances, and other formats."""

import json
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest
import scipy

import likelinet as ll
from likelinet.cli.predict import AT_ONCE
from tests.small import COLUMNS, cli, fit, read_csv, write_csv

IDS = [f"{i:03d}" for i in range(40)]
TABLE = {"id": IDS, "a, b": [f"{i}.50" for i in range(40)], **COLUMNS}
MIXTURE = "distribution={kind: hurdle, base: {kind: mixture, components: 2, base: {kind: gaussian}}}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("predict")
    for name, overrides in {
        "price": ["data.target=price"],
        "two": ["data.target=[price, size]", "data.features=[age]"],
        "mixture": ["data.target=price", MIXTURE],
        "ensemble": ["data.target=price", "ensemble=2"],
        "visits": ["data.target=visits", "distribution.kind=poisson"],
        "sold": ["data.target=sold", "distribution.kind=bernoulli"],
    }.items():
        assert fit(folder, *overrides).code == 0
        (folder / "model.safetensors").rename(folder / name)
    write_csv(folder / "new.csv", TABLE)
    return folder


def predicted(folder: Path, name: str, *arguments: Any) -> dict[str, list[str]]:
    done = cli("predict", folder / name, folder / "new.csv", *arguments)
    assert done.code == 0, done.err
    return read_csv(done.out)


def numbers(column: list[str]) -> np.ndarray:
    return np.array(column, dtype=float)


@pytest.mark.parametrize("keep", [("id,colour", "a, b"), ("id", "colour", "a, b"), ("id, colour", "a, b", "id")])
def test_kept_columns_come_first_as_they_stand(folder: Path, keep: tuple[str, ...]):
    found = predicted(folder, "price", *(part for name in keep for part in ("--keep", name)))
    assert list(found)[:4] == ["id", "colour", "a, b", "mean"]
    assert [found[name] for name in ("id", "colour", "a, b")] == [TABLE[name] for name in ("id", "colour", "a, b")]
    plain = predicted(folder, "price")
    assert {name: found[name] for name in plain} == plain


def test_parameters_are_those_of_the_prediction(folder: Path):
    found = predicted(folder, "price", "--parameters", "--quantiles", "0.5")
    assert list(found) == ["mean", "q0.5", "loc", "scale"]
    d = ll.Model.load(folder / "price").predict_dist(folder / "new.csv")
    np.testing.assert_array_equal(numbers(found["loc"]), d.loc)  # pyright: ignore
    np.testing.assert_array_equal(numbers(found["scale"]), d.scale)  # pyright: ignore


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("two", ["loc_price", "loc_size", "scale_price", "scale_size"]),
        ("mixture", ["gate", "weight_1", "weight_2", "loc_1", "loc_2", "scale_1", "scale_2"]),
        ("ensemble", ["weight_1", "weight_2", "loc_1", "loc_2", "scale_1", "scale_2"]),
        ("visits", ["rate"]),
        ("sold", ["logits"]),
    ],
)
def test_names_of_parameters(folder: Path, name: str, columns: list[str]):
    plain, found = predicted(folder, name), predicted(folder, name, "--parameters")
    assert list(found) == [*plain, *columns]


def test_parameters_give_the_mean_back(folder: Path):
    p = {name: numbers(column) for name, column in predicted(folder, "mixture", "--parameters").items()}
    inner = p["weight_1"] * p["loc_1"] + p["weight_2"] * p["loc_2"]
    np.testing.assert_allclose(p["mean"], (1.0 - p["gate"]) * inner, rtol=1e-9)
    p = {name: numbers(column) for name, column in predicted(folder, "visits", "--parameters").items()}
    np.testing.assert_array_equal(p["rate"], p["mean"])
    sold = predicted(folder, "sold", "--parameters")
    np.testing.assert_allclose(scipy.special.expit(numbers(sold["logits"])), numbers(sold["p_yes"]), rtol=1e-9)
    two = predicted(folder, "two", "--parameters")
    assert (two["loc_size"], two["loc_price"]) == (two["mean_size"], two["mean_price"])


@pytest.mark.filterwarnings("ignore:.*was trained on these very rows")
def test_parameters_beside_a_recalibrated_prediction_are_said_to_be_plain(folder: Path, tmp_path: Path):
    model = ll.Model.load(folder / "price")
    model.recalibrate("pit", write_csv(tmp_path / "t.csv", COLUMNS)).save(tmp_path / "m")
    done = cli("predict", tmp_path / "m", folder / "new.csv", "--parameters", "--above", "1e9,-1e9")
    assert done.code == 0
    assert done.err.splitlines()[-1] == (
        "likelinet: note: The parameters are those of the plain predictions; the other columns are recalibrated."
    )
    assert "divide" not in done.err
    plain, found = predicted(folder, "price", "--parameters"), read_csv(done.out)
    assert [found[name] == plain[name] for name in ("loc", "scale", "q0.5")] == [True, True, False]
    assert set(found["p_above_1e+09"]) == {"0.0"}
    assert set(found["p_above_-1e+09"]) == {"1.0"}
    assert "recalibrated" not in cli("predict", tmp_path / "m", folder / "new.csv").err


def test_probability_above(folder: Path):
    found = predicted(folder, "price", "--above", "10,12.5", "--parameters")
    for t in ("10", "12.5"):
        z = (float(t) - numbers(found["loc"])) / numbers(found["scale"])
        np.testing.assert_allclose(numbers(found[f"p_above_{t}"]), scipy.stats.norm.sf(z), rtol=1e-9)
    found = predicted(folder, "two", "--above", "1", "--parameters")
    z = (1.0 - numbers(found["loc_size"])) / numbers(found["scale_size"])
    np.testing.assert_allclose(numbers(found["p_above_1_size"]), scipy.stats.norm.sf(z), rtol=1e-9)
    found = predicted(folder, "visits", "--above", "0", "--parameters")
    np.testing.assert_allclose(numbers(found["p_above_0"]), -np.expm1(-numbers(found["rate"])), rtol=1e-9)


@pytest.mark.parametrize("name", ["price", "sold", "visits"])
def test_every_format_says_the_same(folder: Path, name: str, tmp_path: Path):
    keep = ("--keep", "id,age")
    plain = predicted(folder, name, *keep)
    out = {suffix: tmp_path / f"out{suffix}" for suffix in (".csv", ".jsonl", ".parquet", ".txt")}
    for path in out.values():
        assert cli("predict", folder / name, folder / "new.csv", *keep, "-o", path).code == 0
    assert read_csv(out[".csv"].read_text()) == read_csv(out[".txt"].read_text()) == plain
    rows = [json.loads(line) for line in out[".jsonl"].read_text(encoding="utf-8").splitlines()]
    assert rows == pyarrow.parquet.read_table(out[".parquet"]).to_pylist()
    assert {n: [str(row[n]) for row in rows] for n in plain} == plain
    assert sorted(tmp_path.iterdir()) == sorted(out.values())


def test_samples_have_formats_too(folder: Path, tmp_path: Path):
    for path in (tmp_path / "s.csv", tmp_path / "s.jsonl"):
        assert cli("sample", folder / "price", folder / "new.csv", "-n", 2, "--seed", 1, "-o", path).code == 0
    rows = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text().splitlines()]
    assert read_csv((tmp_path / "s.csv").read_text())["sample_2"] == [str(row["sample_2"]) for row in rows]


def test_what_is_not_finite_is_null_in_json(folder: Path, tmp_path: Path):
    from likelinet.cli.formats import write_rows

    write_rows(tmp_path / "o.jsonl", ["a", "b"], [[np.inf, "ä"], [1.5, "nan"]])
    assert (tmp_path / "o.jsonl").read_text(encoding="utf-8") == '{"a": null, "b": "ä"}\n{"a": 1.5, "b": "nan"}\n'


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("price", ["--keep", "idd"], "There is no column 'idd' in the table (did you mean 'id'?)."),
        ("price", ["--keep", "id,a, b"], "There is no column 'a' in the table"),  # which needs a --keep of its own
        ("sold", ["--above", "1"], "--above is for numbers, and this model predicts classes."),
        ("price", ["--above", "1,inf"], "'1,inf' are not numbers, like 10,20.5"),
    ],
)
def test_what_cannot_be_written(folder: Path, name: str, arguments: list[str], message: str, tmp_path: Path):
    done = cli("predict", folder / name, folder / "new.csv", *arguments, "-o", tmp_path / "o.csv")
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_kept_column_with_the_name_of_a_prediction(folder: Path, tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", {**COLUMNS, "mean": COLUMNS["age"]})
    done = cli("predict", folder / "price", table, "--keep", "mean")
    assert done.code == 2
    assert "--keep: the predictions have a column 'mean' too; leave it out, or rename it." in done.err


@pytest.mark.parametrize(
    ("df", "options", "says"),
    [
        ([0.5, 1.0, 3.0, 8.0], (), "in 20 rows of 40, where it is nan: take the median, q0.5."),
        ([0.5, 3.0], ("--quantiles", "0.1"), "in 20 rows of 40, where it is nan: take the median, by --quantiles 0.5."),
        ([0.5, 1.0], (), None),  # the column is left out
        ([3.0], (), None),
    ],
)
def test_a_mean_that_does_not_exist_has_a_note(df: list[float], options: tuple[str, ...], says: str, tmp_path: Path):
    columns = {**COLUMNS, "df": (df * 40)[:40]}
    family = "distribution={kind: student_t, df: {column: df}}"
    assert fit(tmp_path, "data.target=price", family, columns=columns).code == 0
    done = cli("predict", tmp_path / "model.safetensors", tmp_path / "train.csv", *options)
    note = "" if says is None else f"likelinet: note: There is no mean of the prediction {says}\n"
    assert (done.code, done.err) == (0, note)
    mean = read_csv(done.out).get("mean", ["nan"] * 40)
    np.testing.assert_array_equal(np.isnan(numbers(mean)), np.array(columns["df"]) <= 1.0)


def test_very_many_rows_are_those_of_the_model(folder: Path, tmp_path: Path):
    n, model = 2 * AT_ONCE + 5, ll.Model.load(folder / "price")
    write_csv(tmp_path / "new.csv", {name: [*islice(cycle(cells), n)] for name, cells in TABLE.items()})
    d = model.predict_dist(tmp_path / "new.csv")
    done = cli("predict", folder / "price", tmp_path / "new.csv", "--keep", "id", "--above", "3", "--prob", "price < 2")
    found = read_csv(done.out)
    assert found.pop("id") == [*islice(cycle(IDS), n)]
    expected = [d.mean(), d.ppf(0.05), d.ppf(0.5), d.ppf(0.95), d.sf(3.0), d.cdf(2.0)]
    np.testing.assert_array_equal([numbers(column) for column in found.values()], expected)
    draws = read_csv(cli("sample", folder / "price", tmp_path / "new.csv", "-n", "2", "--seed", "1").out)
    np.testing.assert_array_equal(
        [numbers(column) for column in draws.values()], model.sample(tmp_path / "new.csv", 2, 1)
    )
