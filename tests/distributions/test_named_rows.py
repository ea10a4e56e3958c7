"""Rows whose parameters leave a method without a number are named once, by the method that was called."""

import functools
import re

import numpy as np
import pytest

import likelinet as ll
from likelinet.scores.metrics import evaluate
from tests.small import quick

LEAST, MOST = 5e-324, 1e300
WHY = r"are too large, too small or too far apart for numbers of double precision\.$"
Y = 0.4


def said(ask, *, says):
    """Return what `ask` returns, which warns of nothing but the rows, in the name of this file."""
    with pytest.warns(UserWarning, match=says) as notes:
        answers = ask()
    assert len(notes) == 1
    assert notes[0].filename == __file__
    return answers


# A batch of five, of which the second and the fourth are more than numbers can tell; the method; whether it has a y.
CASES = {
    "inverse gaussian": (lambda b: ll.InverseGaussian(b(1.0, LEAST), 1.0), "crps", True),
    "kumaraswamy": (lambda b: ll.Kumaraswamy(b(1.0, LEAST), 2.0), "mean", False),
    "kumaraswamy var": (lambda b: ll.Kumaraswamy(2.0, b(1.0, LEAST)), "var", False),
    "kumaraswamy std": (lambda b: ll.Kumaraswamy(2.0, b(1.0, LEAST)), "std", False),
    "t": (lambda b: ll.StudentT(b(3.0, LEAST), 0.0, 1.0), "mean", False),
    "t var": (lambda b: ll.StudentT(b(3.0, LEAST), 0.0, 1.0), "var", False),
    "t interval": (lambda b: ll.StudentT(b(3.0, LEAST), 0.0, 1.0), "interval", 0.5),
    "t sample": (lambda b: ll.StudentT(b(3.0, LEAST), 0.0, 1.0), "sample", 7),
    "beta": (lambda b: ll.Beta(b(1.0, LEAST), b(2.0, LEAST)), "log_prob", True),
    "beta median": (lambda b: ll.Beta(b(1.0, 1e12), b(2.0, MOST)), "median", False),
    "beta quantile": (lambda b: ll.Beta(b(1.0, 1e12), b(2.0, MOST)), "ppf", True),
    "geometric": (lambda b: ll.Geometric(b(0.3, -MOST)), "entropy", False),
    "negative binomial": (lambda b: ll.NegativeBinomial(b(2.0, 1e-12), b(0.1, 1e12)), "mode", False),
    "mixture": (lambda b: ll.Mixture(ll.InverseGaussian(b([1.0, 2.0], [1.0, LEAST]), 1.0), np.zeros(2)), "crps", True),
    "gate": (lambda b: ll.ZeroInflated(ll.Kumaraswamy(b(1.0, LEAST), 2.0), 0.3), "mean", False),
    "truncation": (lambda b: ll.Truncated(ll.InverseGaussian(b(1.0, LEAST), 1.0), 0.0), "crps", True),
    "outputs": (lambda b: ll.Independent(ll.Kumaraswamy(b([1.0, 1.0], [1.0, LEAST]), 2.0)), "mean", False),
}


def five(good, bad):
    return np.array([good, bad, good, bad, good])


@pytest.mark.parametrize("name", CASES)
def test_said_once(name):
    make, method, of = CASES[name]
    d, other = make(five), make(lambda good, bad: np.array([good] * 5))
    operand = () if of is False else (Y if of is True else of,)
    names = re.compile(rf": {method} is nan in 2 rows of 5 \(rows 2, 4\), as their parameters(, or y,)? {WHY}")
    got = np.asarray(said(lambda: getattr(d, method)(*operand), says=names))
    of_rows = -2 if d.event_shape else -1
    assert np.isnan(np.take(got, [1, 3], of_rows)).any(-1 if d.event_shape else 0).all()
    if method != "sample":  # whose draws come in another order
        want = np.asarray(getattr(other, method)(*operand))
        np.testing.assert_array_equal(np.take(got, [0, 2, 4], of_rows), np.take(want, [0, 2, 4], of_rows))


def test_once_however_many_blocks_of_rows_there_are():
    loc = np.ones((2, 2100))
    loc[:, [0, 2000]] = LEAST
    says = r"^InverseGaussian: crps is nan in 2 rows of 2100 \(rows 1, 2001\), as"
    got = said(lambda: ll.InverseGaussian(loc[0], 1.0).crps(np.full((2, 2100), Y)), says=says)
    np.testing.assert_array_equal(np.isnan(got), loc == LEAST)


