"""The public checks for plug-ins: silent about what is right, plain about what is wrong."""

import re

import numpy as np
import pytest

import likelinet as ll
from likelinet.testing import CheckError, check_distribution, check_gradients
from tests.broken import (
    AxisOfShares,
    Bare,
    Broadcasting,
    ColumnOfParameters,
    ConstantOfShares,
    Correlated,
    Cosh,
    FixedLocation,
    FlippedSign,
    ForgottenChain,
    GradientOfShares,
    InPlace,
    MissingConstant,
    MissingScale,
    MixingRows,
    Nan,
    NoScale,
    OtherLoss,
    OtherTails,
    Overflowing,
    RateForScale,
    Rayleigh,
    SamplesOfShares,
    ScaleForRate,
    ShapeOfSamples,
    Shares,
    StandardDeviationForVariance,
    SummedGradient,
    SummedLoss,
    VarianceForScale,
    VarianceInOnePlace,
    WrongCdf,
    WrongIsf,
    WrongMasses,
    WrongMean,
    WrongQuantiles,
    WrongSamples,
    WrongSamplesAlone,
    WrongSf,
    WrongTails,
)
from tests.cases import FAMILIES, Family
from tests.distributions.strategies import each
from tests.wrappers import WRAPPERS

# ---- what is right passes ------------------------------------------------------------------------------------------


@each(FAMILIES)
def test_every_family_of_the_table_passes(case: Family):
    d, _ = case.batch(4, seed=1)
    check_distribution(d)
    check_gradients(d)


# Quantiles of these are found step by step.
LONG = ("Truncated", "Hurdle", "Discretised Mixture", "ZeroInflated Truncated")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if any(w in n for w in LONG) else ()) for n in WRAPPERS]
)
def test_every_nesting_of_the_table_passes(name: str):
    check_distribution(WRAPPERS[name]())


SCALE, Y = np.array([0.7, 1.0, 2.5]), np.array([0.4, 1.7, 2.0])


@pytest.mark.parametrize(
    "d",
    [
        Rayleigh(scale=SCALE),
        Rayleigh(scale=1.3),
        Rayleigh(scale=SCALE[:, None] * SCALE),
        Bare(scale=SCALE),
        Shares([[2.0, 0.8, 3.0], [1.0, 1.5, 4.0]]),
        ll.Independent(ll.Gaussian([[0.0, 3.0], [1.0, 1.0]], [1.0, 0.2])),
        ll.Mixture(ll.Gaussian([[-1.0, 2.0], [0.0, 1.0]], 0.5), probs=[0.3, 0.7]),
        ll.Mixture(ll.Gaussian([-100.0, 7.0], [1e-3, 40.0]), probs=[0.3, 0.7]),
        ll.Censored(Rayleigh(scale=SCALE)),
        ll.Gaussian([1e6, 0.0], [1e-3, 1e-6]),
        ll.Gamma([0.05, 3.0], 2.0),
        ll.Beta([0.2, 90.0], 0.7),
        ll.StudentT(0.7, [0.0, 1.0], 1.0),
        ll.Bernoulli(probs=[0.2, 0.9]),
        ll.Labelled(ll.Categorical(probs=[[0.2, 0.8], [0.5, 0.5]]), ["no", "yes"]),
    ],
    ids=lambda d: f"{type(d).__name__}{d.batch_shape}",
)
def test_what_is_right_passes(d):
    check_distribution(d)
    check_gradients(d)


def test_chosen_y():
    check_gradients(Rayleigh(scale=SCALE), Y)
    check_gradients(Rayleigh(scale=1.0), Y)
    check_gradients(Rayleigh(scale=1.0), 0.3)


def test_the_inner_gradients_of_a_distribution_over_another_one():
    with pytest.raises(CheckError, match=r"^FlippedSign: the gradient of loss in scale"):
        check_gradients(ll.Truncated(FlippedSign(scale=SCALE), 0.1, 3.0))


@pytest.mark.parametrize("over", [ll.Mixture, ll.Independent])
def test_what_is_checked_is_underneath(over: type[ll.Distribution]):
    broken = FlippedSign(scale=SCALE)
    d = over(broken, *([np.zeros(len(SCALE))] if over is ll.Mixture else []))
    assert type(d.underlying()) is FlippedSign
    with pytest.raises(CheckError, match=r"^FlippedSign: "):
        check_gradients(d)


# ---- what is wrong is named ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (
            FlippedSign,
            "the gradient of loss in scale is -2.390670554 at (0,), but differences of log_prob give 2.390670554",
        ),
        (OtherLoss, "loss is not -log_prob, for example at y = "),
        (ForgottenChain, "the gradient of loss in scale is not multiplied by the gradient d that backward is given."),
        (InPlace, "loss changes its arguments in place"),
        (SummedLoss, "loss of 3 values gives shape (), not (3,): it broadcasts silently."),
        (SummedGradient, "the gradient of loss in scale has shape (), not (3,) as scale has."),
        (WrongTails, "the gradient of tails (log_sf) in scale is"),
        (OtherTails, "tails and log_cdf differ."),
    ],
)
def test_wrong_gradients(cls, message):
    with pytest.raises(CheckError, match=f"^{cls.__name__}: .*{re.escape(message)}"):
        check_gradients(cls(scale=SCALE.copy()), Y.copy())  # which one of them changes in place


