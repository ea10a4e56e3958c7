"""The column of events: 0 and 1, 1 and 2 as in R, yes and no, or a label that the config names."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.selection.candidates import families
from likelinet.selection.comparison import compare
from likelinet.tables.table import as_table
from tests.small import cli, quick, write_csv

N = 40
RNG = np.random.default_rng(2)
DIED = RNG.uniform(size=N) < 0.6
COLUMNS = {"x": RNG.normal(size=N).round(3), "days": RNG.exponential(9.0, N).round(3) + 0.1}
WEIBULL = {"kind": "censored", "base": {"kind": "exponential"}}


def table(no: Any, yes: Any) -> dict[str, Any]:
    return {**COLUMNS, "status": [yes if died else no for died in DIED]}


def model(event: Any = "status", **data: Any) -> ll.Model:
    return quick(data={"target": {"time": "days", "event": event}, **data}, distribution=WEIBULL)


def rate(fitted: ll.Model, of: Any) -> float:
    return float(1.0 / fitted.predict(of)[0])


@pytest.mark.parametrize(
    ("no", "yes", "event"),
    [
        (0, 1, "status"),
        (0.0, 1.0, "status"),
        (False, True, "status"),
        ("no", "Yes", "status"),
        ("False", "true", "status"),
        ("alive", "dead", {"column": "status", "is": "dead"}),
        ("no", "yes", {"column": "status", "is": True}),  # what YAML makes of yes
        (2, 1, {"column": "status", "is": 1}),
        (0, 2, {"column": "status", "is": "2"}),
        (0.5, 1.5, {"column": "status", "is": 1.5}),
    ],
)
def test_the_rate_is_that_of_events_per_time(no: Any, yes: Any, event: Any, tmp_path: Path):
    """The maximum of the likelihood of an exponential law: events over all the time that was looked at."""
    want = DIED.sum() / COLUMNS["days"].sum()
    columns = table(no, yes)
    for given in (columns, str(write_csv(tmp_path / "t.csv", columns))):
        fitted = model(event, features=[]).fit(given)
        assert rate(fitted, given) == pytest.approx(want, rel=1e-7)
        assert np.isfinite(fitted.score(given))


def test_one_and_two_are_read_as_in_r_and_remembered(tmp_path: Path):
    columns = table(1, 2)
    with pytest.warns(UserWarning, match=r"^Column 'status', the event, has 1 and 2, which is read as in R: 2 where "):
        fitted = model(features=[]).fit(columns)
    assert rate(fitted, columns) == pytest.approx(DIED.sum() / COLUMNS["days"].sum(), rel=1e-7)
    fitted.save(tmp_path / "m")
    censored = {name: np.asarray(column)[~DIED] for name, column in columns.items()}
    # Rows of 1 alone would be events by themselves.
    d = fitted.predict_dist(censored)
    want = np.mean(d.log_sf(censored["days"]))
    assert ll.Model.load(tmp_path / "m").score(censored) == pytest.approx(want, rel=1e-9)


def test_compare_reads_them_alike():
    config = model(features=[]).config
    with pytest.warns(UserWarning, match="read as in R"):
        (two,) = compare(config, families("exponential", config), as_table(table(1, 2)))
    (one,) = compare(config, families("exponential", config), as_table(table(0, 1)))
    np.testing.assert_array_equal(two.log_scores, one.log_scores)  # pyright: ignore


def test_a_competing_event_is_censored():
    status = np.where(DIED, "dead", np.where(np.arange(N) % 2, "moved", "alive"))
    event = {"column": "status", "is": "dead"}
    fitted = model(event, features=[]).fit({**COLUMNS, "status": status})
    assert rate(fitted, COLUMNS) == pytest.approx(DIED.sum() / COLUMNS["days"].sum(), rel=1e-7)


def test_the_command_line_reads_it(tmp_path: Path):
    config, file = tmp_path / "c.yaml", write_csv(tmp_path / "t.csv", table("no", "yes"))
    config.write_text(
        "data: {target: {time: days, event: {column: status, is: yes}}, features: []}\n"
        "distribution: {kind: censored, base: {kind: exponential}}"
    )
    assert cli("fit", config, file, "-o", tmp_path / "m").code == 0
    shown = cli("show", tmp_path / "m").out
    assert "event: {column: status, is: 'true'}" in shown
    assert "\ntarget: days\n" in shown


@pytest.mark.parametrize(
    ("columns", "event", "message"),
    [
        (
            table(0, "dead"),
            "status",
            r"got dead \(rows 1, .*: for the labels '0' and 'dead' write event: \{column: status, is: dead\}",
        ),
        (
            table(0, 2),
            "status",
            r"0 where not, got 2 \(rows .*: for the labels '0' and '2' write event: \{column: status, is: 2\}",
        ),
        (
            table("Alive", "Dead"),  # whichever is first
            "status",
            r"for the labels 'Alive' and 'Dead' write event: \{column: status, is: Dead\}, with the one that means ",
        ),
        (
            table("in", "out"),
            "status",
            r"the labels 'in' and 'out' write event: \{column: status, is: LABEL\}, with the one that .* was seen\.$",
        ),
        (table("dead", "relapse"), "status", r"the labels 'dead' and 'relapse' write event: .* is: LABEL\}"),
        (table("alive", "dead"), {"column": "status", "is": "Dead"}, r"is nowhere 'Dead' \(did you mean 'dead'\?\)\.$"),
        (table(0, 1), {"column": "statu", "is": 1}, r"no column 'statu' in the table \(did you mean 'status'\?\)"),
    ],
)
def test_what_is_no_event(columns: dict[str, Any], event: Any, message: str):
    with pytest.raises(ll.DataError, match=message):
        model(event, features=["x"]).fit(columns)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"column": "status"}, r"event.is: is missing"),
        ({"colum": "status", "is": 1}, r"event: unknown key 'colum' \(did you mean 'column'\?\)"),
        ({"column": "status", "is": ["a"]}, r"event.is: input should be a valid string, got \['a'\]"),
    ],
)
def test_bad_declarations(event: Any, message: str):
    with pytest.raises(ll.ConfigError, match=message):
        model(event)
