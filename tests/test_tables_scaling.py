"""How y is scaled: by what outliers cannot move, and exactly undone."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.distributions.numerics.estimates import quantile
from likelinet.tables.scaling import HEAVY, middle_and_spread, moments
from tests.small import quick

RNG = np.random.default_rng(0)
Y = RNG.normal(50.0, 2.0, 400)
EQUAL = np.ones(400)


def test_one_outlier_does_not_set_the_unit():
    far = np.where(np.arange(400) == 7, 1e9, Y)
    middle, spread = middle_and_spread(far, EQUAL)
    np.testing.assert_allclose(middle, np.median(Y), atol=0.1)
    np.testing.assert_allclose(spread, 2.0, rtol=0.25)  # of 400 values quartiles give it to 6 %
    np.testing.assert_array_equal(middle_and_spread(Y, EQUAL), moments(Y, EQUAL))  # without it, mean and deviation


def test_the_rule_begins_where_the_deviation_is_that_of_outliers():
    low, high = quantile(Y, EQUAL, 0.25), quantile(Y, EQUAL, 0.75)
    unit = (high - low) / 1.3489795003921634
    for times, robust in ((0.9 * HEAVY, False), (1.1 * HEAVY, True)):
        # A single value that brings the deviation to so many normal-equivalent quartile ranges.
        far = np.where(Y.max() == Y, Y.mean() + times * unit * np.sqrt(400.0), Y)
        ratio = moments(far, EQUAL)[1] / unit
        assert (ratio > HEAVY) == robust
        assert (middle_and_spread(far, EQUAL)[1] == unit) == robust


def test_each_column_is_judged_by_itself():
    both = np.stack([Y, np.where(np.arange(400) == 7, 1e9, Y)], axis=1)
    middle, spread = middle_and_spread(both, EQUAL)
    for j in range(2):
        np.testing.assert_allclose([middle[j], spread[j]], middle_and_spread(both[:, j], EQUAL), rtol=1e-12)


@pytest.mark.filterwarnings("ignore:y has a number far from all others")
def test_an_outlier_does_not_flatten_the_rest():
    x = RNG.normal(size=(400, 1))
    y = 50.0 + 3.0 * x[:, 0] + 0.1 * RNG.normal(size=400)
    y[0] = 1e7
    # Among the validation rows it would decide by itself which weights are kept.
    training = {"epochs": 150, "batch_size": 50, "validation_fraction": 0.0}
    model = quick(network={"hidden": []}, distribution={"kind": "laplace"}, training=training)
    predicted = model.fit(x, y).predict_dist(x).loc
    assert np.median(np.abs(predicted - 50.0 - 3.0 * x[:, 0])) < 1.0  # of 3; a unit of 5e5 would leave all alike


@pytest.mark.parametrize("times", [np.ones(9, int), np.arange(9) % 4])
def test_weighted_quantiles_are_those_of_repeated_values(times):
    y = RNG.normal(size=(9, 2))
    for level in (0.1, 1.0 / 3.0, 0.5, 2.0 / 3.0, 0.75, 1.0):
        repeated = np.quantile(np.repeat(y, times, axis=0), level, axis=0, method="inverted_cdf")
        np.testing.assert_array_equal(quantile(y, times / times.mean(), level), repeated)
        np.testing.assert_array_equal(quantile(y, np.stack([times, times], 1) * 1e-3, level), repeated)


@pytest.mark.parametrize("kind", ["gamma", "weibull", "exponential"])
def test_positive_y_is_scaled_by_its_mean(kind):
    y = RNG.gamma(9.0, 20.0, 300)
    weight = RNG.uniform(0.5, 2.0, 300)
    targets = quick(distribution={"kind": kind}).fit(np.log(y)[:, None], y, weight)._fit.targets
    np.testing.assert_allclose(targets.scale, np.average(y, weights=weight), rtol=1e-12)
    assert targets.loc == 0.0


def test_more_zeros_than_not_and_a_far_value_have_a_unit():
    y = np.where(np.arange(400) % 10 < 6, 0.0, np.abs(Y))
    y[9] = 1e9
    d = {"kind": "zero_inflated", "base": {"kind": "gamma"}}
    model = quick(distribution=d, data={"features": []}).fit(np.zeros((400, 1)), y)
    assert model._fit.targets.scale > 0.0
    np.testing.assert_allclose(np.exp(model.predict_dist(np.zeros((1, 1))).log_prob(0.0)), 0.6, rtol=1e-6)


def test_dirichlet_shares_stay_as_they_are():
    y = RNG.dirichlet([1.0, 2.0, 3.0], 100)
    targets = quick(distribution={"kind": "dirichlet"}).fit(RNG.normal(size=(100, 1)), y)._fit.targets
    np.testing.assert_array_equal([targets.loc, targets.scale], [np.zeros(3), np.ones(3)])


def test_y_of_bad_units_is_refused():
    with pytest.raises(ll.DataError, match="constant"):
        quick().fit(RNG.normal(size=(30, 1)), np.full(30, 5.0))
