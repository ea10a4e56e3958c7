"""Cuts of integrals: those that a row does not have change nothing, and none is forced that has no use."""

from dataclasses import replace

import numpy as np
import pytest

import likelinet as ll
from likelinet.distributions.numerics.density import MASS, cut
from likelinet.distributions.numerics.nodes import FEW, cover_of

ROWS, K = 40, 5


def powers(low: float, high: float, seed: int, shape: tuple[int, ...] = (ROWS, K)) -> np.ndarray:
    """Return log-uniform parameters."""
    return np.exp(np.random.default_rng(seed).uniform(np.log(low), np.log(high), shape))


ON_LINE = ll.Mixture(ll.JohnsonSU(powers(0.1, 3.0, 1), powers(0.3, 5.0, 2), powers(0.1, 9.0, 3), 1.0), np.zeros(K))
STEEP = ll.Mixture(ll.JohnsonSU(powers(0.1, 3.0, 1), powers(1.1, 5.0, 2), powers(0.1, 9.0, 3), 1.0), np.zeros(K))
ANGLES = ll.Mixture(ll.VonMises(powers(0.3, 3.0, 6), powers(0.3, 10.0, 7)), np.zeros(K))
SHARES = ll.Mixture(ll.Beta(powers(0.3, 30.0, 4), powers(0.3, 30.0, 5)), np.zeros(K))
ABOVE_0 = ll.Mixture(ll.InverseGamma(powers(0.5, 30.0, 6), powers(0.3, 30.0, 7)), np.zeros(K))


@pytest.mark.parametrize("d", [ON_LINE, SHARES, ABOVE_0], ids=["line", "shares", "positive"])
def test_cuts_that_rows_do_not_have_change_nothing(d):
    grid = cut(d, MASS)
    some = np.random.default_rng(8).uniform(size=grid.y.shape) < 0.7
    with np.errstate(all="ignore"):
        together = cover_of(d, grid.where(some), FEW)
        for row in range(ROWS):
            own = some[:, row]
            fields = {name: getattr(grid, name)[own][:, [row]] for name in ("y", "x", "room")}
            anchors = {name: getattr(grid, name)[:, [row]] for name in ("anchors", "cores")}
            alone = cover_of(d[[row]], replace(grid, scores=grid.scores[own], **fields, **anchors), FEW)
            mine = np.flatnonzero((together.row == row) & together.layers.counts)
            order = mine[np.argsort(together.layers.rank[mine])]
            for name in ("start", "end", "log", "anchor", "down"):
                np.testing.assert_array_equal(getattr(together.panels, name)[order], getattr(alone.panels, name))


@pytest.mark.parametrize(
    ("d", "most"), [(STEEP, 27.0), (SHARES, 41.0), (ANGLES, 19.0)], ids=["line", "shares", "angles"]
)
def test_bends_that_a_density_does_not_have_make_no_panels(d, most):
    with np.errstate(all="ignore"):
        layers = cover_of(d, cut(d, MASS), FEW).layers
    assert layers.many.mean() < most
