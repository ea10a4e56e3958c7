"""The command line with - for standard input and output."""

import io
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.small import cli, fit

PRICE = "data.target=price"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fitted")
    assert fit(folder, PRICE).code == 0
    return folder


@pytest.fixture
def at(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with model.safetensors and train.csv, which is the current one; the table comes in as well."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO((tmp_path / "train.csv").read_bytes())))
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ("predict", "model.safetensors", "{}", "--keep", "colour"),
        ("sample", "model.safetensors", "{}", "--seed", "1"),
        ("evaluate", "model.safetensors", "{}"),
        ("check", "{}", "--target", "price"),
    ],
)
def test_a_table_comes_in(command: tuple[str, ...], at: Path):
    of_file, of_input = (cli(*(part.format(name) for part in command)) for name in ("train.csv", "-"))
    assert of_input.code == of_file.code == 0
    assert of_input.out == of_file.out.replace("train.csv", "-")


def test_a_table_to_fit_comes_in(at: Path):
    assert (
        cli(
            "fit", "-", "--target", "price", "--holdout", "0.2", "--set", "quality=plain", "--set", "training.epochs=2"
        ).code
        == 0
    )
    cli(
        "fit",
        "train.csv",
        "--target",
        "price",
        "--holdout",
        "0.2",
        "--set",
        "quality=plain",
        "--set",
        "training.epochs=2",
        "-o",
        "other",
    )
    shown = [cli("predict", model, "train.csv").out for model in ("model.safetensors", "other")]
    assert shown[0] == shown[1] != ""


def test_rows_go_out(at: Path):
    plain = cli("predict", "model.safetensors", "train.csv")
    assert cli("predict", "model.safetensors", "train.csv", "-o", "-").out == plain.out != ""
    assert not (at / "-").exists()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("fit", "train.csv", "--target", "price", "-o", "-"), "-o -: only rows of predictions go to standard output"),
        (("init", "train.csv", "--target", "price", "-o", "-"), "-o -: only rows of predictions go to standard output"),
        (("recalibrate", "model.safetensors", "train.csv", "-o", "-"), "-o -: only rows of predictions go to standard"),
        (("plot", "model.safetensors", "train.csv", "-o", "-"), "-: cannot write the picture there; name a file with"),
        (("split", "-"), "-: split copies the lines of a file, not those of standard input: save the table"),
        (("predict", "model.safetensors", "-", "-"), "-: this file is given twice"),
    ],
)
def test_what_does_not_come_in_or_go_out(command: tuple[str, ...], message: str, at: Path):
    before = {path.name for path in at.iterdir()}
    done = cli(*command)
    assert done.code == 2
    assert done.err.startswith(f"likelinet: {message}")
    assert {path.name for path in at.iterdir()} == before


def test_standard_input_may_be_closed(at: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", None)
    assert cli("predict", "model.safetensors", "-").err == "likelinet: -: standard input is closed; name a file.\n"
