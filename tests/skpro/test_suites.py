"""skpro's own checks of everything that is a distribution or a regressor: all pass, and none is left out."""

import numpy as np
import pytest
from skpro.utils.estimator_checks import check_estimator

import likelinet as ll
from likelinet.skpro import LikelinetDistribution, LikelinetRegressor, as_skpro
from tests.cases import FAMILIES
from tests.wrappers import WRAPPERS

pytestmark = pytest.mark.filterwarnings("ignore:Numbers outside of the range of training:UserWarning")

KINDS = {
    "counts": ll.Poisson([0.4, 3.0, 40.0]),
    "atoms": ll.Clipped(ll.Gaussian([0.0, 1.0, -1.0], 1.0), 0.0, 1.5),
    "zeros": ll.Hurdle(ll.Gamma(2.5, [1.0, 2.0, 3.0]), 0.4),
    "no mean": ll.Cauchy([0.0, 2.0, 5.0], 1.0),
    "ensemble": ll.Mixture(ll.StudentT(4.0, [[0.0, 1.0]] * 3, [[1.0, 2.0]] * 3), [[0.0, 0.0]] * 3),
    "outputs": ll.Independent(ll.Laplace([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], 1.0)),
    "joint": ll.MultivariateGaussian([[0.0, 1.0]] * 3, [[[1.0, 0.0], [0.5, 2.0]]] * 3),
    "zeros and ones": ll.Bernoulli([0.3, -1.0, 2.0]),
    "one number": ll.Truncated(ll.Gaussian(0.0, 1.0), 0.5),
}


def check(obj, least: int):
    with np.errstate(divide="ignore"):  # skpro takes logarithms of the density at an atom, which is 0
        results = check_estimator(obj, verbose=False)
    assert {name: result for name, result in results.items() if result != "PASSED"} == {}
    assert len(results) >= least


def test_distribution():
    check(LikelinetDistribution, 140)


def test_regressor():
    check(LikelinetRegressor, 85)


@pytest.mark.parametrize("name", KINDS)
def test_kind(name):
    check(as_skpro(KINDS[name]), 35)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRAPPERS)
def test_wrapper(name):
    check(as_skpro(WRAPPERS[name]()), 35)


@pytest.mark.slow
@pytest.mark.parametrize("case", [c for c in FAMILIES if c.cls.y != "class" or c.cls is ll.Bernoulli], ids=str)
def test_family(case):
    check(as_skpro(case.batch(4)[0]), 35)
