"""Fewer than 30 rows: a linear model beside imagined rows, the same from weights as from rows that are repeated."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

import likelinet as ll
from likelinet.model import fitting
from likelinet.model.few_rows import IMAGINED
from likelinet.model.imagined import SHARES

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 2))
Y = X[:, 0] + 0.5 * RNG.normal(size=12)


def test_it_is_the_maximum_with_all_pairs_beside_the_rows():
    """SciPy's own maximum of the likelihood of all rows and, with small weights, of each x beside each y."""
    Z = np.column_stack([np.ones(12), (X - X.mean(0)) / X.std(0)])
    x_of, y_of = np.divmod(np.arange(144), 12)
    rows, y = np.concatenate([Z, Z[x_of]]), np.concatenate([Y, Y[y_of]])
    declared = {"distribution": {"kind": "gaussian", "links": {"scale": "exp"}}}
    model = ll.Model(declared).fit(X, Y)
    share = model._fit.imagined
    assert share in SHARES
    weight = np.concatenate([np.ones(12), np.full(144, share * (IMAGINED + 2) / 144)])

    def loss(flat: np.ndarray) -> float:
        return -weight @ norm.logpdf(y, rows @ flat[:3], np.exp(rows @ flat[3:]))

    found = minimize(loss, np.zeros(6), method="BFGS", options={"gtol": 1e-7}).x
    d = model.predict_dist(X)
    np.testing.assert_allclose(d.mean(), Z @ found[:3], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(d.std(), np.exp(Z @ found[3:]), rtol=1e-4)


@pytest.mark.parametrize("family", ["gaussian", "logistic", "auto", {"kind": "auto", "numbers": True}])
def test_whole_weights_are_rows(family: Any):
    weight = np.array([0, 1, 2, 3, 0, 4, 1, 1, 2, 0, 1, 2])
    declared = {"distribution": {"kind": family} if isinstance(family, str) else family}
    order = RNG.permutation(12)
    once = ll.Model(declared).fit(X[order], Y[order], weight[order])
    again = ll.Model(declared).fit(X.repeat(weight, 0), Y.repeat(weight))
    kept = X[weight > 0]
    assert once.config == again.config
    np.testing.assert_allclose(once.predict_dist(kept).log_prob(0.3), again.predict_dist(kept).log_prob(0.3), rtol=1e-6)


@pytest.mark.parametrize("many", [1, 2])
def test_whole_weights_are_rows_where_a_model_goes_on(many: int):
    """Twice as many are no longer few, so no rows are imagined beside them."""
    weight = many * np.array([0, 1, 2, 3, 0, 4, 1, 1, 2, 0, 1, 2])
    declared = {"distribution": {"kind": "gaussian", "scale": "shared"}}
    once, again = (ll.Model(declared).fit(X, Y) for _ in range(2))
    once.fit(X, Y + X[:, 1], weight, warm_start=True)
    again.fit(X.repeat(weight, 0), (Y + X[:, 1]).repeat(weight), warm_start=True)
    np.testing.assert_allclose(once.predict_dist(X).log_prob(0.3), again.predict_dist(X).log_prob(0.3), rtol=1e-6)


def test_a_spread_stays_where_inputs_are_as_many_as_rows():
    x, y = RNG.normal(size=(10, 25)), RNG.normal(size=10)
    d = ll.Model({"distribution": {"kind": "gaussian"}}).fit(x, y).predict_dist(x)
    assert d.std().min() > 0.1 * y.std()  # of the maximum without imagined rows it is 0


def test_columns_of_the_head_go_with_y():
    years = np.linspace(0.5, 4.0, 12)
    y = RNG.poisson(3.0 * years)
    declared = {"distribution": {"kind": "poisson", "exposure": "years"}}
    model = ll.Model(declared).fit({"x": X[:, 0], "years": years}, y)
    assert model.config.is_linear
    rate = model.predict_dist({"x": X[:, 0], "years": np.ones(12)}).mean()
    assert np.abs(rate / (y.sum() / years.sum()) - 1.0).max() < 0.5


@pytest.mark.parametrize(
    ("declared", "linear"),
    [
        ({}, True),
        ({"quality": "best"}, True),
        ({"training": {"seed": 3}}, True),
        ({"ensemble": 2}, True),
        ({"quality": "plain", "training": {"epochs": 1}}, False),
        ({"training": {"epochs": 1, "steps": 1}, "ensemble": 1}, False),
        ({"network": {"hidden": [4]}, "training": {"steps": 1}, "ensemble": 1}, False),
        ({"data": {"numeric": {"bins": 3}}, "training": {"steps": 1}, "ensemble": 1}, False),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_is_said_is_respected(declared: dict[str, Any], linear: bool):
    model = ll.Model({"distribution": {"kind": "gaussian"}, **declared}).fit(X, Y)
    assert model.config.is_linear == linear
    assert model.config.training.seed == declared.get("training", {}).get("seed", 0)
    assert model.config.ensemble == declared.get("ensemble", 1)


def test_thirty_rows_are_many_and_so_are_ten_of_weight_three():
    quick = {"distribution": {"kind": "gaussian"}, "training": {"time": 0.01}}
    for x, y, weight in ((X[:10], Y[:10], np.full(10, 3.0)), (np.tile(X, (3, 1))[:30], np.tile(Y, 3)[:30], None)):
        with pytest.warns(UserWarning, match=r"training\.time"):
            assert not ll.Model(quick).fit(x, y, weight).config.is_linear
    halves = ll.Model({"distribution": {"kind": "gaussian"}}).fit(X[:10], Y[:10], np.full(10, 0.5))
    assert halves.config.is_linear


def test_it_is_fitted_again_as_declared(tmp_path):
    model = ll.Model({"distribution": {"kind": "gaussian"}}).fit(X, Y)
    expected = model.predict(X)
    model.save(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(ll.Model.load(tmp_path / "m.safetensors").predict(X), expected)
    np.testing.assert_array_equal(model.fit(X, Y).predict(X), expected)


def test_numbers_are_no_grades_where_that_is_said():
    y = np.tile([1, 2, 3, 4], 6)
    x = RNG.normal(size=(24, 1))
    kinds = [ll.Model({"distribution": {"kind": "auto", **more}}).fit(x, y).config for more in ({}, {"numbers": True})]
    assert [config.distribution.y for config in kinds] == ["class", "number"]
    two = ll.Model({"distribution": {"kind": "auto", "numbers": True}}).fit(x, y % 2)
    assert two.config.distribution.kind == "bernoulli"  # which has a mean and quantiles of 0 and 1


def test_rows_that_agree_are_believed_and_noise_is_not():
    """A line without noise stays a line, beside least squares; where x says nothing, predictions are near the mean."""
    rng = np.random.default_rng(1)
    x, noise = rng.normal(size=(20, 1)), rng.normal(size=20)
    line = ll.Model({"distribution": {"kind": "gaussian"}}).fit(x, 3.0 * x[:, 0] + 0.01 * noise)
    at = line.predict_dist(np.array([[-1.0], [0.0], [1.0]]))
    assert np.abs(at.mean() - [-3.0, 0.0, 3.0]).max() < 0.1
    assert at.std().max() < 0.2
    many, declared = rng.normal(size=(20, 6)), {"distribution": {"kind": "gaussian"}, "data": {"extrapolate": True}}
    nothing = ll.Model(declared).fit(many, noise).predict_dist(rng.normal(size=(200, 6)))
    exact = np.column_stack([np.ones(20), many])
    away = np.linalg.lstsq(exact, noise, rcond=None)[0][1:]
    assert nothing.mean().std() < 0.7 * np.linalg.norm(away)


def test_the_weight_of_imagined_rows_is_kept_in_files(tmp_path):
    model = ll.Model({"distribution": {"kind": "gaussian"}}).fit(X, Y)
    model.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors").fit(X, Y, warm_start=True)
    np.testing.assert_allclose(again.predict_dist(X).mean(), model.predict_dist(X).mean(), rtol=1e-4, atol=1e-4)


def test_ctrl_c_while_the_weight_is_chosen_ends_the_fit(monkeypatch: pytest.MonkeyPatch):
    fit = fitting.fit
    monkeypatch.setattr(fitting, "fit", lambda *given, **how: (fit(*given, **how)[0], KeyboardInterrupt()))
    model = ll.Model({"distribution": {"kind": "gaussian"}})
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y)
    assert not model.fitted
