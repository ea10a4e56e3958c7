"""The public checks for plug-ins: silent about what is right, plain about what is wrong."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.testing import CheckError, check_distribution, check_gradients


class Rayleigh(ll.Distribution):
    """Right in everything, with an analytic loss."""

    parameters = (ll.Parameter("scale", ll.positive, role="scale"),)
    support = ll.positive
    power = 2.0

    def log_prob(self, y):
        return np.log(y / self.scale**self.power) - 0.5 * (y / self.scale) ** 2

    def cdf(self, y):
        return -np.expm1(-0.5 * (y / self.scale) ** 2)

    def ppf(self, q):
        return self.scale * np.sqrt(-2.0 * np.log1p(-np.asarray(q)))

    @classmethod
    def loss(cls, params, y):
        (scale,) = params
        z2 = (y / scale) ** 2
        return 0.5 * z2 + 2.0 * np.log(scale) - np.log(y), lambda d: (d * (2.0 - z2) / scale,)


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


class VarianceForScale(Rayleigh):
    power = 1.0


class Broadcasting(Rayleigh):
    def log_prob(self, y):
        return super().log_prob(np.asarray(y)[..., None])


class WrongQuantiles(Rayleigh):
    def ppf(self, q):
        return self.scale * np.sqrt(-np.log1p(-np.asarray(q)))


class WrongSamples(Rayleigh):
    def sample(self, sample_shape=(), rng=None):
        return 1.1 * super().sample(sample_shape, rng)


SCALE, Y = np.array([0.7, 1.0, 2.5]), np.array([0.4, 1.7, 2.0])


@pytest.mark.parametrize(
    "d",
    [
        Rayleigh(scale=SCALE),
        ll.Gaussian([0.0, 3.0], [1.0, 0.2]),
        ll.StudentT([2.5, 30.0], 0.0, 1.0),
        ll.Gamma([0.8, 4.0], 0.5),
        ll.Poisson([0.4, 9.0]),
        ll.NegativeBinomial([0.7, 5.0], probs=0.6),
        ll.Bernoulli(probs=[0.2, 0.9]),
        ll.Mixture(ll.Gaussian([[-1.0, 2.0], [0.0, 1.0]], 0.5), probs=[0.3, 0.7]),
    ],
    ids=lambda d: type(d).__name__,
)
def test_what_is_right_passes(d):
    check_distribution(d)
    if d.parameters:
        y = np.broadcast_to(d.sample(rng=1), d.batch_shape)
        check_gradients(d, y)


@pytest.mark.parametrize(
    ("check", "cls", "message"),
    [
        (lambda d: check_gradients(d, Y), FlippedSign, "gradient of loss in scale"),
        (lambda d: check_gradients(d, Y), OtherLoss, "loss is not -log_prob"),
        (check_distribution, VarianceForScale, "scale and variance are mixed up"),
        (check_distribution, Broadcasting, "broadcasts silently"),
        (check_distribution, WrongQuantiles, r"cdf\(ppf\(q\)\)"),
        (check_distribution, WrongSamples, "samples do not follow the cdf"),
    ],
)
def test_what_is_wrong_is_named(check, cls, message):
    with pytest.raises(CheckError, match=message):
        check(cls(scale=SCALE))


def test_an_analytic_loss_is_used_in_training():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (300, 1))
    y = rng.rayleigh(np.exp(x[:, 0]))
    config = {"network": {"hidden": []}, "training": {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0}}

    class ByDifferences(Rayleigh):
        loss = classmethod(ll.Distribution.loss.__func__)  # type: ignore[attr-defined]

    fits = [ll.Model(config, distribution=cls).fit(x, y) for cls in (Rayleigh, ByDifferences)]
    np.testing.assert_allclose(*(m.predict_dist(x).scale for m in fits), rtol=1e-5)
