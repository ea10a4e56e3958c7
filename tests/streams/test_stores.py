"""Streams from an object store: the bits of the same files on disk, and what is said where it does not let one read."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

import likelinet as ll
from likelinet.cli.main import main
from likelinet.core.errors import DataError
from likelinet.tables.reading.addresses import shown, unreadable

SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
CONFIG = {
    "quality": "plain",
    "data": {"target": "y"},
    "distribution": {"kind": "gaussian"},
    "training": {"epochs": 2, "early_stopping": None},
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A store of its own, at this port."""
    pytest.importorskip("moto.server", reason="needs moto[s3], flask and flask-cors: .ci/nightly has them")
    command, pipe = [sys.executable, "-W", "ignore", "-c", SERVER], subprocess.PIPE
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as server:
        lines = iter(server.stdout or ())
        yield int(next(line for line in lines if line.strip().isdigit()))
        server.kill()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two files of Parquet."""
    rng = np.random.default_rng(0)
    for i in range(2):
        x = rng.standard_normal(400)
        columns = {"x": x, "c": rng.choice(["a", "b"], 400), "y": x + rng.standard_normal(400)}
        (tmp_path / "folder").mkdir(exist_ok=True)
        pq.write_table(pa.table(columns), tmp_path / "folder" / f"{i}.parquet", row_group_size=100)
    return tmp_path / "folder"


@pytest.fixture
def store(port: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a bucket with this folder, without its scheme and bucket; credentials are in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    there = fs.S3FileSystem(endpoint_override=f"127.0.0.1:{port}", scheme="http", allow_bucket_creation=True)
    there.create_dir("bucket")
    fs.copy_files(str(folder), "bucket/folder", destination_filesystem=there)
    return f"endpoint_override=127.0.0.1:{port}&scheme=http"


def once(port: int) -> fs.S3FileSystem:
    """Return a store that is asked only once."""
    return fs.S3FileSystem(
        endpoint_override=f"127.0.0.1:{port}",
        scheme="http",
        access_key="key",
        secret_key="secret",
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1),
    )


@pytest.fixture
def locked(port: int, store: str) -> Iterator[str]:
    """The same, which then asks who one is."""

    def free(actions: str) -> None:
        address = f"http://127.0.0.1:{port}/moto-api/reset-auth"
        with urlopen(Request(address, actions.encode(), {"Content-Type": "text/plain"})) as answer:
            json.load(answer)

    free("0")
    yield store
    free("inf")


def test_a_fit_from_a_store_has_the_bits_of_one_from_disk(store, port, folder):
    want = ll.Model(CONFIG).fit(ll.Stream(folder)).predict(ll.Stream(folder))
    for stream in (
        ll.Stream(f"s3://bucket/folder?{store}"),
        ll.Stream(f"s3://key:secret@bucket/folder?endpoint_override=http://127.0.0.1:{port}"),
        ll.Stream("bucket/folder", filesystem=once(port)),
    ):
        np.testing.assert_array_equal(ll.Model(CONFIG).fit(stream).predict(stream), want)
        assert "secret" not in repr(stream)


@pytest.mark.parametrize("scheme", ["&scheme=http", ""])
def test_commands_take_addresses(scheme, store, port, folder, tmp_path):
    (tmp_path / "config.yaml").write_text(json.dumps(CONFIG))
    host = f"127.0.0.1:{port}" if scheme else f"http://127.0.0.1:{port}"
    address = f"s3://bucket/folder?endpoint_override={host}{scheme}"
    path = str(tmp_path / "model.safetensors")
    main(["fit", str(tmp_path / "config.yaml"), address, "-o", path])
    for table, name in ((address, "here"), (str(folder), "there")):
        main(["predict", path, table, "-o", str(tmp_path / f"{name}.parquet"), "--stream"])
    assert pq.read_table(tmp_path / "here.parquet").equals(pq.read_table(tmp_path / "there.parquet"))


def test_what_is_not_in_the_store_is_said(store):
    for path in ("nothing/folder", "bucket/nothing"):
        with pytest.raises(DataError, match=rf"^s3://{path}: cannot read the table \(No such file or directory\)"):
            ll.Stream(f"s3://{path}?{store}")


def test_refused_credentials_are_said_before_and_while_reading(store, port, request):
    stream = ll.Stream("bucket/folder", filesystem=once(port))
    request.getfixturevalue("locked")
    said = r"cannot read the table \(AWS Error .*\); check the path, the region and the credentials, as in AWS_ACCESS"
    with pytest.raises(DataError, match=rf"^s3://bucket/folder: {said}"):
        ll.Stream(f"s3://key:secret@bucket/folder?{store}")
    with pytest.raises(DataError, match=rf"^bucket/folder/0\.parquet: {said}"):
        list(stream)


def test_what_a_store_says_is_cut_to_its_reason():
    # As Arrow 26 has it.
    said = "When reading information for key 'f/0.parquet' in bucket 'b': "
    reason = "AWS Error ACCESS_DENIED during HeadObject operation: No response body"
    assert str(unreadable("s3://b/f", OSError(f"{said}{reason}."), "the file is damaged")) == (
        f"s3://b/f: cannot read the table ({reason}); check the path, the region and the credentials, as in "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )


def test_a_store_that_is_not_reached_is_no_damaged_file():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(DataError, match=r"folder: cannot read the table \(its store is not reached: .*\); check"):
        ll.Stream("bucket/folder", filesystem=once(port))


def test_paths_of_a_file_system_have_no_scheme():
    with pytest.raises(DataError, match=r"^s3://bucket/folder: with filesystem a path has no scheme"):
        ll.Stream("s3://bucket/folder", filesystem=fs.LocalFileSystem())


def test_an_address_that_arrow_does_not_take_is_said_without_its_password():
    with pytest.raises(DataError, match=r"^s3://bucket/a b: cannot read the table \(.*\); check the path") as caught:
        ll.Stream("s3://key:secret@bucket/a b?region=x")
    assert "secret" not in str(caught.value)
    with pytest.raises(DataError, match=r"^s3://bucket/a: .*'endpoint'"):
        ll.Stream("s3://key:secret@bucket/a?endpoint=x")


@pytest.mark.parametrize(
    ("address", "want"),
    [
        ("s3://key:se@cret@bucket/folder?region=x&scheme=http", "s3://bucket/folder"),
        ("s3:/bucket/a@b", "s3://bucket/a@b"),
        ("abfs://:key@box@account.net/x", "abfs://account.net/x"),
        ("file:/tmp/a", "file:///tmp/a"),
        ("tmp/a?b", "tmp/a?b"),
    ],
)
def test_what_messages_show_of_an_address(address, want):
    assert shown(address) == want
