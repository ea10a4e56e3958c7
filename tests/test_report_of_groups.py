"""Reports on models whose family was chosen, of several groups, and without inputs."""

from html import unescape
from pathlib import Path

import numpy as np

import likelinet as ll
from tests.test_report import checked

RNG = np.random.default_rng(5)
X = RNG.normal(size=(90, 2))
Y = np.exp(0.3 * X[:, 0] + 0.2 * RNG.normal(size=90))
GROUPS = [{"ensemble": 2}, {"ensemble": 2, "network": {"kind": "mlp", "hidden": []}}]


def test_a_chosen_family_and_groups_with_their_weights(tmp_path: Path):
    config = {
        "distribution": "auto",
        "groups": GROUPS,
        "network": {"hidden": [4]},
        "training": {"folds": 2, "epochs": 4},
    }
    model = ll.Model(config).fit(X, Y, progress=False)
    model = model.recalibrate("pit")
    page = checked(model.report(X, Y, tmp_path / "r.html"))
    choice = model.history.choice
    assert choice is not None
    assert [row[0] for row in page.rows["family"][1 : 1 + len(choice.ranked)]] == [c.family for c in choice.ranked]
    groups = model.history.groups
    assert [row[:2] for row in page.rows["family"][-len(groups) :]] == [[g.in_brief, "2"] for g in groups]
    text = unescape((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert "Predictions are recalibrated by the method 'pit'." in text
    assert "Training rows, by the members that held them out: NLL" in text
    assert f"Learning curves of the {groups[1].in_brief}" in text


def test_a_model_without_inputs(tmp_path: Path):
    model = ll.Model({"quality": "plain", "data": {"features": []}}).fit(X, Y, progress=False)
    checked(model.report(X, Y, tmp_path / "r.html"))
    assert "The model predicts from no column at all." in (tmp_path / "r.html").read_text(encoding="utf-8")
