"""Predictions go over blocks of rows: with the bits of a prediction in one go, and within bounded memory."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from likelinet.core import pool
from likelinet.core.blocks import blocks
from likelinet.distributions.base import by_rows
from likelinet.model import prediction
from likelinet.networks.chain import Chain
from likelinet.tables.table import as_table

RNG = np.random.default_rng(0)
N = 203
X = RNG.standard_normal((N, 3))
Y = X[:, 0] + RNG.standard_normal(N)
COUNTS = RNG.poisson(3.0, N)
FRAME = pd.DataFrame(
    {"a": X[:, 0], "colour": RNG.choice(["red", "green", "blue"], N), "e": 1.0 + RNG.random(N), "flag": X[:, 1] > 0}
)
TRIALS = FRAME.assign(n=COUNTS + 4)
ABC = np.array(["a", "b", "c"])[COUNTS % 3]
SHARES = RNG.dirichlet([1.0, 2.0, 3.0], N)

CASES = {
    "gaussian": ({}, X, Y),
    "double": ({"training": {"precision": "float64"}}, X, Y),
    "integers": ({}, np.round(4.0 * X).astype(int), Y),
    "text": ({}, FRAME, Y),
    "layer_norm": ({"network": {"layer_norm": True, "residual": True, "hidden": [8, 8]}}, X, Y),
    "no_features": ({"data": {"features": []}}, X, Y),
    "linear": ({"network": {"hidden": []}}, X, Y),
    "ensemble": ({"ensemble": 3}, X, Y),
    "ensemble_of_classes": (
        {"ensemble": 2, "distribution": {"kind": "categorical"}},
        X,
        ABC,
    ),
    "labels": ({"distribution": {"kind": "bernoulli"}}, X, np.where(Y > 0, "yes", "no")),
    "ordered": (
        {"distribution": {"kind": "ordered_logistic", "levels": ["a", "b", "c"]}},
        X,
        ABC,
    ),
    "shared": ({"distribution": {"kind": "student_t", "df": 5.0, "scale": "shared"}}, X, Y),
    "mixture": ({"distribution": {"kind": "mixture", "base": {"kind": "gaussian"}, "components": 2}}, X, Y),
    "mixtures": (
        {"ensemble": 2, "distribution": {"kind": "mixture", "base": {"kind": "gaussian"}, "components": 2}},
        X,
        Y,
    ),
    "truncated": ({"distribution": {"kind": "truncated", "base": {"kind": "gaussian"}, "low": -9.0}}, X, Y),
    "censored": ({"distribution": {"kind": "censored", "base": {"kind": "gaussian"}}}, X, ll.Interval(Y, Y + (Y > 1))),
    "zeros": ({"distribution": {"kind": "zero_inflated", "base": {"kind": "poisson"}}}, X, COUNTS),
    "hurdle": ({"ensemble": 2, "distribution": {"kind": "hurdle", "base": {"kind": "poisson"}}}, X, COUNTS),
    "rounded": ({"distribution": {"kind": "discretised", "base": {"kind": "gaussian"}}}, X, np.round(3.0 * Y)),
    "exposure": ({"distribution": {"kind": "poisson", "exposure": "e"}}, FRAME, COUNTS),
    "trials": ({"distribution": {"kind": "binomial", "total_count": {"column": "n"}}}, TRIALS, COUNTS),
    "outputs": ({}, X, np.stack([Y, 2.0 * Y + 1.0], axis=1)),
    "outputs_of_members": ({"ensemble": 2}, X, np.stack([Y, 2.0 * Y + 1.0], axis=1)),
    "vectors": ({"distribution": {"kind": "multivariate_gaussian"}}, X, np.stack([Y, Y**2], axis=1)),
    "dirichlet": ({"distribution": {"kind": "dirichlet"}}, X, SHARES),
}


def fitted(case: str, strict: bool = False) -> tuple[ll.Model, object]:
    config, X, y = CASES[case]
    config = {
        "quality": "plain",
        "network": {"hidden": [7]},
        "data": {"strict": strict},
        **config,
        "training": {"epochs": 2, **config.get("training", {})},
    }
    return ll.Model(config).fit(X, y, progress=False), X


def parameters(d: ll.Distribution) -> list[np.ndarray]:
    """Return all parameter arrays, in a fixed order."""
    found = []
    d.map_arrays(lambda a, n: (found.append(a), a)[1])
    return found


def assert_same(a: ll.Distribution, b: ll.Distribution) -> None:
    assert type(a) is type(b)
    assert (a.batch_shape, a.event_shape, a.support) == (b.batch_shape, b.event_shape, b.support)
    for one, other in zip(parameters(a), parameters(b), strict=True):
        np.testing.assert_array_equal(*np.broadcast_arrays(one, other))


def row_by_row(network, params):
    """Return the network's values with the same bits for a row, whatever rows are beside it: BLAS has others."""
    return lambda x: np.concatenate([network.forward(params, x[:, [i]])[0] for i in range(x.shape[1])], axis=1)


