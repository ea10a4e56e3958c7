"""Distributions seen through loc + scale · x, and `affine` of every family, are exact."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from likelinet.distributions.affine import affine
from tests.cases import CONTINUOUS, Family
from tests.distributions.strategies import each

A, B = np.array([10.0, -3.0, 0.5]), np.array([0.5, 2.0, 30.0])
D = ll.Transformed(ll.Gamma(2.5, [0.5, 1.0, 4.0]), ll.Affine(A, B))
ORACLE = scipy.stats.gamma(2.5, loc=A, scale=B / np.array([0.5, 1.0, 4.0]))
Q = np.array([0.01, 0.3, 0.99])


def test_against_scipy_with_its_own_loc_and_scale():
    y = ORACLE.ppf(Q)
    for name, oracle in [
        ("log_prob", "logpdf"),
        ("cdf", "cdf"),
        ("sf", "sf"),
        ("log_cdf", "logcdf"),
        ("log_sf", "logsf"),
    ]:
        np.testing.assert_allclose(getattr(D, name)(y), getattr(ORACLE, oracle)(y), rtol=1e-10, atol=1e-12)
    for name in ["mean", "var", "std", "median", "entropy"]:
        np.testing.assert_allclose(getattr(D, name)(), getattr(ORACLE, name)(), rtol=1e-11)
    np.testing.assert_allclose(D.ppf(Q), y, rtol=1e-11)
    np.testing.assert_allclose(D.isf(Q), ORACLE.isf(Q), rtol=1e-11)
    np.testing.assert_allclose(D.mode(), A + B * 1.5 / np.array([0.5, 1.0, 4.0]), rtol=1e-14)
    np.testing.assert_allclose(D.crps(y), B * D.base.crps((y - A) / B), rtol=1e-14)


def test_outside_the_moved_support():
    np.testing.assert_array_equal(D.log_prob(A - 1.0), np.full(3, -np.inf))
    np.testing.assert_array_equal(D.cdf(A - 1.0), np.zeros(3))
    np.testing.assert_array_equal(D.ppf(0.0), A)
    assert np.isnan(D.log_prob([np.nan, 11.0, 11.0])).tolist() == [True, False, False]


def test_rows_and_further_maps():
    y = ORACLE.ppf(Q)
    for rows in (1, slice(0, 2), np.array([2, 0])):
        np.testing.assert_allclose(D[rows].log_prob(y[rows]), D.log_prob(y)[rows], rtol=1e-14)
    again = affine(D, 1.0, 2.0)
    np.testing.assert_allclose(again.cdf(1.0 + 2.0 * y), D.cdf(y), rtol=1e-13)


def test_kl_divergence_does_not_depend_on_the_map():
    other = ll.Transformed(ll.Gamma(3.0, 1.0), ll.Affine(A.copy(), B.copy()))
    np.testing.assert_allclose(D.kl_divergence(other), D.base.kl_divergence(other.base), rtol=1e-14)
    with pytest.raises(ll.UndefinedError, match="the same transform"):
        D.kl_divergence(ll.Transformed(ll.Gamma(3.0, 1.0), ll.Affine(A + 1.0, B)))


def test_every_result_has_the_batch_shape():
    d = ll.Transformed(ll.Gamma(2.0, 1.0), ll.Affine(A, 2.0))
    for name in ["mean", "var", "std", "median", "mode", "entropy"]:
        assert getattr(d, name)().shape == (3,), name
    assert d.kl_divergence(d).shape == (3,)


@each(CONTINUOUS)
@pytest.mark.parametrize(
    ("loc", "scale"), [(0.0, 2.5), (-4.0, 0.1), (np.linspace(1.0, 2.0, 5), np.linspace(1.0, 9.0, 5))]
)
def test_affine_of_every_family_is_exact(case: Family, loc, scale):
    d, y = case.batch(5)
    moved = affine(d, loc, scale)
    t = loc + scale * y
    np.testing.assert_allclose(moved.log_prob(t), d.log_prob(y) - np.log(scale), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(moved.cdf(t), d.cdf(y), rtol=1e-9)
    np.testing.assert_allclose(moved.ppf(0.3), loc + scale * d.ppf(0.3), rtol=1e-12)
    np.testing.assert_allclose(moved.mean(), loc + scale * d.mean(), rtol=1e-12)
    np.testing.assert_allclose(moved.std(), scale * d.std(), rtol=1e-12)
    np.testing.assert_allclose(moved.crps(t), scale * d.crps(y), rtol=1e-8)
    np.testing.assert_allclose(moved.entropy(), d.entropy() + np.log(scale), rtol=1e-12, atol=1e-12)


def test_a_family_closed_under_the_map_stays_itself():
    assert type(affine(ll.Gaussian(0.0, 1.0), 1.0, 2.0)) is ll.Gaussian
    assert type(affine(ll.StudentT(3.0, 0.0, 1.0), 1.0, 2.0)) is ll.StudentT
    assert type(affine(ll.Gamma(2.0, 1.0), 0.0, 2.0)) is ll.Gamma
    assert type(affine(ll.Gamma(2.0, 1.0), 1.0, 2.0)) is ll.Transformed
