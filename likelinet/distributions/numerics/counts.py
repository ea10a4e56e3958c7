"""The numerical defaults of counts: entropy, divergence and moments, by tables of masses or sums by panels."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from likelinet.distributions.numerics import smooth_counts
from likelinet.distributions.numerics.divergences import NEARBY, expm1mx
from likelinet.distributions.numerics.mass_tables import (
    Cells,
    Masses,
    any_between,
    cells_of,
    row_sums,
    short_rows,
)
from likelinet.distributions.numerics.sums import LEFT_OUT, Term, total

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Function = Callable[[np.ndarray], np.ndarray]

_BESIDE = 2.0  # numbers beyond the outermost quantiles that a sum takes all the same
_LARGEST = 1e290  # a count beyond all that occur, yet finite
_CLOSE = 0.03  # logarithms of ratios up to which the terms of a divergence would cancel
_MATTERS = 1e-30  # masses of which the logarithm of another one must be known, however small that is
_UNDERFLOW, _LEAST = 1e-280, 1e-300
_NOTHING = 1e-16  # mass beside a sum that rounding makes up
_FAR = np.array([1e-100, 1e-90, 1e-80])  # quantiles between which the outermost parts of a moment lie


def window(d: "Distribution") -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last whole number of each row of one axis that are probable enough to count."""
    (least, most), (low, high) = d.endpoints(), d.bulk()
    low, high = np.maximum(np.floor(low), least), np.minimum(np.ceil(high), most)
    unknown = np.flatnonzero(np.isnan(low) | np.isnan(high))
    if len(unknown):
        part = d[unknown]
        first, last = (np.clip(quantile(LEFT_OUT), -_LARGEST, _LARGEST) for quantile in (part.ppf, part.isf))
        # Where nearly all mass is on one number, the term may be next to nothing there: the next ones count.
        low[unknown] = np.maximum(first - _BESIDE, least[unknown])
        high[unknown] = np.minimum(last + _BESIDE, most[unknown])
    none = low > high  # all lies beyond the numbers that can be summed
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def expectation(d: "Distribution", f: Term) -> np.ndarray:
    """Return E[f(row, Y)] with Y from each row of `d`, numbered through as one axis."""
    flat = d.flattened(d.batch_shape)
    values = total(flat, lambda row, k: np.exp(flat[row].log_prob(k)) * f(row, k), *window(flat))
    return values.reshape(d.batch_shape)


def entropy(d: "Distribution") -> np.ndarray:
    """Return -E[log p(Y)] of each row."""
    flat = d.flattened(d.batch_shape)
    low, high = window(flat)
    short = short_rows(low, high, flat)
    values, wide = np.empty(len(low)), np.flatnonzero(~short)
    for rows, cells in cells_of(np.flatnonzero(short), low, high):
        masses = flat[rows].mass_table(cells)
        p, top = masses.probabilities(), (np.arange(len(rows)), masses.values.argmax(axis=1))
        # The largest mass is known by the others: it may be close to 1.
        p[top] = 0.0
        rest = row_sums(p)
        logs = np.log(np.maximum(masses.values, _LEAST))
        logs += masses.log_scale[:, None]
        values[rows] = -row_sums(np.multiply(p, logs, out=logs)) - (1.0 - rest) * np.log1p(-rest)
    if len(wide):
        values[wide] = _total((flat[wide],), lambda row, k, log_p: -_times(log_p, log_p), low[wide], high[wide])
    return values.reshape(d.batch_shape)


def kl_divergence(d: "Distribution", other: "Distribution", shape: tuple[int, ...]) -> np.ndarray:
    """Return E[q(Y)/p(Y) - 1 - log(q(Y)/p(Y))] of each row, with Y from `d`, of both broadcast to a batch shape.

    No term of it is negative, as those of E[log(p(Y)/q(Y))] are, which cancel where the two are close.
    """
    mine, theirs = d.flattened(shape), other.flattened(shape)
    ends, reached = mine.endpoints(), theirs.endpoints()
    values = np.full(len(ends[0]), np.inf)
    possible = np.flatnonzero((reached[0] <= ends[0]) & (reached[1] >= ends[1]))
    if len(possible):
        values[possible] = _kl_divergence(mine[possible], theirs[possible])
    return values.reshape(shape)


