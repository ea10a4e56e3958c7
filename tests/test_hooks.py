"""A model among scikit-learn's tools, in streams of bytes, and asked about arrays where it has learned names."""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.model_selection import cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

import likelinet as ll
from likelinet.selection import compare
from likelinet.selection.candidates import families

RNG = np.random.default_rng(4)
X = RNG.normal(size=(80, 3))
Y = 2.0 * X[:, 0] + 0.3 * RNG.normal(size=80)
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])


def quick(**parts) -> ll.Model:
    training = {"optimizer": {"kind": "adamw", "learning_rate": 0.05}, "epochs": 20}
    return ll.Model({"quality": "plain", "network": {"hidden": []}, "training": training, **parts})


def test_fitted_models_are_known_to_be():
    model = quick()
    with pytest.raises(NotFittedError):
        check_is_fitted(model)
    check_is_fitted(model.fit(X, Y))


def test_numbers_are_those_of_a_regressor_and_classes_of_none():
    assert not is_regressor(quick())
    assert is_regressor(quick().fit(X, Y))
    of_classes = quick(distribution={"kind": "bernoulli"}).fit(X, Y > 0.0)
    assert not is_regressor(of_classes)
    assert not is_classifier(of_classes)


def test_what_scikit_learn_asks_of_a_model():
    model = quick().fit(X, Y)
    assert permutation_importance(model, X, Y, n_repeats=2, random_state=0).importances_mean.argmax() == 0
    line = partial_dependence(model, X, [0], grid_resolution=5)
    slope = np.diff(line["average"][0]) / np.diff(line["grid_values"][0])
    assert slope == pytest.approx(np.full(4, slope[0]), rel=1e-6)
    assert slope[0] > 1.0
    other = clone(model)
    assert not other.fitted
    assert other.config == quick().config
    scaled, piped = StandardScaler().fit_transform(X), clone(make_pipeline(StandardScaler(), quick())).fit(X, Y)
    np.testing.assert_array_equal(piped.predict(X), quick().fit(scaled, Y).predict(scaled))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rows beyond those of a fold
        assert cross_val_predict(quick(), X, Y, cv=2).shape == (80,)
        first, second = cross_val_score(quick(), X, Y, cv=2)
        assert first == quick().fit(X[40:], Y[40:]).score(X[:40], Y[:40])
    assert first != second


def test_streams_of_bytes():
    model, stream = quick().fit(FRAME, Y), io.BytesIO()
    model.save(stream)
    stream.seek(0)
    np.testing.assert_array_equal(ll.Model.load(stream).predict(FRAME), model.predict(FRAME))
    with pytest.raises(ll.ModelFileError, match=r"^The stream: truncated or not a model file"):
        ll.Model.load(io.BytesIO(stream.getvalue()[:-3]))
    with pytest.raises(ll.ModelFileError, match=r"^The stream: the content does not match its checksum"):
        ll.Model.load(io.BytesIO(stream.getvalue()[:-1] + bytes([stream.getvalue()[-1] ^ 1])))


def test_a_stream_needs_no_folder(monkeypatch: pytest.MonkeyPatch):
    model, stream = quick().fit(X, Y), io.BytesIO()
    model.save(stream)
    monkeypatch.setattr("tempfile.tempdir", "/no/such/folder")  # as where all that there is can but be read
    np.testing.assert_array_equal(ll.Model.load(io.BytesIO(stream.getvalue())).predict(X), model.predict(X))


@pytest.mark.parametrize("other", [b"bytes", None, io.StringIO("text")])
def test_what_is_no_stream_of_bytes(other: Any):
    message = rf"^A model file is named by its path, or a stream of bytes .*, not {type(other).__name__} \(.+\)\.$"
    with pytest.raises(ll.ModelFileError, match=message):
        ll.Model.load(other)
    with pytest.raises(ll.ModelFileError, match=message):
        quick().fit(X, Y).save(other)


def test_a_stream_that_cannot_be_read_or_written(tmp_path: Path):
    named = "^A model file is named by its path, or a stream of bytes"
    model = quick().fit(X, Y)
    with (tmp_path / "text").open("w+") as text, (tmp_path / "bytes").open("wb") as to, io.BytesIO() as closed:
        closed.close()
        for stream in (text, to, closed, io.BytesIO):
            with pytest.raises(ll.ModelFileError, match=named):
                ll.Model.load(stream)
        for stream in (text, closed, io.BytesIO):
            with pytest.raises(ll.ModelFileError, match=named):
                model.save(stream)
    header = b'{"__metadata__":null}'
    with pytest.raises(ll.ModelFileError, match=r"^The stream: .*not one of likelinet"):
        ll.Model.load(io.BytesIO(len(header).to_bytes(8, "little") + header))


def test_a_stream_is_the_file(tmp_path):
    model, stream = quick().fit(X, Y), io.BytesIO()
    model.save(stream)
    model.save(tmp_path / "m.safetensors")
    assert stream.getvalue() == (tmp_path / "m.safetensors").read_bytes()


def test_an_array_for_a_frame_is_noted_once():
    model = quick().fit(FRAME, Y)
    with pytest.warns(UserWarning, match="^X has no names of columns, .* in that order, a, b, c; a DataFrame"):
        by_position = model.predict(X)
    np.testing.assert_array_equal(by_position, model.predict(X))
    np.testing.assert_array_equal(by_position, model.predict(FRAME[["c", "a", "b"]]))
    quick().fit(FRAME[["a"]], Y).predict(X[:, :1])  # of one column there is no order


def test_families_are_compared_on_a_frame():
    config = ll.ModelConfig.model_validate({"quality": "plain", "data": {"target": "y", "features": []}})
    models = families("gaussian, cauchy", config)
    first, second = compare(config, models, FRAME.assign(y=Y), folds=2)
    assert first.log_scores.mean() > second.log_scores.mean()
