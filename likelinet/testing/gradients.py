"""Whether the gradients of a distribution are those of its values."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.notes import RowsNote, unnoted
from likelinet.distributions import Distribution
from likelinet.testing.extremes import check_extremes
from likelinet.testing.rows import as_rows, fail, full, typical
from likelinet.testing.slopes import slopes


@unnoted(RowsNote)
def check_gradients(d: Distribution, y: ArrayLike | None = None, rtol: float = 1e-6, atol: float = 1e-8) -> None:
    """Check `loss` and `tails` of a distribution, values and gradients, against `log_prob`, `log_cdf` and `log_sf`.

    The gradients are compared with differences. Also, nothing may be NaN for the parameters that raw network outputs
    of ±50 give. Of a distribution over another one, as a `Mixture`, the inner one is checked.

    Parameters
    ----------
    d : Distribution
        With the parameters to check at.
    y : array_like, optional
        Values inside the support, one per row of `d`; by default some that are not unlikely.
    rtol, atol : float
        Tolerances; `atol` is relative to the largest entry of each gradient.

    Raises
    ------
    CheckError
        With the first thing that is wrong.

    References
    ----------
    Fornberg, *Mathematics of Computation* 51, 1988: the differences.

    Examples
    --------
    >>> import likelinet as ll
    >>> check_gradients(ll.Gaussian([0.0, 1.0], [1.0, 2.0]), np.array([0.3, -1.0]))
    """
    if not d.parameters:
        underlying = d.underlying()
        if underlying is not None:
            check_gradients(underlying, None, rtol, atol)
        return
    rows = as_rows(d) if y is None else d
    y = typical(rows) if y is None else np.asarray(y, dtype=np.float64)
    rows = rows.flattened(np.shape(y)[: np.ndim(y) - len(d.event_shape)])
    y = y.reshape(rows.batch_shape + d.event_shape)
    _check_loss(rows, y, rtol, atol)
    if not d.event_shape and type(d).has_tails:
        _check_tails(rows, y, rtol, atol)
    check_extremes(rows, y)


def _check_loss(d: Distribution, y: np.ndarray, rtol: float, atol: float) -> None:
    params, shape = full(d), d.batch_shape
    given = (*params, y)
    before = [a.copy() for a in given]
    values, backward = d.loss(params, y)
    if not all(np.array_equal(a, b) for a, b in zip(before, given, strict=True)):
        fail(d, "loss changes its arguments in place: it must leave them as they are.")
    if np.shape(values) != shape:
        fail(d, f"loss of {len(y)} values gives shape {np.shape(values)}, not {shape}: it broadcasts silently.")
    if not np.allclose(values, -d.log_prob(y), rtol=1e-10, atol=1e-10):
        worst = int(np.argmax(np.abs(values + d.log_prob(y))))
        fail(d, f"loss is not -log_prob, for example at y = {y[worst]}.")
    weight = 1.0 + np.arange(len(y)) % 3
    once, grads = backward(np.ones(shape)), backward(weight)
    if len(grads) != len(params):
        fail(d, f"the gradient of loss has {len(grads)} parts for {len(params)} parameters.")

    def nll(values: tuple[np.ndarray, ...]) -> np.ndarray:
        return -_at(d, values).log_prob(y)

    _compare(d, "loss", "log_prob", once, slopes(nll, params, d.parameters), np.ones(shape, bool), rtol, atol)
    for p, a, b in zip(d.parameters, once, grads, strict=True):
        if p.learned and not np.allclose(b, a * weight.reshape(shape + (1,) * p.event_ndim), rtol=1e-8, atol=1e-300):
            fail(d, f"the gradient of loss in {p.name} is not multiplied by the gradient d that backward is given.")


def _check_tails(d: Distribution, y: np.ndarray, rtol: float, atol: float) -> None:
    params = full(d)
    *values, backward = d.tails(params, y)
    ones, zeros = np.ones(d.batch_shape), np.zeros(d.batch_shape)
    for value, name, pair in zip(values, ("log_cdf", "log_sf"), ((ones, zeros), (zeros, ones)), strict=True):
        if not np.allclose(value, getattr(d, name)(y), rtol=1e-8, atol=1e-12):
            fail(d, f"tails and {name} differ.")

        def of(values: tuple[np.ndarray, ...], name: str = name) -> np.ndarray:
            return getattr(_at(d, values), name)(y)

        want = slopes(of, params, d.parameters)
        _compare(d, f"tails ({name})", name, backward(*pair), want, np.isfinite(value), rtol, atol)


def _at(d: Distribution, values: tuple[np.ndarray, ...]) -> Distribution:
    """Return the distribution with other parameters."""
    return type(d)(**{p.name: value for p, value in zip(d.parameters, values, strict=True)})


def _compare(
    d: Distribution,
    what: str,
    of: str,
    got: tuple[np.ndarray, ...],
    want: tuple[tuple[np.ndarray, np.ndarray], ...],
    rows: np.ndarray,
    rtol: float,
    atol: float,
) -> None:
    """Compare gradients where `rows` holds: `want` are those by differences, and about how far they are off."""
    for p, g, (w, error) in zip(d.parameters, got, want, strict=True):
        if not p.learned:
            continue
        if np.shape(g) != w.shape:
            fail(d, f"the gradient of {what} in {p.name} has shape {np.shape(g)}, not {w.shape} as {p.name} has.")
        there = rows.reshape(rows.shape + (1,) * p.event_ndim)
        g, w, error = (np.where(there, each, 0.0) for each in (np.tril(g) if p.event_ndim == 2 else g, w, error))
        tolerance = rtol * np.abs(w) + atol * np.abs(w).max(initial=0.0) + 20.0 * error + 1e-12
        wrong = ~(np.abs(g - w) <= tolerance)
        if wrong.any():
            at = tuple(map(int, np.argwhere(wrong)[0]))
            fail(
                d,
                f"the gradient of {what} in {p.name} is {g[at]:.10g} at {at}, but differences of {of} give "
                f"{w[at]:.10g}: check its formula and its sign.",
            )
