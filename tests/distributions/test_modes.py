"""Modes: nowhere is the density higher, and where it has no bound there is the mode."""

import numpy as np
import pytest

import likelinet as ll
from tests.cases import CONTINUOUS, COUNTS, Family
from tests.distributions.strategies import each


def both(components, weight=0.9):
    return ll.Mixture(components, probs=[weight, 1.0 - weight])


WITHOUT_A_BOUND = {
    "a mixture of gammas": (both(ll.Gamma([0.5, 3.0], 1.0)), 0.0),
    "of which one has next to no weight": (both(ll.Gamma([0.5, 30.0], 10.0), 1e-9), 0.0),
    "a truncated gamma": (ll.Truncated(ll.Gamma(0.5, 1.0), high=3.0), 0.0),
    "a truncated beta": (ll.Truncated(ll.Beta(0.5, 0.5), high=0.9), 0.0),
    "a mixture of betas": (both(ll.Beta([0.5, 3.0], [0.9, 3.0])), 0.0),
    "at the upper end": (both(ll.Beta([3.0, 3.0], [0.5, 3.0])), 1.0),
    "Weibull": (both(ll.Weibull(concentration=[0.7, 2.0], scale=[1.0, 2.0])), 0.0),
    "Kumaraswamy": (both(ll.Kumaraswamy([0.5, 2.0], [1.0, 2.0])), 0.0),
    "a map of a mixture": (ll.Transformed(both(ll.Gamma([0.5, 3.0], 1.0)), ll.Affine(5.0, 2.0)), 5.0),
    "a mixture of maps": (both(ll.Transformed(ll.Gamma([2.5, 0.7], 1.0), ll.Affine([0.0, 5.0], 2.0))), 5.0),
    "a truncated mixture": (ll.Truncated(both(ll.Gamma([0.5, 3.0], 1.0)), high=2.0), 0.0),
    "in the logarithm": (ll.Transformed(ll.Logistic(0.0, 1.5), ll.Log()), 0.0),
    "in the logit": (ll.Transformed(ll.Gumbel(0.0, 1.5), ll.Logit()), 1.0),
}


@pytest.mark.parametrize(("d", "mode"), WITHOUT_A_BOUND.values(), ids=WITHOUT_A_BOUND)
def test_a_density_without_a_bound_is_highest_there(d, mode):
    assert float(d.mode()) == mode


BOUNDED = {
    "exponentials": (both(ll.Exponential([1.0, 2.0])), 0.0),
    "a truncation away from the end": (ll.Truncated(both(ll.Gamma([0.5, 3.0], 1.0)), 0.1), 0.1),
    "a high peak beside a finite end": (both(ll.Gamma([1.0, 400.0], [1.0, 400.0]), 0.5), 399.0 / 400.0),
    "huge parameters": (both(ll.Gamma([1e20, 2e20], 1.0)), 1e20),
    "a kink": (both(ll.Laplace([0.0, 1.0], [1.0, 0.1]), 0.7), 1.0),
    "a slope at a bound": (ll.Truncated(both(ll.Gaussian([-2.0, 1.0], [0.3, 1.2]), 0.7), -1.9, 2.0), -1.9),
    # The tail would win only past all y that there are.
    "heavy in the logarithm": (ll.Transformed(ll.StudentT(200.0, 0.0, 0.05), ll.Log()), np.exp(-0.0024881)),
    "heavy in the logit": (ll.Transformed(ll.JohnsonSU(0.0, 30.0, 0.0, 1.0), ll.Logit()), 0.5),
}


@pytest.mark.parametrize(("d", "mode"), BOUNDED.values(), ids=BOUNDED)
def test_a_bounded_density_is_highest_where_it_is(d, mode):
    np.testing.assert_allclose(float(d.mode()), mode, rtol=3e-4, atol=1e-12)


def made(case: Family) -> dict[str, ll.distributions.Distribution]:
    rng = np.random.default_rng(3)
    u = rng.random((6, 2, len(case.columns)))
    one, two = case.distribution(case.parameters(u[:, 0])), case.distribution(case.parameters(u))
    low, high = one.ppf(0.2), one.ppf(0.7)
    high = np.maximum(high, low + 1.0) if case.integer else high
    mixture = ll.Mixture(two, rng.standard_normal((6, 2)))
    made = {"single": one, "mixture": mixture}
    return made if one.y == "class" else made | {"truncated": ll.Truncated(one, low, high)}


@each((*CONTINUOUS, *COUNTS))
def test_no_draw_is_more_probable(case: Family):
    for name, d in made(case).items():
        y, mode = d.sample(10_000, rng=1), d.mode()
        # At an open end the density is that beside it.
        beside = [mode, *(mode + s * np.maximum(np.spacing(np.abs(mode)), 1e-300) for s in (-1.0, 1.0))]
        top = np.max([d.log_prob(m) for m in (beside if not case.integer else beside[:1])], axis=0)
        assert (d.log_prob(y).max(0) <= top + 1e-9).all(), name


@pytest.mark.parametrize(
    "d", [WITHOUT_A_BOUND["a mixture of gammas"][0], ll.Truncated(ll.Gamma(0.5, 1.0), 1.0)], ids=repr
)
def test_no_rows(d):
    none = d.map_arrays(lambda a, n: np.broadcast_to(a, (3, *a.shape)))[:0]
    assert none.mode().shape == none.ppf(0.3).shape == none.isf(np.zeros((2, 0)))[0].shape == (0,)
