"""What is refused, and what the message says."""

from functools import partial

import numpy as np
import pytest

import likelinet as ll

MISTAKES = {
    "scale": (
        lambda: ll.Gaussian(0.0, [1.0, -2.0]),
        r"^Gaussian: scale must be a positive number, got -2.0 at \(1,\)\.$",
    ),
    "zero": (lambda: ll.Gamma(0.0, 1.0), r"^Gamma: concentration must be a positive number, got 0.0\.$"),
    "nan": (lambda: ll.Gaussian(np.nan, 1.0), r"^Gaussian: loc must be a finite number, got nan\.$"),
    "infinite": (lambda: ll.Poisson(np.inf), r"^Poisson: rate must be a positive number, got inf\.$"),
    "df": (lambda: ll.StudentT(-1.0, 0.0, 1.0), r"^StudentT: df must be a positive number, got -1.0\.$"),
    "shapes": (
        lambda: ll.Gaussian(np.zeros(2), np.ones(3)),
        r"^Gaussian: the shapes of loc \(2,\), scale \(3,\) do not broadcast",
    ),
    "both": (lambda: ll.Bernoulli(0.0, probs=0.5), "^Bernoulli takes either logits or probs"),
    "neither": (lambda: ll.Bernoulli(), "^Bernoulli takes either logits or probs"),
    "both counts": (lambda: ll.NegativeBinomial(1.0, 0.0, probs=0.5), "^NegativeBinomial takes either logits or probs"),
    "neither classes": (lambda: ll.Categorical(), "^Categorical takes either logits or probs"),
    "neither weights": (lambda: ll.Mixture(ll.Gaussian([0.0, 1.0], 1.0)), "^Mixture takes either logits or probs"),
    "negative weights": (
        lambda: ll.Mixture(ll.Gaussian([0.0, 1.0], 1.0), probs=[2.0, -1.0]),
        "^Mixture: probs must be finite and not negative",
    ),
    "a symbol for a name": (
        lambda: ll.Gaussian(mu=0.0),  # type: ignore[reportCallIssue]
        r"^Gaussian has no parameter 'mu' \(did you mean 'loc'\?\)\.$",
    ),
    "a symbol cut short": (
        lambda: ll.Poisson(lam=1.0),  # type: ignore[reportCallIssue]
        r"^Poisson has no parameter 'lam' \(did you mean 'rate'\?\)\.$",
    ),
    "a letter for a name": (
        lambda: ll.Binomial(n=3, probs=0.5),  # type: ignore[reportCallIssue]
        r"^Binomial has no parameter 'n' \(did you mean 'total_count'\?\)\.$",
    ),
    "a name of another library": (
        lambda: ll.Truncated(ll.Gaussian(0.0, 1.0), lower=0.0),  # type: ignore[reportCallIssue]
        r"^Truncated has no parameter 'lower' \(did you mean 'low'\?\)\.$",
    ),
    "no scale": (
        lambda: ll.Laplace(0.0),  # type: ignore[reportCallIssue]
        r"^Laplace: missing a required argument: 'scale'; it takes loc, scale\.$",
    ),
    "one parameter too many": (
        lambda: ll.Laplace(0.0, 1.0, 2.0),  # type: ignore[reportCallIssue]
        r"^Laplace: too many positional arguments; it takes loc, scale\.$",
    ),
    "cutpoints": (
        lambda: ll.OrderedLogistic(0.0, [[0.0, 1.0], [1.0, 1.0]]),
        "^OrderedLogistic: the cutpoints of every row must increase",
    ),
    "trials": (
        lambda: ll.Binomial([3.0, 2.5], 0.0),
        r"^Binomial: total_count must be a whole number 0, 1, 2, …, got 2.5 at \(1,\)\.$",
    ),
    "certain failure": (lambda: ll.Geometric(probs=0.0), "^Geometric: probs must be .* neither of them, got 0.0"),
    "certain success": (lambda: ll.Binomial(5, probs=1.0), "^Binomial: probs must be .* neither of them, got 1.0"),
    "probability": (
        lambda: ll.Bernoulli(probs=[0.5, 1.5]),
        r"^Bernoulli: probs must be a number between 0 and 1, got 1.5\.$",
    ),
    "certain count": (
        lambda: ll.NegativeBinomial(1.0, probs=1.0),
        "^NegativeBinomial: probs must be .* neither of them, got 1",
    ),
    "negative class": (
        lambda: ll.Categorical(probs=[0.5, -0.5]),
        "^Categorical: probs must be finite and not negative",
    ),
    "no class": (lambda: ll.Categorical(probs=[0.0, 0.0]), "every row needs a class of positive probability"),
    "nan logit": (lambda: ll.Categorical([0.0, np.nan]), "^Categorical: "),
    "infinite logit": (lambda: ll.Categorical([0.0, np.inf]), "no logit may be"),
    "one number": (lambda: ll.Categorical(0.0), "^Categorical: logits needs 1 axis at least"),
    "no axis": (lambda: ll.Independent(ll.Gaussian(0.0, 1.0)), "^Independent: base needs a batch axis"),
    "weights": (
        lambda: ll.Mixture(ll.Gaussian(np.zeros(3), 1.0), np.zeros(2)),
        r"^Mixture: 2 weights do not match components",
    ),
    "affine": (lambda: ll.Affine(0.0, -1.0), "^Affine: loc must be finite and scale positive"),
    "discrete": (
        lambda: ll.Transformed(ll.Poisson(1.0), ll.Affine(0.0, 1.0)),
        "^Transformed: base must be a continuous",
    ),
    "transform": (
        lambda: ll.Transformed(ll.Gaussian(0.0, 1.0), "log"),
        r"^Transformed: transform must be .*, not 'log'\.$",
    ),
    "list of components": (
        lambda: ll.Mixture([ll.Gaussian(0.0, 1.0)], [1.0]),
        "^Mixture: components must be one distribution",
    ),
    "base": (lambda: ll.Independent([1.0]), r"^Independent: base must be a distribution, not \[1\.0\]\.$"),
    "vectors": (
        lambda: ll.Independent(ll.Dirichlet([[1.0, 2.0]])),
        r"^Independent: base must be .* of one number or class, and each y of Dirichlet has shape \(2,\)\.$",
    ),
    "censored twice": (
        lambda: ll.Censored(ll.Censored(ll.Gaussian(0.0, 1.0))),
        r"^Censored: base must not be Censored; once is enough\.$",
    ),
    "censored within": (
        lambda: ll.Truncated(ll.Censored(ll.Gaussian(0.0, 1.0)), 0.0),
        r"^Truncated: base must not be Censored; Censored goes outermost, over Truncated\.$",
    ),
    "classes truncated": (
        lambda: ll.Truncated(ll.Categorical([0.0, 0.0]), 0.0),
        r"^Truncated: base must be a distribution of one number, and Categorical is one of classes\.$",
    ),
    "classes censored": (
        lambda: ll.Censored(ll.OrderedLogistic(0.0, [0.0, 1.0])),
        r"^Censored: base must be a distribution of one number, and OrderedLogistic is one of classes\.$",
    ),
    "vectors inflated": (
        lambda: ll.ZeroInflated(ll.Dirichlet([1.0, 2.0]), 0.5),
        r"^ZeroInflated: base must be a distribution of one number, and each y of Dirichlet has shape \(2,\)\.$",
    ),
    "several outputs": (
        lambda: ll.Hurdle(ll.Independent(ll.Gamma([1.0, 2.0], 1.0)), 0.5),
        r"has shape \(2,\); for several outputs, put Hurdle inside Independent\.$",
    ),
    "negative number of samples": (
        lambda: ll.Gaussian(0.0, 1.0).sample(-1),
        r"^sample: sample_shape must be a whole number from 0, or a tuple of them, not -1\.$",
    ),
    "half a sample": (lambda: ll.Gamma(1.0, 1.0).sample(2.5), r"sample_shape must be .*, not 2\.5\.$"),
    "half a row of samples": (lambda: ll.Categorical([0.0, 0.0]).sample((3, 0.5)), r"sample_shape .* \(3, 0\.5\)"),
    "word as a number": (lambda: ll.Dirichlet([1.0, 2.0]).sample("a"), "sample_shape must be .* not 'a'"),
    "seed": (lambda: ll.Gaussian(0.0, 1.0).sample(3, rng="a"), r"^sample: rng must be .*Generator, not 'a'\.$"),
    "negative seed": (
        lambda: ll.ZeroInflated(ll.Poisson(1.0), 0.5).sample(3, rng=-1),
        "^sample: rng must be a whole number from 0",
    ),
    "confidence": (
        lambda: ll.Gaussian(0.0, 1.0).interval(1.0),
        "^interval: confidence must lie between 0 and 1, got 1.0",
    ),
    "confidences": (lambda: ll.Gaussian(0.0, 1.0).interval([0.5, 0.9]), "^interval: confidence must lie between"),
}


