"""What users rely on does not change by accident: public names with their signatures, and the keys of a config."""

import re

import pytest

from tests.snapshots.update import SCHEMA, SIGNATURES, schema, signatures, without_wording

HINT = "\n\nIf it is meant: python tests/snapshots/update.py, and a line in CHANGELOG.md."


def compare(now: str, before: str) -> None:
    __tracebackhide__ = True
    new, gone = (sorted(set(a.splitlines()) - set(b.splitlines())) for a, b in ((now, before), (before, now)))
    if now != before:
        pytest.fail("\n".join([*(f"- {line}" for line in gone), *(f"+ {line}" for line in new)]) + HINT, pytrace=False)


def test_public_signatures():
    compare(signatures(), SIGNATURES.read_text(encoding="utf-8"))


def test_schema_of_the_config():
    compare(without_wording(schema()), without_wording(SCHEMA.read_text(encoding="utf-8")))


def test_wording_of_the_schema():
    now, before = (re.findall(r'"description": ".*"', text) for text in (schema(), SCHEMA.read_text(encoding="utf-8")))
    compare("\n".join(sorted(now)), "\n".join(sorted(before)))
