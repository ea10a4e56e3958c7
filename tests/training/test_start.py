"""The start: output biases at the marginal maximum, and intercept-only models that are that maximum."""

import numpy as np
import pytest
import scipy.optimize
import scipy.stats

import likelinet as ll
from likelinet.config import parse_config
from likelinet.heads.build import build_head
from likelinet.heads.head import Head
from likelinet.networks.build import build_network
from likelinet.objective.objective import Objective
from likelinet.training.start import initial_weights, marginal_fit
from tests.training.problems import EXACT, FROZEN, model

N, CLASSES = 400, 3
RNG = np.random.default_rng(0)
WEIGHT = RNG.uniform(0.2, 2.0, N)
EQUAL = np.ones(N)
Y = {
    "gaussian": RNG.normal(0.3, 1.2, N),
    "student_t": 0.5 + 0.8 * RNG.standard_t(3.0, N),
    "gamma": RNG.gamma(2.5, 0.4, N),
    "poisson": RNG.poisson(3.0, N).astype(float),
    "negative_binomial": RNG.negative_binomial(2.0, 0.3, N).astype(float),
    "bernoulli": (RNG.random(N) < 0.3).astype(float),
    "categorical": RNG.choice(CLASSES, N, p=[0.5, 0.3, 0.2]).astype(float),
}
NLL = {
    "gaussian": (lambda p, y: -scipy.stats.norm.logpdf(y, p[0], np.exp(p[1])), 2),
    "student_t": (lambda p, y: -scipy.stats.t.logpdf(y, np.exp(p[0]), p[1], np.exp(p[2])), 3),
    "gamma": (lambda p, y: -scipy.stats.gamma.logpdf(y, np.exp(p[0]), scale=np.exp(p[1])), 2),
    "poisson": (lambda p, y: -scipy.stats.poisson.logpmf(y, np.exp(p[0])), 1),
    "negative_binomial": (lambda p, y: -scipy.stats.nbinom.logpmf(y, np.exp(p[0]), 1 / (1 + np.exp(-p[1]))), 2),
    "bernoulli": (lambda p, y: -scipy.stats.bernoulli.logpmf(y, 1 / (1 + np.exp(-p[0]))), 1),
    "categorical": (lambda p, y: np.log(1.0 + np.exp(p).sum()) - np.append(0.0, p)[y.astype(int)], CLASSES - 1),
}
each = pytest.mark.parametrize("kind", Y)
weighted = pytest.mark.parametrize("weight", [EQUAL, WEIGHT], ids=["plain", "weighted"])


def head_of(kind: str, **declared) -> Head:
    config = parse_config({"distribution": {"kind": kind, **declared}})
    return build_head(config.distribution, None, CLASSES, None)


