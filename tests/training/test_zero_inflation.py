"""Zero inflation contains its base: it is no worse where there is none, and better where there is."""

import numpy as np
import pytest

import likelinet as ll

POISSON, INFLATED = {"kind": "poisson"}, {"kind": "zero_inflated", "base": {"kind": "poisson"}}


def rentals(n: int, rng: np.random.Generator, extra: float) -> tuple[np.ndarray, np.ndarray]:
    """Return counts by the hour: hardly any at night, some hundreds by day, and a share of hours that are closed."""
    X = rng.uniform(-1.0, 1.0, (n, 2))
    return X, rng.poisson(np.exp(2.5 + 2.5 * np.sin(3.0 * X[:, 0]) + X[:, 1])) * (rng.random(n) >= extra)


def held_out(family: dict, extra: float, seed: int) -> float:
    rng = np.random.default_rng(seed)
    training = {"epochs": 30, "seed": seed}
    model = ll.Model({"quality": "plain", "distribution": family, "network": {"hidden": [32]}, "training": training})
    model.fit(*rentals(500, rng, extra), progress=False)
    return -model.score(*rentals(2000, rng, extra))


@pytest.mark.parametrize("seed", range(2))
def test_without_extra_zeros_it_is_as_good_as_its_base(seed: int):
    assert held_out(INFLATED, 0.0, seed) < held_out(POISSON, 0.0, seed) + 0.15


def test_with_extra_zeros_it_is_far_better():
    assert held_out(INFLATED, 0.3, 0) < held_out(POISSON, 0.3, 0) - 1.0


@pytest.mark.parametrize("extra", [0.0, 0.3])
def test_without_inputs_it_has_the_higher_maximum(extra: float):
    """Among counts without extra zeros too: what a gate cannot use it leaves alone."""
    y = np.random.default_rng(0).poisson(3.0, 500) * (np.random.default_rng(1).random(500) >= extra)
    nothing = np.zeros((500, 0))
    inflated, plain = (
        ll.Model({"quality": "plain", "distribution": f}).fit(nothing, y).score(nothing, y) for f in (INFLATED, POISSON)
    )
    assert inflated >= plain - 1e-6
