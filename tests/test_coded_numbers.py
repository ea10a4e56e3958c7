"""Numbers beside their piecewise-linear codes: where the bins are, and models that have them."""

import warnings

import numpy as np
import pytest

import likelinet as ll
from likelinet.config import DataConfig, PiecewiseLinearConfig
from likelinet.core.errors import ConfigError
from likelinet.networks.filling import Filling
from likelinet.networks.piecewise import PiecewiseLinear
from likelinet.selection.baselines import baselines
from likelinet.tables.kinds.number import Number, learn_number
from likelinet.tables.kinds.pieces import learn_pieces
from likelinet.tables.table import as_table
from tests.small import cli, quick, write_csv

RNG = np.random.default_rng(0)
CODED = {"numeric": {"kind": "piecewise_linear"}}
X = np.stack([RNG.normal(5.0, 3.0, 120), RNG.integers(0, 5, 120), RNG.integers(0, 2, 120)], axis=1)
Y = np.sin(3.0 * X[:, 0]) + 0.1 * RNG.standard_normal(120)


def of_bins(bins: int | str) -> PiecewiseLinearConfig:
    return PiecewiseLinearConfig.model_validate({"bins": bins})


def test_few_values_are_edges_themselves():
    z = np.array([2.0, -1.0, 0.5, 0.5, -1.0])
    edges, means = learn_pieces(z, np.array([1.0, 2.0, 1.0, 1.0, 1.0]), of_bins(2))
    assert edges == (-1.0, 0.5, 2.0)
    np.testing.assert_allclose(means, [3.0 / 6.0, 1.0 / 6.0], rtol=1e-14)  # half of the weight is above -1
    assert learn_pieces(z[[1, 2]], np.ones(2), of_bins(2)) == ((), ())


def test_edges_of_many_values_are_quantiles():
    z = RNG.standard_normal(1000)
    edges, means = learn_pieces(z, np.ones(1000), of_bins(10))
    want = np.sort(z)[[0, *range(99, 1000, 100)]]
    np.testing.assert_array_equal(edges, want)
    above = [np.interp(z, want[t : t + 2], [0.0, 1.0]).mean() for t in range(10)]
    np.testing.assert_allclose(means, above, rtol=1e-12)


def test_rows_of_weight_2_are_rows_twice():
    z, times = RNG.standard_normal(60), 1 + np.arange(60) % 2
    once = learn_pieces(z, times * 0.7, of_bins(7))
    for got, want in zip(once, learn_pieces(z.repeat(times), np.ones(90), of_bins(7)), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12)


@pytest.mark.parametrize(("rows", "bins"), [(16, 2), (100, 12), (384, 48), (1500, 48), (3200, 100), (9000, 192)])
def test_few_rows_have_few_bins(rows: int, bins: int):
    edges, _ = learn_pieces(RNG.standard_normal(rows), np.ones(rows), of_bins("auto"))
    assert len(edges) == bins + 1


def test_values_that_single_precision_cannot_tell_apart_are_one_edge():
    edges, _ = learn_pieces(np.array([1.0, 1.0 + 1e-9, 2.0, 3.0]), np.ones(4), of_bins(48))
    assert edges == (1.0, 2.0, 3.0)


@pytest.mark.parametrize("data", [{}, {"standardize": False}, {"extrapolate": True}])
def test_bins_are_in_the_unit_of_the_input(data: dict):
    numbers = np.append(np.exp(3.0 * RNG.standard_normal(200)), np.nan)  # on a log scale by default
    kind = learn_number("a", numbers, np.ones(201), DataConfig.model_validate({**data, **CODED}))
    assert isinstance(kind, Number)
    x = np.empty((2, 201))
    kind.encode(numbers, x)
    np.testing.assert_array_equal([kind.edges[0], kind.edges[-1]], [x[0, :-1].min(), x[0, :-1].max()])
    assert len(kind.edges) == 26


@pytest.fixture(scope="module")
def model() -> ll.Model:
    return quick(data=CODED, ensemble=2, training={"epochs": 30}).fit(X, Y)


def test_the_network_is_coded_where_there_are_three_values(model):
    assert model._fit is not None
    codes = model._fit.codes
    assert isinstance(codes, PiecewiseLinear)
    assert codes.columns == (0, 1)
    assert [kind.in_code for kind in model.kinds] == [15, 4, 0]
    assert model.n_parameters == 2 * (19 * 16 + (3 + 16) * 4 + 4 + 4 * 2 + 2)
    assert "number, 0 … 4, in 4 bins" in [kind.describe() for kind in model.kinds]


