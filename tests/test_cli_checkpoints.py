"""`likelinet fit --checkpoint`: options, signals, two fits at once, and a disk that is full."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import likelinet as ll
from likelinet.core.writing import replacing
from likelinet.model import container
from likelinet.training.history import Epoch
from likelinet.training.progress import Progress
from tests.small import COLUMNS, FEATURES, Result, cli, write_csv

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="no such signals there"),
    pytest.mark.usefixtures("signals"),
]
EPOCHS = 12
MODEL = "model.safetensors"


def fit(folder: Path, *options: Any, output: str = MODEL) -> Result:
    train = write_csv(folder / "train.csv", COLUMNS)
    declared = ("quality=plain", "network.hidden=[4]", f"training.epochs={EPOCHS}", FEATURES)
    sets = [part for key in declared for part in ("--set", key)]
    return cli("fit", train, "--target", "price", *sets, "-o", folder / output, *options)


def in_epoch(epoch: int, what: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something at the end of an epoch, once."""
    left = [epoch]

    def look(_: Progress, record: Epoch) -> None:
        if [record.epoch] == left:
            left.clear()
            what()

    monkeypatch.setattr(Progress, "__call__", look)


def weights(path: Path) -> dict[str, bytes]:
    return {name: a.tobytes() for name, a in container.load(path)[0].items()}


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_keep_the_best_so_far_and_resume_goes_on(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    number, checkpoints = getattr(signal, name), tmp_path / "checkpoints"
    assert fit(tmp_path, output="whole.safetensors").code == 0

    def ask_and_end() -> None:
        signal.raise_signal(signal.SIGUSR1)
        in_epoch(5, lambda: signal.raise_signal(number), monkeypatch)

    in_epoch(4, ask_and_end, monkeypatch)
    done = fit(tmp_path, "--checkpoint", checkpoints, "--every", "1h")
    said = "interrupted" if name == "SIGINT" else f"ended by {name}"
    assert done.code == 128 + number
    assert [line for line in done.err.splitlines() if line] == [
        f"likelinet: training was cut short; the best model so far is in {tmp_path / MODEL}.",
        f"likelinet: {said}. The same command with --resume goes on from the checkpoint in {checkpoints}.",
    ]
    assert ll.Model.load(tmp_path / MODEL).history.stopped == "interrupted"
    refused = fit(tmp_path, "--checkpoint", checkpoints)
    assert refused.code == 2
    assert refused.err.startswith(f"likelinet: {checkpoints}: holds a fit that has not ended; go on with it by --resu")
    seen: list[int] = []
    monkeypatch.setattr(Progress, "__call__", lambda _, record: seen.append(record.epoch))
    assert fit(tmp_path, "--checkpoint", checkpoints, "--resume").code == 0
    assert seen == [*range(5, EPOCHS + 1)]
    assert weights(tmp_path / MODEL) == weights(tmp_path / "whole.safetensors")
    assert fit(tmp_path, "--checkpoint", checkpoints, "--resume", output="again.safetensors").code == 0
    assert len(seen) == EPOCHS - 4  # it has ended: nothing is trained again
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / MODEL).read_bytes()
    assert not [path.name for path in tmp_path.rglob("*.lock")]


def test_a_second_signal_while_it_is_saved_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    save = ll.Model.save

    def pressed(self: ll.Model, path: Any) -> None:
        signal.raise_signal(signal.SIGTERM)
        save(self, path)

    monkeypatch.setattr(ll.Model, "save", pressed)
    in_epoch(2, lambda: signal.raise_signal(signal.SIGHUP), monkeypatch)
    done = fit(tmp_path)
    assert (done.code, done.err.splitlines()[-1]) == (129, "likelinet: ended by SIGHUP.")
    assert ll.Model.load(tmp_path / MODEL).history.stopped == "interrupted"
    monkeypatch.setattr(Progress, "__call__", lambda *_: None)
    done = fit(tmp_path, output="whole.safetensors")
    whole = tmp_path / "whole.safetensors"
    assert (done.code, done.err.splitlines()[-1]) == (143, f"likelinet: ended by SIGTERM. The model is in {whole}.")
    assert ll.Model.load(whole).history.stopped == "finished"


def test_sigterm_ends_a_fit_that_does_not_hear_ctrl_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As one in the background of a script."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    in_epoch(2, lambda: signal.raise_signal(signal.SIGTERM), monkeypatch)
    done = fit(tmp_path)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert (done.code, done.err.splitlines()[-1]) == (143, "likelinet: ended by SIGTERM.")
    assert ll.Model.load(tmp_path / MODEL).history.stopped == "interrupted"


