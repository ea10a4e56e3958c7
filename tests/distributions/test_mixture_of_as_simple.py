"""What parts may be mixed, of which y, and what a mixture of several becomes at its simplest."""

import numpy as np
import pytest
import scipy.stats

import likelinet as ll
from likelinet.distributions.over.mixture_of import mixture_of
from likelinet.model.recalibrated import Recalibrated

LOC = np.array([-1.0, 0.7, 2.0])
GAUSSIAN, T = ll.Gaussian(LOC, 1.0), ll.StudentT(4.0, LOC + 1.0, [0.5, 1.0, 2.0])
W = np.array([[0.2, 0.5, 0.3], [0.6, 0.4, 0.0], [0.1, 0.2, 0.7]])
Y = np.array([0.3, -0.4, 5.0])
CLASSES = ll.Categorical(probs=[[0.2, 0.3, 0.5], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]])
GRADES = ll.OrderedLogistic(LOC, [-1.0, 1.0])
LABELS = np.array(["a", "b", "c"])


def test_all_the_weight_on_one_part_is_that_part():
    for weights in ([0.0, 1.0], np.tile([0.0, 1.0], (3, 1))):
        made = mixture_of([GAUSSIAN, T], weights)
        assert type(made) is ll.StudentT
        np.testing.assert_array_equal(made.loc, T.loc)
    assert mixture_of([GAUSSIAN], [1.0]) is GAUSSIAN


def test_one_family_is_a_plain_mixture():
    two = ll.Mixture(ll.Gaussian(LOC[:, None] + [0.0, 3.0], [1.0, 2.0]), probs=[0.4, 0.6])
    made = mixture_of([GAUSSIAN, two, ll.Gaussian(5.0, 0.3)], W)
    assert type(made) is ll.Mixture
    assert type(made.components) is ll.Gaussian
    w = np.stack([W[:, 0], 0.4 * W[:, 1], 0.6 * W[:, 1], W[:, 2]], axis=-1)
    np.testing.assert_allclose(made.probs, w, rtol=1e-13)
    loc, scale = np.stack([LOC, LOC, LOC + 3.0, np.full(3, 5.0)], -1), np.array([1.0, 1.0, 2.0, 0.3])
    want = (w * scipy.stats.norm(loc, scale).pdf(Y[:, None])).sum(-1)
    np.testing.assert_allclose(made.log_prob(Y), np.log(want), rtol=1e-12)


def test_of_several_families_those_of_one_are_together():
    inner = ll.MixtureOf([ll.Gaussian(LOC - 2.0, 0.5), ll.Laplace(LOC, 1.0)], [0.25, 0.75])
    parts = [GAUSSIAN, inner, T]
    made, plain = mixture_of(parts, W), ll.MixtureOf(parts, W)
    assert type(made) is ll.MixtureOf
    assert [type(p) for p in made.parts] == [ll.Mixture, ll.Laplace, ll.StudentT]
    np.testing.assert_allclose(made.weights.probs[:, 1], 0.75 * W[:, 1], rtol=1e-13)
    for method in ("log_prob", "cdf", "crps"):
        np.testing.assert_allclose(getattr(made, method)(Y), getattr(plain, method)(Y), rtol=1e-8, err_msg=method)
    np.testing.assert_allclose(made.var(), plain.var(), rtol=1e-12)


def test_families_without_weight_in_a_row():
    parts, w = [GAUSSIAN, T, ll.Gaussian(3.0, 1.0)], np.array([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.2, 0.3, 0.5]])
    made = mixture_of(parts, w)
    want = sum(v * np.exp(p.log_prob(Y)) for v, p in zip(w.T, parts, strict=True))
    np.testing.assert_allclose(made.log_prob(Y), np.log(want), rtol=1e-12)
    np.testing.assert_allclose(made.mean(), sum(v * p.mean() for v, p in zip(w.T, parts, strict=True)), rtol=1e-12)


