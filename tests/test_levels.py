"""The order of labels is declared, of several outputs for each; labels of one output are of one kind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from tests.small import labels, quick, table

X, _ = table()
NOISY = np.where(
    np.arange(60) % 3 == 0, np.random.default_rng(0).permutation(60), np.arange(60)
)  # no plane splits them
GRADE, SOLD = labels(X, ["poor", "fair", "good"])[NOISY], labels(X[:, ::-1], ["no", "yes"])[NOISY]
TEXT = np.stack([GRADE, SOLD], axis=1)
LEVELS = [["poor", "fair", "good"], ["yes", "no"]]
FRAME = pd.DataFrame(X, columns=["p", "q"]).assign(grade=GRADE, sold=SOLD)


def fitted(y: Any, levels: Any = None, kind: str = "ordered_logistic", **declared: Any) -> ll.Model:
    more = {} if levels is None else {"levels": levels}
    return quick(distribution={"kind": kind, **more}, **declared).fit(X, y)


def by_columns(levels: Any = None) -> ll.Model:
    family = {"kind": "ordered_logistic", "levels": levels}
    return quick(distribution=family, data={"target": ["grade", "sold"]}).fit(FRAME)


def test_each_output_has_the_order_of_its_own_list(tmp_path: Path):
    """With linear outputs and all rows in each step, an output trains as it would alone, with its list."""
    exact = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 300, "early_stopping": None}
    how = {"network": {"hidden": []}, "training": exact}
    model = fitted(TEXT, LEVELS, **how)
    assert [known.tolist() for known in model.classes] == LEVELS
    alone = [fitted(TEXT[:, j], LEVELS[j], **how).predict_dist(X) for j in range(2)]
    want = sum(d.log_prob(TEXT[:, j]) for j, d in enumerate(alone))
    d = model.predict_dist(X)
    np.testing.assert_allclose(d.log_prob(TEXT), want, atol=2e-4)
    assert d.mode().tolist() == np.stack([a.mode() for a in alone], axis=1).tolist()
    model.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors")
    assert [known.tolist() for known in again.classes] == LEVELS
    np.testing.assert_array_equal(again.predict_dist(X).log_prob(TEXT), d.log_prob(TEXT))


@pytest.mark.parametrize(
    ("levels", "classes"), [(["no", "yes"], ["no", "yes"]), ([["yes", "no"], ["yes", "no"]], ["yes", "no"])]
)
def test_the_same_order_for_all_outputs_is_one_list(levels: list, classes: list):
    assert fitted(TEXT[:, [1, 1]], levels).classes.tolist() == classes


@pytest.mark.parametrize("levels", [[False, True], ["False", "True"]])
def test_true_and_false_in_an_order(levels: list):
    model = fitted(X[:, 0] > 5.0, levels)
    assert model.classes.tolist() == [False, True]
    assert model.predict(X).dtype == bool


ORDER = "whose order is not known: list them from the lowest to the highest in distribution.levels"
MIXED = np.array([0, "a", "b"] * 20, dtype=object)
BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "no order of outputs": (
        lambda: fitted(TEXT),
        f"y has text for classes, {ORDER}, a list for each output (output 1: fair, good, poor; output 2: no, yes).",
    ),
    "no order of columns": (
        by_columns,
        f"Target 'grade, sold' has text for classes, {ORDER}, a list for each output "
        "(column 'grade': fair, good, poor; column 'sold': no, yes).",
    ),
    "no order of the same": (lambda: fitted(TEXT[:, [1, 1]]), f"y has text for classes (no, yes), {ORDER}."),
    "no order of bools": (
        lambda: fitted(X > 5.0),
        "y has True and False for classes, whose order is not known: use 'bernoulli', or list them from the lowest to "
        "the highest in distribution.levels.",
    ),
    "fractions": (lambda: fitted(X[:, 0]), "y has fractional numbers like "),
    "no level of its output": (
        lambda: by_columns([["poor", "good"], ["no", "yes"]]),
        "Column 'grade' of Target 'grade, sold' has the class 'fair' (rows ",
    ),
    "too few lists": (
        lambda: fitted(TEXT, [["poor", "fair", "good"]]),
        "y has 2 outputs, but distribution.levels has the classes of 1: write one list for each output, or one for",
    ),
    "too many lists": (
        lambda: fitted(GRADE, LEVELS),
        "y has 1 output, but distribution.levels has the classes of 2: write one list for each output, or one for all.",
    ),
    "new in a column": (
        lambda: by_columns(LEVELS).score(FRAME.assign(sold="maybe")),
        "Column 'sold' of Target 'grade, sold' has the class 'maybe' in row 1, which was not seen in training "
        "(seen: yes, no).",
    ),
    "a level twice": (lambda: fitted(GRADE, ["a", "b", "a"]), "distribution.levels: 'a' comes twice."),
    "a level of an output twice": (lambda: fitted(TEXT, [["a"], ["u", "u"]]), "distribution.levels: 'u' comes twice."),
    "a list beside a label": (
        lambda: fitted(TEXT, ["a", ["u"]]),
        "distribution.levels.0: input should be a valid list, got 'a': write [a].",
    ),
    "numbers beside text": (
        lambda: fitted(MIXED, kind="categorical"),
        "y has class labels that are text, like 'a', and others that are not, like 0: make all of them text, or none.",
    ),
    "numbers beside text in a list": (
        lambda: fitted([1, 2, "3"] * 20, kind="categorical"),
        "y has class labels that are text, like '3', and others that are not, like 1: make all of them text, or none.",
    ),
    "nan beside text in a list": (
        lambda: quick(distribution={"kind": "categorical"}, data={"strict": True}).fit(X, ["u", "v", np.nan] * 20),
        "y has 20 missing labels (rows 3, 6, 9, 12, 15, …): fill or drop these rows.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said_of_the_output(case: str):
    run, message = BAD[case]
    with pytest.raises(ll.LikelinetError) as raised:
        run()
    assert message in str(raised.value)
    assert str(raised.value).count("\n") == 0


def test_outputs_of_different_kinds_are_text_together():
    y = np.empty((60, 2), dtype=object)
    y[:, 0], y[:, 1] = labels(X, [0, 1]), GRADE
    model = fitted(y, kind="categorical")
    assert [known.tolist() for known in model.classes] == [["0", "1"], ["fair", "good", "poor"]]
    assert np.isfinite(model.score(X, y))
    y[7, 0] = "2"
    with pytest.raises(
        ll.DataError, match=r"^Output 1 of y has class labels that are text, like '2', and .* like [01]:"
    ):
        model.score(X, y)
