"""An offset: a column that is added to a location, or to the log odds."""

from typing import Any

import numpy as np
import pytest
import scipy

import likelinet as ll
from likelinet.config.families import FAMILY_CONFIGS
from likelinet.heads.build import build_head
from tests.differences import assert_gradients, gradients
from tests.small import quick

N = 60
RNG = np.random.default_rng(6)
X, KNOWN = RNG.normal(size=N), RNG.normal(30.0, 20.0, N)
Y = KNOWN + 2.0 * X + RNG.normal(size=N)
TABLE = {"x": X, "known": KNOWN, "y": Y}
SHIFTED = {c.model_fields["kind"].default: c.shifted for c in FAMILY_CONFIGS if c.shifted}
LOCATIONS = [kind for kind, name in SHIFTED.items() if name == "loc" and kind != "ordered_logistic"]
WITHIN = {
    "mixture": {"kind": "mixture", "components": 2, "base": {"kind": "gaussian", "offset": "known"}},
    "affine": {
        "kind": "transformed",
        "transform": "affine",
        "scale": 1.0,
        "loc": 5.0,
        "base": {"kind": "gaussian", "offset": "known"},
    },
    "shared": {"kind": "gaussian", "loc": "shared", "offset": "known"},
}


def family(name: str) -> dict[str, Any]:
    return WITHIN.get(name) or {"kind": name, "offset": "known"}


def test_which_families_have_one():
    odds = {kind for kind, name in SHIFTED.items() if name == "logits"}
    assert odds == {"bernoulli", "binomial", "geometric"}
    real = {"asymmetric_laplace", "cauchy", "gaussian", "gumbel", "johnson_su", "laplace", "logistic", "skew_normal"}
    assert set(LOCATIONS) == {*real, "student_t"}
    assert SHIFTED["ordered_logistic"] == "loc"


@pytest.mark.parametrize("name", [*LOCATIONS, *WITHIN])
def test_y_moves_with_it(name: str):
    model = quick(data={"target": "y", "features": ["x"]}, distribution=family(name)).fit(TABLE)
    d, moved = (model.predict_dist({**TABLE, "known": KNOWN + by}) for by in (0.0, 7.0))
    q = np.array([0.1, 0.5, 0.9])[:, None]
    np.testing.assert_allclose(moved.ppf(q), d.ppf(q) + 7.0, rtol=1e-7)
    # What is trained is what is predicted.
    again = quick(data={"target": "y", "features": ["x"]}, distribution=family(name)).fit(TABLE, validation=(TABLE,))
    kept = again.history.epochs[again.history.best_epoch[0] - 1].validation_nll
    assert kept == [pytest.approx(-again.score(TABLE), rel=1e-5)]


def test_without_inputs_the_rest_is_fitted():
    d = (
        quick(data={"features": []}, distribution=family("gaussian"))
        .fit({"known": KNOWN}, Y)
        .predict_dist({"known": [0.0]})
    )
    rest = Y - KNOWN
    assert (d.mean()[0], d.std()[0]) == (pytest.approx(rest.mean(), rel=1e-6), pytest.approx(rest.std(), rel=1e-6))


@pytest.mark.parametrize(
    ("kind", "y", "more"),
    [
        ("bernoulli", np.arange(N) % 3 == 0, {}),
        ("binomial", np.arange(N) % 5, {"total_count": 6}),
    ],
)
def test_log_odds(kind: str, y: np.ndarray, more: dict[str, Any]):
    """At the maximum of the likelihood the probabilities add up to what was seen."""
    odds = RNG.normal(size=N)
    declared = {"kind": kind, "offset": "odds", **more}
    model = quick(data={"features": []}, distribution=declared).fit({"odds": odds}, y)
    trials = more.get("total_count", 1)
    d = model.predict_dist({"odds": odds})
    logits = d.logits if kind == "binomial" else np.log(d.probs[:, 1] / d.probs[:, 0])  # pyright: ignore
    np.testing.assert_allclose(logits - odds, (logits - odds)[0], rtol=1e-9)
    assert trials * scipy.special.expit(logits).sum() == pytest.approx(y.sum(), rel=1e-6)


@pytest.mark.parametrize("name", ["gaussian", "student_t", "mixture", "geometric"])
def test_gradients(name: str):
    config = ll.ModelConfig(distribution=family(name)).distribution  # pyright: ignore
    head = build_head(config, None, 0, None)
    if name != "geometric":
        head = head.standardised(np.array(5.0), np.array(20.0), np.ones(()))
    raw = RNG.normal(size=(1, N, head.predicted))
    y = np.arange(N)[None] % 4 if name == "geometric" else (Y[None] - 5.0) / 20.0
    columns = (KNOWN if name != "geometric" else X)[None, :, None]

    def loss(params: tuple[np.ndarray, ...], y: np.ndarray) -> Any:
        values, backward = head.loss(params[0], np.zeros((1, 0)), y, columns)
        return values, lambda d: (backward(d)[0],)

    values, backward = loss((raw,), y)
    assert_gradients(backward(np.ones_like(values)), gradients(loss, (raw,), y, (np.full(raw.shape, 1e-3),)))


def test_what_it_needs():
    with pytest.raises(ll.ConfigError, match="offset needs a loc that is predicted or shared"):
        ll.ModelConfig(distribution={"kind": "gaussian", "loc": 1.0, "offset": "known"})  # pyright: ignore
    with pytest.raises(ll.DataError, match=r"^Column 'known' has 1 row with missing"):
        quick(distribution=family("gaussian")).fit({"known": np.where(np.arange(N) == 3, np.nan, KNOWN)}, Y)
