"""The bridge says what likelinet says, in skpro's tables, and of a Gaussian what skpro's own one does."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.special
from skpro.distributions import Normal
from skpro.metrics import CRPS, LogLoss, SquaredDistrLoss

import likelinet as ll
from likelinet.skpro import LikelinetDistribution, as_skpro
from tests.wrappers import WRAPPERS

INDEX, COLUMNS = pd.Index([7, 3, 5]), pd.Index(["a", "b"])
BASE = ll.Gaussian([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], [[1.0, 2.0], [3.0, 4.0], [0.5, 0.1]])
Y = pd.DataFrame([[0.5, 1.0], [-1.0, 4.0], [4.1, 5.5]], index=INDEX, columns=COLUMNS)
OURS, THEIRS = as_skpro(ll.Independent(BASE), INDEX, COLUMNS), Normal(BASE.loc, BASE.scale, INDEX, COLUMNS)


@pytest.mark.parametrize("method", ["mean", "var", "energy"])
def test_of_itself(method):
    pd.testing.assert_frame_equal(getattr(OURS, method)(), getattr(THEIRS, method)(), rtol=1e-12, atol=0.0)


@pytest.mark.parametrize("method", ["pdf", "log_pdf", "cdf", "surv", "haz", "energy", "pmf", "log_pmf"])
@pytest.mark.parametrize("rows", [[0, 1, 2], [2, 0]])
def test_of_y(method, rows):
    """What is asked of some rows, in another order, comes for these."""
    y = Y.iloc[rows]
    got, want = getattr(OURS, method)(y), getattr(THEIRS, method)(y)
    pd.testing.assert_frame_equal(got, want, rtol=1e-8, atol=1e-15, check_dtype=False)


def test_quantiles():
    pd.testing.assert_frame_equal(OURS.quantile([0.1, 0.9]), THEIRS.quantile([0.1, 0.9]), rtol=1e-12)


@pytest.mark.parametrize("name", ["Truncated Gamma", "ZeroInflated Poisson", "Clipped Mixture", "Hurdle Gamma"])
def test_energy_of_a_wrapper(name):
    d = WRAPPERS[name]()
    draws = d.sample((2, 200_000), rng=0)
    y = d.ppf(0.7)
    ours = as_skpro(d)
    for got, sample in ((ours.energy(), draws[0] - draws[1]), (ours.energy(y[:, None]), draws[0] - y)):
        close = 5.0 * np.abs(sample).std(0) / 200_000**0.5
        assert (np.abs(got["energy"] - np.abs(sample).mean(0)) < close).all()


def test_norm_of_a_density():
    want = 0.5 / (np.pi**0.5 * BASE.scale)
    np.testing.assert_allclose(OURS.pdfnorm(), want, rtol=1e-11)
    np.testing.assert_allclose(OURS.pdfnorm(3), 2.0 / 3.0**0.5 * want**2, rtol=1e-11)
    np.testing.assert_allclose(as_skpro(ll.Beta([1.0, 3.0], 1.0)).pdfnorm()[0], [1.0, 1.8], rtol=1e-9)
    assert as_skpro(ll.Beta(0.3, 1.0)).pdfnorm() == np.inf
    assert as_skpro(ll.Poisson(3.0)).pdfnorm() == 0.0
    # Of a mixed one it is that of the continuous part: ∫ φ² over all numbers.
    np.testing.assert_allclose(as_skpro(ll.Hurdle(ll.HalfNormal(1.0), 0.5)).pdfnorm(), 0.25 / np.pi**0.5, rtol=1e-9)


SCORES = {
    LogLoss: BASE.nll,
    CRPS: BASE.crps,
    SquaredDistrLoss: lambda y: 0.5 / (np.pi**0.5 * BASE.scale) - 2.0 * np.exp(BASE.log_prob(y)),
}


@pytest.mark.parametrize("metric", SCORES)
def test_scores(metric):
    want = SCORES[metric](Y.to_numpy())
    np.testing.assert_allclose(metric()(Y, OURS), want.mean(), rtol=1e-10)
    of_each = [metric().evaluate_by_index(Y[[c]], OURS.loc[:, [c]]).to_numpy()[:, 0] for c in COLUMNS]
    np.testing.assert_allclose(np.transpose(of_each), want, rtol=1e-9, atol=1e-12)


def test_masses_and_densities():
    counts = as_skpro(ll.Poisson([2.0, 5.0]))
    y = np.array([[1.0], [3.0]])
    np.testing.assert_allclose(counts.pmf(y)[0], [2.0 * np.exp(-2.0), 125.0 / 6.0 * np.exp(-5.0)], rtol=1e-13)
    assert (counts.log_pdf(y) == -np.inf).all(axis=None)
    mixed = as_skpro(ll.ZeroInflated(ll.Exponential([1.0, 1.0]), 0.25))
    y = np.array([[0.0], [1.0]])
    np.testing.assert_allclose(mixed.pmf(y)[0], [0.25, 0.0], rtol=1e-13)
    np.testing.assert_allclose(mixed.pdf(y)[0], [0.0, 0.75 * np.exp(-1.0)], rtol=1e-13)
    assert [d.get_tag("distr:measuretype") for d in (counts, mixed, OURS)] == ["discrete", "mixed", "continuous"]


def test_a_variance_that_does_not_exist_is_infinite():
    d = as_skpro(ll.StudentT([0.8, 1.5, 4.0], 0.0, 1.0))
    assert d.var()[0].tolist() == [np.inf, np.inf, 2.0]
    # E|T - T'| of four degrees of freedom, by Jordan, Krüger & Lerch, J. Stat. Softw. 90.
    of_four = 8.0 / 3.0 * scipy.special.beta(0.5, 3.5) / scipy.special.beta(0.5, 2.0) ** 2
    assert d.energy()["energy"].tolist()[::2] == [np.inf, pytest.approx(of_four, rel=1e-8)]


def test_angles_count_as_numbers():
    base = ll.VonMises([3.0, 0.5], 2.0)
    mean, var = base.linear_moments()
    np.testing.assert_array_equal(as_skpro(base).mean()[0], mean)
    np.testing.assert_array_equal(as_skpro(base).var()[0], var)


def test_one_distribution_is_a_number():
    d = as_skpro(ll.Gaussian(1.0, 2.0))
    assert (d.shape, d.mean(), d.var(), d.cdf(1.0)) == ((), 1.0, 4.0, 0.5)
    assert OURS.iloc[1, 0].mean() == 2.0
    assert OURS.loc[5, "b"].var() == pytest.approx(0.01, rel=1e-14)


def test_joint_distributions_are_those_of_each_output():
    joint = ll.MultivariateGaussian([[0.0, 1.0]], [[[2.0, 0.0], [3.0, 4.0]]])
    d = as_skpro(joint, columns=["u", "v"])
    np.testing.assert_allclose(d.var().to_numpy(), [[4.0, 25.0]], rtol=1e-14)
    np.testing.assert_allclose(as_skpro(joint[0]).var().to_numpy(), [[4.0, 25.0]], rtol=1e-14)  # of one row


def test_draws_follow_the_seed_of_numpy_and_the_distribution():
    def drawn():
        np.random.seed(3)  # noqa: NPY002
        return OURS.sample(4000)

    draws = drawn()
    pd.testing.assert_frame_equal(draws, drawn())
    assert draws.loc[0].index.equals(INDEX)
    assert not draws.loc[0].equals(draws.loc[1])
    by_row = draws.groupby(level=1, sort=False)
    z = (by_row.mean() - OURS.mean()) / (BASE.scale / 4000**0.5)
    assert (z.abs() < 5.0).all(axis=None)
    np.testing.assert_allclose(by_row.std(), BASE.scale, rtol=0.06)


def test_it_can_be_pickled_and_cloned():
    for d in (pickle.loads(pickle.dumps(OURS)), OURS.clone()):
        pd.testing.assert_frame_equal(d.energy(Y), OURS.energy(Y), rtol=0.0, atol=0.0)


def test_what_it_refuses():
    with pytest.raises(ll.UndefinedError, match=r"^Categorical: y is a class, and skpro has distributions of numbers"):
        as_skpro(ll.Categorical(probs=[[0.2, 0.8]]))
    with pytest.raises(ll.UndefinedError, match=r"^Labelled: y is a class"):
        as_skpro(ll.Labelled(ll.Bernoulli([0.0]), [False, True]))
    with pytest.raises(ll.UndefinedError, match=r"^Gaussian: .*batch_shape is \(1, 1, 2\)"):
        as_skpro(ll.Gaussian([[[0.0, 1.0]]], 1.0))
    with pytest.raises(
        ll.DataError, match=r"^index has 2 entries and columns 1, but the distribution has 3 rows and 1"
    ):
        LikelinetDistribution(ll.Gaussian([0.0, 1.0, 2.0], 1.0), index=[0, 1])
