"""Which columns of a table an autoencoder takes: those that can be given back."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(60, 3)), columns=["a", "b", "c"])


def coder(kind: str = "autoencoder", **declared: Any) -> ll.Model:
    network = {"kind": kind, "encoder": [4], "latent": 1, "decoder": [4]}
    return ll.Model({"network": network, "training": {"epochs": 2}, **declared})


@pytest.mark.parametrize("kind", ["autoencoder", "vae"])
@pytest.mark.parametrize("distribution", [{"kind": "gaussian"}, {"kind": "gaussian", "scale": "shared"}])
def test_constant_columns_are_left_out(kind: str, distribution: dict[str, Any]):
    frame = FRAME.assign(k=3.0, l=[np.nan, *[7] * 59])
    with pytest.warns(UserWarning, match="left out") as said:
        model = coder(kind, distribution=distribution).fit(frame, progress=False)
    assert [str(w.message) for w in said] == [
        "Columns that say nothing are left out: 'k' (3 in every row), 'l' (7 in every row)."
    ]
    assert model.target_names == ["a", "b", "c"]
    plain = coder(kind, distribution=distribution).fit(FRAME, progress=False)
    np.testing.assert_array_equal(model.reconstruct(frame), plain.reconstruct(FRAME))
    assert model.evaluate(frame.assign(k=1e9)) == plain.evaluate(FRAME)  # and nothing more is said of them


def test_constant_columns_of_an_array():
    x = np.column_stack([FRAME.a, np.ones(60), FRAME.b])
    with pytest.warns(UserWarning, match=r"left out: 'x1' \(1 in every row\)\.$"):
        model = coder().fit(x, progress=False)
    plain = coder().fit(x[:, [0, 2]], progress=False)
    np.testing.assert_array_equal(model.reconstruct(x), plain.reconstruct(x[:, [0, 2]]))


@pytest.mark.parametrize(
    "distribution", [{"kind": "gaussian", "scale": 1.0}, {"kind": "poisson"}, {"kind": "bernoulli"}], ids=str
)
def test_they_stay_where_no_spread_is_learned(distribution: dict[str, Any]):
    """As at the edges of images."""
    frame = pd.DataFrame({"p": [0, 1] * 30, "q": [0, 0, 1] * 20, "k": [0] * 60})
    assert coder(distribution=distribution).fit(frame, progress=False).target_names == ["p", "q", "k"]


def test_nothing_but_constants():
    with pytest.raises(ll.DataError, match=r"^y, here x itself, is constant in output 1, so a spread cannot"):
        coder().fit(pd.DataFrame({"p": [1.0] * 30, "q": [2.0] * 30}))


CODES = [f"INV-{j:05d}" for j in RNG.permutation(60)]


@pytest.mark.parametrize("codes", [CODES, np.arange(1, 61)], ids=["text", "numbers"])
@pytest.mark.parametrize("kind", ["autoencoder", "vae"])
def test_identifiers_are_left_out(kind: str, codes: Any):
    with pytest.warns(UserWarning, match="left out") as said:
        model = coder(kind).fit(FRAME.assign(id=codes, k=3.0), progress=False)
    assert [str(w.message).partition("'id'")[0] for w in said] == [
        "Columns that look like identifiers are left out, of x and of what is predicted: ",
        "Columns that say nothing are left out: 'k' (3 in every row).",
    ]
    assert (model.target_names, model.feature_names) == (["a", "b", "c"], ["a", "b", "c"])
    plain = coder(kind).fit(FRAME, progress=False)
    for frame in (FRAME, FRAME.assign(id=codes)):  # without a word of it
        np.testing.assert_array_equal(model.reconstruct(frame), plain.reconstruct(FRAME))
    assert model.evaluate(FRAME.assign(id="new")) == plain.evaluate(FRAME)


def test_identifiers_are_no_labels():
    labels = pd.DataFrame({"a": ["u", "v", "w"] * 20, "b": ["p", "p", "q", "q"] * 15})
    with pytest.warns(UserWarning, match="identifiers are left out"):
        model = coder(distribution={"kind": "categorical"}).fit(labels.assign(id=CODES), progress=False)
    plain = coder(distribution={"kind": "categorical"}).fit(labels, progress=False)
    np.testing.assert_array_equal(model.reconstruct(labels), plain.reconstruct(labels))


def test_nothing_but_identifiers():
    with pytest.raises(ll.DataError, match=r"^Column 'id' holds text, where y is x and should hold numbers"):
        coder().fit(pd.DataFrame({"id": CODES}))


def test_yes_and_no_and_numbers_in_dress_come_back_as_numbers():
    yes, share = np.tile([1.0, 0.0], 30), np.arange(60.0) % 7
    frame = FRAME.assign(flag=np.where(yes == 1.0, "yes", "no"), share=[f"{s:.0f} %" for s in share])
    with pytest.warns(UserWarning, match="read as numbers: 'share' as") as said:
        model = coder().fit(frame, progress=False)
    assert len(said) == 1
    plain = coder().fit(FRAME.assign(flag=yes, share=share), progress=False)
    np.testing.assert_array_equal(model.reconstruct(frame), plain.reconstruct(FRAME.assign(flag=yes, share=share)))
    assert model.evaluate(frame) == plain.evaluate(FRAME.assign(flag=yes, share=share))


def test_text_of_which_nothing_comes_back_is_named():
    frame = FRAME.assign(town=["Ulm", "Bonn"] * 30, day=pd.date_range("2020-01-01", periods=60))
    said = (
        r"^Columns 'town', 'day' hold text, where y is x and should hold numbers: leave them out by data\.exclude, or "
        r"name other columns in data\.target\.$"
    )
    with pytest.raises(ll.DataError, match=said):
        coder().fit(frame)
    model = coder(data={"exclude": ["town", "day"]}).fit(frame, progress=False)
    assert model.target_names == ["a", "b", "c"]
