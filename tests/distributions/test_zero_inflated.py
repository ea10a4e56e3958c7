"""Zero inflation and hurdles against formulas written out."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll

G = np.array([0.1, 0.6])
RATE = np.array([0.7, 4.0])
K = np.arange(60.0)[:, None]


def test_zero_inflated_poisson():
    d = ll.ZeroInflated(ll.Poisson(RATE), G)
    p = (1.0 - G) * scipy.stats.poisson(RATE).pmf(K) + G * (K == 0.0)
    np.testing.assert_allclose(np.exp(d.log_prob(K)), p, rtol=1e-11)
    np.testing.assert_allclose(d.cdf(K), np.cumsum(p, axis=0), rtol=1e-12)
    np.testing.assert_allclose(d.mean(), (1.0 - G) * RATE, rtol=1e-13)
    np.testing.assert_allclose(d.var(), (1.0 - G) * RATE * (1.0 + G * RATE), rtol=1e-13)
    np.testing.assert_allclose(ll.ZeroInflated(ll.Poisson(RATE), gate_logits=np.log(G / (1.0 - G))).gate, G)


def test_hurdle_poisson():
    d = ll.Hurdle(ll.Poisson(RATE), G)
    pmf = scipy.stats.poisson(RATE).pmf
    p = np.where(K == 0.0, G, (1.0 - G) * pmf(K) / (1.0 - pmf(0.0)))
    np.testing.assert_allclose(np.exp(d.log_prob(K)), p, rtol=1e-11)
    np.testing.assert_allclose(d.mean(), (K * p).sum(0), rtol=1e-12)
    np.testing.assert_allclose(d.entropy(), -(p * np.log(p)).sum(0), rtol=1e-11)


@pytest.mark.parametrize("cls", [ll.ZeroInflated, ll.Hurdle])
def test_over_a_density_there_is_an_atom(cls):
    d = cls(ll.Gamma(1.0, 1.0), 0.25)
    np.testing.assert_allclose(d.log_prob([0.0, 2.0, -1.0]), [np.log(0.25), np.log(0.75) - 2.0, -np.inf], rtol=1e-13)
    np.testing.assert_allclose(d.cdf([-1e-9, 0.0, 2.0]), [0.0, 0.25, 1.0 - 0.75 * np.exp(-2.0)], rtol=1e-13)
    np.testing.assert_array_equal(d.ppf([0.1, 0.25]), [0.0, 0.0])
    np.testing.assert_allclose(d.ppf(0.5), -np.log(0.5 / 0.75), rtol=1e-12)
    np.testing.assert_allclose(d.isf(1e-200), np.log(0.75) + 200.0 * np.log(10.0), rtol=1e-12)
    assert float(d.mode()) == 0.0
    real = cls(ll.Gaussian(0.0, 1.0), 0.5)
    np.testing.assert_allclose(
        real.ppf([0.1, 0.25, 0.5, 0.75, 0.9]), [-0.8416212335729, 0, 0, 0, 0.8416212335729], atol=1e-12
    )
    np.testing.assert_allclose(real.log_prob([0.0, 1.0]), np.log([0.5, 0.5 * scipy.stats.norm.pdf(1.0)]), rtol=1e-13)


def test_gates_of_zero_and_one():
    d = ll.ZeroInflated(ll.Poisson(2.0), [0.0, 1.0])
    np.testing.assert_array_equal(d.log_prob(0.0), [-2.0, 0.0])
    np.testing.assert_array_equal(d.log_prob(1.0)[1], -np.inf)
    np.testing.assert_array_equal(d.sample(100, rng=0)[:, 1], np.zeros(100))
    np.testing.assert_allclose(d.mean(), [2.0, 0.0])
    np.testing.assert_allclose(d.entropy(), [ll.Poisson(2.0).entropy(), 0.0], rtol=1e-12, atol=1e-15)


def test_divergence_where_only_one_has_an_atom():
    with_atom, without = ll.ZeroInflated(ll.Gamma(2.0, 1.0), 0.3), ll.Gamma(2.0, 1.0)
    assert float(with_atom.kl_divergence(without)) == np.inf
    np.testing.assert_allclose(without.kl_divergence(with_atom), -np.log(0.7), rtol=1e-10)


@pytest.mark.parametrize("cls", [ll.ZeroInflated, ll.Hurdle])
def test_divergence_where_a_gap_lies_above_zero(cls):
    base = ll.Gamma(2.0, 0.8)
    between = ll.Truncated(base, 0.2, 3.0)
    of_rest = -np.log(base.cdf(3.0) - base.cdf(0.2))
    d, gate = cls(between, [0.3, 0.0, 1.0]), np.array([0.3, 0.0, 1.0])
    np.testing.assert_array_equal(d.kl_divergence(d), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_gates = np.nansum([gate * np.log(gate / 0.2), (1.0 - gate) * np.log((1.0 - gate) / 0.8)], axis=0)
    want = of_gates + (1.0 - gate) * of_rest
    np.testing.assert_allclose(d.kl_divergence(cls(base, 0.2)), want, rtol=1e-12)
    np.testing.assert_array_equal(cls(base, 0.2).kl_divergence(d), np.inf)


BETWEEN = {
    "above": ll.Truncated(ll.Gamma([2.0, 3.0], 0.8), 0.2, 3.0),
    "far above": ll.Truncated(ll.LogNormal([4.6, 6.0], 1.0), 100.0),
    "below": ll.Truncated(ll.Gaussian([-1.0, -4.0], 1.5), high=-0.5),
}


@pytest.mark.parametrize("rest", BETWEEN.values(), ids=BETWEEN)
@pytest.mark.parametrize("cls", [ll.ZeroInflated, ll.Hurdle])
def test_mixtures_with_a_gap_between_zero_and_the_rest(cls, rest):
    """A mixture of hurdles of one gate is a hurdle over a mixture."""
    mixed, whole = ll.Mixture(cls(rest, 0.3), np.zeros(2)), cls(ll.Mixture(rest, np.zeros(2)), 0.3)
    other = ll.Mixture(cls(rest, 0.2), np.array([0.0, 1.0]))
    alike = cls(ll.Mixture(rest, np.array([0.0, 1.0])), 0.2)
    np.testing.assert_allclose(mixed.entropy(), whole.entropy(), rtol=1e-9)
    y = np.concatenate([[-1.0, 0.0, 0.1, 50.0], whole.ppf([0.01, 0.5, 0.99])])
    np.testing.assert_allclose(mixed.crps(y), whole.crps(y), rtol=1e-9)
    np.testing.assert_allclose(mixed.gini_mean_difference(), whole.gini_mean_difference(), rtol=1e-9)
    np.testing.assert_allclose(mixed.kl_divergence(other), whole.kl_divergence(alike), rtol=1e-9)


MISTAKES = {
    "both": (lambda: ll.ZeroInflated(ll.Poisson(1.0), 0.5, gate_logits=0.0), "takes either gate or gate_logits"),
    "neither": (lambda: ll.Hurdle(ll.Poisson(1.0)), "^Hurdle takes either gate or gate_logits"),
    "range": (lambda: ll.ZeroInflated(ll.Poisson(1.0), 1.5), "must be a number between 0 and 1, got 1.5"),
    "nan": (lambda: ll.ZeroInflated(ll.Poisson(1.0), gate_logits=np.nan), "must not be NaN"),
    "negative": (lambda: ll.Hurdle(ll.Discretised(ll.Gaussian(0.0, 1.0)), 0.5), "without negative whole numbers"),
    "atom": (lambda: ll.Hurdle(ll.ZeroInflated(ll.Gamma(1.0, 1.0), 0.5), 0.5), "must not have an atom at 0"),
    "classes": (lambda: ll.Hurdle(ll.Categorical(np.zeros(3)), 0.5), "^Hurdle: base must be a distribution of one"),
}


@pytest.mark.parametrize(("mistake", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(mistake, message):
    with pytest.raises(ll.ParameterError, match=message):
        mistake()
