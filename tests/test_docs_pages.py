"""The pages are true: their code runs and prints what they show, and their configs, names and links are valid."""

import dataclasses
import importlib
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import likelinet as ll
from likelinet.config.distribution import FAMILY_CONFIGS, WRAPPER_CONFIGS
from tests.test_docs import ROOT, blocks, script

DOCS = ROOT / "docs"
GUIDE = (
    "configs",
    "tables",
    "streams",
    "training",
    "metrics",
    "decisions",
    "report",
    "ensembles",
    "autoencoders",
    "scikit_learn",
    "coming_from",
    "model_files",
    "command_line",
    "errors",
)
PAGES = (
    "index.md",
    "tutorial.md",
    "which_distribution.md",
    "likelihood.md",
    *(f"user_guide/{name}.md" for name in GUIDE),
)
NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)")
CLOSE = 0.25  # other machines round differently, and training carries that on


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_page_runs_and_prints_what_it_shows(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    run = list(script("run_pages").run_page(text_of(page), {}))
    assert run
    assert len([p for p in run if p.shown is not None]) == text_of(page).count("\n```text\n"), "outputs behind no code"
    for printed in run:
        shown = "" if printed.shown is None else printed.shown[2]
        difference = first_difference(shown, printed.output)
        assert difference is None, f"{difference}, from\n{printed.code}\nRun python docs/run_pages.py docs/{page}"


def first_difference(shown: str, printed: str) -> str | None:
    """Return the first line that differs, numbers apart that are close to each other and the seconds it took."""
    old, new = ([line.rstrip() for line in text.rstrip("\n").split("\n")] for text in (shown, printed))
    for line, other in zip(old, new, strict=False):
        line, other = (re.sub(r"\d+\.\d s\b", "… s", text) for text in (line, other))
        if any(set(text) <= {"#", ".", " "} for text in (line, other)) and line:
            continue  # a picture of what was drawn at random
        words, other_words = (" ".join(NUMBER.sub("0", text).split()) for text in (line, other))
        numbers, other_numbers = ([float(n.replace("−", "-")) for n in NUMBER.findall(text)] for text in (line, other))
        close = (math.isclose(a, b, rel_tol=CLOSE, abs_tol=CLOSE) for a, b in zip(numbers, other_numbers, strict=False))
        loose = "epoch" in line or re.fullmatch(r"[-\d.,e]+", line)  # the best epoch; rows of a CSV file
        if words != other_words or not (loose or all(close)):
            return f"the page shows {line!r}, the code prints {other!r}"
    return None if len(old) == len(new) else f"the page shows {len(old)} lines, the code prints {len(new)}"


def test_differences_are_found():
    assert first_difference("mean 1.00\n", "mean 1.1") is None
    assert first_difference("fitted in 0.5 s", "fitted in 30.1 s") is None
    assert first_difference("best epoch 40", "best epoch 12") is None
    assert first_difference("1.0,2.0", "1.0,2.0,3.0") is not None
    assert first_difference("a -> 2.0\n", "a -> 3.0\n") is not None
    assert first_difference("2 rows\n", "2 columns\n") is not None
    assert first_difference("", "something") is not None
    assert first_difference("one\n", "one\ntwo\n") is not None


def test_there_are_configs():
    assert sum(len(blocks(DOCS / page, "yaml")) for page in PAGES) > 15


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_lead_somewhere(page: str):
    path = DOCS / page
    for target in re.findall(r"\]\(([^)]+)\)", re.sub(r"^```.*?^```$", "", text_of(page), flags=re.M | re.S)):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        to = path.parent / file if file else path
        assert to.is_file(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", to.read_text(encoding="utf-8"), flags=re.M)
            slugs = [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings]
            assert anchor in slugs, target


def last_table(page: str) -> list[list[str]]:
    """Return the cells of the last table of a page, without its header."""
    *_, table = re.findall(r"(?:^\|.*\|\n)+", text_of(page), flags=re.M)
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines()[2:]]


def test_every_kind_is_on_the_page_that_helps_to_choose():
    page = text_of("which_distribution.md")
    kinds = {c.model_fields["kind"].default for c in (*FAMILY_CONFIGS, *WRAPPER_CONFIGS)} | {"custom"}
    listed = [row[0].strip("| `") for row in last_table("which_distribution.md")]
    assert sorted(listed) == sorted(kinds)
    questions = page[: page.index("## Check it")]
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in questions and f"kind: {kind}" not in questions] == []


def names_in_likelihood() -> Iterator[str]:
    for row in last_table("likelihood.md"):
        found = re.findall(r"`([\w.]+)`", row[-1])
        assert found, row
        yield from found


@pytest.mark.parametrize("name", sorted(set(names_in_likelihood())))
def test_names_in_likelihood_exist(name: str):
    if not name.startswith("likelinet."):
        value: Any = ll.ModelConfig(quality="plain").model_dump()
        for key in name.split("."):
            value = value[key]
        return
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = attribute(found, part)
        return
    raise AssertionError(name)


def attribute(of: Any, name: str) -> Any:
    """Return an attribute, or the field of that name which instances have."""
    if hasattr(of, name):
        return getattr(of, name)
    fields = {f.name for f in dataclasses.fields(of)} if dataclasses.is_dataclass(of) else set(of.model_fields)
    assert name in fields
    return None


def test_the_errors_page_lists_every_exception():
    page = text_of("user_guide/errors.md")
    public = {name: getattr(ll, name) for name in ll.__all__}
    classes = {name for name, value in public.items() if isinstance(value, type) and issubclass(value, Exception)}
    assert {name for name in classes if f"| `{name}` |" not in page} == set()


def test_the_page_of_commands_lists_every_command():
    from likelinet.cli.arguments import cli

    page = text_of("user_guide/command_line.md")
    assert [name for name in cli.commands if f"| `likelinet {name}" not in page] == []
