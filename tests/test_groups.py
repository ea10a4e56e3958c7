"""Groups of members: each as a model by itself, weighed by its out-of-fold log score, predicted with as one mixture."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import optimize, special

import likelinet as ll
from likelinet.cli.describe import groups_in_words
from likelinet.engines.jax import JaxEngine
from likelinet.model import fitting, stacking
from likelinet.model.members import each_member
from likelinet.scores.calibration import log_prob
from tests import on_jax
from tests.files.rayleigh import Rayleigh
from tests.small import labels, narrowed, quick, table

X, Y = table(48)
NEW = np.array([[5.0, 5.0], [9.0, 1.0], [0.0, 8.0], [4.0, 9.5]])
COUNTS = np.random.default_rng(0).poisson(np.exp(0.2 * X[:, 0]))
COLUMNS = {"a": X[:, 0], "b": X[:, 1], "years": np.linspace(1.0, 3.0, 48)}
NEW_COLUMNS = {"a": NEW[:, 0], "b": NEW[:, 1], "years": np.array([1.0, 2.0, 3.0, 1.5])}
CODED = {"kind": "piecewise_linear", "bins": 6}
TIMES = ll.Interval.right_censored(np.exp(0.1 * X[:, 0]), np.arange(48) % 3 > 0)
TRAINING = {"folds": 2, "epochs": 4, "optimizer": {"learning_rate": 0.05}}
CENSORED = {"kind": "censored", "base": {"kind": "weibull"}}
# Families of the whole, y, groups, and y of the new rows.
CASES: dict[str, tuple[dict[str, Any], Any, list[dict[str, Any]], Any]] = {
    "inputs": ({"kind": "gaussian"}, Y, [{}, {"numeric": CODED, "ensemble": 3}], Y[:4]),
    "components": (
        {"kind": "gaussian", "scale": "shared"},
        Y,
        [{}, *({"distribution": {"kind": "mixture", "components": k}, "ensemble": k} for k in (2, 3))],
        Y[:4],
    ),
    "counts": ({"kind": "poisson", "exposure": "years"}, COUNTS, [{}, {"network": {"hidden": []}}], COUNTS[:4]),
    "yes or no": ({"kind": "bernoulli"}, X[:, 0] > 5.0, [{}, {"network": {"hidden": [2]}}], np.arange(4) > 1),
    "classes": (
        {"kind": "categorical"},
        labels(X, ["low", "mid", "top"]),
        [{}, {"network": {"hidden": []}}],
        np.array(["low", "top", "mid", "low"]),
    ),
    "ranks": (
        {"kind": "ordered_logistic", "levels": ["low", "mid", "top"]},
        labels(X, ["low", "mid", "top"]),
        [{}, {"distribution": {"kind": "categorical"}}],
        np.array(["low", "top", "mid", "low"]),
    ),
    "families": (
        {"kind": "student_t", "df": 5.0},
        Y,
        [{}, {"distribution": {"kind": "mixture", "components": 2}}, {"distribution": {"kind": "laplace"}}],
        Y[:4],
    ),
    "counts of two families": (
        {"kind": "poisson", "exposure": "years"},
        COUNTS,
        [{}, {"distribution": {"kind": "negative_binomial", "exposure": "years"}}],
        COUNTS[:4],
    ),
    "times": (
        CENSORED,
        TIMES,
        [{}, {"distribution": {"kind": "censored", "base": {"kind": "log_normal"}}}],
        ll.Interval([1.0, 2.0, 0.5, 0.0], [1.0, np.inf, 0.9, 3.0]),
    ),
    "outputs": (
        {"kind": "gaussian"},
        np.stack([Y, X[:, 1] - Y], axis=1),
        [{}, {"numeric": CODED}],
        np.stack([Y[:4], -Y[:4]], axis=1),
    ),
    "vectors": (
        {"kind": "multivariate_gaussian"},
        np.stack([Y, X[:, 1] - Y], axis=1),
        [{}, {"numeric": CODED}],
        np.stack([Y[:4], -Y[:4]], axis=1),
    ),
    "intervals": (
        CENSORED,
        TIMES,
        [{}, {"numeric": CODED}],
        ll.Interval([1.0, 2.0, 0.5, 0.0], [1.0, np.inf, 0.9, 3.0]),
    ),
}


OF = fitting.Streams.of
WEIGHTS = {2: np.array([0.3, 0.7]), 3: np.array([0.2, 0.5, 0.3])}


def groups(name: str, **declared: Any) -> ll.Model:
    family, y, each, _ = CASES[name]
    return fitted(family, y, each, **declared)


def fitted(family: Any, y: Any, each: list[dict[str, Any]], training: Any = (), **declared: Any) -> ll.Model:
    given = {"distribution": family, "ensemble": 2, "groups": each, **declared}
    return quick(**given, training={**TRAINING, **dict(training)}).fit(COLUMNS, y)


@cache
def trained(name: str) -> tuple[ll.Model, list[ll.Model]]:
    """Return a model of groups, whose weights are others than the best, and models of each of them by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stacking, "stacked_weights", lambda p, _: WEIGHTS[p.shape[1]])
        whole = groups(name)
    return whole, alone(whole, COLUMNS, CASES[name][1])


