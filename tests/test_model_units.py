"""Standardisation is undone exactly: everything that is reported is in the user's own units."""

import numpy as np
import pytest

import likelinet as ll
from tests.small import quick, table

X, y = table()
DOUBLE = {"precision": "float64", "epochs": 5}
FAMILIES = {
    "gaussian": {},
    "shared scale": {"scale": "shared"},
    "student_t": {"kind": "student_t", "df": 5.0},
    "mixture": {"kind": "mixture", "components": 2},
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("a", "b"), [(8.0, 0.0), (0.01, 3.0), (1e4, -7e4)])
def test_affine_targets_shift_log_prob_by_the_jacobian(family: str, a: float, b: float):
    plain, moved = (quick(distribution=FAMILIES[family], training=DOUBLE).fit(X, t) for t in (y, a * y + b))
    expected = plain.predict_dist(X).log_prob(y) - np.log(a)
    near = 1e-3 if family == "mixture" else 1e-6  # a mixture's start is found by steps that end short of the maximum
    np.testing.assert_allclose(moved.predict_dist(X).log_prob(a * y + b), expected, rtol=near, atol=near)
    np.testing.assert_allclose(moved.predict(X), a * plain.predict(X) + b, rtol=near)


@pytest.mark.parametrize("ensemble", [1, 2])
def test_positive_family_is_scaled(ensemble: int):
    plain, moved = (
        quick(distribution={"kind": "gamma"}, training=DOUBLE, ensemble=ensemble).fit(X, t) for t in (y, 50.0 * y)
    )
    np.testing.assert_allclose(
        moved.predict_dist(X).log_prob(50.0 * y), plain.predict_dist(X).log_prob(y) - np.log(50.0), rtol=1e-6
    )


def test_each_output_has_units_of_its_own():
    both = np.stack([y, 1e-3 * y], axis=1)
    d = quick(training=DOUBLE).fit(X, both).predict_dist(X)
    assert isinstance(d, ll.Independent)
    assert isinstance(d.base, ll.Gaussian)
    assert 50.0 < np.median(d.base.scale[:, 0] / d.base.scale[:, 1]) < 20_000.0
    np.testing.assert_allclose(d.mean().mean(0), both.mean(0), rtol=0.1)


def test_units_of_the_inputs_do_not_matter():
    moved = X * [1e6, 1e-6] + [5.0, -5e4]
    one, two = (quick(training=DOUBLE).fit(x, y).predict(x) for x in (X, moved))
    np.testing.assert_allclose(one, two, rtol=1e-6)


def test_history_is_in_the_users_units():
    model = quick(training={**DOUBLE, "batch_size": None, "validation_fraction": 0.0, "epochs": 1}).fit(X, y)
    (only,) = model.history.epochs
    assert only.train_nll[0] == pytest.approx(marginal_nll(), abs=1.0)
    assert model.history.epochs[0].train_nll[0] > 3.0  # the standardised one would be about 1.4


def marginal_nll() -> float:
    return float(np.log(y.std()) + 0.5 * np.log(2.0 * np.pi) + 0.5)


def test_without_standardisation():
    small = (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()
    plain = quick(training=DOUBLE).fit(*small).predict_dist(small[0])
    raw = quick(training=DOUBLE, data={"standardize": False}).fit(*small).predict_dist(small[0])
    np.testing.assert_allclose(raw.log_prob(small[1]), plain.log_prob(small[1]), rtol=1e-6)
    model = quick(data={"standardize": False}).fit(X, y)
    assert model._fit.targets.scale == 1.0
    assert [c.scale for c in model._fit.inputs.columns] == [1.0, 1.0]


@pytest.mark.parametrize("ensemble", [1, 2])
def test_fixed_scale_is_in_the_users_units(ensemble: int):
    d = quick(distribution={"scale": 1.0}, ensemble=ensemble).fit(X, y).predict_dist(X)
    scale = d.components.scale if isinstance(d, ll.Mixture) else d.scale
    np.testing.assert_allclose(scale, 1.0, rtol=1e-15)


def test_fixed_scale_of_one_is_least_squares():
    exact = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 300}
    d = quick(network={"hidden": []}, distribution={"scale": 1.0}, training=exact).fit(X, y).predict_dist(X)
    design = np.column_stack([X, np.ones(60)])
    np.testing.assert_allclose(d.mean(), design @ np.linalg.lstsq(design, y)[0], rtol=1e-6)


