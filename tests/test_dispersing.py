"""The factor of all scales: distributions with other scales, the best factor, and where a model has it."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import likelinet as ll
from likelinet.cli.describe import groups_in_words
from likelinet.model import container, dispersing, stacking
from likelinet.model.dispersing import dispersed
from likelinet.model.fit import Fit
from likelinet.model.marginal import predict_both
from likelinet.model.members import each_member
from likelinet.model.out_of_fold import OutOfFold
from likelinet.model.unseen import Unseen
from tests.small import quick

RNG = np.random.default_rng(5)
N = 120
X = RNG.uniform(-2.0, 2.0, (N, 2))
Y = np.sin(2.0 * X[:, 0]) + 0.05 * RNG.normal(size=N)
LOC, SCALE, AT = np.array([0.3, -1.0, 2.0]), np.array([0.5, 1.5, 0.02]), np.array([0.1, 0.0, 2.05])
MOVED: dict[str, tuple[ll.Distribution, Any]] = {
    "gaussian": (ll.Gaussian(LOC, SCALE), stats.norm(LOC, 0.4 * SCALE)),
    "laplace": (ll.Laplace(LOC, SCALE), stats.laplace(LOC, 0.4 * SCALE)),
    "logistic": (ll.Logistic(LOC, SCALE), stats.logistic(LOC, 0.4 * SCALE)),
    "student_t": (ll.StudentT(4.0, LOC, SCALE), stats.t(4.0, LOC, 0.4 * SCALE)),
    "log_normal": (ll.LogNormal(LOC, SCALE), stats.lognorm(0.4 * SCALE, scale=np.exp(LOC))),
}


@pytest.mark.parametrize("name", MOVED)
def test_scales_are_multiplied_about_locations(name: str):
    d, expected = MOVED[name]
    made = d.dispersed(0.4, 0.0)
    assert type(made) is type(d)
    np.testing.assert_allclose(made.log_prob(AT), expected.logpdf(AT), rtol=1e-12)
    np.testing.assert_allclose(made.ppf(0.2), expected.ppf(0.2), rtol=1e-10)


@pytest.mark.parametrize(
    "d",
    [
        *(ll.Gamma(2.0, 1.0), ll.Poisson(3.0), ll.VonMises(0.0, 2.0), ll.LogLogistic(1.0, 2.0), ll.Bernoulli(0.0)),
        *(ll.Gumbel(0.0, 1.0), ll.SkewNormal(0.0, 1.0, 2.0), ll.JohnsonSU(-5.0, 2.0, 0.0, 1.0)),
    ],
    ids=repr,
)
def test_others_have_no_scale_about_a_middle(d: ll.Distribution):
    assert d.dispersed(0.4, 0.0) is None
    assert ll.Mixture(d.map_arrays(lambda a, _: np.stack([a, a])), np.zeros(2)).dispersed(0.4, 0.0) is None


def test_several_outputs_move_each():
    made = ll.Independent(ll.Gaussian(LOC, SCALE)).dispersed(0.4, np.zeros(3))
    assert made is not None
    np.testing.assert_allclose(made.log_prob(AT), stats.norm.logpdf(AT, LOC, 0.4 * SCALE).sum(), rtol=1e-12)


def test_mixtures_move_what_they_are_made_of():
    inner = ll.Gaussian(LOC, SCALE)
    made = ll.Mixture(inner, np.log([0.2, 0.3, 0.5])).dispersed(0.4, 0.0)
    pdf = stats.norm.pdf(0.1, LOC, 0.4 * SCALE) @ [0.2, 0.3, 0.5]
    assert made is not None
    np.testing.assert_allclose(made.log_prob(0.1), np.log(pdf), rtol=1e-12)
    made = ll.MixtureOf([ll.Gaussian(1.0, 2.0), ll.Gamma(3.0, 2.0)], [0.25, 0.75]).dispersed(0.4, 0.0)
    pdf = 0.25 * stats.norm.pdf(0.7, 1.0, 0.8) + 0.75 * stats.gamma.pdf(0.7, 3.0, scale=0.5)
    assert made is not None
    np.testing.assert_allclose(made.log_prob(0.7), np.log(pdf), rtol=1e-12)


@pytest.mark.parametrize("name", ["gaussian", "laplace", "logistic"])
def test_no_density_passes_one_in_a_step_by_it(name: str):
    """Scales that bound the density by it stay such, and those that were smaller yet stay as they are."""
    d, step = MOVED[name][0], 0.1
    made = d.dispersed(0.01, step)
    assert made is not None
    peak = np.exp([x.log_prob(x.mode()) for x in (d, made)])
    np.testing.assert_allclose(peak[1, :2], 1.0 / step, rtol=1e-12)
    assert peak[0, 2] > 1.0 / step
    assert peak[1, 2] == peak[0, 2]


@cache
def fitted(step: float = 0.0) -> ll.Model:
    y = np.round(Y / step) * step if step else Y
    declared = {
        "network": {"hidden": [16]},
        "ensemble": 4,
        "training": {"epochs": 10, "folds": 4, "optimizer": {"learning_rate": 0.02}},
    }
    groups = [{}, {"distribution": {"kind": "laplace"}}]
    return quick(**declared, groups=groups).fit(X, y, sample_weight=np.linspace(0.5, 1.5, N))


def with_factor(factor: float) -> ll.Model:
    """Return a model whose scales are multiplied by a factor, and its history of its own."""
    return ll.Model._of(dispersing._with(unscaled(), factor), None)


def unscaled(step: float = 0.0) -> Fit:
    """Return a model whose scales are those that it has learned."""
    fit, history = fitted(step)._fitted(), fitted(step).history
    assert fit.stack is not None
    stack = replace(fit.stack, others=tuple(replace(other, factor=1.0) for other in fit.stack.others))
    groups = [replace(group, factor=1.0) for group in history.groups]
    return replace(fit, factor=1.0, stack=stack, history=replace(history, groups=groups))


@pytest.mark.parametrize("step", [0.0, 0.05])
def test_it_is_the_most_likely_one(step: float):
    fit = unscaled(step)
    assert fit.out_of_fold is not None
    assert float(fit.targets.step) == pytest.approx(step)
    wide = replace(fit.out_of_fold, distribution=fit.out_of_fold.distribution.dispersed(1.8, 0.0))
    unseen = Unseen.of(wide.y, wide.weight, lambda _, weight: weight**2)
    found = dispersed(replace(fit, history=replace(fit.history), out_of_fold=wide), unseen)
    weight = wide.weight**2 / np.mean(wide.weight**2)

    def score(factor: float) -> float:
        d = wide.distribution.dispersed(factor, step)
        assert d is not None
        inside = d.cdf(wide.y + 0.5 * step) - d.cdf(wide.y - 0.5 * step)
        log_p = np.log(inside) if step else d.log_prob(wide.y)
        return float(weight @ log_p) - 0.5 * (np.log(factor) / 0.2) ** 2

    assert 0.4 < found.factor < 0.9
    others = [score(c) for c in np.linspace(0.25, 1.0, 200)]
    assert max(others) < score(found.factor) + 1e-3
    assert score(found.factor) > score(1.0) + 1.0
    assert found.out_of_fold is not None
    assert found.history.out_of_fold_nll == np.average(-found.out_of_fold.log_prob, weights=wide.weight)


def test_predictions_have_it_and_what_is_known_without_x_has_not(tmp_path: Path):
    plain, model = with_factor(1.0), with_factor(0.7)
    d, before = model.predict_dist(X), plain.predict_dist(X)
    expected = before.dispersed(0.7, 0.0)
    assert expected is not None
    np.testing.assert_array_equal(d.log_prob(Y), expected.log_prob(Y))
    assert np.abs(d.log_prob(Y) - before.log_prob(Y)).min() > 0.0
    np.testing.assert_allclose(d.mean(), before.mean(), rtol=1e-12)
    own, narrower = plain.uncertainty(X), model.uncertainty(X)
    np.testing.assert_allclose(narrower.noise, 0.49 * own.noise, rtol=1e-9)
    np.testing.assert_allclose(narrower.disagreement, own.disagreement, rtol=1e-9)
    np.testing.assert_allclose(narrower.total, d.var(), rtol=1e-9)
    skill = [m.evaluate(X, Y)["nll"] for m in (plain, model)]
    assert abs(skill[0] - skill[1]) > 1e-3
    with_x, without = zip(*(m._ask(X, predict_both) for m in (plain, model)), strict=True)
    assert not np.array_equal(with_x[0].log_prob(Y), with_x[1].log_prob(Y))
    np.testing.assert_array_equal(without[0].log_prob(Y), without[1].log_prob(Y))
    model.save(tmp_path / "m")
    again = ll.Model.load(tmp_path / "m")
    np.testing.assert_array_equal(again.predict_dist(X).log_prob(Y), d.log_prob(Y))
    assert [g.factor for g in again.history.groups] == [0.7, 0.7]
    for of_file, of_fit in zip(
        *(m._ask(X, lambda fit, x: list(each_member(fit, x))) for m in (again, model)), strict=True
    ):
        np.testing.assert_array_equal(of_file.log_prob(Y), of_fit.log_prob(Y))


def test_it_is_shown():
    model = with_factor(0.7)
    assert groups_in_words(model)[0] == "groups: 2 of 2, by their weight; scales times 0.7"
    assert "groups of members, scales times 0.7<" in model._repr_html_()


@pytest.mark.parametrize("forged", [0.0, 0.05, 4.1, 0.6, float("inf"), float("nan"), "1"])
def test_forged_factors_are_refused(forged: Any, tmp_path: Path):
    with_factor(0.7).save(tmp_path / "m")
    arrays, metadata = container.load(tmp_path / "m")
    assert metadata["factor"] == metadata["stack"]["others"][0]["factor"] == 0.7
    metadata["factor"] = forged
    container.save(tmp_path / "m", arrays, metadata)
    with pytest.raises(ll.ModelFileError, match="factor"):
        ll.Model.load(tmp_path / "m")


@pytest.mark.parametrize("kind", [{"kind": "gumbel"}, {"kind": "gaussian", "scale": 1.0}], ids=str)
def test_a_factor_of_a_family_that_has_none_is_refused(kind: dict[str, Any], tmp_path: Path):
    quick(distribution=kind).fit(X, Y).save(tmp_path / "m")
    arrays, metadata = container.load(tmp_path / "m")
    forged = {**metadata, "factor": 0.7, "history": {**metadata["history"], "factor": 0.7}}
    container.save(tmp_path / "m", arrays, forged)
    with pytest.raises(ll.ModelFileError, match=r"\(factor: no family of the model has scales that training learns\)"):
        ll.Model.load(tmp_path / "m")


def test_beside_scales_a_family_that_has_none_shares_their_factor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stacking, "stacked_weights", lambda *_: np.array([0.5, 0.5]))
    declared = {"distribution": {"kind": "gaussian", "offset": "off"}, "training": {"folds": 2}, "ensemble": 2}
    groups = [{"distribution": {"kind": "gumbel", "offset": "off"}}, {}]
    table = {"a": X[:, 0], "b": X[:, 1], "off": np.linspace(0.0, 1.0, N)}
    own = dispersing._with(quick(**declared, groups=groups).fit(table, Y)._fitted(), 0.7)
    ll.Model._of(own, None).save(tmp_path / "m")
    assert [group.factor for group in ll.Model.load(tmp_path / "m")._fitted().groups] == [own.factor] * 2


@pytest.mark.parametrize("once", [False, True])
def test_a_model_that_goes_on_forgets_it(once: bool, tmp_path: Path):
    model, plain = with_factor(0.7), with_factor(1.0)
    for m in (model, plain):
        m.partial_fit(X, Y) if once else m.fit(X, Y, warm_start=True)
    assert [g.factor for g in model.history.groups] == [1.0, 1.0]
    np.testing.assert_array_equal(model.predict_dist(X).log_prob(Y), plain.predict_dist(X).log_prob(Y))
    model.save(tmp_path / "m")
    assert ll.Model.load(tmp_path / "m").history == model.history


def test_groups_that_have_not_gone_on_keep_it():
    def told(epoch: ll.Epoch) -> None:
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(epoch)

    fit, seen = with_factor(0.7)._fitted(), list[ll.Epoch]()
    model, before = ll.Model._of(replace(fit, theta=-fit.theta), None), fit.groups[1]  # with much to learn again
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, warm_start=True, callbacks=[told])
    first, second = model._fitted().groups
    np.testing.assert_array_equal(second.theta, before.theta)
    assert [first.factor, second.factor] == [g.factor for g in model.history.groups] == [1.0, 0.7]


class NoCdf(ll.Distribution):
    """A Gaussian of scale 1 that knows its density alone."""

    parameters = (ll.Parameter("loc", role="location"),)

    def __init__(self, loc: Any) -> None:
        self.loc = np.asarray(loc, float)
        self.batch_shape = self.loc.shape

    def log_prob(self, y: Any) -> Any:
        return stats.norm.logpdf(y, self.loc)

    @classmethod
    def loss(cls, params: Any, y: Any) -> Any:
        (loc,) = params
        return 0.5 * (y - loc) ** 2 + 0.5 * np.log(2.0 * np.pi), lambda d: (d * (loc - y),)

    def sample(self, sample_shape: Any = (), rng: Any = None) -> Any:
        raise NotImplementedError


def test_a_rounded_y_beside_a_family_that_has_no_cdf(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stacking, "stacked_weights", lambda *_: np.array([0.5, 0.5]))
    groups = [{}, {"distribution": {"kind": "gaussian"}}]
    declared = {"ensemble": 2, "training": {"folds": 2, "epochs": 2}, "groups": groups}
    model = ll.Model({"quality": "plain", "network": {"hidden": [4]}, **declared}, distribution=NoCdf)
    y = np.round(Y + np.random.default_rng(0).normal(size=N), 1)
    model.fit(X, y, progress=False)
    assert [group.weight for group in model.history.groups] == [0.5, 0.5]
    assert 0.25 <= model.history.groups[0].factor <= 1.0


@pytest.mark.parametrize(
    "distribution",
    [{"kind": "gaussian", "scale": 1.0}, {"kind": "laplace", "scale": {"column": "size"}}],
    ids=str,
)
def test_a_scale_that_is_given_stays(distribution: dict[str, Any]):
    table = {"a": X[:, 0], "b": X[:, 1], "size": np.linspace(1.0, 2.0, N)}
    groups = [{}, {"network": {"hidden": []}}]
    model = quick(distribution=distribution, ensemble=2, groups=groups, training={"folds": 2}).fit(table, Y)
    assert model.history.groups[0].factor == 1.0
    assert model._fitted().factor == 1.0


def test_it_is_that_of_the_truth_and_never_widens():
    fit, y = fitted()._fitted(), np.random.default_rng(1).normal(size=50_000)
    for scale, factor in ((1.6, 1.0 / 1.6), (0.8, 1.0)):
        d = ll.Gaussian(np.zeros(50_000), scale)
        out = OutOfFold(np.arange(50_000), np.zeros(50_000, int), d, y, np.ones(50_000))
        before = replace(fit, history=replace(fit.history), out_of_fold=out, factor=1.0)
        found = dispersed(before, Unseen(y, out.weight, 0.0))
        assert found.factor == pytest.approx(factor, rel=0.02)


def test_rows_in_turns_do_not_mislead_it():
    """Of many rows some tell it, which are drawn: each second one might be of a kind."""
    fit, y = fitted()._fitted(), np.random.default_rng(1).normal(size=40_000)
    found = []
    for scales in ((1.6, 0.8), (0.8, 1.6)):
        out = OutOfFold(
            np.arange(40_000), np.zeros(40_000, int), ll.Gaussian(0.0 * y, np.tile(scales, 20_000)), y, np.ones(40_000)
        )
        before = replace(fit, history=replace(fit.history), out_of_fold=out, factor=1.0)
        found.append(dispersed(before, Unseen(y, out.weight, 0.0)).factor)
    assert found[0] == pytest.approx(found[1], rel=0.02)
