"""Missing cells in a whole model: how they are filled, hidden in training, differentiated, stored and predicted."""

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig, parse_config
from likelinet.core.blas import one_blas_thread
from likelinet.model import container
from likelinet.networks.build import build_network
from likelinet.networks.chain import Chain
from likelinet.networks.filling import Filling, learn_filling
from likelinet.networks.masking import learn_masking
from likelinet.objective.layout import pack
from likelinet.objective.objective import Objective
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.table import as_table
from tests import on_jax
from tests.differences import assert_gradients, of_a_sum
from tests.families.declared import head_of
from tests.small import quick

pytestmark = pytest.mark.filterwarnings("ignore:Missing cells are filled, beside:UserWarning")
N = 1200
RNG = np.random.default_rng(0)


def holes(values: Any, rate: float = 0.1) -> pd.Series:
    return pd.Series(values).mask(RNG.random(N) < rate)


A, B = RNG.standard_normal((2, N))
DAYS = pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 24 * 800, N), unit="h")
FRAME = pd.DataFrame(
    {
        "a": holes(A),
        "b": holes(B),
        "sum": holes(A + B),
        "when": holes(DAYS),
        "level": holes(np.where(np.arange(N) == 7, "rare", RNG.choice(["red", "blue"], N))),
        "yes": holes(A > 0.0),
    }
)
Y = A + 0.3 * RNG.standard_normal(N)


def encoded() -> tuple[Inputs, np.ndarray]:
    table = as_table(FRAME)
    inputs = learn_inputs(table, [*FRAME], np.ones(N), DataConfig())
    return inputs, inputs.rows(table)[slice(None)]


def test_gradients_through_indicators_pooled_levels_cycles_filling_and_masking():
    inputs, x = encoded()
    names = [name for kind in inputs.columns for name in kind.inputs]
    assert {"a missing", "when month sin", "when hour cos", "level other", "level missing", "yes missing"} <= {*names}
    filling = learn_filling(inputs.amounts, inputs.telling, x, np.ones(N))
    layers = [Filling(inputs.amounts, matrix) for matrix in filling]
    masking = learn_masking(inputs.with_missing, x, Y, np.ones(N))
    config = parse_config({"quality": "plain", "network": {"hidden": [3], "activation": "tanh"}})
    head = head_of(config.distribution, None)
    network = Chain((masking, *layers, build_network(config.network, inputs.width, head.predicted)))
    objective, rng = Objective(network, head), np.random.default_rng(1)
    rows = [7, *np.flatnonzero(FRAME.isna().any(axis=1))[:12]]
    weight, theta = np.full((1, 13), 1.0 / 13.0), 0.3 * rng.standard_normal((1, objective.layout.size))
    noise = tuple(0.3 * rng.random((1, 13, width)) for width in network.noise())  # of which many hide a cell

    def loss(theta: Any, x: Any) -> Any:
        return objective(objective.layout.views(theta), noise, x[None], None, Y[None, rows], weight)

    value, backward = loss(theta, x[rows])
    got = pack(list(backward()), objective.layout)
    assert np.isfinite(got).all()
    assert (masking.forward(noise, x[None, rows])[0] != x[rows]).any()
    assert_gradients((got,), of_a_sum(lambda theta: loss(theta, x[rows])[0].sum(), (theta,)))
    on_jax_value, slope = on_jax.run(jax.value_and_grad(lambda theta, x: loss(theta, x)[0].sum()), theta, x[rows])
    np.testing.assert_allclose(on_jax_value, value.sum(), rtol=1e-12)
    np.testing.assert_allclose(slope, got, rtol=1e-9, atol=1e-12)


@pytest.fixture(scope="module")
def model() -> ll.Model:
    with pytest.warns(UserWarning, match="Missing cells are filled, beside"):
        return quick(training={"epochs": 2, "batch_size": 64}).fit(FRAME, Y)


def test_the_file_carries_all_of_it(model: ll.Model, tmp_path: Path):
    model.save(tmp_path / "m.safetensors")
    loaded = ll.Model.load(tmp_path / "m.safetensors")
    assert model._fit.filling.shape == (2, model._fit.inputs.width + 3, 5)
    np.testing.assert_array_equal(loaded.predict_dist(FRAME).log_prob(Y), model.predict_dist(FRAME).log_prob(Y))


def test_a_file_without_what_fills_has_medians_as_when_it_was_written(model: ll.Model, tmp_path: Path):
    model.save(tmp_path / "m.safetensors")
    arrays, metadata = container.load(tmp_path / "m.safetensors")
    del metadata["filling"]
    container.save(tmp_path / "m.safetensors", arrays, metadata)
    found, whole = ll.Model.load(tmp_path / "m.safetensors").predict(FRAME), model.predict(FRAME)
    lacking = FRAME.drop(columns="level").isna().any(axis=1)
    np.testing.assert_array_equal(found[~lacking], whole[~lacking])
    assert np.mean(found[lacking] != whole[lacking]) > 0.8


@pytest.mark.parametrize(
    "damage",
    [lambda f: f[:, :-1], lambda f: f[:, :, :-1], lambda f: f[0], lambda f: np.where(f == f.max(), np.inf, f)],
    ids=["inputs", "amounts", "rounds", "infinite"],
)
def test_what_fills_must_fit_the_inputs(model: ll.Model, tmp_path: Path, damage):
    model.save(tmp_path / "m.safetensors")
    arrays, metadata = container.load(tmp_path / "m.safetensors")
    container.save(tmp_path / "m.safetensors", arrays, {**metadata, "filling": damage(model._fit.filling).tolist()})
    with pytest.raises(ll.ModelFileError, match=r"filling: expected matrices of \d+ x 5 finite numbers"):
        ll.Model.load(tmp_path / "m.safetensors")


def test_a_row_has_the_same_bits_alone_and_nan_never_comes_out(model: ll.Model):
    empty = FRAME.iloc[:1].map(lambda _: None).astype(FRAME.dtypes.to_dict(), errors="ignore")
    rows = pd.concat([FRAME.iloc[:300], empty], ignore_index=True)
    found = model.predict(rows)
    assert np.isfinite(found).all()
    assert np.isfinite(model.predict_dist(rows).log_prob(np.zeros(301))).all()
    with one_blas_thread():
        for i in [*np.flatnonzero(rows.isna().any(axis=1))[:5], 300]:
            np.testing.assert_array_equal(model.predict(rows.iloc[[i]]), found[[i]])


def test_cells_that_others_tell_cost_next_to_nothing():
    copies = pd.DataFrame({"a": holes(A, 0.2), "b": holes(A, 0.2), "c": holes(3.0 - A, 0.2)})
    y = np.sin(2.0 * A) + 0.1 * RNG.standard_normal(N)
    training = {"epochs": 60, "batch_size": 32, "early_stopping": None}
    fitted = ll.Model({"quality": "plain", "network": {"hidden": [16]}, "training": training}).fit(
        copies[:800], y[:800], progress=False
    )
    error = np.abs(fitted.predict(copies[800:]) - np.sin(2.0 * A[800:]))
    lacking = copies[800:].isna().sum(axis=1).to_numpy()
    assert np.median(error[lacking == 1]) < 0.12
    assert np.median(error[lacking == 0]) < 0.12
