"""The page on tuning is true."""

from pathlib import Path

import pytest

from tests.test_docs_pages import test_links_and_pictures_lead_somewhere as check_links
from tests.test_docs_pages import test_page_runs_and_prints_what_it_shows as check_page

PAGE = "user_guide/tuning.md"


@pytest.mark.slow
def test_the_page_runs_and_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("optuna", reason="needs likelinet[tune]: .ci/run has an environment with it")
    pytest.importorskip("dask.dataframe", reason="needs likelinet[dask]: .ci/run has an environment with it")
    check_page(PAGE, tmp_path, monkeypatch)


def test_its_links_lead_somewhere():
    check_links(PAGE)
