"""The first commands of an afternoon: a table without a config, rows held out, a config that is written for one."""

import gzip
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
import yaml

import likelinet as ll
from likelinet.cli.holdout import held_out
from likelinet.selection.baselines import baselines
from likelinet.tables.table import as_table, read_table
from likelinet.targets.suggestion import suggested
from tests.small import COLUMNS, FEATURES, cli, write_csv

QUICK = ("--set", FEATURES, "--set", "quality=plain", "--set", "network.hidden=[4]", "--set", "training.epochs=3")
RNG = np.random.default_rng(0)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "train.csv", COLUMNS)


def scores(text: str) -> dict[str, dict[str, float]]:
    """Return the table of metrics at the end of what `fit --holdout` prints."""
    lines = text.partition("Scores of ")[2].splitlines()[2:]
    names = re.split(r" {2,}", lines[0].strip())
    rows = [line.split() for line in lines[1:] if re.match(r"\w+ +-?\d", line)]
    return {name: {row[0]: float(row[j + 1]) for row in rows} for j, name in enumerate(names)}


# ---- fit without a config ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "family"),
    [("price", "gaussian"), ("sold", "bernoulli"), ("visits", "negative_binomial"), ("grade", "discretised(gaussian)")],
)
def test_a_target_in_place_of_a_config(table: Path, target: str, family: str):
    model = table.with_name("m")
    done = cli("fit", table, "--target", target, *QUICK, "-o", model)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Family: {family}, since '{target}' has ")
    fitted = ll.Model.load(model)
    assert (fitted.config.data.target, fitted.config.distribution.in_brief) == (target, family)


def test_what_is_chosen_is_not_guessed(table: Path):
    done = cli(
        "fit", table, "--target", "price", *QUICK, "--set", "distribution.kind=logistic", "-o", table.with_name("m")
    )
    assert (done.code, done.out[:7]) == (0, "Fitted ")
    config = table.with_name("c.yml")
    config.write_text("quality: plain\nnetwork: {hidden: [4]}\ntraining: {epochs: 3}\n")
    done = cli("fit", config, table, "--target", "visits", "--set", FEATURES, "-o", table.with_name("m"))
    assert (done.code, done.out[:7]) == (0, "Fitted ")
    assert ll.Model.load(table.with_name("m")).config.distribution == ll.GaussianConfig()


def test_several_targets_and_files(table: Path):
    two = ("--target", "price", "--target", "size", *QUICK[2:], "--set", "data.features=[age]")
    done = cli("fit", table, write_csv(table.with_name("n"), COLUMNS), *two, "-o", table.with_name("m"))
    assert done.out.startswith("Family: gaussian, since 'price, size' are alike: 'price' has positive numbers")
    assert ll.Model.load(table.with_name("m")).target_names == ["price", "size"]


