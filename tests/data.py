"""Where real data are: the folder LIKELINET_DATA, which tests/conftest.py sets if it finds one."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("LIKELINET_DATA", "nowhere"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no real data: set LIKELINET_DATA to their folder")
needs_mnist = pytest.mark.skipif(
    not (DATA / "mnist").is_dir(), reason="no MNIST: set LIKELINET_DATA to a folder that has mnist/"
)
