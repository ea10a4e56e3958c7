"""The natural gradient at the head: against the curvature of the divergence of what the raw outputs predict."""

import numpy as np
import pytest

from likelinet.core.errors import UndefinedError
from likelinet.objective.criterion import Likelihood
from likelinet.objective.natural_gradient import DAMPING, NaturalGradient
from tests import on_jax
from tests.families.declared import DECLARED, columns_for, declared, head_of, observed

ROWS, MEMBERS = 4, 2
HEADS = {
    "gaussian": (DECLARED["gaussian"], None),
    "exp link": ({"links": {"scale": "exp"}}, None),
    "one spread": (DECLARED["one spread"], None),
    "spread alone": ({"loc": "shared"}, None),
    "student t with 5 degrees of freedom": ({"kind": "student_t", "df": 5.0}, None),
    "gamma": (DECLARED["gamma"], None),
    "gumbel, two outputs": ({"kind": "gumbel"}, 2),
    "poisson with exposure": (DECLARED["poisson with exposure"], None),
    "binomial": (DECLARED["binomial"], None),
    "categorical": (DECLARED["categorical"], None),
    "categorical, two outputs": (DECLARED["categorical"], 2),
}
each = pytest.mark.parametrize(("family", "outputs"), HEADS.values(), ids=HEADS)


def arrays(family: dict, outputs: int | None):
    """Return a head, raw outputs, shared constants, y, columns, and an incoming gradient."""
    head, rng, lead = head_of(declared(family), outputs), np.random.default_rng(0), (MEMBERS, ROWS)
    raw, shared = rng.standard_normal((*lead, head.predicted)), rng.standard_normal((MEMBERS, head.shared))
    columns = columns_for(head, rng, lead)
    return head, raw, shared, observed(head, raw, shared, columns, rng), columns, rng.uniform(0.5, 2.0, lead)


@each
def test_the_information_of_the_raw_outputs_takes_it_back_to_the_gradient(family, outputs):
    head, raw, shared, y, columns, d = arrays(family, outputs)
    draw, dshared = NaturalGradient()(head, raw, shared, y, columns)[1](d)
    plain, plain_shared = head.loss(raw, shared, y, columns)[1](d)
    here, h, k = head.distribution(raw, shared, columns), 0.01, head.predicted

    def curvature(direction: np.ndarray) -> np.ndarray:
        there = (head.distribution(raw + s * h * direction, shared, columns) for s in (1, -1, 2, -2))
        at = [here.kl_divergence(other) for other in there]
        return (16.0 * (at[0] + at[1]) - (at[2] + at[3])) / (12.0 * h * h)

    information, e = np.empty((*d.shape, k, k)), np.eye(k)
    for i in range(k):
        for j in range(k):
            apart = curvature(e[i] + e[j]) - curvature(e[i] - e[j]) if i != j else 4.0 * curvature(e[i])
            information[..., i, j] = apart / 4.0
    back = np.einsum("mnij,mnj->mni", information + DAMPING * np.eye(k), draw)
    np.testing.assert_allclose(back, plain, rtol=1e-4, atol=1e-4 * np.abs(plain).max())
    if dshared is not None:
        np.testing.assert_array_equal(dshared, plain_shared)


@each
def test_the_values_are_those_of_the_likelihood(family, outputs):
    head, raw, shared, y, columns, _ = arrays(family, outputs)
    got, want = (c(head, raw, shared, y, columns)[0] for c in (NaturalGradient(), Likelihood()))
    np.testing.assert_array_equal(got, want)


def test_a_gaussian_with_an_exp_link_moves_its_location_by_the_error():
    """F is diag(1 / σ², 2), so that the natural gradient is (μ - y, ½ - ½ z²), but for the damping."""
    head, raw, shared, y, columns, _ = arrays({"links": {"scale": "exp"}}, None)
    draw, _ = NaturalGradient()(head, raw, shared, y, columns)[1](np.ones((MEMBERS, ROWS)))
    square = np.exp(2.0 * raw[..., 1])
    want = (raw[..., 0] - y) / (1.0 + DAMPING * square), (1.0 - (y - raw[..., 0]) ** 2 / square) / (2.0 + DAMPING)
    np.testing.assert_allclose(draw, np.stack(want, axis=-1), rtol=1e-10)


def test_jax_gives_the_same():
    for name in ("gamma", "categorical, two outputs"):
        head, *others, d = arrays(*HEADS[name])

        def signal(*others, head=head, d=d):
            return NaturalGradient()(head, *others)[1](d)[0]

        np.testing.assert_allclose(on_jax.run(signal, *others), signal(*others), rtol=1e-8, atol=1e-10)


def test_single_precision_stays_single():
    head, raw, shared, y, columns, d = arrays({}, None)
    draw, _ = NaturalGradient()(head, raw.astype(np.float32), shared.astype(np.float32), y, columns)[1](d)
    want, _ = NaturalGradient()(head, raw, shared, y, columns)[1](d)
    assert draw.dtype == np.float32
    np.testing.assert_allclose(draw, want, rtol=1e-4, atol=1e-5)


def test_nothing_predicted_leaves_nothing_to_solve_for():
    head, raw, shared, y, columns, d = arrays(DECLARED["nothing predicted"], None)
    draw, dshared = NaturalGradient()(head, raw, shared, y, columns)[1](d)
    assert draw.shape == (MEMBERS, ROWS, 0)
    np.testing.assert_array_equal(dshared, head.loss(raw, shared, y, columns)[1](d)[1])


@pytest.mark.parametrize("name", ["mixture", "truncated gaussian", "negative binomial", "von mises"])
def test_families_without_it_refuse(name):
    head, *others, d = arrays(DECLARED[name], None)
    _, backward = NaturalGradient()(head, *others)
    with pytest.raises(UndefinedError, match="has no Fisher information in closed form"):
        backward(d)