def _kl_divergence(mine: "Distribution", theirs: "Distribution") -> np.ndarray:
    low, high = window(mine)
    short = short_rows(low, high, mine, theirs)
    values, wide, from_q = np.empty(len(low)), np.flatnonzero(~short), beside(theirs, low, high)
    for rows, cells in cells_of(np.flatnonzero(short), low, high):
        p, q = mine[rows].mass_table(cells), theirs[rows].mass_table(cells)
        log_ratio = np.log(np.maximum(q.values, _LEAST))
        log_ratio -= np.log(np.maximum(p.values, _LEAST))
        log_ratio += (q.log_scale - p.log_scale)[:, None]
        p = p.probabilities()
        q = _tiny_too(q, p, log_ratio, theirs, rows, cells)
        values[rows] = row_sums(excess(p, q, log_ratio)) + from_q[rows]

    def summed(rows: np.ndarray, f: Callable[[np.ndarray, np.ndarray], np.ndarray], everywhere: bool) -> np.ndarray:
        both = mine[rows], theirs[rows]
        return _total(both, lambda row, k, log_p, log_q: f(log_p, log_q), low[rows], high[rows], everywhere)

    if len(wide):
        values[wide] = summed(wide, lambda log_p, log_q: _times(log_p, log_p - log_q), everywhere=False)
        # Of the two that are not close, one may be too narrow for the panels of the other.
        close = wide[values[wide] < NEARBY]
        if len(close):
            values[close] = summed(close, _excess_of_logs, everywhere=True) + from_q[close]
    return values


def _tiny_too(
    q: Masses, p: np.ndarray, log_ratio: np.ndarray, theirs: "Distribution", rows: np.ndarray, cells: Cells
) -> np.ndarray:
    """Return the masses q, and put right in `log_ratio` those of them that underflow where p does not."""
    tiny = np.flatnonzero(q.values < _UNDERFLOW)
    if len(tiny):
        log_ratio.reshape(-1)[tiny] = 0.0
        tiny = tiny[p.reshape(-1)[tiny] > _MATTERS]
    if len(tiny):
        row, at = np.divmod(tiny, cells.many)
        log_ratio[row, at] = theirs[rows[row]].log_density()(cells.first[row] + at, np.full(len(at), np.inf)) - np.log(
            p[row, at]
        )
    return q.probabilities()


def excess(p: np.ndarray, q: np.ndarray, log_ratio: np.ndarray) -> np.ndarray:
    """Return p (r - 1 - log r) ≥ 0 with r = q/p, of masses that may be 0, with finite logarithms of r."""
    terms = q - p
    terms -= p * log_ratio
    close = np.flatnonzero(np.abs(log_ratio) < _CLOSE)
    if len(close):
        terms.reshape(-1)[close] = p.reshape(-1)[close] * expm1mx(log_ratio.reshape(-1)[close])
    return terms


