"""What is asked of a stream: the answers for the whole table, whatever the blocks."""

import warnings

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest

import likelinet as ll
from likelinet.cli import formats
from likelinet.cli.blocks import write_blocks
from likelinet.core import machine, notes
from likelinet.core.errors import DataError
from likelinet.scores.parts import part_of, together
from likelinet.tables.reading import parts, text_blocks
from tests.small import cli, quick

N = 500
RNG = np.random.default_rng(0)
X = RNG.standard_normal(N)
FRAME = pa.table(
    {
        "x": X,
        "b": [["u", "v", "w"][i % 3] for i in range(N)],
        "y": 2.0 * X + RNG.standard_normal(N),
        "z": X + RNG.standard_normal(N),
        "k": np.where(X + RNG.standard_normal(N) < 0, "no", "yes").tolist(),
        "c": RNG.poisson(np.exp(0.3 * X)),
        "e": RNG.integers(0, 2, N),
        "t": RNG.uniform(0.1, 3.0, N),
        "w": RNG.uniform(0.0, 2.0, N),
    }
)
MODELS = {
    "numbers": {"data": {"target": "y", "weight": "w", "features": ["x", "b"]}},
    "two outputs": {"data": {"target": ["y", "z"], "features": ["x"]}},
    "two classes": {"data": {"target": "k", "features": ["x"]}, "distribution": {"kind": "bernoulli"}},
    "three classes": {"data": {"target": "b", "features": ["x"]}, "distribution": {"kind": "categorical"}},
    "counts": {"data": {"target": "c", "features": ["x"]}, "distribution": {"kind": "poisson"}},
    "times": {
        "data": {"target": {"time": "t", "event": "e"}, "features": ["x"]},
        "distribution": {"kind": "censored", "base": {"kind": "weibull"}},
    },
    "a code": {"data": {"features": ["x", "y", "z"]}, "network": {"kind": "vae", "latent": 2, "encoder": [4]}},
}
OF_ALL = {"roc_auc", "roc_auc_macro", "average_precision", "concordance", "integrated_brier", "d_calibration"}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(parts, "ROWS", 60)


@pytest.fixture
def paths(tmp_path):
    pq.write_table(FRAME, tmp_path / "t.parquet", row_group_size=130)
    csv.write_csv(FRAME, tmp_path / "t.csv")
    return tmp_path


def fitted(name: str) -> ll.Model:
    declared = MODELS[name]
    if "network" in declared:
        return ll.Model({"quality": "plain", "training": {"epochs": 2}, **declared}).fit(FRAME)
    return quick(**declared).fit(FRAME)


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.filterwarnings("ignore:Of a stream")
def test_scores(name, form, paths):
    model, stream = fitted(name), ll.Stream(paths / f"t.{form}")
    want, found = model.evaluate(FRAME), model.evaluate(stream)
    assert [*found] == [key for key in want if key not in OF_ALL]
    if name == "a code":  # whose bounds are drawn
        found.pop("elbo"), want.pop("elbo")
    else:
        np.testing.assert_allclose(model.score(stream), model.score(FRAME), rtol=1e-12)
    np.testing.assert_allclose([*found.values()], [want[key] for key in found], rtol=1e-9, atol=1e-12)


def test_what_is_left_out_is_said(paths):
    with pytest.warns(UserWarning, match="roc_auc, average_precision are left out, since all rows are needed at once"):
        fitted("two classes").evaluate(ll.Stream(paths / "t.parquet"))


@pytest.mark.parametrize("name", ["numbers", "two outputs", "two classes"])
def test_predictions_and_draws(name, paths):
    model, stream = fitted(name), ll.Stream(paths / "t.csv")
    np.testing.assert_array_equal(model.predict(stream), model.predict(FRAME))
    draws = model.sample(stream, 3, seed=1)
    assert draws.shape == model.sample(FRAME, 3).shape
    np.testing.assert_array_equal(draws, model.sample(stream, 3, seed=1))
    if name == "numbers":  # no block has the draws of another
        residuals = draws - model.predict(FRAME)
        assert len(np.unique(residuals.round(9))) == residuals.size


def test_rows_without_y_and_a_block_without_any(paths):
    model = fitted("numbers")
    y = FRAME["y"].to_numpy().copy()
    y[40:200] = np.nan
    table = FRAME.set_column(FRAME.column_names.index("y"), "y", pa.array(y))
    pq.write_table(table, paths / "m.parquet", row_group_size=130)
    with pytest.warns(UserWarning, match="is missing in"):
        want = model.score(table)
    with pytest.warns(UserWarning, match="is missing in"):
        assert model.score(ll.Stream(paths / "m.parquet")) == pytest.approx(want, rel=1e-12)
    pq.write_table(table.slice(50, 100), paths / "n.parquet")
    with pytest.raises(DataError, match="no rows with y"):
        model.score(ll.Stream(paths / "n.parquet"))