@pytest.mark.parametrize(
    ("d", "message"),
    [
        (GradientOfShares([[2.0, 0.8], [1.0, 1.5]]), "the gradient of loss in concentration is"),
        (
            Correlated([[0.0, 1.0]] * 2, [[[1.0, 0.0], [0.5, 2.0]]] * 2),
            "the gradient of loss in scale_tril is 0 at (0, 1, 0), but differences",
        ),
        (Overflowing(loc=[0.0, 1.0], scale=1.0), "-log_prob is inf at y = "),
        (Overflowing(loc=[0.0, 1.0], scale=1.0), "the logarithm of a density or probability that underflows."),
        (Cosh(loc=[0.0, 1.0], scale=1.0), "-log_prob is NaN at y = "),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, ll.Distribution) else "",
)
def test_wrong_gradients_of_vectors_and_extremes(d, message):
    with pytest.raises(CheckError, match=f"^{type(d).__name__}: .*{re.escape(message)}"):
        check_gradients(d)


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (MissingConstant, "the density integrates to 0.398942 in row 0, not to 1: a constant is missing or wrong."),
        (MissingScale, "the total goes with scale to the power 1, so subtract log(scale) in log_prob."),
        (
            Broadcasting,
            "gives shape (3, 1), not (3,): somewhere an axis is added or lost, and arrays broadcast silently.",
        ),
        (MixingRows, "log_prob of row 0 is -0.984938 among the other rows and -0.29179 by itself"),
        (MixingRows, "rows get mixed, for example by a sum or maximum over the wrong axis."),
        (WrongCdf, "but the integral of the density up to there is"),
        (WrongSf, ", but by cdf it is"),
        (WrongQuantiles, "cdf(ppf(q)) is 0.0161406 at q = 0.0320207 in row 0, not q."),
        (WrongIsf, "isf(1 - q) is not ppf(q) in row 0."),
        (WrongSamples, "samples do not follow log_prob in row 0: a share of "),
        (WrongSamplesAlone, "samples do not follow log_prob in row 0: a share of "),
        (ShapeOfSamples, "sample((20000,)) has shape (3, 20000), not (20000, 3)."),
        (WrongMean, "mean() is 0.7 in row 0, but that of its density is 0.87732."),
        (StandardDeviationForVariance, "but that of its density is 0.21031: it is the standard deviation."),
        (RateForScale, "scale is called a scale but behaves as a rate: its role is 'rate'."),
        (ScaleForRate, "scale is called a rate but behaves as a scale: its role is 'scale'."),
        (
            NoScale,
            "scale does not behave as a scale: where y is 3 times as large, log_prob must be that of y less log 3.",
        ),
        (Nan, "log_prob is NaN inside the support"),
    ],
)
def test_wrong_distributions(cls, message):
    with pytest.raises(CheckError, match=f"^{cls.__name__}: .*{re.escape(message)}"):
        check_distribution(cls(scale=SCALE))


@pytest.mark.parametrize(
    ("d", "message"),
    [
        (ColumnOfParameters(scale=SCALE), "log_prob of 3 values gives shape (3, 3), not (3,): it broadcasts silently"),
        (
            VarianceInOnePlace(loc=[0.0, 1.0], scale=2.0),
            "not to 1: the total goes with scale to the power -0.5, so scale and its square, a scale and a variance, "
            "are mixed up.",
        ),
        (
            VarianceForScale(loc=[0.0, 1.0], scale=2.0),
            "scale is called a scale but behaves as a variance: use its square root, since a scale grows in proportion",
        ),
        (
            FixedLocation(loc=[0.5, 1.0], scale=2.0),
            "loc is called a location, but log_prob changes when y and loc grow",
        ),
        (WrongMasses(probs=[0.5, 0.2]), "the masses sum to 2 in row 0, not to 1: a constant is missing or wrong."),
        (
            ConstantOfShares([[2.0, 0.8], [1.0, 1.5]]),
            "a constant is missing in log_prob, or the samples follow another",
        ),
        (SamplesOfShares([[2.0, 0.8], [1.0, 1.5]]), "samples and log_prob do not agree in row 0"),
        (AxisOfShares([[2.0, 0.8], [1.0, 1.5]]), "log_prob"),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, ll.Distribution) else "",
)
def test_more_wrong_distributions(d, message):
    with pytest.raises(CheckError, match=f"^{type(d).__name__}: .*{re.escape(message)}"):
        check_distribution(d)


def test_an_analytic_loss_is_used_in_training():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (300, 1))
    y = rng.rayleigh(np.exp(x[:, 0]))
    config = {"network": {"hidden": []}, "training": {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0}}

    class ByDifferences(Rayleigh):
        loss = classmethod(ll.Distribution.loss.__func__)  # type: ignore[attr-defined]

    fits = [ll.Model(config, distribution=cls).fit(x, y) for cls in (Rayleigh, ByDifferences)]
    np.testing.assert_allclose(*(m.predict_dist(x).scale for m in fits), rtol=1e-5)