def test_one_distribution():
    d = ll.Beta(1e12, MOST)
    said(d.median, says=rf"^Beta: median is nan, as its parameters {WHY}")
    said(lambda: d.ppf([0.1, 2.0, 0.5]), says=r"^Beta: ppf is nan for 2 of 3 values, as its parameters are")
    kl = functools.partial(ll.GeneralizedPareto([LEAST, 1.0], LEAST).kl_divergence, ll.GeneralizedPareto(1.0, LEAST))
    said(kl, says=r"^GeneralizedPareto: kl_divergence is nan in 1 row of 2 \(row 1\)")


QUIET = {
    "no mean": lambda: ll.Cauchy([0.0, 1.0], 1.0).mean(),
    "no variance": lambda: ll.StudentT([0.5, 1.0], 0.0, 1.0).std(),
    "no mean of a mixture": lambda: ll.Mixture(ll.Cauchy([[0.0, 1.0]], 1.0), np.zeros(2)).mean(),
    "no mean of a shifted one": lambda: ll.Transformed(ll.StudentT([0.5], 0.0, 1.0), ll.Affine(2.0, 3.0)).mean(),
    "no mean of counts": lambda: ll.Discretised(ll.Cauchy(0.3, [1.0, 2.0])).mean(),
    "y": lambda: ll.Gaussian([0.0, 1.0], 1.0).crps([np.nan, np.nan]),
    "y of a vector": lambda: ll.Dirichlet([[1.0, 2.0]]).log_prob([[np.nan, 0.5]]),
    "y of outputs": lambda: ll.Independent(ll.Gaussian([[0.0, 1.0]], 1.0)).log_prob([[np.nan, 0.5]]),
    "q": lambda: ll.Gaussian([0.0, 1.0], 1.0).isf([-1.0, 2.0]),
    "nan of a weight": lambda: ll.Mixture(ll.Gaussian([[0.0, 1.0]], 1.0), np.zeros(2)).cdf([np.nan]),
}


@pytest.mark.parametrize("name", QUIET)
def test_nothing_is_said_of(name):
    assert np.isnan(QUIET[name]()).all()  # and a warning would be an error


def test_what_a_truncation_leaves_nothing_of_is_named_where_it_is_made():
    with pytest.warns(UserWarning, match=r"the answers for row 2 are nan\.$"):
        d = ll.Truncated(ll.Weibull([1.0, 1e-7], [2.0, 50.0]), low=1.0)
    for answers in (d.mean(), d.crps(2.0), d.kl_divergence(d), d.sample(3, rng=0), d.interval(0.5), d.std()):
        np.testing.assert_array_equal(np.isnan(np.asarray(answers)).reshape(-1, 2).any(0), [False, True])


def test_of_what_a_model_predicts():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 1)), rng.uniform(0.1, 0.9, 40)
    model = quick(distribution={"kind": "johnson_su"}, network={"hidden": []}, data={"extrapolate": True})
    model.fit(x, y, progress=False)
    x = np.concatenate([x[:3], [[1e30]], x[:2]])
    got = said(lambda: model.predict_dist(x).crps(Y), says=r"^JohnsonSU: crps is nan in 1 row of 6 \(row 4\), as")
    np.testing.assert_array_equal(got[:3], model.predict_dist(x[:3]).crps(Y))


def test_of_what_is_evaluated():
    d = CASES["inverse gaussian"][0](five)
    with pytest.warns(UserWarning, match="crps") as notes:
        scores = evaluate(d, np.array([0.5, 1e-323, 1.0, 1e-323, 2.0]))
    assert [str(n.message)[:60] for n in notes if "crps" in str(n.message)] == [
        "InverseGaussian: crps is nan in 2 rows of 5 (rows 2, 4), as ",
        "crps is left out: it is nan for 2 of 5 rows.",
    ]
    assert "crps" not in scores
    assert "mae" in scores


FAR = np.array([1e300, 2e307, 1.79e308])
FAR_OUT = {
    "gamma": (lambda y: ll.Gamma(2.5, 3.0).log_sf(y), -3.0),
    "gamma of small shape": (lambda y: ll.Gamma(1e-3, 1e-5).log_sf(y), -1e-5),
    "inverse gamma": (lambda y: ll.InverseGamma(2.0, 3.0).log_cdf(1.0 / y), -3.0),
    "negative binomial": (lambda y: ll.NegativeBinomial(2.0, 0.3).log_sf(y), -np.log1p(np.exp(-0.3))),
}


@pytest.mark.parametrize("name", FAR_OUT)
def test_tails_where_products_overflow(name):
    of, slope = FAR_OUT[name]
    with np.errstate(over="ignore"):
        want = slope * FAR
    largest = np.finfo(float).max
    np.testing.assert_allclose(np.maximum(of(FAR), -largest), np.maximum(want, -largest), rtol=1e-12)


def test_density_where_the_inverse_overflows():
    with np.errstate(over="ignore"):
        assert (ll.InverseGamma(2.0, 3.0).log_prob([5e-324, 1e-310]) < -1e308).all()
