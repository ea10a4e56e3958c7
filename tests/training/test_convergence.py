"""L-BFGS says whether it has come to a maximum, and that there is none where there is none."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import likelinet as ll
from likelinet.optim.kinks import downhill
from likelinet.optim.lbfgs import begin, iterate, settled

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
NOTHING = np.zeros((60, 0))
NOISE = RNG.normal(size=60)
TIMES = RNG.exponential(size=60)
NEVER = ll.Interval(TIMES, np.full(60, np.inf))
LINEAR: dict[str, Any] = {
    "network": {"hidden": []},
    "training": {"optimizer": {"kind": "lbfgs"}, "validation_fraction": 0.0},
}


def told(X: np.ndarray, y: Any, distribution: dict[str, Any], **config: Any) -> tuple[ll.Model, list[str]]:
    model = ll.Model({"quality": "plain", "distribution": distribution, **config})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y, progress=False)
    return model, [str(w.message) for w in caught]


def over(kind: str) -> dict[str, Any]:
    return {"kind": "censored", "base": {"kind": kind}}


WITHOUT = {
    "all censored, exponential": (NOTHING, NEVER, over("exponential"), {}, "'rate' runs to 0;"),
    "all censored, gaussian": (NOTHING, NEVER, over("gaussian"), {}, "'loc' runs without end;"),
    "all censored, weibull": (NOTHING, NEVER, over("weibull"), {}, "runs to infinity;"),
    "no count at all": (NOTHING, np.zeros(60), {"kind": "poisson"}, {}, "'rate' runs to 0;"),
    "no success": (NOTHING, np.zeros(60), {"kind": "binomial", "total_count": 9}, {}, "'logits' runs without end;"),
    "separable": (X, X[:, 0] > 0.0, {"kind": "bernoulli"}, LINEAR, "'logits' runs without end;"),
    "separable but for one group": (
        np.column_stack([X, X[:, 0] > 0.5]),
        np.where(X[:, 0] > 0.5, 1, NOISE > 0.0).astype(int),
        {"kind": "bernoulli"},
        LINEAR,
        "'logits' runs without end;",
    ),
    "three classes": (X, (X[:, 0] > 0.0) + 1 * (X[:, 0] > 1.0), {"kind": "categorical"}, LINEAR, "'logits' runs"),
    "counts of one group": (
        np.column_stack([X, X[:, 0] > 0.5]),
        np.where(X[:, 0] > 0.5, 0, np.arange(60) % 4),
        {"kind": "poisson"},
        LINEAR,
        "'rate' runs to 0;",
    ),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_a_maximum_that_does_not_exist_is_named(name: str):
    x, y, distribution, config, words = WITHOUT[name]
    _, notes = told(x, y, distribution, **config)
    notes = [said for said in notes if " in every row" not in said]
    assert len(notes) == 1
    assert notes[0].startswith(
        f"The likelihood of y under '{distribution['kind']}' has no maximum: it still rises as '"
    )
    assert words in notes[0]


def test_an_exact_line_has_no_spread():
    _, notes = told(X, X @ [1.0, 2.0], {"kind": "gaussian"}, **LINEAR)
    assert notes == [
        "'scale' of 'gaussian' is at its floor, a thousandth of the spread of y: if the inputs do not determine y "
        "exactly, take the link 'exp' for it, which has none."
    ]


LINE = X[:, 0] + NOISE
ORDINARY = {
    "gaussian": LINE,
    "student_t": LINE,  # df runs to infinity, where the family is a Gaussian
    "laplace": LINE,
    "asymmetric_laplace": LINE,
    "logistic": LINE,
    "cauchy": LINE,
    "gumbel": LINE,
    "skew_normal": LINE,
    "johnson_su": np.sinh(LINE),
    "bernoulli": (LINE > 0.0).astype(int),
    "categorical": (LINE > 0.0) + 1 * (LINE > 1.0),
    "ordered_logistic": (LINE > 0.0) + 1 * (LINE > 1.0),
    "poisson": RNG.poisson(np.exp(0.5 + 0.3 * X[:, 0])),
    "negative_binomial": RNG.poisson(np.exp(0.5 + 0.3 * X[:, 0])),  # as a Poisson, its limit
    "geometric": RNG.poisson(np.exp(0.5 + 0.3 * X[:, 0])),
    "gamma": np.exp(0.3 * LINE),
    "log_normal": np.exp(0.3 * LINE),
    "weibull": np.exp(0.3 * LINE),
    "inverse_gaussian": np.exp(0.3 * LINE),
    "beta": 1.0 / (1.0 + np.exp(-LINE)),
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_there_is_nothing_to_say_of_ordinary_data(kind: str):
    for x, config in ((X, LINEAR), (NOTHING, {})):
        model, notes = told(x, ORDINARY[kind], {"kind": kind}, **config)
        assert notes == []
        assert model.history.stopped in ("finished", "not converged")


def test_kinks_are_a_maximum_too():
    """Where slopes jump none of them is zero, and the search is at the end all the same."""
    for kind in ("laplace", "asymmetric_laplace"):
        model, _ = told(X, LINE, {"kind": kind, "scale": "shared"}, **LINEAR)
        assert model.history.stopped == "finished"


def test_too_few_iterations():
    few = {**LINEAR, "training": {**LINEAR["training"], "epochs": 3}}
    model, notes = told(X, LINE, {"kind": "gaussian"}, **few)
    assert model.history.stopped == "not converged"
    assert notes == [
        "L-BFGS has not converged in 3 iterations: this is not the maximum of the likelihood; raise training.epochs, "
        "or take the optimizer 'adamw'."
    ]


def absolute(point: np.ndarray) -> tuple[float, np.ndarray]:
    """Return Σ i |xᵢ - i| and a gradient."""
    i = np.arange(1.0, 1.0 + len(point))
    return float((i * np.abs(point - i)).sum()), i * np.sign(point - i)


def test_gradients_around_a_kink_tell_a_minimum_from_a_slope():
    at_minimum = np.array([1.0, 2.0, 3.0]) + 1e-9
    assert downhill(absolute, at_minimum, absolute(at_minimum)[1]) is None
    on_slope = np.array([1.0 + 1e-9, 2.5, 3.0 - 1e-9])
    direction = downhill(absolute, on_slope, absolute(on_slope)[1])
    assert direction is not None
    np.testing.assert_allclose(direction, [0.0, -2.0, 0.0], atol=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_where_many_kinks_meet_gradients_tell_a_minimum_from_a_slope(seed):
    """A quantile regression goes through as many rows as it has coefficients; which ones, linear programming says."""
    rng, n, p, tau = np.random.default_rng(seed), 200, 8, 0.8
    design, y = rng.standard_normal((n, p)), rng.standard_normal(n)

    def pinball(b: np.ndarray) -> tuple[float, np.ndarray]:
        left = y - design @ b
        return float(np.maximum(tau * left, (tau - 1.0) * left).mean()), design.T @ ((left < 0.0) - tau) / n

    cost = np.concatenate([np.zeros(p), np.full(n, tau), np.full(n, 1.0 - tau)])
    bounds = [(None, None)] * p + [(0.0, None)] * (2 * n)
    best = scipy.optimize.linprog(cost, A_eq=np.hstack([design, np.eye(n), -np.eye(n)]), b_eq=y, bounds=bounds).x[:p]
    assert downhill(pinball, best, pinball(best)[1]) is None
    through = np.linalg.solve(design[:p], y[:p])  # other rows
    direction = downhill(pinball, through, pinball(through)[1])
    assert direction is not None
    assert pinball(through + 1e-6 * direction)[0] < pinball(through)[0]


def test_a_search_ends_at_the_minimum_of_kinks():
    search = begin(absolute, np.array([5.0, -3.0, 0.2]))
    for _ in range(200):
        if search.arrived:
            break
        search = iterate(absolute, search)
    assert search.arrived
    assert search.converged
    np.testing.assert_allclose(search.point, [1.0, 2.0, 3.0], atol=1e-5)


def test_a_search_goes_on_from_a_kink_that_hides_a_slope():
    stuck = replace(begin(absolute, np.array([1.0 + 1e-9, 2.5, 3.0 - 1e-9])), arrived=True)
    found = settled(absolute, stuck)
    assert not found.arrived
    assert found.value < stuck.value - 1e-7


def test_a_search_that_gradients_mislead_has_not_converged():
    """The value falls nowhere, whatever the gradient says."""
    search = begin(lambda point: (1.0, np.ones_like(point)), np.zeros(3))
    found = iterate(lambda point: (1.0, np.ones_like(point)), search)
    assert found.arrived
    assert not found.converged


def test_of_several_outputs_each_is_looked_at():
    """One that the inputs tell without error is named; those that never vary, as pixels at an edge, are not."""
    y = np.column_stack([X[:, 0] > 0.0, NOISE > 0.0]).astype(int)
    assert "'logits' runs without end" in told(X, y, {"kind": "bernoulli"}, **LINEAR)[1][0]
    pixels = np.column_stack([NOISE > 0.0, NOISE > 0.5, np.zeros(60), np.ones(60)]).astype(int)
    assert told(NOTHING, pixels, {"kind": "bernoulli"})[1] == []
    both = told(NOTHING, np.zeros((60, 2)), {"kind": "poisson"})[1]
    assert "Output 1 of y is 0 in every row" in both[0]
    both = [said for said in both if " in every row" not in said]
    assert "'rate' runs to 0" in both[0]
