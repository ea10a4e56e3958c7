"""The page on skpro is true: its code runs and prints what it shows."""

from pathlib import Path

import pytest

from tests.test_docs import script
from tests.test_docs_pages import first_difference, text_of


def test_page_runs_and_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    text = text_of("user_guide/skpro.md")
    run = list(script("run_pages").run_page(text, {}))
    shown = [p for p in run if p.shown is not None]
    assert len(shown) == text.count("\n```text\n") == 3
    for printed in shown:
        assert first_difference(printed.shown[2], printed.output) is None, printed.output
