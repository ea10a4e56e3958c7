"""Kullback-Leibler divergences to full precision, next to each other and far apart, against mpmath."""

import numpy as np
import pytest
from mpmath import mp
from scipy.integrate import quad

import likelinet as ll
from tests import exact_divergences as exact

# Each parameter is positive, log-uniform over 1e-6 … 1e9, or real, of a size from 1e-6 to 100.
CLOSED = {
    ll.Gamma: (exact.gamma, "++"),
    ll.InverseGamma: (exact.gamma, "++"),
    ll.Beta: (exact.beta, "++"),
    ll.Gaussian: (exact.gaussian, "r+"),
    ll.LogNormal: (exact.gaussian, "r+"),
    ll.LogitNormal: (exact.gaussian, "r+"),
    ll.Laplace: (exact.laplace, "r+"),
    ll.Gumbel: (exact.gumbel, "r+"),
    ll.Weibull: (exact.weibull, "++"),
    ll.HalfNormal: (exact.half_normal, "+"),
    ll.Exponential: (exact.exponential, "+"),
    ll.InverseGaussian: (exact.inverse_gaussian, "++"),
    ll.Poisson: (exact.poisson, "+"),
    ll.Bernoulli: (exact.bernoulli, "r"),
    ll.Geometric: (exact.geometric, "r"),
}


def of_any_size(rng: np.random.Generator, kind: str, n: int) -> np.ndarray:
    if kind == "+":
        return 10.0 ** rng.uniform(-6.0, 9.0, n)
    return rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-6.0, 2.0, n)


