"""Distributions of parts of the rows, put together: each row answers as it did in its part."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.distributions import Distribution
from tests.wrappers import WRAPPERS


def same(whole: Distribution, parts: list[Distribution], q: np.ndarray):
    """Compare quantiles and densities there, row by row, with those of the parts."""
    start = 0
    for part in parts:
        rows = slice(start, start := start + part.batch_shape[0])
        y = part.ppf(q)
        np.testing.assert_array_equal(whole.ppf(q)[:, rows], y)
        np.testing.assert_array_equal(whole[rows].log_prob(y), part.log_prob(y))
    assert whole.batch_shape == (start, *parts[0].batch_shape[1:])


@pytest.mark.parametrize("name", WRAPPERS)
def test_each_row_is_as_in_its_part(name):
    d = WRAPPERS[name]()
    parts = [d[[2]], d[:2], d[[0, 0]]]
    same(ll.concatenate(parts), parts, np.array([[0.1], [0.8]]))


def test_what_all_rows_of_a_part_share_may_differ_between_parts():
    parts = [ll.StudentT(5.0, [0.0, 1.0], 2.0), ll.StudentT([3.0], 4.0, [1.0]), ll.StudentT(9.0, 0.0, [1.0, 7.0])]
    whole = ll.concatenate(parts)
    same(whole, parts, np.array([[0.3]]))
    assert whole.df.tolist() == [5.0, 5.0, 3.0, 9.0, 9.0]
    assert whole.scale.tolist() == [2.0, 2.0, 1.0, 1.0, 7.0]


def test_several_outputs_and_labels():
    outputs = ll.Independent(ll.Gaussian([[0.0, 1.0], [2.0, 3.0]], [[1.0], [2.0]]))
    whole = ll.concatenate([outputs[:1], outputs[1:]])
    np.testing.assert_array_equal(whole.mean(), outputs.mean())
    np.testing.assert_array_equal(whole.log_prob([0.5, 0.5]), outputs.log_prob([0.5, 0.5]))
    labels = ll.Labelled(ll.Bernoulli([0.0, 3.0, -1.0]), ["no", "yes"])
    np.testing.assert_array_equal(ll.concatenate([labels[2:], labels[:2]]).probs, labels.probs[[2, 0, 1]])


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "there is no distribution"),
        ([ll.Gaussian(0.0, 1.0)], r"batch_shape \(\) and \(\)"),
        ([ll.Gaussian([0.0], 1.0), ll.Gaussian([[0.0, 1.0]], 1.0)], r"\(1,\) and \(1, 2\)"),
        ([ll.Gaussian([0.0], 1.0), ll.Laplace([0.0], 1.0)], r"\(Gaussian and Laplace\) differ in more than numbers"),
        (
            [ll.Labelled(ll.Bernoulli([0.0]), ["a", "b"]), ll.Labelled(ll.Bernoulli([0.0]), ["a", "c"])],
            r"\(Labelled\) differ",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(parts, message):
    with pytest.raises(ll.ParameterError, match=rf"^concatenate: .*{message}"):
        ll.concatenate(parts)
