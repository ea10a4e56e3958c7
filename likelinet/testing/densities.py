"""Integrals of a density and sums of masses by `log_prob` alone: what everything else is compared with."""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.distributions import Distribution

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_FINE = 1e-10  # a panel whose halves agree with it as closely is not cut further
_PEAKS = 5  # local maxima of the density that are looked at
_MOST = 2**20  # values of a count on either side of the most probable one


@dataclass(frozen=True)
class Masses:
    """One distribution as a table: P(Y ≤ y) at many y, its total, and what moments the table gives.

    Parameters
    ----------
    y, cdf : ndarray
        Increasing y, and the probability up to and with each of them.
    total : float
        All of it: 1 if the density is right.
    mean, var : float
        Moments of y; NaN where too much of them lies too far out to be told.
    """

    y: np.ndarray
    cdf: np.ndarray
    total: float
    mean: float
    var: float

    def quantile(self, q: np.ndarray) -> np.ndarray:
        """Return about the q-quantiles, q in (0, 1): for a density between the points of the table."""
        at = np.searchsorted(self.cdf, np.asarray(q) * self.total).clip(0, len(self.y) - 1)
        return self.y[at]


def masses(row: Distribution, seeds: np.ndarray) -> Masses:
    """Return the table of a univariate distribution without batch axes.

    Parameters
    ----------
    row : Distribution
        Only its `log_prob`, `support` and `atoms` are relied on.
    seeds : ndarray
        Values near which there may be probability, for what `log_prob` alone does not find.
    """
    with np.errstate(all="ignore"):
        return _of_integers(row) if row.support.integer else _of_density(row, seeds)


def _density(row: Distribution, y: np.ndarray) -> np.ndarray:
    p = np.exp(row.log_prob(y.ravel()).reshape(y.shape))
    return np.where(np.isfinite(p), p, 0.0)


def _grid(row: Distribution) -> np.ndarray:
    """Return points over the support: fifty a decade from each of its ends, and from zero."""
    low, high = row.support.low, row.support.high
    steps = 10.0 ** np.linspace(-15.0, 15.0, 1501)
    if np.isfinite(low) and np.isfinite(high):
        return np.unique([*(low + (high - low) * steps[steps < 0.6]), *(high - (high - low) * steps[steps < 0.6])])
    if np.isfinite(low):
        return low + steps
    return high - steps[::-1] if np.isfinite(high) else np.concatenate([-steps[::-1], [0.0], steps])


def _of_integers(row: Distribution) -> Masses:
    low, high = row.support.low, row.support.high
    grid = np.unique(np.floor(_grid(row)).clip(low, high))
    grid = grid[np.abs(grid) < 2.0**53]
    middle = grid[np.nanargmax(row.log_prob(grid))]
    reach, before = 64, -1.0
    while True:
        y = np.arange(max(low, middle - reach), min(high, middle + reach) + 1.0)
        p = _density(row, y)
        if abs(p.sum() - before) < 1e-13 or reach >= _MOST:
            break
        reach, before = 4 * reach, p.sum()
    return _table(y, p.cumsum(), y, p)


def _of_density(row: Distribution, seeds: np.ndarray) -> Masses:
    low, high = row.support.low, row.support.high
    cuts = [np.asarray(row.atoms), seeds]
    for peak in _peaks(row, seeds):
        width = _width(row, peak)
        offsets = width * 2.0 ** np.arange(-40.0, 100.0, 0.5)
        cuts += [[peak], peak - offsets, peak + offsets]
    lengths = 2.0 ** -np.arange(0.0, 200.0)
    for end, sign in ((low, 1.0), (high, -1.0)):
        if np.isfinite(end):
            whole = high - low if np.isfinite(high - low) else 1.0
            cuts += [[end], end + sign * whole * lengths]
    with suppress(UndefinedError):
        cuts.append(np.ravel(row.quantile_grid()))
    all_cuts = np.concatenate([np.ravel(c) for c in cuts])
    all_cuts = np.unique(all_cuts[np.isfinite(all_cuts) & (all_cuts >= low) & (all_cuts <= high)])
    left, right, mass = _integrated(row, all_cuts)
    atoms = np.array([a for a in row.atoms if low <= a <= high])
    at_atoms = _density(row, atoms) if len(atoms) else atoms
    steps = mass.copy()
    for atom, p in zip(atoms, at_atoms, strict=True):  # every atom is a cut
        steps[np.searchsorted(right, atom).clip(0, len(right) - 1)] += p
    y, p = _nodes(row, left, right)
    return _table(right, steps.cumsum(), np.concatenate([y.ravel(), atoms]), np.concatenate([p.ravel(), at_atoms]))