@pytest.mark.parametrize(("mistake", "message"), MISTAKES.values(), ids=MISTAKES)
def test_bad_parameters(mistake, message):
    with pytest.raises(ll.ParameterError, match=message):
        mistake()


BATCHES = {
    "Gaussian": ll.Gaussian(np.zeros(3), 1.0),
    "Categorical": ll.Categorical(np.zeros((3, 2))),
    "Mixture": ll.Mixture(ll.Gaussian(np.zeros((3, 2)), 1.0), np.zeros(2)),
    "Transformed": ll.Transformed(ll.Gaussian(np.zeros(3), 1.0), ll.Affine(1.0, 2.0)),
    "Labelled": ll.Labelled(ll.Categorical(np.zeros((3, 2))), [0, 1]),
}


@pytest.mark.parametrize("d", BATCHES.values(), ids=BATCHES)
def test_a_column_of_y_is_refused_instead_of_broadcast(d):
    assert d.log_prob(np.zeros(3)).shape == (3,)
    with pytest.raises(ll.DataError, match=r"y has shape \(3, 1\) but there are 3 distributions"):
        d.log_prob(np.zeros((3, 1)))
    with pytest.raises(ll.DataError, match=r"y has shape \(3, 1\)"):
        d.nll(np.zeros((3, 1)))


