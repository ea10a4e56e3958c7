"""What y may turn out to be, with what probability: the points that an expected loss is a sum over."""

from typing import NamedTuple

import numpy as np

from likelinet.core.lazy import scipy
from likelinet.distributions import Distribution

MOST_COUNTS = 1000  # whole numbers that are taken one by one
NOTHING = 1e-13  # probability beside whole numbers of a row that is left out
# Below the ends of cells: equal steps, and towards the tails twenty a decade, four beyond one in a million.
_BELOW = np.concatenate([np.logspace(-14, -6.25, 32), np.logspace(-6, -1.65, 88), np.arange(5, 101) / 200])
# Quantiles, of each component of a mixture, between which those of the ends are about where a line would have them.
_ROUGH = np.array([1e-14, 1e-11, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.005, 0.02, 0.06, 0.13, 0.22, 0.31, 0.4, 0.5])
MOST_ROUGH = 120  # of a mixture of many
LEAST_TAIL = 1e-8  # of a mean, beyond one in 1e13; all of less is rounding, not a tail
_NEAR, _FAR = 16, 4  # ends of cells of about 1e-10 and 1e-13, which tell whether a mean is finite


class Outcomes(NamedTuple):
    """Values of y and their probabilities, along a first axis before that of the rows.

    Parameters
    ----------
    y : ndarray, shape (k, n)
        Values, or labels of classes.
    probability : ndarray, shape (k, n) or (k, 1)
        Of each; they sum to 1 in each row.
    cells : int
        How many of the first ones are cells from tail to tail; 0 where these are all values, or draws.
    """

    y: np.ndarray
    probability: np.ndarray
    cells: int = 0

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Return the mean of values of these outcomes in each row; what cannot be does not count."""
        w = self.probability
        return np.sum(np.where(w > 0.0, values, 0.0) * w, axis=0)

    def expected(self, values: np.ndarray) -> np.ndarray:
        """Return the mean of values, infinite where they grow in a tail as fast as its probability falls."""
        found = self.mean(values)
        if not self.cells:
            return found
        w, inner = np.broadcast_to(self.probability, values.shape), slice(None, _NEAR + 1)
        for p, v in ((w[inner], values), (w[: self.cells][::-1][inner], values[: self.cells][::-1])):
            beyond = np.cumsum(p, axis=0)
            near, far = (beyond[i] * np.abs(v[i]) for i in (_NEAR, _FAR))
            falls = (beyond[_FAR] > 0.0) & (beyond[_FAR] < 0.1 * beyond[_NEAR])  # or y has an end there
            without = falls & (far >= 0.95 * near) & (far > LEAST_TAIL * self.mean(np.abs(values)))
            with np.errstate(invalid="ignore"):  # of both infinities
                found = np.where(without, found + np.copysign(np.inf, v[_FAR]), found)
        return found


def outcomes(d: Distribution, samples: int | None = None, seed: int | None = None) -> Outcomes:
    """Return the outcomes of each row of a distribution of batch shape (n,).

    Classes and counts of less than a thousand values are all there; numbers are the middles of some 400 cells of known
    probability, less of it in the tails, and draws where `samples` says how many.
    """
    if samples is not None:
        return Outcomes(d.sample((samples,), rng=seed), np.full((samples, 1), 1.0 / samples))
    classes = d.class_marginals()
    if classes is not None:
        p = classes.class_probabilities().T
        labels = np.arange(len(p)) if classes.classes is None else np.asarray(classes.classes)
        return Outcomes(np.broadcast_to(labels[:, None], p.shape), p)
    return (_counts(d) if d.support.integer else None) or _cells(d)


def _counts(d: Distribution) -> Outcomes | None:
    """Return all whole numbers that have a probability; None where these are many."""
    low, high = np.nanmin(d.ppf(NOTHING), initial=np.inf), np.nanmax(d.isf(NOTHING), initial=-np.inf)
    if not 0.0 <= high - low < MOST_COUNTS:
        return None
    k = np.arange(low, high + 1.0)[:, None]
    p = np.exp(d.log_prob(k))
    return Outcomes(np.broadcast_to(k, p.shape), p / p.sum(0))


def _cells(d: Distribution) -> Outcomes:
    """Return middles of cells; single values that have a probability stand by themselves."""
    ends = _ends(d)
    p = np.diff(d.plain_cdf(ends), axis=0, prepend=0.0, append=1.0)
    low, high = ends[:-1] + float(d.support.integer), ends[1:]
    middles = low + 0.5 * (high - low)
    y = np.concatenate([ends[:1], np.floor(middles) if d.support.integer else middles, ends[-1:]])
    cells = len(y)
    for atom in d.atoms:
        mass = np.exp(d.log_prob(np.full(ends.shape[1:], atom)))
        first = np.sum(ends < atom, axis=0)  # the cell that ends with it, or goes past it
        holds = np.arange(len(p))[:, None] == first
        p = np.concatenate([np.maximum(p - holds * mass, 0.0), mass[None]])
        y = np.concatenate([y, np.full_like(y[:1], atom)])
    return Outcomes(y, p, cells)


def _ends(d: Distribution) -> np.ndarray:
    """Return increasing ends of cells, which need not be exact quantiles: their probabilities will be."""
    y = d.quantile_grid(_ROUGH)
    y = y if len(y) <= MOST_ROUGH else y[np.linspace(0.0, len(y) - 1.0, MOST_ROUGH).round().astype(int)]
    scores = scipy.special.ndtri(np.clip(d.plain_cdf(y), 1e-16, 1.0 - 1e-16))
    below = scipy.special.ndtri(_BELOW)
    at_ends = np.concatenate([below, -below[-2::-1]])
    # Between them y is interpolated in its size, as far from the middle it grows like a power or an exponential.
    n = len(y)
    middle, width = y[n // 2], y[n // 2 + n // 10] - y[n // 2 - n // 10]
    width = np.where(width > 0.0, width, 1.0)
    sizes = np.arcsinh((y - middle) / width)
    ends = np.stack([np.interp(at_ends, own, at) for own, at in zip(scores.T, sizes.T, strict=True)], axis=1)
    ends = middle + width * np.sinh(ends)
    return np.floor(ends) if d.support.integer else ends
