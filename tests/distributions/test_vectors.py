"""Dirichlet, Multinomial and MultivariateGaussian: what only a vector-valued y has, and their mixtures and maps."""

import itertools

import numpy as np
import pytest
import scipy.stats
from mpmath import mp
from scipy.special import logsumexp

import likelinet as ll
from likelinet.core.links import Cholesky
from likelinet.distributions import Multivariate
from likelinet.distributions.over.mixture_formulas import loss_of_mixture
from tests import exact, exact_vectors
from tests.cases import FAMILIES, Family
from tests.differences import assert_gradients, gradients
from tests.distributions.strategies import each
from tests.on_jax import run

VECTORS = tuple(c for c in FAMILIES if c.event)
RNG = np.random.default_rng(8)
LOC = RNG.normal(size=(5, 3))
TRIL = np.tril(RNG.normal(size=(5, 3, 3)))
TRIL[:, range(3), range(3)] = RNG.uniform(0.5, 2.0, (5, 3))
Y = RNG.normal(size=(5, 3))
D = ll.MultivariateGaussian(LOC, TRIL)


def test_every_family_of_vectors_is_tested_here():
    assert {c.cls for c in VECTORS} == set(Multivariate.__subclasses__())


@each(VECTORS)
def test_moments_and_covariance(case: Family):
    d, _ = case.batch(6)
    oracle = case.oracle(*(getattr(d, p.name) for p in case.cls.parameters))
    np.testing.assert_allclose(d.mean(), oracle.mean(), rtol=1e-12)
    np.testing.assert_allclose(d.covariance(), oracle.cov(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(d.var(), oracle.outputs().var(), rtol=1e-11)
    np.testing.assert_allclose(d.std(), oracle.outputs().std(), rtol=1e-11)


@each(VECTORS)
def test_joint_quantities_have_the_batch_shape_and_the_others_are_by_output(case: Family):
    d, y = case.batch(6)
    oracle = case.oracle(*(getattr(d, p.name) for p in case.cls.parameters)).outputs()
    assert d.batch_shape == d.log_prob(y).shape == d.nll(y).shape == d.entropy().shape == (6,)
    for name, other in [("cdf", "cdf"), ("sf", "sf"), ("log_cdf", "logcdf"), ("log_sf", "logsf")]:
        np.testing.assert_allclose(getattr(d, name)(y), getattr(oracle, other)(y), rtol=1e-9, atol=1e-12)
    for q in (0.3, np.linspace(0.1, 0.9, 4)):
        np.testing.assert_allclose(d.ppf(q), oracle.ppf(q), rtol=1e-9)
        np.testing.assert_allclose(d.isf(q), oracle.isf(q), rtol=1e-9)
    np.testing.assert_allclose(d.median(), oracle.median(), rtol=1e-9)
    np.testing.assert_allclose(d.interval(0.8), oracle.interval(0.8), rtol=1e-9)
    np.testing.assert_array_equal(d.crps(y), d.marginals().crps(y))
    assert d.crps(y).shape == d.mode().shape == y.shape


@each(VECTORS)
def test_shapes_follow_broadcasting(case: Family):
    d, y = case.batch(6)
    assert d.log_prob(np.tile(y, (3, 1, 1))).shape == (3, 6)
    assert d.log_prob(y[0]).shape == (6,)
    one = d[0]
    assert one.batch_shape == ()
    assert np.shape(one.log_prob(y[0])) == np.shape(one.entropy()) == np.shape(one.kl_divergence(one)) == ()
    np.testing.assert_allclose(one.log_prob(y)[0], d.log_prob(y)[0], rtol=1e-13)
    np.testing.assert_allclose(d.kl_divergence(one), [d[i].kl_divergence(one) for i in range(6)], rtol=1e-12)
    members = [getattr(d, p.name)[None].repeat(2, axis=0) for p in case.cls.parameters]
    values, backward = case.cls.loss(tuple(members), y)
    np.testing.assert_allclose(values, np.tile(d.nll(y), (2, 1)), rtol=1e-12, atol=1e-12)
    assert [g.shape for g in backward(np.ones((2, 6)))] == [m.shape for m in members]


@each(VECTORS)
def test_kl_divergence_is_the_mean_log_ratio(case: Family):
    d, _ = case.batch(4)
    values = case.parameters(np.full((4, len(case.columns)), 0.6))
    params = dict(zip(case.ranges, values, strict=True))
    if "total_count" in params:
        params["total_count"] = d.total_count
    other = case.cls(**params)
    draws = d.sample(40_000, rng=0)
    ratio = d.log_prob(draws) - other.log_prob(draws)
    np.testing.assert_array_less(np.abs(d.kl_divergence(other) - ratio.mean(0)), 5.0 * ratio.std(0) / 200.0)
    surprise = d.nll(draws)
    np.testing.assert_array_less(np.abs(d.entropy() - surprise.mean(0)), 5.0 * surprise.std(0) / 200.0)
    with pytest.raises(ll.UndefinedError, match=rf"needs another {case} of event_shape \(4,\)"):
        d.kl_divergence(ll.Gaussian(0.0, 1.0))


@each(VECTORS)
def test_y_of_another_length_is_refused(case: Family):
    d, y = case.batch(6)
    for method in ("log_prob", "cdf", "crps"):
        with pytest.raises(ll.DataError, match="each y has 4 entries on the last axis"):
            getattr(d, method)(y[:, :3])
        with pytest.raises(ll.DataError, match=r"y has shape \(6, 4, 1\)"):
            getattr(d, method)(y[..., None])
    with pytest.raises(ll.DataError, match=r"does not go with batch_shape \(6,\)"):
        d.log_prob(y[:5])


@each(VECTORS)
def test_start_from_the_marginal_distribution_of_y(case: Family):
    d, _ = case.batch(1, seed=3)
    y, weight = d.sample(20_000, rng=1)[:, 0], RNG.uniform(0.5, 2.0, 20_000)
    start = case.cls.estimate(y, weight)
    known = [p.name for p, v in zip(case.cls.parameters, start, strict=True) if v is None]
    values = {p.name: getattr(d, p.name)[0] if v is None else v for p, v in zip(d.parameters, start, strict=True)}
    fitted = case.cls(**values)
    assert known == [p.name for p in d.parameters if not p.learned]
    assert abs(fitted.nll(y).mean() - d.nll(y).mean()) < 0.01


@pytest.mark.parametrize(
    ("cls", "y"),
    [
        (ll.Dirichlet, np.full((9, 3), 1.0 / 3.0)),
        (ll.Dirichlet, np.tile([1.0 - 2e-300, 1e-300, 1e-300], (9, 1))),
        (ll.Dirichlet, np.maximum(np.tile(np.eye(3), (3, 1)), 1e-300)),
        (ll.Multinomial, np.zeros((9, 3))),
        (ll.Multinomial, np.tile([1e12, 0.0, 0.0], (9, 1))),
        (ll.MultivariateGaussian, np.zeros((9, 3))),
        (ll.MultivariateGaussian, np.tile([1e150, -1e-150, 3.0], (9, 1))),
        (ll.MultivariateGaussian, np.linspace(0.0, 1.0, 9)[:, None] * [1e-120, 1e120, -1e120]),
        (ll.MultivariateGaussian, np.array([[1.0, 2.0, 3.0]])),
    ],
)
def test_the_start_is_inside_the_domain_for_any_y(cls, y):
    values = [v for v in cls.estimate(y, np.ones(len(y))) if v is not None]
    assert all(np.isfinite(v).all() for v in values)
    d = cls(y[0].sum(), *values) if cls is ll.Multinomial else cls(*values)
    assert d.event_shape == (3,)


# ---- MultivariateGaussian ------------------------------------------------------------------------------------


def test_by_covariance_matrix():
    covariance = TRIL @ np.swapaxes(TRIL, -1, -2)
    d = ll.MultivariateGaussian(LOC, covariance_matrix=covariance)
    np.testing.assert_allclose(d.scale_tril, TRIL, rtol=1e-10)
    np.testing.assert_allclose(d.covariance(), covariance, rtol=1e-12)
    one = ll.MultivariateGaussian(LOC, TRIL[0])
    assert one.covariance().shape == (5, 3, 3)
    np.testing.assert_allclose(one.entropy(), np.full(5, scipy.stats.multivariate_normal(cov=covariance[0]).entropy()))


MISTAKES = {
    "neither": (lambda: ll.MultivariateGaussian([0.0]), "takes either scale_tril or covariance_matrix"),
    "upper": (lambda: ll.MultivariateGaussian([0.0, 0.0], [[1.0, 0.5], [0.5, 1.0]]), "must be lower-triangular"),
    "diagonal": (lambda: ll.MultivariateGaussian([0.0, 0.0], -np.eye(2)), "with a positive diagonal"),
    "size": (lambda: ll.MultivariateGaussian(np.zeros(3), np.eye(2)), "must be 3 by 3, as loc has 3 entries, not 2"),
    "definite": (
        lambda: ll.MultivariateGaussian([0.0, 0.0], covariance_matrix=[[1.0, 2.0], [2.0, 1.0]]),
        "covariance_matrix must be symmetric and positive definite",
    ),
    "symmetric": (
        lambda: ll.MultivariateGaussian([0.0, 0.0], covariance_matrix=[[1.0, 0.2], [0.1, 1.0]]),
        "covariance_matrix must be symmetric",
    ),
    "one share": (lambda: ll.Dirichlet([[1.0]]), "^Dirichlet: concentration needs two entries"),
    "concentration": (lambda: ll.Dirichlet([1.0, 0.0]), "^Dirichlet: concentration must be a positive number"),
    "probs and logits": (lambda: ll.Multinomial(3, [0.0], probs=[1.0]), "^Multinomial takes either"),
    "probs": (lambda: ll.Multinomial(3, probs=[-1.0, 2.0]), "^Multinomial: probs must be"),
    "trials": (lambda: ll.Multinomial(2.5, [0.0, 0.0]), "^Multinomial: total_count must be a whole number"),
}


@pytest.mark.parametrize(("mistake", "message"), MISTAKES.values(), ids=MISTAKES)
def test_bad_parameters(mistake, message):
    with pytest.raises(ll.ParameterError, match=message):
        mistake()


def test_uncorrelated_outputs_are_independent():
    scale = RNG.uniform(0.5, 2.0, (5, 3))
    d, other = ll.MultivariateGaussian(LOC, scale[..., None] * np.eye(3)), ll.Independent(ll.Gaussian(LOC, scale))
    for name in ("log_prob", "cdf", "crps"):
        np.testing.assert_allclose(getattr(d, name)(Y), getattr(other, name)(Y), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(d.entropy(), other.entropy(), rtol=1e-13)


def test_extreme_raw_outputs_are_as_exact_as_the_equations_allow():
    corners = np.array(list(itertools.product([-50.0, 50.0], repeat=6)))
    corners[:, [1, 3, 4]] *= RNG.uniform(0.3, 1.0, (len(corners), 3))  # numbers off the diagonal, that cancel nothing
    raw = np.concatenate([corners, RNG.uniform(-50.0, 50.0, (200, 6))]).astype(np.float32).astype(np.float64)
    loc, y = RNG.uniform(-50.0, 50.0, (len(raw), 3)), RNG.uniform(-10.0, 10.0, (len(raw), 3))
    matrix, link_back = Cholesky().forward(raw)
    values, backward = ll.MultivariateGaussian.loss((loc, matrix), y)
    d_loc, d_matrix = backward(np.ones(len(raw)))
    got = np.concatenate([d_loc, link_back(d_matrix)], axis=-1)
    assert np.isfinite(values).all()
    assert np.isfinite(got).all()
    tried, nll = 0, exact_vectors.multivariate_gaussian.nll
    rows, cols = np.tril_indices(3)
    for i in [*range(len(corners)), *range(len(corners), len(raw), 4)]:
        if np.linalg.cond(matrix[i] / np.abs(matrix[i]).max(-1, keepdims=True)) > 1e5:
            continue
        tried += 1

        def loss(*z, i=i):
            numbers = [exact.softplus(v) if a == b else v for v, a, b in zip(z[3:], rows, cols, strict=True)]
            return nll(*z[:3], *numbers, [mp.mpf(t) for t in y[i].tolist()])

        with mp.workdps(150):
            z = tuple(map(mp.mpf, [*loc[i].tolist(), *raw[i].tolist()]))
            want = [float(mp.diff(loss, z, tuple(n))) for n in np.eye(9, dtype=int).tolist()]
            np.testing.assert_allclose(values[i], float(loss(*z)), rtol=1e-9)
        np.testing.assert_allclose(got[i], want, rtol=1e-9, atol=1e-9)
    assert tried >= 20


def test_the_gradient_in_scale_tril_is_lower_triangular():
    _, backward = ll.MultivariateGaussian.loss((LOC, TRIL), Y)
    np.testing.assert_array_equal(np.triu(backward(np.ones(5))[1], 1), 0.0)


# ---- Dirichlet and Multinomial -------------------------------------------------------------------------------


def test_two_shares_are_a_beta():
    a, b = RNG.uniform(0.3, 9.0, (2, 7))
    y = RNG.uniform(0.05, 0.95, 7)
    d = ll.Dirichlet(np.stack([a, b], -1))
    np.testing.assert_allclose(d.log_prob(np.stack([y, 1.0 - y], -1)), scipy.stats.beta(a, b).logpdf(y), rtol=1e-10)
    np.testing.assert_allclose(d.entropy(), scipy.stats.beta(a, b).entropy(), rtol=1e-10)


def test_shares_may_be_rounded():
    d = ll.Dirichlet([2.0, 3.0, 4.0])
    assert np.isfinite(d.log_prob(np.array([0.2, 0.3, 0.5], dtype=np.float32)))
    assert d.log_prob([0.2, 0.3, 0.5 + 9e-7]) > -np.inf
    assert d.log_prob([0.2, 0.3, 0.5 + 2e-6]) == -np.inf


def test_the_mode_of_a_dirichlet():
    d = ll.Dirichlet([[2.0, 3.0, 6.0], [0.5, 2.0, 3.0], [0.5, 0.9, 1.0]])
    np.testing.assert_allclose(d.mode(), [[0.125, 0.25, 0.625], [0.0, 1 / 3, 2 / 3], [0.0, 0.0, 1.0]])
    near = d[0].mode() + 1e-3 * (np.eye(3) - 1.0 / 3.0)
    assert (d[0].log_prob(near) < d[0].log_prob(d[0].mode())).all()


def test_a_concentrated_dirichlet_keeps_its_digits():
    a = np.array([3e9, 1e9, 4e9])
    y = a / a.sum() * [1.0 + 1e-5, 1.0, 1.0 - 0.75e-5]
    with mp.workdps(40):
        want = float(exact_vectors.dirichlet.nll(*map(mp.mpf, a), list(map(mp.mpf, y))))
    np.testing.assert_allclose(ll.Dirichlet(a).nll(y), want, rtol=1e-6, atol=1e-4)


def test_small_concentrations_draw_from_the_corners():
    draws = ll.Dirichlet([1e-3, 2e-3, 1e-3]).sample(20_000, rng=0)
    assert np.isfinite(ll.Dirichlet([1e-3, 2e-3, 1e-3]).log_prob(draws)).all()
    np.testing.assert_allclose(draws.mean(0), [0.25, 0.5, 0.25], atol=0.02)


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_masses_of_a_multinomial_sum_to_one_and_the_mode_is_the_largest(n):
    d = ll.Multinomial(n, probs=RNG.dirichlet(np.ones(3), size=6))
    counts = np.array([y for y in itertools.product(range(n + 1), repeat=3) if sum(y) == n], dtype=float)
    masses = d.log_prob(counts[:, None])
    np.testing.assert_allclose(np.exp(masses).sum(0), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(d.mode(), counts[masses.argmax(0)])
    np.testing.assert_allclose(d.entropy(), -(np.exp(masses) * masses).sum(0), rtol=1e-10, atol=1e-13)


def test_many_counts_keep_their_digits():
    y = np.array([1e9, 2e9, 3e9 + 1e5])
    d = ll.Multinomial(y.sum(), probs=[1.0, 2.0, 3.0])
    with mp.workdps(40):
        want = float(exact_vectors.multinomial.nll(0, *map(mp.mpf, d.logits), list(map(mp.mpf, y))))
    np.testing.assert_allclose(d.nll(y), want, rtol=1e-9, atol=1e-6)


def test_classes_that_cannot_occur():
    d = ll.Multinomial(3, probs=[0.5, 0.5, 0.0])
    np.testing.assert_allclose(d.log_prob([[1, 2, 0], [1, 1, 1]]), [np.log(3 / 8), -np.inf])
    np.testing.assert_array_equal(d.mean(), [1.5, 1.5, 0.0])
    np.testing.assert_array_equal(d.var(), [0.75, 0.75, 0.0])
    np.testing.assert_array_equal(d.ppf(0.9), [3.0, 3.0, 0.0])
    assert ll.Multinomial(3, [1.0]).log_prob([3]) == 0.0


def test_other_totals_are_other_distributions():
    d = ll.Multinomial([3, 4], [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(d.kl_divergence(ll.Multinomial(4, [0.0, 1.0, 2.0])), [np.inf, 0.0])


# ---- mixtures ------------------------------------------------------------------------------------------------

W = np.array([0.2, 0.5, 0.3])


def components(case: Family):
    """Return a batch of 5 rows of 3 components of the family, and a y for each row."""
    params = case.parameters(np.random.default_rng(2).uniform(0.3, 0.7, (5, 3, len(case.columns))))
    if "total_count" in case.ranges:
        params = (np.full((5, 3), 9.0), *params[1:])
    return params, case.observe(tuple(p[:, 0] for p in params), np.linspace(0.1, 0.9, 5))


@each(VECTORS)
def test_mixtures(case: Family):
    params, y = components(case)
    inner = case.distribution(params)
    d = ll.Mixture(inner, probs=W)
    assert (d.batch_shape, d.event_shape) == ((5,), (4,))
    np.testing.assert_allclose(d.log_prob(y), logsumexp(inner.log_prob(y[:, None]) + np.log(W), axis=-1), rtol=1e-12)
    mean = (W[:, None] * inner.mean()).sum(1)
    np.testing.assert_allclose(d.mean(), mean, rtol=1e-12)
    np.testing.assert_allclose(d.var(), (W[:, None] * (inner.var() + inner.mean() ** 2)).sum(1) - mean**2, rtol=1e-9)
    np.testing.assert_allclose(d.cdf(y), (W[:, None] * inner.cdf(y[:, None])).sum(1), rtol=1e-12)
    np.testing.assert_array_equal(d[1:3].log_prob(y[1:3]), d.log_prob(y)[1:3])
    assert d.marginals().batch_shape == d.crps(y).shape == d.ppf(0.4).shape == d.mode().shape == (5, 4)
    draws = d.sample(20_000, rng=0)
    assert draws.shape == (20_000, 5, 4)
    assert (d.log_prob(draws) > -np.inf).all()
    np.testing.assert_array_less(np.abs(draws.mean(0) - mean), 5.0 * draws.std(0) / np.sqrt(20_000) + 1e-12)


@each(VECTORS)
def test_gradient_of_a_mixture(case: Family):
    params, y = components(case)
    loss = loss_of_mixture(case.cls.loss, 1)
    logits = np.tile(np.log(W), (5, 1))
    values, backward = loss((logits, *params), y)
    np.testing.assert_allclose(values, ll.Mixture(case.distribution(params), probs=W).nll(y), rtol=1e-12)
    steps = (np.float64(1e-3), *(np.broadcast_to(s, p.shape) for s, p in zip(case.steps(params), params, strict=True)))
    assert_gradients(backward(np.ones(5)), gradients(loss, (logits, *params), y, steps))
    ours = run(lambda p, y: loss(p, y)[0], (logits, *params), y)
    np.testing.assert_allclose(ours, values, rtol=1e-12)
