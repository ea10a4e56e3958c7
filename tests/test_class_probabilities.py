"""`probs` and `classes` of predictions are the same for one model and for an ensemble, whatever the family."""

import itertools

import numpy as np
import pytest

import likelinet as ll
from tests.small import labels, quick, table

X, _ = table()
THREE, TWO = labels(X, [0, 1, 2]), labels(X[:, ::-1], [0, 1])
NAMES = np.array(["a", "b", "c"])
ENSEMBLES = pytest.mark.parametrize("members", [1, 3])


def both(*outputs: np.ndarray) -> np.ndarray:
    return np.stack(outputs, axis=1)


# y, whose labels are to be shown as classes.
ONE_OF_THREE = {"codes": (THREE, None), "numbers": (THREE + 4, [4, 5, 6]), "text": (NAMES[THREE], ["a", "b", "c"])}
ONE_OF_TWO = {"codes": (TWO, None), "bools": (TWO == 1, [False, True]), "text": (NAMES[TWO], ["a", "b"])}
SEVERAL = {
    "several codes": (both(THREE, THREE[::-1]), None),
    "several own codes": (both(TWO, THREE, TWO), [[0, 1], [0, 1, 2], [0, 1]]),
    "several of the same text": (NAMES[both(THREE, THREE[::-1])], ["a", "b", "c"]),
    "several of other text": (both(NAMES[THREE], np.array(["u", "v"])[TWO]), [["a", "b", "c"], ["u", "v"]]),
}
SEVERAL_OF_TWO = {"several codes": (both(TWO, TWO[::-1]), None), "several bools": (X > 5.0, [False, True])}
CASES = {
    **{("categorical", name): case for name, case in (ONE_OF_THREE | SEVERAL).items()},
    **{("ordered_logistic", name): case for name, case in (ONE_OF_THREE | SEVERAL).items()},
    **{("bernoulli", name): case for name, case in (ONE_OF_TWO | SEVERAL_OF_TWO).items()},
}


def plain(classes: object) -> object:
    return [plain(c) for c in classes] if isinstance(classes, list) else getattr(classes, "tolist", lambda: classes)()


@ENSEMBLES
@pytest.mark.parametrize(("family", "name"), CASES)
def test_probs_are_those_of_the_classes(family: str, name: str, members: int):
    y, classes = CASES[family, name]
    declared: dict = {"kind": family}
    if family == "ordered_logistic" and y.dtype.kind == "U":
        declared["levels"] = classes
    model = quick(distribution=declared, ensemble=members).fit(X, y)
    d = model.predict_dist(X)
    assert plain(d.classes) == plain(model.classes) == classes
    # What each class has, from the probabilities of all combinations of labels of the outputs.
    d_, columns = y.shape[1] if y.ndim == 2 else 1, y.reshape(len(y), -1).T
    each = [np.unique(c) for c in columns]
    want = np.zeros((len(X), d_, max(map(len, each))))
    for codes in itertools.product(*(range(len(k)) for k in each)):
        row = np.array([k[c] for k, c in zip(each, codes, strict=True)])
        p = np.exp(d.log_prob(np.tile(row, (len(X), 1)) if y.ndim == 2 else np.tile(row, len(X))))
        for j, c in enumerate(codes):
            want[:, j, c] += p
    np.testing.assert_allclose(want.sum(-1), 1.0, rtol=1e-9)
    want = want if y.ndim == 2 else want[:, 0]
    if (family, name) == ("bernoulli", "codes"):
        want = want[:, 1]
    assert d.probs.shape == want.shape
    np.testing.assert_allclose(d.probs, want, rtol=1e-9)
    np.testing.assert_array_equal(d.probs == 0.0, want == 0.0)


@ENSEMBLES
def test_rows_keep_the_classes_of_each_output(members: int):
    y, classes = SEVERAL["several of other text"]
    d = quick(distribution={"kind": "categorical"}, ensemble=members).fit(X, y).predict_dist(X)
    for rows in (slice(3, 9), np.array([5, 1]), slice(0, 0), 7):
        assert plain(d[rows].classes) == classes
        np.testing.assert_array_equal(d[rows].probs, d.probs[rows])


def test_numbers_have_no_classes():
    normal = ll.Gaussian(np.zeros((4, 2)), 1.0)
    for d in (normal, ll.Independent(normal), ll.Mixture(normal, probs=[0.5, 0.5])):
        assert d.classes is None
    assert not hasattr(ll.Independent(normal), "probs")
    with pytest.raises(AttributeError, match="Independent over Gaussian has no probs: no classes"):
        ll.Independent(normal).probs  # noqa: B018