def alone(whole: ll.Model, *rows: Any, distribution: Any = None) -> list[ll.Model]:
    """Return each group fitted by itself, with the streams of its members."""
    found, before = [], 0
    for config in whole.config.each_group:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                fitting.Streams, "of", lambda seed, members, before=before: OF(seed, before + members)[before:]
            )
            found.append(ll.Model(config, distribution=distribution).fit(*rows))
        before += config.ensemble
    return found


def weights_of(model: ll.Model) -> np.ndarray:
    return np.array([group.weight for group in model.history.groups])


def as_in(whole: ll.Model, d: ll.Distribution) -> ll.Distribution:
    """Return what a group by itself predicts with the scales that it has in the whole."""
    factor = whole.history.groups[0].factor
    made = d if factor == 1.0 else d.dispersed(factor, whole._fitted().targets.step)
    assert made is not None
    return made


def mean_of(each: list[np.ndarray], weights: np.ndarray) -> np.ndarray:
    return np.average(each, axis=0, weights=weights)


every = pytest.mark.parametrize("name", CASES)


@every
def test_a_prediction_is_the_mixture_of_those_of_the_groups(name: str):
    whole, each = trained(name)
    y, w = CASES[name][3], weights_of(whole)
    d, single = whole.predict_dist(NEW_COLUMNS), [as_in(whole, model.predict_dist(NEW_COLUMNS)) for model in each]
    assert w.tolist() == WEIGHTS[len(w)].tolist()
    density = mean_of([np.exp(log_prob(s, y)) for s in single], w)
    np.testing.assert_allclose(log_prob(d, y), np.log(density), rtol=1e-10, atol=1e-10)
    if len({config.distribution.kind for config in whole.config.each_group}) == 1:
        assert type(d) is type(single[0])  # of one family it is one mixture, or classes


@pytest.mark.parametrize("name", ["inputs", "components", "counts", "families", "counts of two families"])
def test_its_cdf_quantiles_and_moments_are_those_of_the_mixture(name: str):
    whole, each = trained(name)
    w, y = weights_of(whole), CASES[name][3]
    d, single = whole.predict_dist(NEW_COLUMNS), [as_in(whole, model.predict_dist(NEW_COLUMNS)) for model in each]

    def cdf(y: np.ndarray) -> np.ndarray:
        return mean_of([s.cdf(y) for s in single], w)

    np.testing.assert_allclose(d.cdf(y), cdf(y), rtol=1e-10)
    mean = mean_of([s.mean() for s in single], w)
    np.testing.assert_allclose(whole.predict(NEW_COLUMNS), mean, rtol=1e-10)
    second = mean_of([s.var() + s.mean() ** 2 for s in single], w)
    np.testing.assert_allclose(d.var(), second - mean**2, rtol=1e-9)
    for q in (0.01, 0.3, 0.9):
        at = d.ppf(q)
        if name.startswith("counts"):
            assert (cdf(at) >= q).all()
            assert (cdf(at - 1.0) < q).all()
        else:
            np.testing.assert_allclose(cdf(at), q, rtol=1e-9)


@every
def test_out_of_fold_rows_are_those_of_the_groups(name: str):
    """All have the same folds, so that their predictions of a row are by members that have not seen it."""
    whole, each = trained(name)
    out, single = whole.out_of_fold, [model.out_of_fold for model in each]
    assert all(np.array_equal(s.fold, out.fold) for s in single)
    log_p = [log_prob(as_in(whole, s.distribution), s.y) for s in single]
    expected = np.log(mean_of([np.exp(p) for p in log_p], weights_of(whole)))
    np.testing.assert_allclose(out.log_prob, expected, rtol=1e-9, atol=1e-9)
    nll = [whole.history.out_of_fold_nll, *(group.out_of_fold_nll for group in whole.history.groups)]
    expected_nll = [-expected.mean(), *(-s.log_prob.mean() for s in single)]
    np.testing.assert_allclose(np.array(nll, float), expected_nll, rtol=1e-9)


