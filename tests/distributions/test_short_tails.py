"""CRPS of mixtures of many Gaussian and logistic components, by their survival functions."""

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats

import likelinet as ll
from likelinet.distributions.real import logistic


def drawn(family: type, shape: tuple[int, ...], spread: float, scales: float, weights: float = 1.0) -> ll.Mixture:
    """Return mixtures with drawn locations, scales and weights: so much do they, and the logarithms of these, vary."""
    rng = np.random.default_rng(7)
    loc, scale, logits = (s * rng.standard_normal(shape) for s in (spread, scales, weights))
    return ll.Mixture(family(loc, np.exp(scale)), logits)


def both(many: int, spread: float, scales: float, rows: int = 3) -> list[ll.Distribution]:
    """Return mixtures of either family."""
    return [drawn(ll.Gaussian, (rows, many), spread, scales), drawn(ll.Logistic, (rows, many + 1), spread, scales)]


ALIKE = ll.MixtureOf(both(40, 0.3, 0.3), [[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]])
CASES = {
    "alike": ALIKE,
    "apart": ll.MixtureOf(both(3, 30.0, 1.5), [0.4, 0.6]),
    "one family": drawn(ll.Logistic, (3, 4), 5.0, 2.0),
    "leaves": ll.MixtureOf([ll.Gaussian([0.0, 3.0, 1.0], 0.1), ll.Logistic(0.0, [1.0, 0.01, 20.0])], [0.5, 0.5]),
}
CDF = {ll.Gaussian: scipy.special.ndtr, ll.Logistic: scipy.special.expit}
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
SCORES = np.concatenate([-np.geomspace(45.0, 0.5, 12), [0.0], np.geomspace(0.5, 45.0, 12)])


def leaves(d: ll.Distribution, weight: float = 1.0) -> list[tuple[ll.Distribution, np.ndarray]]:
    """Return what one row is a mixture of, and the weights of it."""
    if isinstance(d, ll.MixtureOf):
        return [leaf for p, w in zip(d.parts, d.weights.probs, strict=True) for leaf in leaves(p, weight * w)]
    return [(d.components, weight * d.weights.probs)] if isinstance(d, ll.Mixture) else [(d, np.array(weight))]


def quad(d: ll.Distribution, y: float) -> float:
    """Return the CRPS of one row by many nodes between all that its components have."""
    parts = leaves(d)
    cuts = [p.loc[..., None] + p.scale[..., None] * SCORES for p, _ in parts]
    cuts = np.unique(np.concatenate([*(c.reshape(-1) for c in cuts), [y]]))
    half = 0.5 * np.diff(cuts)
    t = cuts[:-1] + half * (1.0 + NODES[:, None])
    side = np.where(t < y, 1.0, -1.0)
    p = 0.0
    for leaf, w in parts:
        z = side[..., None] * (t[..., None] - leaf.loc) / leaf.scale
        p = p + (w * CDF[type(leaf)](z)).sum(-1)
    return math.fsum((WEIGHTS[:, None] * half * p**2).reshape(-1).tolist())


@pytest.mark.parametrize("name", CASES)
def test_against_quadrature_of_the_distribution_function(name):
    d = CASES[name]
    for q in (0.03, 0.5, 0.999):
        y = d.ppf(q)
        np.testing.assert_allclose(d.crps(y), [quad(d[i], y[i]) for i in range(3)], rtol=1e-8)


def by_pairs(d: ll.Mixture, y: np.ndarray) -> np.ndarray:
    """Return E|Y - y| - E|Y - Y'| / 2 of Gaussian components."""

    def mean_abs(loc, scale):
        z = loc / scale
        return loc * scipy.special.erf(z / np.sqrt(2.0)) + 2.0 * scale * scipy.stats.norm.pdf(z)

    loc, scale, w = d.components.loc, d.components.scale, d.weights.probs
    pairs = mean_abs(loc[:, :, None] - loc[:, None], np.hypot(scale[:, :, None], scale[:, None]))
    return (w * mean_abs(y[:, None] - loc, scale)).sum(1) - 0.5 * np.einsum("ni,nj,nij->n", w, w, pairs)


@pytest.mark.parametrize(("spread", "scales", "weights"), [(0.3, 0.3, 1.0), (3.0, 2.0, 3.0), (1e4, 4.0, 4.0)])
def test_against_the_closed_form_of_many_gaussians(spread, scales, weights):
    d = drawn(ll.Gaussian, (30, 70), spread, scales, weights)
    y = np.where(np.arange(30) % 3 == 0, d.components.loc[:, 0], d.sample((), 1))
    np.testing.assert_allclose(d.crps(y), by_pairs(d, y), rtol=1e-7)


