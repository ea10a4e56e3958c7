"""What commands write destroys nothing: no input, no earlier model, and no file that is half replaced."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.cli.describe import summary
from likelinet.cli.fit import save_cut_short
from likelinet.cli.formats import write_csv
from likelinet.cli.output import save_figure
from likelinet.engines.numpy import NumpyRun
from likelinet.training.kept import Kept
from tests.small import COLUMNS, cli, fit

PRICE = "data.target=price"
WILD = "training={optimizer: {kind: sgd, learning_rate: 1.0e+30}, gradient_clip: null, epochs: 20}"
# One step far over the top: its loss is finite, and terrible.
ROSE = "training={optimizer: {kind: sgd, learning_rate: 30.0}, schedule: null, batch_size: null, epochs: 1}"
MODEL, TABLE = "model.safetensors", "train.csv"


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fitted")
    assert fit(folder, PRICE).code == 0
    return folder


@pytest.fixture
def folder(fitted: Path, tmp_path: Path) -> Path:
    """Return a folder with config.yaml, train.csv and model.safetensors."""
    return shutil.copytree(fitted, tmp_path, dirs_exist_ok=True)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


COMMANDS: dict[str, tuple[str, ...]] = {
    "fit": ("config.yaml", TABLE),
    "predict": (MODEL, TABLE),
    "sample": (MODEL, TABLE),
    "encode": (MODEL, TABLE),
    "generate": (MODEL,),
    "plot": (MODEL, TABLE),
}


def itself(path: Path) -> Path:
    return path


def other_spelling(path: Path) -> str:
    return f"{path.parent}/../{path.parent.name}/{path.name}"


def relative(path: Path) -> str:
    return os.path.relpath(path)


def symbolic_link(path: Path) -> Path:
    link = path.with_name("link.png")
    link.symlink_to(path)
    return link


def hard_link(path: Path) -> Path:
    link = path.with_name("link.png")
    link.hardlink_to(path)
    return link


@pytest.mark.parametrize("alias", [itself, other_spelling, relative, symbolic_link, hard_link])
@pytest.mark.parametrize(("command", "at"), [(c, i) for c, names in COMMANDS.items() for i in range(len(names))])
def test_an_input_is_no_output(
    command: str, at: int, alias: Callable[[Path], Any], folder: Path, monkeypatch: pytest.MonkeyPatch
):
    given = [folder / name for name in COMMANDS[command]]
    output = alias(given[at])
    before = contents(folder)
    for work in ("likelinet.model.model.Model.fit", "likelinet.model.model.Model.load"):
        monkeypatch.setattr(work, lambda *a, **k: pytest.fail("worked in vain"))
    done = cli(command, *given, "-o", output)
    expected = f"likelinet: {output}: this is the input {given[at]}, which would be lost; choose another name by -o.\n"
    assert (done.code, done.out, done.err) == (2, "", expected)
    assert contents(folder) == before


def test_the_default_output_may_be_an_input_too(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder)
    (folder / TABLE).rename("picture.png")
    before = contents(folder)
    done = cli("plot", MODEL, "picture.png")
    assert (done.code, "picture.png: this is the input picture.png" in done.err) == (2, True)
    assert contents(folder) == before


def test_a_model_that_may_not_be_written_is_known_before_training(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "access", lambda path, mode: (Path(path).name, mode) != (MODEL, os.W_OK))
    monkeypatch.setattr("likelinet.model.model.Model.fit", lambda *a, **k: pytest.fail("trained in vain"))
    done = fit(folder, PRICE)
    assert done.code == 2
    assert "cannot write there; name a file in a folder" in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_that_is_too_long_is_known_before_any_work(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch):
    for work in ("likelinet.model.model.Model.fit", "likelinet.model.model.Model.load"):
        monkeypatch.setattr(work, lambda *a, **k: pytest.fail("worked in vain"))
    done = cli(command, *(folder / name for name in COMMANDS[command]), "-o", folder / f"{'n' * 300}.png")
    assert (done.code, done.out) == (2, "")
    assert "cannot write there (File name too long); choose another one." in done.err


def test_a_diverged_fit_leaves_the_earlier_model(folder: Path):
    before = contents(folder)
    done = fit(folder, PRICE, WILD)
    kept, why = done.err.splitlines()
    assert done.code == 2
    assert kept == f"likelinet: training was cut short; nothing was learned, and {folder / MODEL} stays as it was."
    assert "The loss is not finite in epoch 1" in why
    assert contents(folder) == before


def test_a_loss_that_rose_leaves_the_earlier_model(folder: Path, tmp_path: Path):
    before = contents(folder)
    done = fit(folder, PRICE, ROSE)
    kept, why = done.err.splitlines()
    assert done.code == 2
    assert kept == f"likelinet: training diverged; nothing was learned, and {folder / MODEL} stays as it was."
    assert why.startswith("likelinet: The loss rose from ")
    assert contents(folder) == before
    (folder / MODEL).unlink()
    done = fit(folder, PRICE, ROSE)
    told = f"likelinet: training diverged; the start is in {folder / MODEL}."
    assert (done.code, done.err.splitlines()[0]) == (2, told)
    shown = cli("show", folder / MODEL).out
    told = "the start was already the best; lower training.optimizer.learning_rate"
    assert f"in 1 epoch (diverged; best epoch 0): {told}\n" in shown


def test_a_loss_that_is_not_finite_leaves_the_start_under_a_new_name(tmp_path: Path):
    done = fit(tmp_path, PRICE, WILD)
    assert done.code == 2
    assert done.err.splitlines()[0] == f"likelinet: training was cut short; the start is in {tmp_path / MODEL}."


def test_ctrl_c_is_told_beside_a_model_that_cannot_be_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: Any) -> None:
        raise ll.ModelFileError("the disk is full.")

    monkeypatch.setattr(ll.Model, "save", full)
    interrupted_after(monkeypatch, 2)
    done = fit(tmp_path, PRICE)
    told = ["likelinet: training was cut short; the disk is full.", "", "likelinet: interrupted."]
    assert (done.code, done.err.splitlines()) == (130, told)


def test_a_start_that_was_the_best_replaces_no_model(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def no_use(kept: Kept, settled: int) -> np.ndarray:
        kept.best.back_to_start(np.array([True]))
        return np.array([False])

    monkeypatch.setattr(Kept, "look_back", no_use)
    before = contents(folder)
    done = fit(folder, PRICE)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("likelinet: No epoch was better than the start, so ")
    assert f"{folder / MODEL} stays as it was" in done.err
    assert contents(folder) == before
    (folder / MODEL).unlink()
    done = fit(folder, PRICE)
    assert (done.code, done.err) == (0, "")
    assert "best epoch 0): the start was already the best, " in done.out
    assert (folder / MODEL).exists()


@pytest.mark.parametrize("earlier", [True, False])
def test_ctrl_c_in_the_first_epoch_writes_nothing(earlier: bool, folder: Path, monkeypatch: pytest.MonkeyPatch):
    def press(*_: Any) -> None:
        raise KeyboardInterrupt

    if not earlier:
        (folder / MODEL).unlink()
    monkeypatch.setattr(NumpyRun, "_epoch", press)
    before = contents(folder)
    done = fit(folder, PRICE)
    told = f"{folder / MODEL} stays as it was" if earlier else "no model is written"
    assert done.code == 130
    assert done.err.splitlines()[0] == f"likelinet: training was cut short; nothing was learned, and {told}."
    assert contents(folder) == before


def interrupted_after(monkeypatch: pytest.MonkeyPatch, epochs: int) -> None:
    """Press Ctrl-C when some epochs are over; epochs are counted by whoever looks at them."""

    def look(_: Any, epoch: ll.Epoch) -> None:
        if epoch.epoch == epochs:
            raise KeyboardInterrupt

    monkeypatch.setattr("likelinet.training.progress.Progress.__call__", look)


def test_a_training_that_is_cut_short_replaces_no_model(folder: Path, monkeypatch: pytest.MonkeyPatch):
    before = contents(folder)
    interrupted_after(monkeypatch, 2)
    for name in ("model.cut-short.safetensors", "model.cut-short-2.safetensors"):
        done = fit(folder, PRICE)
        told = f"{folder / MODEL} stays as it was, and the best model so far is in {folder / name}."
        assert (done.code, done.err.splitlines()[0]) == (130, f"likelinet: training was cut short; {told}")
        model = ll.Model.load(folder / name)
        assert (model.history.stopped, len(model.history.epochs)) == ("interrupted", 2)
    after = contents(folder)
    assert set(after) - set(before) == {"model.cut-short.safetensors", "model.cut-short-2.safetensors"}
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("stopped", ["interrupted", "not finite"])
@pytest.mark.parametrize(("best", "learned"), [([0, 0], False), ([0, 2], True), ([1, 1], True)])
def test_what_a_member_learned_is_not_lost(stopped: str, best: list[int], learned: bool, folder: Path):
    model = ll.Model.load(folder / MODEL)
    assert model._fit is not None
    history = replace(model.history, best_epoch=best, stopped=stopped, epochs=[])
    model._fit = replace(model._fit, history=history)
    told = save_cut_short(model, folder / MODEL)
    assert ("nothing was learned" in told) is not learned
    assert (folder / "model.cut-short.safetensors").exists() is learned
    assert ("not trained, the weights are those of the start" in summary(model)) is not learned
    assert ("maximum" in summary(model)) is False


def test_show_knows_a_start_from_a_maximum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fit(tmp_path, PRICE, WILD)
    shown = cli("show", tmp_path / MODEL).out
    assert "(not finite; best epoch 0): not trained, the weights are those of the start\n" in shown
    assert "maximum" not in shown
    interrupted_after(monkeypatch, 1)
    (tmp_path / MODEL).unlink()
    fit(tmp_path, PRICE)
    assert "in 1 epoch (interrupted; best epoch 1); last train NLL" in cli("show", tmp_path / MODEL).out


def test_the_maximum_is_still_called_so(tmp_path: Path):
    rates = "distribution={kind: poisson}"
    columns = {**COLUMNS, "visits": [1, 3] * 20}
    assert fit(tmp_path, "data={target: visits, features: []}", rates, columns=columns).code == 0
    shown = cli("show", tmp_path / MODEL).out
    assert "in 0 epochs (finished; best epoch 0): the start was already the maximum" in shown


def broken_off(error: BaseException) -> Iterator[list[float]]:
    yield from ([i / 7.0] for i in range(5000))  # more than any buffer holds
    raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("no"), ll.DataError("no")])
def test_rows_that_break_off_leave_the_old_csv(error: BaseException, tmp_path: Path):
    write_csv(tmp_path / "out.csv", ["a"], [[1]])
    with pytest.raises(type(error)):
        write_csv(tmp_path / "out.csv", ["b"], broken_off(error))
    assert contents(tmp_path) == {"out.csv": b"a\n1\n"}


def test_a_kill_leaves_the_old_csv(tmp_path: Path):
    write_csv(tmp_path / "out.csv", ["a"], [[1]])
    killed = (
        "import os, pathlib, signal\n"
        "from likelinet.cli.formats import write_csv\n"
        "def rows():\n"
        "    yield from ([i / 7.0] for i in range(5000))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"write_csv(pathlib.Path({str(tmp_path / 'out.csv')!r}), ['b'], rows())\n"
    )
    done = subprocess.run([sys.executable, "-c", killed], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "out.csv").read_bytes() == b"a\n1\n"


def test_a_picture_that_breaks_off_leaves_the_old_one(tmp_path: Path):
    class Half:
        def savefig(self, path: Path, **_: Any) -> None:
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")

    (tmp_path / "p.png").write_bytes(b"old")
    with pytest.raises(ll.DataError, match=r"cannot write the picture \(No space left"):
        save_figure(Half(), tmp_path / "p.png")  # type: ignore[arg-type]
    assert contents(tmp_path) == {"p.png": b"old"}


@pytest.mark.parametrize(
    ("ending", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml"), ("PNG", b"\x89PNG")]
)
def test_the_ending_says_in_which_format(ending: str, begins: bytes, folder: Path):
    assert cli("plot", folder / MODEL, folder / TABLE, "-o", folder / f"p.{ending}").code == 0
    assert (folder / f"p.{ending}").read_bytes().startswith(begins)


@pytest.mark.parametrize(("command", "name"), [("predict", "o.csv"), ("sample", "o.csv"), ("plot", "o.png")])
def test_links_and_modes_stay(command: str, name: str, folder: Path):
    (folder / "there").mkdir()
    real, link = folder / "there" / name, folder / name
    real.touch(0o600)
    link.symlink_to(real)
    assert cli(command, folder / MODEL, folder / TABLE, "-o", link).code == 0
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert real.stat().st_size > 100
    assert [path.name for path in real.parent.iterdir()] == [name]


def test_what_is_no_file_is_written_to(folder: Path):
    assert cli("predict", folder / MODEL, folder / TABLE, "-o", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_version_stands_once():
    assert cli("--version").out == f"likelinet, version {ll.__version__}\n"
    project = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert ll.__version__ not in project
    assert 'dynamic = ["version"]' in project