def _times(log_p: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return p times a factor, and 0 where p is, whatever it is."""
    return np.exp(log_p) * np.where(log_p > -np.inf, factor, 0.0)


def _excess_of_logs(log_p: np.ndarray, log_q: np.ndarray) -> np.ndarray:
    return excess(np.exp(log_p), np.exp(log_q), np.where(log_p > -np.inf, log_q - log_p, 0.0))


def _total(
    all_of: tuple["Distribution", ...],
    f: Callable[..., np.ndarray],
    low: np.ndarray,
    high: np.ndarray,
    everywhere: bool = False,
) -> np.ndarray:
    """Return Σ f(row, k, log p(k), log q(k), …) over k = low, …, high of each row, of distributions of one axis.

    It is 0 where p is, unless it counts `everywhere`.
    """
    jumps = np.concatenate([e.jumps() for e in all_of])
    sums, easy = np.empty(len(low)), np.all([smooth_counts.smooth(e, low, high) for e in all_of], axis=0)
    easy &= ~any_between(jumps, low, high)
    for rows, is_smooth in ((np.flatnonzero(easy), True), (np.flatnonzero(~easy), False)):
        if not len(rows):
            continue
        own, *others = (e[rows] for e in all_of)

        def term(row: np.ndarray, x: np.ndarray, whole: bool = True, rows=rows, own=own, others=others) -> np.ndarray:
            log_p = smooth_counts.log_mass(own, row, x, whole, everywhere=everywhere)
            return f(rows[row], x, log_p, *(smooth_counts.log_mass(e, row, x, whole) for e in others))

        if is_smooth:
            sums[rows] = smooth_counts.total(own, term, low[rows], high[rows], *others, everywhere=everywhere)
        else:
            sums[rows] = total(own, term, low[rows], high[rows], jumps=jumps[:, rows])
    return sums


def beside(d: "Distribution", low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the mass outside of low … high; 0 where that is next to nothing."""
    least, most = d.endpoints()
    mass, rows = np.zeros(len(low)), np.flatnonzero((low > least) | (high < most))
    if len(rows):
        part = d[rows]
        mass[rows] = part.cdf(low[rows] - 1.0) + part.sf(high[rows])
    return np.where(mass > _NOTHING, mass, 0.0)


def moments(d: "Distribution", forward: Function) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of forward(Y), an increasing map; infinite or nan where they do not exist."""
    flat = d.flattened(d.batch_shape)
    low, high = flat.bulk()
    short = short_rows(np.floor(low), np.ceil(high), flat)
    mean, var, rest = np.empty(len(low)), np.empty(len(low)), np.flatnonzero(~short)
    for rows, cells in cells_of(np.flatnonzero(short), np.floor(low), np.ceil(high)):
        p, y = flat[rows].mass_table(cells).probabilities(), forward(cells.k())
        some, one = p > 0.0, row_sums(p)
        mean[rows] = row_sums(np.where(some, p * y, 0.0)) / one
        var[rows] = row_sums(np.where(some, p * (y - mean[rows, None]) ** 2, 0.0)) / one
    for some, known in ((rest[~np.isnan(low[rest])], True), (rest[np.isnan(low[rest])], False)):
        if len(some):
            part = flat[some]
            mean[some], var[some] = _smooth_moments(part, forward) if known else _moments_by_parts(part, forward)
    return mean.reshape(d.batch_shape), var.reshape(d.batch_shape)


def _smooth_moments(d: "Distribution", forward: Function) -> tuple[np.ndarray, np.ndarray]:
    low, high = window(d)
    one = _total((d,), lambda row, y, log_p: np.exp(log_p), low, high)
    mean = _total((d,), lambda row, y, log_p: np.exp(log_p) * forward(y), low, high) / one
    var = _total((d,), lambda row, y, log_p: np.exp(log_p) * (forward(y) - mean[row]) ** 2, low, high) / one
    return mean, var


def _moments_by_parts(d: "Distribution", forward: Function) -> tuple[np.ndarray, np.ndarray]:
    parts, centre = powers(d), forward(d.ppf(0.5))
    mean = centre + _with_ends(parts(centre, 1))
    var = _with_ends(parts(np.where(np.isfinite(mean), mean, centre), 2))
    return mean, np.where(np.isfinite(mean), var, np.abs(mean))


def _with_ends(parts: np.ndarray) -> np.ndarray:
    """Return the sum of parts and of what lies beyond them, from how the outermost ones fall: a geometric series."""
    size, total = 1e-16 * np.abs(parts).sum(0), parts.sum(0)
    for last, previous in ((parts[0], parts[1]), (parts[-1], parts[-2])):
        ratio = np.where(previous != 0.0, last / np.where(previous != 0.0, previous, 1.0), 0.0)
        ratio = np.where(np.abs(last) > size, np.maximum(ratio, 0.0), 0.0)  # else a rounding error
        falls = np.isfinite(last) & (ratio < 0.95)
        total = total + np.where(falls, last * ratio / (1.0 - np.minimum(ratio, 0.95)), np.sign(last) * np.inf)
    return total


def powers(d: "Distribution") -> Callable[[np.ndarray, int], np.ndarray]:
    """Return f(centre, power): E[(Y - centre)^power] by parts, from the lower tail to the upper one, shape (5, …)."""
    flat = d.flattened(d.batch_shape)
    lower, upper = (quantile(_FAR[:, None]) for quantile in (flat.ppf, flat.isf))
    starts = [lower[0], lower[1] + 1.0, lower[2] + 1.0, upper[2] + 1.0, upper[1] + 1.0]
    ends = [lower[1], lower[2], upper[2], upper[1], upper[0]]

    def parts(centre: np.ndarray, power: int) -> np.ndarray:
        centre = np.broadcast_to(centre, d.batch_shape).reshape(-1)

        def term(row: np.ndarray, k: np.ndarray) -> np.ndarray:
            return np.exp(flat[row].log_prob(k)) * (k - centre[row]) ** power

        sums = [total(flat, term, a, np.maximum(b, a - 1.0)) for a, b in zip(starts, ends, strict=True)]
        # What no float reaches is infinite, as far as numbers can tell.
        for i, past, sign in ((0, lower[0] == -np.inf, (-1.0) ** power), (-1, upper[0] == np.inf, 1.0)):
            sums[i] = np.where(past, sign * np.inf, sums[i])
        return np.stack([np.where(np.isnan(s), 0.0, s) for s in sums]).reshape(5, *d.batch_shape)

    return parts
