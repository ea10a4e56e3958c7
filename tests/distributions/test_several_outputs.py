"""Independent outputs, and mixtures of them, against sums and products written out by hand."""

import numpy as np
import pytest
import scipy.stats
from scipy.special import logsumexp

import likelinet as ll
from likelinet.distributions.over.mixture_formulas import loss_of_mixture
from tests.differences import assert_gradients, gradients

RNG = np.random.default_rng(4)
LOC, SCALE = RNG.normal(size=(5, 2)), RNG.uniform(0.5, 2.0, (5, 2))
Y = RNG.normal(size=(5, 2))
D = ll.Independent(ll.Gaussian(LOC, SCALE))
ORACLE = scipy.stats.norm(LOC, SCALE)


def test_joint_quantities_have_the_batch_shape():
    assert (D.batch_shape, D.event_shape) == ((5,), (2,))
    np.testing.assert_allclose(D.log_prob(Y), ORACLE.logpdf(Y).sum(-1), rtol=1e-12)
    np.testing.assert_allclose(D.entropy(), ORACLE.entropy().sum(-1), rtol=1e-12)
    other = ll.Independent(ll.Gaussian(np.zeros((5, 2)), 1.0))
    np.testing.assert_allclose(D.kl_divergence(other), D.base.kl_divergence(other.base).sum(-1), rtol=1e-12)
    with pytest.raises(ll.UndefinedError, match="between Independent and Gaussian"):
        D.kl_divergence(D.base)


def test_the_others_are_by_output():
    for name in ["cdf", "sf"]:
        np.testing.assert_allclose(getattr(D, name)(Y), getattr(ORACLE, name)(Y), rtol=1e-12)
    for name, oracle in [("log_cdf", ORACLE.logcdf), ("log_sf", ORACLE.logsf)]:
        np.testing.assert_allclose(getattr(D, name)(Y), oracle(Y), rtol=1e-12)
    for name in ["mean", "var", "std", "median"]:
        np.testing.assert_allclose(getattr(D, name)(), getattr(ORACLE, name)(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(D.ppf(0.3), ORACLE.ppf(0.3), rtol=1e-12)
    np.testing.assert_allclose(D.isf(0.3), ORACLE.isf(0.3), rtol=1e-12)
    np.testing.assert_allclose(D.interval(0.9), ORACLE.interval(0.9), rtol=1e-12)
    np.testing.assert_array_equal(D.crps(Y), D.base.crps(Y))
    np.testing.assert_array_equal(D.mode(), LOC)


@pytest.mark.parametrize("scale", [SCALE, SCALE[0], 1.5])
def test_rows(scale):
    d = ll.Independent(ll.Gaussian(LOC, scale))
    for rows in (2, slice(1, 3), np.array([4, 0])):
        np.testing.assert_allclose(d[rows].log_prob(Y[rows]), d.log_prob(Y)[rows], rtol=1e-14)


W = np.array([0.2, 0.5, 0.3])
LOC3 = RNG.normal(scale=3.0, size=(5, 3, 2))
MIXED = [
    pytest.param(
        ll.Mixture(ll.Independent(ll.Gaussian(LOC3, s)), probs=W), scipy.stats.norm(LOC3, s), id=str(np.shape(s))
    )
    for s in (RNG.uniform(0.5, 2.0, (5, 3, 2)), RNG.uniform(0.5, 2.0, 2), 0.7)
]


@pytest.mark.parametrize(("d", "oracle"), MIXED)
def test_mixture_of_several_outputs(d, oracle):
    assert (d.batch_shape, d.event_shape) == ((5,), (2,))
    joint = oracle.logpdf(Y[:, None, :]).sum(-1)
    np.testing.assert_allclose(d.log_prob(Y), logsumexp(joint + np.log(W), axis=-1), rtol=1e-12)
    cdf = (W[:, None] * oracle.cdf(Y[:, None, :])).sum(1)
    np.testing.assert_allclose(d.cdf(Y), cdf, rtol=1e-12)
    np.testing.assert_allclose(d.sf(Y), 1.0 - cdf, rtol=1e-9)
    np.testing.assert_allclose(d.log_cdf(Y), np.log(cdf), rtol=1e-12)
    mean = (W[:, None] * oracle.mean()).sum(1)
    np.testing.assert_allclose(d.mean(), mean, rtol=1e-12)
    np.testing.assert_allclose(d.var(), (W[:, None] * (oracle.var() + oracle.mean() ** 2)).sum(1) - mean**2, rtol=1e-11)
    np.testing.assert_allclose(d.cdf(d.ppf(0.3)), np.full((5, 2), 0.3), rtol=1e-10)
    np.testing.assert_allclose(d.sf(d.isf(0.3)), np.full((5, 2), 0.3), rtol=1e-10)


@pytest.mark.parametrize(("d", "oracle"), MIXED)
def test_marginals_rows(d, oracle):
    m = d.marginals()
    assert (m.batch_shape, m.event_shape) == ((5, 2), ())
    want = np.log((W[:, None] * oracle.pdf(Y[:, None, :])).sum(1))
    np.testing.assert_allclose(m.log_prob(Y), want, rtol=1e-12)
    np.testing.assert_allclose(d.crps(Y), m.crps(Y), rtol=1e-14)
    np.testing.assert_allclose(d[1:3].log_prob(Y[1:3]), d.log_prob(Y)[1:3], rtol=1e-14)
    assert d.sample(3, rng=0).shape == (3, 5, 2)
    np.testing.assert_allclose(d.mode(), d.marginals().mode())
    with pytest.raises(ll.UndefinedError, match="for several outputs"):
        d.entropy()


def test_gradient_of_a_mixture_of_several_outputs():
    def joint(params, y):
        values, backward = ll.Gaussian.loss(params, y)
        return values.sum(-1), lambda d: backward(np.broadcast_to(d[..., None], values.shape))

    def moved_last(params, y):  # the entries of (…, K, d) as one trailing axis, for the differences
        logits, *inner = params
        return loss((logits, *(p.reshape(5, 3, 2) for p in inner)), Y)

    loss = loss_of_mixture(joint, 1)
    params = (np.tile(np.log(W), (5, 1)), LOC3, np.full((5, 3, 2), 0.8))
    values, backward = loss(params, Y)
    np.testing.assert_allclose(values, ll.Mixture(ll.Independent(ll.Gaussian(LOC3, 0.8)), probs=W).nll(Y), rtol=1e-12)
    flat = (params[0], LOC3.reshape(5, 6), params[2].reshape(5, 6))
    want = gradients(moved_last, flat, Y[:, 0], (np.float64(1e-3),) * 3)
    assert_gradients([g.reshape(5, -1) for g in backward(np.ones(5))], want)
