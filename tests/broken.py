"""Families with one mistake each, and the right ones that they spoil: what `tests/test_testing.py` has found out."""

import numpy as np
import scipy.special

import likelinet as ll


class Rayleigh(ll.Distribution):
    """Right in everything, with an analytic loss and analytic tails."""

    parameters = (ll.Parameter("scale", ll.positive, role="scale"),)
    support = ll.positive

    def log_prob(self, y):
        return np.log(y / self.scale**2) - 0.5 * (y / self.scale) ** 2

    def cdf(self, y):
        return -np.expm1(-0.5 * (y / self.scale) ** 2)

    def ppf(self, q):
        return self.scale * np.sqrt(-2.0 * np.log1p(-np.asarray(q)))

    def mean(self):
        return self.scale * np.sqrt(0.5 * np.pi)

    def var(self):
        return self.scale**2 * (2.0 - 0.5 * np.pi)

    @classmethod
    def loss(cls, params, y):
        (scale,) = params
        z2 = (y / scale) ** 2
        return 0.5 * z2 + 2.0 * np.log(scale) - np.log(y), lambda d: (d * (2.0 - z2) / scale,)

    @classmethod
    def tails(cls, params, y):
        (scale,) = params
        w = 0.5 * (y / scale) ** 2
        return (
            np.log(-np.expm1(-w)),
            -w,
            lambda d_cdf, d_sf: ((2.0 * d_sf * w - d_cdf * 2.0 * w / np.expm1(w)) / scale,),
        )


class FlippedSign(Rayleigh):
    @classmethod
    def loss(cls, params, y):
        values, backward = super().loss(params, y)
        return values, lambda d: tuple(-g for g in backward(d))


class OtherLoss(Rayleigh):
    @classmethod
    def loss(cls, params, y):
        values, backward = super().loss(params, y)
        return values + 0.1, backward


class ForgottenChain(Rayleigh):
    @classmethod
    def loss(cls, params, y):
        values, backward = super().loss(params, y)
        return values, lambda d: backward(np.ones_like(d))


class InPlace(Rayleigh):
    @classmethod
    def loss(cls, params, y):
        result = super().loss(params, y.copy())
        y *= 2.0
        return result


class SummedLoss(Rayleigh):
    @classmethod
    def loss(cls, params, y):
        values, backward = super().loss(params, y)
        return values.sum(), backward


class SummedGradient(Rayleigh):
    @classmethod
    def loss(cls, params, y):
        values, backward = super().loss(params, y)
        return values, lambda d: tuple(g.sum() for g in backward(d))


class WrongTails(Rayleigh):
    @classmethod
    def tails(cls, params, y):
        log_cdf, log_sf, backward = super().tails(params, y)
        return log_cdf, log_sf, lambda d_cdf, d_sf: backward(d_cdf, -d_sf)


class OtherTails(Rayleigh):
    @classmethod
    def tails(cls, params, y):
        log_cdf, log_sf, backward = super().tails(params, y)
        return log_sf, log_cdf, backward


class Bare(ll.Distribution):
    """By log_prob alone, as are those below."""

    parameters = Rayleigh.parameters
    support = ll.positive
    log_prob = Rayleigh.log_prob


class MissingConstant(Bare):
    def log_prob(self, y):
        return super().log_prob(y) - 0.5 * np.log(2.0 * np.pi)


class MissingScale(Bare):
    def log_prob(self, y):
        return super().log_prob(y) + np.log(self.scale)


class VarianceInOnePlace(ll.Distribution):
    parameters = (ll.Parameter("loc", role="location"), ll.Parameter("scale", ll.positive, role="scale"))

    def log_prob(self, y):
        return -0.5 * (y - self.loc) ** 2 / self.scale - np.log(self.scale) - 0.5 * np.log(2.0 * np.pi)


class VarianceForScale(VarianceInOnePlace):
    def log_prob(self, y):
        return -0.5 * ((y - self.loc) ** 2 / self.scale + np.log(2.0 * np.pi * self.scale))


class RateForScale(Bare):
    def log_prob(self, y):
        return Rayleigh(scale=1.0 / self.scale).log_prob(y)


class ScaleForRate(Bare):
    parameters = (ll.Parameter("scale", ll.positive, role="rate"),)


class NoScale(Bare):
    """A Weibull distribution whose shape is called its scale."""

    def log_prob(self, y):
        return np.log(self.scale) + (self.scale - 1.0) * np.log(y) - y**self.scale


class FixedLocation(VarianceInOnePlace):
    """A Gaussian whose variance grows with its mean, so that the mean is not a location."""

    def log_prob(self, y):
        s = np.sqrt(self.scale**2 + self.loc**2)
        return -0.5 * ((y - self.loc) / s) ** 2 - np.log(s) - 0.5 * np.log(2.0 * np.pi)


class Broadcasting(Rayleigh):
    def log_prob(self, y):
        return super().log_prob(np.asarray(y)[..., None])


