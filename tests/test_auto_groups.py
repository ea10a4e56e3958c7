"""`distribution: auto` with groups of members: one family for all, or several that are stacked."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.cli.describe import choice_in_lines
from likelinet.core.notes import FamilyNote
from likelinet.model import choosing
from tests.test_auto import QUICK, X_0, N, X, fitted, rng


def test_groups_of_members_have_the_chosen_family():
    y = rng.gamma(2.0, np.exp(X_0))
    groups = [{"network": {"hidden": []}}, {"distribution": {"kind": "gaussian"}}]
    model = fitted(y, training={"folds": 2, "steps": 40, "time": 60.0}, ensemble=2, groups=groups)
    kind = model.history.choice.family
    assert [c.distribution.in_brief for c in model.config.each_group] == [kind, "gaussian"]
    assert [g.members for g in model.history.groups] == [2, 2]
    assert model.config.training.time == 60.0
    with pytest.raises(ll.ConfigError, match="'auto' chooses one family for all groups"):
        ll.ModelConfig(groups=[{"distribution": {"kind": "auto"}}], training={"folds": 2}, ensemble=2)


@pytest.mark.parametrize(
    ("own", "y", "between"),
    [
        ("gaussian", rng.poisson(4.0, N), "under 'gaussian' y is a number with a density, and under '.*' a whole"),
        ("bernoulli", X_0, "'bernoulli' beside "),
    ],
)
def test_a_chosen_family_that_does_not_go_with_that_of_a_group(own, y, between):
    groups = [{}, {"distribution": {"kind": own}}]
    says = rf"^groups\.1: {between}.*; '.+' was chosen by 'distribution: auto', since y has .*numbers from .*: name "
    with pytest.raises(ll.DataError, match=says + f"the family of all groups, such as '{own}'.$"):
        fitted(y, training={"folds": 2, "steps": 3}, ensemble=2, groups=groups)


@pytest.mark.parametrize("groups", [None, [{}, {"numeric": {"kind": "piecewise_linear", "bins": 4}}]])
def test_families_that_come_near_are_kept_for_groups_of_their_own(groups, tmp_path):
    y = X_0 + rng.standard_normal(N)
    config = {"training": {"folds": 2, "steps": 40}, "ensemble": 2, "groups": groups, "engine": "numpy"}
    model = fitted(y, distribution={"kind": "auto", "families": 2}, **config)
    choice, many = model.history.choice, len(groups or [{}])
    first, second = (c.family for c in choice.ranked[:2])
    assert (choice.family, choice.beside, choice.families) == (first, [second], f"{first} and {second}")
    assert [c.distribution.in_brief for c in model.config.each_group] == [first] * many + [second] * many
    assert [c.data.numeric.kind for c in model.config.each_group[:many]] == [
        c.data.numeric.kind for c in model.config.each_group[many:]
    ]
    model.save(tmp_path / "model.safetensors")
    loaded = ll.Model.load(tmp_path / "model.safetensors")
    assert loaded.history.choice == choice
    np.testing.assert_array_equal(loaded.predict_dist(X).log_prob(y), model.predict_dist(X).log_prob(y))
    assert choice_in_lines(model).startswith(f"Family: {first} and {second}, chosen since")


def test_families_are_kept_only_where_they_come_near_and_can_be_weighed(monkeypatch):
    y, two = X_0 + rng.standard_normal(N), {"kind": "auto", "families": 2}
    alone = fitted(y, distribution=two)  # without folds
    assert (alone.config.groups, alone.history.choice.beside) == (None, [])
    folds = {"training": {"folds": 2, "steps": 10}, "ensemble": 2}
    grades = fitted(1 + np.arange(N) % 3, distribution={**two, "families": 9}, **folds).history.choice
    assert {grades.family, *grades.beside} == {"categorical", "ordered_logistic"}  # and no family of numbers
    monkeypatch.setattr(choosing, "NEAR", 0.0)
    assert fitted(y, distribution=two, **folds).history.choice.beside == []


def test_units_that_are_few_among_very_many_rows_choose_no_family_by_them(monkeypatch):
    monkeypatch.setattr(choosing, "ROWS", 100)
    table = {"x": X_0, "y": X_0 + rng.standard_normal(N), "g": np.r_[1, 2, 3 + np.arange(N - 2) % 2]}
    data = {"target": "y", "groups": "g"}
    found = [fitted(None, table, data=data, training={"steps": 5, "seed": seed}) for seed in range(6)]
    errors = [c.error for model in found for c in model.history.choice.candidates]
    assert errors == [None] * len(errors)


def test_a_column_by_itself_is_no_vector():
    y = X_0 + rng.standard_normal(N)
    one, other = (fitted(each).history.choice for each in (y, y[:, None]))
    assert [c.family for c in one.candidates] == [c.family for c in other.candidates]
    assert [c.error for c in other.candidates] == [None] * len(other.candidates)


def test_outputs_of_which_one_holds_classes_are_said_to_be_taken_for_numbers():
    rng = np.random.default_rng(0)
    classes, numbers = rng.integers(0, 2, N), rng.normal(size=(N, 2))
    model = ll.Model({"distribution": "auto", **QUICK})
    with pytest.warns(FamilyNote) as notes:
        model.fit(X, np.column_stack([classes, numbers[:, 0]]), progress=False)
    assert [str(note.message) for note in notes] == [
        "Of several outputs 'y0' has two classes: 0, 1, and others are numbers: all are taken for real numbers; fit a "
        "model for each."
    ]
    model.fit(X, numbers, progress=False)  # a warning is an error
    model.fit(X, np.column_stack([classes, rng.integers(0, 3, N)]), progress=False)
