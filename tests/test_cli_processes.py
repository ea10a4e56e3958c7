"""`likelinet fit --processes`: what it refuses, and one fit that two processes compute."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from likelinet.cli import processes
from likelinet.model.model import Model
from tests.small import COLUMNS, FEATURES, Result, cli, write_csv

jax = pytest.importorskip("jax")

SETS = ("quality=plain", "network.hidden=[4]", "engine=jax", "training.batch_size=16", FEATURES)
WAIT = 900  # seconds at most, on a busy machine


def options(*keys: str) -> list[str]:
    return [part for key in (*SETS, *keys) for part in ("--set", key)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--coordinator", "a:1"], "--coordinator: add --processes"),
        (["--process-id", "0"], "--process-id: add --processes"),
        (["--processes", "two"], "'two' is neither a number of processes, from 1 on, nor auto"),
        (["--processes", "2", "--process-id", "0"], "--processes 2: add --coordinator HOST:PORT"),
        (["--processes", "2", "--coordinator", "a:1"], "--processes 2: add --process-id"),
        (["--processes", "2", "--coordinator", "a:1", "--process-id", "2"], "of 2 processes they are 0 to 1"),
        (["--processes", "2", "--coordinator", "a", "--process-id", "1"], "--coordinator a: write HOST:PORT"),
        (
            ["--processes", "2", "--coordinator", "a:70000", "--process-id", "1"],
            "--coordinator a:70000: write HOST:PORT",
        ),
        (["--processes", "2", "--coordinator", "a:0", "--process-id", "1"], "--coordinator a:0: write HOST:PORT"),
        (
            ["--processes", "auto", "--process-id", "1"],
            "--processes auto: JAX finds --coordinator and --process-id as well",
        ),
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, given: list[str], said: str):
    table = write_csv(tmp_path / "train.csv", COLUMNS)
    found = cli("fit", table, "--target", "price", "-o", tmp_path / "model", *given)
    assert found.code == 2
    assert said in found.err


def test_nobody_listens_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processes, "WAIT", 0.0)
    with socket.socket() as s:
        s.bind(("localhost", 0))
        address = f"localhost:{s.getsockname()[1]}"
        given = ["--processes", "2", "--process-id", "1", "--coordinator", address]
        found = cli("fit", write_csv(tmp_path / "train.csv", COLUMNS), "--target", "price", *given)
    assert found.code == 2
    assert f"--coordinator {address}: process 0 does not answer there" in found.err


def alone(folder: Path, *more: str) -> Result:
    """Fit by one process that is asked for as several are."""
    with socket.socket() as s:
        s.bind(("localhost", 0))
        address = f"localhost:{s.getsockname()[1]}"
    given = ["--processes", "1", "--process-id", "0", "--coordinator", address, *more]
    table = write_csv(folder / "train.csv", COLUMNS)
    sets = options("devices=all", "training.epochs=2")
    return cli("fit", table, "--target", "price", *sets, "-o", folder / "model.safetensors", *given)


def test_one_process_that_is_asked_for_as_several_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(jax.distributed, "initialize", lambda **given: told.append(given))
    done = alone(tmp_path, "--quiet")
    assert (done.code, done.out) == (0, "")
    assert (told[0]["num_processes"], told[0]["process_id"]) == (1, 0)
    assert Model.load(tmp_path / "model.safetensors").history.engine == "jax"


def test_jax_cannot_join_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(**_: Any) -> None:
        raise RuntimeError("only once\nand more")

    monkeypatch.setattr(jax.distributed, "initialize", refused)
    assert "--processes: JAX cannot join them (only once)." in alone(tmp_path).err


def test_the_others_do_not_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ended = threading.Event()
    monkeypatch.setattr(processes, "WAIT", 0.0)
    monkeypatch.setattr(jax.distributed, "initialize", lambda **_: ended.wait(60.0))
    done = alone(tmp_path)
    ended.set()
    assert done.code == 2
    assert "--processes: after 0 s not all of them have come" in done.err


def test_a_port_that_is_taken(tmp_path: Path):
    with socket.socket() as s:
        s.bind(("", 0))
        s.listen()
        done = alone(tmp_path, "--coordinator", f"localhost:{s.getsockname()[1]}")
    assert done.code == 2
    assert "cannot be taken" in done.err


def test_who_has_joined_others_ends_without_waiting_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    codes: list[int] = []

    def left(code: int) -> None:
        codes.append(code)
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", left)
    monkeypatch.setattr(jax.distributed, "is_initialized", lambda: True)
    assert cli("fit", tmp_path / "none.csv", "--target", "price").code == 2
    assert codes == [2]


def test_devices_are_those_of_jax(tmp_path: Path):
    table = write_csv(tmp_path / "train.csv", COLUMNS)
    found = cli("fit", table, "--target", "price", "--set", "devices=all", "-o", tmp_path / "model")
    assert found.code == 2
    assert "'devices' are those of JAX, and 'engine' is 'auto': write engine: jax" in found.err


def begun(folder: Path, *more: str) -> list[subprocess.Popen[str]]:
    with socket.socket() as s:
        s.bind(("localhost", 0))
        address = f"localhost:{s.getsockname()[1]}"
    table = write_csv(folder / "train.csv", COLUMNS)
    command = [
        sys.executable,
        "-m",
        "likelinet",
        "fit",
        str(table),
        "--target",
        "price",
        *options("devices=all", *more),
    ]
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "XLA_FLAGS": ""}
    return [
        subprocess.Popen(
            [
                *(*command, "-o", str(folder / f"model{i}.safetensors"), "--checkpoint", str(folder / "kept")),
                *("--every", "1s", "--processes", "2", "--process-id", str(i), "--coordinator", address),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for i in (0, 1)
    ]


def ended(started: list[subprocess.Popen[str]]) -> list[tuple[int, str, str]]:
    found = []
    for each in started:
        out, error = each.communicate(timeout=WAIT)
        found.append((each.returncode, out, error))
    return found


def written(folder: Path) -> None:
    until = time.monotonic() + WAIT
    while len([*folder.glob("kept/*.checkpoint")]) < 2:
        assert time.monotonic() < until


@pytest.mark.slow
def test_two_processes_write_one_model(tmp_path: Path):
    (code, out, _), (other, silent, errors) = ended(begun(tmp_path, "training.epochs=5"))
    assert (code, other, silent, errors) == (0, 0, "", "")
    assert "parameters with jax in 5 epochs" in out
    assert not (tmp_path / "model1.safetensors").exists()
    table, output = tmp_path / "train.csv", tmp_path / "alone.safetensors"
    assert cli("fit", table, "--target", "price", *options("training.epochs=5"), "-o", output).code == 0
    one, two = (Model.load(tmp_path / f"{name}.safetensors")._fitted().theta for name in ("alone", "model0"))
    np.testing.assert_allclose(two, one, rtol=0, atol=1e-5)


def computing(started: subprocess.Popen[str]) -> int:
    """Return the number of the child that computes."""
    return int(Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child where Linux has it")
@pytest.mark.parametrize("dies", [0, 1])
def test_a_process_that_dies_ends_the_fit(tmp_path: Path, dies: int):
    started = begun(tmp_path, "training.epochs=100000")
    written(tmp_path)
    os.kill(computing(started[dies]), signal.SIGKILL)
    found = ended(started)
    assert [code for code, _, _ in found] == [128 + signal.SIGKILL if i == dies else 2 for i in (0, 1)]
    other = 1 - dies
    assert found[other][2].count(f"likelinet: Process {other} of 2 cannot reach another one, which has ended") == 1
    assert len(found[1][2].splitlines()) == 1  # that of process 0 has notes as well


@pytest.mark.slow
def test_a_signal_to_one_of_them_ends_all(tmp_path: Path):
    started = begun(tmp_path, "training.epochs=100000")
    written(tmp_path)
    started[1].send_signal(signal.SIGTERM)  # as Ctrl-C, which a shell may have switched off
    (code, _, said), (other, _, _) = ended(started)
    assert (code, other) == (130, 143)
    assert "The same command with --resume goes on" in said


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child where Linux has it")
def test_one_that_waits_for_another_that_hangs_ends_at_a_second_signal(tmp_path: Path):
    started = begun(tmp_path, "training.epochs=100000")
    written(tmp_path)
    hanging = computing(started[1])
    os.kill(hanging, signal.SIGSTOP)
    started[0].send_signal(signal.SIGTERM)
    assert started[0].stderr is not None
    assert any("Process 0 of 2 ends as soon as the other processes do" in line for line in started[0].stderr)
    started[0].send_signal(signal.SIGTERM)
    assert started[0].wait(WAIT) == 143
    os.kill(hanging, signal.SIGCONT)
    (_, _, said), (code, _, lost) = ended(started)
    assert said == "likelinet: SIGTERM came twice, so this process ends without the others.\n"
    assert code == 2
    assert lost.startswith("likelinet: Process 1 of 2 cannot reach another one")