class ColumnOfParameters(Bare):
    def log_prob(self, y):
        return Rayleigh(scale=self.scale[..., None]).log_prob(y)


class MixingRows(Bare):
    def log_prob(self, y):
        return super().log_prob(y) - np.log(np.mean(self.scale)) + np.log(self.scale)


class WrongCdf(Rayleigh):
    def cdf(self, y):
        return -np.expm1(-((y / self.scale) ** 2))


class WrongSf(Rayleigh):
    def sf(self, y):
        return self.cdf(y)


class WrongQuantiles(Rayleigh):
    def ppf(self, q):
        return self.scale * np.sqrt(-np.log1p(-np.asarray(q)))


class WrongIsf(Rayleigh):
    def isf(self, q):
        return self.ppf(q)


class WrongSamples(Rayleigh):
    def sample(self, sample_shape=(), rng=None):
        return 1.1 * super().sample(sample_shape, rng)


class WrongSamplesAlone(Bare):
    """No cdf and no quantiles: the samples can be compared with the density alone."""

    def sample(self, sample_shape=(), rng=None):
        return np.random.default_rng(rng).rayleigh(1.1 * self.scale, (*sample_shape, *self.batch_shape))


class ShapeOfSamples(Rayleigh):
    def sample(self, sample_shape=(), rng=None):
        return super().sample(sample_shape, rng).T


class WrongMean(Rayleigh):
    def mean(self):
        return self.scale


class StandardDeviationForVariance(Rayleigh):
    def var(self):
        return self.scale * np.sqrt(2.0 - 0.5 * np.pi)


class WrongMasses(ll.Distribution):
    """A geometric distribution that starts at 1, said to start at 0."""

    parameters = (ll.Parameter("probs", ll.unit_interval),)
    support = ll.nonnegative_integer

    def log_prob(self, y):
        return np.log(self.probs) + (y - 1.0) * np.log1p(-self.probs)


class Nan(Bare):
    def log_prob(self, y):
        return np.where(y > self.scale, np.nan, super().log_prob(y))


class Overflowing(ll.Distribution):
    """A Gaussian as the logarithm of its density."""

    parameters = VarianceInOnePlace.parameters

    def log_prob(self, y):
        z = (y - self.loc) / self.scale
        with np.errstate(divide="ignore"):
            return np.log(np.exp(-0.5 * z * z) / (self.scale * np.sqrt(2.0 * np.pi)))


class Cosh(ll.Distribution):
    """A logistic distribution by an exponential that overflows, where ∞ / ∞ is NaN."""

    parameters = VarianceInOnePlace.parameters

    def log_prob(self, y):
        with np.errstate(all="ignore"):
            e = np.exp((y - self.loc) / self.scale)
            return np.where(np.abs(np.log(e)) < 600.0, np.log(e / (1.0 + e) ** 2), np.log(e / e)) - np.log(self.scale)


class Shares(ll.Distribution):
    """A Dirichlet distribution by log_prob and samples, with vectors as parameter and as y; `mistake` spoils it."""

    parameters = (ll.Parameter("concentration", ll.positive, event_ndim=1),)
    support = ll.unit_interval
    mistake = ""

    def __init__(self, concentration):
        self._set({"concentration": concentration})
        self.event_shape = self.concentration.shape[-1:]

    def log_prob(self, y):
        a, log_gamma = self.concentration, scipy.special.gammaln
        constant = log_gamma(a.sum(-1)) * (self.mistake != "constant") - log_gamma(a).sum(-1)
        return constant + ((a - 1.0) * np.log(y)).sum(0 if self.mistake == "axis" else -1)

    def sample(self, sample_shape=(), rng=None):
        stretched = 1.1 if self.mistake == "samples" else 1.0
        gammas = np.random.default_rng(rng).gamma(
            stretched * self.concentration, size=(*sample_shape, *self.batch_shape, *self.event_shape)
        )
        return gammas / gammas.sum(-1, keepdims=True)

    @classmethod
    def loss(cls, params, y):
        (a,) = params
        total = a.sum(-1, keepdims=True)
        digamma, sign = scipy.special.digamma, -1.0 if cls.mistake == "gradient" else 1.0
        values = -cls(concentration=a).log_prob(y)
        return values, lambda d: (d[..., None] * (digamma(a) * sign - digamma(total) - np.log(y)),)


class ConstantOfShares(Shares):
    mistake = "constant"


class AxisOfShares(Shares):
    mistake = "axis"


class SamplesOfShares(Shares):
    mistake = "samples"


class GradientOfShares(Shares):
    mistake = "gradient"


class Correlated(ll.MultivariateGaussian):
    """With the gradient of a matrix forgotten below its diagonal."""

    @classmethod
    def loss(cls, params, y):
        values, backward = super().loss(params, y)

        def diagonal_only(d):
            dloc, dmatrix = backward(d)
            return dloc, dmatrix * np.eye(y.shape[-1])

        return values, diagonal_only
