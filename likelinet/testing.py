"""Checks for distributions of your own: each says in plain words what is wrong."""

import numpy as np

from likelinet.distributions import Distribution
from likelinet.errors import LikelinetError, UndefinedError

DRAWS = 20_000  # of the check of samples
ALPHA = 1e-4  # chance that a right sampler fails it


class CheckError(LikelinetError, AssertionError):
    """A distribution does not hold what it promises."""


def check_gradients(d: Distribution, y: np.ndarray, rtol: float = 1e-6, atol: float = 1e-8) -> None:
    """Check the analytic `loss` of a distribution against its own `log_prob`, value and gradient, element by element.

    Parameters
    ----------
    d : Distribution
        With the parameters to check at, in double precision.
    y : ndarray
        Values inside the support, one per row of `d`.
    rtol, atol : float
        Tolerances; `atol` is relative to the largest entry of each gradient.

    Raises
    ------
    CheckError
        If `loss` differs from -log_prob, or a gradient from differences of it.

    References
    ----------
    Fornberg, *Mathematics of Computation* 51, 1988: the differences.

    Examples
    --------
    >>> import likelinet as ll
    >>> check_gradients(ll.Gaussian([0.0, 1.0], [1.0, 2.0]), np.array([0.3, -1.0]))
    """
    name, y = type(d).__name__, np.asarray(y, dtype=np.float64)
    params = tuple(_full(getattr(d, p.name), p.event_ndim, d.batch_shape) for p in d.parameters)
    values, backward = d.loss(params, y)
    if not np.allclose(values, -d.log_prob(y), rtol=1e-10, atol=1e-10):
        worst = int(np.argmax(np.abs(values + d.log_prob(y)).ravel()))
        raise CheckError(f"{name}: loss is not -log_prob, for example at y = {y.ravel()[worst]:g}.")
    ones = np.ones_like(values)
    expected = Distribution.loss.__func__(type(d), params, y)[1](ones)  # type: ignore[attr-defined]
    for p, got, want in zip(d.parameters, backward(ones), expected, strict=True):
        wrong = ~np.isclose(got, want, rtol=rtol, atol=atol * np.abs(want).max(initial=0.0))
        if wrong.any():
            at = tuple(map(int, np.argwhere(wrong)[0]))
            raise CheckError(
                f"{name}: the gradient of loss in {p.name} is {got[at]:.10g} at {at}, but differences of log_prob "
                f"give {want[at]:.10g}: check its formula and its sign."
            )


def check_distribution(d: Distribution, rng: int = 0) -> None:
    """Check that shapes, normalisation, cdf, quantiles and samples of a univariate distribution fit together.

    Parameters
    ----------
    d : Distribution
        With a batch of one axis, of at least two rows.
    rng : int
        Seed of the samples.

    Raises
    ------
    CheckError
        With the first thing that is wrong; methods that are not defined are left out.

    Examples
    --------
    >>> import likelinet as ll
    >>> check_distribution(ll.Gamma([1.0, 2.0, 3.0], 0.5))
    """
    name = type(d).__name__
    n = len(np.empty(d.batch_shape))
    inside = _points(d, rng)
    shape = np.shape(d.log_prob(inside))
    if shape != d.batch_shape:
        raise CheckError(
            f"{name}: log_prob of {n} values gives shape {shape}, not {d.batch_shape}: it broadcasts silently."
        )
    if np.isnan(d.log_prob(inside)).any():
        raise CheckError(f"{name}: log_prob is NaN inside the support.")
    _check_normalised(d)
    try:
        _check_quantiles(d)
        _check_samples(d, rng)
    except UndefinedError:
        return


def _full(value: np.ndarray, event_ndim: int, batch_shape: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(value, batch_shape + value.shape[value.ndim - event_ndim :]).copy()


def _points(d: Distribution, rng: int) -> np.ndarray:
    """Return a value inside the support for each row."""
    u = np.random.default_rng(rng).uniform(0.1, 0.9, d.batch_shape)
    low, high = d.support.low, d.support.high
    if d.support.integer:
        return np.floor(low + 3.0 * u)
    if np.isfinite(low) and np.isfinite(high):
        return low + (high - low) * u
    return low + 2.0 * u if np.isfinite(low) else 4.0 * u - 2.0


def _check_normalised(d: Distribution) -> None:
    """Integrate or sum the density of each row over the support."""
    from scipy.integrate import quad

    for i in range(d.batch_shape[0]):
        row = d[i]
        if d.support.integer:
            top = d.support.high if np.isfinite(d.support.high) else d.support.low + 10_000.0
            total = float(np.exp(row.log_prob(np.arange(d.support.low, top + 1.0))).sum())
        else:
            # One cut near the bulk: an integral over the whole line may miss a narrow peak.
            middle = float(np.clip(_points(d, 0)[i], d.support.low, d.support.high))
            density = lambda y, row=row: float(np.exp(row.log_prob(y)))  # noqa: E731
            total = sum(
                quad(density, *ends, limit=200)[0] for ends in ((d.support.low, middle), (middle, d.support.high))
            )
        if not abs(total - 1.0) < 1e-5:
            raise CheckError(
                f"{type(d).__name__}: the {'masses sum' if d.support.integer else 'density integrates'} to {total:.6g} "
                f"in row {i}, not to 1: a constant is missing, or scale and variance are mixed up."
            )


def _check_quantiles(d: Distribution) -> None:
    q = np.linspace(0.05, 0.95, 19)[:, None]
    y = d.ppf(q)
    back = d.cdf(y)
    wrong = back < q * (1.0 - 1e-8) if d.support.integer else ~np.isclose(back, q, rtol=1e-6)
    if np.any(wrong):
        i, row = map(int, np.argwhere(wrong)[0])
        raise CheckError(
            f"{type(d).__name__}: cdf(ppf(q)) is {back[i, row]:.6g} at q = {q[i, 0]:.6g} in row {row}, not q."
        )


def _check_samples(d: Distribution, rng: int) -> None:
    """Compare samples with the cdf by the Kolmogorov-Smirnov test (conservative for whole numbers)."""
    from scipy.stats import kstwobign

    draws = np.sort(d.sample((DRAWS,), rng=rng), axis=0)
    if draws.shape != (DRAWS, *d.batch_shape):
        raise CheckError(
            f"{type(d).__name__}: sample(({DRAWS},)) has shape {draws.shape}, not {(DRAWS, *d.batch_shape)}."
        )
    for i in range(d.batch_shape[0]):
        points, counts = np.unique(draws[:, i], return_counts=True)
        below, row = counts.cumsum() / DRAWS, d[i]
        gap = np.abs(row.cdf(points) - below).max()
        if kstwobign.sf(gap * np.sqrt(DRAWS)) < ALPHA:
            raise CheckError(f"{type(d).__name__}: samples do not follow the cdf in row {i}: it is off by {gap:.3g}.")
