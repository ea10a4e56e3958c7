"""Class labels, integers or strings, come back as the user gave them, wherever y goes in or comes out."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from tests.small import labels, quick, table

X, _ = table()
KINDS = {"bernoulli": 2, "categorical": 3}
NAMES = {
    "codes": [0, 1, 2],
    "integers": [3, 7, 12],
    "negative": [-1, 1, 5],
    "strings": ["cat", "dog", "eel"],
    "digits": ["1", "2", "10"],
    "padded": ["01", "02", "10"],
}
CASES = [pytest.param(k, n[: KINDS[k]], id=f"{k}-{name}") for k in KINDS for name, n in NAMES.items()]


@pytest.mark.parametrize(("kind", "names"), CASES)
def test_labels_come_back_as_given(kind: str, names: list[Any]):
    y = labels(X, names)
    model = quick(distribution={"kind": kind}).fit(X, y)
    predicted, draws, mode = model.predict(X), model.sample(X, 50, seed=0), model.predict_dist(X).mode()
    for found in (predicted, draws):
        assert found.dtype.kind == y.dtype.kind
    for found in (predicted, draws, mode):
        assert set(found.ravel().tolist()) <= set(names)
    assert set(draws.ravel().tolist()) == set(names)
    assert draws.shape == (50, 60)
    np.testing.assert_array_equal(predicted, mode)


@pytest.mark.parametrize(("kind", "names"), CASES)
def test_log_prob_of_labels(kind: str, names: list[Any]):
    y = labels(X, names)
    model = quick(distribution={"kind": kind}).fit(X, y)
    d = model.predict_dist(X)
    total = sum(np.exp(d.log_prob(np.full(60, name))) for name in names)
    np.testing.assert_allclose(total, 1.0, rtol=1e-9)
    best = np.stack([d.log_prob(np.full(60, name)) for name in names], axis=1).argmax(1)
    np.testing.assert_array_equal(np.array(names)[best], model.predict(X))
    assert model.score(X, y) == pytest.approx(d.log_prob(y).mean(), rel=1e-12)
    assert model.evaluate(X, y)["accuracy"] == pytest.approx(np.mean(model.predict(X) == y))


@pytest.mark.parametrize("ensemble", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_learns_the_classes(kind: str, ensemble: int):
    y = labels(X, ["low", "middle", "top"][: KINDS[kind]])
    trained = {"epochs": 60, "optimizer": {"learning_rate": 0.05}}
    model = quick(distribution={"kind": kind}, ensemble=ensemble, training=trained).fit(X, y)
    assert model.evaluate(X, y)["accuracy"] > 0.9
    assert model.classes is not None
    np.testing.assert_array_equal(model.classes, np.unique(y))
    probs = model.predict_dist(X).probs
    np.testing.assert_array_equal(model.classes[probs.argmax(1)], model.predict(X))


def test_text_of_variable_length():
    y = labels(X, ["u", "v"])
    model = quick(distribution={"kind": "bernoulli"}).fit(X, y.astype(np.dtypes.StringDType()))
    np.testing.assert_array_equal(model.predict(X), quick(distribution={"kind": "bernoulli"}).fit(X, y).predict(X))


def test_labels_in_a_data_frame():
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(kind=labels(X, ["u", "v"]))
    model = quick(data={"target": "kind"}, distribution={"kind": "bernoulli"}).fit(frame)
    assert set(model.predict(frame)) <= {"u", "v"}
    assert model.score(frame) == model.score(frame[["a", "b"]], frame["kind"])


def test_order_of_rows_and_first_seen_label_play_no_part():
    y = labels(X, ["b", "a"])
    training = {"epochs": 200, "batch_size": None, "optimizer": {"learning_rate": 0.05}}
    d = quick(distribution={"kind": "bernoulli"}, training=training).fit(X, y).predict_dist(X)
    assert d.log_prob(y).mean() > d.log_prob(np.where(y == "a", "b", "a")).mean()


def test_several_outputs_of_classes():
    y = np.stack([labels(X, ["u", "v"]), labels(X[:, ::-1], ["u", "w"])], axis=1)
    model = quick(distribution={"kind": "categorical"}).fit(X, y)
    d = model.predict_dist(X)
    assert isinstance(d, ll.Independent)
    assert d.log_prob(y).shape == (60,)
    assert model.predict(X).shape == (60, 2)
    assert set(model.sample(X, 20, seed=0).ravel()) <= {"u", "v", "w"}


def test_pixels():
    y = (X > 5.0).astype(int)
    model = quick(distribution={"kind": "bernoulli"}).fit(X, y)
    assert model.predict(X).dtype.kind == "i"
    assert model.predict_dist(X).log_prob(y).shape == (60,)
    assert set(np.unique(model.sample(X, 20, seed=0))) == {0, 1}


def test_integer_labels_as_text_are_recognised():
    model = quick(distribution={"kind": "categorical"}).fit(X, labels(X, [3, 7, 12]))
    assert model.score(X, labels(X, ["3", "7", "12"])) == model.score(X, labels(X, [3, 7, 12]))


def test_a_rare_class_keeps_a_probability():
    y = np.array(["common"] * 59 + ["rare"])
    d = quick(distribution={"kind": "bernoulli"}).fit(X, y).predict_dist(X)
    assert np.isfinite(d.log_prob(np.full(60, "rare"))).all()
