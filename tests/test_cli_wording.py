"""What the commands print where it would be cut off, or say less than a user needs."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from likelinet.cli.describe import summary
from tests import small
from tests.small import COLUMNS, cli, fit, quick, write_csv

RNG = np.random.default_rng(5)


def test_a_picture_needs_what_was_observed(tmp_path: Path):
    assert fit(tmp_path, "data.target=price").code == 0
    new = write_csv(tmp_path / "new.csv", {name: COLUMNS[name] for name in ("size", "age", "colour")})
    done = cli("plot", tmp_path / "model.safetensors", new, "-o", tmp_path / "p.png")
    assert (done.code, (tmp_path / "p.png").exists()) == (2, False)
    assert done.err == (
        "likelinet: There is no column 'price' in the table (possible: age, colour, size): a picture has what was "
        "observed beside what is predicted; `likelinet predict` needs no more than the latter.\n"
    )


def test_what_is_short_comes_first_in_a_line_of_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    engine = [f"{v} CC" for v in RNG.integers(600, 3000, 399)]
    table = write_csv(tmp_path / "t.csv", {"engine": [*engine, ""], "y": RNG.normal(size=400).tolist()})
    command = ("check", table, "--target", "y", "--set", "data.numeric.bins=16")
    monkeypatch.setattr("shutil.get_terminal_size", lambda fallback: os.terminal_size(fallback))
    line = next(line for line in cli(*command).out.splitlines() if line.startswith("engine"))
    assert "  number, in 16 bins, with mis" in line
    assert len(line) <= 110
    (column, _) = json.loads(cli(*command, "--json").out)["columns"]
    for wide, shown in ((90, line), (120, f"{line[:-1]}sing cells…"), (300, line[:81] + column["encoding"])):
        monkeypatch.setattr("shutil.get_terminal_size", lambda _, wide=wide: os.terminal_size((wide, 24)))
        assert shown in cli(*command).out.splitlines()
    first = engine[0]
    assert column["encoding"] == (
        f"number, in 16 bins, with missing cells (numbers with the unit 'CC' ('{first}' is {first[:-3]}))"
    )


def test_a_target_in_dress_has_its_range(tmp_path: Path):
    prices = [f"{1000 + 97 * i:,}.50 €" for i in range(80)]
    table = write_csv(tmp_path / "t.csv", {"a": RNG.normal(size=81).tolist(), "price": [*prices, "on request"]})
    line = next(line for line in cli("check", table, "--target", "price").out.splitlines() if line.startswith("price"))
    assert line.split() == ["price", "target", "80", "1", "1000", "…", "8664"]
    words = cli("check", table, "--target", "price", "--set", "distribution.kind=categorical").out
    assert "1,000.50 €, 1,097.50 €," in words


def test_large_numbers_have_no_exponent(tmp_path: Path):
    y = [0.123456, 81152.913, 123456789.5, *RNG.normal(size=40)]
    table = write_csv(tmp_path / "t.csv", {"a": RNG.normal(size=43).tolist(), "y": np.abs(y).tolist()})
    (_, column) = json.loads(cli("check", table, "--target", "y", "--json").out)["columns"]
    assert column["values"].endswith(" … 123456790")


def test_missing_numbers_are_suggested_as_they_were_given(tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", {"a": RNG.normal(size=40).tolist(), "y": RNG.normal(size=40).tolist()})
    assert "  missing: [99, -1.5, x]\n" in cli("check", table, "--set", "data.missing=[99, -1.5, x]").out


def test_numbers_that_may_mean_missing_cells_are_in_a_comment_of_the_config(tmp_path: Path):
    answers = 8 * [1, 2, 3, 4, 5]
    columns = {"a": [*answers[:-3], 98, 99, 99], "b": [*answers[:-2], 99, 99], "c": answers, "y": RNG.normal(size=40)}
    table = write_csv(tmp_path / "t.csv", {name: list(cells) for name, cells in columns.items()})
    out = cli("check", table, "--target", "y", "--set", "data.missing=[x]").out
    config = out.partition("Suggested config:\n\n")[2]
    assert config.startswith(
        "data:\n  target: y\n  missing: [x]\n  # missing: [x, 98, 99]  # if these mean missing cells\n"
    )
    assert "# missing" not in cli("check", table, "--set", "data.missing=[98, 99]").out
    assert cli("init", table, "--target", "y", "-o", tmp_path / "c.yaml").code == 0
    assert "\n  # missing: [98, 99]  # if these mean missing cells\n" in (tmp_path / "c.yaml").read_text()


def test_time_that_cut_training_off_is_named(tmp_path: Path):
    done = fit(tmp_path, "data.target=price", "training.time=1.0e-9", "training.epochs=50")
    assert "in 1 epoch (cut off by training.time; best epoch 1)" in done.out
    assert "training: Fitted " in (shown := cli("show", tmp_path / "model.safetensors").out)
    assert "(cut off by training.time; best epoch 1)" in shown


@pytest.mark.parametrize(("patience", "epochs", "said"), [(2, 400, 2), (None, 400, 60), (None, None, 60)])
def test_it_says_after_how_many_epochs_it_stopped_early(
    patience: int | None, epochs: int | None, said: int, tmp_path: Path
):
    """Without inputs and at a high rate nothing is gained for long."""
    stops = {"early_stopping": {"patience": patience}, "epochs": epochs, "optimizer": {"learning_rate": 0.3}}
    model = quick(training=stops | {"schedule": None, "batch_size": 8}).fit(*small.table())
    assert model.history.stopped == "early stopping"
    assert f" (early stopping after {said} epochs without gain; best epoch {model.history.best_epoch[0]})" in summary(
        model
    )
    model.save(tmp_path / "m.safetensors")
    assert f" after {said} epochs without gain; " in cli("show", tmp_path / "m.safetensors").out