def test_times_to_an_event_and_intervals(table: Path):
    target = "{time: age, event: {column: sold, is: yes}}"
    done = cli("fit", table, "--target", target, *QUICK[2:], "--holdout", "0.2", "-o", table.with_name("m"))
    assert done.out.startswith("Family: censored(weibull), since 'age' is the time to an event.\n")
    assert "concordance" in done.out
    config = table.with_name("c.yaml")
    assert cli("init", table, "--target", target, "-o", config).code == 0
    assert ll.load_config(config).data.target == ll.Model.load(table.with_name("m")).config.data.target
    done = cli("fit", table, "--target", "{lower: size, upper: age}", *QUICK[2:], "-o", table.with_name("m2"))
    assert done.out.startswith("Family: censored(gaussian), since 'size … age' lies between two columns.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["train.csv", "--target", "{time: age"],
            "--target {time: age: write {time: …, event: …} or {lower: …, upper: …}.",
        ),
        (["train.csv", "--target", "{time: age, even: a}"], "unknown key 'even' (did you mean 'event'?)"),
        (["train.csv"], "Beside train.csv, name the column to predict, by --target, or a config."),
        (["c.yaml"], "Beside c.yaml, name the table."),
        (["train.csv", "train.csv"], "and 'distribution'; without a config, name the column to predict by --target."),
        (["train.csv", "--target", "prize"], "There is no column 'prize' in the table (did you mean 'price'?)."),
        (["c.yaml", "train.csv", "--target", "size"], "'price' by data.target, but 'size' by --target: name it once."),
        (["train.csv", "--target", "price", "--holdout", "1"], "'--holdout': 1.0 is not in the range 0.0<x<1.0."),
        (["train.csv", "--target", "price", "--validation", "no.csv"], "no.csv: cannot read the table"),
    ],
)
def test_what_does_not_go_together(table: Path, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(table.parent)
    Path("c.yaml").write_text("data: {target: price}")
    done = cli("fit", *arguments)
    assert done.code == 2
    assert done.out == ""
    assert message in done.err
    assert not Path("model.safetensors").exists()


def test_compare_takes_a_target_too(table: Path):
    rest = ("--families", "gaussian", "--folds", "2", *QUICK)
    config = table.with_name("c.yaml")
    config.write_text("data: {target: price}")
    done = cli("compare", table, "--target", "price", *rest)
    assert (done.code, done.err) == (0, "")
    again = cli("compare", config, table, *rest)
    assert done.out.splitlines()[:-1] == again.out.splitlines()[:-1]  # but for how long it took


def test_folds_say_how(table: Path):
    done = cli("compare", table, "--target", "price", "--families", "gaussian", *QUICK, "--set", "data.time=age")
    assert re.search(r"nats \(\d\d rows, 5 folds in the order of 'age'\); higher is better\.", done.out)


# ---- rows held out -------------------------------------------------------------------------------------------


def test_scores_of_held_out_rows_beside_simpler_models(table: Path):
    done = cli("fit", table, "--target", "price", *QUICK, "--holdout", "0.25", "-o", table.with_name("m"))
    assert (done.code, done.err) == (0, "")
    assert "\nScores of 10 rows of 40, drawn by seed 0:\n" in done.out
    model, whole = ll.Model.load(table.with_name("m")), read_table(table)
    mask = held_out(model.config, whole, 0.25)
    train, held = whole.taken(~mask), whole.taken(mask)
    found = scores(done.out)
    simpler = {name: ll.Model(c).fit(train) for name, c in baselines(model.config).items()}
    assert list(found) == ["this model", "linear", "intercept-only"]
    for name, other in {"this model": model, **simpler}.items():
        assert found[name] == pytest.approx(other.evaluate(held), abs=6e-5)
    again = ll.Model(model.config).fit(train, progress=False)
    np.testing.assert_array_equal(again.predict(whole), model.predict(whole))
    # Without inputs the maximum of the likelihood is known.
    y = np.array(COLUMNS["price"])
    z = (y[mask] - y[~mask].mean()) / y[~mask].std()
    nll = np.mean(0.5 * z**2 + 0.5 * np.log(2 * np.pi) + np.log(y[~mask].std()))
    assert found["intercept-only"]["nll"] == pytest.approx(nll, abs=1e-3)


def test_a_model_that_is_no_better_is_told(table: Path):
    """In one epoch nothing is learned; the linear model has the noise of ten rows to beat."""
    one = ("--set", "training.steps=1", "--holdout", "0.2")
    done = cli("fit", table, "--target", "price", *QUICK, *one, "-o", table.with_name("m"))
    assert scores(done.out)["this model"]["nll"] > scores(done.out)["linear"]["nll"]
    noise = r"but within noise: by [\d.]+ with a standard error of [\d.]+"
    last = rf"By its nll the linear model is better here, {noise}\."
    assert re.fullmatch(last, done.out.splitlines()[-1])


def test_a_seed_and_a_time_choose_the_rows(table: Path):
    def said(*more: str) -> str:
        done = cli(
            "fit", table, "--target", "price", *QUICK, "--holdout", "0.25", *more, "-o", table.with_name(more[-1])
        )
        assert done.code == 0, done.err
        return done.out.partition("Scores of ")[2].partition(":\n")[0]

    assert said("--set", "training.seed=7") == "10 rows of 40, drawn by seed 7"
    assert re.fullmatch(r"the last \d+ rows of 40 in the order of 'age'", said("--set", "data.time=age"))
    assert re.fullmatch(r"\d+ rows of 40, whole groups of 'grade', drawn by seed 0", said("--set", "data.groups=grade"))


def test_baselines_that_are_the_model_itself():
    linear = ll.ModelConfig(network={"hidden": []}, ensemble=3)  # pyright: ignore
    assert list(baselines(linear)) == ["intercept-only"]
    assert baselines(linear)["intercept-only"].ensemble == 1
    assert baselines(ll.ModelConfig(data={"features": []})) == {}  # pyright: ignore
    assert baselines(ll.ModelConfig(network={"kind": "vae"})) == {}  # pyright: ignore


def test_validation_rows_of_a_file(table: Path):
    held = write_csv(table.with_name("held.csv"), {name: c[:15] for name, c in COLUMNS.items()})
    done = cli("fit", table, "--target", "price", *QUICK, "--validation", held, "-o", table.with_name("m"))
    assert done.code == 0
    model = ll.Model.load(table.with_name("m"))
    same = ll.Model(model.config).fit(read_table(table), validation=(read_table(held),), progress=False)
    assert model.history.epochs[-1].validation_nll == same.history.epochs[-1].validation_nll
    assert model.history.epochs[-1].train_nll == same.history.epochs[-1].train_nll


# ---- split ---------------------------------------------------------------------------------------------------

RAGGED = 'id;"text;x"\r\n1;"a\r\nb"\r\n# of spring\r\n\r\n2;ü\r\n3;"c ""d"""\r\n4;e\r\n5;f'


def test_lines_stay_as_they_are(tmp_path: Path):
    file, train, test = tmp_path / "t.csv", tmp_path / "a", tmp_path / "b"
    file.write_bytes(b"\xef\xbb\xbf" + RAGGED.encode())
    done = cli("split", file, "--holdout", "0.4", "--seed", "1", "-o", train, test)
    assert done.code == 0
    head, *rows = re.split(r"(?<=\r\n)(?=[1-5];|# )", RAGGED)
    chunks = [rows[0], rows[1], *rows[2:]]
    chunks = [chunks[0], chunks[1] if chunks[1].startswith("2") else chunks[1] + chunks[2], *chunks[3:]]
    mask = held_out(ll.ModelConfig(training={"seed": 1}), as_table({"x": range(5)}), 0.4)  # pyright: ignore
    for path, keep in ((train, ~mask), (test, mask)):
        kept = "".join(chunk for chunk, k in zip(chunks, keep, strict=True) if k)
        assert path.read_bytes() == b"\xef\xbb\xbf" + (head + kept).encode()
    assert done.out == f"{train}: the other 3 rows.\n{test}: 2 rows of 5, drawn by seed 1.\n"


def test_both_parts_are_the_rows_of_fit(table: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(table.parent)
    assert cli("split", table.name, "--holdout", "0.25").code == 0
    mask = held_out(ll.ModelConfig(), read_table(table), 0.25)
    for name, keep in (("train.train.csv", ~mask), ("train.test.csv", mask)):
        want = np.array(COLUMNS["price"])[keep]
        np.testing.assert_array_equal(read_table(name).numeric("price"), want)
    done = cli("split", table.name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "likelinet: train.train.csv: is there already, and stays as it is; name two others by -o"
    )


def write_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a,b\n" + b"".join(b"%d,x\n" % i for i in range(10))))


FORMS: dict[str, Any] = {
    "t.csv.gz": write_gzip,
    "t.parquet": lambda path: pa.parquet.write_table(pa.table({"a": range(10), "b": ["x"] * 10}), path),
    "t.feather": lambda path: pa.feather.write_feather(pa.table({"a": range(10), "b": ["x"] * 10}), path),
}


@pytest.mark.parametrize("name", FORMS)
def test_other_files(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    FORMS[name](tmp_path / name)
    assert cli("split", name, "--time", "a").code == 0
    suffix = {"t.csv.gz": ".csv"}.get(name, Path(name).suffix)
    for part, want in (("train", range(8)), ("test", [8, 9])):
        assert read_table(f"t.{part}{suffix}").numeric("a").tolist() == [*want]


def test_another_encoding_becomes_utf_8(tmp_path: Path):
    file, train, test = tmp_path / "t.csv", tmp_path / "a", tmp_path / "b"
    file.write_bytes("a,b\n1,ü\n2,ö\n".encode("utf-16"))
    done = cli("split", file, "--time", "a", "-o", train, test)
    assert done.err == f"likelinet: note: {file}: it is written as UTF-8.\n"
    assert (train.read_text("utf-8-sig"), test.read_text("utf-8-sig")) == ("a,b\n1,ü\n", "a,b\n2,ö\n")


def test_one_file_is_too_few(table: Path):
    done = cli("split", table, "-o", table.with_name("a"), table.with_name("a"))
    assert (done.code, table.with_name("a").exists()) == (2, False)
    assert "both parts cannot go to one file; name two by -o." in done.err


# ---- a family to begin with ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "family"),
    [
        (["a", "b", "c"] * 9, {"kind": "categorical"}),
        (["yes", "", "no"] * 9, {"kind": "bernoulli"}),
        ([True, False] * 9, {"kind": "bernoulli"}),
        ([0, 1] * 9, {"kind": "bernoulli"}),
        ([1.0, 2.0, np.nan] * 9, {"kind": "bernoulli"}),
        (RNG.poisson(3.0, 200), {"kind": "negative_binomial"}),
        (RNG.poisson(3.0, 200).astype(str), {"kind": "negative_binomial"}),
        (RNG.normal(60.0, 4.0, 200).round(), {"kind": "discretised", "base": {"kind": "gaussian"}}),
        (RNG.integers(1990, 2020, 200), {"kind": "gaussian"}),
        (RNG.integers(2006, 2011, 200), {"kind": "ordered_logistic", "levels": [2006, 2007, 2008, 2009, 2010]}),
        (RNG.integers(-2, 3, 200), {"kind": "ordered_logistic", "levels": [-2, -1, 0, 1, 2]}),
        (RNG.normal(500.0, 50.0, 200).round(), {"kind": "gaussian"}),
        (RNG.lognormal(12.0, 0.5, 200).round(), {"kind": "log_normal"}),
        (RNG.gamma(2.0, size=200), {"kind": "gamma"}),
        (1e9 * RNG.gamma(2.0, size=200), {"kind": "gamma"}),
        (RNG.normal(100.0, 10.0, 200), {"kind": "gaussian"}),
        (RNG.normal(size=200), {"kind": "gaussian"}),
        (RNG.beta(2.0, 3.0, 200), {"kind": "beta"}),
        (RNG.uniform(size=200) * (RNG.uniform(size=200) > 0.5), {"kind": "hurdle", "base": {"kind": "beta"}}),
        (RNG.lognormal(size=200) * (RNG.uniform(size=200) > 0.5), {"kind": "hurdle", "base": {"kind": "log_normal"}}),
    ],
)
def test_a_family_to_begin_with(y: Any, family: dict[str, Any]):
    found = suggested(as_table({"y": y}), "y")
    assert found.distribution == family
    assert ll.ModelConfig.model_validate({"distribution": found.distribution})
    assert found.why.startswith("has ")


# ---- init ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["price", "sold", "visits"])
def test_a_written_config_fits_as_it_is(table: Path, target: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(table.parent)
    done = cli("init", table.name, "--target", target)
    assert (done.code, done.err) == (0, "")
    line = done.out.splitlines()[-1]
    assert line == "Next: likelinet fit config.yaml train.csv --holdout 0.2"
    config = ll.load_config("config.yaml")
    assert config.data.target == target
    assert config.distribution.in_brief in done.out
    assert cli(*line.split()[2:], "--set", "training.steps=2").code == 0
    text = Path("config.yaml").read_text(encoding="utf-8")
    for name in COLUMNS:
        assert (f"  #   {name} " in text) == (name != target)


def test_its_comments_are_the_defaults(table: Path):
    config = table.with_name("c.yaml")
    assert cli("init", table, "--target", "price", "-o", config).code == 0
    keys = "features|weight|groups|time|network|ensemble|training|  [a-z_]+"
    text = re.sub(rf"(?m)^( *)# ({keys}):", r"\1\2:", config.read_text(encoding="utf-8"))
    told = yaml.safe_load(text)
    assert told["data"].pop("features") == [name for name in COLUMNS if name != "price"]
    assert ll.ModelConfig.model_validate(told) == ll.load_config(config)
    assert set(told) == {"data", "distribution", "network", "ensemble", "groups", "training"}


def test_names_that_yaml_would_misread(tmp_path: Path):
    table, config = write_csv(tmp_path / "t.csv", {"no": [1.5, 2.5, 3.0], "a: #b\n": [1, 2, 3]}), tmp_path / "c.yaml"
    assert cli("init", table, "--target", "no", "-o", config).code == 0
    assert ll.load_config(config).data.target == "no"


def test_no_file_is_replaced(table: Path):
    config = table.with_name("c.yaml")
    config.write_text("mine")
    done = cli("init", table, "--target", "price", "-o", config)
    assert (done.code, done.out, config.read_text()) == (2, "", "mine")
    assert "c.yaml: is there already, and stays as it is; name another one by -o, or remove it." in done.err
