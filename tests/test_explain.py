"""Shapley values: exact where they are known, and sums that are exact everywhere."""

from pathlib import Path

import numpy as np
import pytest

import likelinet as ll
from likelinet.explain.shapley import explanation
from likelinet.tables.table import Table, as_table
from tests.small import cli, labels, quick, write_csv
from tests.small import table as small_table

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
TABLE = as_table(X)
FEATURES = {"x0": ["x0"], "x1": ["x1"], "x2": ["x2"]}
OTHERS = np.arange(1, 40)


def explained(predict, features=FEATURES) -> ll.explain.Explanation:
    """Return the Shapley values of the first row."""
    return explanation(predict, TABLE, 0, OTHERS, features, ["y"], np.random.default_rng(1))


def test_what_adds_up_has_its_own_part():
    def additive(table: Table) -> ll.Gaussian:
        x0, x1, x2 = (table.numeric(name) for name in FEATURES)
        return ll.Gaussian(2.0 * x0 - x1**2, np.exp(0.3 * x2))

    found = explained(additive)
    mean = X[1:].mean(0)
    expected = [2.0 * (X[0, 0] - mean[0]), -(X[0, 1] ** 2) + np.mean(X[1:, 1] ** 2), 0.0]
    np.testing.assert_allclose(found.location[:, 0], expected, atol=1e-9)
    np.testing.assert_allclose(found.spread[:2, 0], 0.0, atol=1e-9)
    assert found.spread[2, 0] == pytest.approx(0.3 * (X[0, 2] - mean[2]), rel=2e-3)  # a thousandth of a width is added
    assert found.start[0][0] == pytest.approx(np.mean(2.0 * X[1:, 0] - X[1:, 1] ** 2))
    assert found.end[0][0] == pytest.approx(2.0 * X[0, 0] - X[0, 1] ** 2)
    assert found.location_error[2, 0] == 0.0


def test_a_product_of_two_features_is_shared_between_them():
    """With an order and its reverse from each row both orders of two features count alike, as in the definition."""
    found = explained(lambda table: ll.Gaussian(table.numeric("x0") * table.numeric("x1"), 1.0))
    a, b = X[0, :2]
    u, v = X[1:, 0], X[1:, 1]
    first = np.mean(0.5 * ((a * v - u * v) + (a * b - u * b)))
    second = np.mean(0.5 * ((u * b - u * v) + (a * b - a * v)))
    np.testing.assert_allclose(found.location[:, 0], [first, second, 0.0], atol=1e-9)


def test_columns_of_one_feature_go_together():
    found = explained(
        lambda table: ll.Gaussian(table.numeric("x0") * table.numeric("x1"), 1.0), {"both": ["x0", "x1"], "x2": ["x2"]}
    )
    assert found.location[0, 0] == pytest.approx(X[0, 0] * X[0, 1] - np.mean(X[1:, 0] * X[1:, 1]))
    assert found.cells[0] == f"{X[0, 0]:g} {X[0, 1]:g}"


