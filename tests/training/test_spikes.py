"""A value that half of the rows have: no density there is worth more than one per step of y, on either engine."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.model import container
from tests.small import quick

N = 160
RNG = np.random.default_rng(0)
X = RNG.standard_normal((N, 2))
SPIKE = X[:, 0] > 0.0  # which x tells
Z = RNG.standard_normal(N)
STEPS = {"whole numbers": 1.0, "tenths": 0.1, "steps of 30": 30.0}
MIXTURE = {"kind": "mixture", "components": 2}


def table(step: float) -> np.ndarray:
    """Return y that is 5 steps in half of the rows, and anything on the same lattice in the others."""
    return step * np.where(SPIKE, 5.0, np.round(8.0 * Z))


def trained(y: np.ndarray, distribution: dict[str, Any] = MIXTURE, **declared: Any) -> ll.Model:
    training = {"epochs": 40, "validation_fraction": 0.0, "optimizer": {"kind": "adam", "learning_rate": 0.05}}
    return quick(distribution=distribution, training=training, network={"hidden": [8]}, **declared).fit(X, y)


@pytest.fixture(scope="module")
def model() -> ll.Model:
    return trained(table(1.0))


@pytest.mark.parametrize(("name", "engine"), [*((name, "numpy") for name in STEPS), ("tenths", "jax")])
def test_no_row_is_more_probable_than_one_per_step(name: str, engine: str):
    step = STEPS[name]
    y = table(step)
    log_p = trained(y, engine=engine).predict_dist(X).log_prob(y)
    assert (log_p <= -np.log(step) + 1e-9).all()
    assert log_p[SPIKE].max() > -np.log(step) - 0.1  # which is what holds it there


def test_without_a_lattice_it_is_a_spike():
    y = table(1.0)
    y[~SPIKE] += 1e-3 * Z[~SPIKE]
    assert trained(y).predict_dist(X).log_prob(y).max() > 1.0


def test_each_output_is_bounded_by_its_own_step():
    y = np.stack([table(1.0), table(0.1), Z], axis=1)
    d = trained(y, {"kind": "gaussian"}).predict_dist(X).marginals()
    log_p = d.log_prob(y)
    for j, step in enumerate((1.0, 0.1)):
        assert (log_p[:, j] <= -np.log(step) + 1e-9).all()
        assert log_p[SPIKE, j].max() > -np.log(step) - 0.1


def test_members_and_the_history_have_the_same_bound():
    y = table(1.0)
    model = trained(y, ensemble=2)
    assert (model.predict_dist(X).log_prob(y) <= 1e-9).all()
    assert min(float(np.min(e.train_nll)) for e in model.history.epochs) >= 0.0


def test_the_step_goes_into_the_file(model: ll.Model, tmp_path: Path):
    model.save(tmp_path / "m.safetensors")
    again, want = ll.Model.load(tmp_path / "m.safetensors").predict_dist(X), model.predict_dist(X)
    np.testing.assert_array_equal(again.log_prob(table(1.0)), want.log_prob(table(1.0)))
    assert container.load(tmp_path / "m.safetensors")[1]["targets"]["step"] == pytest.approx(1.0, rel=1e-12)


def test_a_file_without_one_predicts_as_it_was_trained(model: ll.Model, tmp_path: Path):
    """Earlier versions wrote none, and what they trained had the floor of a thousandth of the spread alone."""
    model.save(tmp_path / "m.safetensors")
    arrays, metadata = container.load(tmp_path / "m.safetensors")
    del metadata["targets"]["step"], metadata["schema"]
    container.save(tmp_path / "old.safetensors", arrays, metadata)
    d, now = (ll.Model.load(tmp_path / f).predict_dist(X) for f in ("old.safetensors", "m.safetensors"))
    floors = 1e-3 * table(1.0).std(), 1.0 / np.sqrt(2.0 * np.pi)
    np.testing.assert_allclose(d.components.scale - floors[0], now.components.scale - floors[1], rtol=1e-6, atol=1e-12)
    np.testing.assert_array_equal(d.components.loc, now.components.loc)


def test_numbers_on_no_lattice_leave_no_trace_in_the_file(tmp_path: Path):
    quick().fit(X, Z).save(tmp_path / "m.safetensors")
    assert set(container.load(tmp_path / "m.safetensors")[1]["targets"]) == {
        "outputs",
        "classes",
        "loc",
        "scale",
        "spread",
    }


def test_rows_of_weight_two_are_rows_that_stand_there_twice():
    y, weight = table(1.0), 1.0 + SPIKE
    nothing: dict[str, Any] = {"data": {"features": []}, "distribution": MIXTURE}
    weighted = ll.Model(nothing).fit(X, y, weight).predict_dist(X[:1])
    twice = np.repeat(np.arange(N), weight.astype(int))
    repeated = ll.Model(nothing).fit(X[twice], y[twice]).predict_dist(X[:1])
    np.testing.assert_allclose(weighted.components.scale, repeated.components.scale, rtol=1e-6)
    assert weighted.components.scale.min() == pytest.approx(1.0 / np.sqrt(2.0 * np.pi), rel=1e-3)


def test_y_that_x_tells_exactly_is_at_its_floor_without_a_note():
    """The likelihood has a maximum, with the floor of the step, and no other link would have a lower one."""
    x = RNG.integers(0, 30, (80, 2)).astype(float)
    model = ll.Model({"network": {"hidden": []}, "training": {"optimizer": {"kind": "lbfgs"}}}).fit(x, x.sum(1))
    np.testing.assert_allclose(model.predict_dist(x).scale, 1.0 / np.sqrt(2.0 * np.pi), rtol=1e-3)


def test_a_scale_of_the_users_stays():
    d = quick(distribution={"kind": "gaussian", "scale": 0.01}).fit(X, table(1.0)).predict_dist(X)
    np.testing.assert_array_equal(d.scale, np.full(N, 0.01))
