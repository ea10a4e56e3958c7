"""The report: a page that is well formed and needs nothing else, with the numbers that other ways of asking give."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import likelinet as ll
from likelinet.report.drift import drift_of
from likelinet.report.figures import INK, inlined, svg
from likelinet.report.html import items, number, page, said, table
from likelinet.tables.table import as_table
from tests.small import cli, labels, quick, write_csv
from tests.small import table as small_table

VOID = {"meta", "link", "img", "br", "hr", "input", "path", "use", "image"}


class Page(HTMLParser):
    """Reads a page: what is open, ids, what is referred to, and the cells of tables by section."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.tags: set[str] = set()
        self.rows: dict[str, list[list[str]]] = {}
        self._section = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.ids += [known["id"]] if "id" in known else []
        self.references += [value for name, value in known.items() if name in ("href", "src", "xlink:href")]
        self.references += [found for value in known.values() for found in re.findall(r"url\(([^)]*)\)", value)]
        if tag == "section":
            self._section = known["id"]
            self.rows[self._section] = []
        if tag == "tr":
            self.rows[self._section].append([])
        if tag in ("td", "th"):
            self.rows[self._section][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[self._section][-1][-1] += data


def checked(path: Path) -> Page:
    """Return a page, after all that holds for any report."""
    text = path.read_text(encoding="utf-8")
    found = Page(text)
    assert found.open == []
    assert len({*found.ids}) == len(found.ids)
    for reference in found.references:
        assert reference.startswith(("#", "data:image/png;base64,"))
        assert not reference.startswith("#") or reference[1:] in found.ids
    assert "http" not in text
    assert not found.tags & {"script", "link", "iframe", "img", "object"}
    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text
    assert INK not in text
    assert len(text.encode()) < 3e6
    return found


def two_columns(found: Page, section: str, first: str) -> dict[str, str]:
    """Return the rows of the table with this heading that have two cells."""
    rows = found.rows[section]
    start = next(i for i, row in enumerate(rows) if row[0] == first)
    end = next((i for i, row in enumerate(rows[start:], start) if len(row) != 2), len(rows))
    return dict(rows[start + 1 : end])


SECTIONS = ["columns", "family", "training", "scores", "calibration", "rows", "importance", "partial", "surprising"]
X, Y = small_table(80)
X = np.column_stack([X, np.arange(80) % 3])
MANY = [f"a long name of class {i} & <more>" for i in range(4)]
TIMES = ll.Interval.right_censored(np.exp(0.1 * X[:, 0]), X[:, 1] > 4.0)
KINDS = {
    "number": ({}, Y),
    "count": ({"distribution": {"kind": "poisson"}}, np.random.default_rng(0).poisson(np.exp(0.1 * X[:, 0]))),
    "two classes": ({"distribution": {"kind": "bernoulli"}}, labels(X, ["no", "yes"])),
    "many classes": ({"distribution": {"kind": "categorical"}}, labels(X, MANY)),
    "censored": ({"distribution": {"kind": "censored", "base": {"kind": "weibull"}}}, TIMES),
    "outputs": ({"distribution": {"kind": "multivariate_gaussian"}}, np.stack([Y, Y + X[:, 1]], 1)),
    "angle": ({"distribution": {"kind": "von_mises"}}, np.angle(np.exp(1j * X[:, 0]))),
}
HEAVY = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("count", "many classes", "outputs", "angle")]


@pytest.mark.parametrize("kind", ["number", "two classes", "censored", *HEAVY])
def test_a_report_of_each_kind_of_y(kind: str, tmp_path: Path):
    declared, y = KINDS[kind]
    model = quick(**declared).fit(X[:40], y[:40], progress=False)
    path = model.report(X[40:], y[40:], tmp_path / "report.html")
    found = checked(path)
    expected = [name for name in SECTIONS if name != "rows" or kind in ("number", "count", "censored")]
    assert [*found.rows] == [*expected, "drift"]
    scores = two_columns(found, "scores", "metric")
    assert scores == {name: number(value) for name, value in model.evaluate(X[40:], y[40:]).items()}
    assert [row[0] for row in found.rows["scores"][-3:]] == ["this model", "linear", "intercept-only"]
    importance = model.importance(X[40:], y[40:])
    drawn = {row[0]: row[1] for row in found.rows["importance"][1:]}
    assert drawn == {name: number(float(v)) for name, v in zip(importance.names, importance.log_score, strict=True)}
    assert {row[0] for row in found.rows["drift"][1:]} == {"x0", "x1", "x2"}
    assert ("rows, sorted by predicted median" in path.read_text(encoding="utf-8")) == ("classes" not in kind)


class Rayleigh(ll.Distribution):
    """With a log density and nothing else."""

    parameters = (ll.Parameter("scale", ll.positive, role="scale"),)
    support = ll.positive

    def log_prob(self, y):
        return np.log(y / self.scale**2) - 0.5 * (y / self.scale) ** 2


def test_what_a_distribution_has_no_answer_to_is_said_in_its_place(tmp_path: Path):
    y = np.exp(0.1 * X[:, 0])
    model = ll.Model(quick().config, distribution=Rayleigh).fit(X, y, progress=False)
    path = model.report(X, y, tmp_path / "r.html")
    found = checked(path)
    assert [*found.rows] == [
        "columns",
        "family",
        "training",
        "scores",
        "calibration",
        "single_rows",
        "surprising",
        "drift",
    ]
    scores = {name: number(value) for name, value in model.evaluate(X, y).items()}
    assert two_columns(found, "scores", "metric") == scores
    assert scores.keys() <= {"nll", "nll_skill"}
    assert "Rayleigh has no" in path.read_text(encoding="utf-8")


