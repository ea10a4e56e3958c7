"""Supports, ends of the line, NaN, and methods that do not exist."""

import numpy as np
import pytest

import likelinet as ll
from tests.cases import FAMILIES, UNIVARIATE, Family
from tests.distributions.strategies import each


@each(FAMILIES)
def test_log_prob_outside_the_support(case: Family):
    d, _ = case.batch(3)
    for y in case.outside:
        np.testing.assert_array_equal(d.log_prob(y), np.full(3, -np.inf))


@each(FAMILIES)
def test_nan_in_nan_out(case: Family):
    d, y = case.batch(3)
    y = y.astype(float)
    y[1] = np.nan
    for name in ["log_prob"] if case.classes else ["log_prob", "cdf", "sf", "log_cdf", "log_sf", "crps"]:
        value = getattr(d, name)(y).reshape(3, -1)
        np.testing.assert_array_equal(np.isnan(value).any(-1), [False, True, False], err_msg=name)


@each(UNIVARIATE)
def test_cdf_at_the_ends(case: Family):
    d, _ = case.batch(3)
    below, above = (-np.inf, np.inf)
    for name, low, high in [("cdf", 0, 1), ("sf", 1, 0), ("log_cdf", -np.inf, 0), ("log_sf", 0, -np.inf)]:
        np.testing.assert_array_equal(getattr(d, name)(below), np.full(3, low, dtype=float))
        np.testing.assert_array_equal(getattr(d, name)(above), np.full(3, high, dtype=float))
    if np.isfinite(d.support.low):
        np.testing.assert_array_equal(d.cdf(d.support.low - 1.0), np.zeros(3))


def test_the_cdf_of_a_count_is_a_step_function():
    d = ll.Poisson(2.0)
    assert d.cdf(1.7) == d.cdf(1.0) != d.cdf(2.0)
    assert ll.Bernoulli(0.0).cdf(0.99) == 0.5


def test_certain_classes():
    d = ll.Bernoulli(probs=[0.0, 1.0])
    np.testing.assert_array_equal(d.log_prob(1), [-np.inf, 0.0])
    np.testing.assert_array_equal(d.log_prob(0), [0.0, -np.inf])
    np.testing.assert_array_equal(d.entropy(), [0.0, 0.0])
    np.testing.assert_array_equal(d.sample(100, rng=0).mean(0), [0.0, 1.0])
    np.testing.assert_array_equal(ll.Categorical(probs=[1.0, 0.0]).log_prob([0, 1]), [0.0, -np.inf])


@pytest.mark.parametrize(
    "method", ["cdf", "sf", "log_cdf", "log_sf", "ppf", "isf", "crps", "interval", "mean", "var", "std", "median"]
)
def test_classes_without_an_order_have_no(method):
    arguments = () if method in ("mean", "var", "std", "median") else (0.5,)
    for d in (ll.Categorical(np.zeros(3)), ll.Labelled(ll.Categorical(np.zeros(3)), ["a", "b", "c"])):
        with pytest.raises(ll.UndefinedError, match=r"^Categorical has no"):
            getattr(d, method)(*arguments)


@pytest.mark.parametrize(("case", "method"), [(c, m) for c in FAMILIES for m in c.undefined], ids=str)
def test_what_a_family_does_not_have(case: Family, method):
    with pytest.raises(ll.UndefinedError, match=f"{case} has no"):
        getattr(case.batch(3)[0], method)()


@each(UNIVARIATE)
def test_shapes_follow_broadcasting(case: Family):
    d, y = case.batch(4)
    many = np.tile(y, (3, 1))
    for name in ["log_prob", "nll", "cdf", "sf", "log_cdf", "log_sf", "crps"]:
        assert getattr(d, name)(many).shape == (3, 4)
        assert getattr(d, name)(y[0]).shape == (4,)
        np.testing.assert_allclose(getattr(d[0], name)(y[0]), getattr(d, name)(y)[0], rtol=1e-13, err_msg=name)
    for name in {"mean", "var", "std", "median", "mode", "entropy"}.difference(case.undefined):
        assert getattr(d, name)().shape == (4,)
        np.testing.assert_allclose(getattr(d[0], name)(), getattr(d, name)()[0], rtol=1e-14)


@each(FAMILIES)
def test_y_may_be_of_any_number_type(case: Family):
    d, y = case.batch(3)
    ones = np.ones(y.shape)
    for dtype in (np.float32, np.int64, np.int8, bool, np.uint8):
        np.testing.assert_array_equal(d.log_prob(ones.astype(dtype)), d.log_prob(ones))
    np.testing.assert_array_equal(d.log_prob(ones.astype(int).tolist()), d.log_prob(ones[0]))