def test_a_block_whose_weights_are_all_0(paths):
    model = fitted("numbers")
    w = FRAME["w"].to_numpy().copy()
    w[40:200] = 0.0
    table = FRAME.set_column(FRAME.column_names.index("w"), "w", pa.array(w))
    pq.write_table(table, paths / "w.parquet", row_group_size=130)
    assert model.score(ll.Stream(paths / "w.parquet")) == pytest.approx(model.score(table), rel=1e-12)


def test_a_kind_of_oddity_is_noted_once_with_its_row(paths):
    model = fitted("counts")
    x = FRAME["x"].to_numpy().copy()
    x[[70, 200, 333]] = 99.0
    pq.write_table(pa.table({"x": x}), paths / "odd.parquet")
    with pytest.warns(UserWarning, match="outside") as told:
        model.predict(ll.Stream(paths / "odd.parquet"))
    (note,) = [str(w.message) for w in told if "outside" in str(w.message)]
    assert "(71: 99" in note


def test_an_oddity_of_another_column_in_a_later_block_is_noted(paths):
    model = quick(data={"target": "y", "features": ["x", "z"]}).fit(FRAME)
    x, z = np.zeros(N), np.zeros(N)
    x[[10, 70, 200]], z[[70, 200]] = 99.0, 77.0
    pq.write_table(pa.table({"x": x, "z": z}), paths / "odd.parquet")
    with pytest.warns(UserWarning, match="outside") as told:
        model.predict(ll.Stream(paths / "odd.parquet"))
    first, second = [str(w.message) for w in told if "outside" in str(w.message)]
    assert "'x'" in first
    assert "'z'" not in first
    assert "'z' in 1 row (71: 77" in second


