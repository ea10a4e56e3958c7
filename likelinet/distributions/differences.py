"""The loss of a distribution that comes with `log_prob` alone."""

from collections.abc import Callable

import numpy as np

from likelinet.distributions.parameter import Backward, Parameter

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

    def slope(i: int, direction: np.ndarray | float) -> np.ndarray:
        h = _step(parameters[i], params[i]) * direction
        far, near = (
            nll((*params[:i], params[i] + k * h, *params[i + 1 :]))
            - nll((*params[:i], params[i] - k * h, *params[i + 1 :]))
            for k in (2.0, 1.0)
        )
        return (8.0 * near - far) / 12.0

    def backward(d: np.ndarray) -> tuple[np.ndarray, ...]:
        grads = []
        for i, p in enumerate(parameters):
            h = _step(p, params[i])
            if p.event_ndim == 0:
                grads.append(d * slope(i, 1.0) / h)
                continue
            units = np.eye(params[i].shape[-1])
            columns = [slope(i, unit) for unit in units]
            grads.append(d[..., None] * np.stack(columns, axis=-1) / h)
        return tuple(grads)

    return nll(params), backward


def _step(parameter: Parameter, value: np.ndarray) -> np.ndarray:
    """Return a step that stays inside the domain of the parameter."""
    domain = parameter.domain
    room = np.minimum(value - domain.low, domain.high - value)
    return STEP * np.where(np.isfinite(room), room, 1.0 + np.abs(value)) * 0.4