@pytest.mark.parametrize("case", CASES)
def test_blocks_give_the_bits_of_one_go(case, monkeypatch):
    model, x = fitted(case)
    monkeypatch.setattr(Chain, "values", row_by_row)
    whole = model.predict_dist(x)
    for size in (1, 60, N - 1):
        monkeypatch.setattr(prediction, "ROWS_AT_ONCE", size)
        for many in (1, 3):
            monkeypatch.setattr(pool, "workers", lambda many=many: many)
            assert_same(model.predict_dist(x), whole)
        assert_same(model.predict_dist(x[:1]), whole[:1])


@pytest.mark.parametrize("case", ["gaussian", "double", "ensemble"])
def test_number_of_threads_does_not_matter(case, monkeypatch):
    model, x = fitted(case)
    monkeypatch.setattr(prediction, "ROWS_AT_ONCE", 10)
    predicted = []
    for many in (1, 2, 5):
        monkeypatch.setattr(pool, "workers", lambda many=many: many)
        predicted.append(model.predict_dist(x))
    assert_same(predicted[0], predicted[1])
    assert_same(predicted[0], predicted[2])


METHODS = ("log_prob", "nll", "cdf", "sf", "log_cdf", "log_sf", "crps")
QUANTITIES = ("mean", "var", "std", "mode", "median", "entropy")


def outcome(f):
    """Return what a call gives, or the error that it raises."""
    try:
        return f()
    except ll.LikelinetError as error:
        return type(error), str(error)


HEAVY = {"hurdle", "truncated", "outputs_of_members"}  # their quadratures


@pytest.mark.parametrize("case", [pytest.param(c, marks=[pytest.mark.slow] if c in HEAVY else []) for c in CASES])
def test_methods_give_the_bits_of_one_go(case, monkeypatch):
    d = fitted(case)[0].predict_dist(CASES[case][1][:9])
    y = CASES[case][2][:9]
    q = np.linspace(0.0, 1.0, 9).reshape(-1, *[1] * len(d.event_shape))
    calls = {name: lambda name=name: getattr(d, name)(y) for name in METHODS}
    calls |= {name: lambda name=name: getattr(d, name)() for name in QUANTITIES}
    calls["other"] = lambda: d.kl_divergence(d[::-1])
    calls["of_one"] = lambda: d.log_prob(y[:1])
    calls["wrong"] = lambda: d.log_prob(y[:5])
    draws = d.sample((3,), rng=1)
    calls["draws"] = lambda: d.log_prob(draws)
    for name in ("ppf", "isf"):
        calls[name] = lambda name=name: getattr(d, name)(q)
        calls[f"{name}_of_one"] = lambda name=name: getattr(d, name)(0.3)
        calls[f"{name}_of_many"] = lambda name=name: getattr(d, name)(q.reshape(-1, *[1] * (q.ndim)))
    calls["interval"] = lambda: d.interval(0.9)
    whole = {name: outcome(call) for name, call in calls.items()}
    integrals = {"crps", "mean", "var", "std", "mode", "entropy", "other"}
    for size in (4, 8):
        for name, call in calls.items():
            with monkeypatch.context() as patched:  # the values of an integral's nodes stay in one go
                patched.setattr(by_rows, "INTEGRALS_AT_ONCE" if name in integrals else "ROWS_AT_ONCE", size)
                np.testing.assert_array_equal(outcome(call), whole[name], err_msg=name)


def test_arguments_by_name_and_what_is_wrong(monkeypatch):
    monkeypatch.setattr(by_rows, "ROWS_AT_ONCE", 2)
    d = ll.Gaussian(np.zeros(5), 1.0)
    np.testing.assert_array_equal(d.cdf(y=np.zeros(5)), np.full(5, 0.5))
    with pytest.raises(ll.DataError, match=r"shape \(4,\) does not go with batch_shape \(5,\)"):
        d.log_prob(np.zeros(4))
    with pytest.raises(ll.DataError, match="there are 5 distributions"):
        d.cdf(np.zeros((5, 1)))
    with pytest.raises(ll.ParameterError, match=r"got -1.0 at \(3,\)"):
        ll.Gaussian(0.0, [1.0, 1.0, 1.0, -1.0, 1.0])


