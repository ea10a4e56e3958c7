"""Location and spread of targets: the mean and the standard deviation, unless outliers make them."""

import numpy as np
import pytest

from likelinet.tables.scaling import middle_and_spread

VALUES = np.random.default_rng(0).normal(50.0, 2.0, 401)
ONES = np.ones(401)


def quartiles(values: np.ndarray) -> tuple[float, float]:
    low, middle, high = np.sort(values)[[100, 200, 300]]
    return middle, (high - low) / 1.3489795003921634


@pytest.mark.parametrize("far", [1e3, -1e6, 1e12])
def test_one_outlier_does_not_flatten_the_rest(far):
    values = np.concatenate([VALUES[:-1], [far]])
    loc, spread = middle_and_spread(values, ONES)
    np.testing.assert_allclose([loc, spread], quartiles(values), rtol=1e-13)
    standardised = (VALUES[:-1] - loc) / spread
    np.testing.assert_allclose([standardised.mean(), standardised.std()], [0.0, 1.0], atol=0.1)


@pytest.mark.parametrize("values", [VALUES, np.random.default_rng(1).exponential(size=401)], ids=["normal", "skewed"])
def test_without_any_they_are_mean_and_standard_deviation(values):
    np.testing.assert_allclose(middle_and_spread(values, ONES), [values.mean(), values.std()], rtol=1e-13)


def test_the_rule_begins_at_five_quartile_spreads():
    """Two outliers at ±a: the standard deviation grows with a, the quartiles do not."""

    def ratio_and_spread(a: float) -> tuple[float, float]:
        values = np.concatenate([VALUES[:-2], [50.0 - a, 50.0 + a]])
        return values.std() / quartiles(values)[1], float(middle_and_spread(values, ONES)[1] / values.std())

    below, above = ratio_and_spread(125.0), ratio_and_spread(155.0)
    assert 4.0 < below[0] < 5.0 < above[0] < 6.0
    np.testing.assert_allclose(below[1], 1.0, rtol=1e-13)
    np.testing.assert_allclose(above[1], 1.0 / above[0], rtol=1e-13)


def test_where_most_values_are_the_same_quartiles_say_nothing():
    values = np.concatenate([np.full(399, 7.0), [0.0, 1e6]])
    np.testing.assert_allclose(middle_and_spread(values, ONES), [values.mean(), values.std()], rtol=1e-12)


def test_each_column_by_itself_and_by_weight():
    outlying = np.concatenate([VALUES[:-1], [1e6]])
    loc, spread = middle_and_spread(np.stack([VALUES, outlying], 1), ONES)
    np.testing.assert_allclose(loc, [VALUES.mean(), quartiles(outlying)[0]], rtol=1e-13)
    np.testing.assert_allclose(spread, [VALUES.std(), quartiles(outlying)[1]], rtol=1e-13)
    weight = np.append(np.ones(400), 0.0)
    np.testing.assert_allclose(middle_and_spread(outlying, weight), [VALUES[:-1].mean(), VALUES[:-1].std()], rtol=1e-10)
