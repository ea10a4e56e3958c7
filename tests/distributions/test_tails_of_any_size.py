"""Tails of beta and von Mises distributions down to 1e-300, against integrals in mpmath, for parameters of any size."""

from typing import Any

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll

LEVELS = (1e-300, 1e-100, 1e-10, 1e-3, 0.3)
STEPS = (0, 1, 3, 9, 27, 81, 243, 729, 2187)  # lengths in which an integrand falls by about e, between panels
DIGITS = 1e-13  # relative error by mpmath's own estimate, up to which an integral is an oracle
Real = Any


def log_below_logit(a: Real, b: Real, t: Real) -> tuple[Real, Real]:
    """Return log P(logit Y ≤ t) of Beta(a, b), below the mode of the logit, and the relative error; else nan."""
    slope = a / (1 + mp.exp(t)) - b / (1 + mp.exp(-t))
    if slope <= 0:
        return mp.nan, mp.inf

    def log_density(s: Real) -> Real:
        return -a * mp.log1p(mp.exp(-s)) - b * mp.log1p(mp.exp(s))

    top, share = log_density(t), 1 / (1 + mp.exp(-t))
    unit = 1 / max(slope, mp.sqrt((a + b) * share * (1 - share)))
    edges = sorted({t - unit * k for k in STEPS} | {mp.mpf(e) for e in (-40, -5, 0, 5) if e < t})
    value, error = mp.quad(lambda s: mp.exp(log_density(s) - top), [-mp.inf, *edges], error=True)
    return mp.log(value) + top - mp.log(mp.beta(a, b)), error / value


def log_of_arc(k: Real, start: Real, end: Real) -> tuple[Real, Real]:
    """Return log P(start < Θ ≤ end) of an angle Θ around 0, over less than a turn, and the relative error."""
    turns = [2 * mp.pi * j for j in (-1, 0, 1)]
    highest = max([start, end, *(t for t in turns if start < t < end)], key=mp.cos)
    unit = 1 / max(mp.sqrt(k), k * abs(mp.sin(highest)), mp.mpf(1) / 4)
    near = [(highest, unit), *((t, 1 / mp.sqrt(k + 1)) for t in turns)]
    inner = {at + sign * step * length for at, length in near for step in STEPS for sign in (-1, 1)}
    edges = sorted({start, end} | {e for e in inner if start < e < end})
    value, error = mp.quad(lambda s: mp.exp(k * (mp.cos(s) - mp.cos(highest))), edges, error=True)
    return mp.log(value) + k * (mp.cos(highest) - 1) - mp.log(2 * mp.pi) - log_i0e(k), error / value


def log_i0e(k: Real) -> Real:
    """Return log e⁻ᵏ I₀(k); of a large k by Hankel's series (DLMF 10.40.1)."""
    if k < 2000:
        with mp.workdps(int(k) + 50):
            return mp.log(mp.besseli(0, k)) - k
    terms = [mp.mpf(1)]
    for j in range(1, 30):
        terms.append(terms[-1] * (2 * j - 1) ** 2 / (8 * k * j))
    return mp.log(mp.fsum(terms)) - mp.log(2 * mp.pi * k) / 2


def log_tail(d: ll.Distribution, y: float, upper: bool) -> tuple[Real, Real]:
    """Return log P(Y > y), or log P(Y ≤ y), and its relative error."""
    if isinstance(d, ll.Beta):
        a, b = mp.mpf(float(d.concentration1)), mp.mpf(float(d.concentration0))
        t = mp.log(mp.mpf(y)) - mp.log1p(-mp.mpf(y))
        return log_below_logit(b, a, -t) if upper else log_below_logit(a, b, t)
    loc, end = mp.mpf(float(d.loc)), mp.mpf(np.pi)
    loc -= 2 * mp.pi * mp.nint(loc / (2 * mp.pi))
    return log_of_arc(mp.mpf(float(d.concentration)), *((y - loc, end - loc) if upper else (-end - loc, y - loc)))


def check(d: ll.Distribution, levels: tuple[float, ...] = LEVELS) -> int:
    """Compare both tails, their logarithms and the quantiles at some levels; return how many there was an oracle of."""
    seen, (low, high) = 0, (d.support.low, d.support.high)
    for q in levels:
        for upper in (False, True):
            y = float(d.isf(q) if upper else d.ppf(q))
            if not min(y - low, 1.0) > 1e-300 or y >= high:
                continue
            with mp.workdps(32):
                want, error = log_tail(d, y, upper)
            if not error < DIGITS:
                continue
            seen += 1
            got, rest = (float(v) for v in ((d.log_sf(y), d.log_cdf(y)) if upper else (d.log_cdf(y), d.log_sf(y))))
            # Rounding of y, or of the direction, is no error of the formula.
            spacing = max(abs(y), abs(float(d.mean()))) * 4e-16
            room = float(mp.exp(mp.mpf(float(d.log_prob(y))) - want)) * spacing
            says = f"{d!r} at {y!r}, upper={upper}"
            np.testing.assert_allclose(got, float(want), rtol=1e-10, atol=1e-10 + room, err_msg=says)
            with mp.workdps(32):
                other = float(mp.log1p(-mp.exp(want)))
            np.testing.assert_allclose(rest, other, rtol=1e-10 + room, err_msg=says)
            p = float(d.sf(y) if upper else d.cdf(y))
            np.testing.assert_allclose(p, float(mp.exp(want)), rtol=2e-10 + room, err_msg=says)
            if min(y - low, high - y) > 1e-13:  # nearer to an end there may be no number for it
                np.testing.assert_allclose(float(want), np.log(q), atol=1e-9 + 4.0 * room, err_msg=says)
    return seen


@pytest.mark.parametrize(
    "d",
    [
        ll.Beta(19.0, 5e8),
        ll.Beta(2.6e-4, 3.5e8),
        ll.Beta(1e9, 3e-5),
        ll.VonMises(-1.2, 1.7e8),
        ll.VonMises(1.4, 2.7e8),
        ll.VonMises(2.9, 40.0),
    ],
    ids=repr,
)
def test_of_some_sizes(d):
    assert check(d, (1e-300, 1e-3)) > 0


@pytest.mark.slow
@pytest.mark.parametrize("family", [ll.Beta, ll.VonMises])
def test_of_all_sizes(family):
    rng = np.random.default_rng(3)
    sizes = np.exp(rng.uniform(np.log(1e-6), np.log(1e9), (30, 2)))
    if family is ll.VonMises:
        sizes[:, 0] = np.where(rng.random(30) < 0.5, rng.uniform(-np.pi, np.pi, 30), sizes[:, 0])
    assert sum(check(family(*each)) for each in sizes) > 100
