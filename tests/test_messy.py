"""The benchmark of messy tables: one measure for all methods, columns read as meant, nothing scored twice."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats
from sklearn.metrics import log_loss, mean_pinball_loss

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import messy  # noqa: E402
import messy_inputs  # noqa: E402
import messy_peers  # noqa: E402
import messy_scores  # noqa: E402
import messy_tables  # noqa: E402

import likelinet as ll  # noqa: E402

RNG = np.random.default_rng(3)


def energy(values: np.ndarray, probs: np.ndarray, y: float) -> float:
    """CRPS of a discrete distribution as E|X − y| − E|X − X′| / 2."""
    apart = np.abs(values[:, None] - values)
    return float(probs @ np.abs(values - y) - 0.5 * probs @ apart @ probs)


def test_the_probability_of_a_cell_is_one_measure_of_densities_and_counts():
    y, h = np.array([0.0, 1.5, 4.0]), 0.5
    nll, crps = messy_scores.of_numbers(ll.Gaussian([1.0] * 3, [2.0] * 3), y, h)
    expected = stats.norm.cdf(y + h / 2, 1.0, 2.0) - stats.norm.cdf(y - h / 2, 1.0, 2.0)
    np.testing.assert_allclose(nll, -np.log(expected), rtol=1e-10)
    np.testing.assert_allclose(crps, stats_crps(y), rtol=1e-6)
    nll, _ = messy_scores.of_numbers(ll.Poisson([2.0] * 3), np.array([0.0, 1.0, 4.0]), 1.0)
    np.testing.assert_allclose(nll, -stats.poisson.logpmf([0, 1, 4], 2.0), rtol=1e-10)
    zeros = ll.Hurdle(ll.LogNormal([0.0], [1.0]), [0.3])[np.zeros(2, dtype=int)]
    above = 0.7 * (stats.lognorm.cdf(2.05, 1.0) - stats.lognorm.cdf(1.95, 1.0))
    nll, _ = messy_scores.of_numbers(zeros, np.array([0.0, 2.0]), 0.1)
    np.testing.assert_allclose(nll, -np.log([0.3 + 0.7 * stats.lognorm.cdf(0.05, 1.0), above]), rtol=1e-10)
    nll, _ = messy_scores.of_numbers(ll.Gaussian([1.0] * 3, [2.0] * 3), y, 0.0)
    np.testing.assert_allclose(nll, -stats.norm.logpdf(y, 1.0, 2.0), rtol=1e-10)


def stats_crps(y: np.ndarray) -> list[float]:
    """CRPS of a Gaussian of mean 1 and spread 2 as an integral."""
    cdf = stats.norm(1.0, 2.0).cdf
    below = [integrate.quad(lambda t: cdf(t) ** 2, -30.0, v)[0] for v in y]
    above = [integrate.quad(lambda t: (1.0 - cdf(t)) ** 2, v, 30.0)[0] for v in y]
    return [a + b for a, b in zip(below, above, strict=True)]


def test_ratings_predicted_as_classes_have_a_crps_too():
    values, probs = np.array([1.0, 2.5, 4.0]), RNG.dirichlet(np.ones(3), 4)
    y = np.array([1.0, 2.5, 4.0, 2.5])
    d = ll.Labelled(ll.Categorical(probs=probs), values)
    nll, crps = messy_scores.of_numbers(d, y, 1.5)
    np.testing.assert_allclose(nll, -np.log(probs[np.arange(4), [0, 1, 2, 1]]), rtol=1e-9)
    np.testing.assert_allclose(crps, [energy(values, *row) for row in zip(probs, y, strict=True)], rtol=1e-9)
    outside = np.array([0.0, 2.0, 7.0, 3.0])
    found = messy_scores.of_masses(np.tile(values, (4, 1)), probs, outside)
    np.testing.assert_allclose(found, [energy(values, *row) for row in zip(probs, outside, strict=True)], rtol=1e-9)


def test_draws_and_quantiles_are_scored_by_their_own_formulas():
    draws, y = np.round(RNG.normal(size=50), 1), np.array([-9.0, 0.0, 0.1, 0.123, 9.0])
    expected = [energy(draws, np.full(50, 1 / 50), v) for v in y]
    np.testing.assert_allclose(messy_scores.of_draws(draws, y), expected, rtol=1e-10, atol=1e-12)
    levels = messy_peers.LEVELS
    nll, crps = messy_scores.of_quantiles(np.tile(stats.norm.ppf(levels, 1.0, 2.0), (5, 1))[:, ::-1], levels, y)
    quantiles = stats.norm.ppf(levels, 1.0, 2.0)  # crossing ones are sorted
    pinball = [[mean_pinball_loss([v], [q], alpha=a) for a, q in zip(levels, quantiles, strict=True)] for v in y]
    np.testing.assert_allclose(crps, 2.0 * np.mean(pinball, axis=1), rtol=1e-10)
    np.testing.assert_allclose(crps, stats_crps(y), rtol=0.01)
    assert np.isnan(nll).all()


def test_classes_have_log_loss_and_brier_score():
    probs, codes = RNG.dirichlet(np.ones(3), 5), np.array([0, 1, 2, 0, 1])
    nll, brier = messy_scores.of_classes(probs, codes)
    assert nll.mean() == pytest.approx(log_loss(codes, probs))
    expected = [sum((p[k] - (k == c)) ** 2 for k in range(3)) for p, c in zip(probs, codes, strict=True)]
    np.testing.assert_allclose(brier, expected, rtol=1e-12)
    assert messy_scores.of_classes(np.array([[1.0, 0.0]]), np.array([1]))[0][0] == pytest.approx(36.04, abs=0.01)


def test_censored_times_have_the_probability_to_outlive_the_last_look():
    law, time = stats.lognorm(0.8, scale=np.exp(0.5)), np.array([1.5, 2.5])
    nll, crps = messy_scores.of_times(ll.LogNormal([0.5] * 2, [0.8] * 2), time, np.array([1, 0]))
    np.testing.assert_allclose(nll, [-law.logpdf(1.5), -law.logsf(2.5)], rtol=1e-9)
    seen = [integrate.quad(lambda t: law.cdf(t) ** 2, 0.0, v)[0] for v in time]
    rest = integrate.quad(lambda t: law.sf(t) ** 2, 1.5, np.inf)[0]
    np.testing.assert_allclose(crps, [seen[0] + rest, seen[1]], rtol=1e-5)


def test_the_cell_is_the_step_of_y_or_small_where_one_value_comes_again_and_again():
    assert messy_tables.cell(np.array([0.25, 1.0, 1.5, 0.5])) == 0.25
    y = RNG.exponential(size=200)
    assert messy_tables.cell(y) == 0.0
    y[:40] = 0.0
    assert messy_tables.cell(y) == pytest.approx(0.01 * y.std())


def scored(method: str, split: int, nll: list[float], crps: list[float] | None = None) -> messy_scores.Scored:
    return messy_scores.Scored(method, "mpg", split, 1.5, nll, crps or nll)


def test_what_the_file_has_is_not_scored_again(tmp_path: Path):
    path = tmp_path / "scores.jsonl"
    assert messy_scores.kept(path) == []
    kept = [scored("good", 0, [1.0, 1 / 3]), scored("linear", 1, [1.0, np.inf])]
    for one in kept:
        messy_scores.keep(path, one)
    assert messy_scores.kept(path) == kept
    work = messy.todo(["likelinet", "linear", "CatBoost"], ["mpg", "lung"], 2, "good", kept)
    assert [(w.method, w.table, w.split) for w in work] == [
        *(("linear", "mpg", 0), ("CatBoost", "mpg", 0), ("likelinet", "mpg", 1), ("CatBoost", "mpg", 1)),
        *(("likelinet", "lung", 0), ("linear", "lung", 0), ("likelinet", "lung", 1), ("linear", "lung", 1)),
    ]  # CatBoost has no distribution of times
    assert {w.name for w in work if w.method == "likelinet"} == {"good"}


def test_differences_are_paired_row_by_row():
    ours, theirs = (
        [scored("good", 0, [1.0, 2.0, 6.0])],
        [scored("linear", 0, [2.0, 2.0, 8.0]), scored("linear", 1, [0])],
    )
    assert messy_scores.difference(theirs, ours, "nll") == pytest.approx((1.0, 1.0 / 3**0.5))
    other = [scored("CatBoost", 0, [0.5, 2.0, 6.0], [2.0, 3.0, 7.0]), scored("best", 0, [0.0, 0.0, 0.0])]
    every = [*ours, theirs[0], *other]
    found = messy.report(every, "good", ["mpg", "lung"])
    assert "| table | good | CatBoost | best | linear |" in found
    assert "| mpg | 3 | 2.833 (-0.167 ± 0.17) | **0** (-3 ± 1.5) | 4 (+1 ± 0.58) |" in found
    assert "good is best on 0 of 1, and within one standard error of all that are ahead on 1 more. " in found
    assert "Ahead of it: mpg: CatBoost by 0.167 ± 0.17." in found  # `best` is no rival
    assert "good is best on 1 of 1, " in found.split("### CRPS")[1]
    assert "| mpg | 1.5 | 1.5 | 1.5 | 1.5 |" in found


def test_columns_are_read_as_users_prepare_them():
    x = pd.DataFrame(
        {
            "km": ["45,000 kms", "1,200 kms", "7 kms", "?"],
            "share": ["63%", "7.5%", "70%", " "],
            "day": ["31-Jul-18", "1-Aug-18", "2-Aug-18", "3-Aug-18"],
            "time": ["19:30:00", "0:00:00", "7:15:00", "1:00:00"],
            "town": ["a", " a", "b", None],
            "n": [1, 2, 3, 4],
            "empty": [None] * 4,
        }
    )
    read = messy_inputs.read(x)
    assert [*read] == ["km", "share", "day month", "day day", "day day_of_week", "time hour", "town", "n"]
    np.testing.assert_array_equal(read["km"], [45_000.0, 1200.0, 7.0, np.nan])
    np.testing.assert_array_equal(read["share"], [63.0, 7.5, 70.0, np.nan])
    assert read["day day"].tolist() == [31.0, 1.0, 2.0, 3.0]
    assert read["time hour"].tolist() == [19.5, 0.0, 7.25, 1.0]
    both = messy_inputs.Inputs(read.iloc[:3], read.iloc[[3, 2]])
    assert both.categories == ["town"]
    assert np.array_equal(both.coded(5)[1][:, 6], [np.nan, 1.0], equal_nan=True)
    assert both.coded(1)[1][1, 6] == 1.0  # b is among all others
    train, test = both.one_hot_filled(1)
    assert train[:, -1].tolist() == [1.0, 1.0, 0.0]
    assert test[:, -1].tolist() == [0.0, 0.0]
    assert test[0, :2].tolist() == [1200.0, 63.0]  # medians of the training rows


def test_a_table_has_the_rows_with_y_and_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    monkeypatch.setenv("LIKELINET_DATA", str(tmp_path))
    (tmp_path / "a.csv").write_text('id,y,e,x\n1,"1,200",2,a\n2,Ask,1,b\n3,-200,2,c\n4,7,1,d\n', encoding="utf-8")
    table = messy_tables.Table("a.csv", "y", "times", ("id",), event=("e", 2), missing=-200.0)
    rows = table.load()
    assert rows.to_dict("list") == {"y": [1200.0, 7.0], "e": [1, 0], "x": ["a", "d"]}
    assert [*table.features(rows)] == ["x"]
    assert table.data() == {"target": {"time": "y", "event": "e"}}
    here = {
        "here": table,
        "file": messy_tables.Table("b.csv", "y"),
        "package": messy_tables.Table("c", "y", package="no"),
    }
    monkeypatch.setattr(messy, "TABLES", here)
    none = messy_peers.Peer(messy_peers.linear, "no_such_package")
    monkeypatch.setattr(messy, "PEERS", {"none": none})
    assert messy.possible(["likelinet", "none"], [*here]) == (["likelinet"], ["here"])
    said = capsys.readouterr().err
    assert "none is left out: package no_such_package is not installed." in said
    assert f"file is left out: {tmp_path / 'b.csv'} is missing; set LIKELINET_DATA" in said
    assert "package is left out: package no is not installed; pip install no." in said
    train, test = messy_tables.parts(11, 0)
    assert len(test) == 2
    assert sorted([*train, *test]) == list(range(11))


def case(y: np.ndarray, test_y: np.ndarray, h: float) -> messy_peers.Case:
    frame = pd.DataFrame({"x": np.arange(len(y), dtype=float)})
    return messy_peers.Case("numbers", messy_inputs.Inputs(frame, frame[: len(test_y)]), y, test_y, None, None, h)


def test_the_marginal_is_the_simple_family_that_held_out_rows_choose():
    y = RNG.lognormal(1.0, 1.5, 400)
    new = np.array([0.1, 5.0])
    nll, crps = messy_peers.marginal(case(y, new, 0.0))
    np.testing.assert_allclose(
        nll, -stats.lognorm(np.log(y).std(), scale=np.exp(np.log(y).mean())).logpdf(new), rtol=1e-9
    )
    np.testing.assert_allclose(crps, [energy(y, np.full(400, 1 / 400), v) for v in new], rtol=1e-9)
    rating = RNG.choice([1.0, 2.0, 5.0], 100, p=[0.6, 0.1, 0.3])
    every = np.array([-1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 9.0])
    nll, _ = messy_peers.marginal(case(rating, every, 1.0))
    counts = np.array([np.sum(rating == v) for v in every]) + 0.5
    np.testing.assert_allclose(np.exp(-nll), counts / (100 + 3.5), rtol=1e-9)  # a half for what lies beyond, too


def test_a_linear_model_has_the_spread_of_held_out_residuals():
    x = np.linspace(0.0, 1.0, 500)
    y = np.exp(8.0 * x + 0.3 * RNG.normal(size=500))  # skewed: the logarithm is taken
    frame = pd.DataFrame({"x": x})
    inputs = messy_inputs.Inputs(frame, frame.iloc[[100]])
    nll, _ = messy_peers.linear(messy_peers.Case("numbers", inputs, y, np.array([5.0]), None, None, 0.0))
    assert nll[0] == pytest.approx(-stats.lognorm(0.3, scale=np.exp(8.0 * x[100])).logpdf(5.0), abs=0.1)


@pytest.mark.parametrize(
    ("name", "rows"), [("mpg", 398), ("auto_imports", 201), ("quikr_car", 855), ("lung", 228), ("alexa", 3150)]
)
def test_tables_of_the_benchmark_are_read_whole(name: str, rows: int):
    table = messy_tables.TABLES[name]
    try:
        table.path(table.file)
    except messy_tables.NotThere as why:
        pytest.skip(str(why))
    read = table.load()
    assert len(read) == rows
    features = messy_inputs.read(table.features(read))
    assert len(features) == rows
    text = {"mpg": 2, "auto_imports": 10, "quikr_car": 3, "lung": 0, "alexa": 2}
    assert len(messy_inputs.Inputs(features, features).categories) == text[name]