def _table(y: np.ndarray, cdf: np.ndarray, points: np.ndarray, p: np.ndarray) -> Masses:
    """Return the table, with the moments of the weighted points; unless what is far out decides them."""
    total = float(cdf[-1])
    near = (points >= y[np.searchsorted(cdf, 1e-9 * total)]) & (
        points <= y[np.searchsorted(cdf, (1.0 - 1e-9) * total).clip(0, len(y) - 1)]
    )

    def moment(values: np.ndarray) -> float:
        terms = np.where(p > 0.0, values * p, 0.0) / p.sum()
        return terms.sum() if np.abs(terms[~near]).sum() < 1e-6 * np.abs(terms).sum() else np.nan

    middle = float(y[np.searchsorted(cdf, 0.5 * total).clip(0, len(y) - 1)])  # around which little cancels
    mean = middle + moment(points - middle)
    return Masses(y, cdf, total, mean, moment((points - mean) ** 2))


def _peaks(row: Distribution, seeds: np.ndarray) -> list[float]:
    """Return where the density is highest, and its other local maxima."""
    names = [p.name for p in row.parameters if p.role == "location" and p.event_ndim == 0]
    grid = np.unique([*_grid(row), *seeds, *(float(getattr(row, n)) for n in names)])
    grid = grid[row.support.contains(grid)]
    found = []
    height = np.nan_to_num(row.log_prob(grid), nan=-np.inf)
    padded = np.concatenate([[-np.inf], height, [-np.inf]])
    top = np.flatnonzero((height >= padded[:-2]) & (height >= padded[2:]) & (height > height.max() - 60.0))
    for i in top[np.argsort(-height[top])][:_PEAKS]:
        a, b = grid[max(i - 1, 0)], grid[min(i + 1, len(grid) - 1)]
        peak = grid[i]
        for _ in range(8):
            fine = np.unique([*np.linspace(a, b, 41), peak])
            values = np.nan_to_num(row.log_prob(fine), nan=-np.inf)
            j = int(values.argmax())
            peak, a, b = fine[j], fine[max(j - 1, 0)], fine[min(j + 1, len(fine) - 1)]
        found.append(float(peak))
    return found


def _width(row: Distribution, peak: float) -> float:
    """Return how far from its peak the density has fallen to a third, as a power of two."""
    offsets = 2.0 ** np.arange(-300.0, 300.0)
    at = row.log_prob(peak)
    for side in (peak + offsets, peak - offsets):
        fallen = (row.log_prob(side) < at - 1.0) & row.support.contains(side) & (side != peak)
        if fallen.any():
            return float(offsets[fallen.argmax()])
    return 1.0


def _nodes(row: Distribution, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes of every panel, and their weights times the density there."""
    half = 0.5 * (right - left)
    y = left[:, None] + half[:, None] * (1.0 + _NODES)
    return y, _density(row, y) * _WEIGHTS * half[:, None]


def _integrated(row: Distribution, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return panels in order with their masses, cut in halves until that makes no difference."""
    left, right = cuts[:-1], cuts[1:]
    parts = []
    for last in [False] * 30 + [True]:
        middle = left + 0.5 * (right - left)
        whole, lower, upper = (
            _nodes(row, a, b)[1].sum(-1) for a, b in ((left, right), (left, middle), (middle, right))
        )
        good = (np.abs(lower + upper - whole) < _FINE) | (middle == left) | (middle == right) | last
        parts.append((left[good], right[good], (lower + upper)[good]))
        left, right = (
            np.concatenate([left[~good], middle[~good]]),
            np.concatenate([middle[~good], right[~good]]),
        )
        if not len(left):
            break
    a, b, mass = (np.concatenate(p) for p in zip(*parts, strict=True))
    order = np.argsort(a)
    return a[order], b[order], mass[order]