@pytest.mark.parametrize("case", ["gaussian", "ensemble", "outputs", "dirichlet", "censored"])
def test_draws_of_blocks_come_from_one_generator(case, monkeypatch):
    model, x = fitted(case)
    d = model.predict_dist(x)
    monkeypatch.setattr(by_rows, "ROWS_AT_ONCE", 120)
    draws = d.sample((2,), rng=5)
    assert draws.shape == (2, N, *d.event_shape)
    np.testing.assert_array_equal(draws, d.sample((2,), rng=5))
    assert len(np.unique(draws[0])) > N / 4  # no block has the numbers of another
    generator, cut = np.random.default_rng(5), list(blocks(N, 60))
    monkeypatch.undo()
    apart = [d[part].sample((2,), rng=generator) for part in cut]
    np.testing.assert_array_equal(draws, np.concatenate(apart, axis=1))
    with pytest.raises(ll.ParameterError, match="rng must be a whole number"):
        d.sample((2,), rng="a")


class Tent(ll.Distribution):
    """A family whose mean knows nothing of rows."""

    parameters = (ll.Parameter("scale", ll.positive),)

    def log_prob(self, y):
        return -np.abs(y) / self.scale - np.log(2.0 * self.scale)

    def mean(self):
        return 0.0


def test_a_result_without_rows_stays_as_it_is(monkeypatch):
    monkeypatch.setattr(by_rows, "ROWS_AT_ONCE", 2)
    d = Tent(scale=np.arange(1.0, 6.0))
    assert d.mean() == 0.0
    np.testing.assert_array_equal(d.log_prob(1.0), [Tent(scale=s).log_prob(1.0) for s in np.arange(1.0, 6.0)])


def changed(frame: pd.DataFrame, column: str, value: object, *rows: int) -> pd.DataFrame:
    """Return the frame with another value in some cells."""
    cells = frame[column].astype(object)
    cells.iloc[list(rows)] = value
    return frame.assign(**{column: cells})


BAD = {
    "nan": ("exposure", changed(FRAME, "a", np.nan, 3, 150, 151), "has 3 rows with missing.*rows 4, 151, 152"),
    "category": ("exposure", changed(FRAME, "colour", "pink", 150, 160), "category 'pink' in row 151"),
    "empty": ("exposure", changed(FRAME, "colour", None, 3, 150), r"has 2 missing cells \(rows 4, 151\)"),
    "exposure": ("exposure", FRAME.assign(e=np.where(np.arange(N) > 150, -1.0, 1.0)), "rows 152, 153, 154"),
    "text": ("exposure", changed(FRAME, "a", "many", 150).astype({"a": str}), "'many' in row 151"),
    "lacks": ("exposure", FRAME.drop(columns="e"), "lacks the column 'e'"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("many", [1, 3])
def test_what_is_wrong_in_a_block_is_said_of_the_table(case, many, monkeypatch):
    name, table, message = BAD[case]
    monkeypatch.setattr(prediction, "ROWS_AT_ONCE", 20)
    monkeypatch.setattr(pool, "workers", lambda: many)
    with pytest.raises(ll.DataError, match=message):
        fitted(name, strict=True)[0].predict_dist(table)


def peak_beside_result(model: ll.Model, x: np.ndarray) -> int:
    """Return the bytes in use at the worst moment of a prediction, beyond those of the table and of the result."""
    tracemalloc.start()
    try:
        d = model.predict_dist(x)
        result = sum(a.nbytes for a in parameters(d) if all(a.strides))
        most = tracemalloc.get_traced_memory()[1] - result
        tracemalloc.reset_peak()
        held = tracemalloc.get_traced_memory()[0]
        ends = d.interval(0.9)
        most = max(most, tracemalloc.get_traced_memory()[1] - held - sum(e.nbytes for e in ends))
        del ends
        tracemalloc.reset_peak()
        held = tracemalloc.get_traced_memory()[0]
        draws = d.sample((2,), rng=0)
        return max(most, tracemalloc.get_traced_memory()[1] - held - draws.nbytes)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("case", ["gaussian", "mixture", "exposure", "ensemble", "truncated", "censored"])
def test_memory_does_not_grow_with_the_rows(case, monkeypatch):
    model, x = fitted(case)
    monkeypatch.setattr(prediction, "ROWS_AT_ONCE", 256)
    monkeypatch.setattr(by_rows, "ROWS_AT_ONCE", 256)
    monkeypatch.setattr(pool, "workers", lambda: 2)
    first, small, large = (as_table(pd.concat([pd.DataFrame(x)] * k)) for k in (1, 8, 24))
    peak_beside_result(model, first)  # fills caches
    # 3,248 rows more would be at least 275,000 bytes; which blocks meet in two threads differs by some 40,000.
    most = peak_beside_result(model, small) + 150_000
    # More than once, since a late import or the thread of another test may come between.
    assert any(peak_beside_result(model, large) < most for _ in range(3))
