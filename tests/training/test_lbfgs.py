"""L-BFGS: it reaches maxima that are known from elsewhere."""

import numpy as np
import pytest
import scipy.optimize

import likelinet as ll
from likelinet.engines import lbfgs
from likelinet.training.minibatches import split
from likelinet.training.streams import Streams
from tests.training.problems import EXACT, model

N = 120
RNG = np.random.default_rng(0)
X = RNG.normal([5.0, -2.0, 0.1], [3.0, 0.5, 0.02], (N, 3))
ONES = np.column_stack([np.ones(N), X])
WEIGHT = RNG.uniform(0.2, 2.0, N)
Z = (X - X.mean(0)) / X.std(0)
Y = 20.0 + Z @ [3.0, -2.0, 1.0] + RNG.standard_normal(N)
CLICKS = (RNG.random(N) < 1.0 / (1.0 + np.exp(-(0.3 + Z @ [1.0, -0.5, 0.2])))).astype(int)
COUNTS = RNG.poisson(np.exp(0.5 + Z @ [0.3, -0.2, 0.1]))
weighted = pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])


def fitted(y, weight=None, **distribution):
    return model(hidden=[], distribution=distribution, **EXACT).fit(X, y, weight)


def maximum(nll, size: int) -> np.ndarray:
    """Return the maximum of a generalised linear model, from its own NLL, by Newton's method with a trust region."""
    found = scipy.optimize.minimize(nll, np.zeros(size), method="BFGS", options={"gtol": 1e-9, "xrtol": 0.0})
    return found.x


@weighted
def test_gaussian_regression_is_least_squares(weight):
    w = np.ones(N) if weight is None else weight
    root = np.sqrt(w)[:, None]
    beta, *_ = np.linalg.lstsq(root * ONES, root[:, 0] * Y, rcond=None)
    d = fitted(Y, weight, kind="gaussian", scale="shared").predict_dist(X)
    np.testing.assert_allclose(d.loc, ONES @ beta, rtol=1e-6)
    np.testing.assert_allclose(d.scale, np.sqrt(np.average((Y - ONES @ beta) ** 2, weights=w)), rtol=1e-6)


def test_rows_go_through_the_network_block_by_block(monkeypatch):
    """As in one piece, to rounding; the split leaves rows that do not follow each other."""
    settings = EXACT | {"validation_fraction": 0.2, "early_stopping": None, "epochs": 6}
    whole = model(hidden=[5], **settings).fit(X, Y, WEIGHT).history.epochs
    monkeypatch.setattr(lbfgs, "ROWS_AT_ONCE", 7)
    parts = model(hidden=[5], **settings).fit(X, Y, WEIGHT).history.epochs
    np.testing.assert_allclose([e.train_nll for e in parts], [e.train_nll for e in whole], rtol=1e-7)
    np.testing.assert_allclose([e.validation_nll for e in parts], [e.validation_nll for e in whole], rtol=1e-7)


def test_a_fixed_scale_changes_nothing_about_the_line():
    beta, *_ = np.linalg.lstsq(ONES, Y, rcond=None)
    d = fitted(Y, kind="gaussian", scale=7.0).predict_dist(X)
    np.testing.assert_allclose(d.loc, ONES @ beta, rtol=1e-6)
    np.testing.assert_allclose(d.scale, 7.0, rtol=1e-12)


def test_two_outputs_are_two_regressions():
    two = np.stack([Y, -3.0 * Y + 50.0 * X[:, 0]], axis=1)
    beta, *_ = np.linalg.lstsq(ONES, two, rcond=None)
    d = fitted(two, kind="gaussian", scale="shared").predict_dist(X)
    np.testing.assert_allclose(d.mean(), ONES @ beta, rtol=1e-5)


@weighted
def test_logistic_regression(weight):
    w = np.ones(N) if weight is None else weight
    z = np.column_stack([np.ones(N), Z])
    sign = 2.0 * CLICKS - 1.0
    beta = maximum(lambda b: np.average(np.logaddexp(0.0, -sign * (z @ b)), weights=w), 4)
    d = fitted(CLICKS, weight, kind="bernoulli").predict_dist(X)
    np.testing.assert_allclose(d.probs, 1.0 / (1.0 + np.exp(-z @ beta)), rtol=2e-5)


@weighted
def test_poisson_regression(weight):
    w = np.ones(N) if weight is None else weight
    z = np.column_stack([np.ones(N), Z])
    beta = maximum(lambda b: np.average(np.exp(z @ b) - COUNTS * (z @ b), weights=w), 4)
    d = fitted(COUNTS, weight, kind="poisson").predict_dist(X)
    np.testing.assert_allclose(d.rate, np.exp(z @ beta), rtol=2e-5)
    # The score equations of the canonical link: residuals are orthogonal to every column.
    np.testing.assert_allclose(z.T @ (w * (COUNTS - d.rate)) / N, 0.0, atol=1e-6)


