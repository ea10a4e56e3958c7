"""The story of a fit, told by the logger "likelinet" to whoever listens."""

import logging
import re
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.model import story
from likelinet.training.choice import Candidate, Choice
from tests.small import quick, table

X, Y = table(48)
SKEWED = np.exp(0.2 * X[:, 0]) + 0.01 * Y
TRAINING = {"folds": 2, "epochs": 3}
GROUPS: dict[str, Any] = {"groups": [{}, {"network": {"hidden": []}}], "ensemble": 2}


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "likelinet"]


def test_of_groups_and_their_family(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "likelinet")
    model = quick(**GROUPS, distribution={"kind": "auto"}, training=TRAINING).fit(X, SKEWED)
    history = model.history
    assert history.choice is not None
    family, *lines, weights, fitted = told(caplog)
    assert family.startswith(f"Family: {history.choice} It took ")
    assert len(lines) == 4
    for g, size in enumerate(("mlp [4]", "mlp []")):
        begins, ended = lines[2 * g : 2 * g + 2]
        words = f"Group {g + 1} of 2 begins: {history.choice.family}, 2 × {size}; 48 rows, 2 features."
        assert begins == words
        assert ended.startswith(f"Group {g + 1} of 2 ended: {history.groups[g].stopped}, 3 epochs, best epoch ")
        assert f", out-of-fold NLL {history.groups[g].out_of_fold_nll:.4g}; " in ended
        assert re.search(r"; \d+\.\d s\.$", ended)
    first, second = (group.weight for group in history.groups)
    assert weights == f"Weights: group 1 {first:.3f}, group 2 {second:.3f}."
    assert re.fullmatch(r"Fitted in \d+\.\d s, .*", fitted)
    assert fitted.endswith(f", out-of-fold NLL {history.out_of_fold_nll:.4g}.")


def test_of_one_and_of_going_on(caplog: pytest.LogCaptureFixture):
    model = quick(distribution={"kind": "gaussian"}, training={"epochs": 2})
    caplog.set_level(logging.INFO, "likelinet")
    model.fit(X, Y)
    begins, ended, fitted = told(caplog)
    assert begins == "Training begins: gaussian, mlp [4]; 48 rows, 2 features."
    kept = model.history.epochs[model.history.best_epoch[0] - 1].validation_nll
    assert kept is not None
    assert f", validation loss of single networks {kept[0]:.4g}; " in ended
    assert fitted.startswith("Fitted in ")
    caplog.clear()
    model.fit(X[:40], Y[:40], warm_start=True)
    begins, ended = told(caplog)
    assert begins == "Going on begins: gaussian, mlp [4]; 40 rows, 2 features."
    assert ended.startswith("Going on ended: finished, 4 epochs, ")
    caplog.clear()
    model.partial_fit(X, Y)  # one of many passes
    assert told(caplog) == []
    for declared in ({"ensemble": 2}, GROUPS):
        quick(distribution={"kind": "gaussian"}, training={"folds": 2}, **declared).partial_fit(X, Y)
        assert told(caplog) == []


def test_a_family_that_fails_is_told(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "likelinet")
    story.family_chosen(Choice("gamma", "is odd", [Candidate("gamma", -1.0), Candidate("weibull", error="No.")], 9))
    assert told(caplog)[1:] == ["Family weibull failed: No."]


def test_nothing_is_made_where_nobody_listens(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch):
    def unwanted(*_: object) -> str:
        raise AssertionError("nobody listens")

    monkeypatch.setattr(Choice, "__str__", unwanted)
    monkeypatch.setattr(ll.History, "scores_in_words", property(unwanted))
    caplog.set_level(logging.WARNING, "likelinet")
    quick(distribution={"kind": "auto"}, training={"epochs": 1, "folds": None}).fit(X[:8], Y[:8])
    assert told(caplog) == []


def test_the_package_keeps_python_from_writing_by_itself():
    assert any(type(handler) is logging.NullHandler for handler in logging.getLogger("likelinet").handlers)
    assert logging.getLogger("likelinet").level == logging.NOTSET
