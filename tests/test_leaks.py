"""A column that tells y exactly is named, and no other."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.inputs import learn_inputs
from likelinet.tables.table import as_table
from likelinet.targets.leaks import note_leaks
from tests.small import quick

RNG = np.random.default_rng(0)
N = 40
X = RNG.normal(size=N)
GRADE = np.arange(N) % 4
SPECIES = np.array(["ant", "bee", "cat", "dog"])[GRADE]


def told(column: Any, y: np.ndarray, **data: Any) -> bool:
    """Whether a column is said to tell y, beside another that does not."""
    frame = pd.DataFrame({"x": column, "other": RNG.normal(size=len(y))})
    table = as_table(frame)
    kinds = learn_inputs(table, ["x", "other"], np.ones(len(y)), DataConfig(**data)).columns
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        note_leaks(table, kinds, y, "y")
    said = "Column 'x' tells y exactly in every row; leave it out by data.exclude if new rows will lack it."
    assert [str(note.message) for note in notes] in ([], [said])
    return bool(notes)


@pytest.mark.parametrize(
    "column",
    [X, 3.0 - 1.8 * X, X.astype(np.float32), [f"{v:.9f}" for v in X], np.where(np.arange(N) == 7, np.nan, X)],
    ids=["itself", "linear", "single", "text", "missing"],
)
def test_numbers_that_are_y(column: Any):
    assert told(column, X)


@pytest.mark.parametrize(
    ("column", "y"),
    [
        (X**3, X),
        (X + 1e-4 * RNG.normal(size=N), X),
        (X[:19], X[:19]),
        (X, np.ones(N)),
        (np.where(np.arange(N) == 39, 0.0, X), X),
        (np.where(np.arange(N) < 25, np.nan, X), X),
    ],
    ids=["curved", "noisy", "few", "constant", "but one", "mostly missing"],
)
def test_numbers_that_are_not(column: np.ndarray, y: np.ndarray):
    assert not told(column, y)


@pytest.mark.parametrize(
    ("column", "y"),
    [
        (SPECIES, GRADE),
        (GRADE, SPECIES),
        (SPECIES, SPECIES),
        (np.where(GRADE == 2, "", SPECIES), SPECIES),
        (np.where(GRADE < 2, "yes", "no"), GRADE < 2),
        (np.where(GRADE < 2, 0.0, 1.0), np.where(GRADE < 2, "p", "q")),
    ],
    ids=["names", "numbers", "itself", "missing", "yes and no", "zero and one"],
)
def test_classes_by_other_names(column: Any, y: np.ndarray):
    assert told(column, y)


@pytest.mark.parametrize(
    ("column", "y"),
    [
        (np.where(GRADE == 3, "cat", SPECIES), SPECIES),
        (SPECIES, np.where(GRADE == 3, "cat", SPECIES)),
        ([*SPECIES[:-1], "ant"], SPECIES),
        (np.full(N, "ant"), np.full(N, "ant")),
        ([f"T{j}" for j in range(N)], np.arange(N) + 0.5),
    ],
    ids=["two in one", "one of two", "but one", "constant", "all different"],
)
def test_classes_that_are_not(column: Any, y: np.ndarray):
    assert not told(column, y, categorical=["x"] if len(set(column)) == N else [])


def test_one_note_of_a_fit():
    frame = pd.DataFrame({"a": RNG.normal(size=N), "b": RNG.normal(size=N), "c": RNG.normal(size=N)})
    y = np.stack([frame.b, 2.0 * frame.a, RNG.normal(size=N)], axis=1)
    with pytest.warns(UserWarning, match="tell") as said:
        quick().fit(frame, y)
    assert [str(note.message) for note in said] == [
        "Columns 'a', 'b' tell y exactly in every row; leave them out by data.exclude if new rows will lack them."
    ]
    quick(data={"exclude": ["a", "b"]}).fit(frame, y)
    quick().fit(frame, frame.to_numpy())  # x itself, of which a code is made
    network = {"kind": "autoencoder", "encoder": [4], "latent": 1, "decoder": [4]}
    ll.Model({"quality": "plain", "network": network, "training": {"epochs": 1}}).fit(
        frame, progress=False
    )  # whose y is x
