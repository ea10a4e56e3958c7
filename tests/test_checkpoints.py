"""Checkpoints: a fit that was cut off anywhere goes on to the same bits, and none goes on with what is of another."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.core import container, writing
from likelinet.training import budget, checkpoint, record
from likelinet.training.loop import Training

RNG = np.random.default_rng(3)
X = RNG.standard_normal((90, 2))
Y = np.exp(0.5 * X[:, 0] + 0.3 * RNG.standard_normal(90))
PLAIN = {"quality": "plain", "network": {"hidden": [4]}, "training": {"epochs": 6, "batch_size": 16}}
SHORT = {"training": {"steps": 12, "folds": 2}, "ensemble": 2}
CASES: dict[str, dict[str, Any]] = {
    "plain": PLAIN | {"network": {"hidden": [4], "dropout": 0.3}, "ensemble": 2},
    "jax": PLAIN | {"engine": "jax"},
    "lbfgs": PLAIN | {"training": {"optimizer": {"kind": "lbfgs"}, "epochs": 8}},
    "groups and folds": PLAIN | SHORT | {"groups": [{}, {"network": {"hidden": [2]}}]},
    "a family that is chosen": PLAIN | SHORT | {"distribution": {"kind": "auto"}},
    "annealed": PLAIN
    | {"training": {"epochs": 9, "batch_size": 16, "average": 0.8, "schedule": {"kind": "hold_then_anneal"}}},
}
SLOW = {"jax", "a family that is chosen", "groups and folds"}


class CutOff(BaseException):
    """What ends a fit at once, as a kill does."""


def timeless(history: ll.History) -> Any:
    def without(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: without(value) for key, value in data.items() if key != "seconds"}
        return [without(value) for value in data] if isinstance(data, list) else data

    return without(history.to_json())


def weights(model: ll.Model) -> list[np.ndarray]:
    return [group.theta for group in model._fitted().groups]


def assert_same(model: ll.Model, want: ll.Model) -> None:
    for a, b in zip(weights(model), weights(want), strict=True):
        np.testing.assert_array_equal(a, b)
    assert timeless(model.history) == timeless(want.history)


def unnoted_fit(config: dict[str, Any], folder: Path, resume: bool = True, **more: Any) -> ll.Model:
    given = ll.Checkpoint(folder, every=1e-9, resume=resume)
    return ll.Model(config).fit(X, more.pop("y", Y), progress=False, checkpoint=given, **more)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk."""
    monkeypatch.setattr(writing, "_flush", lambda _: None)


@pytest.fixture
def always_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look after each two steps, and write whenever somebody looks."""
    monkeypatch.setattr(budget, "FIRST", 2)
    monkeypatch.setattr(record, "LOOK", 1e-12)
    monkeypatch.setattr(record, "SHARE", np.inf)


def cut_off_after(writes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut a fit off after so many checkpoints of its own."""
    write, left = checkpoint.Generations.write, [writes]

    def counted(self: Any, *given: Any) -> None:
        write(self, *given)
        left[0] -= 1
        if not left[0]:
            raise CutOff

    monkeypatch.setattr(checkpoint.Generations, "write", counted)


