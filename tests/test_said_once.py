"""Each thing is said once for each command: how columns are read in the list, and what needs a decision in a note."""

import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import likelinet as ll
from likelinet.cli import holdout
from likelinet.selection.comparison import HeldOut
from likelinet.tables.table import Table, as_table
from tests.small import cli, quick, write_csv

N = 60
RNG = np.random.default_rng(0)
X = RNG.normal(size=N)
COLUMNS = {
    "id": range(N),
    "same": ["k"] * N,
    "km": [f"{v:,.0f} kms" for v in RNG.uniform(1e3, 9e4, N)],
    "day": [str(np.datetime64("2024-01-01") + int(i)) for i in RNG.permutation(N)],
    "x": ["", *X[1:].round(3).tolist()],
    "far": [*RNG.normal(size=N - 2).round(3).tolist(), 9999.0, 9999.0],
    "price": [f"{v:,.0f}" for v in 5000.0 + 1000.0 * X + 200.0 * X**2],
}
QUICK = ("--target", "price", "--set", "quality=plain", "--set", "network.hidden=[2]", "--set", "training.epochs=1")
READ = "likelinet: note: Target 'price' is read as numbers with thousands separators"
FAR = "likelinet: note: Numbers far from all others of their column, which may mean missing cells: 9999"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_csv(tmp_path_factory.mktemp("once") / "t.csv", COLUMNS)


def test_the_list_says_how_columns_are_read(table: Path):
    done = cli("fit", table, *QUICK, "-o", table.with_name("one"))
    assert done.code == 0, done.err
    assert [line[:72] for line in done.err.splitlines()] == [READ[:72], FAR[:72]]
    for line in (
        "  id    left out as an identifier: whole",
        "  same  left out: 'k' in every row",
        "  km    number (numbers",
    ):
        assert line in done.out
    quiet = cli("fit", table, *QUICK, "--quiet", "-o", table.with_name("two"))
    assert quiet.out == ""
    assert [line[17:40] for line in quiet.err.splitlines()] == [
        "Target 'price' is read ",
        "Columns that say nothin",
        "Columns that look like ",
        "Missing cells are fille",
        "Columns are read as dat",
        "Columns of text are rea",
        "Numbers far from all ot",
    ]


def test_held_out_rows_repeat_nothing(table: Path):
    done = cli("fit", table, *QUICK, "--holdout", "0.2", "-o", table.with_name("m"))
    assert done.code == 0, done.err
    lines = done.err.splitlines()
    assert len(set(lines)) == len(lines)
    assert done.err.count("is read as numbers") == 1
    done = cli("evaluate", table.with_name("m"), table)
    assert done.err.count("is read as numbers") == 1


def test_what_is_left_out_is_not_cut(tmp_path: Path):
    many = {f"c{i}": ["u", "v", "v"] * 20 for i in range(15)}
    done = cli("fit", write_csv(tmp_path / "t.csv", {**many, **COLUMNS}), *QUICK, "-o", tmp_path / "m")
    assert [line.split()[0] for line in done.out.splitlines()[-14:]][:4] == ["Columns,", "id", "same", "c0"]


class Known:
    """A model whose scores are known."""

    def __init__(self, **scores: float) -> None:
        self.scores = scores
        self.config = ll.ModelConfig(data={"target": "y"})  # pyright: ignore

    def evaluate(self, _table: object) -> dict[str, float]:
        return self.scores

    def observed(self, table: Table) -> SimpleNamespace:
        return SimpleNamespace(weight=np.ones(table.n))


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"nll": 9.0, "rmse": 8.0, "mae": 7.0}, ": the network has found nothing that lasts beyond it."),
        (
            {"nll": 9.0, "rmse": 0.1, "mae": 7.0},
            ", but by rmse this one is: it comes nearer to y, and what does not fit is its spread.",
        ),
        ({"nll": 9.0, "rmse": 0.1, "mae": 0.1}, ", but by rmse and mae this one is: it comes nearer to y, and what"),
        (
            {"nll": 9.0, "accuracy": 0.9},
            ", but by accuracy this one is: it comes nearer to y, and what does not fit is how",
        ),
    ],
)
def test_a_better_nll_is_not_all(own: dict[str, float], said: str, monkeypatch: pytest.MonkeyPatch):
    best = {"nll": 1.0, "rmse": 1.0, "mae": 1.0, "accuracy": 0.5}
    simpler = Known(**{name: best[name] for name in own})
    simpler.fit = lambda *_args, **_more: simpler  # type: ignore[attr-defined]
    monkeypatch.setattr(holdout, "Model", lambda _config: simpler)
    rows = as_table({"y": [1.0, 2.0]})
    monkeypatch.setattr(holdout, "scores_of", lambda name, model, _: HeldOut(name, np.full(2, -model.scores["nll"])))
    text, _ = holdout.scores_beside_baselines(Known(**own), rows, rows)  # type: ignore[arg-type]
    assert text.splitlines()[-1].startswith(f"By its nll the linear model is better here{said}")


def test_odd_cells_of_a_table_are_noted_once_for_each_model():
    """And again where they are others."""
    x = RNG.normal(size=(40, 2))
    y = x[:, 0] + RNG.normal(size=40)
    model, again = (quick().fit(x, y, progress=False) for _ in range(2))
    far = x + np.where(np.arange(40)[:, None] == 7, 30.0, 0.0)
    questions = (model.predict, model.predict_dist, model.sample, lambda x: model.score(x, y), again.predict)
    assert [len(noted(question, far)) for question in questions] == [1, 0, 0, 0, 1]
    (other,) = noted(model.predict, far[::-1])
    assert other.startswith("Numbers outside of the range of training are held within it: column 'x0' in 1 row (33: ")
    assert noted(model.predict, far) == []


def noted(question: Callable[[np.ndarray], object], x: np.ndarray) -> list[str]:
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        question(x)
    return [str(note.message) for note in notes]
