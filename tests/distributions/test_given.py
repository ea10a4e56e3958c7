"""The distribution of y given that it lies between two bounds: of every distribution, and of what models predict."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

import likelinet as ll
from tests.cases import CONTINUOUS, COUNTS
from tests.wrappers import WRAPPERS


@pytest.mark.parametrize("case", [c for c in (*CONTINUOUS, *COUNTS) if c.cls.y == "number"], ids=str)
def test_probabilities_are_those_of_the_definition(case):
    d, y = case.batch(6, seed=2)
    low, high = np.minimum(d.ppf(0.2), y), np.maximum(d.ppf(0.8), y)
    keep = low < high  # counts may all be one
    d, y, low, high = d[keep], y[keep], low[keep], high[keep]
    given = d.given(low, high)
    mass = d.cdf(high) - d.cdf(low) + (np.exp(d.log_prob(low)) if case.integer else 0.0)
    np.testing.assert_allclose(np.exp(given.log_prob(y)), np.exp(d.log_prob(y)) / mass, rtol=1e-7)
    np.testing.assert_array_equal(given.log_prob(low - 1.0), np.full(len(y), -np.inf))
    np.testing.assert_allclose(given.sf(high), 0.0, atol=1e-15)


@pytest.mark.parametrize("name", WRAPPERS)
def test_survival_given_survival(name):
    d = WRAPPERS[name]()
    t, later = d.ppf(np.array([[0.3], [0.9]]))
    at_least = np.exp(d.log_prob_between(np.nextafter(t, -np.inf), np.inf))
    given = d.given(low=t)
    assert type(given) is (ll.Censored if d.takes_intervals else ll.Truncated)
    np.testing.assert_allclose(given.sf(later), d.sf(later) / at_least, rtol=1e-7)


def test_of_a_censored_ensemble():
    """What `Truncated` refuses, as its base would lose what censoring is for."""
    scale = np.array([[1.0, 2.0], [3.0, 4.0]])
    d = ll.Mixture(ll.Censored(ll.Weibull(scale, 2.0)), probs=[0.3, 0.7])
    given = d.given(low=[1.0, 2.0])
    assert isinstance(given, ll.Censored)
    w = np.array([0.3, 0.7])
    before = w @ scipy.stats.weibull_min(2.0, scale=scale.T).sf(np.array([1.0, 2.0]))
    after = w @ scipy.stats.weibull_min(2.0, scale=scale.T).sf(2.5)
    np.testing.assert_allclose(given.sf(2.5), after / before, rtol=1e-12)
    y = ll.Interval([2.5, 2.5], [np.inf, np.inf])
    np.testing.assert_allclose(given.log_prob(y), np.log(after / before), rtol=1e-11)


def test_bounds_that_do_not_go_with_the_rows_are_refused_in_their_name():
    with pytest.raises(ll.DataError, match=r"^Gaussian: an argument of shape \(2,\) does not go with batch"):
        ll.Gaussian(np.zeros(3), 1.0).given(low=[1.0, 2.0])


def test_bounds_of_whole_numbers_belong_to_it():
    given = ll.Poisson([2.0, 7.0]).given(1, [4, 9])
    k = np.arange(12.0)[:, None]
    p = scipy.stats.poisson([2.0, 7.0]).pmf(k) * (k >= 1) * (k <= np.array([4, 9]))
    np.testing.assert_allclose(np.exp(given.log_prob(k)), p / p.sum(0), rtol=1e-12)


# Bounds that are whole numbers or between them, with one number within, with few, and far in a tail.
BOUNDS = [(2, 2), (1.5, 2.5), (-5, 1), (0.5, 40), (5, np.inf), (120, np.inf), (90, 130)]
K = np.arange(400.0)[:, None]
OF_COUNTS = {
    "Poisson": (ll.Poisson([0.5, 30.0]), scipy.stats.poisson([0.5, 30.0])),
    "NegativeBinomial": (ll.NegativeBinomial([0.4, 6.0], probs=[0.3, 0.7]), scipy.stats.nbinom([0.4, 6.0], [0.7, 0.3])),
    "Geometric": (ll.Geometric(probs=[0.6, 0.1]), scipy.stats.geom([0.6, 0.1], loc=-1)),
    "Binomial": (ll.Binomial([200, 350], probs=[0.02, 0.5]), scipy.stats.binom([200, 350], [0.02, 0.5])),
    "BetaBinomial": (ll.BetaBinomial([200, 350], 0.7, 3.0), scipy.stats.betabinom([200, 350], 0.7, 3.0)),
}


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
@pytest.mark.parametrize("name", OF_COUNTS)
def test_counts_against_sums(name, bounds):
    (d, of), (low, high) = OF_COUNTS[name], bounds
    given = d.given(low, high)
    log_p = np.where((low <= K) & (high >= K), of.logpmf(K), -np.inf)
    log_p = log_p - scipy.special.logsumexp(log_p, axis=0)
    p = np.exp(log_p)
    mean = np.sum(p * K, axis=0)
    np.testing.assert_allclose(given.log_prob(K), log_p, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(given.mean(), mean, rtol=1e-9)
    np.testing.assert_allclose(given.var(), np.sum(p * (K - mean) ** 2, axis=0), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(given.entropy(), scipy.stats.entropy(p), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(given.cdf(K), np.cumsum(p, axis=0), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(given.crps(7.0), np.sum((np.cumsum(p, axis=0) - (K >= 7.0)) ** 2, axis=0), rtol=1e-7)
    for q in (1e-9, 0.37, 0.9):
        np.testing.assert_array_equal(given.ppf(q), np.sum(np.cumsum(p, axis=0) < q, axis=0))
    draws = given.sample(20, rng=0)
    assert ((draws >= low) & (draws <= high) & (draws == np.floor(draws))).all()


def test_one_value_is_left_of_whole_numbers_alone():
    d = ll.Mixture(ll.Independent(ll.Poisson([[1.0, 2.0], [3.0, 4.0]])), probs=[0.3, 0.7]).given(2, [2, 3])
    np.testing.assert_allclose(np.exp(d.log_prob([[2.0, 2.0], [2.0, 3.0], [3.0, 3.0]])).sum(), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(ll.Poisson([1.0, 2.0]).given(3, 3).sample(2, rng=0), np.full((2, 2), 3.0))
    with pytest.raises(ll.ParameterError, match=r"^Truncated: low must be below high, got 2\.0 and 2\.0\.$"):
        ll.Gamma(1.0, 2.0).given(2, 2)
    with pytest.raises(ll.ParameterError, match=r"^Truncated: low must not be above high, got 3\.0 and 2\.0\.$"):
        ll.Poisson(1.0).given(3, 2)
    with pytest.raises(ll.LikelinetError, match=r"^Truncated: low must be numbers, not 'a'\.$"):
        ll.Poisson(1.0).given("a")


@pytest.mark.parametrize("bounds", [(0.5, np.inf), (0.5, 2.0), (-np.inf, 1.0), (8.0, 9.0)], ids=str)
def test_intervals_within_bounds(bounds):
    low, high = bounds
    scale, shape = np.array([1.0, 3.0]), np.array([2.0, 1.5])
    sf = scipy.stats.weibull_min(shape, scale=scale).sf
    given = ll.Censored(ll.Weibull(scale, shape)).given(low, high)
    for a, b in ((0.3, 0.8), (0.8, np.inf), (-np.inf, 1.7), (8.5, 11.0)):
        inner = np.maximum(sf(max(a, low)) - sf(max(min(b, high), max(a, low))), 0.0)
        y = ll.Interval(np.full(2, a), np.full(2, b))
        np.testing.assert_allclose(np.exp(given.log_prob(y)), inner / (sf(low) - sf(high)), rtol=1e-9)


def test_bounds_may_have_axes_before_the_rows():
    d = ll.Gaussian([0.0, 1.0, 2.0], 1.0)
    np.testing.assert_allclose(
        d.given([[0.5], [1.5]]).mean(),
        scipy.stats.truncnorm([[0.5, -0.5, -1.5], [1.5, 0.5, -0.5]], np.inf, [0, 1, 2]).mean(),
        rtol=1e-9,
    )
    with pytest.raises(ll.DataError, match=r"y has shape \(3, 1\) but there are 3 distributions"):
        d.given(np.zeros((3, 1)))


def test_several_outputs_each_by_itself():
    d = ll.Independent(ll.Gaussian([[0.0, 1.0], [2.0, 3.0]], 1.0))
    given = d.given([0.0, 2.0])
    assert given.event_shape == (2,)
    np.testing.assert_allclose(
        given.mean(), scipy.stats.truncnorm([[0, 1], [-2, -1]], np.inf, [[0, 1], [2, 3]]).mean(), rtol=1e-9
    )


def several(rows: int = 4) -> ll.Mixture:
    rng = np.random.default_rng(0)
    outputs = ll.Gaussian(rng.normal(size=(rows, 3, 2)), np.array([1.0, 0.5]))
    return ll.Mixture(ll.Independent(outputs), logits=rng.normal(size=(rows, 3)))


def test_several_outputs_of_an_ensemble_at_once():
    """Against draws, and against the definition: the outputs of a mixture are dependent, and stay so."""
    d, low, high = several(), np.array([-0.5, 0.0]), np.array([[1.0, 2.0], [0.5, 1.0], [2.0, 2.0], [np.inf, 1.0]])
    given = d.given(low, high)
    assert isinstance(given, ll.Mixture)
    assert given.event_shape == (2,)
    means = d.components.base.loc, d.components.base.scale
    edges = [scipy.stats.norm(*means).cdf(e[:, None] if np.ndim(e) > 1 else e) for e in (low, high)]
    mass = np.sum(d.probs * np.prod(edges[1] - edges[0], axis=-1), axis=-1)
    y = np.clip(d.sample(rng=2), low, high)
    np.testing.assert_allclose(given.log_prob(y), d.log_prob(y) - np.log(mass), rtol=1e-11)
    assert (given.log_prob(low - 1.0) == -np.inf).all()
    draws = d.sample(200_000, rng=1)
    within = ((draws >= low) & (draws <= high)).all(-1)
    for row in range(4):
        kept = draws[within[:, row], row]
        error = kept.std(0) / len(kept) ** 0.5
        assert (np.abs(kept.mean(0) - given.mean()[row]) < 5.0 * error).all()


def test_several_outputs_of_an_ensemble_of_which_one_member_cannot_lie_within_the_bounds():
    d = ll.Mixture(
        ll.Independent(ll.Gaussian([[[0.0, 1.0], [1e6, 0.0]], [[0.0, 0.0], [2.0, 2.0]]], 1.0)), np.zeros((2, 2))
    )
    one = d.given(-1.0, 1.5)[0]
    alone = ll.Independent(ll.Gaussian([0.0, 1.0], 1.0)).given(-1.0, 1.5)
    np.testing.assert_allclose(one.mean(), alone.mean(), rtol=1e-12)
    np.testing.assert_allclose(one.log_prob([0.3, 0.2]), alone.log_prob([0.3, 0.2]), rtol=1e-12)
    with pytest.warns(UserWarning, match=r"the answers for row 1 are nan\.$"):
        given = d.given([[1e200, 0.0], [0.0, 0.0]])
    np.testing.assert_array_equal(np.isnan(given.log_prob([0.5, 0.5])), [True, False])
    with pytest.raises(ll.ParameterError, match=r"^given: no component of the mixture has any probability"):
        d.given(1e200)
    with pytest.raises(ll.ParameterError, match=r"^given: low must be below high\.$"):
        d.given(1.0, 0.0)


def test_several_censored_outputs_and_counts_of_an_ensemble():
    d = ll.Mixture(ll.Independent(ll.Censored(ll.Weibull(np.ones((3, 2, 2)), 2.0))), np.zeros((3, 2)))
    np.testing.assert_allclose(d.given(low=1.0).sf(1.5), np.exp(1.0 - 2.25), rtol=1e-12)
    counts = ll.Mixture(ll.Independent(ll.Poisson([[1.0, 2.0], [3.0, 4.0]])), probs=[0.3, 0.7])
    pairs = np.stack(np.meshgrid(np.arange(1.0, 4.0), np.arange(1.0, 4.0)), axis=-1).reshape(-1, 2)
    given, p = counts.given(1, 3), np.exp(counts.log_prob(pairs))
    np.testing.assert_allclose(np.exp(given.log_prob(pairs)), p / p.sum(), rtol=1e-11)


@pytest.mark.parametrize(
    ("d", "says"),
    [
        (ll.MultivariateGaussian([0.0, 1.0], np.eye(2)), "MultivariateGaussian has no given for several outputs."),
        (
            ll.Mixture(ll.MultivariateGaussian(np.zeros((2, 3)), np.eye(3)), np.zeros(2)),
            "Mixture has no given for several outputs.",
        ),
        (ll.Categorical(np.zeros(3)), "Categorical has no given: its y is a class."),
    ],
)
def test_refused(d, says):
    with pytest.raises(ll.UndefinedError) as error:
        d.given(0.0, 1.0)
    assert str(error.value) == says


def test_a_row_with_nothing_between_its_bounds():
    d = ll.Weibull([1.0, 1e-7, 3.0], [2.0, 50.0, 1.0])
    with pytest.warns(UserWarning, match=r"no probability between 1\.0 and inf: the answers for row 2 are nan\.$"):
        given = d.given(low=1.0)
    np.testing.assert_allclose(given.sf(2.0), [np.exp(-3.0), np.nan, np.exp(-1.0 / 3.0)], rtol=1e-12)
    with pytest.warns(UserWarning, match=r"the answers for row 2 are nan\.$"):
        d.given([[1.0], [2.0], [3.0], [4.0]])
    with pytest.raises(ll.ParameterError, match=r"^Truncated: Weibull has no probability between 1\.0 and inf\.$"):
        d[1].given(1.0)


def test_of_what_a_model_predicts():
    rng = np.random.default_rng(0)
    x, time = rng.normal(size=(80, 1)), rng.weibull(2.0, 80)
    y = ll.Interval.right_censored(np.minimum(time, 1.0), time <= 1.0)
    config = {
        "quality": "plain",
        "distribution": {"kind": "censored", "base": {"kind": "weibull"}},
        "training": {"epochs": 2},
        "ensemble": 2,
    }
    d = ll.Model(config).fit(x, y, progress=False).predict_dist(x[:4])
    np.testing.assert_allclose(d.given(low=0.5).sf(1.5), d.sf(1.5) / d.sf(0.5), rtol=1e-12)
