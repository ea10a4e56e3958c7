"""Model files: safe, whole or refused, with one clear sentence."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.model import container
from tests.small import quick, table

X, y = table()
ARRAYS = {"theta": np.arange(6.0).reshape(2, 3), "other": np.array([1, 2], dtype=np.int32)}


def header(raw: bytes) -> dict:
    (size,) = struct.unpack("<Q", raw[:8])
    return json.loads(raw[8 : 8 + size])


def with_header(raw: bytes, head: dict) -> bytes:
    (size,) = struct.unpack("<Q", raw[:8])
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + raw[8 + size :]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("model") / "m.safetensors"
    quick().fit(X, y).save(file)
    return file


def refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "damaged.safetensors"
    file.write_bytes(content)
    with pytest.raises(ll.ModelFileError, match=message) as found:
        ll.Model.load(file)
    assert str(found.value).startswith(str(file))
    assert "\n" not in str(found.value)


def test_round_trip(tmp_path: Path):
    container.save(tmp_path / "a.safetensors", ARRAYS, {"name": "ä", "nested": {"x": [1, 2.5, None]}})
    arrays, metadata = container.load(tmp_path / "a.safetensors")
    assert metadata == {"schema": container.SCHEMA, "name": "ä", "nested": {"x": [1, 2.5, None]}}
    assert {n: (a.dtype, a.tolist()) for n, a in arrays.items()} == {
        n: (a.dtype, a.tolist()) for n, a in ARRAYS.items()
    }


def test_same_model_same_file(tmp_path: Path, saved: Path):
    again = tmp_path / "again.safetensors"
    ll.Model.load(saved).save(again)
    assert again.read_bytes() == saved.read_bytes()


def test_nothing_but_arrays_and_json(saved: Path):
    raw = saved.read_bytes()
    head = header(raw)
    assert {n: h["dtype"] for n, h in head.items() if n != "__metadata__"} == {"theta": "F32", "sha256": "U8"}
    stored = json.loads(head["__metadata__"]["likelinet"])
    assert set(stored) == {"schema", "config", "inputs", "targets", "n_classes", "start", "history", "source"}
    assert b"pickle" not in raw
    assert head["sha256"]["shape"] == [32]


def test_truncated_anywhere(tmp_path: Path, saved: Path):
    raw = saved.read_bytes()
    for cut in sorted({0, 1, 7, 8, 9, 100, len(raw) - 1, *range(0, len(raw), len(raw) // 25)}):
        refused(tmp_path, raw[:cut], "truncated or not a model file")


def test_longer_than_it_should_be(tmp_path: Path, saved: Path):
    refused(tmp_path, saved.read_bytes() + b"\0", "truncated or not a model file")


def test_altered_arrays(tmp_path: Path, saved: Path):
    raw = saved.read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    for at in range(8 + size, len(raw), 7):
        altered = bytearray(raw)
        altered[at] ^= 1
        refused(tmp_path, bytes(altered), "does not match its checksum, so the file was altered")


def test_altered_header(tmp_path: Path, saved: Path):
    raw = saved.read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    for at in range(0, 8 + size, 13):
        altered = bytearray(raw)
        altered[at] ^= 1
        refused(tmp_path, bytes(altered), "truncated|altered|damaged|not one of likelinet's|newer")


@pytest.mark.parametrize(
    ("old", "new"),
    [('"seed": 0', '"seed": 1'), ('"standardize": true', '"standardize": false'), ("gaussian", "student_t")],
)
def test_altered_metadata(tmp_path: Path, saved: Path, old: str, new: str):
    raw = saved.read_bytes()
    head = header(raw)
    text = head["__metadata__"]["likelinet"]
    assert old in text
    head["__metadata__"]["likelinet"] = text.replace(old, new)
    refused(tmp_path, with_header(raw, head), "does not match its checksum")


@pytest.mark.parametrize(
    ("dtype", "width"), [("I32", 1), ("U32", 1), ("F64", 2), ("I64", 2), ("I16", 0.5), ("U8", 0.25)]
)
def test_altered_dtype(tmp_path: Path, saved: Path, dtype: str, width: float):
    raw = saved.read_bytes()
    head = header(raw)
    assert head["theta"]["dtype"] == "F32"
    rows, columns = head["theta"]["shape"]
    head["theta"] |= {"dtype": dtype, "shape": [rows, int(columns / width)]}  # the same bytes
    refused(tmp_path, with_header(raw, head), "does not match its checksum")


@pytest.mark.parametrize("turn", [lambda a, b: [b, a], lambda a, b: [a * b], lambda a, b: [a, b, 1]])
def test_altered_shape(tmp_path: Path, saved: Path, turn: Callable[[int, int], list[int]]):
    raw = saved.read_bytes()
    head = header(raw)
    head["theta"]["shape"] = turn(*head["theta"]["shape"])
    refused(tmp_path, with_header(raw, head), "does not match its checksum")


def test_altered_name(tmp_path: Path, saved: Path):
    raw = saved.read_bytes()
    head = header(raw)
    head["omega"] = head.pop("theta")
    refused(tmp_path, with_header(raw, head), "does not match its checksum")


def test_more_metadata(tmp_path: Path, saved: Path):
    raw = saved.read_bytes()
    head = header(raw)
    head["__metadata__"]["format"] = "pt"
    refused(tmp_path, with_header(raw, head), "does not match its checksum")


@pytest.mark.parametrize("schema", [1.5, "1", None, True, 0, -1, [1]])
def test_schemas_that_there_are_not(tmp_path: Path, saved: Path, schema: Any):
    arrays, metadata = container.load(saved)
    container.save(tmp_path / "odd.safetensors", arrays, {**metadata, "schema": schema})
    refused(tmp_path, (tmp_path / "odd.safetensors").read_bytes(), "there is no file schema")


@pytest.mark.parametrize("text", [None, b"", b"{", b"[1]", b"{}", b"\xff", b"[" * 10**5])
def test_long_metadata_that_is_damaged(tmp_path: Path, saved: Path, text: bytes | None):
    arrays, _ = container.load(saved)
    long = {} if text is None else {"metadata": np.frombuffer(text, np.uint8)}
    container.save(tmp_path / "odd.safetensors", {**arrays, **long}, {"metadata": True})
    refused(tmp_path, (tmp_path / "odd.safetensors").read_bytes(), "the metadata is damaged")


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (None, "not one of likelinet's"),
        ({"format": "pt"}, "not one of likelinet's"),
        ({"likelinet": "{"}, "the metadata is damaged"),
        ({"likelinet": "[]"}, "the metadata is damaged"),
        ({"likelinet": "{}"}, "the metadata is damaged"),
        ({"likelinet": '{"schema": 1}'}, "does not match its checksum"),
        ({"likelinet": '{"schema": "x", "sha256": ""}'}, "does not match its checksum"),
    ],
)
def test_metadata_of_others(tmp_path: Path, saved: Path, metadata: dict | None, message: str):
    raw = saved.read_bytes()
    head = header(raw)
    del head["__metadata__"]
    refused(tmp_path, with_header(raw, head if metadata is None else {"__metadata__": metadata, **head}), message)


def test_newer_schema(tmp_path: Path, saved: Path):
    raw = saved.read_bytes()
    head = header(raw)
    newer = {**json.loads(head["__metadata__"]["likelinet"]), "schema": container.SCHEMA + 1}
    head["__metadata__"]["likelinet"] = json.dumps(newer)
    refused(tmp_path, with_header(raw, head), r"newer likelinet \(file schema 4, this one reads up to 3\); upgrade")


@pytest.mark.parametrize("lost", ["config", "inputs", "targets", "n_classes", "history"])
def test_whole_file_that_describes_no_model(tmp_path: Path, saved: Path, lost: str):
    arrays, metadata = container.load(saved)
    container.save(tmp_path / "odd.safetensors", arrays, {k: v for k, v in metadata.items() if k != lost})
    with pytest.raises(ll.ModelFileError, match="does not describe a model of this version"):
        ll.Model.load(tmp_path / "odd.safetensors")


def test_weights_of_another_network(tmp_path: Path, saved: Path):
    arrays, metadata = container.load(saved)
    for theta in (arrays["theta"][:, :-1], arrays["theta"].repeat(2, axis=0), arrays["theta"].astype(int)):
        container.save(tmp_path / "odd.safetensors", {"theta": theta}, metadata)
        refused(tmp_path, (tmp_path / "odd.safetensors").read_bytes(), "the config needs weights of float32 and shape")
    for odd in ({}, {"theta": arrays["theta"], "more": arrays["theta"]}):
        container.save(tmp_path / "odd.safetensors", odd, metadata)
        refused(tmp_path, (tmp_path / "odd.safetensors").read_bytes(), "expected 'theta' alone, got (none|more, theta)")


@pytest.mark.parametrize("content", [b"", b"hello", b"size,price\n1,2\n", b"\x80\x04\x95pickle"])
def test_other_files(tmp_path: Path, content: bytes):
    refused(tmp_path, content, "truncated or not a model file .*; name one that fit or save has written")


@pytest.mark.parametrize("name", ["none.safetensors", "."])
def test_missing(tmp_path: Path, name: str):
    with pytest.raises(ll.ModelFileError, match="there is no such model file; check the path"):
        ll.Model.load(tmp_path / name)


def test_cannot_read(tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch):
    def denied(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("safetensors.safe_open", denied)
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(ll.ModelFileError, match=r"not a model file \(\[Errno 13\] Permission denied\); name one"):
        ll.Model.load(saved)


def test_cannot_write(tmp_path: Path):
    with pytest.raises(ll.ModelFileError, match=r"cannot write the model .*check the folder"):
        quick().fit(X, y).save(tmp_path / "nowhere" / "m.safetensors")


def test_a_link_leads_to_the_file(tmp_path: Path):
    (tmp_path / "link").symlink_to(tmp_path / "m.safetensors")
    quick().fit(X, y).save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    ll.Model.load(tmp_path / "m.safetensors")


@pytest.mark.parametrize("name", ["circle", 300 * "m"])
def test_names_that_lead_nowhere(name: str, tmp_path: Path):
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(ll.ModelFileError, match="cannot write the model"):
        quick().fit(X, y).save(tmp_path / name)


def test_what_is_no_file_stays_as_it_is(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", Path("/dev/null"), ""):
        with pytest.raises(ll.ModelFileError, match="since it is no file; choose another name"):
            quick().fit(X, y).save(path)
    assert Path("/dev/null").is_char_device()
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "m.safetensors"
    file.write_bytes(saved.read_bytes())

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ll.ModelFileError, match="No space left on device"):
        quick().fit(X, -y).save(file)
    assert file.read_bytes() == saved.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["m.safetensors"]


def test_files_of_others_beside_it_stay(tmp_path: Path):
    (tmp_path / "m.safetensors.part").write_text("of somebody else")
    quick().fit(X, y).save(tmp_path / "m.safetensors")
    assert (tmp_path / "m.safetensors.part").read_text() == "of somebody else"
    assert {path.name for path in tmp_path.iterdir()} == {"m.safetensors", "m.safetensors.part"}


def test_a_private_model_stays_private(tmp_path: Path, saved: Path):
    file = tmp_path / "m.safetensors"
    file.write_bytes(saved.read_bytes())
    file.chmod(0o600)
    quick().fit(X, -y).save(file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_metadata_longer_than_a_header_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("likelinet.core.container.MOST", 100)
    metadata = {"name": "ä" * 200}
    container.save(tmp_path / "a.safetensors", ARRAYS, metadata)
    arrays, found = container.load(tmp_path / "a.safetensors")
    assert found == {"schema": container.SCHEMA, **metadata}
    assert set(arrays) == set(ARRAYS)
    assert len(json.dumps(header((tmp_path / "a.safetensors").read_bytes())["__metadata__"])) < 100
