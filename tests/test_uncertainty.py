"""Uncertainty split into noise and disagreement: closed forms, by the parameters of each member."""

import re
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

import likelinet as ll
from tests.small import labels, quick, table

X, Y = table(40)
NEW = np.array([[5.0, 5.0], [9.0, 1.0], [0.0, 8.0]])


def fitted(y: Any, members: int = 3, **family: Any) -> ll.Model:
    training = {"optimizer": {"learning_rate": 0.1}}
    return quick(distribution=family, ensemble=members, training=training).fit(X, y)


def test_variance_of_gaussians_is_the_law_of_total_variance():
    model = fitted(Y, kind="gaussian")
    parts, members = model.uncertainty(NEW), model.predict_dist(NEW).components
    mean, variance = members.mean(), members.std() ** 2
    np.testing.assert_allclose(parts.noise, variance.sum(1) / 3.0, rtol=1e-12)
    np.testing.assert_allclose(parts.disagreement, ((mean - mean.mean(1)[:, None]) ** 2).sum(1) / 3.0, rtol=1e-9)
    np.testing.assert_allclose(parts.total, model.predict_dist(NEW).var(), rtol=1e-10)
    assert (parts.disagreement > 1e-3 * parts.total).all()


def test_members_that_are_mixtures_are_told_apart():
    """The components of a member are its noise, not disagreement."""
    model = fitted(Y, members=2, kind="mixture", components=2)
    parts, flat = model.uncertainty(NEW), model.predict_dist(NEW)
    weights = flat.weights.probs.reshape(3, 2, 2)
    own = weights / weights.sum(-1, keepdims=True)
    mean, var = flat.components.mean().reshape(3, 2, 2), flat.components.var().reshape(3, 2, 2)
    of_member = (own * mean).sum(-1)
    variance = (own * (var + mean**2)).sum(-1) - of_member**2
    np.testing.assert_allclose(parts.noise, variance.mean(1), rtol=1e-9)
    np.testing.assert_allclose(parts.disagreement, of_member.var(1), rtol=1e-7)


@pytest.mark.parametrize(
    ("family", "names"),
    [("bernoulli", ["no", "yes"]), ("categorical", ["a", "b", "c"]), ("ordered_logistic", [0, 1, 2])],
)
def test_entropy_of_classes_is_that_of_their_probabilities(family: str, names: list[Any]):
    model = fitted(labels(X, names), kind=family)
    parts = model.uncertainty(NEW, measure="entropy")
    each = model._ask(NEW, lambda fit, x: np.stack([d.class_probabilities() for d in members_of(fit, x)]))
    noise = stats.entropy(each, axis=-1).mean(0)
    total = stats.entropy(each.mean(0), axis=-1)
    np.testing.assert_allclose(parts.noise, noise, rtol=1e-10)
    np.testing.assert_allclose(parts.total, total, rtol=1e-10)
    np.testing.assert_allclose(parts.disagreement, total - noise, rtol=1e-7, atol=1e-12)
    assert ((parts.disagreement > 1e-5) & (parts.disagreement <= np.log(3.0))).all()


def members_of(fit: Any, x: Any) -> list[ll.Distribution]:
    from likelinet.model.members import each_member

    return list(each_member(fit, x))


def test_entropy_of_gaussians_by_integration():
    model = fitted(Y, kind="gaussian")
    parts, members = model.uncertainty(NEW, measure="entropy"), model.predict_dist(NEW).components
    mean, std = members.mean(), members.std()
    np.testing.assert_allclose(parts.noise, stats.norm.entropy(mean, std).mean(1), rtol=1e-10)
    for i in range(3):

        def integrand(y: float, i: int = i) -> float:
            p = stats.norm.pdf(y, mean[i], std[i]).mean()
            return float(-p * np.log(p))

        ends = (mean[i] - 12.0 * std[i]).min(), (mean[i] + 12.0 * std[i]).max()
        total = integrate.quad(integrand, *ends, limit=200, epsabs=1e-10)[0]
        np.testing.assert_allclose(parts.total[i], total, rtol=1e-7)


@pytest.mark.parametrize("measure", ["variance", "entropy"])
def test_one_member_does_not_disagree(measure: Any):
    model = fitted(Y, members=1, kind="gaussian")
    parts = model.uncertainty(NEW, measure)
    assert np.array_equal(parts.disagreement, np.zeros(3))
    assert np.array_equal(parts.total, parts.noise)


def test_several_outputs_have_a_variance_each():
    model = fitted(np.stack([Y, X[:, 0] - Y], axis=1), kind="gaussian")
    parts = model.uncertainty(NEW)
    assert parts.total.shape == (3, 2)
    np.testing.assert_allclose(parts.total, model.predict_dist(NEW).var(), rtol=1e-9)


@pytest.mark.parametrize(
    ("family", "y", "measure", "message"),
    [
        ("categorical", labels(X, ["a", "b", "c"]), "variance", "no mean where y is a label: take measure='entropy'."),
        ("von_mises", np.linspace(-3.0, 3.0, 40), "variance", "the variance of angles has no such parts"),
        ("gaussian", Y, "spread", "uncertainty: measure must be 'variance' or 'entropy', got 'spread'."),
    ],
)
def test_what_has_no_such_parts(family: str, y: Any, measure: Any, message: str):
    with pytest.raises(ll.LikelinetError, match=re.escape(message)):
        fitted(y, members=2, kind=family).uncertainty(NEW, measure)


def test_an_ellipsis_stands_for_batch_axes_alone():
    """A mixture asks for its first component so, of families whose parameters have axes of their own too."""
    d = ll.OrderedLogistic(np.zeros((2, 3)), np.array([-1.0, 0.0, 1.0, 2.0]))
    for part in (d[..., 0], d[:, 1], d[0]):
        np.testing.assert_array_equal(part.cutpoints[0], [-1.0, 0.0, 1.0, 2.0])
    assert d[..., 0].batch_shape == (2,)
