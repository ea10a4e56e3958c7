"""Recalibrated predictions: one distribution in all its methods, coverage by simulation, files, refusals."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import likelinet as ll
from likelinet.cli.describe import describe
from likelinet.model.recalibrated import Recalibrated
from likelinet.model.recalibration import LOWER, PRIOR, Recalibration, learned
from likelinet.scores import evaluate
from tests.small import COLUMNS, labels, quick, table, write_csv

RNG = np.random.default_rng(8)
AT = np.array([0.0, 0.01, 0.2, 0.55, 0.97, 1.0])
LEVEL = np.array([0.0, 0.03, 0.1, 0.7, 0.94, 1.0])
BASES = {
    "gaussian": ll.Gaussian([0.0, 3.0, -1.0], [1.0, 0.5, 4.0]),
    "gamma": ll.Gamma([2.0, 3.0, 1.5], [1.0, 0.5, 2.0]),
    "mixture": ll.Mixture(ll.Gaussian([[-1.0, 2.0]] * 3, [[0.5, 1.0]] * 3), probs=[[0.3, 0.7], [0.5, 0.5], [0.9, 0.1]]),
}
Q = np.array([1e-9, 0.004, 0.03, 0.06, 0.4, 0.5, 0.8, 0.94, 0.99, 1.0 - 1e-6])[:, None]


def as_truncations(base: Any) -> ll.Distribution:
    """Return the same as a mixture of the parts of the base between the ends of the pieces."""
    ends = base.ppf(AT[:, None]).T
    parts = base.map_arrays(
        lambda a, n: np.repeat(np.broadcast_to(a, (3, *a.shape[a.ndim - n :]))[:, None], len(AT) - 1, axis=1)
    )
    return ll.Mixture(ll.Truncated(parts, ends[:, :-1], ends[:, 1:]), probs=np.diff(LEVEL))


@pytest.mark.parametrize("name", BASES)
def test_all_methods_are_those_of_one_distribution(name: str):
    d, oracle = Recalibrated(BASES[name], AT, LEVEL), as_truncations(BASES[name])
    y = d.ppf(Q)
    np.testing.assert_allclose(y, oracle.ppf(Q), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(d.isf(Q), oracle.isf(Q), rtol=1e-8, atol=1e-10)
    for method in ("cdf", "sf", "log_cdf", "log_sf", "crps"):
        np.testing.assert_allclose(getattr(d, method)(y), getattr(oracle, method)(y), rtol=1e-8, err_msg=method)
    inside = y[np.isin(Q[:, 0], LEVEL, invert=True)]  # at an end of a piece either of two densities is right
    np.testing.assert_allclose(d.log_prob(inside), oracle.log_prob(inside), rtol=1e-9, atol=1e-9)
    for method in ("mean", "var", "entropy"):
        np.testing.assert_allclose(getattr(d, method)(), getattr(oracle, method)(), rtol=1e-7, err_msg=method)
    np.testing.assert_allclose(
        d.log_prob_between(y[1:-2], y[2:-1]), oracle.log_prob_between(y[1:-2], y[2:-1]), rtol=1e-8
    )
    np.testing.assert_allclose(d.ppf([[0.0], [1.0]]), BASES[name].ppf([[0.0], [1.0]]))
    assert np.isnan(d.ppf(1.5)).all()
    draws = d.sample(2000, rng=1)
    assert all(stats.kstest(d[i].cdf(draws[:, i]), "uniform").pvalue > 1e-4 for i in range(3))


def test_tails_far_out_are_those_of_the_base_times_the_outermost_slopes():
    base = ll.Gaussian(0.0, 1.0)
    d, far = Recalibrated(base, AT, LEVEL), np.array([5.0, 9.0, 30.0, 40.0])
    first, last = np.log(LEVEL[1] / AT[1]), np.log((1.0 - LEVEL[-2]) / (1.0 - AT[-2]))
    np.testing.assert_allclose(d.log_cdf(-far), stats.norm.logcdf(-far) + first, rtol=1e-12)
    np.testing.assert_allclose(d.log_sf(far), stats.norm.logsf(far) + last, rtol=1e-12)
    np.testing.assert_allclose(d.log_sf(-far), np.log1p(-np.exp(stats.norm.logcdf(-far) + first)), rtol=1e-12)
    np.testing.assert_allclose(d.log_cdf(far), np.log1p(-np.exp(stats.norm.logsf(far) + last)), rtol=1e-12)
    np.testing.assert_array_equal(d.cdf(np.array([-np.inf, np.inf])), [0.0, 1.0])
    np.testing.assert_array_equal(d.sf(np.array([-np.inf, np.inf])), [1.0, 0.0])


def test_the_mode_is_the_highest_place_also_next_to_a_jump():
    d = Recalibrated(BASES["gaussian"], AT, LEVEL)
    fine = np.linspace(d.ppf(1e-4), d.ppf(1.0 - 1e-4), 20001)
    highest = d.log_prob(fine).max(0)
    assert (d.log_prob(d.mode()) >= highest - 1e-6).all()


def test_rows_of_an_index_and_no_map_at_all():
    d = Recalibrated(BASES["mixture"], AT, LEVEL)
    np.testing.assert_array_equal(d[[2, 0]].cdf(0.5), d.cdf(0.5)[[2, 0]])
    same = Recalibrated(BASES["mixture"], np.array([0.0, 0.3, 1.0]), np.array([0.0, 0.3, 1.0]))
    np.testing.assert_allclose(same.log_prob(0.7), BASES["mixture"].log_prob(0.7), rtol=1e-12)
    np.testing.assert_allclose(same.crps(0.7), BASES["mixture"].crps(0.7), rtol=1e-9)


def test_conformal_intervals_cover_in_finite_samples():
    """A thousand tables of n rows, under a model that is wrong: its spread is too small, and its place is off."""
    tables, n, wrong = 1000, 250, ll.Logistic(0.5, 0.8)
    rng = np.random.default_rng(n)
    levels = np.array([0.5, 0.8, 0.9, 0.99])
    covered = np.zeros((tables, len(levels)))
    for i in range(tables):
        d = learned("conformal", wrong, rng.logistic(size=n), np.ones(n)).of(wrong)
        ends = d.ppf(0.5 - 0.5 * levels), d.ppf(0.5 + 0.5 * levels)
        covered[i] = stats.logistic.cdf(ends[1]) - stats.logistic.cdf(ends[0])  # probability of a new row
    mean, error = covered.mean(0), covered.std(0) / np.sqrt(tables)
    assert (mean >= levels - 4.0 * error).all()
    assert (mean <= levels + 2.0 / (n + 1) + 4.0 * error).all()


def test_conformal_quantiles_are_ranks():
    y = RNG.normal(size=399)
    d = learned("conformal", ll.Gaussian(np.zeros(399), 2.0), y, np.ones(399)).of(ll.Gaussian(0.0, 2.0))
    ranked = np.sort(y)
    for p in LOWER:
        k = round(400 * p)
        np.testing.assert_allclose(d.ppf(p), ranked[k - 1], rtol=1e-7)
        np.testing.assert_allclose(d.ppf(1.0 - p), ranked[399 - k] if p < 0.5 else ranked[k - 1], rtol=1e-7)


def test_few_rows_say_nothing_of_the_far_tails():
    found = learned("conformal", ll.Gaussian(np.zeros(30), 1.0), RNG.normal(size=30), np.ones(30))
    assert found.level[1:-1] == (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def test_equal_ranks_make_intervals_rather_too_wide():
    u = np.repeat([0.05, 0.5, 0.95], [20, 60, 20])
    y = stats.norm.ppf(u)
    found = learned("conformal", ll.Gaussian(np.zeros(100), 1.0), y, np.ones(100))
    np.testing.assert_allclose(found.at, [0.0, 0.05, 0.5, 0.95, 1.0], rtol=1e-9)
    assert found.level[1] == 0.2
    assert found.level[3] == pytest.approx(0.8)


def test_shares_of_pieces_beside_ten_even_rows():
    weight = RNG.uniform(0.1, 2.0, 500)
    y = 1.5 * RNG.normal(size=500)
    found = learned("pit", ll.Gaussian(np.zeros(500), 1.0), y, weight)
    u = stats.norm.cdf(y)
    for a, b in zip(found.at, found.level, strict=True):
        share = 500.0 * np.average(u < a, weights=weight)
        np.testing.assert_allclose(b, (share + PRIOR * a) / (500.0 + PRIOR), rtol=1e-9)
    d = found.of(ll.Gaussian(np.zeros(500), 1.0))
    assert d.log_prob(y).mean() > ll.Gaussian(0.0, 1.0).log_prob(y).mean() + 0.1


X, Y = table(60)
NEW = np.array([[5.0, 5.0], [2.0, 8.0]])


@pytest.mark.parametrize("method", ["pit", "conformal"])
def test_a_model_and_its_file(method: Any, tmp_path: Path):
    model = quick(ensemble=3, training={"folds": 3}).fit(X, Y)
    plain = model.predict_dist(NEW)
    assert model.recalibrated is None
    assert model.recalibrate(method) is model
    assert model.recalibrated == method
    assert f"recalibrated: {method}" in describe(model).splitlines()
    d, out = model.predict_dist(NEW), model.out_of_fold
    expected = learned(method, out.distribution, out.y, out.weight).of(plain)
    np.testing.assert_array_equal(d.cdf(250.0), expected.cdf(250.0))
    np.testing.assert_array_equal(model.predict(NEW), d.mean())
    assert (d.cdf(250.0) != plain.cdf(250.0)).all()
    assert {"nll", "crps", "rmse", "coverage_90"} <= model.evaluate(X, Y).keys()
    np.testing.assert_allclose(model.score(X, Y), model.predict_dist(X).log_prob(Y).mean(), rtol=1e-12)
    model.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again.predict_dist(NEW).ppf(0.3), d.ppf(0.3))
    # Another call starts from the plain predictions, also with rows that are handed over.
    by_rows = again.recalibrate("pit", X[:40], Y[:40]).predict_dist(NEW)
    own = quick(ensemble=3, training={"folds": 3}).fit(X, Y)
    seen = learned("pit", own.predict_dist(X[:40]), Y[:40], np.ones(40))
    np.testing.assert_array_equal(by_rows.ppf(0.3), seen.of(plain).ppf(0.3))
    np.testing.assert_array_equal(again.fit(X, Y).predict_dist(NEW).ppf(0.3), plain.ppf(0.3))


@pytest.mark.parametrize(
    ("family", "y", "method", "message"),
    [
        ({"kind": "poisson"}, np.arange(60) % 5, "pit", "y must be one continuous number"),
        ({"kind": "categorical"}, labels(X, ["a", "b", "c"]), "pit", "y must be one continuous number"),
        ({"kind": "von_mises"}, np.linspace(-3.0, 3.0, 60), "pit", "y must be one continuous number"),
        ({"kind": "gaussian"}, np.stack([Y, Y], 1), "pit", "y must be one continuous number"),
        ({"kind": "zero_inflated", "base": {"kind": "gamma"}}, np.maximum(Y - 200.0, 0.0), "pit", "y must be one"),
        ({"kind": "gaussian"}, Y, "isotonic", "method must be 'conformal' or 'pit', got 'isotonic'."),
        (
            {"kind": "censored", "base": {"kind": "weibull"}},
            ll.Interval.right_censored(np.abs(Y) + 1.0, np.arange(60) % 2),
            "conformal",
            "recalibrate: y is censored",
        ),
    ],
)
def test_what_cannot_be_recalibrated(family: dict[str, Any], y: Any, method: Any, message: str):
    model = quick(distribution=family, ensemble=2, training={"folds": 2}).fit(X, y)
    with pytest.raises(ll.LikelinetError, match=message):
        model.recalibrate(method)


def test_rows_that_are_not_exchangeable_or_impossible():
    model = quick().fit(X, Y)
    with pytest.raises(ll.DataError, match="rows of unequal weight are not exchangeable: use method='pit'"):
        model.recalibrate("conformal", X, Y, np.linspace(0.5, 1.0, 60))
    with pytest.raises(ll.DataError, match="many y are where the prediction has next to no probability"):
        model.recalibrate("conformal", X, Y + 1e5)
    with pytest.raises(ll.UndefinedError, match=r"There are no out-of-fold predictions: set training\.folds"):
        model.recalibrate()


def test_what_recalibrate_is_told_is_looked_at_first(tmp_path: Path):
    model = quick().fit(X, Y)
    model.save(tmp_path / "m.safetensors")
    for each in (model, ll.Model.load(tmp_path / "m.safetensors")):
        with pytest.raises(ll.DataError, match="method must be 'conformal' or 'pit', got 'conformel'"):
            each.recalibrate("conformel")  # type: ignore[arg-type]
    folded = quick(ensemble=2, training={"folds": 2}).fit(X, Y)
    for named in ({"y": Y}, {"sample_weight": np.ones(60)}):
        with pytest.raises(ll.DataError, match="X is missing: pass the rows that y or sample_weight belong to"):
            folded.recalibrate("pit", **named)
    assert folded.recalibrated is None
    folded.save(tmp_path / "m.safetensors")
    with pytest.raises(ll.UndefinedError, match=r"comes from a file.* Or pass X and y of rows that had no part"):
        ll.Model.load(tmp_path / "m.safetensors").recalibrate()


def test_ranks_of_few_rows_have_a_note(recwarn: pytest.WarningsRecorder):
    model = quick().fit(X, Y)
    model.recalibrate("conformal", X[:19], Y[:19])
    assert not recwarn.list
    with pytest.warns(UserWarning, match="recalibrate: 18 rows cannot promise that intervals of 90 % .* takes 19"):
        model.recalibrate("conformal", X[:18], Y[:18])


def test_a_file_with_another_map_is_refused():
    with pytest.raises(ValueError, match="must go from 0 to 1"):
        Recalibration.from_json({"method": "pit", "at": [0.0, 0.9], "level": [0.0, 1.0]})
    with pytest.raises(ValueError, match="must increase"):
        Recalibration.from_json({"method": "pit", "at": [0.0, 0.5, 0.5, 1.0], "level": [0.0, 0.1, 0.2, 1.0]})


def test_everything_that_is_predicted_through_a_code_is_recalibrated():
    network = {"kind": "vae", "encoder": [4], "decoder": [4], "latent": 1}
    model = ll.Model({"quality": "plain", "network": network, "data": {"target": "size"}, "training": {"epochs": 3}})
    bound = model.fit(COLUMNS, progress=False).elbo(COLUMNS, seed=0)
    model.recalibrate("pit", COLUMNS)
    rows = model.observed(COLUMNS)
    scores, d = model.evaluate(COLUMNS), model.predict_dist(COLUMNS)
    assert {name: scores[name] for name in ("nll", "crps")} == {
        name: score for name, score in evaluate(d, rows.y).items() if name in ("nll", "crps")
    }
    np.testing.assert_allclose(model.decode(model.encode(COLUMNS)).cdf(0.3), d.cdf(0.3), rtol=1e-6)
    np.testing.assert_array_equal(model.elbo(COLUMNS, seed=0), bound)


def test_a_file_that_was_trained_on_is_noted(tmp_path: Path):
    file = write_csv(tmp_path / "t.csv", COLUMNS)
    model = quick(data={"target": "size"}).fit(file, progress=False)
    with pytest.warns(UserWarning, match="was trained on these very rows, so its predictions of new rows are farther"):
        model.recalibrate("pit", file)
