"""Means of y of rare levels: shrunk as a random effect, out of fold in training rows, and in model files."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import likelinet as ll
from likelinet.config import DataConfig, ModelConfig
from likelinet.tables.hold_out import folds_of
from likelinet.tables.inputs import Inputs, learn_inputs
from likelinet.tables.kinds.category import HASHED, MANY
from likelinet.tables.kinds.statistics import FOLDS, MOST, Apart
from likelinet.tables.kinds.stored import kind_from_json
from likelinet.tables.table import as_table
from likelinet.targets.build import targets_of
from likelinet.targets.scored import class_scores, normal_scores
from likelinet.targets.target import Naming
from tests.small import cli

RNG = np.random.default_rng(5)
OWN = 20  # rows of each level with an input of its own


def cells_of(rare: np.ndarray) -> np.ndarray:
    """Return the cells of `MANY` frequent levels, and below them those of rare ones by their numbers."""
    often = [f"often {j:02d}" for j in np.repeat(np.arange(MANY), OWN)]
    return np.array([*often, *(f"rare {j:04d}" for j in rare)])


def with_means(cells: np.ndarray, weight: np.ndarray, z: np.ndarray, fold: np.ndarray) -> tuple[Inputs, Apart]:
    table = as_table({"x": np.arange(len(cells)) % 7.0, "a": cells})
    inputs, (apart,) = learn_inputs(table, ["x", "a"], weight, DataConfig()).with_means(table, weight, z, fold)
    return inputs, apart


def encoded(inputs: Inputs, cells: list[str]) -> np.ndarray:
    """Return the means that new cells make, shape (n, many)."""
    return inputs.rows(as_table({"x": np.zeros(len(cells)), "a": cells}))[:][:, 1 + MANY :]


def oracle(level: np.ndarray, weight: np.ndarray, z: np.ndarray, fold: np.ndarray) -> tuple[dict[int, float], list]:
    """Return the mean of each level, and that of each row from the rows of other folds, level by level."""
    weight = weight * len(weight) / weight.sum()  # approximately: frequent levels weigh as much in these tests
    z = z - np.average(z, weights=weight)
    of = {j: level == j for j in set(level.tolist())}
    mass = {j: weight[rows].sum() for j, rows in of.items()}
    mean = {j: np.average(z[rows], weights=weight[rows]) for j, rows in of.items()}
    n = weight.sum()
    explained = sum(mass[j] * mean[j] ** 2 for j in of)
    within = sum((weight[rows] * (z[rows] - mean[j]) ** 2).sum() for j, rows in of.items()) / (n - len(of))
    between = (explained - (len(of) - 1) * within) / (n - sum(m * m for m in mass.values()) / n)

    def shrunk(rows: np.ndarray) -> float:
        total = weight[rows].sum()
        return (weight[rows] * z[rows]).sum() / (total + within / between) if total else 0.0

    own = [shrunk((level == j) & (fold != k)) for j, k in zip(level, fold, strict=True)]
    size = np.sqrt(np.average(np.square(own), weights=weight))
    return {j: shrunk(rows) / size for j, rows in of.items()}, [value / size for value in own]


@pytest.mark.parametrize("weighted", [False, True])
def test_means_are_those_of_a_random_effect_and_training_rows_have_those_of_other_folds(weighted: bool):
    rare = RNG.permutation(np.arange(300) % 60)
    z = np.append(RNG.normal(size=MANY * OWN), np.cos(rare) + RNG.normal(size=300))
    fold = RNG.integers(0, FOLDS, len(z))
    weight = np.append(np.ones(MANY * OWN), RNG.uniform(0.5, 1.5, 300) if weighted else np.ones(300))
    weight[MANY * OWN :] *= 300 / weight[MANY * OWN :].sum()
    inputs, apart = with_means(cells_of(rare), weight, z[:, None], fold)
    means, own = oracle(rare, weight[MANY * OWN :], z[MANY * OWN :], fold[MANY * OWN :])
    assert apart.at == slice(1 + MANY, 2 + MANY)
    np.testing.assert_array_equal(apart.values[: MANY * OWN], 0.0)
    np.testing.assert_allclose(apart.values[MANY * OWN :, 0], own, rtol=1e-9, atol=1e-12)
    x = encoded(inputs, [*(f"rare {j:04d}" for j in range(60)), "often 01", "new", ""])
    np.testing.assert_allclose(x[:, 0], [*(means[j] for j in range(60)), 0.0, 0.0, 0.0], rtol=1e-9, atol=1e-12)
    again = kind_from_json(inputs.columns[1].to_json())
    assert again == inputs.columns[1]
    assert again.describe() == "category of 110 levels: 50 with an input each, 60 by their means of y"


def test_names_of_rows_tell_nothing_of_their_own_y():
    """Every level has two rows: the mean of both would tell half of y."""
    rare = RNG.permutation(np.repeat(np.arange(2000), 2))
    z = RNG.normal(size=MANY * OWN + len(rare))
    z[MANY * OWN :] += 0.3 * RNG.normal(size=2000)[rare]  # so that means are not all drawn to 0
    fold = folds_of(DataConfig(), as_table({"x": z}), FOLDS, np.random.default_rng(0))
    inputs, apart = with_means(cells_of(rare), np.ones(len(z)), z[:, None], fold)
    y, own = z[MANY * OWN :], apart.values[MANY * OWN :, 0]
    plain = encoded(inputs, [f"rare {j:04d}" for j in rare])[:, 0]
    assert np.corrcoef(plain, y)[0, 1] > 0.6  # what a leak looks like
    assert -0.1 < np.corrcoef(own, y)[0, 1] < 0.2  # 0.3² / (1 + 0.3²) of it is the level
    noise = RNG.normal(size=len(z))
    _, apart = with_means(cells_of(rare), np.ones(len(z)), noise[:, None], fold)
    own = apart.values[MANY * OWN :, 0]
    assert abs((own * noise[MANY * OWN :]).mean()) <= 0.1 * own.std()  # all 0 where levels happen not to differ


def test_levels_that_do_not_differ_have_no_influence():
    rare = np.repeat(np.arange(100), 2)
    z = np.append(np.zeros(MANY * OWN), np.tile([-1.0, 1.0], 100))
    inputs, apart = with_means(cells_of(rare), np.ones(len(z)), z[:, None], np.arange(len(z)) % FOLDS)
    np.testing.assert_array_equal(apart.values, 0.0)
    np.testing.assert_array_equal(encoded(inputs, ["rare 0001", "rare 0099"]), 0.0)


def test_very_many_outputs_leave_levels_hashed():
    cells, n = cells_of(np.arange(100)), MANY * OWN + 100
    table = as_table({"a": cells})
    inputs = learn_inputs(table, ["a"], np.ones(n), DataConfig())
    same, apart = inputs.with_means(table, np.ones(n), np.zeros((n, MOST + 1)), np.zeros(n, int))
    assert (same, apart, inputs.width) == (inputs, [], MANY + HASHED)


def test_normal_scores_are_those_of_mid_ranks():
    y = RNG.integers(0, 20, 200).astype(float)
    expected = stats.norm.ppf((stats.rankdata(y) - 0.5) / 200)
    np.testing.assert_allclose(normal_scores(y, y, np.ones(200)), expected, rtol=1e-12)
    times = RNG.integers(1, 4, 200)
    repeated = np.repeat(y, times)
    weighted = normal_scores(y, y, times.astype(float))
    np.testing.assert_allclose(
        np.repeat(weighted, times), normal_scores(repeated, repeated, np.ones(len(repeated))), rtol=1e-9, atol=1e-12
    )


def test_normal_scores_of_what_is_known_of_y():
    lower, upper = np.array([1.0, 2.0, -np.inf, -np.inf, 1.0]), np.array([1.0, np.inf, 3.0, np.inf, 3.0])
    # Ends 1 (three times), 2, 3 (twice): below them and half of them 1.5, 3.5 and 5 of 6.
    share = np.array([1.5, (3.5 + 6) / 2, 5 / 2, 3.0, (1.5 + 5) / 2]) / 6
    np.testing.assert_allclose(normal_scores(lower, upper, np.ones(5)), stats.norm.ppf(share), atol=1e-12)


def test_scores_of_classes_have_the_spread_of_one():
    codes, weight = RNG.integers(0, 3, 500), RNG.uniform(0.5, 2.0, 500)
    z = class_scores(codes, 3, weight)
    mean = np.average(z, axis=0, weights=weight)
    np.testing.assert_allclose(np.average((z - mean) ** 2, axis=0, weights=weight), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(z > 0, codes[:, None] == np.arange(3))
    assert class_scores(codes % 2, 2, weight).shape == (500, 1)


@pytest.mark.parametrize(
    ("family", "y", "many"),
    [
        ({"kind": "gaussian"}, RNG.normal(size=(6, 2)), 2),
        ({"kind": "bernoulli"}, np.array([*"abbaab"]), 1),
        ({"kind": "categorical"}, np.array([*"abcabc"]), 3),
        ({"kind": "censored", "base": {"kind": "weibull"}}, ll.Interval([1.0] * 6, [np.inf, *[1.0, 2.0] * 2, 3.0]), 1),
        ({"kind": "dirichlet"}, np.tile([[0.25, 0.75], [0.5, 0.5]], (3, 1)), 2),
    ],
)
def test_each_kind_of_y_has_scores(family: dict, y: np.ndarray | ll.Interval, many: int):
    config, naming = ModelConfig.model_validate({"distribution": family}), Naming("y", family["kind"])
    targets = targets_of(config.distribution, None)
    learned = targets.learn(targets.clean(y, naming), np.ones(6), config, None, naming)
    z = learned.scored(targets.clean(y, naming), np.ones(6))
    assert z.shape == (6, many)
    assert np.isfinite(z).all()
    assert (np.ptp(z, axis=0) > 0).all()


def test_rows_of_a_group_are_in_one_fold():
    table = as_table({"g": RNG.integers(0, 40, 300)})
    fold = folds_of(DataConfig(groups="g"), table, FOLDS, np.random.default_rng(1))
    each = pd.Series(fold).groupby(table.columns["g"]).nunique()
    assert (each == 1).all()
    assert set(fold) == set(range(FOLDS))


def test_a_model_learns_from_rare_levels(tmp_path: Path):
    level = RNG.permutation(np.arange(2400) % 240)
    effect = np.where(np.arange(240) % 2, 2.0, -2.0)
    frame = pd.DataFrame({"a": [f"v{j}" for j in level], "y": effect[level] + RNG.normal(size=2400)})
    model = ll.Model({"quality": "plain", "data": {"target": "y"}, "training": {"epochs": 12}}).fit(frame)
    new = pd.DataFrame({"a": [f"v{j}" for j in range(240)]})
    mean = model.predict(new)
    assert np.mean(np.sign(mean) == np.sign(effect)) > 0.95
    assert np.corrcoef(mean, effect)[0, 1] > 0.9
    model.save(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(ll.Model.load(tmp_path / "model.safetensors").predict(new), mean)
    with pytest.warns(UserWarning, match=r"^Categories that training had not count as other ones: column 'a' in 1 row"):
        assert abs(model.predict(pd.DataFrame({"a": ["never seen"]}))[0]) < 1.0


def test_check_and_init_say_the_same_as_fit(tmp_path: Path):
    frame = pd.DataFrame({"a": cells_of(np.arange(200) % 40), "y": RNG.normal(size=MANY * OWN + 200)})
    path, said = tmp_path / "table.csv", "category of 90 levels: 50 with an input each, 40 by their means of y"
    frame.to_csv(path, index=False)
    model = ll.Model({"quality": "plain", "data": {"target": "y"}, "training": {"epochs": 1}}).fit(frame)
    assert model.kinds[0].describe() == said
    checked = json.loads(cli("check", str(path), "--target", "y", "--json").out)
    assert checked["columns"][0]["encoding"] == said
    assert cli("init", str(path), "--target", "y", "-o", str(tmp_path / "c.yaml")).code == 0
    assert said in (tmp_path / "c.yaml").read_text()
