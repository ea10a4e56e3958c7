"""Bad input in Python: the named error, with one sentence that says what, where and what to do; nothing is trained."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from tests.small import labels, quick, table

X, y = table()
COUNTS = np.arange(60.0) % 5
POSITIVE = np.abs(y) + 1.0


class Colour(Enum):
    RED = 1
    BLUE = 2


def changed(values: np.ndarray, *rows: int, to: Any = np.nan) -> np.ndarray:
    """Return values with some rows, counted from 1, changed."""
    out = np.array(values, dtype=object if isinstance(to, str) else float)
    for row in rows:
        out[(row - 1, *([0] * (out.ndim - 1)))] = to
    return out


def fitted(target: Any = y, x: Any = X, weight: Any = None, **declared: Any) -> Callable[[], Any]:
    return lambda: quick(**declared).fit(x, target, sample_weight=weight)


def family(kind: str, **more: Any) -> dict[str, Any]:
    return {"distribution": {"kind": kind, **more}}


FRAME = pd.DataFrame(X, columns=["width", "height"]).assign(price=y)
PRICE = {"data": {"target": "price"}}
STRICT = {"data": {"strict": True}}
FIT: dict[str, tuple[Callable[[], Any], str]] = {
    "nan in X": (
        fitted(x=changed(X, 3, 9), **STRICT),
        "Column 'x0' has 2 rows with missing, NaN or infinite values (rows 3, 9): fill or drop them.",
    ),
    "inf in X": (
        fitted(x=changed(X, 3, to=np.inf), **STRICT),
        "Column 'x0' has 1 row with missing, NaN or infinite values (row 3)",
    ),
    "many in X": (
        fitted(x=changed(X, *range(1, 11)), **STRICT),
        "has 10 rows with missing, NaN or infinite values (rows 1, 2, 3, 4, 5, …)",
    ),
    "nan in a frame": (
        fitted(x=FRAME.assign(height=changed(y, 7)), **STRICT),
        "Column 'height' has 1 row with missing",
    ),
    "nan in y": (fitted(changed(y, 60), **STRICT), "y has 1 row with missing, NaN or infinite values (row 60)"),
    "inf in y": (fitted(changed(y, 2, to=-np.inf)), "y has 1 row with missing, NaN or infinite values (row 2)"),
    "nan in one of several outputs": (fitted(changed(np.stack([y, y], 1), 5), **STRICT), "y has 1 row with missing"),
    "nan in a target column": (
        lambda: quick(data={"target": "price", "strict": True}).fit(FRAME.assign(price=changed(y, 4))),
        "Target 'price' has 1 row with missing, NaN or infinite values (row 4)",
    ),
    "nan among counts": (fitted(changed(COUNTS, 4), **family("poisson"), **STRICT), "y has 1 row with missing, NaN"),
    "nan among class codes": (
        fitted(changed(COUNTS, 4), **family("categorical"), **STRICT),
        "y has 1 row with missing, NaN",
    ),
    "missing label": (
        fitted(changed(labels(X, ["u", "v"]), 4, to=""), **family("bernoulli"), **STRICT),
        "y has 1 missing label (row 4): fill or drop these rows.",
    ),
    "text for numbers": (
        fitted(labels(X, ["u", "v"])),
        "y must hold numbers for the family 'gaussian'; for class labels use",
    ),
    "stray text": (
        fitted(x=changed(X, 3, to="1,5"), **STRICT),
        "Column 'x0' has numbers with commas: '1,5' in row 3; write them without thousands separators and with a "
        "decimal point.",
    ),
    "below a gamma": (
        fitted(changed(POSITIVE, 2, 5, to=-3.0), **family("gamma")),
        "y has 2 rows outside the support of 'gamma' (rows 2, 5, for example -3): each value must be a positive "
        "number.",
    ),
    "zero under a gamma": (fitted(changed(POSITIVE, 2, to=0.0), **family("gamma")), "(row 2, for example 0)"),
    "below a shifted gamma": (
        fitted(POSITIVE, **family("transformed", base={"kind": "gamma"}, loc=1e6)),
        "y has 60 rows outside the support of 'transformed'",
    ),
    "half a count": (
        fitted(changed(COUNTS, 3, to=1.5), **family("poisson")),
        "(row 3, for example 1.5): each value must be a whole number 0, 1, 2, …",
    ),
    "negative count": (fitted(changed(COUNTS, 3, to=-1.0), **family("negative_binomial")), "(row 3, for example -1)"),
    "three classes for two": (
        fitted(labels(X, ["u", "v", "w"]), **family("bernoulli")),
        "y has 3 classes (u, v, w), but the bernoulli family needs two: use 'categorical'.",
    ),
    "numbers for two classes": (
        fitted(y, **family("bernoulli")),
        "which are no class labels: use a family for numbers",
    ),
    "three codes for two": (fitted(np.arange(60) % 3, **family("bernoulli")), "y has 3 classes ("),
    "one class": (
        fitted(["u"] * 60, **family("categorical")),
        "y has only one class, 'u': there is nothing to tell apart",
    ),
    "one code": (fitted(np.zeros(60), **family("bernoulli")), "y has only one class, '0'"),
    "several outputs of bernoulli": (
        fitted(np.stack([labels(X, ["u", "v"])] * 2, 1), **family("bernoulli")),
        "y must be 0 or 1 for the bernoulli family with several outputs, got 'v'.",
    ),
    "complex": (fitted(y + 1j), "y must hold real numbers or class labels, got complex128: convert it first."),
    "dates": (fitted(np.arange(60).astype("datetime64[D]")), "or class labels, got datetime64[D]: convert it first."),
    "dates as classes": (fitted(np.arange(60).astype("datetime64[D]"), **family("categorical")), "got datetime64[D]"),
    "bytes as classes": (
        fitted(labels(X, [b"u", b"v"]), **family("categorical")),
        "y must hold text, whole numbers or True and False as class labels, got b'v'.",
    ),
    "days as classes": (
        fitted(np.array([date(2020, 1, 1 + i % 2) for i in range(60)]), **family("categorical")),
        "as class labels, got datetime.date(2020, 1, 1).",
    ),
    "enumeration as classes": (
        fitted(np.array([Colour(1 + i % 2) for i in range(60)]), **family("categorical")),
        "as class labels, got <Colour.RED: 1>.",
    ),
    "huge codes": (
        fitted(np.where(np.arange(60) % 2, 1e300, 2e300), **family("categorical")),
        "y has whole numbers too large for class labels, like 2e+300: make them text.",
    ),
    "codes far below": (
        fitted(np.arange(60) % 2 * -1e30, **family("categorical")),
        "y has whole numbers too large for class labels, like -1e+30: make them text.",
    ),
    "decimals as classes": (
        fitted(np.array([1, Decimal(2)] * 30, dtype=object), **family("categorical")),
        "as class labels, got Decimal('2').",
    ),
    "large whole numbers of Python": (
        fitted(np.array([1, 2**70] * 30, dtype=object), **family("categorical")),
        "as class labels, got 'larger numbers'.",
    ),
    "name of a weight": (
        fitted(weight="w"),
        "sample_weight must hold numbers, one for each row; a column of the table is named by data.weight.",
    ),
    "complex weight": (fitted(weight=np.ones(60) + 0j), "sample_weight must hold numbers."),
    "huge unsigned codes": (
        fitted(np.array([2**63, 2**63 + 1] * 30, dtype=np.uint64), **family("categorical")),
        "y has whole numbers too large for class labels",
    ),
    "masked X": (fitted(x=np.ma.masked_less(X, X.mean())), "X is an array with masked cells: fill or drop them."),
    "masked y": (fitted(np.ma.masked_less(y, y.mean())), "y is an array with masked cells: fill or drop them."),
    "masked weight": (fitted(weight=np.ma.masked_less(y, y.mean())), "sample_weight is an array with masked cells"),
    "columns of one name": (
        lambda: quick().fit(pd.DataFrame({0: X[:, 0], "0": X[:, 1]}), y),
        "X must name every column once: '0' comes twice.",
    ),
    "too large for the loss": (fitted(y * 1e250, data={"standardize": False}), "y has numbers too large for float"),
    "X too large": (fitted(x=X * 1e250, data={"standardize": False}), "X has numbers too large for float32: choose"),
    "no rows": (fitted(y[:0], X[:0]), "The table is empty: it has no rows."),
    "one row": (fitted(y[:1], X[:1]), "The table has 1 row with a positive weight: fitting needs at least two."),
    "one weighty row": (fitted(weight=np.eye(60)[3]), "The table has 1 row with a positive weight"),
    "constant y": (
        fitted(np.full(60, 0.1)),
        "y is constant, so a spread cannot be learned: the likelihood has no maximum; give the family a fixed scale",
    ),
    "constant y, shared scale": (fitted(np.ones(60), **family("gaussian", scale="shared")), "y is constant, so"),
    "constant y, gamma": (fitted(np.full(60, 3.0), **family("gamma")), "y is constant, so"),
    "constant y, mixture": (fitted(np.full(60, 3.0), **family("mixture")), "y is constant, so"),
    "one constant output": (fitted(np.stack([y, np.ones(60)], 1)), "y is constant in output 2"),
    "short y": (fitted(y[:7]), "X has 60 rows, but y has shape (7,): they must be equally long."),
    "three axes": (fitted(np.zeros((60, 2, 2))), "y must have shape (n,) or (n, d), got (60, 2, 2)."),
    "no outputs": (fitted(np.zeros((60, 0))), "y must have shape (n,) or (n, d), got (60, 0)."),
    "ragged y": (fitted([[1.0, 2.0]] * 59 + [[1.0]]), "y must be an array whose rows all have the same length."),
    "no y": (lambda: quick().fit(X), "y is missing: name its column in data.target, or pass y as an array."),
    "negative weight": (
        fitted(weight=changed(np.ones(60), 4, to=-1.0)),
        "sample_weight must not be negative, as in row 4.",
    ),
    "nan weight": (fitted(weight=changed(np.ones(60), 4)), "sample_weight has 1 row with missing, NaN"),
    "short weight": (fitted(weight=np.ones(7)), "sample_weight must have shape (60,), got (7,)."),
    "no weight": (fitted(weight=np.zeros(60)), "sample_weight must not be 0 in every row."),
    "text weight": (fitted(weight=["a"] * 60), "sample_weight must hold numbers."),
    "negative weight column": (
        lambda: quick(data={"target": "price", "weight": "height"}).fit(FRAME.assign(height=-1.0)),
        "Column 'height', the weight, must not be negative, as in rows 1, 2, 3, 4, 5, ….",
    ),
}


@pytest.mark.parametrize("case", FIT)
def test_fit(case: str):
    run, message = FIT[case]
    with pytest.raises(ll.DataError) as found:
        run()
    assert message in str(found.value)
    assert "\n" not in str(found.value)
    assert str(found.value).endswith((".", "…."))


def test_nothing_is_lost_by_a_refused_fit():
    model = quick(**STRICT).fit(X, y)
    before = model.predict(X)
    with pytest.raises(ll.DataError):
        model.fit(changed(X, 3, to="wide"), y)
    np.testing.assert_array_equal(model.predict(X), before)


@pytest.mark.parametrize(
    "distribution", [{"scale": 2.0}, {"kind": "student_t", "df": 3.0, "scale": 1.0}, {"kind": "poisson"}]
)
def test_constant_y_without_a_spread_to_learn(distribution: dict[str, Any]):
    with pytest.warns(UserWarning, match="^y is 7 in every row: no column .* same '.*' distribution for all"):
        d = quick(distribution=distribution, training={"epochs": 30}).fit(X, np.full(60, 7.0)).predict_dist(X)
    np.testing.assert_allclose(d.mean(), 7.0, atol=0.5)


def model_of(target: Any, **declared: Any) -> Callable[[Any], Any]:
    return lambda other: quick(**declared).fit(X, target).evaluate(X, other)


EVALUATE: dict[str, tuple[Callable[[Any], Any], Any, str]] = {
    "a column for a row": (
        model_of(y),
        y[:, None],
        "y has shape (60, 1), but the model was fitted on (n,): reshape it.",
    ),
    "a row for a column": (
        model_of(y[:, None]),
        y,
        "y has shape (60,), but the model was fitted on (n, 1): reshape it.",
    ),
    "too many outputs": (
        model_of(np.stack([y, y + X[:, 1]], 1)),
        np.zeros((60, 3)),
        "but the model was fitted on (n, 2)",
    ),
    "nan": (model_of(y, **STRICT), changed(y, 2), "y has 1 row with missing, NaN or infinite values (row 2)"),
    "outside the support": (
        model_of(COUNTS, **family("poisson")),
        changed(COUNTS, 9, to=-1),
        "(row 9, for example -1)",
    ),
    "new label": (
        model_of(labels(X, ["u", "v"]), **family("bernoulli")),
        changed(labels(X, ["u", "v"]), 9, to="w"),
        "y has the class 'w' in row 9, which was not seen in training (seen: u, v).",
    ),
    "new integer": (
        model_of(labels(X, [3, 5, 9]), **family("categorical")),
        changed(labels(X, [3, 5, 9]), 9, to=4),
        "y has the class '4' in row 9, which was not seen in training (seen: 3, 5, 9).",
    ),
    "new code": (model_of(COUNTS, **family("categorical")), changed(COUNTS, 9, to=5), "in row 9, which was not seen"),
    "negative code": (
        model_of(COUNTS % 2, **family("bernoulli")),
        changed(COUNTS % 2, 9, to=-1),
        "in row 9, which was not",
    ),
    "half a code": (model_of(COUNTS, **family("categorical")), changed(COUNTS, 9, to=0.5), "class '0.5' in row 9"),
    "label for a code": (
        model_of(COUNTS, **family("categorical")),
        labels(X, ["u", "v"]),
        "has 2 classes that were not seen in training: 'u' (rows ",
    ),
}


@pytest.mark.parametrize("case", EVALUATE)
def test_evaluate(case: str):
    run, other, message = EVALUATE[case]
    with pytest.raises(ll.DataError) as found:
        run(other)
    assert message in str(found.value)


def test_new_rows():
    new = FRAME[["width", "height"]]
    plain, strict, linear = (quick(data=data).fit(new, y) for data in ({}, {"strict": True}, {"extrapolate": True}))
    for model, rows, message in (
        (plain, new.head(0), "The table is empty: it has no rows."),
        (strict, new.assign(width=changed(y, 3)), "Column 'width' has 1 row with missing"),
        (strict, new.assign(width=["wide"] * 60), "Column 'width' must hold numbers, but has text: 'wide' in row 1"),
        (linear, new.assign(width=1e300), "X has numbers too large for float32: check their unit."),
        (plain, new.rename(columns={"width": "widht"}), "lacks the column width (did you mean 'widht'?)"),
    ):
        with pytest.raises(ll.DataError) as found:
            model.predict(rows)
        assert message in str(found.value)


@pytest.mark.parametrize("held", [X, (X, y, y, y), (), 5])
def test_validation_of_the_wrong_form(held: Any):
    with pytest.raises(ll.DataError, match=r"validation must be \(X, y\) or \(X, y, sample_weight\)"):
        quick().fit(X, y, validation=held)


def test_draws_that_cannot_be():
    model = quick().fit(X, y)
    for arguments, message in (
        ((-1,), "n must be a whole number of draws, 0 or more, got -1."),
        ((1.5,), "n must be a whole number of draws, 0 or more, got 1.5."),
        ((1, -1), "seed must not be negative, got -1."),
        ((1, {}), "seed must be a whole number, got {}."),
    ):
        with pytest.raises(ll.DataError) as found:
            model.sample(X, *arguments)
        assert str(found.value) == message


def test_validation_rows():
    for held, message in (
        ((X[:, :1], y), "X has 1 column, but the model was fitted on 2."),
        ((X, changed(y, 3)), "validation y has 1 row with missing"),
        ((X, y[:, None]), "validation y has shape (60, 1)"),
        ((X[:0], y[:0]), "The table is empty"),
    ):
        with pytest.raises(ll.DataError) as found:
            quick(**STRICT).fit(X, y, validation=held)
        assert message in str(found.value)


def test_loss_that_is_not_finite():
    wild = {"optimizer": {"kind": "sgd", "learning_rate": 1e30}, "gradient_clip": None, "epochs": 20}
    model = quick(training=wild)
    with pytest.raises(
        ll.NonFiniteError, match=r"not finite in epoch \d+ at step \d+; the first parameter to fail is '"
    ):
        model.fit(X, y)
    assert model.history.stopped == "not finite"
    assert np.isfinite(model.predict(X)).all()
