"""Data sets of the examples: read from a folder of yours, or downloaded once and kept."""

import gzip
import hashlib
import os
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from likelinet.core.errors import DataError

MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"
# For each file: the MD5 of what the mirror serves, and the SHA-256 of what is in it, however it was compressed.
FILES = {
    "train-images-idx3-ubyte.gz": (
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train-labels-idx1-ubyte.gz": (
        "d53e105ee54ea40749a09fcbcd1e9432",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "t10k-images-idx3-ubyte.gz": (
        "9fb629c4189551a2d022fa330f9573f3",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "ec29112dd5afa0611ce80d1b7f02629c",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}


class MNIST(NamedTuple):
    """Handwritten digits: images as rows of 28 x 28 grey values, row by row, and which digit each of them shows."""

    train_images: np.ndarray
    """Shape (60000, 784), uint8: 0 is paper, 255 is ink."""
    train_labels: np.ndarray
    """Shape (60000,), int64: the digits 0, ..., 9."""
    test_images: np.ndarray
    """Shape (10000, 784), uint8."""
    test_labels: np.ndarray
    """Shape (10000,), int64."""


def mnist() -> MNIST:
    """Return the MNIST database of handwritten digits.

    The four files are read from the folder ``mnist`` inside the one that the environment variable ``LIKELINET_DATA``
    names. Where they are not there, pooch downloads them at the first call (11 MB) and keeps them in its cache. Either
    way their content is checked against known hashes.

    Returns
    -------
    MNIST
        A named tuple: train_images, train_labels, test_images, test_labels.

    Raises
    ------
    DataError
        If the files are neither there nor can be downloaded, or if one is damaged.

    References
    ----------
    LeCun, Cortes & Burges, *The MNIST database of handwritten digits*, 1998. The split and its first results are from
    LeCun, Bottou, Bengio & Haffner, *Proceedings of the IEEE* 86, 1998.

    Examples
    --------
    >>> import likelinet as ll
    >>> X, y, X_test, y_test = ll.datasets.mnist()  # doctest: +SKIP
    >>> X.shape, y[:5]  # doctest: +SKIP
    ((60000, 784), array([5, 0, 4, 1, 9]))
    """
    images, labels, test_images, test_labels = (_read(_path(name), sha256) for name, (_, sha256) in FILES.items())
    return MNIST(_rows(images), labels.astype(np.int64), _rows(test_images), test_labels.astype(np.int64))


def _path(name: str) -> Path:
    """Return where a file is, after a download where it has to be."""
    folder = os.environ.get("LIKELINET_DATA")
    if folder and (path := Path(folder) / "mnist" / name).is_file():
        return path
    own = f"set LIKELINET_DATA to a folder that has mnist/{name}"
    try:
        import pooch
    except ImportError:
        raise DataError(
            f'{name} of MNIST is not at hand: {own}, or install what downloads it, pip install "likelinet[datasets]".'
        ) from None
    try:
        cache = Path(pooch.os_cache("likelinet")) / "mnist"
        return Path(pooch.retrieve(MIRROR + name, known_hash=f"md5:{FILES[name][0]}", fname=name, path=cache))
    except (OSError, ValueError) as error:  # no connection or no room, and another hash
        raise DataError(f"{MIRROR}{name} cannot be downloaded ({error}): connect and try again, or {own}.") from None


def _read(path: Path, sha256: str) -> np.ndarray:
    """Return the array in a gzipped idx file: two zero bytes, type, number of axes, their lengths, then the values."""
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DataError(f"{path} is damaged, or is not MNIST's: delete it, and it is downloaded at the next call.")
    axes = content[3]
    shape = np.frombuffer(content, dtype=">u4", count=axes, offset=4)
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * axes).reshape(shape).copy()


def _rows(images: np.ndarray) -> np.ndarray:
    """Return each image as one row."""
    return images.reshape(len(images), -1)
