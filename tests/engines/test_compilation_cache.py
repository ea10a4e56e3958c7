"""The folder of compiled code: the oldest files go first."""

import os

import pytest

from likelinet.engines import compilation_cache
from likelinet.engines.compilation_cache import cache_folder, delete_oldest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Four files of 10 bytes; the names are in another order than their ages, 1 the newest."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = cache_folder()
    for age, name in enumerate(("m", "a", "z", "k"), start=1):
        (found / name).write_bytes(bytes(10))
        os.utime(found / name, (1e9 - age, 1e9 - age))
    return found


def left(folder) -> set[str]:
    return {f.name for f in folder.iterdir()}


@pytest.mark.parametrize(
    ("limit", "want"), [(40, "mazk"), (39, "maz"), (30, "maz"), (29, "ma"), (10, "m"), (9, ""), (0, "")]
)
def test_the_oldest_files_are_deleted_until_the_rest_fits(limit, want, folder):
    delete_oldest(folder, limit)
    assert left(folder) == set(want)


def test_it_is_done_whenever_the_folder_is_asked_for(folder, monkeypatch):
    monkeypatch.setattr(compilation_cache, "LIMIT", 25)
    assert cache_folder() == folder
    assert left(folder) == {"m", "a"}


def test_folders_within_are_none_of_its_business(folder):
    (folder / "other").mkdir()
    delete_oldest(folder, 0)
    assert left(folder) == {"other"}
