"""Files are written whole or not at all, and nothing beside them is touched."""

import os
import secrets
import stat
from pathlib import Path

import pytest

from likelinet.core.writing import replacing


def write(path: Path, text: str, *, durable: bool = False) -> None:
    with replacing(path, durable=durable) as file:
        file.write_text(text)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("durable", [False, True])
def test_a_new_file_and_one_in_place_of_an_old_one(tmp_path: Path, durable: bool):
    for text in ("one", "two"):
        write(tmp_path / "a.txt", text, durable=durable)
        assert contents(tmp_path) == {"a.txt": text}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("no")])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: BaseException):
    (tmp_path / "a.txt").write_text("old")

    def fail() -> None:
        with replacing(tmp_path / "a.txt") as file:
            file.write_text("half of the n")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert contents(tmp_path) == {"a.txt": "old"}


def test_the_old_file_is_whole_while_the_new_one_is_written(tmp_path: Path):
    (tmp_path / "a.txt").write_text("old")
    with replacing(tmp_path / "a.txt") as file:
        file.write_text("half of the n")
        assert (tmp_path / "a.txt").read_text() == "old"
        assert file.parent == tmp_path
        assert file.suffix == ".txt"


def test_files_of_others_stay(tmp_path: Path):
    others = dict.fromkeys(("a.txt.part", "a.txt.tmp", ".a.txt", "a.part"), "of somebody else")
    for name, text in others.items():
        (tmp_path / name).write_text(text)
    write(tmp_path / "a.txt", "new")
    assert contents(tmp_path) == {"a.txt": "new", **others}


def test_a_name_that_is_taken_is_not_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(secrets, "token_hex", lambda _: "taken")
    (tmp_path / ".taken.txt").write_text("of somebody else")
    with pytest.raises(FileExistsError):
        write(tmp_path / "a.txt", "new")
    assert contents(tmp_path) == {".taken.txt": "of somebody else"}


def test_two_writers_at_once(tmp_path: Path):
    with replacing(tmp_path / "a.txt") as one, replacing(tmp_path / "a.txt") as two:
        one.write_text("one")
        two.write_text("two")
    assert contents(tmp_path) == {"a.txt": "one"}  # the last to end


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_the_mode_of_the_old_file_is_kept(tmp_path: Path, mode: int):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a.txt").chmod(mode)
    write(tmp_path / "a.txt", "new")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == mode


def test_nobody_may_read_the_new_file_who_may_not_read_the_old_one(tmp_path: Path):
    (tmp_path / "a.txt").touch(0o600)
    with replacing(tmp_path / "a.txt") as file:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_may_not_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: (Path(path).name, mode) != ("a.txt", os.W_OK))
    with pytest.raises(PermissionError):
        write(tmp_path / "a.txt", "new")
    assert contents(tmp_path) == {"a.txt": "old"}


def test_a_new_file_has_the_usual_mode(tmp_path: Path):
    (tmp_path / "usual").touch()
    write(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_leads_to_the_file(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder" / "a.txt")
    for text in ("new", "newer"):
        write(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert contents(tmp_path / "folder") == {"a.txt": text}


def test_names_as_long_as_may_be(tmp_path: Path):
    for name in ("n" * 255, f"n.{'s' * 253}"):
        write(tmp_path / name, "new")
        assert (tmp_path / name).read_text() == "new"


def test_what_cannot_be_written(tmp_path: Path):
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for path in (tmp_path / "circle", tmp_path / "nowhere" / "a.txt", tmp_path / ("n" * 300)):
        with pytest.raises(OSError, match=r"\[Errno"):
            write(path, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["circle"]
    assert (tmp_path / "circle").is_symlink()


def test_a_pipe_is_written_as_it_is(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write(tmp_path / "pipe", "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
