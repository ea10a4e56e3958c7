"""Several outputs that are classes: each has labels of its own, and what an output lacks is impossible there."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.cli.describe import describe
from likelinet.cli.predict import prediction_rows
from likelinet.config import parse_config
from likelinet.core.links import Identity
from likelinet.heads.build import build_head
from likelinet.heads.own_classes import OwnLogits
from likelinet.tables.table import as_table
from tests import on_jax
from tests.differences import assert_gradients, of_a_sum
from tests.small import labels, quick, table

X, _ = table()
ENSEMBLES = pytest.mark.parametrize("members", [1, 3])
THREE, TWO = labels(X, ["a", "b", "c"]), labels(X[:, ::-1], ["u", "v"])
TEXT = np.stack([THREE, TWO], axis=1)
CODES = np.stack([labels(X[:, ::-1], [0, 1]), labels(X, [0, 1, 2])], axis=1)
FAMILIES = [{"kind": "categorical"}, {"kind": "ordered_logistic"}]


@ENSEMBLES
def test_each_output_has_its_own_labels(members: int):
    model = quick(distribution={"kind": "categorical"}, ensemble=members).fit(X, TEXT)
    assert [known.tolist() for known in model.classes] == [["a", "b", "c"], ["u", "v"]]
    d = model.predict_dist(X)
    for draws in (model.sample(X, 50, seed=0), model.predict(X)[None], d.mode()[None]):
        assert set(draws[..., 0].ravel()) <= {"a", "b", "c"}
        assert set(draws[..., 1].ravel()) <= {"u", "v"}
    assert set(model.sample(X, 50, seed=0)[..., 1].ravel()) == {"u", "v"}
    # Over all pairs of labels the probabilities sum to one, and no other label has any.
    pairs = np.array([[a, b] for a in "abc" for b in "uv"])
    np.testing.assert_allclose(np.exp([d.log_prob(np.tile(p, (60, 1))) for p in pairs]).sum(0), 1.0, rtol=1e-12)
    for strange in (["a", "c"], ["u", "u"], ["z", "u"]):
        np.testing.assert_array_equal(d.log_prob(np.tile(strange, (60, 1))), -np.inf)
    assert model.score(X, TEXT) == pytest.approx(d.log_prob(TEXT).mean(), rel=1e-12)


def test_the_loss_is_that_of_two_models_side_by_side():
    """With linear outputs and all rows in each step, an output trains as it would alone."""
    exact = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 300, "early_stopping": None}
    noisy = np.random.default_rng(0).permutation(60)
    y = np.where((np.arange(60) % 3 == 0)[:, None], TEXT[noisy], TEXT)  # no plane tells them apart
    both, *alone = (
        quick(network={"hidden": []}, distribution={"kind": "categorical"}, training=exact).fit(X, part)
        for part in (y, y[:, 0], y[:, 1])
    )
    want = sum(m.predict_dist(X).log_prob(y[:, j]) for j, m in enumerate(alone))
    np.testing.assert_allclose(both.predict_dist(X).log_prob(y), want, atol=2e-4)
    assert both.score(X, y) == pytest.approx(sum(m.score(X, y[:, j]) for j, m in enumerate(alone)), abs=1e-6)


@ENSEMBLES
@pytest.mark.parametrize("family", FAMILIES, ids=["categorical", "ordered"])
def test_a_code_that_an_output_lacks_has_probability_zero(family: dict, members: int):
    model = quick(distribution=family, ensemble=members).fit(X, CODES)
    d = model.predict_dist(X)
    for first, second in np.ndindex(2, 3):
        assert np.isfinite(d.log_prob(np.tile([first, second], (60, 1)))).all()
    np.testing.assert_array_equal(d.log_prob(np.tile([2, 2], (60, 1))), -np.inf)
    parts = d.components.base if members > 1 else d.base
    probs = parts.probs.reshape(-1, 2, 3)
    np.testing.assert_array_equal(probs[:, 0, 2], 0.0)
    np.testing.assert_allclose(probs.sum(-1), 1.0, rtol=1e-12)
    assert (probs[:, 1] > 0.0).all()
    assert set(model.sample(X, 50, seed=0)[..., 0].ravel().tolist()) == {0, 1}
    assert model.predict(X).dtype.kind == "i"


def test_outputs_with_the_same_labels_have_them_once():
    model = quick(distribution={"kind": "categorical"}).fit(X, np.stack([THREE, THREE[::-1]], axis=1))
    assert model.classes.tolist() == ["a", "b", "c"]
    model = quick(distribution={"kind": "categorical"}).fit(X, np.stack([CODES[:, 1], CODES[::-1, 1]], axis=1))
    assert model.classes is None


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("family", ["categorical", "ordered_logistic"])
def test_an_output_that_never_varies_is_certain(family: str, place: int):
    y = np.insert(np.full((60, 1), 5), 1 - place, CODES[:, 1] + 7, axis=1)
    d = quick(distribution={"kind": family}).fit(X, y).predict_dist(X)
    varying = d.base.probs[np.arange(60), 1 - place, CODES[:, 1]]
    np.testing.assert_allclose(d.log_prob(y), np.log(varying), rtol=1e-12)
    assert (d.mode()[:, place] == 5).all()
    with pytest.raises(ll.DataError, match="y has only one class, 'u': there is nothing to tell apart"):
        quick(distribution={"kind": "categorical"}).fit(X, np.full((60, 2), "u"))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            np.where(TEXT == "c", "u", TEXT),
            r"Output 1 of y has the class 'u' in row \d+, which was not seen",
        ),
        (np.where(TEXT == "v", "a", TEXT), r"Output 2 of y has the class 'a' in row \d+, .* \(seen: u, v\)"),
        (TEXT[:, 0], r"y has shape \(60,\), but the model was fitted on \(n, 2\): reshape it\."),
        (TEXT[:, [0, 1, 1]], r"y has shape \(60, 3\), but the model was fitted on \(n, 2\): reshape it\."),
    ],
)
def test_what_an_output_has_not_seen_is_said(y: np.ndarray, message: str):
    with pytest.raises(ll.DataError, match=message):
        quick(distribution={"kind": "categorical"}).fit(X, TEXT).score(X, y)


@pytest.mark.parametrize("y", [TEXT, CODES, CODES + 5], ids=["text", "codes", "numbers"])
def test_round_trip_through_a_file(y: np.ndarray, tmp_path: Path):
    model = quick(distribution={"kind": "categorical"}).fit(X, y)
    model.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors")
    assert [k.tolist() for k in again.classes] == [k.tolist() for k in model.classes]
    np.testing.assert_array_equal(again.predict_dist(X).log_prob(y), model.predict_dist(X).log_prob(y))
    assert again.predict(X).tolist() == model.predict(X).tolist()


def test_by_columns_of_a_table_row_by_row():
    frame = pd.DataFrame(X, columns=["p", "q"]).assign(first=THREE, second=TWO)
    model = quick(data={"target": ["first", "second"]}, distribution={"kind": "categorical"}).fit(frame)
    d = model.predict_dist(frame)
    assert model.predict(frame).tolist() == quick(distribution={"kind": "categorical"}).fit(X, TEXT).predict(X).tolist()
    for rows in (slice(3, 9), np.array([5, 1])):
        np.testing.assert_array_equal(d[rows].log_prob(TEXT[rows]), d.log_prob(TEXT)[rows])
        assert d[rows].mode().tolist() == d.mode()[rows].tolist()


def test_the_labels_of_each_output_are_shown():
    frame = pd.DataFrame(X, columns=["p", "q"]).assign(first=THREE, second=TWO)
    model = quick(data={"target": ["first", "second"]}, distribution={"kind": "categorical"}).fit(frame)
    assert "classes of first: a, b, c\nclasses of second: u, v\n" in describe(model)
    header, rows = prediction_rows(model, as_table(frame), [])
    assert header == ["class_first", "class_second"]
    np.testing.assert_array_equal(list(rows), model.predict(frame))


def test_several_outputs_of_bools_have_a_mean():
    y = X > 5.0
    model = quick(distribution={"kind": "bernoulli"}).fit(X, y)
    d = model.predict_dist(X)
    p = np.exp(d.base.log_prob(np.ones((60, 2), bool)))
    np.testing.assert_allclose(d.mean(), p, rtol=1e-12)
    np.testing.assert_allclose(d.var(), p * (1.0 - p), rtol=1e-12)
    assert model.predict(X).dtype == bool
    with pytest.raises(ll.UndefinedError, match="mean"):
        ll.Labelled(ll.Bernoulli(probs=[0.2]), ["no", "yes"]).mean()


def test_own_logits_and_their_gradient():
    present = np.array([[True, True, False], [True, True, True]])
    raw, d = (np.random.default_rng(i).normal(size=(4, 2, 3)) for i in (0, 1))
    value, backward = OwnLogits(Identity(), present).forward(raw)
    np.testing.assert_array_equal(value, np.where(present, raw, -np.inf))
    np.testing.assert_array_equal(backward(d), np.where(present, d, 0.0))


@pytest.mark.parametrize("family", FAMILIES, ids=["categorical", "ordered"])
def test_gradient_of_the_loss(family: dict):
    head = build_head(parse_config({"distribution": family}).distribution, None, (2, 3), 2)
    rng = np.random.default_rng(0)
    params = rng.normal(size=(1, 12, head.predicted)), rng.normal(size=(1, head.shared))
    y, d = CODES[None, :12].astype(float), rng.normal(size=(1, 12))

    def total(raw: np.ndarray, shared: np.ndarray) -> float:
        return float((head.loss(raw, shared, y)[0] * d).sum())

    with np.errstate(over="ignore"):  # as in training
        got = head.loss(*params, y)[1](d)
    got = got[0], np.zeros((1, 0)) if got[1] is None else got[1]
    assert_gradients(got, of_a_sum(total, params), rtol=1e-7)
    values, by_jax = on_jax.run(lambda *p: (head.loss(*p, y)[0], head.loss(*p, y)[1](d)[0]), *params)
    np.testing.assert_allclose(values, head.loss(*params, y)[0], rtol=1e-12)
    np.testing.assert_allclose(by_jax, got[0], rtol=1e-10, atol=1e-14)