def pairs(kinds: str, n: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return the parameters of distributions and those of others: as far from them, close, and very close to them."""
    rng = np.random.default_rng(5)
    first = np.stack([of_any_size(rng, kind, 3 * n) for kind in kinds])
    moved = 1.0 + rng.choice([-1.0, 1.0], first.shape) * 10.0 ** rng.uniform(-11.0, -0.5, first.shape)
    far = np.stack([of_any_size(rng, kind, 3 * n) for kind in kinds])
    return first, np.where(np.arange(3 * n) < n, far, first * moved)


@pytest.mark.parametrize("family", CLOSED, ids=lambda c: c.__name__)
def test_closed_forms_keep_their_digits(family):
    formula, kinds = CLOSED[family]
    first, second = pairs(kinds)
    with mp.workdps(50):
        rows = zip(first.T.tolist(), second.T.tolist(), strict=True)
        want = np.array([float(formula(*map(mp.mpf, [*a, *b]))) for a, b in rows])
    names = [p.name for p in family.parameters]
    d, other = (family(**dict(zip(names, values, strict=True))) for values in (first, second))
    got, shown = d.kl_divergence(other), want < 1e300
    assert want[12:].min() < 1e-12
    # Of a beta with one concentration far below the other, two nearly equal parts remain.
    np.testing.assert_allclose(got[shown], want[shown], rtol=1e-8 if family is ll.Beta else 1e-10)
    np.testing.assert_array_equal(got[~shown], want[~shown])
    np.testing.assert_array_equal(d.kl_divergence(d), 0.0)


EXACT_VALUES = {
    "gamma 1e12": (ll.Gamma(1e12, 1e12), ll.Gamma(1e12 + 1e6, 1e12), 0.4999998333333333),
    "beta 1e10": (ll.Beta(1e10, 1e10), ll.Beta(1e10 + 1e5, 1e10), 0.2499987500260415),
    "gaussian": (ll.Gaussian(0.0, 1.0), ll.Gaussian(1e-9, 1.0), 5e-19),
}


@pytest.mark.parametrize(("d", "other", "want"), EXACT_VALUES.values(), ids=EXACT_VALUES)
def test_exact_values(d, other, want):
    np.testing.assert_allclose(d.kl_divergence(other), want, rtol=2e-9)


@pytest.mark.parametrize("moved", [1e-9, 1e-3, 0.3, 30.0])
def test_classes(moved):
    z = np.array([0.3, -2.0, 1.0, -40.0])
    z2 = z + moved * np.array([1.0, -0.5, 0.2, 2.0])
    with mp.workdps(40):
        want = float(exact.categorical(list(map(mp.mpf, z.tolist())), list(map(mp.mpf, z2.tolist()))))
        two = float(exact.bernoulli(mp.mpf(-2.0), mp.mpf(float(moved - 2.0))))
    np.testing.assert_allclose(ll.Categorical(z).kl_divergence(ll.Categorical(z2)), want, rtol=1e-10)
    np.testing.assert_allclose(ll.Multinomial(7, z).kl_divergence(ll.Multinomial(7, z2)), 7.0 * want, rtol=1e-10)
    d, other = (ll.Binomial(9, logits=v) for v in (-2.0, moved - 2.0))
    np.testing.assert_allclose(d.kl_divergence(other), 9.0 * two, rtol=1e-10)


def test_classes_that_cannot_occur():
    z, z2 = np.array([0.0, -np.inf, 1.0]), np.array([0.0, -np.inf, 1.0 + 1e-9])
    p = 1.0 / (1.0 + np.exp(-1.0))
    np.testing.assert_allclose(ll.Categorical(z).kl_divergence(ll.Categorical(z2)), 0.5e-18 * p * (1.0 - p), rtol=1e-6)
    assert ll.Categorical([0.0, 0.0, 1.0]).kl_divergence(ll.Categorical(z)) == np.inf
    with mp.workdps(400):
        want = float(exact.categorical([mp.mpf(0), mp.mpf(-900)], [mp.mpf(-900), mp.mpf(0)]))
    np.testing.assert_allclose(ll.Categorical([0.0, -900.0]).kl_divergence(ll.Categorical([-900.0, 0.0])), want)


def test_labels_that_cannot_occur():
    d, other = ll.Bernoulli(probs=[0.0, 1.0, 0.0, 1.0, 0.0, 0.3]), ll.Bernoulli(probs=[0.3, 0.3, 0.0, 1.0, 1.0, 0.0])
    want = [-np.log(0.7), -np.log(0.3), 0.0, 0.0, np.inf, np.inf]
    np.testing.assert_allclose(d.kl_divergence(other), want, rtol=1e-14)


@pytest.mark.parametrize(("loc", "scale"), [(1e-9, 1.0), (0.3, 1.0 + 1e-7), (-0.5, 1.4), (0.9, 0.7)])
def test_logistic(loc, scale):
    with mp.workdps(22):
        want = float(exact.logistic(mp.mpf(0), mp.mpf(1), mp.mpf(loc), mp.mpf(scale)))
    np.testing.assert_allclose(ll.Logistic(0.0, 1.0).kl_divergence(ll.Logistic(loc, scale)), want, rtol=1e-10)
    of_logs = ll.LogLogistic(1.0, 1.0).kl_divergence(ll.LogLogistic(np.exp(loc), 1.0 / scale))
    np.testing.assert_allclose(of_logs, want, rtol=1e-6)
    many = ll.Logistic(np.zeros(2), 1.0).kl_divergence(ll.Logistic([loc, 5.0], scale))  # one of them is far away
    np.testing.assert_allclose(many[0], want, rtol=1e-10)


@pytest.mark.parametrize("moved", [1e-8, 1e-2, 3.0])
@pytest.mark.parametrize("size", [1e-5, 1.0, 1e9])
def test_dirichlet(size, moved):
    a = size * np.array([1.0, 0.2, 7.0])
    a2 = a * (1.0 + moved * np.array([1.0, 0.3, 0.7]))
    with mp.workdps(50):
        want = float(exact.dirichlet(list(map(mp.mpf, a.tolist())), list(map(mp.mpf, a2.tolist()))))
    np.testing.assert_allclose(ll.Dirichlet(a).kl_divergence(ll.Dirichlet(a2)), want, rtol=1e-8)


@pytest.mark.parametrize("moved", [1e-9, 1e-3, 2.0])
def test_multivariate_gaussian(moved):
    tril = np.array([[2.0, 0.0, 0.0], [0.5, 1.0, 0.0], [-0.3, 0.8, 3.0]])
    tril2 = tril + moved * np.array([[0.5, 0.0, 0.0], [1.0, 0.3, 0.0], [0.2, -0.7, 1.0]])
    loc2 = moved * np.array([1.0, -2.0, 0.5])
    with mp.workdps(40):
        want = float(exact.multivariate_gaussian(mp.matrix(tril), mp.matrix(tril2), mp.matrix(loc2)))
    d, other = ll.MultivariateGaussian(np.zeros(3), tril), ll.MultivariateGaussian(loc2, tril2)
    np.testing.assert_allclose(d.kl_divergence(other), want, rtol=1e-7)


@pytest.mark.parametrize("step", [1e-9, 1e-3, 0.08, 0.5])
@pytest.mark.parametrize("k", [1e-6, 0.3, 20.0, 150.0, 300.0, 1e8])
def test_von_mises(k, step):
    k2 = k * (1.0 + step)
    with mp.workdps(60):
        a, b = mp.mpf(k), mp.mpf(k2)
        mean = mp.besseli(1, a) / mp.besseli(0, a)
        want = float(mp.log(mp.besseli(0, b) / mp.besseli(0, a)) - (b - a) * mean)
    np.testing.assert_allclose(ll.VonMises(0.3, k).kl_divergence(ll.VonMises(0.3, k2)), want, rtol=2e-9)


HEAVIER = {
    "cauchy, gaussian": (ll.Cauchy(0.0, 1.0), ll.Gaussian(0.0, 1.0)),
    "cauchy, skew normal": (ll.Cauchy(0.0, 1.0), ll.SkewNormal(0.0, 1.0, 1.0)),
    "pareto, weibull": (ll.GeneralizedPareto(2.0, 1.05), ll.Weibull(1.0, 2.4)),
    "inverse gamma, half normal": (ll.InverseGamma(0.58, 2.0), ll.HalfNormal(1.0)),
    "student t, gumbel": (ll.StudentT(2.5, 0.0, 1.0), ll.Gumbel(0.0, 1.0)),
    "laplace, gumbel": (ll.Laplace(0.0, 1.0), ll.Gumbel(0.0, 0.9)),
    "as heavy": (ll.Laplace(0.0, 1.0), ll.Gumbel(0.0, 1.0)),
    "components": (ll.Mixture(ll.Cauchy([0.0, 1.0], 1.0), [0.0, 0.0]), ll.Gaussian(0.0, 1.0)),
}


@pytest.mark.parametrize(("p", "q"), HEAVIER.values(), ids=HEAVIER)
def test_divergence_is_infinite_where_the_tail_is_too_heavy_for_the_other(p, q):
    assert p.kl_divergence(q) == np.inf


def test_divergence_of_heavy_tails_that_exists():
    # By quadrature over the angle; -E[log q] of a Gaussian from the variance; and E[exp(-Y/s)] of a Laplace.
    angle = quad(lambda t: 1.5 * np.log1p(np.tan(t) ** 2 / 2.0), 0.0, np.pi / 2.0, epsabs=1e-12)[0] * 2.0 / np.pi
    student = angle - np.log(4.0 * np.pi) + 1.5 * np.log(2.0)
    np.testing.assert_allclose(ll.Cauchy(0.0, 1.0).kl_divergence(ll.StudentT(2.0, 0.0, 1.0)), student, rtol=1e-9)
    t = ll.StudentT(2.05, 0.0, 1.0)
    gaussian = 0.5 * np.log(2.0 * np.pi) + 0.5 * 2.05 / 0.05 - t.entropy()
    np.testing.assert_allclose(t.kl_divergence(ll.Gaussian(0.0, 1.0)), gaussian, rtol=1e-9)
    gumbel = np.log(1.5 / 2.0) - 1.0 + 1.0 / (1.0 - 1.5**-2)
    np.testing.assert_allclose(ll.Laplace(0.0, 1.0).kl_divergence(ll.Gumbel(0.0, 1.5)), gumbel, rtol=1e-9)
