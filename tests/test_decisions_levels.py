"""Decisions and probabilities of grades: ordered classes that are numbers."""

from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.decisions import Absolute, Newsvendor, Squared, Threshold
from likelinet.distributions.classes.numeric_levels import Levels

VALUES = np.array([1, 2, 3, 5])
ONE = ll.OrderedLogistic([0.5, -2.0, 3.0], [-1.0, 0.3, 1.0])
OTHER = ll.OrderedLogistic(np.array([[0.5, 1.5], [-2.0, 0.0], [3.0, -3.0]]), [-1.0, 0.3, 1.0])
GRADES = {
    "labelled": ll.Labelled(ONE, VALUES),
    "of members": ll.Mixture(ll.Labelled(OTHER, VALUES), probs=[0.3, 0.7]),
}


@pytest.mark.parametrize("name", GRADES)
def test_decisions_about_grades_are_sums_over_them(name: str):
    d: Any = GRADES[name]
    p = d.class_marginals().class_probabilities()
    away = VALUES - VALUES[:, None]  # of y, along the last axis, from each action
    each = np.sum(p[:, None] * np.maximum(4.0 * away, -away), axis=-1)
    found = ll.decide(d, Newsvendor(4.0, 1.0))
    np.testing.assert_array_equal(found.action, VALUES[each.argmin(1)])
    np.testing.assert_allclose(found.expected_loss, each.min(1), rtol=1e-10)
    mean = p @ VALUES
    squared = ll.decide(d, Squared())
    np.testing.assert_allclose(squared.action, mean, rtol=1e-12)
    np.testing.assert_allclose(squared.expected_loss, p @ VALUES**2 - mean**2, rtol=1e-9)
    above = ll.decide(d, Threshold(3.5, [[0.0, 3.0], [1.0, 0.0]]))
    np.testing.assert_allclose(above.expected_loss, np.minimum(3.0 * p[:, 3], 1.0 - p[:, 3]), rtol=1e-10)
    np.testing.assert_array_equal(above.action, 1.0 - p[:, 3] < 3.0 * p[:, 3])


@pytest.mark.parametrize("name", GRADES)
def test_grades_answer_as_numbers(name: str):
    d: Any = GRADES[name]
    p = d.class_marginals().class_probabilities()
    mean, upto = p @ VALUES, p.cumsum(1)
    np.testing.assert_allclose(d.mean(), mean, rtol=1e-12)
    np.testing.assert_allclose(d.var(), p @ VALUES**2 - mean**2, rtol=1e-9)
    np.testing.assert_allclose(d.cdf(3.5), upto[:, 2], rtol=1e-10)
    np.testing.assert_allclose(d.sf(1), 1.0 - p[:, 0], rtol=1e-10)
    np.testing.assert_allclose(d.prob_between(1, 3), p[:, 1] + p[:, 2], rtol=1e-10)
    for q in (0.05, 0.3, 0.5, 0.9):
        np.testing.assert_array_equal(d.ppf(q), VALUES[(upto < q).sum(1)])
        np.testing.assert_array_equal(d.isf(1.0 - q), VALUES[(upto < q).sum(1)])
    assert np.isin(d.mode(), VALUES).all()


def test_codes_are_numbers_as_well():
    found = ll.decide(ONE, Squared())
    np.testing.assert_allclose(found.action, ONE.probs @ np.arange(4.0), rtol=1e-12)


@pytest.mark.parametrize(
    "d",
    [
        ll.Labelled(ONE, ["a", "b", "c", "d"]),
        ll.Labelled(ONE, [5, 3, 2, 1]),
        ll.Labelled(ll.Categorical(np.zeros((3, 4))), VALUES),
    ],
    ids=["words", "falling", "no order"],
)
def test_other_labels_are_no_numbers(d: ll.Distribution):
    assert d.as_numbers() is d
    with pytest.raises(ll.UndefinedError, match="has no ppf where y is a label"):
        ll.decide(d, Absolute())
    for asked in (d.mean, d.var, lambda: d.cdf(1), lambda: d.prob_between(1, 2)):
        with pytest.raises(ll.UndefinedError, match="where y is a label"):
            asked()


def test_levels_by_hand():
    d = Levels([1.0, 2.0, 5.5], [[0.2, 0.3, 0.5], [0.1, 0.6, 0.3]])
    np.testing.assert_array_equal(d.ppf([[0.0], [0.1], [0.2], [0.21], [1.0]])[:, 0], [1.0, 1.0, 1.0, 2.0, 5.5])
    np.testing.assert_array_equal(d.isf([[1.0], [0.8], [0.5], [0.3], [0.0]])[:, 1], [1.0, 2.0, 2.0, 2.0, 5.5])
    np.testing.assert_allclose(d.cdf(2.0), [0.5, 0.7], rtol=1e-14)
    np.testing.assert_allclose(d.sf(1.5), [0.8, 0.9], rtol=1e-14)
    np.testing.assert_allclose(np.exp(d.log_prob([1.0, 1.5])), [0.2, 0.0], rtol=1e-14)
    np.testing.assert_allclose(d.var(), [0.2 + 1.2 + 15.125 - 3.55**2, 0.1 + 2.4 + 9.075 - 2.95**2], rtol=1e-12)
    assert d.mode().tolist() == [5.5, 2.0]
    assert float(d[1].mode()) == 2.0
    np.testing.assert_array_equal(np.isnan([d.ppf(np.nan), d.cdf(np.nan), d.ppf(1.1)]), True)
    draws = d.sample(4000, rng=0)
    np.testing.assert_allclose(draws.mean(0), d.mean(), atol=5.0 * np.sqrt(d.var().max() / 4000))
