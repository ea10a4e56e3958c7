"""The step of a lattice: found where there is one, in any unit and either precision, and nowhere else."""

import numpy as np
import pytest

from likelinet.config import GaussianConfig, parse_config
from likelinet.distributions import Interval
from likelinet.heads.build import build_head
from likelinet.targets import lattice
from likelinet.targets.intervals import IntervalTargets
from likelinet.targets.lattice import lattice_step, lattice_steps
from likelinet.targets.target import Naming

RNG = np.random.default_rng(0)
Z = RNG.standard_normal(2000)
LATTICES = {
    "whole numbers": (np.round(7.0 * Z), 1.0),
    "whole numbers far from 0": (np.round(7.0 * Z) + 2e6, 1.0),
    "counts": (RNG.poisson(2.0, 300).astype(float), 1.0),
    "thousands": (1000.0 * np.round(20.0 * Z), 1000.0),
    "tenths": (np.round(Z, 1), 0.1),
    "cents": (np.round(480.0 + 17.0 * Z, 2), 0.01),
    "half stars": (RNG.integers(1, 11, 50) / 2.0, 0.5),
    "thirds": (RNG.integers(-9, 9, 80) / 3.0, 1.0 / 3.0),
    "Kelvin of rounded Celsius": (np.round(20.0 + 5.0 * Z, 1) + 273.15, 0.1),
    "Fahrenheit of rounded Celsius": (np.round(20.0 + 5.0 * Z, 1) * 1.8 + 32.0, 0.18),
    "two values": (np.where(Z > 0.0, 7.0, 5.0), 2.0),
    "a gap that no neighbours have": (np.array([0.0, 4.0, 6.0, 10.0]), 2.0),
    "sums that round": (np.array([0.3, 0.1 + 0.2, 0.7, 0.5]), 0.2),
    "an outlier": (np.append(np.round(Z[:99], 1), 50.0), 0.1),
}


@pytest.mark.parametrize(("y", "step"), LATTICES.values(), ids=LATTICES)
def test_a_lattice(y: np.ndarray, step: float):
    assert lattice_step(y, np.ones(len(y))) == pytest.approx(step, rel=1e-11)


@pytest.mark.parametrize("name", ["tenths", "cents", "half stars", "whole numbers", "thirds"])
def test_in_single_precision(name: str):
    y, step = LATTICES[name]
    found = lattice_step(y.astype(np.float32).astype(np.float64), np.ones(len(y)))
    assert found == pytest.approx(step, rel=1e-5)


NONE = {
    "draws": Z,
    "draws in single precision": Z.astype(np.float32).astype(np.float64),
    "three numbers": np.array([1.0, 1.5, 1.7]),
    "one that is not": np.append(np.round(7.0 * Z), 0.5 + 1e-5),
    "prices": np.round(np.exp(Z), 2) * np.where(Z > 0.0, 1.19, 1.07),
    "all the same": np.full(30, 5.0),
    "steps that are nothing beside the spread": np.round(1e5 * Z),
    "an outlier that dwarfs them": np.append(Z[:99], 1e26),
    "nothing": np.zeros(0),
}


@pytest.mark.parametrize("y", NONE.values(), ids=NONE)
def test_no_lattice(y: np.ndarray):
    assert lattice_step(y, np.ones(len(y))) == 0.0


def test_the_unit_does_not_matter():
    y = np.round(7.0 * Z)
    for unit in (1e-30, 0.3, 1e30):
        assert lattice_step(unit * y, np.ones(len(y))) == pytest.approx(unit, rel=1e-11)


def test_rows_of_weight_0_are_not_there():
    y, weight = np.append(np.round(Z, 1), 0.123), np.append(RNG.uniform(0.5, 2.0, len(Z)), 0.0)
    assert lattice_step(y, weight) == pytest.approx(0.1, rel=1e-12)
    assert lattice_step(y, weight + 1.0) == 0.0


@pytest.mark.parametrize(("odd", "step"), [(0.0, 1.0), (0.5, 0.5), (0.123, 0.0)])
def test_of_many_rows_each_one_counts(monkeypatch: pytest.MonkeyPatch, odd: float, step: float):
    """A sample tells that numbers lie on no lattice, and never that they do."""
    monkeypatch.setattr(lattice, "SAMPLE", 20)
    y = np.round(7.0 * Z)
    y[1] = odd  # the sample takes every hundredth row
    assert lattice_step(y, np.ones(len(y))) == pytest.approx(step, rel=1e-12)


def test_most_numbers_are_not_sorted(monkeypatch: pytest.MonkeyPatch):
    sizes = []
    unique = np.unique
    monkeypatch.setattr(np, "unique", lambda values: sizes.append(len(values)) or unique(values))
    y = np.random.default_rng(1).standard_normal(100_001)
    assert lattice_step(y, np.ones(len(y))) == 0.0
    assert sizes == [-(-len(y) // 11)]


def test_each_output_has_its_own():
    y = np.stack([np.round(7.0 * Z), Z, np.round(Z, 1)], axis=1)
    family = build_head(GaussianConfig(), None, 0, 3).family
    np.testing.assert_allclose(lattice_steps(y, np.ones(len(y)), family), [1.0, 0.0, 0.1], rtol=1e-11)
    gamma = build_head(parse_config({"distribution": {"kind": "gamma"}}).distribution, None, 0, 3).family
    np.testing.assert_array_equal(lattice_steps(y, np.ones(len(y)), gamma), np.zeros(3))


@pytest.mark.parametrize("outputs", [1, 2])
def test_of_censored_numbers_the_exact_ones(outputs: int):
    """An interval has a probability, which needs no bound."""
    low = np.stack([np.round(7.0 * Z), np.round(Z, 1)], axis=1)[:, :outputs]
    high = low + np.where(np.arange(len(Z)) % 3 == 0, 0.123, 0.0)[:, None]
    low = np.where(high > low, low - 0.456, low)
    y = Interval(low, high) if outputs > 1 else Interval(low[:, 0], high[:, 0])
    config = parse_config({"distribution": {"kind": "censored", "base": {"kind": "gaussian"}}})
    learned = IntervalTargets.learn(y, np.ones(len(Z)), config, None, Naming("y", "censored"))
    np.testing.assert_allclose(learned.step, [1.0, 0.1][:outputs] if outputs > 1 else 1.0, rtol=1e-11)


def test_two_numbers_next_to_zero_make_no_lattice():
    assert lattice_step(np.array([0.0, 5e-324, 1.0, 2.5, -0.75]), np.ones(5)) == 0.0
