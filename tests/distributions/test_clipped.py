"""A clipped y of any size: what lies beside a bound is not on it, and what rounding has put beside it is."""

import numpy as np
import pytest
from scipy import stats

import likelinet as ll
from likelinet.distributions.base.leaf import Leaf
from likelinet.distributions.over.clipped import ClippedFamily

FAMILY = ClippedFamily.of(Leaf.of(ll.Gaussian, None), {"low": 0.1, "high": 3.7})


@pytest.mark.parametrize(
    ("loc", "scale", "bounds", "y"),
    [
        (1e-12, 1e-12, {"low": 0.0}, 5e-13),
        (1e-12, 1e-12, {"low": -1e-13, "high": 2e-12}, 1.9e-12),
        (1.0, 1e-10, {"high": 1.0}, 1.0 - 3e-11),
        (1e6, 1e-3, {"high": 1e6}, 1e6 - 2e-6),
    ],
)
def test_beside_a_bound_there_is_a_density(loc: float, scale: float, bounds: dict[str, float], y: float):
    d = ll.Clipped(ll.Gaussian(loc, scale), **bounds)
    np.testing.assert_allclose(d.log_prob(y), stats.norm(loc, scale).logpdf(y), rtol=1e-9)
    for name, at in bounds.items():
        tail = stats.norm(loc, scale).logcdf if name == "low" else stats.norm(loc, scale).logsf
        np.testing.assert_allclose(d.log_prob(at), tail(at), rtol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_no_standardisation_moves_a_bound_off_y(seed: int):
    rng = np.random.default_rng(seed)
    locs, scales = rng.uniform(-9.0, 9.0, 200), np.exp(rng.uniform(-9.0, 9.0, 200))
    for loc, scale, more in zip(locs, scales, locs[::-1], strict=True):
        moved = FAMILY.moved(loc, scale).moved(np.float64(more), np.float64(0.3))
        y = np.array([0.1, 3.7, 0.1 + 1e-12, 3.7 - 1e-12])
        t = ((y - loc) - scale * more) / (0.3 * scale)  # rounded otherwise than the bounds
        size = (4.0 + abs(loc) + abs(scale * more)) * np.finfo(float).eps
        assert not moved.has_density(t[:2]).any()
        assert size > 1e-14 or moved.has_density(t[2:]).all()


def test_a_unit_of_y_changes_nothing():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 1))
    y = np.clip(x[:, 0] + 0.3 * rng.normal(size=200), 0.0, None)
    config = {
        "quality": "plain",
        "distribution": {"kind": "clipped", "base": {"kind": "gaussian"}, "low": 0.0},
        "network": {"hidden": [3]},
        "training": {"epochs": 10},
    }
    unit = 2.0**-40
    one, other = (ll.Model(config).fit(x, y * u, progress=False).score(x, y * u) for u in (1.0, unit))
    np.testing.assert_allclose(other + np.log(unit) * np.mean(y > 0.0), one, rtol=1e-9)
