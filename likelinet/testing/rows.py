"""What the checks share: rows, typical values, samples, and the error with its message."""

from typing import NoReturn

import numpy as np

from likelinet.core.errors import LikelinetError, UndefinedError
from likelinet.distributions import Distribution
from likelinet.distributions.base.shapes import parameters_on
from likelinet.testing.densities import Masses, masses

DRAWS, ALPHA = 20_000, 1e-4  # of the check of samples: how many, and the chance that a right sampler fails


class CheckError(LikelinetError, AssertionError):
    """A distribution does not hold what it promises."""


def fail(d: Distribution, message: str) -> NoReturn:
    """Raise the error about one distribution."""
    raise CheckError(f"{type(d).__name__}: {message}")


def as_rows(d: Distribution) -> Distribution:
    """Return the distribution with one batch axis, of at least two rows."""
    n = int(np.prod(d.batch_shape))
    return d.flattened(d.batch_shape) if n > 1 else d.flattened((2,))


def draws_of(d: Distribution, rng: int) -> np.ndarray | None:
    """Return draws along a first axis, or None of a distribution that cannot be sampled."""
    try:
        draws = np.asarray(d.sample((DRAWS,), rng=rng))
    except UndefinedError:
        return None
    want = (DRAWS, *d.batch_shape, *d.event_shape)
    if draws.shape != want:
        fail(d, f"sample(({DRAWS},)) has shape {draws.shape}, not {want}.")
    return draws


def drawn(d: Distribution, draws: np.ndarray | None) -> np.ndarray:
    """Return the draws, which must exist and have a density."""
    if draws is None:
        fail(d, "it has no sample, without which a distribution of vectors cannot be checked.")
    outside = ~np.isfinite(d.log_prob(draws))
    if outside.any():
        at = tuple(map(int, np.argwhere(outside)[0]))
        fail(d, f"log_prob is {d.log_prob(draws)[at]} at its own sample {draws[at]}.")
    return draws


def table_of(d: Distribution, i: int, draws: np.ndarray | None) -> Masses:
    """Return the masses of row i, around its draws if there are any."""
    seeds = np.array([]) if draws is None else np.quantile(draws[:, i], np.linspace(0.0, 1.0, 41))
    row = d[i]
    shape = np.shape(row.log_prob(np.full(3, _typical_of(d))))
    if shape != (3,):
        fail(
            d,
            f"log_prob of 3 values and one row of parameters gives shape {shape}, not (3,): somewhere an axis is added "
            "or lost, and arrays broadcast silently.",
        )
    with np.errstate(all="ignore"):
        return masses(row, seeds)


def _typical_of(d: Distribution) -> float:
    s = d.support
    inner = [s.low, s.high] if np.isfinite([s.low, s.high]).all() else [s.low + 1.0, s.low + 1.0]
    middle = 0.0 if s.low == -np.inf else float(np.mean(inner))
    return float(np.floor(middle)) if s.integer else middle


def typical(d: Distribution) -> np.ndarray:
    """Return a value for each row that is not unlikely."""
    draws = draws_of(d, 0)
    if d.event_shape:
        return drawn(d, draws)[0]
    tables = [table_of(d, i, draws) for i in range(d.batch_shape[0])]
    return np.array([t.quantile(np.array(0.1 + 0.8 * (i * 0.618 % 1.0))) for i, t in enumerate(tables)])


def full(d: Distribution) -> tuple[np.ndarray, ...]:
    """Return the parameters, each with an entry for every row."""
    return tuple(a.copy() for a in parameters_on(d, d.batch_shape))


def check_rows(d: Distribution, y: np.ndarray) -> None:
    """Check the shape of `log_prob`, and that each row knows nothing of the others."""
    n = d.batch_shape[0]
    values = d.log_prob(y)
    if np.shape(values) != (n,):
        fail(
            d,
            f"log_prob of {n} values gives shape {np.shape(values)}, not ({n},): it broadcasts silently, as (n,) "
            "against (n, 1) does.",
        )
    if np.isnan(values).any():
        fail(d, f"log_prob is NaN inside the support, for example at y = {y[np.isnan(values)][0]}.")
    twice = d.log_prob(np.stack([y, y]))
    if np.shape(twice) != (2, n):
        fail(d, f"log_prob of y of shape (2, {n}) gives shape {np.shape(twice)}, not (2, {n}).")
    alone = np.array([d[i].log_prob(y[i]) for i in range(n)])
    if not np.allclose(alone, values, rtol=1e-9, atol=1e-9):
        i = int(np.argmax(np.abs(alone - values)))
        fail(
            d,
            f"log_prob of row {i} is {values[i]:.6g} among the other rows and {alone[i]:.6g} by itself: rows get "
            "mixed, for example by a sum or maximum over the wrong axis.",
        )
