"""Units of any magnitude: the same fit at 1e250 and at 1e-200."""

import numpy as np
import pytest

import likelinet as ll
from likelinet.tables.scaling import moments
from tests.small import COLUMNS, fit, quick, table

X, y = table()


@pytest.mark.parametrize(("a", "b"), [(2.0**830, 2.0**830), (2.0**-660, 2.0**-660), (2.0**-900, 2.0**900)])
def test_extreme_units(a: float, b: float):
    plain, extreme = quick().fit(X, y), quick().fit(X * a, y * b)
    np.testing.assert_array_equal(extreme.predict(X * a), plain.predict(X) * b)
    assert extreme.score(X * a, y * b) == pytest.approx(plain.score(X, y) - np.log(b))


@pytest.mark.parametrize("unit", [1e250, 1e-200])
def test_extreme_units_on_the_command_line(tmp_path, unit: float):
    columns = {**COLUMNS, **{name: [v * unit for v in COLUMNS[name]] for name in ("size", "price")}}
    done = fit(tmp_path, "data.target=price", "data.features=[size]", columns=columns)
    assert (done.code, done.err) == (0, "")
    history = ll.Model.load(tmp_path / "model.safetensors").history
    assert all(np.isfinite(e.train_nll).all() for e in history.epochs)


def test_moments():
    weight = np.arange(60.0)
    mean, spread = moments(X, weight)
    np.testing.assert_allclose(mean, np.average(X, axis=0, weights=weight), rtol=1e-14)
    np.testing.assert_allclose(spread**2, np.average((X - mean) ** 2, axis=0, weights=weight), rtol=1e-14)
    assert [float(m) for m in moments(np.zeros(3), np.ones(3))] == [0.0, 0.0]


def test_a_unit_beyond_double_precision():
    tiny = {"kind": "transformed", "base": {"kind": "gaussian"}, "scale": 1e-300}
    model = quick(distribution=tiny).fit(X, y * 1e100)
    assert model.score(X, y * 1e100) + np.log(1e100) == pytest.approx(quick().fit(X, y).score(X, y), abs=1e-6)