def nll_of(head: Head, raw: np.ndarray, shared: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    values, _ = head.loss(np.broadcast_to(raw, (1, len(y), len(raw))), shared[None], y[None])
    return float(np.average(values[0], weights=weight))


def least_nll(kind: str, weight: np.ndarray) -> float:
    """Return the least weighted NLL, from scipy's densities and a search without gradients."""
    nll, size = NLL[kind]
    options = {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 5000, "maxfev": 5000}
    f = lambda p: np.average(nll(p, Y[kind]), weights=weight)  # noqa: E731
    return scipy.optimize.minimize(f, np.full(size, 0.1), method="Nelder-Mead", options=options).fun


def test_every_family_is_here():
    assert set(Y) == set(NLL)


@each
@weighted
def test_marginal_fit_is_the_weighted_maximum(kind, weight):
    head = head_of(kind)
    got = nll_of(head, *marginal_fit(head, Y[kind], weight), Y[kind], weight)
    np.testing.assert_allclose(got, least_nll(kind, weight), rtol=1e-7)


@weighted
def test_closed_forms(weight):
    mean = {k: np.average(y, weights=weight) for k, y in Y.items()}
    spread = np.sqrt(np.average((Y["gaussian"] - mean["gaussian"]) ** 2, weights=weight))
    shares = np.bincount(Y["categorical"].astype(int), weights=weight) / weight.sum()

    def at(kind):
        head = head_of(kind)
        raw, shared = marginal_fit(head, Y[kind], weight)
        return head.distribution(raw[None, None], shared[None])[0, 0]

    gaussian = at("gaussian")
    np.testing.assert_allclose([gaussian.loc, gaussian.scale], [mean["gaussian"], spread], rtol=1e-12)
    np.testing.assert_allclose(at("poisson").rate, mean["poisson"], rtol=1e-12)
    np.testing.assert_allclose(at("bernoulli").probs, mean["bernoulli"], rtol=1e-12)
    np.testing.assert_allclose(at("categorical").probs, shares, rtol=1e-12)


def test_gamma_is_the_maximum_that_scipy_fits():
    a, _, scale = scipy.stats.gamma.fit(Y["gamma"], floc=0.0)
    head = head_of("gamma")
    raw, shared = marginal_fit(head, Y["gamma"], EQUAL)
    d = head.distribution(raw[None, None], shared[None])[0, 0]
    np.testing.assert_allclose([d.concentration, 1.0 / d.rate], [a, scale], rtol=1e-4)


@pytest.mark.parametrize(
    ("kind", "declared"),
    [("gaussian", {"scale": "shared"}), ("student_t", {"df": "shared"}), ("negative_binomial", {"logits": "shared"})],
)
def test_shared_parameters_start_there_too(kind, declared):
    plain, shared = head_of(kind), head_of(kind, **declared)
    want = nll_of(plain, *marginal_fit(plain, Y[kind], WEIGHT), Y[kind], WEIGHT)
    np.testing.assert_allclose(nll_of(shared, *marginal_fit(shared, Y[kind], WEIGHT), Y[kind], WEIGHT), want, rtol=1e-7)


def test_a_fixed_parameter_is_taken_as_given():
    head = head_of("student_t", df=3.0)
    _, loc, scale = scipy.stats.t.fit(Y["student_t"], fdf=3.0)
    raw, shared = marginal_fit(head, Y["student_t"], EQUAL)
    want = -scipy.stats.t.logpdf(Y["student_t"], 3.0, loc, scale).mean()
    np.testing.assert_allclose(nll_of(head, raw, shared, Y["student_t"], EQUAL), want, rtol=1e-7)


def test_initial_weights_hold_it_in_the_last_bias():
    head = head_of("student_t", df="shared")
    objective = Objective(build_network(parse_config({"network": {"hidden": [5]}}).network, 2, head.predicted), head)
    rngs = [np.random.default_rng(m) for m in range(2)]
    theta = initial_weights(objective, Y["student_t"], WEIGHT, rngs, "float32")
    *_, bias, shared = objective.layout.views(theta)
    raw, constants = marginal_fit(head, Y["student_t"], WEIGHT)
    assert theta.dtype == np.float32
    np.testing.assert_allclose(bias, [raw, raw], rtol=1e-6)
    np.testing.assert_allclose(shared, [constants, constants], rtol=1e-6)
    matrix = objective.layout.views(theta)[0]
    assert (matrix[0] != matrix[1]).all()


@each
@weighted
@pytest.mark.parametrize("optimizer", ["lbfgs", "frozen"])
def test_an_intercept_only_model_is_the_marginal_maximum(kind, weight, optimizer):
    training = EXACT if optimizer == "lbfgs" else {"optimizer": FROZEN, "epochs": 1, "validation_fraction": 0.0}
    fitted = model(distribution={"kind": kind}, **training).fit(np.zeros((N, 0)), Y[kind], weight)
    got = -fitted.score(np.zeros((N, 0)), Y[kind], weight)
    np.testing.assert_allclose(got, least_nll(kind, weight), rtol=1e-8 if optimizer == "lbfgs" else 1e-7)


@pytest.mark.parametrize("kind", ["gaussian", "gamma", "poisson", "bernoulli", "categorical"])
def test_several_outputs_start_at_their_own_maxima(kind):
    two = np.stack([Y[kind], Y[kind][::-1] if kind in ("bernoulli", "categorical") else 3.0 * Y[kind]], axis=1)
    training = {"optimizer": FROZEN, "epochs": 1, "validation_fraction": 0.0, "distribution": {"kind": kind}}
    nothing = np.zeros((N, 0))
    together = model(**training).fit(nothing, two).score(nothing, two)
    apart = sum(model(**training).fit(nothing, y).score(nothing, y) for y in two.T)
    np.testing.assert_allclose(together, apart, rtol=1e-6)


@pytest.mark.filterwarnings("ignore:L-BFGS has not converged in 5 iterations")
def test_a_search_that_meets_no_gradient_comes_back():
    """A component may run to where its tail underflows, of which the loss is finite and the gradient is not."""
    y = np.repeat([0.7305754157853862, 1.302720716, 4.297444510], [6, 4, 6])
    one = {"kind": "truncated", "base": {"kind": "gamma"}, "low": float(y[0])}
    config = {"data": {"features": []}, "training": {"epochs": 5}}
    single, mixed = (
        ll.Model({"quality": "plain", **config, "distribution": d})
        .fit(np.zeros((16, 0)), y, progress=False)
        .predict_dist(y[:, None][:, :0])
        for d in (one, {"kind": "mixture", "components": 2, "base": one})
    )
    assert mixed.nll(y).sum() <= single.nll(y).sum() + 1e-6
