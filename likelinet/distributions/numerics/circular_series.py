"""The von Mises distribution function around its mean direction, and its inverse, by the Fourier series (Hill 1977)."""

import numpy as np

from likelinet.core.lazy import scipy

MOST = 60.0  # κ up to which there is a series
# Ranges of κ up to that, and how many terms count there.
_RANGES = ((0.0, 1.0, 15), (1.0, 4.0, 26), (4.0, 15.0, 44), (15.0, MOST, 80))
_STEPS = 30  # of Halley's method, at most; about four are enough
_CLOSE = 1e-6  # step after which the next one, its third power, would be nothing
_STEEP = 1e-4  # density from which on an angle has all digits of its probability


def share(k: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Return P(0 < Θ ≤ angle) for 0 < κ ≤ 60, negative for an angle below 0; what is past ±π counts once more.

    Parameters
    ----------
    k : ndarray, shape (n,)
        κ, with mean direction 0.
    angle : ndarray, shape (m, n)
        Angles, several for each κ.

    Returns
    -------
    ndarray, shape (m, n)
        To about 1e-16.
    """
    values = np.empty(angle.shape)
    for low, high, terms in _RANGES:
        rows = np.flatnonzero((k > low) & (k <= high))
        if rows.size:
            values[:, rows] = _sum(k[rows], angle[:, rows], terms)
    return values


def _sum(k: np.ndarray, angle: np.ndarray, terms: int) -> np.ndarray:
    """Return [θ/2 + Σ sin(jθ) I_j / (j I₀)] / π, by Clenshaw's recurrence as Reinsch has it, which keeps its digits."""
    count = np.arange(1.0, terms + 1.0)[:, None]
    weights = count * (2.0 / k)
    np.reciprocal(weights[-1], out=weights[-1])
    for j in range(terms - 2, -1, -1):  # I_j / I_{j-1}
        np.add(weights[j], weights[j + 1], out=weights[j])
        np.reciprocal(weights[j], out=weights[j])
    np.multiply.accumulate(weights, axis=0, out=weights)
    weights /= count
    folded = np.cos(angle) < 0.0  # sin(jθ) = ± sin(j(π - θ))
    even = weights[1::2, None] * np.where(folded, -1.0, 1.0)
    bend = np.where(folded, np.cos(0.5 * angle), np.sin(0.5 * angle)) ** 2 * -4.0
    value, change, turn = np.zeros(angle.shape), np.zeros(angle.shape), np.empty(angle.shape)
    for j in range(terms - 1, -1, -1):
        np.multiply(bend, value, out=turn)
        change += turn
        change += even[j // 2] if j % 2 else weights[j]
        value += change
    return (0.5 * angle + np.sin(angle) * value) / np.pi


def angle_of(k: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the angle whose `share` is p, both of shape (n,), and where its digits are known.

    That is where the density is not next to nothing.
    """
    turns = np.round(p)
    part = p - turns
    target = np.abs(part)
    # The density falls from 0 to π, so that this is never too small; a Gaussian is closer.
    angle = np.minimum(2.0 * np.pi * target, scipy.special.ndtri(np.minimum(0.5 + target, 0.9999)) / np.sqrt(k))
    sure, rows = np.full(len(k), False), np.arange(len(k))
    log_norm = np.log(2.0 * np.pi * scipy.special.i0e(k))
    for _ in range(_STEPS):
        at, kappa = angle[rows], k[rows]
        density = np.exp(-2.0 * kappa * np.sin(0.5 * at) ** 2 - log_norm[rows])
        step = (share(kappa, at[None])[0] - target[rows]) / density
        bend = 1.0 + 0.5 * step * kappa * np.sin(at)
        to = np.clip(at - step / np.where(bend > 0.5, bend, 1.0), 0.0, np.pi)
        close = np.abs(step) < _CLOSE * np.maximum(at, _CLOSE)
        angle[rows], sure[rows[close]] = to, density[close] > _STEEP
        rows = rows[~close & (density > _STEEP * _CLOSE)]
        if not rows.size:
            break
    return 2.0 * np.pi * turns + np.copysign(angle, part), sure


def cdf_by_series(loc: np.ndarray, k: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return P(-π ≤ Y ≤ y) to about 1e-16, and nan for a κ that has no series; all of one shape."""
    p, rows = np.full(y.shape, np.nan), np.nonzero(k <= MOST)
    if rows[0].size:
        below, here = share(k[rows], np.stack([-np.pi - loc[rows], y[rows] - loc[rows]]))
        p[rows] = np.clip(here - below, 0.0, 1.0)
    return p