@pytest.mark.parametrize("far", [1e2, 1e5, 1e10])
@pytest.mark.parametrize("w", [0.3, 1e-4, 1e-9])
def test_one_narrow_component_far_away(far, w):
    near = ll.Logistic(0.0, 1.0)
    y = np.array([-2.0, 0.0, 1.0])
    d = ll.MixtureOf([near, ll.Gaussian(far, 1e-6 * far)], [1.0 - w, w])
    # Of E|Y - y| and E|Y - Y'| / 2, the terms that are as large as `far` leave w² of it.
    own = (1.0 - w) * (near.crps(y) + 1.0) - (1.0 - w) ** 2
    np.testing.assert_allclose(d.crps(y), own + w**2 * far * (1.0 - 1e-6 / np.sqrt(np.pi)) - w * y, rtol=1e-8)


def test_y_where_a_narrow_component_is():
    wide, w = ll.Logistic(0.0, 5.0), 0.25
    narrow = ll.Gaussian(2.0, np.array([1e-2, 1e-5, 1e-12]))
    got = ll.MixtureOf([narrow, wide], [w, 1.0 - w]).crps(2.0)
    # Against a single point: E|Y - y| of the wide one, less that of its pairs with the point and with itself.
    point = (1.0 - w) * (wide.crps(2.0) + 5.0) - (1.0 - w) * (w * (wide.crps(2.0) + 5.0) + (1.0 - w) * 5.0)
    np.testing.assert_allclose(got[1:], point, rtol=1e-5)
    np.testing.assert_allclose(got[2], point, rtol=1e-8)
    np.testing.assert_allclose(got[0], quad(ll.MixtureOf([narrow[0], wide], [w, 1.0 - w]), 2.0), rtol=1e-8)


def test_y_far_outside():
    np.testing.assert_allclose(ALIKE.crps(-3e5), ALIKE.crps(-1e5) + 2e5, rtol=1e-12)
    np.testing.assert_allclose(ALIKE.crps(3e5), ALIKE.crps(1e5) + 2e5, rtol=1e-12)
    np.testing.assert_allclose(ALIKE.crps(1e5) - ALIKE.crps(-1e5), -2.0 * ALIKE.mean(), atol=1e-7)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(ALIKE.crps([np.inf, np.nan, -np.inf]), [np.inf, np.nan, np.inf])


def test_rows_alone_have_the_same_bits_as_among_others():
    for d in CASES.values():
        y = d.ppf(0.7) + 0.1
        np.testing.assert_array_equal([d[i].crps(y[i]) for i in range(3)], d.crps(y))


def test_shapes():
    y = np.linspace(-1.0, 1.0, 12).reshape(4, 3)
    got = ALIKE.crps(y)
    assert got.shape == (4, 3)
    np.testing.assert_array_equal(got, [ALIKE.crps(row) for row in y])
    assert ALIKE[:0].crps(np.empty(0)).shape == (0,)
    one = ll.MixtureOf([ll.Mixture(ll.Gaussian([0.0, 1.0], 1.0), np.zeros(2)), ll.Logistic(0.0, 1.0)], [0.5, 0.5])
    np.testing.assert_array_equal(one.crps(y).reshape(-1), [one.crps(v) for v in y.reshape(-1)])


def test_mixtures_within_a_mixture():
    parts = ALIKE.parts
    flat = ll.MixtureOf([parts[1], parts[0]], ALIKE.weights.probs[:, ::-1])
    inner = ll.MixtureOf([ll.MixtureOf(parts, [0.5, 0.5]), parts[0]], [0.6, 0.4])
    y = ALIKE.median()
    np.testing.assert_allclose(flat.crps(y), ALIKE.crps(y), rtol=1e-10)
    np.testing.assert_allclose(inner.crps(y), ll.MixtureOf(parts, [0.7, 0.3]).crps(y), rtol=1e-8)


def test_components_without_weight_do_not_count():
    d = ll.MixtureOf([ll.Gaussian(0.0, 1.0), ll.Logistic(0.5, 1.0), ll.Logistic(1e200, 1e-200)], [0.5, 0.5, 0.0])
    want = ll.MixtureOf([ll.Gaussian(0.0, 1.0), ll.Logistic(0.5, 1.0)], [0.5, 0.5]).crps(0.3)
    np.testing.assert_allclose(d.crps(0.3), want, rtol=1e-12)


def test_what_numbers_are_too_coarse_for_is_nan():
    d = ll.Mixture(ll.Logistic(0.0, np.array([1e-200, 1.0])), np.array([0.0, -370.0]))
    with pytest.warns(UserWarning, match="crps is nan"):
        assert np.isnan(d.crps(0.0))


def test_few_nodes_where_components_lie_on_top_of_each_other(monkeypatch):
    asked, rows = [], 40
    sf = logistic._sf
    monkeypatch.setattr(logistic, "_sf", lambda z: (asked.append(z.size), sf(z))[1])
    d = ll.MixtureOf(both(120, 0.3, 0.3, rows), [0.5, 0.5])
    d.crps(d.median())
    assert 50 < sum(asked) / (rows * 121) < 400  # nodes of each row; 3,700 at the cuts of all components