@pytest.mark.parametrize("method", ["cdf", "sf", "log_cdf", "log_sf", "crps"])
@pytest.mark.parametrize("name", ["Gaussian", "Mixture", "Transformed"])
def test_so_it_is_by_the_other_methods_of_y(name, method):
    with pytest.raises(ll.DataError, match=r"y has shape \(3, 1\)"):
        getattr(BATCHES[name], method)(np.zeros((3, 1)))


QUANTILES = {
    **{name: BATCHES[name] for name in ("Gaussian", "Mixture", "Transformed")},
    "Poisson": ll.Poisson(1.0),
    "Truncated": ll.Truncated(ll.Gaussian(0.0, 1.0), 0.0),
    "Discretised": ll.Discretised(ll.Gaussian(0.0, 1.0)),
    "ZeroInflated": ll.ZeroInflated(ll.Poisson(1.0), 0.5),
    "Censored": ll.Censored(ll.Gaussian(0.0, 1.0)),
    "Independent": ll.Independent(ll.Gaussian([0.0, 1.0], 1.0)),
    "MultivariateGaussian": ll.MultivariateGaussian([0.0, 1.0], np.eye(2)),
}


@pytest.mark.parametrize("method", ["ppf", "isf"])
@pytest.mark.parametrize("d", QUANTILES.values(), ids=QUANTILES)
def test_quantiles_of_words_are_refused(d, method):
    with pytest.raises(ll.DataError, match=r"^\w+: q must be numbers, not 'a'\.$"):
        getattr(d, method)("a")


def test_other_shapes_that_do_not_go():
    with pytest.raises(ll.DataError, match=r"shape \(2,\) does not go with batch_shape \(3,\)"):
        BATCHES["Gaussian"].log_prob(np.zeros(2))
    with pytest.raises(ll.DataError, match=r"shape \(2,\) does not go with batch_shape \(3,\)"):
        BATCHES["Categorical"].log_prob(np.zeros(2))
    with pytest.raises(ll.DataError, match="each event has 2 outputs"):
        ll.Independent(ll.Gaussian(np.zeros((3, 2)), 1.0)).log_prob(np.zeros(3))
    of_two = ll.Mixture(ll.Independent(ll.Gaussian(np.zeros((3, 2, 4)), 1.0)), np.zeros((3, 2)))
    with pytest.raises(ll.DataError, match=r"shape \(2, 4\) does not go with batch_shape \(3, 4\)"):
        of_two.cdf(np.zeros((2, 4)))


OF_THREE = {
    **{name: BATCHES[name] for name in ("Gaussian", "Mixture", "Transformed")},
    "Poisson": ll.Poisson(np.ones(3)),
    "Bernoulli": ll.Bernoulli(np.zeros(3)),
    "Truncated": ll.Truncated(ll.Gaussian(np.zeros(3), 1.0), 0.0),
    "Hurdle": ll.Hurdle(ll.Gamma(np.ones(3), 1.0), 0.5),
    "Censored": ll.Censored(ll.Gaussian(np.zeros(3), 1.0)),
}


@pytest.mark.parametrize("method", ["log_prob", "cdf", "sf", "log_cdf", "log_sf", "ppf", "isf", "crps", "prob_between"])
@pytest.mark.parametrize("d", OF_THREE.values(), ids=OF_THREE)
def test_several_values_for_all_rows_need_an_axis(d, method):
    ask = partial(d.prob_between, 0.2) if method == "prob_between" else getattr(d, method)
    two = np.array([0.3, 0.7])
    with pytest.raises(ll.DataError, match=r"^\w+: .* pass one value .* or several for all with \.reshape\(-1, 1\)\.$"):
        ask(two)
    assert np.shape(ask(two.reshape(-1, 1))) == (2, 3)


def test_kl_divergence_between_counts_and_reals_is_undefined():
    with pytest.raises(ll.UndefinedError, match="kl_divergence between Gaussian and Poisson"):
        ll.Gaussian(0.0, 1.0).kl_divergence(ll.Poisson(1.0))
    with pytest.raises(ll.UndefinedError, match="same classes"):
        ll.Categorical(np.zeros(2)).kl_divergence(ll.Categorical(np.zeros(3)))


def test_errors_are_of_the_kind_users_expect():
    assert issubclass(ll.ParameterError, ValueError)
    assert issubclass(ll.DataError, ValueError)
    assert issubclass(ll.UndefinedError, NotImplementedError)


@pytest.mark.parametrize("base", [ll.Categorical(probs=[0.2, 0.8]), ll.Bernoulli(probs=[0.2])])
@pytest.mark.parametrize("ask", ["cdf", "ppf", "crps", "given", "mean"])
def test_labels_are_no_numbers(base: ll.Distribution, ask: str):
    d = ll.Labelled(base, ["no", "yes"])
    with pytest.raises(ll.UndefinedError) as error:
        getattr(d, ask)(*([] if ask == "mean" else ["yes"]))
    family = type(base).__name__
    assert str(error.value) == f"{family} has no {ask} where y is a label: take probs, log_prob, mode or entropy."
