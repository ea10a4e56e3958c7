"""Members that hold out folds: which rows each trains on, and that all stop at one epoch."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import likelinet as ll
from likelinet.engines.jax import JaxEngine
from likelinet.model import fitting
from likelinet.selection.candidates import families
from likelinet.selection.comparison import compare
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.table import as_table
from likelinet.training.minibatches import by_folds
from tests import on_jax
from tests.training.problems import held, model, table

PATIENT = np.repeat(np.arange(12), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20])
DAY = np.random.default_rng(3).permutation(np.repeat(np.arange(30), 3))


def parts_of(many: int, seed: int = 0, **data: Any) -> np.ndarray:
    rows = as_table({"patient": PATIENT, "day": DAY})
    return HoldOut.of(ll.DataConfig(**data), rows).parts(many, np.random.default_rng(seed))


@given(fold=st.lists(st.integers(0, 3), min_size=4, max_size=30), members=st.integers(4, 9))
def test_each_member_holds_out_its_fold_and_trains_on_all_others(fold: list[int], members: int):
    of_row = np.array([0, 1, 2, 3, *fold])
    n = len(of_row)
    train, held_out = by_folds(of_row, members, spare=n)
    for m in range(members):
        assert [i for i in held_out[m] if i < n] == [i for i in range(n) if of_row[i] == m % 4]
        assert [i for i in train[m] if i < n] == [i for i in range(n) if of_row[i] != m % 4]
    # No longer than it has to be.
    assert (train < n).all(1).any()
    assert (held_out < n).all(1).any()


def test_folds_of_rows_are_as_large_as_each_other():
    counts = np.bincount(parts_of(7))
    assert len(counts) == 7
    assert counts.max() - counts.min() == 1
    assert (parts_of(7, seed=1) != parts_of(7)).any()


def test_folds_of_groups_are_whole_and_of_time_are_stretches():
    fold = parts_of(4, groups="patient")
    assert all(len(set(fold[p == PATIENT])) == 1 for p in range(12))
    assert sorted(set(fold)) == [0, 1, 2, 3]
    assert parts_of(5, time="day").tolist() == (DAY // 6).tolist()


@pytest.mark.parametrize(
    ("many", "data", "message"),
    [
        (91, {}, "The table has 90 rows: too few for 91 folds."),
        (13, {"groups": "patient"}, "Column 'patient' has 12 values: too few for 13 folds."),
        (31, {"time": "day"}, "Column 'day' has 30 values: too few for 31 folds."),
    ],
)
def test_too_many_folds(many: int, data: dict[str, str], message: str):
    with pytest.raises(ll.DataError) as error:
        parts_of(many, **data)
    assert str(error.value) == message


@pytest.mark.parametrize("weighted", [False, True])
def test_all_members_keep_the_epoch_that_is_best_for_all_held_out_rows(weighted: bool):
    X, y = table(122)
    weight = np.random.default_rng(1).uniform(0.2, 3.0, 122) if weighted else np.ones(122)
    fast = {"epochs": 40, "schedule": None, "optimizer": {"learning_rate": 0.02}, "early_stopping": {"patience": 5}}
    fitted = model(hidden=[16], members=5, folds=4, **fast).fit(X, y, sample_weight=weight)
    fold, history = fitted.out_of_fold.fold, fitted.history
    mass = np.bincount(fold, weight)[[0, 1, 2, 3, 0]]
    each = np.array([e.validation_nll for e in history.epochs])
    assert each.shape == (len(history.epochs), 5)
    pooled = each @ mass / mass.sum()
    best = 1 + int(np.argmin(pooled))
    assert history.best_epoch == [best] * 5
    assert len(history.epochs) == best + 5
    assert history.stopped == "early stopping"
    # What a member would have chosen by itself is another one.
    assert len({*(1 + each.argmin(0)), best}) > 1
    # Two members hold out the first fold: each counts in what is chosen.
    np.testing.assert_allclose(each[best - 1, 1], nll_of(fitted, 1, weight), rtol=1e-9)


def test_members_that_have_arrived_count_as_well():
    """By L-BFGS each comes to its minimum in an epoch of its own; all keep one epoch, the best one for all rows."""
    X, y = table(61)
    exact = {"optimizer": {"kind": "lbfgs"}, "early_stopping": None, "epochs": 200}

    def up_to(last: int) -> ll.Model:
        stops = model(hidden=[], members=4, folds=4, **exact)
        return stops.fit(X, y, callbacks=[lambda epoch: epoch.epoch == last])

    whole = up_to(200)  # to the end
    assert len({len(e.members) for e in whole.history.epochs}) > 1
    best, nll = whole.history.best_epoch, whole.history.out_of_fold_nll
    assert best == best[:1] * 4
    # Up to that epoch it is the best one, and one before it all others are worse.
    np.testing.assert_allclose(up_to(best[0]).history.out_of_fold_nll, nll, rtol=1e-12)
    before = [up_to(k).history for k in range(1, best[0], 3)]
    assert all(h.out_of_fold_nll > nll and h.best_epoch == h.best_epoch[:1] * 4 for h in before)


def nll_of(fitted: ll.Model, fold: int, weight: np.ndarray) -> float:
    """Return the mean negative log-likelihood of a fold that one member alone holds out."""
    out = fitted.out_of_fold
    own = out.fold == fold
    return float(np.average(-out.log_prob[own], weights=weight[own]))


@pytest.mark.parametrize("groups", [None, "patient"])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_member_sees_nothing_of_its_fold(groups: str | None, weighted: bool):
    """Without inputs each member has a closed form: the exponential law of the mean of its own rows."""
    rng = np.random.default_rng(2)
    y, weight = rng.gamma(2.0, size=90), rng.uniform(0.2, 3.0, 90) if weighted else np.ones(90)
    data = {"features": [], "groups": groups}
    declared = {"data": data, "distribution": {"kind": "exponential"}, "training": {"folds": 4}, "ensemble": 4}
    out = ll.Model(declared).fit({"patient": PATIENT}, y, sample_weight=weight).out_of_fold
    mean = np.array([np.average(y[out.fold != k], weights=weight[out.fold != k]) for k in range(4)])[out.fold]
    np.testing.assert_allclose(out.log_prob, -np.log(mean) - y / mean, rtol=1e-7)


def test_members_of_unequal_length_drop_no_row_and_add_none(monkeypatch: pytest.MonkeyPatch):
    seen, planned = [], fitting.planned
    monkeypatch.setattr(fitting, "planned", lambda *a: seen.append(planned(*a)) or seen[-1])
    X, y = table(90)
    columns = {"a": X[:, 0], "patient": PATIENT}
    declared = {"data": {"groups": "patient"}, "training": {"folds": 4, "epochs": 1}, "ensemble": 4}
    ll.Model({"quality": "plain", **declared, "network": {"hidden": [2]}}).fit(columns, y)
    (plan,) = seen
    weight = np.append(np.random.default_rng(0).uniform(0.5, 2.0, 90), 0.0)
    epoch = plan.drawn(weight, [np.random.default_rng(m) for m in range(4)])
    for m in range(4):
        rows, share = epoch.rows[:, m].ravel(), epoch.share[:, m].ravel()
        total = np.bincount(rows, share, minlength=91) * epoch.rows.shape[2]
        fold = set(plan.validation[m]) - {90}
        np.testing.assert_allclose(total, [0.0 if i in fold else weight[i] for i in range(91)], rtol=1e-12)


def test_both_engines_train_members_of_unequal_length_alike(monkeypatch: pytest.MonkeyPatch):
    X, y = table(34)

    def scores() -> np.ndarray:
        return model(members=4, hidden=[], folds=3, epochs=2, gradient_clip=None).fit(X, y).out_of_fold.log_prob

    by_numpy = scores()
    monkeypatch.setattr("likelinet.model.training.build_engine", lambda *_: JaxEngine(on_jax.OPTIONS))
    np.testing.assert_allclose(scores(), by_numpy, rtol=1e-7)


def test_more_folds_than_members_are_refused():
    with pytest.raises(ll.ConfigError, match="each fold needs a member that holds it out; make 'ensemble' as many"):
        ll.ModelConfig(ensemble=3, training=ll.TrainingConfig(folds=4))


def test_folds_and_validation_rows_exclude_each_other():
    X, y = table(40)
    with pytest.raises(ll.DataError, match=r"exclude each other, .* leave one of them out"):
        model(members=2, folds=2).fit(X, y, validation=held(X))


def test_families_that_are_compared_have_the_same_folds(monkeypatch: pytest.MonkeyPatch):
    """Outer ones, of the rows that are scored, and within them those that members hold out."""
    seen, folds = [], fitting.folds_held_out
    monkeypatch.setattr(fitting, "folds_held_out", lambda *a: seen.append((a[1].index, folds(*a))) or seen[-1][1])
    config = ll.ModelConfig(
        data=ll.DataConfig(target="y", features=[]), training=ll.TrainingConfig(folds=2), ensemble=2
    )
    rows = as_table({"y": np.random.default_rng(0).gamma(2.0, size=30)})
    results = list(compare(config, families("gaussian, gamma, exponential", config), rows, folds=3))
    assert [r.error for r in results] == [None] * 3
    assert len(seen) == 9
    for k in range(3):
        for index, fold in seen[k::3]:
            np.testing.assert_array_equal(index, seen[k][0])
            np.testing.assert_array_equal(fold, seen[k][1])
