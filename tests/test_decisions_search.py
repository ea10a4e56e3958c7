"""Decisions that lie outside what y may well be, that have no finite expected loss, or that do not fit the rows."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from likelinet.decisions import Absolute, Newsvendor, Squared, Threshold

NORMAL = scipy.stats.norm
GAUSSIANS = ll.Gaussian([10.0, 1.0], 1.0)


def test_the_best_number_may_lie_beyond_all_that_y_may_be():
    d = ll.Gaussian([10.0, 0.0, -300.0], [1.0, 2.0, 0.5])
    found = ll.decide(d, lambda a, y: (a - 2.0 * y) ** 2)
    np.testing.assert_allclose(found.action, [20.0, 0.0, -600.0], atol=0.05)
    np.testing.assert_allclose(found.expected_loss, [4.0, 16.0, 1.0], rtol=5e-3)  # 4 times the variance
    shifted = ll.decide(d, lambda a, y: np.abs(a - y - 1e4))
    np.testing.assert_allclose(shifted.action, [10010.0, 10000.0, 9700.0], atol=0.5)
    np.testing.assert_allclose(shifted.expected_loss, np.array([1.0, 2.0, 0.5]) * np.sqrt(2.0 / np.pi), rtol=0.05)


def test_the_best_number_stays_within_the_bounds_of_y():
    found = ll.decide(ll.LogNormal([0.0, 0.0], 1.0), lambda a, y: np.abs(a - np.array([-5.0, 1e6])) + 0.0 * y)
    assert found.action[0] == 0.0
    np.testing.assert_allclose(found.action[1], 1e6, rtol=0.01)


def test_a_loss_that_falls_for_ever_is_refused():
    with pytest.raises(ll.DataError, match=r"in row 0 the expected loss is still falling at the action .*; give actio"):
        ll.decide(GAUSSIANS, lambda a, y: -a + 0.0 * y)
    with pytest.raises(ll.DataError, match=r"in row 1 the expected loss is still falling at the action -"):
        ll.decide(GAUSSIANS, lambda a, y: a * np.array([0.0, 1.0]) + 0.0 * y)


@pytest.mark.parametrize(
    "loss",
    [Squared(), Absolute(), lambda a, y: (a - y) ** 2, lambda a, y: np.abs(a - y), lambda a, y: np.maximum(y - a, 0)],
    ids=["Squared", "Absolute", "squares", "distances", "one side"],
)
def test_what_has_no_expected_loss_costs_without_bound(loss):
    d = ll.Cauchy([0.0, 5.0], [1.0, 3.0])
    actions = [0.0, 1.0] if loss(0.0, -1.0) == 0.0 else None  # of one side alone, more is always better
    np.testing.assert_array_equal(ll.decide(d, loss, actions).expected_loss, [np.inf, np.inf])


def test_a_heavy_tail_whose_loss_is_finite_keeps_it():
    roots = ll.decide(ll.Cauchy([0.0, 5.0], 1.0), lambda a, y: np.sqrt(np.abs(a - y)))
    np.testing.assert_allclose(roots.expected_loss, [np.sqrt(2.0)] * 2, rtol=5e-3)  # E|Y|^s = 1 / cos(π s / 2)
    np.testing.assert_allclose(roots.action, [0.0, 5.0], atol=0.05)
    capped = ll.decide(ll.Cauchy([0.0], 1.0), lambda a, y: np.minimum(np.abs(a - y), 1.0), [0.0])
    np.testing.assert_allclose(capped.expected_loss, 0.5 + np.log(2.0) / np.pi, rtol=1e-3)


@pytest.mark.parametrize("sigma", [1.0, 2.0, 3.0])
@pytest.mark.parametrize(("under", "over"), [(1.0, 1.0), (50.0, 1.0), (1.0, 9.0)])
def test_the_newsvendor_of_a_long_tail(sigma: float, under: float, over: float):
    found = ll.decide(ll.LogNormal([0.0], sigma), Newsvendor(under, over))
    a, mean = found.action[0], np.exp(0.5 * sigma**2)
    z = np.log(a) / sigma
    short = mean * NORMAL.cdf(sigma - z) - a * NORMAL.sf(z)  # the price of a call, Black & Scholes 1973
    left = a * NORMAL.cdf(z) - mean * NORMAL.cdf(z - sigma)
    np.testing.assert_allclose(found.expected_loss[0], under * short + over * left, rtol=0.01)


@pytest.mark.parametrize(
    ("loss", "actions", "says"),
    [
        (Newsvendor([1.0, 2.0, 3.0], 1.0), None, "Newsvendor: under must be one number, or one for each of the 2 rows"),
        (Newsvendor(1.0, [[1.0], [2.0]]), None, r"over must be one number, .* got shape \(2, 1\)"),
        (Newsvendor([1.0, 2.0, 3.0], 1.0), [0.0], "Newsvendor: under must be one number"),
        (Threshold([1.0, 2.0, 3.0], np.eye(2)), None, "Threshold: at must be one number, or one for each of the 2 row"),
        (Threshold(1.0, np.eye(2)), ["wait"], "Threshold: an action is False or True, to act, and not 'wait'"),
        (Threshold(1.0, np.eye(2)), [2], "Threshold: an action is False or True, to act, and not '2'"),
    ],
)
def test_numbers_of_other_rows_and_other_actions_are_refused(loss, actions, says: str):
    with pytest.raises(ll.DataError, match=says):
        ll.decide(GAUSSIANS, loss, actions)


@pytest.mark.parametrize("actions", [None, [1.0, 2.0]])
@pytest.mark.parametrize("loss", [lambda a, y: ((a - y) ** 2).mean(), lambda a, y: ((a - y) ** 2).mean(axis=0)])
def test_a_loss_that_is_a_mean_over_y_is_refused(loss, actions):
    with pytest.raises(ll.DataError, match="must return a number for each y"):
        ll.decide(ll.Gaussian([0.0, 1.0], 1.0), loss, actions)


def test_an_action_may_cost_the_same_whatever_y_is():
    found = ll.decide(ll.Gaussian([0.0, 4.0], 1.0), lambda a, y: 1.5 if a == "skip" else abs(y), ["skip", "go"])
    assert found.action.tolist() == ["go", "skip"]