def test_shared_scale_is_learned_and_the_same_in_every_row():
    exact = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 300}
    d = quick(network={"hidden": []}, distribution={"scale": "shared"}, training=exact).fit(X, y).predict_dist(X)
    assert np.ptp(d.scale) == 0.0
    np.testing.assert_allclose(d.scale, np.sqrt(np.mean((y - d.mean()) ** 2)), rtol=1e-4)


def test_fixed_location():
    d = quick(distribution={"loc": 180.0}).fit(X, y).predict_dist(X)
    np.testing.assert_allclose(d.loc, 180.0, rtol=1e-13)
    assert np.ptp(d.scale) > 0.0  # certain: the network sees x


def test_fixed_degrees_of_freedom_have_no_units():
    d = quick(distribution={"kind": "student_t", "df": 4.0}).fit(X, y).predict_dist(X)
    np.testing.assert_array_equal(d.df, 4.0)


def test_transformed_family_is_a_shifted_one():
    shifted = {"kind": "transformed", "base": {"kind": "gamma"}, "loc": 100.0}
    d = quick(distribution=shifted, training=DOUBLE).fit(X, y).predict_dist(X)
    assert np.isneginf(d.log_prob(np.full(60, 99.9))).all()
    base = quick(distribution={"kind": "gamma"}, training=DOUBLE).fit(X, y - 100.0).predict_dist(X)
    np.testing.assert_allclose(d.log_prob(y), base.log_prob(y - 100.0), rtol=1e-9)
    np.testing.assert_allclose(d.mean(), base.mean() + 100.0, rtol=1e-9)


def test_transformed_family_with_a_factor():
    scaled = {"kind": "transformed", "base": {"kind": "gaussian", "scale": 1.0}, "scale": 5.0}
    d = quick(distribution=scaled).fit(X, y).predict_dist(X)
    np.testing.assert_allclose(d.std(), 5.0, rtol=1e-12)


def test_mixture_family_fits_two_humps():
    rng = np.random.default_rng(0)
    humps = np.concatenate([rng.normal(100.0, 1.0, 150), rng.normal(200.0, 1.0, 150)])
    trained = {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 300}
    declared = {"data": {"features": []}, "training": trained}
    two, one = (
        quick(distribution=d, **declared).fit(np.zeros((300, 1)), humps).score(np.zeros((300, 1)), humps)
        for d in ({"kind": "mixture", "components": 2}, {})
    )
    assert two > one + 2.0
    spread = np.log([humps[:150].std(), humps[150:].std()]).mean()  # no value of one is near the other
    assert two == pytest.approx(-np.log(2.0) - spread - 0.5 * np.log(2.0 * np.pi) - 0.5, abs=1e-3)


def test_a_linear_model_has_the_coefficients_and_the_likelihood_of_least_squares():
    rng, n = np.random.default_rng(0), 300
    x = np.stack([rng.lognormal(0.0, 1.5, n), rng.uniform(-1.0, 1.0, n)], axis=1)
    t = 3.0 + x @ [0.2, -5.0] + 2.0 * rng.standard_normal(n)
    model = ll.Model(
        {
            "data": {"extrapolate": True},
            "distribution": {"kind": "gaussian", "scale": "shared"},
            "network": {"hidden": []},
            "training": {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0, "epochs": 500},
        }
    ).fit(x, t)
    ones = np.ones((n, 1))
    coefficients, squares = np.linalg.lstsq(np.hstack([ones, x]), t)[:2]
    at = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])  # which are outside of the range of x
    intercept, *moved = model.predict(at)
    np.testing.assert_allclose([intercept, *(moved - intercept)], coefficients, rtol=1e-6)
    variance = squares[0] / n
    np.testing.assert_allclose(model.score(x, t) * n, -0.5 * n * (np.log(2.0 * np.pi * variance) + 1.0), rtol=1e-10)