def test_rows_whose_y_is_missing_and_weights_are_as_evaluate_has_them(tmp_path: Path):
    columns = {"a": X[:, 0], "w": np.where(np.arange(80) % 5 == 0, 0.0, 1.0 + np.arange(80) % 3), "y": Y}
    model = quick(data={"target": "y", "weight": "w"}).fit(columns, progress=False)
    new = {**columns, "y": np.where(np.arange(80) % 7 == 1, np.nan, Y)}
    path = model.report(new, path=tmp_path / "r.html")
    with pytest.warns(UserWarning, match="missing in"):
        scores = model.evaluate(new)
    assert two_columns(checked(path), "scores", "metric") == {name: number(value) for name, value in scores.items()}
    text = path.read_text(encoding="utf-8")
    assert "Noted on these rows:" in text
    assert "is missing in" in text


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prices")
    columns = {"size": X[:, 0].round(3), "colour": labels(X, ["red", "blue"]), "<b>": X[:, 1], "price": Y}
    for name, rows in (("train", slice(0, 50)), ("new", slice(50, None))):
        write_csv(folder / f"{name}.csv", {key: values[rows].tolist() for key, values in columns.items()})
    model = quick(data={"target": "price"}).fit(folder / "train.csv", progress=False)
    model.save(folder / "m")
    return folder


def test_the_command_is_that_of_python(prices: Path, tmp_path: Path):
    done = cli("report", prices / "m", prices / "new.csv", "-o", tmp_path / "r.html", "--train", prices / "train.csv")
    assert (done.code, done.out) == (0, f"Report: {tmp_path / 'r.html'}\n")
    model = ll.Model.load(prices / "m")
    again = model.report(prices / "new.csv", path=tmp_path / "p.html", train=prices / "train.csv")
    assert again.read_text(encoding="utf-8") == (tmp_path / "r.html").read_text(encoding="utf-8")
    found = checked(again)
    assert {row[0]: row[1] for row in found.rows["columns"]}["colour"].startswith("category of 2 levels")
    linear = {
        row[0]: float(row[1].replace("−", "-")) for row in found.rows["scores"] if len(row) == 7 and row[0] != "model"
    }
    assert linear["this model"] == pytest.approx(model.score(prices / "new.csv"), rel=1e-3)
    beside = ll.selection.baselines.baselines(model.config)["linear"]
    fitted = ll.Model(beside).fit(prices / "train.csv", progress=False)
    assert linear["linear"] == pytest.approx(fitted.score(prices / "new.csv"), rel=1e-3)
    worst = np.argsort(model.predict_dist(prices / "new.csv").log_prob(Y[50:]))[:10] + 1
    assert [row[0] for row in found.rows["surprising"][1:11]] == [str(i) for i in worst]


def test_what_cannot_be_written_is_said(prices: Path, tmp_path: Path):
    for output, says in (("r.png", "a report is HTML; name a file such as report.html"), ("no/r.html", "cannot write")):
        done = cli("report", prices / "m", prices / "new.csv", "-o", tmp_path / output)
        assert done.code == 2
        assert says in done.err
        assert done.err.count("\n") == 1
    with pytest.raises(ll.DataError, match="cannot write the report, since there is no such folder"):
        ll.Model.load(prices / "m").report(prices / "new.csv", path=tmp_path / "no" / "r.html")


def test_drift_is_that_of_the_columns(prices: Path):
    rng = np.random.default_rng(0)
    train = {"size": rng.normal(size=400), "place": np.array(list("abcd"))[np.arange(400) % 4]}
    declared = {"data": {"numeric": {"bins": 8}}}
    model = quick(**declared).fit(train, rng.normal(size=400), progress=False)
    still = {d.name: d for d in drift_of(model, as_table(train))}
    assert still["size"].distance == pytest.approx(0.0, abs=1e-9)
    assert still["size"].shift == pytest.approx(0.0, abs=1e-9)
    assert still["size"].strange == still["place"].strange == {}
    far = {"size": train["size"] + 100.0, "place": np.where(np.arange(400) < 100, "new", "a")}
    moved = {d.name: d for d in drift_of(model, as_table(far))}
    assert moved["size"].strange == {"outside": 1.0}
    assert moved["place"].strange == {"unseen": 0.25}
    half = {**train, "size": np.sort(train["size"])[np.arange(400) // 2 + 200]}  # the upper half alone
    assert {d.name: d for d in drift_of(model, as_table(half))}["size"].distance == pytest.approx(0.5, abs=0.07)


def test_what_comes_from_data_is_escaped():
    found = Page(page("<x>", [said("a < b & c")], []))
    assert "x" not in found.tags
    text = table(["<i>", "n"], [["<script>", 1.5], ["b", float("-inf")]], "c & d") + items(["<u>"])
    assert "<script>" not in text
    assert "<u>" not in text
    assert "&lt;script&gt;" in text
    assert text.count("class=r") == 3
    assert "−∞" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.12345, "0.1235"), (-1.5, "−1.5"), (123456.7, "123457"), (1e-7, "1e−07"), (np.nan, "–"), (3, "3"), ("a", "a")],
)
def test_numbers(value, text: str):
    assert number(value) == text


def test_pictures_have_ids_of_their_own():
    first, second = (svg(lambda axes: axes.plot([0, 1]), name) for name in ("a", "b"))
    ids = re.findall(r'id="([^"]+)"', first + second)
    assert len({*ids}) == len(ids)
    assert "currentColor" in first
    assert svg(lambda axes: axes.plot([0, 1]), "a") == first
    whole = '<?xml?><svg width="3pt" xmlns="x" height="1pt"><metadata/><g id="g"><use xlink:href="#g"/></g></svg>'
    assert inlined(whole, "n") == '<svg><g id="n-g"><use href="#n-g"/></g></svg>'