def test_sigusr1_without_a_folder_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    in_epoch(2, lambda: signal.raise_signal(signal.SIGUSR1), monkeypatch)
    assert fit(tmp_path).code == 0
    said = "likelinet: SIGUSR1 asks for a checkpoint, but there is no --checkpoint DIR to write it to.\n"
    assert capfd.readouterr().err == said


@pytest.mark.parametrize("options", [("--resume",), ("--every", "60s")])
def test_options_that_need_a_folder(options: tuple[str, ...], tmp_path: Path):
    done = fit(tmp_path, *options)
    assert done.code == 2
    assert f"{options[0]}: add --checkpoint DIR" in done.err


@pytest.mark.parametrize(("every", "seconds"), [("60s", 60.0), ("5min", 300.0), ("1.5h", 5400.0), ("7", 7.0)])
def test_how_often(every: str, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found: list[float] = []
    monkeypatch.setattr("likelinet.cli.fit.fit_command", lambda *given: found.append(given[-2].every))
    assert fit(tmp_path, "--checkpoint", tmp_path / "c", "--every", every).code == 0
    assert found == [seconds]


@pytest.mark.parametrize("every", ["soon", "0s", "-1", "inf", "5 days"])
def test_no_time(every: str, tmp_path: Path):
    done = fit(tmp_path, "--checkpoint", tmp_path / "c", "--every", every)
    assert (done.code, f"'{every}' is no time; write 60s, 5min or 1h" in done.err) == (2, True)


def test_two_fits_of_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    done: list[Result] = []

    def both() -> None:
        second = ("fit", tmp_path / "train.csv", "--target", "price", "-o")
        done.append(cli(*second, tmp_path / MODEL))
        done.append(cli(*second, tmp_path / "other", "--checkpoint", tmp_path / "c", "--resume"))

    in_epoch(2, both, monkeypatch)
    assert fit(tmp_path, "--checkpoint", tmp_path / "c").code == 0
    said = [
        f"likelinet: {tmp_path / MODEL}: another fit writes this file; wait for its end, or name another one.\n",
        f"likelinet: {tmp_path / 'c'}: another fit writes its checkpoints there; wait for its end, or name another "
        "folder.\n",
    ]
    assert [(d.code, d.out, d.err) for d in done] == [(2, "", text) for text in said]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", MODEL, "train.csv"]


def test_a_full_disk_does_not_lose_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "full").mkdir()
    (tmp_path / "elsewhere").mkdir()
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.parent == tmp_path / "full":
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    done = fit(tmp_path, "--quiet", output=f"full/{MODEL}")
    (saved,) = (tmp_path / "elsewhere").rglob(MODEL)
    asked = tmp_path / "full" / MODEL
    assert (done.code, done.out) == (2, "")
    said = f"{asked}: cannot write the model (No space left on device); check the folder. It is in {saved} instead."
    assert done.err.splitlines()[-1] == f"likelinet: {said}"
    assert ll.Model.load(saved).history.stopped == "finished"
    assert [*(tmp_path / "full").iterdir()] == []


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("likelinet.model.model.Model.fit", lambda *a, **k: pytest.fail("trained in vain"))

    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)
    done = fit(tmp_path, "--checkpoint", tmp_path / "c")
    said = f"likelinet: {tmp_path / 'c'}: no folder for checkpoints can be there (Permission denied).\n"
    assert (done.code, done.err) == (2, said)


@pytest.mark.slow
def test_fits_that_are_killed_come_to_the_same_bits(tmp_path: Path):
    """Small: `benchmarks/kills.py` does it a hundred times."""
    root = Path(__file__).parents[1]
    command = [sys.executable, root / "benchmarks" / "kills.py", "good", "jax", "--kills", "4", "--folder", tmp_path]
    end = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert end.returncode == 0, end.stderr
    found = [json.loads(line) for line in end.stdout.splitlines()[:2]]
    assert [(case["case"], case["kills"], case["wrong"]) for case in found] == [("good", 2, 0), ("jax", 2, 0)]


def test_a_lock_that_a_dead_process_left_locks_nothing(tmp_path: Path):
    from likelinet.core.locking import locked

    lock = tmp_path / "lock"
    program = "import sys, os, pathlib; from likelinet.core.locking import locked\n"
    program += "with locked(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", program, str(lock)], check=False)
    assert lock.exists()
    with locked(lock):
        with pytest.raises(BlockingIOError), locked(lock):
            pytest.fail("two hold it")
        assert lock.exists()
    assert not lock.exists()
    with replacing(tmp_path / "file") as new:
        new.touch()
