"""`likelinet tune`: the ranking, the best config as a file, Ctrl-C, and what is wrong before any work is done."""

import signal
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import likelinet as ll
from likelinet.selection import search as searches
from tests.small import COLUMNS, cli, write_csv

pytest.importorskip("optuna", reason="tune needs likelinet[tune]: .ci/run has an environment with it")


def run(folder: Path, *arguments: str, search: str = "network.hidden: [[], [4]]") -> Any:
    (folder / "c.yaml").write_text(
        "quality: plain\ndata: {target: price}\nnetwork: {hidden: [4]}\ntraining: {epochs: 6, seed: 3}"
    )
    (folder / "s.yaml").write_text(search)
    table = write_csv(folder / "t.csv", COLUMNS)
    best = ("-o", str(folder / "best.yaml"))
    return cli("tune", folder / "c.yaml", table, "--search", folder / "s.yaml", "--folds", "2", *best, *arguments)


def test_the_command_prints_the_ranking_and_writes_the_best_config(tmp_path: Path):
    done = run(tmp_path)
    assert (done.code, done.err) == (0, "")
    found = ll.tune(ll.load_config(tmp_path / "c.yaml"), COLUMNS, {"network.hidden": [[], [4]]}, folds=2)
    lines = done.out.splitlines()
    assert lines[0].split() == ["trial", "log", "score", "difference", "std.", "error", "values"]
    for line, trial in zip(lines[1:], found.ranking, strict=False):
        assert line.split()[:2] == [str(trial.number), f"{trial.log_score:.4f}"]
        assert line.endswith(f"network.hidden={trial.values['network.hidden']}")
    assert "2 trials." in lines
    assert "Mean log score of held-out rows in nats (40 rows, 2 folds); higher is better." in lines
    assert ll.load_config(tmp_path / "best.yaml") == found.config
    assert yaml.safe_load((tmp_path / "best.yaml").read_text()) == {
        "quality": "plain",
        "data": {"target": "price"},
        "network": {"kind": "mlp", "hidden": found.ranking[0].values["network.hidden"]},
        "training": {"epochs": 6, "seed": 3},
    }
    fit = cli("fit", tmp_path / "best.yaml", tmp_path / "t.csv", "-o", tmp_path / "m.safetensors")
    assert fit.code == 0


def test_it_replaces_what_it_has_written_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    best = tmp_path / "best.yaml"
    assert run(tmp_path, "--trials", "1").code == 0  # one config of the search
    assert run(tmp_path).code == 0
    own = best.read_text()
    monkeypatch.setattr(searches, "tried", None)  # nothing more is
    for other in ("a: [", "", own + "# mine\n", own.replace("[4]", "{a: 4}").replace("epochs: 6", "epochs: 7")):
        best.write_text(other)
        done = run(tmp_path)
        assert (done.code, best.read_text()) == (2, other)
        assert done.err == (
            f"likelinet: {best}: is there already, and stays as it is; this search has not written it, so name another "
            "one by -o, or remove it.\n"
        )
    best.write_text(own)
    assert "best.yaml: is there already" in run(tmp_path, "--set", "training.epochs=7").err
    assert "best.yaml: is there already" in run(tmp_path, search="ensemble: [1]").err


@pytest.mark.parametrize("name", ["best.toml", "best.JSON"])
def test_the_best_config_is_no_other_format(tmp_path: Path, name: str):
    done = run(tmp_path, "-o", str(tmp_path / name))
    assert (done.code, done.err) == (
        2,
        f"likelinet: {tmp_path / name}: the best config is written as YAML; name it best.yaml.\n",
    )


def test_the_best_config_may_go_nowhere(tmp_path: Path):
    assert run(tmp_path, "--trials", "1", "-o", "/dev/null").code == 0


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_keeps_what_is_done_and_prints_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    original = searches.tried

    def pressed(shared: Any, task: Any) -> Any:
        if task.number == 1:
            signal.raise_signal(signal.SIGINT)
        return original(shared, task)

    monkeypatch.setattr(searches, "tried", pressed)
    done = run(tmp_path, "--storage", str(tmp_path / "s"))
    assert done.code == 130
    assert "1 trial." in done.out.splitlines()
    assert ll.load_config(tmp_path / "best.yaml").network == ll.MLPConfig(hidden=[])
    assert done.err.splitlines()[-1] == "likelinet: interrupted."
    monkeypatch.setattr(searches, "tried", original)
    assert "2 trials." in run(tmp_path, "--storage", str(tmp_path / "s")).out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "search", "message"),
    [
        ((), "network.hiden: [[4]]", "s.yaml: network: unknown key 'hiden' (did you mean 'hidden'?)."),
        ((), "- 3", "s.yaml: write keys with their values"),
        ((), "a: [", "s.yaml: cannot be parsed"),
        (("--set", "data.target=pric"), "ensemble: [1]", "no column 'pric' in the table"),
        (("--dask", "localhost:1"), "ensemble: [1]", "localhost:1: no Dask scheduler answers there"),
        (("-o", "nowhere/best.yaml"), "ensemble: [1]", "nowhere/best.yaml: cannot write there"),
        (("--storage", "s.out", "-o", "s.out"), "ensemble: [1]", "s.out: --storage keeps the trials there"),
        (("--storage", "link", "-o", "s.out"), "ensemble: [1]", "s.out: --storage keeps the trials there"),
        (("--storage", "nowhere/s"), "ensemble: [1]", "nowhere/s: cannot write there"),
    ],
)
def test_what_is_wrong_is_said_before_any_work(
    arguments: tuple[str, ...],
    search: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("s.out")
    monkeypatch.setattr(searches, "tried", None)  # no config is
    if "--dask" in arguments:
        pytest.importorskip("distributed")
        monkeypatch.setattr("likelinet.distributed.spread.ANSWER", "1s")
    done = run(tmp_path, *arguments, search=search)
    assert done.code == 2
    assert message in done.err
    assert len(done.err.splitlines()) == 1


def test_without_optuna_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    done = run(tmp_path)
    assert (done.code, done.err) == (2, "likelinet: This needs optuna: pip install 'likelinet[tune]'.\n")