def kinds_said() -> list[str]:
    """Return what is said of two notes of one kind."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        notes.note("It is odd in 1 row.")
        notes.note("It is odd in 2 rows.")
    return [str(w.message) for w in told]


def test_after_an_error_each_note_is_said_again(paths, monkeypatch):
    def broken(*_) -> None:
        raise DataError("It is full.")

    stream, model = ll.Stream(paths / "t.parquet"), fitted("numbers")
    with pytest.raises(DataError, match="full") as error:
        write_blocks(stream, lambda rows: (["n"], [[rows.n]]), broken)
    assert len(kinds_said()) == 2, error
    for question in (model.score, model.evaluate):
        monkeypatch.setattr(model, "_log_probs", broken)
        monkeypatch.setattr(model, "_part", broken)
        with pytest.raises(DataError, match="full") as error:
            question(stream)
        assert len(kinds_said()) == 2, error


def test_a_score_that_a_part_has_not_is_left_out():
    y, one = np.array([0.0, 1.0]), np.ones(2)
    d = ll.Gaussian([0.0, 0.5], 1.0)
    heavy = ll.StudentT(df=1.0, loc=[0.0, 0.5], scale=1.0)  # without a mean
    whole, _ = together([part_of(d, y, one, None), part_of(d, y, one, None)])
    assert "rmse" in whole
    scores, _ = together([part_of(d, y, one, None), part_of(heavy, y, one, None)])
    assert "rmse" not in scores
    assert "r2" not in scores


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_the_command_line_writes_what_it_does_of_a_table(ending, paths, monkeypatch):
    monkeypatch.setattr(formats, "AT_ONCE", 64)
    fitted("numbers").save(paths / "m.safetensors")
    asked = ("--keep", "x,b", "--prob", "y > 1", "--interval", "0.5")
    outputs = []
    for stream in ((), ("--stream",)):
        out = paths / f"o{len(outputs)}.{ending}"
        result = cli("predict", paths / "m.safetensors", paths / "t.parquet", "-o", out, *asked, *stream)
        assert result.code == 0, result.err
        outputs.append(out)
    if ending == "parquet":
        assert pq.read_table(outputs[0]).equals(pq.read_table(outputs[1]))
        assert pq.ParquetFile(outputs[1]).metadata.num_row_groups > 1
    else:
        assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_the_command_line_scores_and_draws(paths):
    fitted("numbers").save(paths / "m.safetensors")
    plain = cli("evaluate", paths / "m.safetensors", paths / "t.parquet")
    (paths / "folder").mkdir()
    pq.write_table(FRAME, paths / "folder" / "t.parquet")
    for given in ((paths / "t.parquet", "--stream"), (paths / "folder",), ((paths / "t.parquet").as_uri(),)):
        assert cli("evaluate", paths / "m.safetensors", *given).out == plain.out
    draws = [cli("sample", paths / "m.safetensors", paths / "t.csv", "--stream", "--seed", 3) for _ in range(2)]
    assert draws[0] == draws[1]
    assert len(draws[0].out.splitlines()) == N + 1


def test_the_command_line_fits_a_stream(paths):
    sets = ("--set", "quality=plain", "--set", "training.epochs=2", "--set", "data.features=[x]")
    out = paths / "m.safetensors"
    result = cli("fit", paths / "t.parquet", "--stream", "--target", "y", "-o", out, *sets)
    assert result.code == 0, result.err
    streamed = ll.Model.load(out)
    cli("fit", paths / "t.parquet", "--target", "y", "-o", out, *sets)
    np.testing.assert_array_equal(streamed._fit.theta, ll.Model.load(out)._fit.theta)
    held = cli("fit", paths / "t.parquet", "--stream", "--target", "y", "-o", out, "--holdout", 0.2)
    assert held.code == 2
    assert "--holdout: of a stream" in held.err
    further = cli("fit", paths / "t.parquet", "--stream", "--from", out, "-o", out)
    assert further.code == 2
    assert "--stream: a model goes on" in further.err
    few = cli("fit", paths / "t.parquet", "--rows", 20, "--target", "y", "-o", out, *sets)
    assert few.code == 0, few.err
    by_rows = ll.Model({**ll.Model.load(out).config.model_dump()}).fit(ll.Stream(paths / "t.parquet", rows=20))
    np.testing.assert_array_equal(by_rows._fit.theta, ll.Model.load(out)._fit.theta)
    assert len(by_rows.history.epochs) > len(streamed.history.epochs)
    typo = cli("fit", paths / "t.parquet", "--stream", "--target", "yy", "-o", out)
    assert typo.code == 2
    assert "There is no column 'yy'" in typo.err


def test_validation_rows_that_are_trained_on_are_refused(paths):
    (paths / "folder").mkdir()
    (paths / "folder" / "t.csv").symlink_to(paths / "t.csv")
    for given in ((paths / "t.csv", "--stream"), (paths / "folder",), ((paths / "t.csv").as_uri(),)):
        asked = ("--target", "y", "-o", paths / "m.safetensors", "--validation", paths / "t.csv")
        found = cli("fit", *given, *asked, "--set", "training.epochs=1", "--set", "quality=plain")
        assert found.code == 2
        assert "t.csv: this file is given twice, so that the best epoch" in found.err


def test_an_output_within_a_folder_that_is_read_is_refused(paths):
    (paths / "folder" / "below").mkdir(parents=True)
    pq.write_table(FRAME, paths / "folder" / "t.parquet")
    fitted("numbers").save(paths / "m.safetensors")
    (paths / "link").symlink_to(paths / "folder" / "below")
    for out in (paths / "folder" / "o.csv", paths / "link" / "o.csv"):
        for command in (("predict", paths / "m.safetensors"), ("sample", paths / "m.safetensors"), ("fit",)):
            asked = ("--target", "y", "--set", "training.epochs=1") if command == ("fit",) else ()
            found = cli(*command, paths / "folder", *asked, "-o", out)
            assert found.code == 2
            assert f"{out}: this is in the folder {paths / 'folder'}, whose files are the input" in found.err
            assert not out.exists()


def test_files_that_are_large_beside_the_memory_are_streams(paths, monkeypatch):
    fitted("numbers").save(paths / "m.safetensors")
    plain = cli("evaluate", paths / "m.safetensors", paths / "t.csv")
    monkeypatch.setattr(machine, "_of_groups", lambda *_: [10_000])  # as in a container
    found = cli("evaluate", paths / "m.safetensors", paths / "t.csv")
    assert found.out == plain.out
    assert found.err.startswith(f"{paths / 't.csv'}: read as a stream, as its")


def test_a_fault_in_a_later_block_leaves_the_old_file(paths, monkeypatch):
    monkeypatch.setattr(text_blocks, "BLOCK", 2000)
    fitted("counts").save(paths / "m.safetensors")
    lines = (paths / "t.csv").read_text().splitlines()
    (paths / "bad.csv").write_text("\n".join([*lines[:400], "1,2", *lines[400:]]) + "\n")
    out = paths / "o.csv"
    out.write_text("old")
    result = cli("predict", paths / "m.safetensors", paths / "bad.csv", "--stream", "-o", out)
    assert result.code == 2
    assert "line 401 has 2 cells" in result.err
    assert out.read_text() == "old"
    assert not [p for p in paths.iterdir() if p.name.startswith(".")]
