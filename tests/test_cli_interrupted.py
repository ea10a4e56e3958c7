"""Ctrl-C on the command line: where it came is said, and what is being saved is saved."""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import likelinet as ll
from likelinet.model import stacking
from likelinet.training import interrupts
from likelinet.training.history import Epoch
from likelinet.training.loop import Training
from likelinet.training.progress import Progress
from tests.small import COLUMNS, fit, write_csv

pytestmark = pytest.mark.usefixtures("ctrl_c")
PRICE = "data.target=price"
MODEL = "model.safetensors"


def pressed_in_epoch(monkeypatch: pytest.MonkeyPatch, epoch: int, group: str = "") -> None:
    """Press Ctrl-C in an epoch, of a group where there are some."""
    begin, where = Progress.begin, [""]

    def began(self: Progress, epochs: int, time: float | None = None, part: str = "") -> None:
        where[0] = part
        begin(self, epochs, time, part)

    def look(_: Progress, record: Epoch) -> None:
        if record.epoch == epoch and where[0] == group:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "begin", began)
    monkeypatch.setattr(Progress, "__call__", look)


def pressed_while_saving(monkeypatch: pytest.MonkeyPatch) -> None:
    save = ll.Model.save

    def pressed(self: ll.Model, path: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        save(self, path)

    monkeypatch.setattr(ll.Model, "save", pressed)


def test_it_says_in_which_group_it_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pressed_in_epoch(monkeypatch, 2, "group 2 of 2")
    longer = "training={epochs: 30, folds: 2, optimizer: {learning_rate: 0.03}}"
    done = fit(tmp_path, PRICE, longer, "ensemble=2", "groups=[{}, {network: {hidden: [2]}}]")
    assert done.code == 130
    assert done.err.splitlines()[-1] == "likelinet: interrupted. This was in group 2 of 2."
    assert ll.Model.load(tmp_path / MODEL).history.stopped == "interrupted"


def test_a_second_one_leaves_the_groups_that_are_being_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    weights_by = stacking.stacked_weights

    def pressed(*given: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return weights_by(*given)

    monkeypatch.setattr(stacking, "stacked_weights", pressed)
    pressed_in_epoch(monkeypatch, 2, "group 3 of 3")
    longer = "training={epochs: 30, folds: 2, optimizer: {learning_rate: 0.03}}"
    done = fit(tmp_path, PRICE, longer, "ensemble=2", "groups=[{}, {network: {hidden: [2]}}, {network: {hidden: [3]}}]")
    assert done.code == 130
    assert done.err.splitlines()[-1] == "likelinet: interrupted. This was in group 3 of 3."
    assert len(ll.Model.load(tmp_path / MODEL).history.groups) == 3


def test_it_says_that_the_family_was_still_being_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pressed_in_epoch(monkeypatch, 1)
    columns = {name: cells * 5 for name, cells in COLUMNS.items()}
    done = fit(tmp_path, PRICE, "distribution=auto", columns=columns)
    assert done.code == 130
    told = "likelinet: interrupted. The family was still being chosen: nothing was learned."
    assert done.err.splitlines()[-1] == told
    assert not (tmp_path / MODEL).exists()


def test_a_second_one_leaves_the_model_that_is_being_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pressed_in_epoch(monkeypatch, 2)
    pressed_while_saving(monkeypatch)
    done = fit(tmp_path, PRICE)
    saved = f"likelinet: training was cut short; the best model so far is in {tmp_path / MODEL}."
    lines = [line for line in done.err.splitlines() if line]
    assert (done.code, lines) == (130, [saved, "likelinet: interrupted."])
    assert len(ll.Model.load(tmp_path / MODEL).history.epochs) == 2


def test_while_a_whole_model_is_being_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pressed_while_saving(monkeypatch)
    done = fit(tmp_path, PRICE)
    lines = [line for line in done.err.splitlines() if line]
    assert (done.code, done.out) == (130, "")
    assert lines == [f"likelinet: interrupted. The model is in {tmp_path / MODEL}."]
    assert ll.Model.load(tmp_path / MODEL).history.stopped == "finished"


def test_three_at_once_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    end = Training.end

    def pressed(self: Training) -> Any:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        return end(self)

    monkeypatch.setattr(Training, "end", pressed)
    pressed_in_epoch(monkeypatch, 2)
    done = fit(tmp_path, PRICE)
    saved = f"likelinet: training was cut short; the best model so far is in {tmp_path / MODEL}."
    assert (done.code, [line for line in done.err.splitlines() if line]) == (130, [saved, "likelinet: interrupted."])
    assert len(ll.Model.load(tmp_path / MODEL).history.epochs) == 2


def test_a_later_one_is_heard(monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    monkeypatch.setattr(interrupts.time, "monotonic", lambda: now[0])
    with suppress(KeyboardInterrupt), interrupts.CtrlC():
        for now[0] in (5.0, 5.0 + interrupts.SAME):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)  # at once


AT_THE_END = """
import atexit, signal, sys
from likelinet.cli.main import main
from likelinet.training.progress import Progress

signal.signal(signal.SIGINT, signal.default_int_handler)
Progress.__call__ = lambda *_: signal.raise_signal(signal.SIGINT)
atexit.register(signal.raise_signal, signal.SIGINT)
main()
"""


def test_one_more_does_not_end_the_end_of_the_process(tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", COLUMNS)
    command = (
        "fit",
        table,
        "--target",
        "price",
        "--set",
        "quality=plain",
        "--set",
        "network.hidden=[]",
        "-o",
        tmp_path / MODEL,
    )
    done = subprocess.run([sys.executable, "-c", AT_THE_END, *command], capture_output=True, text=True, check=False)
    saved = f"likelinet: training was cut short; the best model so far is in {tmp_path / MODEL}."
    lines = [line for line in done.stderr.splitlines() if line]
    assert (done.returncode, lines) == (130, [saved, "likelinet: interrupted."])