TOGETHER = {
    "same map": ([ll.Transformed(ll.Gamma(2.0, 1.0), ll.Affine(m, 2.0)) for m in (1.0, 5.0)], True),
    "other maps": ([ll.Transformed(ll.Gaussian(0.0, 1.0), t) for t in (ll.Log(), ll.Affine(0.0, 2.0))], False),
    "log and logit": ([ll.Transformed(GAUSSIAN, t) for t in (ll.Log(), ll.Logit())], False),
    "same recalibration": (
        [Recalibrated(g, np.array([0, 0.5, 1]), np.array([0, 0.3, 1])) for g in (GAUSSIAN, GAUSSIAN[::-1])],
        True,
    ),
    "other recalibrations": (
        [Recalibrated(GAUSSIAN, np.array([0, 0.5, 1]), np.array([0, level, 1])) for level in (0.3, 0.6)],
        False,
    ),
    "other bases": ([ll.Truncated(d, -3.0, 4.0) for d in (GAUSSIAN, T)], False),
    "other bounds": ([ll.Truncated(GAUSSIAN, low, 4.0) for low in (-3.0, -2.0)], True),
    "gates": ([ll.Hurdle(ll.Poisson(3.0), g) for g in (0.2, 0.6)], True),
    "numbers of components": (
        [ll.Truncated(ll.Mixture(ll.Gaussian(np.arange(k), 1.0), np.zeros(k)), -3.0) for k in (2, 3)],
        False,
    ),
    "mixtures of several": ([ll.Truncated(ll.MixtureOf([GAUSSIAN, d], [0.5, 0.5]), -3.0) for d in (T, T[::-1])], True),
    "mixtures of others": (
        [
            ll.Truncated(ll.MixtureOf([GAUSSIAN, d], [0.5, 0.5]), -3.0)
            for d in (ll.Logistic(LOC, 1.0), ll.Laplace(LOC, 1.0))
        ],
        False,
    ),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_what_goes_together(name):
    parts, together = TOGETHER[name]
    made = mixture_of(parts, [0.3, 0.7])
    assert type(made) is (ll.Mixture if together else ll.MixtureOf)
    y = np.array([0.5, 2.0, 3.0])
    want = np.logaddexp(np.log(0.3) + parts[0].log_prob(y), np.log(0.7) + parts[1].log_prob(y))
    np.testing.assert_allclose(made.log_prob(y), want, rtol=1e-11)


# ---- classes ---------------------------------------------------------------------------------------------------------


def test_classes_have_mean_probabilities():
    yes = mixture_of([ll.Bernoulli(probs=[0.1, 0.6]), ll.Bernoulli(probs=0.9)], [0.25, 0.75])
    assert type(yes) is ll.Bernoulli
    np.testing.assert_allclose(yes.probs, [0.7, 0.825], rtol=1e-13)
    assert type(mixture_of([GRADES, GRADES[::-1]], [0.3, 0.7])) is ll.Mixture  # its classes stay in order
    mean = 0.3 * CLASSES.probs + 0.7 * GRADES.probs
    for made in (mixture_of([CLASSES, GRADES], [0.3, 0.7]), ll.MixtureOf([CLASSES, GRADES], [0.3, 0.7])):
        np.testing.assert_allclose(made.probs, mean, rtol=1e-13)
        np.testing.assert_allclose(made.log_prob([0, 1, 2]), np.log(mean[[0, 1, 2], [0, 1, 2]]), rtol=1e-12)
        np.testing.assert_array_equal(made.mode(), mean.argmax(-1))
        np.testing.assert_allclose(made.entropy(), scipy.stats.entropy(mean, axis=-1), rtol=1e-12)
        kl = scipy.stats.entropy(mean, mean[::-1], axis=-1)
        np.testing.assert_allclose(made.kl_divergence(made[::-1]), kl, rtol=1e-10, atol=1e-15)
        draws = made.sample(20_000, rng=0)
        for k in range(3):
            assert scipy.stats.binomtest(int((draws[:, 0] == k).sum()), 20_000, mean[0, k]).pvalue > 1e-4


def test_labels_stay():
    parts = [d.labelled(LABELS) for d in (CLASSES, GRADES)]
    mean = 0.3 * CLASSES.probs + 0.7 * GRADES.probs
    for made in (mixture_of(parts, [0.3, 0.7]), ll.MixtureOf(parts, [0.3, 0.7])):
        np.testing.assert_array_equal(made.classes, LABELS)
        np.testing.assert_allclose(made.log_prob(["a", "c", "b"]), np.log(mean[[0, 1, 2], [0, 2, 1]]), rtol=1e-12)
        np.testing.assert_array_equal(made.mode(), LABELS[mean.argmax(-1)])
        assert set(made.sample(50, rng=0).ravel()) == {*LABELS}
    again = mixture_of([parts[0], parts[0][::-1]], [0.5, 0.5])
    assert type(again) is ll.Labelled
    np.testing.assert_allclose(again.probs, 0.5 * CLASSES.probs + 0.5 * CLASSES.probs[::-1], rtol=1e-13)


# ---- several outputs, and intervals ----------------------------------------------------------------------------------

MANY = np.array([[0.3, -1.0], [0.0, 2.0], [1.5, 1.0]])
VECTORS = [
    ll.MultivariateGaussian(MANY, scale_tril=np.array([[1.0, 0.0], [0.5, 2.0]])),
    ll.Independent(ll.Gaussian(MANY + 0.5, 1.0)),
    ll.Independent(ll.Logistic(-MANY, 0.7)),
]


def test_vectors():
    d, y = ll.MixtureOf(VECTORS, W), MANY - 0.2
    want = sum(w * np.exp(v.log_prob(y)) for w, v in zip(W.T, VECTORS, strict=True))
    np.testing.assert_allclose(d.log_prob(y), np.log(want), rtol=1e-12)
    outputs = [
        scipy.stats.norm(MANY, [1.0, np.sqrt(4.25)]),
        scipy.stats.norm(MANY + 0.5),
        scipy.stats.logistic(-MANY, 0.7),
    ]
    for method in ("cdf", "sf"):
        want = sum(w[:, None] * getattr(o, method)(y) for w, o in zip(W.T, outputs, strict=True))
        np.testing.assert_allclose(getattr(d, method)(y), want, rtol=1e-12)
        np.testing.assert_allclose((d.ppf if method == "cdf" else d.isf)(want), y, rtol=1e-9, atol=1e-9)
    mean = sum(w[:, None] * o.mean() for w, o in zip(W.T, outputs, strict=True))
    np.testing.assert_allclose(d.mean(), mean, rtol=1e-12)
    assert d.crps(y).shape == d.mode().shape == d.var().shape == (3, 2)
    assert d.sample(5, rng=0).shape == (5, 3, 2)
    with pytest.raises(ll.UndefinedError, match="MixtureOf has no entropy for several outputs"):
        d.entropy()


def test_several_outputs_within_bounds():
    d, low, high = ll.MixtureOf(VECTORS[1:], [0.4, 0.6]), np.array([-0.5, 0.0]), np.array([2.0, np.inf])
    given, y = d.given(low, high), np.array([0.5, 1.0])
    box = [scipy.stats.norm(MANY + 0.5), scipy.stats.logistic(-MANY, 0.7)]
    mass = [(o.cdf(high) - o.cdf(low)).prod(-1) for o in box]
    density = [o.pdf(y).prod(-1) for o in box]
    want = (0.4 * density[0] + 0.6 * density[1]) / (0.4 * mass[0] + 0.6 * mass[1])
    np.testing.assert_allclose(given.log_prob(y), np.log(want), rtol=1e-10)
    lower = low - np.array([[0.0, 1.0], [0.5, 0.0], [1.0, 2.0]])  # of each row its own
    nested = ll.MixtureOf([d, VECTORS[2]], [0.5, 0.5]).given(lower, high)
    of_rows = [(o.cdf(high) - o.cdf(lower)).prod(-1) for o in box]
    want = (0.2 * density[0] + 0.8 * density[1]) / (0.2 * of_rows[0] + 0.8 * of_rows[1])
    np.testing.assert_allclose(nested.log_prob(y), np.log(want), rtol=1e-10)
    # Of a part that has nothing within the bounds, nothing is left.
    part = ll.Independent(ll.Truncated(ll.Gaussian(MANY, 1.0), -9.0, -4.0))
    given = ll.MixtureOf([part, VECTORS[2]], [0.5, 0.5]).given(low, high)
    np.testing.assert_allclose(given.log_prob(y), np.log(density[1] / mass[1]), rtol=1e-10)


def test_censored_goes_outermost():
    parts = [ll.Censored(ll.Weibull([1.0, 2.0], 2.0)), ll.Censored(ll.Gamma(2.0, 1.0))]
    y = ll.Interval([1.5, 2.0], [1.5, np.inf])
    weibull, gamma = scipy.stats.weibull_min(2.0, scale=[1.0, 2.0]), scipy.stats.gamma(2.0)
    want = [
        0.3 * weibull.pdf(1.5)[0] + 0.7 * gamma.pdf(1.5),
        0.3 * weibull.sf(2.0)[1] + 0.7 * gamma.sf(2.0),
    ]
    made = mixture_of(parts, [0.3, 0.7])
    assert type(made) is ll.Censored
    for d in (made, ll.MixtureOf(parts, [0.3, 0.7]), ll.MixtureOf(parts, [0.3, 0.7]).censored_outermost()):
        np.testing.assert_allclose(d.log_prob(y), np.log(want), rtol=1e-11)
    given = ll.MixtureOf(parts, [0.3, 0.7]).given(low=1.0)
    above = 0.3 * weibull.sf(1.0) + 0.7 * gamma.sf(1.0)
    np.testing.assert_allclose(given.sf(2.0), (0.3 * weibull.sf(2.0) + 0.7 * gamma.sf(2.0)) / above, rtol=1e-11)
    two = ll.Mixture(ll.Censored(ll.Weibull([1.0, 3.0], 2.0)), probs=[0.5, 0.5])
    assert type(mixture_of([parts[0], two], [0.3, 0.7]).base) is ll.Mixture


# ---- what cannot be mixed --------------------------------------------------------------------------------------------

REFUSED = {
    "counts": (
        [GAUSSIAN, ll.Poisson(2.0)],
        [0.5, 0.5],
        "Gaussian is a number with a density, .* Poisson a whole number",
    ),
    "atoms": (
        [GAUSSIAN, ll.Hurdle(ll.Gamma(2.0, 1.0), 0.3)],
        [0.5, 0.5],
        "Hurdle a number .* with a probability of 0 itself",
    ),
    "angles": ([GAUSSIAN, ll.VonMises(0.0, 1.0)], [0.5, 0.5], "VonMises an angle"),
    "classes": ([CLASSES, ll.Categorical(probs=[0.5, 0.5])], [0.5, 0.5], "a class, 0 to 2, .* a class, 0 to 1"),
    "labels": ([CLASSES.labelled(LABELS), CLASSES], [0.5, 0.5], r"0 to 2, with the labels \['a', 'b', 'c'\]"),
    "intervals": ([GAUSSIAN, ll.Censored(T)], [0.5, 0.5], "Censored a number with a density, or an interval"),
    "shapes": ([GAUSSIAN, VECTORS[0]], [0.5, 0.5], r"MultivariateGaussian a number with a density, of shape \(2,\)"),
    "sums": ([ll.Dirichlet([1.0, 2.0]), VECTORS[0]], [0.5, 0.5], "where its shares must sum to 1"),
    "rows": (
        [GAUSSIAN, T[:2]],
        [0.5, 0.5],
        r"batch_shape \(3,\), \(2,\) and weights of shape \(2,\) do not go together",
    ),
    "sum of weights": ([GAUSSIAN, T], [0.5, 0.6], "the weights of every row must be at least 0 and sum to 1"),
    "negative": ([GAUSSIAN, T], [-0.5, 1.5], "the weights of every row must be at least 0 and sum to 1"),
    "nan": ([GAUSSIAN, T], [np.nan, 1.0], "the weights of every row must be at least 0 and sum to 1"),
    "how many": ([GAUSSIAN, T], [0.2, 0.3, 0.5], r"weights have shape \(3,\), but there are 2 parts"),
    "words": ([GAUSSIAN, T], ["half", "half"], "weights must be numbers"),
    "no distribution": ([GAUSSIAN, 3.0], [0.5, 0.5], "parts must be distributions, not 3.0"),
    "no list": (GAUSSIAN, [1.0], "parts must be a list of distributions, not Gaussian"),
    "none": ([], [], r"parts must be a list of distributions, not \[\]"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_mixed(name):
    parts, weights, message = REFUSED[name]
    with pytest.raises(ll.ParameterError, match=message):
        mixture_of(parts, weights)


def test_what_a_part_has_not():
    with pytest.raises(
        ll.DataError, match="MixtureOf: y is made of intervals, which Gaussian beside StudentT does not take"
    ):
        ll.MixtureOf([GAUSSIAN, T], [0.5, 0.5]).log_prob(ll.Interval(Y, Y + 1.0))
    with pytest.raises(ll.UndefinedError, match="its components are Categorical beside OrderedLogistic"):
        ll.MixtureOf([CLASSES, GRADES], [0.5, 0.5]).crps([0, 1, 2])
    with pytest.raises(ll.DataError, match=r"y has shape \(3, 1\)"):
        ll.MixtureOf([GAUSSIAN, T], [0.5, 0.5]).cdf(Y[:, None])