def test_a_file_holds_the_bins(model, tmp_path):
    model.save(tmp_path / "m.safetensors")
    again = ll.Model.load(tmp_path / "m.safetensors")
    assert again.kinds == model.kinds
    np.testing.assert_array_equal(again.predict_dist(X).nll(Y), model.predict_dist(X).nll(Y))


def test_members_are_those_of_a_smaller_ensemble(model):
    one = quick(data=CODED, training={"epochs": 30}).fit(X, Y)
    assert model._fit is not None
    assert one._fit is not None
    np.testing.assert_allclose(model._fit.theta[0], one._fit.theta[0], rtol=1e-3, atol=1e-4)


def test_both_engines_learn_the_same():
    training = {"epochs": 4, "precision": "float64", "validation_fraction": 0.0}
    each = [quick(data=CODED, engine=engine, training=training).fit(X, Y) for engine in ("numpy", "jax")]
    one, other = (model.predict_dist(X).nll(Y) for model in each)
    np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-9)


def test_a_model_with_them_learns_what_bends():
    training = {"optimizer": {"kind": "lbfgs"}, "epochs": 40, "validation_fraction": 0.0}
    coded, plain = (quick(data=data, training=training).fit(X, Y) for data in (CODED, {}))
    assert coded.predict_dist(X).nll(Y).mean() < plain.predict_dist(X).nll(Y).mean() - 0.5


def test_the_code_of_a_missing_number_is_that_of_what_fills_it():
    x = np.stack([X[:, 0], 2.0 * X[:, 0] + 1.0], axis=1)
    holes = x.copy()
    holes[::7, 0] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = quick(data=CODED, training={"epochs": 30}).fit(holes, Y)
    assert model._fit is not None
    fit = model._fit
    rows = np.asarray(fit.rows(as_table(holes)).x[:])
    filled = rows
    for matrix in fit.filling:
        filled, _ = Filling(fit.inputs.amounts, matrix).forward((), filled)
    codes = fit.codes
    assert codes is not None
    w = fit.objective.layout.views(fit.theta.astype(np.float64))[0][0]
    found, _ = codes.forward((w,), filled)
    column = fit.inputs.columns[0]
    assert isinstance(column, Number)
    there = np.column_stack([(x[:, 0] - column.loc) / column.scale, filled[:, 1:]])
    known, _ = codes.forward((w,), there)
    np.testing.assert_allclose(found[::7, 3:], known[::7, 3:], atol=0.1)  # as the other column tells it


@pytest.mark.parametrize("kind", ["autoencoder", "vae"])
def test_networks_through_a_code_of_their_own_have_none(kind: str):
    with pytest.raises(ConfigError, match=f"'{kind}' makes its code of the numbers alone: data.numeric must be linear"):
        ll.ModelConfig.model_validate({"data": CODED, "network": {"kind": kind}})


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"bins": 16}, ll.PiecewiseLinearConfig(bins=16)),
        ({"kind": "piecewise_linear"}, ll.PiecewiseLinearConfig()),
        ({}, ll.LinearConfig()),
    ],
)
def test_bins_alone_are_those_of_a_code(declared: dict, expected: object):
    assert ll.DataConfig.model_validate({"numeric": declared}).numeric == expected


def test_linear_numbers_have_no_bins():
    with pytest.raises(ConfigError, match=r"^data.numeric: unknown key 'bins'"):
        ll.ModelConfig.model_validate({"data": {"numeric": {"kind": "linear", "bins": 16}}})


def test_linear_models_beside_one_have_plain_numbers():
    config = ll.ModelConfig.model_validate({"data": CODED})
    assert baselines(config)["linear"].data.numeric.kind == "linear"
    coded = ll.ModelConfig.model_validate({"data": CODED, "network": {"hidden": []}})  # which bends, layers or none
    assert list(baselines(coded)) == ["linear", "intercept-only"]


def test_check_and_show_tell_of_them(tmp_path):
    columns = {"a": X[:, 0].round(3).tolist(), "b": X[:, 1].tolist(), "y": Y.round(3).tolist()}
    table, config = write_csv(tmp_path / "t.csv", columns), tmp_path / "c.yaml"
    config.write_text(
        "data: {target: y, numeric: {kind: piecewise_linear, bins: 10}}\n"
        "network: {hidden: [4]}\ntraining: {epochs: 2}\n"
    )
    lines = [line.split() for line in cli("check", table, "--config", config).out.splitlines()]
    (a,) = (line for line in lines if line[:1] == ["a"])
    assert a[3] == "11"
    assert a[-4:] == ["number,", "in", "10", "bins"]
    assert ["16", "inputs", "of", "the", "network", "in", "all."] in lines
    assert cli("fit", config, table, "-o", tmp_path / "m.safetensors").code == 0
    assert "in 10 bins" in cli("show", tmp_path / "m.safetensors").out
