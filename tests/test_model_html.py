"""A model as a notebook shows it."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

import likelinet as ll
from likelinet.model.in_html import COLUMNS
from tests.small import quick, table

X, Y = table(48)
SKEWED = np.exp(0.2 * X[:, 0]) + 0.01 * Y  # positive, and some families could be its own
VOID = {"br", "hr", "img", "meta", "link", "input"}


class Page(HTMLParser):
    """What there is in a piece of HTML: its tags, in order, its text without styles, the cells of its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open += [] if tag in VOID else [tag]
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def page_of(model: ll.Model) -> Page:
    page = Page(model._repr_html_())
    assert page.open == []
    assert page.text[0] == repr(model)
    return page


def test_not_fitted():
    page = page_of(ll.Model({"quality": "plain"}))
    assert page.tags == ["div", "style", "p", "code"]


def test_features_family_groups_and_scores():
    model = quick(
        distribution={"kind": "auto"},
        groups=[{}, {"network": {"hidden": []}}],
        ensemble=2,
        training={"folds": 2},
        data={"target": "y"},
    ).fit({"size": X[:, 0], "town": np.where(X[:, 1] > 5.0, "here", "there"), "y": SKEWED})
    page, history = page_of(model), model.history
    for kind in model.kinds:
        assert [kind.name, " ".join(kind.describe().split()), f"{kind.width}"] in page.rows
    choice = history.choice
    assert choice is not None
    assert len(choice.ranked) > 1
    for c in choice.ranked:
        assert [c.family, f"{c.log_score:.4g}", f"{c.difference:.4g}", f"{c.standard_error:.4g}"] in page.rows
    for g in history.groups:
        row = [g.in_brief, f"{g.members}", f"{g.weight:.3f}", f"{g.out_of_fold_nll:.4g}", g.stopped]
        assert row in page.rows
    text = "".join(page.text)
    assert f"{model.y_name} follows {choice.families}, since it {choice.why}" in text
    assert f"out-of-fold NLL {history.out_of_fold_nll:.4g}." in text
    assert "3 epochs in " in text


def test_names_and_cells_are_escaped():
    model = quick(distribution={"kind": "gaussian"}, data={"target": "<i>"}).fit(
        {"<b>": X[:, 0], '"&amp;': np.where(X[:, 1] > 5.0, "<script>", "</td>"), "<i>": Y}
    )
    page = page_of(model)
    used = {"div", "style", "p", "code", "details", "summary", "table", "thead", "tbody", "tr", "th", "td"}
    assert {*page.tags} == used
    assert [row[0] for row in page.rows if row[0] in ("<b>", '"&amp;')] == ["<b>", '"&amp;']
    assert f"{model.y_name} follows gaussian, as declared." in page.text
    assert "<i>" in model.y_name


def test_it_needs_nothing_beside_it_and_is_dark_in_the_dark():
    text = ll.Model({"quality": "plain"})._repr_html_()
    assert re.search(r"https?:|//|url\(|@import|<script|src=|href=", text) is None
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    known = set(re.findall(r"(--\w+):", light))
    assert known == set(re.findall(r"var\((--\w+)\)", text)) == set(re.findall(r"(--\w+):", dark.split("} }")[0]))


@pytest.mark.parametrize("many", [COLUMNS, COLUMNS + 2])
def test_many_columns_are_cut(many: int):
    model = quick(distribution={"kind": "gaussian"}, training={"epochs": 1})
    page = page_of(model.fit(np.random.default_rng(0).normal(size=(40, many)), Y[:40]))
    assert len(page.rows) == 1 + COLUMNS + (many > COLUMNS)
    assert (page.rows[-1][0] == "… and 2 more") == (many > COLUMNS)
    assert f"{many} features" in page.text
