"""MNIST: read from a folder, or downloaded once; damaged, offline or without pooch, one sentence says what to do."""

import gzip
import hashlib
import logging
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.datasets import images as datasets
from tests.data import needs_mnist
from tests.test_imports import loaded_by

SIZES = {"train-images": (5, 28, 28), "train-labels": (5,), "t10k-images": (2, 28, 28), "t10k-labels": (2,)}


def idx(values: np.ndarray) -> bytes:
    """Return an array in the idx format, written out here once more: magic number, big-endian lengths, bytes."""
    return bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.tobytes()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return the arrays of a database of seven images, and the folder whose files `mnist` takes for the true ones."""
    rng, arrays, files = np.random.default_rng(0), [], {}
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    for name, known in zip(datasets.FILES, SIZES.items(), strict=True):
        assert name.startswith(known[0])
        arrays.append(rng.integers(0, 256 if len(known[1]) == 3 else 10, known[1], dtype=np.uint8))
        packed = gzip.compress(idx(arrays[-1]))
        (folder / name).write_bytes(packed)
        # The mirror's MD5 is that of the packed file, the SHA-256 that of its content.
        files[name] = (hashlib.md5(packed).hexdigest(), hashlib.sha256(idx(arrays[-1])).hexdigest())
    monkeypatch.setattr(datasets, "FILES", files)
    monkeypatch.setenv("LIKELINET_DATA", str(folder.parent))
    return SimpleNamespace(arrays=arrays, folder=folder)


def assert_is(found: datasets.MNIST, arrays: list[np.ndarray]) -> None:
    """Compare images pixel by pixel, and labels."""
    for got, expected in zip(found, arrays, strict=True):
        np.testing.assert_array_equal(got, expected.reshape(len(expected), -1) if expected.ndim == 3 else expected)
    assert [a.dtype for a in found] == [np.uint8, np.int64, np.uint8, np.int64]


def pretend(monkeypatch: pytest.MonkeyPatch, retrieve: Any, cache: Path) -> None:
    """Put a pooch with this `retrieve` in the place of the true one, which may not be installed."""
    monkeypatch.setitem(sys.modules, "pooch", SimpleNamespace(retrieve=retrieve, os_cache=lambda _: cache))


def test_reads_a_folder(small: SimpleNamespace):
    found = ll.datasets.mnist()
    assert_is(found, small.arrays)
    found.train_images[0, 0] = 7  # the arrays are the caller's own
    assert_is(ll.datasets.mnist(), small.arrays)


def test_how_it_was_compressed_does_not_matter(small: SimpleNamespace):
    for path in small.folder.iterdir():
        path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1, mtime=1))
    assert_is(ll.datasets.mnist(), small.arrays)


@pytest.mark.parametrize("damage", ["cut", "changed", "another", "empty"])
def test_damaged_file(small: SimpleNamespace, damage: str):
    path = small.folder / "t10k-images-idx3-ubyte.gz"
    packed = path.read_bytes()
    other = gzip.compress(idx(np.zeros((2, 28, 28), np.uint8)))
    changed = packed[:40] + bytes([packed[40] ^ 255]) + packed[41:]
    path.write_bytes({"cut": packed[:-20], "changed": changed, "another": other, "empty": b""}[damage])
    with pytest.raises(ll.DataError, match=r"t10k-images-idx3-ubyte\.gz is damaged, .*: delete it") as caught:
        ll.datasets.mnist()
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("data", [None, "", "empty folder"])
def test_downloads_what_is_not_in_the_folder(small, data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked = []

    def retrieve(url: str, known_hash: str, fname: str, path: Path) -> str:
        asked.append((url, known_hash, path))
        return str(small.folder / fname)

    pretend(monkeypatch, retrieve, tmp_path / "cache")
    if data is None:
        monkeypatch.delenv("LIKELINET_DATA")
    else:
        monkeypatch.setenv("LIKELINET_DATA", data and str(tmp_path))
    assert_is(ll.datasets.mnist(), small.arrays)
    expected = [
        (f"https://ossci-datasets.s3.amazonaws.com/mnist/{name}", f"md5:{md5}", tmp_path / "cache" / "mnist")
        for name, (md5, _) in datasets.FILES.items()
    ]
    assert asked == expected


def test_downloads_with_pooch(small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pooch = pytest.importorskip("pooch")
    pooch.get_logger().setLevel(logging.WARNING)
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(small.folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(datasets, "MIRROR", f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
        monkeypatch.delenv("LIKELINET_DATA")
        assert_is(ll.datasets.mnist(), small.arrays)
        server.shutdown()
    assert_is(ll.datasets.mnist(), small.arrays)  # from the cache: nobody serves it any more
    (tmp_path / "likelinet" / "mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(ll.DataError, match=r"t10k-labels-idx1-ubyte\.gz cannot be downloaded .*LIKELINET_DATA"):
        ll.datasets.mnist()


def test_offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def retrieve(*_: Any, **__: Any) -> str:
        raise ConnectionError("no route to host")  # requests' own errors are OSErrors as well

    pretend(monkeypatch, retrieve, tmp_path)
    monkeypatch.delenv("LIKELINET_DATA", raising=False)
    with pytest.raises(ll.DataError, match=r"no route to host\): connect and try again, or set LIKELINET_DATA"):
        ll.datasets.mnist()


def test_without_pooch(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pooch", None)  # importing it raises ImportError
    monkeypatch.delenv("LIKELINET_DATA", raising=False)
    with pytest.raises(ll.DataError, match=r"set LIKELINET_DATA .*pip install \"likelinet\[datasets\]\"\.$"):
        ll.datasets.mnist()


def test_import_does_not_load_pooch():
    assert loaded_by("import likelinet; likelinet.datasets.images.mnist") & {"pooch", "requests"} == set()


@needs_mnist
def test_the_true_files():
    X, y, X_test, y_test = ll.datasets.mnist()
    assert (X.shape, y.shape, X_test.shape, y_test.shape) == ((60000, 784), (60000,), (10000, 784), (10000,))
    # The MD5 of the unpacked file, which many places give: a second witness beside our own SHA-256.
    assert hashlib.md5(idx(X.reshape(-1, 28, 28))).hexdigest() == "6bbc9ace898e44ae57da46a324031adb"
    assert np.bincount(y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert [X.mean().round(4), X_test.mean().round(4)] == [33.3184, 33.7912]
