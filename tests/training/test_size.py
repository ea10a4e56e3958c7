"""Batch size, epochs and patience by the number of rows, where the config does not say them."""

import io
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.training.history import Epoch
from likelinet.training.progress import Progress
from likelinet.training.size import batch_of, epochs_of, patience_of
from tests.small import quick

AUTO = ll.TrainingConfig()


@pytest.mark.parametrize("n", [2, 31, 32, 500, 4096])
def test_up_to_a_few_thousand_rows_nothing_depends_on_them(n: int):
    assert (epochs_of(AUTO, n), batch_of(AUTO, n), patience_of(AUTO, 400)) == (400, min(n, 32), 60)


def test_the_same_bits_as_when_it_is_said():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 2)), rng.normal(size=80)
    said = {"epochs": 400, "batch_size": 32, "early_stopping": {"patience": 60}}
    auto, plain = (
        ll.Model({"quality": "plain", "network": {"hidden": [4]}, "training": t}).fit(X, y) for t in ({}, said)
    )
    np.testing.assert_array_equal(auto.predict(X), plain.predict(X))
    assert auto.history.best_epoch == plain.history.best_epoch


def test_more_rows_are_seen_less_often_in_larger_batches():
    rows = [2**k for k in range(12, 25)]
    epochs, sizes = [epochs_of(AUTO, n) for n in rows], [batch_of(AUTO, n) for n in rows]
    work = [n * e for n, e in zip(rows, epochs, strict=True)]
    assert epochs == sorted(epochs, reverse=True)
    assert sizes == sorted(sizes)
    assert work == sorted(work)
    assert (epochs[3], epochs[-1], sizes[2], sizes[-1]) == (100, 10, 64, 1024)
    # A third of a million rows: some tens of thousands of steps, not millions.
    assert epochs_of(AUTO, 336_776) * 336_776 / batch_of(AUTO, 336_776) < 40_000


def test_what_is_said_stays():
    said = ll.TrainingConfig(epochs=7, batch_size=100, early_stopping=ll.EarlyStoppingConfig(patience=3))
    n = 10**6
    assert (epochs_of(said, n), batch_of(said, n), patience_of(said, 7)) == (7, 100, 3)
    assert batch_of(ll.TrainingConfig(batch_size=None), n) == n
    assert patience_of(ll.TrainingConfig(epochs=1000), 1000) == 60
    assert patience_of(ll.TrainingConfig(early_stopping=None), 400) is None
    assert patience_of(AUTO, epochs_of(AUTO, 20_000)) == 21
    assert patience_of(AUTO, 12) == 10
    assert epochs_of(AUTO, n, exact=True) == 400


def test_the_bar_is_there_before_the_first_epoch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("likelinet.training.progress.on_terminal", lambda: True)
    with Progress() as bar:
        bar.begin(12)
        assert "fit   0%" in (shown := capsys.readouterr().err)
        assert "epoch 0/12" in shown
        bar(Epoch(1, 12, [1.25], None, [0], 0.1, 0.5))
    assert capsys.readouterr().err.endswith("\r")  # and goes away


@pytest.mark.parametrize(("module", "drawn"), [("ipykernel.iostream", True), ("somewhere.else", False)])
def test_a_notebook_draws_lines_anew_and_a_file_does_not(module: str, drawn: bool, monkeypatch: pytest.MonkeyPatch):
    stream = type("OutStream", (io.StringIO,), {"__module__": module})()  # neither is a terminal
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress() as bar:
        bar.begin(12)
        bar(Epoch(1, 12, [1.25], None, [0], 0.1, 0.5))
    assert ("epoch 1/12" in stream.getvalue()) == drawn
    assert (stream.getvalue() == "") != drawn


def test_what_is_said_at_the_end_has_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("likelinet.training.progress.on_terminal", lambda: True)
    x = np.linspace(-1.0, 1.0, 40)
    lbfgs = {"optimizer": {"kind": "lbfgs"}, "epochs": 9, "validation_fraction": 0.0}
    model = ll.Model({"network": {"hidden": []}, "training": lbfgs, "distribution": {"kind": "bernoulli"}})
    monkeypatch.setattr("warnings.warn", lambda message, *_, **__: stream.write(f"note: {message}\n"))
    model.fit(x[:, None], (x > 0.0).astype(int))  # nothing is left to chance
    assert "epoch 1/9" in stream.getvalue()
    assert "\rnote: The likelihood of y under 'bernoulli' has no maximum" in stream.getvalue()


@pytest.mark.parametrize(("rows", "said"), [(2, 1), (5, 1), (6, 0)])
def test_networks_of_so_few_rows_that_none_is_held_out_are_noted(rows: int, said: int):
    rng = np.random.default_rng(rows)
    x = rng.normal(size=(rows, 1))
    y = x[:, 0] + rng.normal(size=rows)
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        quick().fit(x, y)
    assert [str(note.message).partition(",")[0] for note in notes] == said * [
        f"{rows} rows are too few to hold any out"
    ]
    quick(training={"validation_fraction": 0.0}).fit(x, y)  # as was asked for
    quick(data={"features": []}).fit(x, y)


def notes_of_few(rows: int, columns: int, **declared: Any) -> list[str]:
    """Return the notes of a fit of the default network, or another, on some rows of noise."""
    x = np.random.default_rng(rows).normal(size=(rows, columns + 1))
    settings = {"quality": "plain", "training": {"epochs": 1, "batch_size": None}, **declared}
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        ll.Model(settings).fit(x[:, :-1], x[:, -1], progress=False)
    return [str(note.message) for note in notes]


@pytest.mark.parametrize(("rows", "columns", "noted"), [(49, 1, True), (50, 1, False), (69, 7, True), (70, 7, False)])
def test_few_rows_for_many_weights_are_noted(rows: int, columns: int, noted: bool):
    features = "1 feature" if columns == 1 else f"{columns} features"
    said = f"{rows} rows with {features} are few for so wide a network, which is often too sure of new "
    said += "ones: take more rows, fewer data.features, ensemble: 5, or network: {hidden: []} for a linear model."
    assert notes_of_few(rows, columns) == [said] * noted
    of_members = said.replace("ensemble: 5, ", "")
    assert notes_of_few(rows, columns, ensemble=5) == [of_members] * noted
    groups = [{"numeric": {"kind": "linear"}}, {"numeric": {"kind": "piecewise_linear"}}]
    training = {"epochs": 1, "batch_size": None, "folds": 2}
    assert notes_of_few(rows, columns, ensemble=2, groups=groups, training=training) == [said] * noted  # once
    unwatched = {"training": {"epochs": 1, "validation_fraction": 0.0}}  # none is held out, as was asked for
    assert notes_of_few(rows, columns, **unwatched) == [said] * noted


@pytest.mark.parametrize("network", [{"hidden": [4]}, {"hidden": []}, {"kind": "autoencoder", "latent": 1}])
def test_few_rows_for_few_weights_are_not_noted_nor_are_those_of_codes(network: dict[str, Any]):
    assert notes_of_few(40, 2, network=network) == []


def test_columns_that_make_no_input_are_no_reason_for_more_rows():
    frame = {f"c{i}": np.full(60, float(i)) for i in range(9)} | {"x": np.random.default_rng(0).normal(size=60)}
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        ll.Model({"quality": "plain", "training": {"epochs": 1}}).fit(frame, frame["x"] ** 2, progress=False)
    assert not any("are few for so wide a network" in str(note.message) for note in notes)
