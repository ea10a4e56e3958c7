"""A family of the user's own: parameters, support and log_prob, and nothing else."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from likelinet import Distribution, Parameter, positive


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


def test_rows_come_for_free():
    d = Rayleigh(scale=SCALE)
    np.testing.assert_array_equal(d[1:].log_prob(Y[1:]), d.log_prob(Y)[1:])


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


class Strict(Wrapped):
    """It breaks wherever it may take for granted not to be asked."""

    def log_prob(self, y):
        assert np.all((y > 0.0) & (y < np.inf))
        return super().log_prob(y)

    def cdf(self, y):
        assert np.all((y > 0.0) & (y < np.inf))
        return super().cdf(y)


OUTSIDE = np.array([-np.inf, -1.0, 0.0, 1.5, np.inf, np.nan])


@pytest.mark.parametrize(
    ("method", "below", "above"),
    [
        ("log_prob", -np.inf, -np.inf),
        ("cdf", 0.0, 1.0),
        ("sf", 1.0, 0.0),
        ("log_cdf", -np.inf, 0.0),
        ("log_sf", 0.0, -np.inf),
    ],
)
def test_outside_the_support_it_is_not_asked(method, below, above):
    d = Strict(scale=SCALE)
    inside = getattr(d, method)(1.5)
    want = np.stack([np.full(3, below)] * 3 + [inside, np.full(3, above), np.full(3, np.nan)])
    np.testing.assert_array_equal(getattr(d, method)(OUTSIDE[:, None]), want)
    assert np.ndim(getattr(Strict(scale=1.0), method)(-1.0)) == 0


def test_quantiles_at_the_ends_are_those_of_the_support():
    d, oracle = Strict(scale=SCALE), scipy.stats.rayleigh(scale=SCALE)
    q = np.array([0.0, 0.3, 1.0, -0.1, 1.1, np.nan])[:, None]
    np.testing.assert_allclose(d.ppf(q), oracle.ppf(q), rtol=1e-12)
    np.testing.assert_allclose(d.isf(q), oracle.isf(q), rtol=1e-12)
    assert np.isfinite(d.isf(1e-300)).all()
    mixture = ll.Mixture(Strict(scale=[4.34852138, 4.37577573]), probs=[0.5, 0.5])  # its sf rounds to 0 there
    np.testing.assert_allclose(mixture.isf([1e-16, 1e-17]), oracle.isf(1e-16)[1] * 4.36 / 2.0, rtol=0.02)

    class Log(Rayleigh):
        def ppf(self, q):
            with np.errstate(invalid="ignore"):
                return np.where((q > 0.0) & (q < 1.0), q, np.nan)

    np.testing.assert_array_equal(Log(scale=1.0).ppf([0.0, 0.5, 1.0]), [0.0, 0.5, np.inf])


def test_an_end_that_goes_with_its_parameters_stays():
    class Uniform(Distribution):
        parameters = (Parameter("high", positive, role="scale"),)
        support = positive

        def log_prob(self, y):
            return np.where(y <= self.high, -np.log(self.high), -np.inf)

        def cdf(self, y):
            return np.minimum(y / self.high, 1.0)

        def ppf(self, q):
            return q * self.high

    np.testing.assert_array_equal(Uniform(high=[2.0, 3.0]).ppf(1.0), [2.0, 3.0])
    np.testing.assert_allclose(ll.Truncated(Uniform(high=2.0), low=1.0).interval(0.5), (1.25, 1.75), rtol=1e-12)


def test_counts_of_its_own_see_whole_numbers():
    class Geometric(Distribution):
        parameters = (Parameter("logits"),)
        support = ll.nonnegative_integer

        def log_prob(self, y):
            assert np.all((y >= 0.0) & (y == np.floor(y)))
            return -np.logaddexp(0.0, -self.logits) - y * np.logaddexp(0.0, self.logits)

        def cdf(self, y):
            assert np.all((y >= 0.0) & (y == np.floor(y)))
            return -np.expm1(-(y + 1.0) * np.logaddexp(0.0, self.logits))

    d, oracle = Geometric(logits=0.0), scipy.stats.geom(0.5, loc=-1)
    y = np.array([-1.0, -0.5, 0.0, 0.5, 3.0, 3.9, np.inf])
    np.testing.assert_allclose(d.cdf(y), oracle.cdf(y), rtol=1e-12)
    np.testing.assert_allclose(np.exp(d.log_prob(y)), [0.0, 0.0, 0.5, 0.0, 0.0625, 0.0, 0.0], rtol=1e-12)
    np.testing.assert_allclose(np.exp(ll.ZeroInflated(d, 0.5).log_prob([-1.0, 0.0, 1.0])), [0.0, 0.75, 0.125])


@pytest.mark.parametrize(
    "over",
    [
        lambda d: ll.Truncated(d, -1.0, 5.0),
        lambda d: ll.Truncated(d, 1.0),
        ll.Discretised,
        lambda d: ll.Transformed(d, ll.Affine(1.0, 2.0)),
        lambda d: ll.Transformed(d, ll.Log()),
        lambda d: ll.Mixture(d, np.zeros(3)),
        lambda d: ll.ZeroInflated(d, 0.3),
        lambda d: ll.Hurdle(d, 0.3),
        ll.Censored,
    ],
)
def test_distributions_over_it_ask_for_nothing_else(over):
    d = over(Strict(scale=SCALE))
    y = np.array([-np.inf, -1.0, 0.0, 1e-300, 0.5, 2.0, 1e3, np.inf, np.nan])[:, None]
    for method in ("log_prob", "cdf", "sf", "log_cdf", "log_sf"):
        values = getattr(d, method)(y[:, 0] if d.batch_shape == () else y)
        assert np.isnan(values[-1]).all()
        assert not np.isnan(values[:-1]).any()
    q = np.array([0.0, 0.1, 0.9, 1.0])[:, None]
    for method in ("ppf", "isf"):
        values = getattr(d, method)(q[:, 0] if d.batch_shape == () else q)
        assert np.all(np.diff(values, axis=0) * (1.0 if method == "ppf" else -1.0) >= 0.0)
    d.interval(0.9)
    d.median()
    assert np.isfinite(d.sample(100, rng=0)).all()


def test_a_wrapper_needs_its_cdf_and_says_what_for():
    with pytest.raises(ll.UndefinedError, match=r"^Rayleigh has no cdf, which truncation.* need: define cdf"):
        ll.Truncated(Rayleigh(scale=1.0), 0.5, 2.0)
    with pytest.raises(ll.UndefinedError, match="define cdf"):
        ll.Discretised(Rayleigh(scale=1.0)).log_prob(1.0)
    with pytest.raises(ll.UndefinedError, match="define cdf"):
        ll.Censored(Rayleigh(scale=1.0)).log_prob(ll.Interval(1.0, 2.0))


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


def test_marginal_is_the_former_name_of_estimate():
    with pytest.warns(DeprecationWarning, match="Former: marginal is now called estimate"):

        class Former(ll.Distribution):
            parameters = (ll.Parameter("loc"),)

            @classmethod
            def marginal(cls, y, weight):
                return (np.average(y, weights=weight),)

            def log_prob(self, y):
                return -np.abs(y - self.loc) - np.log(2.0)

    np.testing.assert_allclose(Former.estimate(np.array([1.0, 5.0]), np.array([3.0, 1.0]))[0], 2.0)


def test_parameters_that_no_distribution_can_have_give_nan_to_training():
    """A search that has gone too far hears of it by the loss of that row."""
    scale = np.array([0.5, np.nan, 0.0, -1.0, np.inf, 3.0])
    y, sound = np.full(6, 1.5), np.array([True, False, False, False, False, True])
    oracle = scipy.stats.rayleigh(scale=scale[sound])
    values, _ = Wrapped.loss((scale,), y)
    log_cdf, log_sf, _ = Wrapped.tails((scale,), y)
    for found, want in ((-values, oracle.logpdf(1.5)), (log_cdf, oracle.logcdf(1.5)), (log_sf, oracle.logsf(1.5))):
        np.testing.assert_allclose(found[sound], want, rtol=1e-12)
        assert np.isnan(found[~sound]).all()
