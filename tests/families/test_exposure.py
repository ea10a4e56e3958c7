"""The exposure of a family of positive numbers: y grows in proportion to it."""

from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.config.families import FAMILY_CONFIGS
from likelinet.heads.build import build_head
from tests.differences import assert_gradients, gradients
from tests.small import quick

N = 50
RNG = np.random.default_rng(4)
X, YEARS = RNG.normal(size=N), RNG.uniform(0.2, 5.0, N)
Y = YEARS * RNG.gamma(2.0, np.exp(0.3 * X))
TABLE = {"x": X, "years": YEARS, "y": Y}
GROWING = {c.model_fields["kind"].default: c for c in FAMILY_CONFIGS if c.growing}
WITHIN = {
    "hurdle": {"kind": "hurdle", "base": {"kind": "gamma", "exposure": "years"}},
    "mixture": {"kind": "mixture", "components": 2, "base": {"kind": "log_normal", "exposure": "years"}},
    "shared": {"kind": "gamma", "rate": "shared", "exposure": "years"},
    "two shared": {"kind": "inverse_gaussian", "concentration": "shared", "loc": "shared", "exposure": "years"},
}


def family(name: str) -> dict[str, Any]:
    return WITHIN.get(name) or {"kind": name, "exposure": "years"}


def test_which_families_have_one():
    positive = {
        "exponential",
        "gamma",
        "half_normal",
        "inverse_gamma",
        "inverse_gaussian",
        "log_logistic",
        "log_normal",
    }
    assert set(GROWING) == {*positive, "weibull", "generalized_pareto"}
    assert {c.model_fields["kind"].default for c in FAMILY_CONFIGS if c.exposed} == {"poisson", "negative_binomial"}


@pytest.mark.parametrize("name", [*GROWING, *WITHIN])
def test_y_grows_with_it(name: str):
    model = quick(data={"target": "y", "features": ["x"]}, distribution=family(name)).fit(TABLE)
    assert model.feature_names == ["x"]
    d, double = (model.predict_dist({**TABLE, "years": k * YEARS}) for k in (1.0, 2.0))
    q = np.array([0.1, 0.5, 0.9])[:, None]
    np.testing.assert_allclose(double.ppf(q), 2.0 * d.ppf(q), rtol=1e-6)
    np.testing.assert_allclose(double.log_prob(2.0 * Y), d.log_prob(Y) - np.log(2.0), rtol=1e-9)
    # What is trained is what is predicted.
    again = quick(data={"target": "y", "features": ["x"]}, distribution=family(name)).fit(TABLE, validation=(TABLE,))
    kept = again.history.epochs[again.history.best_epoch[0] - 1].validation_nll
    assert kept == [pytest.approx(-again.score(TABLE), rel=1e-5)]


@pytest.mark.parametrize("name", [*GROWING, *WITHIN])
def test_gradients(name: str):
    config = ll.ModelConfig(distribution=family(name)).distribution  # pyright: ignore
    head = build_head(config, None, 0, None).standardised(np.zeros(()), np.array(2.0), np.ones(()))
    raw, shared = RNG.normal(size=(1, N, head.predicted)), RNG.normal(size=(1, 1, head.shared))
    columns = YEARS[None, :, None]

    def loss(params: tuple[np.ndarray, ...], y: np.ndarray) -> Any:
        values, backward = head.loss(params[0], shared[:, 0], y, columns)
        return values, lambda d: (backward(d)[0],)

    y = 0.5 * Y[None]
    if head.predicted:
        values, backward = loss((raw,), y)
        found = backward(np.ones_like(values))
        assert_gradients(found, gradients(loss, (raw,), y, (np.full(raw.shape, 1e-3),)))
    if head.shared:

        def total(shared: np.ndarray) -> float:
            return head.loss(raw, shared, y, columns)[0].sum()

        _, backward = head.loss(raw, shared[:, 0], y, columns)
        step = 1e-4 * np.eye(head.shared)
        want = [(total(shared[:, 0] + h) - total(shared[:, 0] - h)) / 2e-4 for h in step]
        np.testing.assert_allclose(backward(np.ones((1, N)))[1][0], want, rtol=1e-5)  # pyright: ignore


def test_without_inputs_it_is_all_y_over_all_exposure():
    """The maximum of the likelihood of exponential amounts: the mean per year is that of y / years."""
    model = quick(data={"features": []}, distribution=family("exponential")).fit({"years": YEARS}, Y)
    assert model.predict({"years": [1.0]})[0] == pytest.approx(np.mean(Y / YEARS), rel=1e-7)


def test_the_other_engine():
    pytest.importorskip("jax")
    from tests.on_jax import run

    config = ll.ModelConfig(distribution=family("gamma")).distribution  # pyright: ignore
    head = build_head(config, None, 0, None)
    raw, columns = RNG.normal(size=(1, N, 2)), YEARS[None, :, None]

    def both(raw: Any, y: Any) -> Any:
        values, backward = head.loss(raw, raw[:, 0, :0], y, columns)
        return values, backward(values)[0]

    for here, there in zip(both(raw, Y[None]), run(both, raw, Y[None]), strict=True):
        np.testing.assert_allclose(there, here, rtol=1e-9, atol=1e-12)


def test_what_it_needs():
    with pytest.raises(ll.ConfigError, match="exposure needs a rate that is predicted or shared"):
        ll.ModelConfig(distribution={"kind": "gamma", "rate": 1.0, "exposure": "years"})  # pyright: ignore
    with pytest.raises(
        ll.DataError, match=r"^Column 'years', the exposure, must be a positive number, got 0 \(row 1\)\.$"
    ):
        quick(distribution=family("gamma")).fit({"years": np.arange(N) + 0.0}, Y)
