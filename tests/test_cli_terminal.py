"""The installed command in processes of its own: terminal, pipes, Ctrl-C, modules beside the data."""

import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import likelinet as ll
from tests.small import COLUMNS, cli, write_csv

COMMAND = [sys.executable, "-c", "from likelinet.cli.main import main; main()"]
# A shell may start a test run with Ctrl-C switched off, and children inherit that.
LISTENING = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from likelinet.cli.main import main; main()"
)


def files(folder: Path, training: str) -> list[str]:
    config = folder / "config.yaml"
    config.write_text(
        "quality: plain\ndata: {target: price, features: [size, colour]}\nnetwork: {hidden: [4]}\n"
        f"training: {{{training}}}\n"
    )
    return ["fit", str(config), str(write_csv(folder / "t.csv", COLUMNS)), "-o", str(folder / "m.safetensors")]


def on_terminal(command: list[str], react: Callable[[subprocess.Popen, bytes], None]) -> tuple[int, str, str]:
    """Run a command with standard error on a terminal; return exit code, standard output and what the terminal saw."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 120))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    seen = b""
    try:
        while part := _read(master):
            seen += part
            react(process, seen)
        out = process.communicate(timeout=60)[0]
    finally:
        process.kill()
        os.close(master)
    return process.returncode, out.decode(), seen.decode()


def _read(master: int) -> bytes:
    try:
        return os.read(master, 4096)
    except OSError:  # the other end is closed
        return b""


def nothing(process: subprocess.Popen, seen: bytes) -> None:
    """Let it run."""


def test_progress_bar_on_a_terminal(tmp_path: Path):
    code, out, seen = on_terminal([*COMMAND, *files(tmp_path, "epochs: 7")], nothing)
    assert code == 0
    assert out.startswith("Fitted ")
    for shown in ("/7", "train NLL", "validation NLL", "left]"):
        assert shown in seen


@pytest.mark.slow
def test_quiet_is_silent_on_a_terminal_too(tmp_path: Path):
    assert on_terminal([*COMMAND, *files(tmp_path, "epochs: 7"), "--quiet"], nothing) == (0, "", "")


def test_no_bar_in_a_pipe(tmp_path: Path):
    done = subprocess.run([*COMMAND, *files(tmp_path, "epochs: 7")], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["Fitted", "Columns,", "colour"]


def test_ctrl_c_keeps_the_best_model_and_exits_130(tmp_path: Path):
    sent = []

    def interrupt(process: subprocess.Popen, seen: bytes) -> None:
        if b"train NLL" in seen and not sent:  # an epoch is done
            sent.append(os.kill(process.pid, signal.SIGINT))

    endless = files(tmp_path, "epochs: 20000, early_stopping: null")
    code, out, seen = on_terminal([sys.executable, "-c", LISTENING, *endless], interrupt)
    assert (code, out) == (130, "")
    assert "Traceback" not in seen
    assert f"the best model so far is in {tmp_path / 'm.safetensors'}." in seen.replace("\r\n", "")
    assert "likelinet: interrupted." in seen
    model = ll.Model.load(tmp_path / "m.safetensors")
    assert model.history.stopped == "interrupted"
    assert model.history.best_epoch[0] >= 1
    assert len(model.history.epochs) < 20_000


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "ImportError('x') from KeyboardInterrupt()"])
def test_ctrl_c_while_modules_are_imported(tmp_path: Path, raised: str):
    broken = (
        "import sys, likelinet.cli.main\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'likelinet.cli.fit':\n"
        f"            raise {raised}\n"
        "sys.meta_path.insert(0, Finder())\n"
        "likelinet.cli.main.main()"
    )
    command = [sys.executable, "-c", broken, *files(tmp_path, "epochs: 7")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (130, "likelinet: interrupted.")


def test_ctrl_c_that_an_import_swallows(tmp_path: Path):
    """As where NumPy asks pyarrow for an array, and that imports pandas: what it raises is dropped."""
    (tmp_path / "pandas.py").write_text(
        "import pathlib, signal\n"
        "seen = pathlib.Path(__file__).with_suffix('.seen')\n"
        "if not seen.exists():\n"  # the second time is not dropped
        "    seen.touch()\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "raise ImportError\n"
    )
    command = [sys.executable, "-c", LISTENING, *files(tmp_path, "epochs: 7"), "--quiet"]
    path = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, env=path, capture_output=True, text=True, check=False)
    cut_short = "likelinet: training was cut short; nothing was learned, and no model is written."
    assert (done.returncode, done.stderr.split("\n")) == (130, [cut_short, "", "likelinet: interrupted.", ""])
    assert not (tmp_path / "m.safetensors").exists()


def test_ctrl_c_before_the_command_is_read(tmp_path: Path):
    (tmp_path / "click.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n")
    path = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", LISTENING], env=path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "likelinet: interrupted.\n")


def test_interrupt_in_python_keeps_the_best_weights():
    def stop(epoch: ll.Epoch) -> None:
        if epoch.epoch == 4:
            raise KeyboardInterrupt

    X = np.array(COLUMNS["size"])[:, None]
    model = ll.Model({"quality": "plain", "network": {"hidden": [4]}})
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, COLUMNS["price"], callbacks=[stop])
    assert (model.fitted, model.history.stopped) == (True, "interrupted")
    best = min(model.history.epochs, key=lambda e: e.validation_nll[0])
    assert model.history.best_epoch == [best.epoch]
    assert np.isfinite(model.predict(X)).all()


def test_a_reader_that_has_gone(tmp_path: Path):
    # As in `likelinet schema | head -1`: the pipe closes before all is written.
    process = subprocess.Popen([*COMMAND, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in (0, 1)
    assert error == b""


def in_a_shell(line: str, folder: Path, **environment: str) -> tuple[int, str]:
    """Run a line of shell, in which $likelinet is the command; return exit code and standard error."""
    likelinet = f'{sys.executable} -c "from likelinet.cli.main import main; main()"'
    line = line.replace("$likelinet", likelinet)
    whole = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"} | environment  # the last words wait, then
    done = subprocess.run(["sh", "-c", line], cwd=folder, env=whole, capture_output=True, check=False)
    return done.returncode, done.stderr.decode()


@pytest.mark.slow  # five processes
def test_standard_output_that_cannot_be_written_to(tmp_path: Path):
    columns = COLUMNS | {"grade": [["jä", "nö"][i % 2] for i in range(40)]}
    table = write_csv(tmp_path / "t.csv", columns)
    (tmp_path / "c.yaml").write_text(
        "quality: plain\ndata: {target: grade, features: [size]}\n"
        "distribution: {kind: categorical}\ntraining: {epochs: 2}\n"
    )
    assert cli("fit", tmp_path / "c.yaml", table, "-o", tmp_path / "m").code == 0
    closed = "likelinet: Standard output is closed: name a file by -o.\n"
    assert in_a_shell("$likelinet predict m t.csv >&-", tmp_path) == (2, closed)
    for command in ("predict m t.csv", "show m"):
        full = "likelinet: cannot write (No space left on device).\n"
        assert in_a_shell(f"$likelinet {command} > /dev/full", tmp_path) == (2, full)
    assert in_a_shell("($likelinet predict m t.csv; echo $? > code) | true", tmp_path) == (0, "")
    assert (tmp_path / "code").read_text() == "1\n"
    ascii_ = "likelinet: cannot write in ascii: set PYTHONIOENCODING=utf-8.\n"
    assert in_a_shell("$likelinet predict m t.csv", tmp_path, PYTHONIOENCODING="ascii") == (2, ascii_)


@pytest.mark.slow
def test_without_standard_error_or_a_folder_to_be_in(tmp_path: Path):
    fit = " ".join(files(tmp_path, "epochs: 2"))
    lines = [f"$likelinet {fit} 2>&-", f"mkdir gone && cd gone && rmdir ../gone && $likelinet {fit}"]
    if sys.version_info[:3] == (3, 13, 0):  # in which no module can be asked for a name it lacks from such a folder
        del lines[1]
    for line in lines:
        assert in_a_shell(line, tmp_path) == (0, "")
        (tmp_path / "m.safetensors").unlink()


def test_a_family_in_a_module_beside_the_data(tmp_path: Path):
    (tmp_path / "my_families.py").write_text(
        "import numpy as np, likelinet as ll\n"
        "class Rayleigh(ll.Distribution):\n"
        '    parameters = (ll.Parameter("scale", ll.positive, role="scale"),)\n'
        "    support = ll.positive\n"
        "    def log_prob(self, y):\n"
        "        return np.log(y / self.scale**2) - 0.5 * (y / self.scale) ** 2\n"
    )
    script = Path(sys.executable).with_name("likelinet")
    arguments = [*files(tmp_path, "epochs: 2"), "--set", "distribution={kind: custom, target: 'my_families:Rayleigh'}"]
    done = subprocess.run([script, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "names code of its own" not in done.stdout


def test_a_list_of_many_classes_ends_in_an_ellipsis(tmp_path: Path):
    table = write_csv(tmp_path / "t.csv", {"x": range(50), "y": list("abcde") * 10})
    done = cli(
        "fit", table, "--target", "y", "--set", "quality=plain", "--set", "training.epochs=1", "-o", tmp_path / "m"
    )
    assert done.out.startswith("Family: categorical, since 'y' has 5 classes: a, b, c, d, …\n")
    done = cli("init", table, "--target", "y", "-o", tmp_path / "c.yaml")
    assert ": family categorical, since 'y' has 5 classes: a, b, c, d, …\n" in done.out
