"""Columns of text as the set of their words, against Python's own sets."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.config import DataConfig
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.kinds.noted import note_readings
from likelinet.tables.kinds.stored import kind_from_json
from likelinet.tables.kinds.words import FEWEST, MANY, bags_of
from likelinet.tables.table import as_table
from likelinet.tables.text import Text

RNG = np.random.default_rng(3)
CELLS = ["Love my Echo!", "loved it, love LOVE", "", "Café – über alles: 10", "It's", "NA", "Love it", "...", "Love it"]


def learned(cells: list, weight: np.ndarray | None = None) -> Inputs:
    table = as_table({"a": cells})
    return learn_inputs(table, ["a"], np.ones(table.n) if weight is None else weight, DataConfig(text=["a"]))


def split(cell: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", cell.lower())) if cell.lower() not in ("", "na", "...") else set()


def test_words_are_runs_of_letters_and_digits():
    bags = bags_of(Text.of(CELLS))
    found = [set() for _ in CELLS]
    for row, code in zip(bags.row, bags.code, strict=True):
        found[row].add(bags.words[code])
    assert found == [split(cell) for cell in CELLS]
    assert len(bags.row) == sum(map(len, found))  # each once
    np.testing.assert_array_equal(bags.missing.nonzero()[0], [2, 5])


def test_the_most_frequent_words_have_an_input_each():
    share = 1.0 / np.arange(1.0, 301.0)
    words = [" ".join(f"w{j}" for j in np.flatnonzero(RNG.random(300) < share)) + " all" for _ in range(400)]
    (kind,) = learned(words).columns
    count = Counter(word for cell in words for word in split(cell))
    usable = sorted((w for w, many in count.items() if FEWEST <= many < 400), key=lambda w: (-count[w], w))
    assert [*kind.words] == usable[:MANY]  # "all" is in every cell
    some = words[:60]
    x = learned(words).rows(as_table({"a": some}))[:]
    np.testing.assert_array_equal(x, [[word in each for word in kind.words] for each in map(split, some)])
    assert kind_from_json(kind.to_json()) == kind
    assert kind.describe() == f"words of text: {len(kind.words)} with an input each"


def test_rare_words_and_missing_cells():
    inputs = learned(CELLS)
    assert inputs.columns[0].inputs == ["a has it", "a has love", "a missing"]
    x = inputs.rows(as_table({"a": ["LOVE, it", "?", "new words only", "it"]}))[:]
    np.testing.assert_array_equal(x, [[1, 1, 0], [0, 0, 1], [0, 0, 0], [1, 0, 0]])


def test_missing_cells_that_training_had_not_are_noted():
    rows = learned(["u v", "u", "v", "u v", "v", "w"]).rows(as_table({"a": ["u", "", "v"]}))
    np.testing.assert_array_equal(rows[:], [[0, 1], [0, 0], [1, 0]])
    with pytest.warns(UserWarning, match=r"^Missing cells are filled, although training had none: column 'a' in 1 row"):
        rows.oddities.note()


def test_columns_of_other_types_are_words_as_well():
    declared = pd.DataFrame({"a": pd.Categorical(["u v", "v", None, "u v", "v u"])})
    table = as_table(declared)
    (kind,) = learn_inputs(table, ["a"], np.ones(5), DataConfig(text=["a"])).columns
    assert kind.inputs == ["a has v", "a has u", "a missing"]
    assert learned([1, 2, 2, 1, 1]).columns[0].inputs == ["a has 1"]
    assert learned(["", "", ""]).columns[0].tag == "constant"


def test_numbers_as_text_are_noted():
    frame = pd.DataFrame({"a": np.arange(40.0), "b": [f"{j}" for j in range(40)], "c": ["no 1", "2"] * 20})
    table = as_table(frame.assign(d=frame.a))
    inputs = learn_inputs(table, ["a", "c", "d"], np.ones(40), DataConfig(text=["a", "c"]))
    with pytest.warns(UserWarning, match="text") as said:
        note_readings(table, inputs.columns, text=["a", "c"])
    assert [str(note.message) for note in said] == [
        "Columns of data.text hold numbers, of which each is taken for a word: 'a'; take them out of data.text to have "
        "it otherwise."
    ]


DRAWN = 3000


def one_of(words: str | Sequence[Any]) -> np.ndarray:
    """Return words of very many cells, the first ones most often."""
    each = np.array(words.split() if isinstance(words, str) else [str(word) for word in words])
    p = 1.0 / (10.0 + np.arange(len(each)))
    return RNG.choice(each, DRAWN, p=p / p.sum())


def some_again(parts: Sequence[Any], rows: int = 800, share: float = 0.65) -> list[str]:
    """Return cells of these parts, of which such a share are different, and the rest those of other rows."""
    drawn = [np.full(DRAWN, part) if isinstance(part, str) else part for part in parts]
    cells = list(dict.fromkeys(map("".join, zip(*drawn, strict=True))))[: int(share * rows)]
    return [*cells, *RNG.choice(cells, rows - len(cells)).tolist()]


BRANDS, MODELS = "Maruti Hyundai Mahindra Tata Honda Toyota", "Swift Alto Santro City Innova Jeep Polo Figo Indica Ritz"
SAID = "love it works great the sound is not so good my echo for music we use every day easy to set up but price was"
FIRST, LAST = ([f"{name}{j}" for j in range(many)] for name, many in (("First", 300), ("Last", 3000)))
NUMBERS = RNG.integers(10**5, 10**6, DRAWN).astype(str)


@pytest.mark.parametrize(
    "parts",
    [
        [one_of(BRANDS), " ", one_of(MODELS), " ", one_of("VDi LX VXi ZXi Diesel"), " ", one_of(range(30))],
        [part for _ in range(6) for part in (one_of(SAID), " ")],
    ],
    ids=["models", "reviews"],
)
def test_text_whose_words_come_again(parts: list[Any]):
    cells = some_again(parts)
    table = as_table({"a": cells, "x": RNG.normal(size=len(cells))})
    inputs = learn_inputs(table, ["a", "x"], np.ones(len(cells)), DataConfig())
    assert inputs.columns[0] == learned(cells).columns[0]  # as if data.text named it
    many = len(inputs.columns[0].inputs)
    with pytest.warns(UserWarning, match="words") as said:
        note_readings(table, inputs.columns)
    assert [str(note.message) for note in said] == [
        f"Columns of text that seldom comes again are taken for the words in it: 'a' ({many} words); name them in "
        "data.categorical or data.exclude to have it otherwise."
    ]
    note_readings(table, inputs.columns, text=["a"])  # as was asked for
    for left_out in (cells[:450], some_again(parts, share=0.85)):  # few rows, or hardly a cell that comes again
        assert kind_of(left_out) == "identifier"


@pytest.mark.parametrize(
    "parts",
    [
        [one_of(FIRST), " ", one_of(LAST)],
        [one_of(LAST), ", ", one_of("Mr Mrs Miss Master"), ". ", one_of(FIRST), " ", one_of("J A M")],
        [NUMBERS, " ", one_of(LAST), " ", one_of("Street Road Avenue")],
        [one_of("CA US"), "-", one_of(range(2014, 2018)), "-", NUMBERS],
        ["INV ", one_of(range(2014, 2018)), " ", NUMBERS],
        [[RNG.bytes(10).hex() for _ in range(DRAWN)]],
        ["customer ", NUMBERS],
        [*(part for _ in range(5) for part in (one_of(range(10, 20)), " ")), "rows"],
    ],
    ids=["names", "with titles", "addresses", "orders", "invoices", "hashes", "customers", "digits"],
)
def test_identifiers_that_come_again(parts: list[Any]):
    assert kind_of(some_again(parts)) == "identifier"


def kind_of(cells: list[str]) -> str:
    (kind,) = learn_inputs(as_table({"a": cells}), ["a"], np.ones(len(cells)), DataConfig()).columns
    return kind.tag


def test_a_model_reads_text(tmp_path: Path):
    good = RNG.random(600) < 0.5
    filler = [" ".join(RNG.choice([*"abcdefghij"], 6)) for _ in good]
    text = [f"{rest} {'good' if well else 'bad'} {i}" for i, (rest, well) in enumerate(zip(filler, good, strict=True))]
    frame = pd.DataFrame({"text": text, "y": np.where(good, 1.0, -1.0) + 0.1 * RNG.normal(size=600)})
    with pytest.warns(UserWarning, match="identifiers .* or their words in data.text"):
        ll.Model({"quality": "plain", "data": {"target": "y"}, "training": {"epochs": 1}}).fit(
            frame.assign(x=RNG.random(600))
        )
    config = {"quality": "plain", "data": {"target": "y", "text": ["text"]}, "training": {"epochs": 15}}
    model = ll.Model(config).fit(frame)
    assert np.abs(model.predict(frame.assign(text="so Good")) - 1.0).max() < 0.4
    model.save(tmp_path / "model.safetensors")
    again = ll.Model.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))
