"""Gradients by differences: of the loss of a distribution that comes with `log_prob` alone, and of tails."""

import importlib
from collections.abc import Callable, Sequence

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward

STEP = np.finfo(np.float64).eps ** 0.2  # balances the h⁴ truncation error against rounding


def loss_by_differences(
    nll: Callable[[tuple[np.ndarray, ...]], np.ndarray],
    params: tuple[np.ndarray, ...],
    parameters: tuple[Parameter, ...],
) -> tuple[np.ndarray, Backward]:
    """Return -log p and a backward function by fourth-order central differences in float64.

    Parameters
    ----------
    nll : callable
        -log p of the observed values as a function of all parameters.
    params : tuple of ndarray
        Where to evaluate it.
    parameters : tuple of Parameter
        What each of them is: steps stay inside its domain.

    Returns
    -------
    tuple
        Values per row, and backward(d) -> gradients of the parameters.

    References
    ----------
    Fornberg, *Mathematics of Computation* 51, 1988: the five-point rule.
    """

    def backward(d: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(
            (d if p.event_ndim == 0 else d[..., None]) * slope for p, slope in zip(parameters, slopes(), strict=True)
        )

    def slopes() -> list[np.ndarray]:
        return [_slope(nll, params, i, p) for i, p in enumerate(parameters)]

    return nll(params), backward


def inside(params: tuple[np.ndarray, ...], parameters: tuple[Parameter, ...]) -> tuple[tuple[np.ndarray, ...], Array]:
    """Return parameters inside their domains, and nan for each row where one was not, as formulas would give; else 0.

    A distribution refuses such parameters, but a search that has gone too far is to hear of it by the loss.
    """
    sound = [p.domain.contains(value) for value, p in zip(params, parameters, strict=True)]
    rows = [s.all(axis=tuple(range(-p.event_ndim, 0))) for s, p in zip(sound, parameters, strict=True)]
    if all(row.all() for row in rows):
        return params, np.zeros(())
    kept = (np.where(s, v, p.domain.anchor) for s, v, p in zip(sound, params, parameters, strict=True))
    return tuple(kept), sum(np.where(row, 0.0, np.nan) for row in rows)


def loss_by_vjp(
    log_prob: Callable[[dict[str, Array]], Array], names: Sequence[str], params: tuple[Array, ...], y: Array
) -> tuple[Array, Backward]:
    """Return -log p and its backward function by `jax.vjp`, for a `log_prob` of named parameters on arrays of JAX.

    What is traced cannot be checked: the parameters are taken as they are, and y is in the support.
    """
    jax = importlib.import_module(namespace(y).__name__.partition(".")[0])
    return jax.vjp(lambda *at: -log_prob(dict(zip(names, at, strict=True))), *params)


def tails_by_differences(
    log_tail: Callable[[tuple[np.ndarray, ...], bool], np.ndarray],
    params: tuple[np.ndarray, ...],
    parameters: tuple[Parameter, ...],
    known: dict[str, np.ndarray],
    log_p: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, TailsBackward]:
    """Return log cdf and log sf, and a backward function by fourth-order central differences in float64.

    Parameters
    ----------
    log_tail : callable
        log sf, or log cdf, as a function of all parameters and of whether the upper tail is asked for.
    params, parameters
        As for `loss_by_differences`; the parameters are numbers, not vectors.
    known : dict
        (d cdf / d parameter) / p(y) of those parameters that need no differences.
    log_p : ndarray
        log p(y).

    Returns
    -------
    tuple
        log_cdf, log_sf, and backward(d_log_cdf, d_log_sf) -> gradients of the parameters.
    """
    tails = log_tail(params, False), log_tail(params, True)

    def slope(i: int, p: Parameter, upper: bool) -> np.ndarray | float:
        if p.domain.integer:  # it has no slope
            return 0.0
        if p.name in known:
            return known[p.name] * np.exp(log_p - tails[upper]) * (-1.0 if upper else 1.0)
        return _slope(lambda at: log_tail(at, upper), params, i, p)

    def backward(d_log_cdf: np.ndarray, d_log_sf: np.ndarray) -> tuple[np.ndarray, ...]:
        grads = [np.zeros(tails[0].shape) for _ in parameters]
        with np.errstate(all="ignore"):
            for upper, d in ((False, d_log_cdf), (True, d_log_sf)):
                if not d.any():
                    continue
                for i, p in enumerate(parameters):
                    # A tail that has no weight may have no finite slope.
                    grads[i] = grads[i] + np.where(d == 0.0, 0.0, d * slope(i, p, upper))
        return tuple(grads)

    return *tails, backward


def _slope(
    f: Callable[[tuple[np.ndarray, ...]], np.ndarray], params: tuple[np.ndarray, ...], i: int, parameter: Parameter
) -> np.ndarray:
    """Return df/dparams[i], row by row, from four values of f."""
    h = _step(parameter, params[i])

    def along(direction: np.ndarray | float) -> np.ndarray:
        far, near = (
            f((*params[:i], params[i] + k * h * direction, *params[i + 1 :]))
            - f((*params[:i], params[i] - k * h * direction, *params[i + 1 :]))
            for k in (2.0, 1.0)
        )
        return (8.0 * near - far) / 12.0

    if parameter.event_ndim == 0:
        return along(1.0) / h
    return np.stack([along(unit) for unit in np.eye(params[i].shape[-1])], axis=-1) / h


def _step(parameter: Parameter, value: np.ndarray) -> np.ndarray:
    """Return a step that stays inside the domain of the parameter."""
    domain = parameter.domain
    room = np.minimum(value - domain.low, domain.high - value)
    if parameter.role == "shape":  # a large one is felt through its square root, as in the width of a Poisson
        room = np.where(np.isfinite(room), np.minimum(room, 10.0 * np.sqrt(room)), room)
    return STEP * np.where(np.isfinite(room), room, 1.0 + np.abs(value)) * 0.4
