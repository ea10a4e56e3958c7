"""Out-of-fold predictions: each row by the members that held it out, member by member, in every form of y."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import likelinet as ll
from likelinet.model.members import each_member
from likelinet.tables.kinds.category import MANY
from tests.small import labels, quick, table

X, Y = table(47)
COUNTS = np.random.default_rng(0).poisson(np.exp(0.2 * X[:, 0]))
COLUMNS = {"a": X[:, 0], "b": X[:, 1], "years": np.linspace(1.0, 3.0, 47)}
MIXTURE = {"kind": "mixture", "components": 2, "base": {"kind": "student_t", "df": 5.0}}


def fitted(y: Any, members: int, folds: int, family: Any, columns: Any = COLUMNS, **declared: Any) -> ll.Model:
    training = {"folds": folds, "epochs": 3, "optimizer": {"learning_rate": 0.05}}
    return quick(distribution=family, ensemble=members, training=training, **declared).fit(columns, y)


@pytest.mark.parametrize(("members", "folds"), [(3, 3), (6, 3), (7, 3)])
@pytest.mark.parametrize(
    ("family", "y"),
    [
        ({"kind": "gaussian", "scale": "shared"}, Y),
        (MIXTURE, Y),
        ({"kind": "poisson", "exposure": "years"}, COUNTS),
        ({"kind": "zero_inflated", "base": {"kind": "poisson"}}, COUNTS),
        ({"kind": "bernoulli"}, X[:, 0] > 5.0),
        ({"kind": "categorical"}, labels(X, ["low", "mid", "top"])),
        ({"kind": "multivariate_gaussian"}, np.stack([Y, X[:, 1] - Y], axis=1)),
        ({"kind": "gaussian"}, np.stack([Y, X[:, 1] - Y], axis=1)),
    ],
    ids=lambda v: v["kind"] if isinstance(v, dict) else "",
)
def test_each_row_by_the_members_that_held_it_out(family: dict[str, Any], y: np.ndarray, members: int, folds: int):
    model = fitted(y, members, folds, family)
    out = model.out_of_fold
    each = np.stack(model._ask(COLUMNS, lambda fit, x: [d.log_prob(y) for d in each_member(fit, x)]))
    assert each.shape == (members, 47)
    unseen = np.arange(members)[:, None] % folds == out.fold
    # Mean probability density: of a mixture, and of classes, whose probabilities are averaged.
    expected = np.log(np.average(np.exp(each), axis=0, weights=unseen))
    np.testing.assert_allclose(out.log_prob, expected, rtol=1e-10)
    np.testing.assert_allclose(model.history.out_of_fold_nll, -expected.mean(), rtol=1e-10)
    np.testing.assert_allclose(out.evaluate()["nll"], -expected.mean(), rtol=1e-10)
    assert np.array_equal(out.y, y)
    # It matters who held a row out.
    others = np.log(np.average(np.exp(each), axis=0, weights=~unseen))
    assert np.abs(others - expected).max() > 1e-3


def test_rows_of_the_users_table():
    """Without those of weight 0 and those without y, in its order."""
    y, weight = np.array(Y), np.ones(47)
    y[[3, 20]], weight[[0, 20, 46]] = np.nan, 0.0
    model = quick(ensemble=3, training={"folds": 3}, data={"weight": "w"})
    with pytest.warns(UserWarning, match="missing in 1 row"):
        model.fit({**COLUMNS, "w": weight}, y)
    out = model.out_of_fold
    assert out.rows.tolist() == [i for i in range(47) if i not in (0, 3, 20, 46)]
    assert out.distribution.batch_shape == out.fold.shape == out.weight.shape == (43,)
    assert np.array_equal(out.y, Y[out.rows])
    own = {name: values[out.rows] for name, values in COLUMNS.items()}
    single = model._ask(own, lambda fit, x: np.stack([d.mean() for d in each_member(fit, x)]))
    np.testing.assert_allclose(out.residual, Y[out.rows] - single[out.fold, np.arange(43)], rtol=1e-10, atol=1e-10)


def test_scores_of_gaussians_have_closed_forms():
    weight = np.random.default_rng(4).uniform(0.1, 2.0, 47)
    out = quick(ensemble=4, training={"folds": 4}).fit(COLUMNS, Y, sample_weight=weight).out_of_fold
    assert isinstance(out.distribution, ll.Gaussian)
    z = out.residual / out.distribution.std()
    np.testing.assert_allclose(out.pit, stats.norm.cdf(z), rtol=1e-9)
    crps = out.distribution.std() * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - np.pi**-0.5)
    np.testing.assert_allclose(out.crps, crps, rtol=1e-9)
    scores = out.evaluate()
    np.testing.assert_allclose(scores["crps"], np.average(crps, weights=weight), rtol=1e-9)
    np.testing.assert_allclose(scores["rmse"], np.sqrt(np.average(out.residual**2, weights=weight)), rtol=1e-9)
    assert repr(out) == "OutOfFold(47 rows in 4 folds, Gaussian)"


def test_pit_of_counts_is_drawn_between_the_steps_of_the_cdf():
    out = fitted(COUNTS, 3, 3, {"kind": "poisson"}).out_of_fold
    rate = out.distribution.mean()
    low, high = stats.poisson.cdf(COUNTS - 1, rate), stats.poisson.cdf(COUNTS, rate)
    assert ((low < out.pit) & (out.pit < high)).all()
    true = stats.poisson.rvs(2.0, size=4000, random_state=1)
    pit = ll.scores.pit(ll.Poisson(np.full(4000, 2.0)), true, rng=3)
    assert stats.kstest(pit, "uniform").pvalue > 1e-4
    assert stats.kstest(stats.poisson.cdf(true, 2.0), "uniform").pvalue < 1e-30


@pytest.mark.parametrize("family", [{"kind": "categorical"}, {"kind": "ordered_logistic", "levels": ["a", "b", "c"]}])
def test_classes_with_labels_have_no_pit(family: dict[str, Any]):
    with pytest.raises(ll.UndefinedError, match="has no cdf"):
        _ = fitted(labels(X, ["a", "b", "c"]), 2, 2, family).out_of_fold.pit


def test_pit_of_intervals_lies_between_their_ends():
    y = ll.Interval([0.0, -np.inf, 0.5], [1.0, 0.0, 0.5])
    pit = ll.scores.pit(ll.Censored(ll.Gaussian(np.zeros(3), 1.0)), y, rng=0)
    assert (stats.norm.cdf(y.lower[:2]) < pit[:2]).all()
    assert (pit[:2] < stats.norm.cdf(y.upper[:2])).all()
    np.testing.assert_allclose(pit[2], stats.norm.cdf(0.5), rtol=1e-12)


def test_angles_differ_by_the_shorter_way_round():
    y = np.random.default_rng(0).vonmises(3.0, 4.0, 47)
    out = fitted(y, 3, 3, {"kind": "von_mises"}).out_of_fold
    turns = (y - out.distribution.mean() - out.residual) / (2.0 * np.pi)
    np.testing.assert_allclose(turns, turns.round(), atol=1e-9)
    assert np.abs(out.residual).max() <= np.pi
    assert np.abs(y - out.distribution.mean()).max() > np.pi


def test_censored_rows_have_a_log_score_and_no_residual():
    times = np.exp(0.1 * X[:, 0])
    y = ll.Interval.right_censored(times, np.arange(47) % 3 > 0)
    out = fitted(y, 2, 2, {"kind": "censored", "base": {"kind": "weibull"}}).out_of_fold
    assert np.isfinite(out.log_prob).all()
    assert ((out.pit > 0.0) & (out.pit < 1.0)).all()
    for score in ("residual", "crps"):
        with pytest.raises(ll.UndefinedError, match=f"^{score}: some y are intervals"):
            getattr(out, score)


def test_a_rows_own_y_is_not_among_its_inputs():
    """Means of y of rare levels leave it out in training, and here; those of the same rows as new ones have it."""
    rng = np.random.default_rng(6)
    level = np.concatenate([np.repeat(np.arange(MANY), 8), MANY + np.repeat(np.arange(100), 2)])
    y = np.concatenate([np.zeros(MANY), 3.0 * rng.standard_normal(100)])[level] + rng.standard_normal(len(level))
    columns = {"x": rng.standard_normal(len(level)), "level": np.array([f"level {k:03d}" for k in level])}
    training = {"folds": 3, "epochs": 12, "batch_size": 64, "optimizer": {"learning_rate": 0.05}}
    model = quick(ensemble=3, training=training).fit(columns, y)
    seen = model._ask(columns, lambda fit, x: np.stack([d.log_prob(y) for d in each_member(fit, x)]))
    out, rare = model.out_of_fold, level >= MANY
    by_new = seen[out.fold, np.arange(len(level))]
    np.testing.assert_allclose(out.log_prob[~rare], by_new[~rare], rtol=1e-9)
    assert out.log_prob[rare].mean() < by_new[rare].mean() - 0.1


def test_files_keep_the_mean_score_alone(tmp_path: Path):
    model = fitted(Y, 3, 3, {"kind": "gaussian"})
    model.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors")
    assert again.history.out_of_fold_nll == model.history.out_of_fold_nll
    assert np.array_equal(again.predict(COLUMNS), model.predict(COLUMNS))
    with pytest.raises(ll.UndefinedError, match=rf"comes from a file, .* {model.history.out_of_fold_nll:.4g}\.$"):
        _ = again.out_of_fold


def test_without_folds_there_are_none():
    with pytest.raises(ll.UndefinedError, match=r"set training\.folds, and 'ensemble' to as many or more, before fit"):
        _ = quick(ensemble=2).fit(X, Y).out_of_fold


def test_a_training_that_was_cut_short_has_none():
    def stop(_: ll.Epoch) -> bool:
        raise RuntimeError("enough")

    model = quick(ensemble=2, training={"folds": 2})
    with pytest.raises(RuntimeError, match="enough"):
        model.fit(X, Y, callbacks=[stop])
    assert model.fitted
    with pytest.raises(ll.UndefinedError, match="Training was cut short"):
        _ = model.out_of_fold
    assert model.fit(X, Y, callbacks=[lambda epoch: epoch.epoch == 1]).out_of_fold.log_prob.shape == (47,)


def test_in_time_it_is_said_that_members_have_seen_later_rows():
    model = quick(ensemble=2, training={"folds": 2}, data={"time": "years"}).fit(COLUMNS, Y)
    with pytest.warns(UserWarning, match="Members that hold out a stretch of 'years' have seen later rows"):
        fold = model.out_of_fold.fold
    assert fold.tolist() == (np.arange(47) >= 24).tolist()
