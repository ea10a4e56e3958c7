"""What is refused, and what the message says."""

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
    "cutpoints": (
        lambda: ll.OrderedLogistic(0.0, [[0.0, 1.0], [1.0, 1.0]]),
        "^OrderedLogistic: the cutpoints of every row must increase",
    ),
    "trials": (
        lambda: ll.Binomial([3.0, 2.5], 0.0),
        r"^Binomial: total_count must be a whole number 0, 1, 2, …, got 2.5 at \(1,\)\.$",
    ),
    "certain failure": (lambda: ll.Geometric(probs=0.0), "^Geometric: logits must be a finite number"),
    "probability": (lambda: ll.Bernoulli(probs=[0.5, 1.5]), r"^Bernoulli: probs must lie between 0 and 1, got 1.5\.$"),
    "certain count": (lambda: ll.NegativeBinomial(1.0, probs=1.0), "^NegativeBinomial: logits must be a finite number"),
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


def test_other_shapes_that_do_not_go():
    with pytest.raises(ll.DataError, match=r"shape \(2,\) does not go with batch_shape \(3,\)"):
        BATCHES["Gaussian"].log_prob(np.zeros(2))
    with pytest.raises(ll.DataError, match=r"shape \(2,\) does not go with batch_shape \(3,\)"):
        BATCHES["Categorical"].log_prob(np.zeros(2))
    with pytest.raises(ll.DataError, match="each event has 2 outputs"):
        ll.Independent(ll.Gaussian(np.zeros((3, 2)), 1.0)).log_prob(np.zeros(3))


def test_kl_divergence_between_counts_and_reals_is_undefined():
    with pytest.raises(ll.UndefinedError, match="kl_divergence between Gaussian and Poisson"):
        ll.Gaussian(0.0, 1.0).kl_divergence(ll.Poisson(1.0))
    with pytest.raises(ll.UndefinedError, match="same classes"):
        ll.Categorical(np.zeros(2)).kl_divergence(ll.Categorical(np.zeros(3)))


def test_errors_are_of_the_kind_users_expect():
    assert issubclass(ll.ParameterError, ValueError)
    assert issubclass(ll.DataError, ValueError)
    assert issubclass(ll.UndefinedError, NotImplementedError)