ROWS, Y = small_table(60)
KINDS = {
    "number": ({}, Y, ["y0"]),
    "count": ({"distribution": {"kind": "poisson"}}, RNG.poisson(3.0, 60), ["y0"]),
    "zeros": (
        {"distribution": {"kind": "hurdle", "base": {"kind": "gamma"}}},
        np.where(RNG.random(60) < 0.7, 0.0, 1.0 + ROWS[:, 0]),
        ["y0"],
    ),
    "classes": ({"distribution": {"kind": "categorical"}}, labels(ROWS, ["a", "b", "c"]), ["a", "b", "c"]),
    "mixture": ({"distribution": {"kind": "mixture", "components": 2}, "ensemble": 2}, Y, ["y0"]),
    "outputs": ({"distribution": {"kind": "multivariate_gaussian"}}, np.stack([Y, -Y], 1), ["y0", "y1"]),
    "outputs of classes": (
        {"distribution": {"kind": "categorical"}},
        np.stack([labels(ROWS, ["a", "b", "c"]), labels(ROWS, ["u", "v"])], 1),
        ["y0: a", "y0: b", "y0: c", "y1: u", "y1: v", "y1: "],
    ),
    "outputs of yes or no": (
        {"distribution": {"kind": "bernoulli"}},
        np.stack([ROWS[:, 0] > 4.0, ROWS[:, 1] > 4.0], 1).astype(int),
        ["y0: 0", "y0: 1", "y1: 0", "y1: 1"],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_values_sum_to_the_prediction(kind: str):
    declared, y, outputs = KINDS[kind]
    model = quick(**declared).fit(ROWS, y, progress=False)
    found = model.explain(ROWS, 7)
    d = model.predict_dist(ROWS)
    location = {
        "count": lambda: d.mean()[:, None],
        "zeros": lambda: d.mean()[:, None],  # all medians are 0
        "classes": d.class_probabilities,
        "outputs": lambda: d.marginals().median(),
        "outputs of classes": lambda: d.class_probabilities().reshape(60, -1),
        "outputs of yes or no": lambda: d.class_marginals().class_probabilities().reshape(60, -1),
    }.get(kind, lambda: d.median()[:, None])()
    others = np.delete(location, 7, 0).mean(0)
    np.testing.assert_allclose(found.location.sum(0), location[7] - others, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.end[0], location[7], rtol=1e-9)
    np.testing.assert_allclose(found.start[0], others, rtol=1e-9)
    np.testing.assert_allclose(found.spread.sum(0), found.end[1] - found.start[1], atol=1e-9)
    assert (list(found.outputs), found.rows) == (outputs, 59)


def test_an_exposure_that_the_family_reads_has_its_part():
    columns = {"x": ROWS[:, 0], "years": RNG.uniform(1.0, 5.0, 60)}
    model = quick(distribution={"kind": "poisson", "exposure": "years"}).fit(
        columns, RNG.poisson(3.0, 60), progress=False
    )
    found = model.explain(columns, 0)
    assert list(found.names) == ["x", "years"]
    mean = model.predict_dist(columns).mean()
    assert found.location.sum() == pytest.approx(mean[0] - mean[1:].mean(), rel=1e-6)


def test_the_command_prints_what_python_has(tmp_path: Path):
    columns = {
        "size": ROWS[:, 0].round(3).tolist(),
        "colour": labels(ROWS, ["red", "blue"]).tolist(),
        "price": Y.tolist(),
    }
    path = write_csv(tmp_path / "t.csv", columns)
    model = quick(data={"target": "price"}).fit(path, progress=False)
    model.save(tmp_path / "m")
    done = cli("explain", tmp_path / "m", path, "--row", 3, "--others", 20, "--seed", 1)
    found = model.explain(path, 2, rows=20, seed=1)
    assert (done.code, done.out, done.err) == (0, f"{found}\n", "")
    head, first, *middle, last = done.out.splitlines()
    assert head.split() == ["feature", "cell", "median", "log", "width"]
    assert float(first.split()[4]) == pytest.approx(found.start[0][0], rel=1e-4)
    assert {line.split()[0] for line in middle} == {"size", "colour"}
    assert float(last.split()[2]) == pytest.approx(found.end[0][0], rel=1e-4)
    parts = [abs(float(line.split()[2])) for line in middle]
    assert parts == sorted(parts, reverse=True)
    too_far = cli("explain", tmp_path / "m", path, "--row", 61)
    assert (too_far.code, too_far.err) == (2, "likelinet: --row 61: the table has 60 rows.\n")


def test_the_table_is_about_the_most_probable_class_or_the_second_of_two():
    declared, y, _ = KINDS["classes"]
    found = quick(**declared).fit(ROWS, y, progress=False).explain(ROWS, 7)
    likely = found.outputs[int(found.end[0].argmax())]
    assert f"probability of {likely} " in str(found).splitlines()[0]
    assert "\n\n" not in str(found)
    declared, y, _ = KINDS["outputs of classes"]
    found = quick(**declared).fit(ROWS, y, progress=False).explain(ROWS, 7)
    first, second = str(found).split("\n\n")
    assert f"probability of {found.outputs[int(found.end[0][:3].argmax())]} " in first
    assert f"probability of {found.outputs[3 + int(found.end[0][3:].argmax())]} " in second
    assert second.splitlines()[-1].split()[-1] == f"{found.end[1][1]:.5g}"
    declared, y, _ = KINDS["outputs of yes or no"]
    found = quick(**declared).fit(ROWS, y, progress=False).explain(ROWS, 7)
    assert [name in str(found) for name in found.outputs] == [False, True, False, True]


def test_an_angle_turns_towards_that_of_the_row():
    """The others lie beyond ±π from it, but no farther than a half turn."""

    def towards(table: Table) -> ll.VonMises:
        x0, x1 = table.numeric("x0"), table.numeric("x1")
        turn = 0.2 * np.tanh(x0 - X[0, 0]) - 0.1 * np.tanh(x1 - X[0, 1])
        return ll.VonMises(np.angle(np.exp(1j * (3.1 + turn))), 1.0)

    found = explained(towards)
    expected = [-0.2 * np.mean(np.tanh(X[1:, 0] - X[0, 0])), 0.1 * np.mean(np.tanh(X[1:, 1] - X[0, 1])), 0.0]
    np.testing.assert_allclose(found.location[:, 0], expected, atol=1e-9)
    assert found.end[0][0] == pytest.approx(3.1)
    assert found.start[0][0] == pytest.approx(3.1 - sum(expected))
    assert "mean direction" in str(found)


def test_what_has_no_values_is_said():
    model = quick().fit(ROWS, Y, progress=False)
    with pytest.raises(ll.DataError, match="there is no row 60, counted from 0, in a table of 60 rows"):
        model.explain(ROWS, 60)