def test_the_weights_maximise_the_weighted_out_of_fold_log_score():
    weight = np.random.default_rng(4).uniform(0.1, 2.0, 48)
    each = [{"network": {"hidden": []}}, {}, {"distribution": {"kind": "gaussian", "scale": 60.0}}]
    training = {**TRAINING, "epochs": 30}
    declared = {"network": {"hidden": [8]}, "ensemble": 2, "training": training}
    whole = quick(**declared, groups=each).fit(COLUMNS, Y, sample_weight=weight)
    single = alone(whole, COLUMNS, Y, weight)
    log_p = np.stack([model.out_of_fold.log_prob for model in single], axis=1)

    def loss(w: np.ndarray) -> float:
        return float(-np.average(special.logsumexp(log_p, axis=1, b=np.maximum(w, 1e-300)), weights=weight))

    best = optimize.minimize(
        loss,
        np.full(3, 1 / 3),
        bounds=[(0, 1)] * 3,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1.0},
        tol=1e-12,
    )
    assert best.success
    assert weights_of(whole).max() < 0.99
    np.testing.assert_allclose(loss(weights_of(whole)), best.fun, rtol=0, atol=1e-5)
    np.testing.assert_allclose(weights_of(whole), best.x, atol=5e-3)


def test_each_group_learns_what_it_would_by_itself():
    whole, each = trained("components")
    assert whole._fit is not None
    for group, single in zip(whole._fit.groups, each, strict=True):
        assert single._fit is not None
        assert np.array_equal(group.theta, single._fit.theta)
    assert whole.n_parameters == sum(model.n_parameters for model in each)


def test_two_groups_that_are_alike_are_different_networks(monkeypatch: pytest.MonkeyPatch):
    """Else they would be no more than one: as where columns have so few values that all codes are the same."""
    monkeypatch.setattr(stacking, "stacked_weights", lambda *_: WEIGHTS[2])
    fit = fitted({"kind": "gaussian"}, Y, [{}, {}])._fit
    assert fit is not None
    one, other = (group.theta for group in fit.groups)
    assert len(np.unique(np.concatenate([one, other])[:, 0])) == 4


def test_a_group_that_says_nothing_leaves():
    each = [{"distribution": {"kind": "gaussian", "scale": 1e6}}, {}]
    whole = fitted({"kind": "gaussian"}, Y, each)
    assert weights_of(whole).tolist() == [0.0, 1.0]
    _, single = alone(whole, COLUMNS, Y)
    expected = as_in(whole, single.predict_dist(COLUMNS)).log_prob(Y)
    assert np.array_equal(whole.predict_dist(COLUMNS).log_prob(Y), expected)
    assert whole.n_parameters == single.n_parameters
    nothing, good = (group.out_of_fold_nll for group in whole.history.groups)
    assert nothing is not None
    assert good is not None
    assert nothing > good + 5.0
    assert whole.history.groups[0].in_brief.endswith("; gaussian")
    assert groups_in_words(whole)[0] == f"groups: 1 of 2, by their weight{narrowed(whole)}"


@every
def test_a_file_gives_the_same_bits(name: str, tmp_path: Path):
    whole, _ = trained(name)
    whole.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors")
    d, other = whole.predict_dist(NEW_COLUMNS), again.predict_dist(NEW_COLUMNS)
    y = CASES[name][3]
    assert np.array_equal(log_prob(d, y), log_prob(other, y))
    assert again.history == whole.history
    assert again.config == whole.config
    assert repr(again) == repr(whole)
    with pytest.raises(ll.UndefinedError, match="comes from a file"):
        _ = again.out_of_fold
    again.save(tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "m.safetensors").read_bytes()


def test_a_row_is_predicted_alike_whatever_is_beside_it():
    whole, _ = trained("components")
    d = whole.predict_dist(COLUMNS)
    for i in (0, 17):
        alone = whole.predict_dist({name: values[i : i + 1] for name, values in COLUMNS.items()})
        assert np.array_equal(alone.log_prob(Y[i]), d.log_prob(Y)[[i]])


