"""Bounds of a truncation that are columns: delayed entry, a deductible for each policy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy

import likelinet as ll
from likelinet.heads.build import build_head
from tests.differences import assert_gradients, gradients
from tests.small import cli, fit, quick, read_csv

N = 60
RNG = np.random.default_rng(3)
LOW = RNG.uniform(0.0, 2.0, N).round(3)
HIGH = (LOW + RNG.uniform(1.0, 9.0, N)).round(3)
Y = (LOW + RNG.uniform(size=N) * (HIGH - LOW)).round(6)
X = RNG.normal(size=N).round(3)
TABLE = {"x": X, "low": LOW, "high": HIGH, "y": Y}


def truncated(base: Any, **bounds: Any) -> dict[str, Any]:
    return {"kind": "truncated", "base": base, **bounds}


def of(*names: str) -> dict[str, Any]:
    return {name: {"column": name} for name in names}


@pytest.mark.parametrize("bounds", [of("low"), of("high"), of("low", "high"), {**of("low"), "high": 12.0}])
@pytest.mark.parametrize("ensemble", [1, 2])
def test_each_row_is_truncated_at_its_own_bounds(bounds: dict[str, Any], ensemble: int):
    model = quick(data={"target": "y"}, distribution=truncated({"kind": "gaussian"}, **bounds), ensemble=ensemble)
    names = [name for name in ("low", "high") if name in bounds and isinstance(bounds[name], dict)]
    table = {name: TABLE[name] for name in ("x", "y", *names)}
    model.fit(table)
    assert model.feature_names == ["x"]
    d = model.predict_dist(table)
    low = LOW if "low" in names else np.full(N, -np.inf)
    high = HIGH if "high" in names else np.full(N, bounds.get("high", np.inf))
    parts = d.components if ensemble > 1 else d  # pyright: ignore
    loc, scale = parts.base.loc, parts.base.scale  # pyright: ignore
    if ensemble == 1:
        loc, scale = loc[:, None], scale[:, None]
    ends = [(end[:, None] - loc) / scale for end in (low, high)]
    want = scipy.stats.truncnorm.pdf(Y[:, None], *ends, loc, scale).mean(1)
    np.testing.assert_allclose(np.exp(d.log_prob(Y)), want, rtol=1e-7)
    np.testing.assert_array_equal(d.log_prob(low - 1e-3), np.full(N, -np.inf))


def test_what_is_trained_is_what_is_predicted():
    family = truncated({"kind": "gaussian"}, **of("low", "high"))
    model = quick(data={"target": "y", "features": ["x"]}, distribution=family).fit(TABLE, validation=(TABLE,))
    kept = model.history.epochs[model.history.best_epoch[0] - 1].validation_nll
    assert kept == [pytest.approx(-model.score(TABLE), rel=1e-5)]


def test_delayed_entry_is_events_over_time_at_risk():
    """The maximum of the likelihood of an exponential law that is looked at from the entry on."""
    died = RNG.uniform(size=N) < 0.6
    table = {"days": Y, "died": died, "entry": LOW}
    family = {"kind": "censored", "base": truncated({"kind": "exponential"}, low={"column": "entry"})}
    model = quick(data={"target": {"time": "days", "event": "died"}, "features": []}, distribution=family).fit(table)
    rate = model.predict_dist(table).base.base.rate[0]  # pyright: ignore
    assert rate == pytest.approx(died.sum() / (Y - LOW).sum(), rel=1e-7)
    # An entry at 0 is none at all.
    whole = model.predict_dist({**table, "entry": 0.0 * LOW})
    np.testing.assert_allclose(whole.sf(Y), np.exp(-rate * Y), rtol=1e-9)


@pytest.mark.parametrize("name", ["plain", "mixture", "hurdle", "censored"])
def test_gradients(name: str):
    inner = truncated({"kind": "gaussian"}, **of("low", "high"))
    family = {
        "plain": inner,
        "mixture": {"kind": "mixture", "components": 2, "base": inner},
        "hurdle": {"kind": "hurdle", "base": truncated({"kind": "gamma"}, **of("low", "high"))},
        "censored": {"kind": "censored", "base": inner},
    }[name]
    config = ll.ModelConfig(distribution=family).distribution  # pyright: ignore
    head = build_head(config, None, 0, None).standardised(np.zeros(()), np.array(2.0), np.ones(()))
    raw = RNG.normal(size=(1, N, head.predicted))
    y = Y / 2.0
    if name == "censored":
        y = np.stack([y, np.where(np.arange(N) % 2, HIGH, y)], axis=-1)
    columns = np.stack([TABLE[c] for c in head.columns], axis=1)[None]

    def loss(params: tuple[np.ndarray, ...], y: np.ndarray) -> Any:
        values, backward = head.loss(params[0], np.zeros((1, 0)), y, columns)
        return values, lambda d: backward(d)[:1]

    values, backward = loss((raw,), y[None])
    got = backward(np.ones_like(values))
    assert_gradients(got, gradients(loss, (raw,), y[None], (np.full(raw.shape, 1e-3),)))


@pytest.mark.slow  # compiling it takes seconds
def test_the_other_engine():
    pytest.importorskip("jax")
    from tests.on_jax import run

    config = ll.ModelConfig(distribution=truncated({"kind": "gaussian"}, **of("low", "high"))).distribution  # pyright: ignore
    head = build_head(config, None, 0, None).standardised(np.array(0.5), np.array(2.0), np.ones(()))
    raw, columns = RNG.normal(size=(1, N, 2)), np.stack([LOW, HIGH], axis=1)[None]

    def both(raw: Any, y: Any) -> Any:
        values, backward = head.loss(raw, raw[:, 0, :0], y, columns)
        return values, backward(values)[0]

    y = (Y[None] - 0.5) / 2.0
    for here, there in zip(both(raw, y), run(both, raw, y), strict=True):
        np.testing.assert_allclose(there, here, rtol=1e-8, atol=1e-12)


def test_a_file_and_the_command_line(tmp_path: Path):
    columns = {name: values.tolist() for name, values in TABLE.items()}
    sets = (
        "data.features=[x]",
        "data.target=y",
        "distribution={kind: truncated, low: {column: low}, base: {kind: gaussian}}",
    )
    assert fit(tmp_path, *sets, columns=columns).code == 0
    found = read_csv(
        cli("predict", tmp_path / "model.safetensors", tmp_path / "train.csv", "--quantiles", "0.0001").out
    )
    assert (np.array(found["q0.0001"], dtype=float) >= LOW).all()
    done = cli("evaluate", tmp_path / "model.safetensors", tmp_path / "train.csv", "--json")
    assert done.code == 0


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {**TABLE, "y": np.where(np.arange(N) == 4, LOW - 1e-3, Y)},
            r"1 row that 'truncated' cannot give.*\(row 5\): look",
        ),
        (
            {**TABLE, "low": np.where(np.arange(N) == 4, np.nan, LOW)},
            r"^Column 'low' has 1 row with missing.*\(row 5\)",
        ),
        ({name: TABLE[name] for name in ("x", "y")}, r"^The table lacks the column 'low', from which the family reads"),
    ],
)
def test_what_the_bounds_rule_out(table: dict[str, Any], message: str):
    model = quick(data={"target": "y", "features": ["x"]}, distribution=truncated({"kind": "gaussian"}, **of("low")))
    with pytest.raises(ll.DataError, match=message):
        model.fit(table)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({}, "truncated: give low or high, or both"),
        ({"low": 2.0, "high": 2.0}, "truncated: low must be less than high, got 2 and 2"),
        ({"low": {"colum": "a"}}, r"distribution.low: unknown key 'colum' \(did you mean 'column'\?\)"),
        ({"low": "a"}, "distribution.low: input should be a valid number, got 'a'"),
    ],
)
def test_bad_declarations(bounds: dict[str, Any], message: str):
    with pytest.raises(ll.ConfigError, match=message):
        ll.ModelConfig(distribution=truncated({"kind": "gaussian"}, **bounds))  # pyright: ignore