@pytest.mark.filterwarnings("ignore:.*no checkpoint to go on from")
@pytest.mark.usefixtures("always_written")
@pytest.mark.parametrize("case", [pytest.param(c, marks=pytest.mark.slow if c in SLOW else ()) for c in CASES])
def test_goes_on_to_the_same_bits(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    want = ll.Model(CASES[case]).fit(X, Y, progress=False)
    steps, parts, go_on = [7, 1, 12, 5, 3], 0, Training.go_on

    def counted(self: Training, *given: Any, **more: Any) -> None:
        nonlocal parts
        parts += 1
        go_on(self, *given, **more)

    for writes in steps:
        with monkeypatch.context() as cut:
            cut_off_after(writes, cut)
            with suppress(CutOff):  # or it comes to its end
                unnoted_fit(CASES[case], tmp_path)
    assert_same(unnoted_fit(CASES[case], tmp_path), want)
    monkeypatch.setattr(Training, "go_on", counted)
    assert_same(unnoted_fit(CASES[case], tmp_path), want)
    assert parts == 0  # a fit that has ended does not train again
    assert [path.suffix for path in tmp_path.iterdir()] == [".checkpoint"]


@pytest.mark.filterwarnings("ignore:.*no checkpoint to go on from")
@pytest.mark.usefixtures("always_written")
@pytest.mark.slow
def test_few_rows_and_a_warm_start_go_on_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fitted(every: float | None) -> ll.Model:
        few, on = (None if every is None else ll.Checkpoint(tmp_path / name, every, resume=True) for name in "ab")
        model = ll.Model().fit(X[:20], Y[:20], progress=False, checkpoint=few)
        return model.fit(X[:20], Y[:20] + 1.0, progress=False, warm_start=True, checkpoint=on)

    want, cuts = fitted(None), 0
    for writes in (5, 40, 60):
        with monkeypatch.context() as cut:
            cut_off_after(writes, cut)
            try:
                fitted(1e-9)
            except CutOff:
                cuts += 1
    assert cuts == 3
    assert_same(fitted(3600.0), want)
    (tmp_path / "b").joinpath("000001.checkpoint").unlink()
    with monkeypatch.context() as cut:  # and while it goes on
        cut_off_after(2, cut)
        with pytest.raises(CutOff):
            fitted(1e-9)
    assert_same(fitted(3600.0), want)


@pytest.fixture(scope="module")
def half_done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two checkpoints of a fit of PLAIN that was cut off."""
    folder = tmp_path_factory.mktemp("half") / "checkpoints"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(budget, "FIRST", 2)
        patch.setattr(record, "SHARE", np.inf)
        cut_off_after(4, patch)
        with pytest.raises(CutOff):
            ll.Model(PLAIN).fit(X, Y, progress=False, checkpoint=ll.Checkpoint(folder, every=1e-9))
    return folder


@pytest.fixture
def folder(half_done: Path, tmp_path: Path) -> Path:
    (tmp_path / "checkpoints").mkdir()
    for path in half_done.iterdir():
        (tmp_path / "checkpoints" / path.name).write_bytes(path.read_bytes())
    return tmp_path / "checkpoints"


def refused(error: type[Exception], said: str, config: dict[str, Any], folder: Path, **given: Any) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(error, match=said) as found:
        ll.Model(config).fit(**{"X": X, "y": Y, **given}, progress=False)
    assert "\n" not in str(found.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_two_are_kept(folder: Path):
    assert sorted(path.name for path in folder.iterdir()) == ["000003.checkpoint", "000004.checkpoint"]


def test_a_fit_that_has_not_ended_is_not_lost_to_another_one(folder: Path):
    refused(ll.DataError, "holds a fit that has not ended; go on with it by --resume", PLAIN, folder, checkpoint=folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"training": {"epochs": 7, "batch_size": 16}}, r"training.epochs: 6 there, 7 here: set what was there"),
        ({"engine": "jax"}, r"another config, engine: 'numpy' there, 'jax' here"),
        ({"network": {"hidden": [5]}, "ensemble": 2}, r"ensemble: 1 there, 2 here, network.hidden: \[4\] there, \[5\]"),
    ],
)
def test_another_config_is_refused_by_name(folder: Path, change: dict[str, Any], said: str):
    given = ll.Checkpoint(folder, resume=True)
    refused(ll.ConfigError, said, PLAIN | {"engine": "numpy"} | change, folder, checkpoint=given)


def test_another_table_is_refused_by_name(folder: Path):
    given = ll.Checkpoint(folder, resume=True)
    other = X.copy()
    other[5, 1] = np.nextafter(other[5, 1], 9.0)
    last = "take those of before, or begin anew in another folder"
    refused(ll.DataError, f"of other data, the table differs in 'x1': {last}", PLAIN, folder, X=other, checkpoint=given)
    named = {"b": X[:, 0], "a": X[:, 1]}
    turned = {name: named[name] for name in "ab"}
    ll.Model(PLAIN).fit(named, Y, progress=False, checkpoint=folder.with_name("named"))
    assert_same(
        ll.Model(PLAIN).fit(named, Y, progress=False, checkpoint=ll.Checkpoint(folder.with_name("named"), resume=True)),
        ll.Model(PLAIN).fit(named, Y, progress=False),
    )
    with pytest.raises(ll.DataError, match="the table has its columns in another order"):
        ll.Model(PLAIN).fit(turned, Y, checkpoint=ll.Checkpoint(folder.with_name("named"), resume=True))
    refused(ll.DataError, "y of the table differs", PLAIN, folder, y=Y[::-1], checkpoint=given)
    refused(ll.DataError, "sample_weight of the table differs", PLAIN, folder, sample_weight=Y + 1.0, checkpoint=given)
    refused(ll.DataError, "had 90 rows, and has 89", PLAIN, folder, X=X[1:], y=Y[1:], checkpoint=given)
    held = (X[:9], Y[:9])
    refused(ll.DataError, "the validation rows are only given here", PLAIN, folder, validation=held, checkpoint=given)


def test_another_version_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("likelinet.model.recording.__version__", "99.0")
    refused(ll.ConfigError, "and this is 99.0", PLAIN, folder, checkpoint=ll.Checkpoint(folder, resume=True))


DAMAGES = {"cut": lambda b: b[:99], "last": lambda b: b[:-1] + bytes([b[-1] ^ 1]), "empty": lambda _: b""}
DAMAGES["inside"] = lambda b: b.replace(b"net c", b"net_c")


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=[*DAMAGES])
def test_of_a_damaged_one_the_one_before_is_taken_if_it_is_whole(damage: Any, folder: Path):
    before, latest = sorted(folder.iterdir())
    whole = before.read_bytes()
    for path in (before, latest):
        path.write_bytes(damage(path.read_bytes()))
    said = r"04.checkpoint: [^;]*[^;.], and no other checkpoint there is whole; remove the folder"
    refused(ll.ModelFileError, said, PLAIN, folder, checkpoint=folder)
    before.write_bytes(whole)
    said = r"04.checkpoint: [^;]*[^;.]; the checkpoint before it, 000003.checkpoint, is t"
    with pytest.warns(UserWarning, match=said):
        model = unnoted_fit(PLAIN, folder)
    assert_same(model, ll.Model(PLAIN).fit(X, Y, progress=False))


@pytest.mark.parametrize("lost", ["ended", "identity", "record", "version", "config", "rows", "start"])
def test_a_whole_one_that_lacks_something_is_refused(lost: str, folder: Path):
    file = folder / "000004.checkpoint"
    arrays, metadata = checkpoint.CONTENT.load(file)
    (metadata["identity"] if lost in metadata["identity"] else metadata).pop(lost)
    checkpoint.CONTENT.save(file, arrays, metadata)
    given = ll.Checkpoint(folder, resume=lost != "ended")
    refused(ll.ModelFileError, "its latest checkpoint is none that likelinet", PLAIN, folder, checkpoint=given)


def test_a_folder_with_other_things_is_refused(tmp_path: Path):
    (tmp_path / "thesis.tex").touch()
    refused(ll.DataError, "other things than checkpoints, such as thesis.tex", PLAIN, tmp_path, checkpoint=tmp_path)
    with pytest.raises(ll.DataError, match=r"thesis.tex: no folder for checkpoints can be there"):
        ll.Model(PLAIN).fit(X, Y, checkpoint=tmp_path / "thesis.tex")


def test_hidden_files_of_the_system_are_left_alone(tmp_path: Path):
    (tmp_path / ".DS_Store").write_bytes(b"a view")
    ll.Model(PLAIN).fit(X, Y, progress=False, checkpoint=tmp_path)
    assert (tmp_path / ".DS_Store").read_bytes() == b"a view"


def test_what_a_kill_left_half_written_is_removed(folder: Path):
    (folder / f".{'0a' * 8}.checkpoint").write_bytes(b"half")
    (folder / ".lock").touch()  # of a dead process, which locks nothing
    unnoted_fit(PLAIN, folder)
    (left,) = folder.iterdir()
    assert left.suffix == ".checkpoint"
    assert left.name > "000004"


@pytest.mark.skipif(os.name == "nt", reason="no locks there")
def test_a_second_fit_is_told(tmp_path: Path):
    said: list[str] = []

    def second(epoch: ll.Epoch) -> None:
        if epoch.epoch == 1:
            with pytest.raises(ll.DataError) as found:
                ll.Model(PLAIN).fit(X, Y, progress=False, checkpoint=tmp_path)
            said.append(str(found.value))

    ll.Model(PLAIN).fit(X, Y, progress=False, callbacks=[second], checkpoint=tmp_path)
    assert said == [f"{tmp_path}: another fit writes its checkpoints there; wait for its end, or name another folder."]


def test_a_full_disk_ends_no_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(record, "SHARE", np.inf)

    def full(self: Any, *_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(container.Content, "save", full)
    with pytest.warns(UserWarning, match=r"cannot write a checkpoint \(No space left on device\); training goes on"):
        model = unnoted_fit(PLAIN, tmp_path, resume=False)
    assert_same(model, ll.Model(PLAIN).fit(X, Y, progress=False))


@pytest.mark.filterwarnings("ignore:.*cannot write a checkpoint")
def test_a_disk_that_is_full_while_a_file_is_written_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch):
    before = sorted(path.name for path in folder.iterdir())

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_flush", full)
    unnoted_fit(PLAIN, folder)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_one_is_written_when_asked_for(tmp_path: Path):
    given, seen = ll.Checkpoint(tmp_path / "new" / "folder", every=3600), list[list[str]]()

    def ask(epoch: ll.Epoch) -> None:
        seen.append(sorted(path.name for path in (tmp_path / "new" / "folder").glob("*.checkpoint")))
        if epoch.epoch == 2:
            thread = threading.Thread(target=given.write_now)
            thread.start()
            thread.join()

    ll.Model(PLAIN).fit(X, Y, progress=False, callbacks=[ask], checkpoint=given)
    assert seen == [[], [], ["000001.checkpoint"], *[["000001.checkpoint"]] * 3]
    assert not given.asked


def test_an_interrupted_fit_and_one_whose_loss_is_not_finite(tmp_path: Path):
    def stop(epoch: ll.Epoch) -> None:
        if epoch.epoch == 3:
            raise KeyboardInterrupt

    given = ll.Checkpoint(tmp_path, every=1e-9, resume=False)
    with pytest.raises(KeyboardInterrupt):
        ll.Model(PLAIN).fit(X, Y, progress=False, callbacks=[stop], checkpoint=given)
    assert_same(unnoted_fit(PLAIN, tmp_path), ll.Model(PLAIN).fit(X, Y, progress=False))
    sgd = {"kind": "sgd", "learning_rate": 1e30}
    wild = PLAIN | {"training": {"epochs": 3, "optimizer": sgd, "gradient_clip": None}}
    said = []
    for resume in (False, True):
        with pytest.raises(ll.NonFiniteError) as found:
            unnoted_fit(wild, tmp_path, resume)
        said.append(str(found.value))
    assert said[0] == said[1]


def test_seconds_count_on(folder: Path):
    spent = _open_seconds(folder)
    model = unnoted_fit(PLAIN, folder)
    seconds = [epoch.seconds for epoch in model.history.epochs]
    assert seconds == sorted(seconds)
    assert model.history.seconds > spent > 0.0


def _open_seconds(folder: Path) -> float:
    arrays, metadata = checkpoint.CONTENT.load(folder / "000004.checkpoint")
    return record.unpacked(metadata["record"], arrays)["open"][1]["seconds"]