def test_uncertainty_weighs_members_by_their_groups():
    whole, each = trained("components")
    w, (parts, whole_d) = weights_of(whole), (whole.uncertainty(COLUMNS), whole.predict_dist(COLUMNS))
    members = [list(model._ask(COLUMNS, lambda fit, x: list(each_member(fit, x)))) for model in each]
    of_each = np.concatenate([np.full(len(m), share / len(m)) for m, share in zip(members, w, strict=True)])
    flat = [as_in(whole, d) for m in members for d in m]
    noise, mean = (np.tensordot(of_each, [f(d) for d in flat], 1) for f in (lambda d: d.var(), lambda d: d.mean()))
    between = np.tensordot(of_each, [(d.mean() - mean) ** 2 for d in flat], 1)
    np.testing.assert_allclose(parts.noise, noise, rtol=1e-9)
    np.testing.assert_allclose(parts.disagreement, between, rtol=1e-7)
    np.testing.assert_allclose(parts.total, whole_d.var(), rtol=1e-9)
    assert (parts.disagreement > 1e-4 * parts.total).all()


def test_entropy_of_classes_weighs_members_by_their_groups():
    whole, each = trained("classes")
    w = weights_of(whole)
    parts = whole.uncertainty(NEW_COLUMNS, measure="entropy")
    probs = [
        model._ask(NEW_COLUMNS, lambda fit, x: [d.class_probabilities() for d in each_member(fit, x)]) for model in each
    ]
    noise = sum(
        share * np.mean([special.entr(p).sum(-1) for p in of], axis=0) for share, of in zip(w, probs, strict=True)
    )
    total = special.entr(sum(share * np.mean(of, axis=0) for share, of in zip(w, probs, strict=True))).sum(-1)
    np.testing.assert_allclose(parts.noise, noise, rtol=1e-9)
    np.testing.assert_allclose(parts.total, total, rtol=1e-9)


def test_recalibration_takes_the_rows_of_all_groups(tmp_path: Path):
    whole = groups("components")
    pit = whole.out_of_fold.pit
    whole.recalibrate()
    assert whole._fit is not None
    assert whole._fit.recalibration is not None
    at, level = (np.array(v) for v in (whole._fit.recalibration.at, whole._fit.recalibration.level))
    share = np.diff(level)
    rows = np.histogram(pit, at)[0]
    np.testing.assert_allclose(share, (rows + 10.0 * np.diff(at)) / (48.0 + 10.0), rtol=1e-9)
    whole.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors")
    assert again.recalibrated == "pit"
    assert np.array_equal(again.predict_dist(NEW_COLUMNS).cdf(Y[:4]), whole.predict_dist(NEW_COLUMNS).cdf(Y[:4]))


def test_both_engines_learn_the_same(monkeypatch: pytest.MonkeyPatch):
    training = {"precision": "float64", "epochs": 2, "gradient_clip": None}
    linear = [{}, {"distribution": {"kind": "gaussian", "scale": 20.0}}]
    each = [fitted({"kind": "gaussian"}, Y, linear, training, network={"hidden": []})]
    monkeypatch.setattr("likelinet.model.training.build_engine", lambda *_: JaxEngine(on_jax.OPTIONS))
    each.append(fitted({"kind": "gaussian"}, Y, linear, training, network={"hidden": []}))
    assert [model.history.engine for model in each] == ["numpy", "jax"]
    one, other = (model.predict_dist(COLUMNS).log_prob(Y) for model in each)
    np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(*map(weights_of, each), rtol=1e-4)


def test_a_family_of_ones_own_may_have_groups(tmp_path: Path):
    y = np.exp(0.1 * X[:, 0])
    each = [{}, {"network": {"hidden": []}}]
    given = {"network": {"hidden": [4]}, "training": {**TRAINING, "batch_size": 16}, "ensemble": 2}
    whole = ll.Model({"quality": "plain", **given, "groups": each}, distribution=Rayleigh).fit(COLUMNS, y)
    single = alone(whole, COLUMNS, y, distribution=Rayleigh)
    expected = np.log(mean_of([np.exp(m.predict_dist(COLUMNS).log_prob(y)) for m in single], weights_of(whole)))
    np.testing.assert_allclose(whole.predict_dist(COLUMNS).log_prob(y), expected, rtol=1e-9, atol=1e-9)
    whole.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors", distribution=Rayleigh)
    assert np.array_equal(again.predict_dist(COLUMNS).log_prob(y), whole.predict_dist(COLUMNS).log_prob(y))
    with pytest.raises(ll.ModelFileError, match="names code of its own"):
        ll.Model.load(tmp_path / "m.safetensors")
