"""A family of the user's own: parameters, support and log_prob, and nothing else."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from likelinet import Distribution, Parameter, positive
from likelinet.distributions.affine import affine


class Rayleigh(Distribution):
    """As in the docstring of `Distribution`."""

    parameters = (Parameter("scale", positive, role="scale"),)
    support = positive

    def log_prob(self, y):
        return np.log(y / self.scale**2) - 0.5 * (y / self.scale) ** 2


class SamplingRayleigh(Rayleigh):
    """One further method makes what follows from it available."""

    def ppf(self, q):
        return self.scale * np.sqrt(-2.0 * np.log1p(-np.asarray(q)))


SCALE, Y = np.array([0.5, 2.0, 3.0]), np.array([1.0, 1.5, 7.0])


def test_log_prob():
    d = Rayleigh(scale=SCALE)
    want = scipy.stats.rayleigh(scale=SCALE).logpdf(Y)
    np.testing.assert_allclose(d.log_prob(Y), want, rtol=1e-13)
    np.testing.assert_allclose(d.nll(Y), -want, rtol=1e-13)
    assert (d.batch_shape, d.event_shape) == ((3,), ())
    assert repr(Rayleigh(scale=2.0)) == "Rayleigh(scale=2.)"


def test_rows_and_maps_come_for_free():
    d = Rayleigh(scale=SCALE)
    np.testing.assert_array_equal(d[1:].log_prob(Y[1:]), d.log_prob(Y)[1:])
    assert type(affine(d, 0.0, 2.0)) is Rayleigh
    np.testing.assert_allclose(affine(d, 0.0, 2.0).log_prob(2.0 * Y), d.log_prob(Y) - np.log(2.0), rtol=1e-13)
    np.testing.assert_allclose(affine(d, 1.0, 2.0).log_prob(1.0 + 2.0 * Y), d.log_prob(Y) - np.log(2.0), rtol=1e-13)


def test_mixtures_and_several_outputs_of_it():
    oracle = scipy.stats.rayleigh(scale=SCALE)
    mixture = ll.Mixture(Rayleigh(scale=SCALE), probs=[0.2, 0.3, 0.5])
    np.testing.assert_allclose(mixture.log_prob(1.5), np.log([0.2, 0.3, 0.5] @ oracle.pdf(1.5)), rtol=1e-13)
    np.testing.assert_allclose(ll.Independent(Rayleigh(scale=SCALE)).log_prob(Y), oracle.logpdf(Y).sum(), rtol=1e-13)


@pytest.mark.parametrize(
    ("method", "missing"),
    [
        ("cdf", "cdf"),
        ("sf", "cdf"),
        ("log_cdf", "cdf"),
        ("log_sf", "cdf"),
        ("ppf", "ppf"),
        ("isf", "ppf"),
        ("crps", "crps"),
    ],
)
def test_missing_methods_say_so(method, missing):
    with pytest.raises(ll.UndefinedError, match=f"^Rayleigh has no {missing}"):
        getattr(Rayleigh(scale=1.0), method)(0.5)


def test_a_cdf_and_a_ppf_bring_the_rest():
    class Full(Rayleigh):
        def cdf(self, y):
            return -np.expm1(-0.5 * (y / self.scale) ** 2)

        def ppf(self, q):
            return self.scale * np.sqrt(-2.0 * np.log1p(-np.asarray(q)))

    d, oracle = Full(scale=SCALE), scipy.stats.rayleigh(scale=SCALE)
    np.testing.assert_allclose(d.sf(Y), oracle.sf(Y), rtol=1e-12)
    np.testing.assert_allclose(d.log_cdf(Y), oracle.logcdf(Y), rtol=1e-12)
    np.testing.assert_allclose(d.interval(0.8), oracle.interval(0.8), rtol=1e-12)
    draws = d.sample((100_000,), rng=0)
    assert draws.shape == (100_000, *SCALE.shape)
    assert all(
        scipy.stats.kstest(draws[:, i], scipy.stats.rayleigh(scale=s).cdf).pvalue > 1e-4 for i, s in enumerate(SCALE)
    )


class Wrapped(SamplingRayleigh):
    """With what other distributions over it need."""

    def cdf(self, y):
        return -np.expm1(-0.5 * (np.asarray(y) / self.scale) ** 2)


def test_distributions_over_it():
    d, oracle = Wrapped(scale=SCALE), scipy.stats.rayleigh(scale=SCALE)
    mass = oracle.cdf(5.0) - oracle.cdf(0.3)
    truncated = ll.Truncated(d, 0.3, 5.0)
    np.testing.assert_allclose(truncated.log_prob(1.5), oracle.logpdf(1.5) - np.log(mass), rtol=1e-12)
    np.testing.assert_allclose(truncated.cdf(1.5), (oracle.cdf(1.5) - oracle.cdf(0.3)) / mass, rtol=1e-12)
    y = ll.Interval([0.4, 1.0, -np.inf], [0.4, np.inf, 2.0])
    want = [oracle.logpdf(0.4)[0], oracle.logsf(1.0)[1], oracle.logcdf(2.0)[2]]
    np.testing.assert_allclose(ll.Censored(d).log_prob(y), want, rtol=1e-12)
    np.testing.assert_allclose(np.exp(ll.Discretised(d).log_prob(0.0)), oracle.cdf(0.5), rtol=1e-12)
    np.testing.assert_allclose(ll.Discretised(d).cdf(2.0), oracle.cdf(2.5), rtol=1e-12)
    np.testing.assert_allclose(ll.ZeroInflated(d, gate=0.3).cdf(1.5), 0.3 + 0.7 * oracle.cdf(1.5), rtol=1e-12)
    np.testing.assert_allclose(ll.Hurdle(d, gate=0.3).log_prob(1.5), np.log(0.7) + oracle.logpdf(1.5), rtol=1e-12)
    np.testing.assert_allclose(ll.Transformed(d, ll.Log()).median(), np.exp(oracle.median()), rtol=1e-12)


def test_the_gradient_of_its_cdf_by_differences():
    log_cdf, log_sf, backward = Wrapped.tails((SCALE,), Y)
    oracle, step = scipy.stats.rayleigh, 1e-5 * SCALE
    np.testing.assert_allclose(log_cdf, oracle.logcdf(Y, scale=SCALE), rtol=1e-12)
    np.testing.assert_allclose(log_sf, oracle.logsf(Y, scale=SCALE), rtol=1e-9)
    for weights, f in (((1.0, 0.0), oracle.logcdf), ((0.0, 1.0), oracle.logsf)):
        want = (f(Y, scale=SCALE + step) - f(Y, scale=SCALE - step)) / (2.0 * step)
        np.testing.assert_allclose(backward(*(np.full(3, w) for w in weights))[0], want, rtol=1e-6)


@pytest.mark.parametrize("method", ["mean", "var", "std", "mode", "entropy", "median", "sample"])
def test_missing_summaries_say_so(method):
    with pytest.raises(ll.UndefinedError, match=r"^Rayleigh has no \w+\.$"):
        getattr(Rayleigh(scale=1.0), method)()


def test_what_it_defines_becomes_available():
    d = SamplingRayleigh(scale=SCALE)
    np.testing.assert_allclose(d.median(), scipy.stats.rayleigh(scale=SCALE).median(), rtol=1e-13)


def test_its_parameters_are_checked():
    with pytest.raises(ll.ParameterError, match=r"^Rayleigh: scale must be a positive number, got -1.0\.$"):
        Rayleigh(scale=-1.0)
    with pytest.raises(ll.ParameterError, match=r"^Rayleigh takes the parameters scale, not rate\.$"):
        Rayleigh(rate=1.0)