@weighted
def test_two_classes_are_logistic_regression(weight):
    labels = np.where(CLICKS == 1, "yes", "no")
    one = fitted(CLICKS, weight, kind="bernoulli").predict_dist(X)
    two = fitted(labels, weight, kind="categorical").predict_dist(X)
    np.testing.assert_allclose(two.base.probs[:, 1], one.probs, rtol=1e-4)


@pytest.mark.parametrize("tau", [0.1, 0.5, 0.9])
def test_quantile_regression_is_linear_programming(tau):
    """Its loss has kinks, with the minimum where several meet (Koenker 2005, section 6.2)."""
    family = {"kind": "asymmetric_laplace", "tau": tau, "scale": "shared"}
    fit = fitted(Y, **family).predict_dist(X).ppf(tau)
    cost = np.concatenate([np.zeros(4), np.full(N, tau), np.full(N, 1.0 - tau)])
    design = np.column_stack([np.ones(N), Z, np.eye(N), -np.eye(N)])
    bounds = [(None, None)] * 4 + [(0.0, None)] * (2 * N)
    best = scipy.optimize.linprog(cost, A_eq=design, b_eq=Y, bounds=bounds)
    np.testing.assert_allclose(fit, np.column_stack([np.ones(N), Z]) @ best.x[:4], rtol=1e-5)


@pytest.mark.parametrize("family", [{"kind": "laplace"}, {"kind": "asymmetric_laplace", "tau": 0.3}])
def test_only_ratios_of_weights_matter_at_kinks(family):
    """A search that stops at the first kink stops elsewhere when the weights are rounded in another way."""
    one, *others = (
        fitted(Y, k * WEIGHT, **family, scale="shared").predict_dist(X).log_prob(Y) for k in (1.0, 0.3, 3.7)
    )
    for other in others:
        np.testing.assert_allclose(other, one, atol=1e-3)


def test_epochs_limit_the_iterations():
    history = model(hidden=[8], **EXACT | {"epochs": 4}).fit(X, Y).history
    assert [e.epoch for e in history.epochs] == [1, 2, 3, 4]
    assert history.best_epoch == [4]


def test_each_member_has_its_own_rows():
    """The last iterate of each is least squares on what its own split leaves to it."""
    settings = EXACT | {"validation_fraction": 0.3, "early_stopping": None, "seed": 5}
    shared = {"kind": "gaussian", "scale": "shared"}
    history = model(hidden=[], members=2, distribution=shared, **settings).fit(X, Y).history
    rows, _ = split(N, 0.3, [s.split for s in Streams.of(5, 2)])
    for m in range(2):
        own, y = ONES[rows[m]], Y[rows[m]]
        beta, *_ = np.linalg.lstsq(own, y, rcond=None)
        want = 0.5 * np.log(2.0 * np.pi * np.e * np.mean((y - own @ beta) ** 2))
        last = [e.train_nll[e.members.index(m)] for e in history.epochs if m in e.members][-1]
        np.testing.assert_allclose(last, want, rtol=1e-9)


def test_each_member_stops_early_by_itself():
    settings = EXACT | {"epochs": 100, "early_stopping": {"patience": 3}}
    history = model(hidden=[12], members=4, **settings).fit(X[:40], Y[:40], validation=(X[40:], Y[40:])).history
    assert history.stopped == "early stopping"
    ends = [max(e.epoch for e in history.epochs if m in e.members) for m in range(4)]
    assert ends == [best + 3 for best in history.best_epoch]
    assert len(set(ends)) > 1


def test_where_the_start_is_the_maximum_there_is_no_epoch():
    fitted = ll.Model({"quality": "plain", "data": {"features": []}}).fit(X, Y)
    assert fitted.history.epochs == []
    assert (fitted.history.stopped, fitted.history.best_epoch) == ("finished", [0])
    d = fitted.predict_dist(X[:1])
    np.testing.assert_allclose([d.loc[0], d.scale[0]], [Y.mean(), Y.std()], rtol=1e-8)


def test_it_stops_early_on_held_out_rows():
    settings = EXACT | {"epochs": 400, "early_stopping": {"patience": 3}}
    history = model(hidden=[24], **settings).fit(X[:40], Y[:40], validation=(X[40:], Y[40:])).history
    assert history.stopped == "early stopping"
    assert len(history.epochs) == history.best_epoch[0] + 3
