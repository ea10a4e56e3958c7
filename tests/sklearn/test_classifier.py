"""The classifier: labels, probabilities and weights of classes."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context

import likelinet as ll
from likelinet.sklearn import DistributionClassifier
from tests.sklearn.quick import classifier, labels, numbers

X, Y = labels()


@pytest.fixture(scope="module")
def fitted() -> DistributionClassifier:
    return classifier().fit(X, Y)


def test_it_is_the_model_with_the_same_config(fitted: DistributionClassifier):
    config = {
        "quality": "plain",
        "distribution": {"kind": "categorical"},
        "network": {"hidden": [16]},
        "training": {"epochs": 25, "optimizer": {"learning_rate": 0.02}},
    }
    by_hand = ll.Model(config).fit(X, Y)
    np.testing.assert_array_equal(fitted.predict_proba(X), by_hand.predict_dist(X).probs)
    np.testing.assert_array_equal(fitted.predict(X), by_hand.predict(X))
    assert fitted.classes_.tolist() == ["low", "middle", "up"]
    assert fitted.score(X, Y) > 0.8


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (lambda y: y > 0.0, "bernoulli"),
        (lambda y: np.where(y > 0.0, 1, -1), "bernoulli"),
        (lambda y: (y > 0.0).astype(float), "bernoulli"),
        (lambda y: np.digitize(y, [-1.0, 1.0]), "categorical"),
        (lambda y: pd.Categorical(np.where(y > 0.0, "yes", "no")), "bernoulli"),
    ],
)
def test_labels_of_each_kind(made, kind):
    X, y = numbers()
    y = made(y)
    found = classifier().fit(X, y)
    assert found.config_.distribution.kind == kind
    np.testing.assert_array_equal(found.classes_, np.unique(y))
    np.testing.assert_allclose(found.predict_proba(X).sum(axis=1), 1.0, rtol=1e-12)
    assert np.mean(found.predict(X) == np.asarray(y)) > 0.8


def test_log_probabilities_are_exact_where_probabilities_vanish():
    x = np.linspace(-1.0, 1.0, 40)[:, None]
    found = classifier(hidden=(), config={"data": {"extrapolate": True}}).fit(x, x[:, 0] > 0.0)
    far = np.array([[1e4], [-1e4]])
    log = found.predict_log_proba(far)
    assert log[0, 0] < -750.0  # of which the probability is 0 in floating point
    assert log[1, 1] < -750.0
    np.testing.assert_allclose(found.predict_log_proba(x), np.log(found.predict_proba(x)), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("weight", ["balanced", {"up": 5.0}, {np.int64(1): 5.0}])
def test_weights_of_classes_are_those_of_the_model(weight):
    y = np.array(["low", "middle", "up"]) == Y[:, None]
    y = y.argmax(axis=1) if isinstance(weight, dict) and "up" not in weight else Y
    found = classifier(class_weight=weight).fit(X, y)
    own = weight if weight == "balanced" else {str(label): factor for label, factor in weight.items()}
    declared = found.config_.model_dump(exclude_unset=True)
    assert declared["data"]["class_weight"] == own
    by_hand = ll.Model({**declared, "quality": "plain"}).fit(X, y)
    np.testing.assert_array_equal(found.predict_proba(X), by_hand.predict_dist(X).probs)
    assert np.abs(found.predict_proba(X) - classifier().fit(X, y).predict_proba(X)).max() > 0.05


def test_a_class_without_weight_is_none():
    found = classifier().fit(X, Y, np.where(Y == "middle", 0.0, 1.0))
    assert found.config_.distribution.kind == "bernoulli"
    assert found.classes_.tolist() == ["low", "up"]


def test_an_order_of_classes():
    found = classifier(distribution={"kind": "ordered_logistic", "levels": ["low", "middle", "up"]}).fit(X, Y)
    assert found.predict_proba(X).shape == (120, 3)
    assert found.score(X, Y) > 0.7


def test_numbers_are_refused():
    with pytest.raises(ll.UndefinedError, match="takes families of classes, and 'gaussian' is none"):
        classifier(distribution="gaussian").fit(X, (Y == "up").astype(int))
    with pytest.raises(ValueError, match="Unknown label type"):
        classifier().fit(X, X[:, 0])


def test_files_keep_the_labels(fitted: DistributionClassifier, tmp_path):
    fitted.save(tmp_path / "m.safetensors")
    found = DistributionClassifier.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(found.classes_, fitted.classes_)
    np.testing.assert_array_equal(found.predict_proba(X), fitted.predict_proba(X))


def test_frames_of_probabilities_where_they_are_asked_for():
    X, y = labels(60)
    frame = pd.DataFrame(X, columns=["a", "b", "c"], index=np.arange(60) + 7)
    found = classifier(epochs=2).fit(frame, y)
    plain = found.predict_proba(frame)
    with config_context(transform_output="pandas"):
        assert isinstance(found.predict_proba(frame), np.ndarray)
    asked = found.set_output(transform="pandas").predict_proba(frame)
    pd.testing.assert_frame_equal(asked, pd.DataFrame(plain, frame.index, ["low", "middle", "up"]))
    np.testing.assert_array_equal(found.predict(frame), found.classes_[plain.argmax(axis=1)])


@pytest.mark.parametrize("rows", [[{"a": 1.0}, {"a": 2.0}], np.zeros(2, dtype=[("a", float)])])
def test_rows_that_name_their_cells_are_those_of_a_frame(rows):
    with pytest.raises(ll.DataError, match=r"^X is a list of dicts, .* pandas.DataFrame\(X\), which"):
        classifier().fit(rows, [0, 1])


@pytest.mark.parametrize("dtype", ["boolean", "bool[pyarrow]", bool])
def test_labels_that_are_true_or_false_stay_so(dtype):
    y = np.arange(20) % 3 == 0
    found, plain = classifier(epochs=2).fit(X[:20], pd.Series(y, dtype=dtype)), classifier(epochs=2).fit(X[:20], y)
    assert found.classes_.dtype == bool
    assert found.classes_.tolist() == [False, True]
    np.testing.assert_array_equal(found.predict_proba(X[:20]), plain.predict_proba(X[:20]))
    gap = pd.Series([True, None, False], dtype="boolean")
    with pytest.raises(ll.DataError, match=r"^y holds missing labels in row 2: fill or drop these rows\.$"):
        classifier().fit(X[:3], gap)


@pytest.mark.parametrize("dtype", [object, "string", "category"])
@pytest.mark.parametrize("gap", [None, np.nan, pd.NA])
def test_labels_with_gaps_are_refused_by_their_rows(dtype, gap):
    y = pd.Series(["a", gap, "b"], dtype=dtype)
    for fit in (classifier().fit, classifier().partial_fit):
        with pytest.raises(ll.DataError, match=r"^y holds missing labels in row 2: fill or drop these rows\.$"):
            fit(X[:3], y)
