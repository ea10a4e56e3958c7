"""Initial weights, with the output bias at the marginal maximum-likelihood fit."""

from collections.abc import Callable

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.distributions.numerics.estimates import LEAST
from likelinet.heads.head import Head
from likelinet.objective.layout import pack
from likelinet.objective.objective import Objective

ITERATIONS = 100  # of L-BFGS on the marginal fit, and of Newton's method: enough for a start
MOST_ROWS = 50_000  # on which it is polished, at most
OUTPUTS_AT_ONCE = 4_000_000  # raw outputs at a time
FAR = 20.0  # raw numbers that run further from the family's estimates have no maximum to run to, or none of use
RIDGE = 1e-3  # what then keeps them near
NEWTON = 50  # parameters of which the Hessian is worth its price
FLAT = 1e-7  # of the largest curvature, what its rounding errors may be
STATIONARY = 2.0 * LEAST  # gradient up to which estimates are maxima, those of what was never seen among them


def initial_weights(
    objective: Objective,
    y: np.ndarray,
    weight: np.ndarray,
    rngs: list[np.random.Generator],
    dtype: str,
    columns: np.ndarray | None = None,
    estimates: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Return weights (M, P): random matrices, and output biases and shared constants that ignore x.

    Parameters
    ----------
    objective : Objective
        Network and head.
    y, weight : ndarray
        Encoded targets and weights of all training rows.
    rngs : list of Generator
        One per member.
    dtype : str
        Of the result.
    columns : ndarray, optional
        What the head reads from the table.
    estimates : tuple of ndarray, optional
        What `Head.raw_start` gives for these rows, if it is known already.
    """
    layout = objective.layout
    nothing_else = not layout.weights[0].size  # the first of the weights take the inputs
    bias, shared = marginal_fit(objective.head, y, weight, columns, estimates, to_the_end=nothing_else)
    members = []
    for rng in rngs:
        flat = layout.initial(rng)[None]
        arrays = list(layout.views(flat))
        arrays[-2], arrays[-1] = bias[None], shared[None]  # the network's last array is the bias of its last layer
        members.append(pack(arrays, layout)[0])
    return np.stack(members).astype(dtype)


def marginal_fit(
    head: Head,
    y: np.ndarray,
    weight: np.ndarray,
    columns: np.ndarray | None = None,
    estimates: tuple[np.ndarray, np.ndarray] | None = None,
    to_the_end: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the raw outputs and shared constants that maximise the weighted likelihood of y without any x.

    The family's own estimates are kept where they are already stationary (closed-form maxima); else L-BFGS goes on
    from them. Where the likelihood keeps rising towards infinity, as of a truncated Gaussian on flat y or of a Student
    t on light tails, training could not come back from there, so a ridge around the estimates is added.

    Where the fit is all that there is to train, `to_the_end`, Newton's method follows on all rows, which leaves no more
    than rounding errors.
    """
    raw, shared = head.raw_start(y, weight) if estimates is None else estimates
    n_raw = len(raw)

    def on(rows: slice, ridge: float = 0.0):
        known, some = None if columns is None else columns[rows], y[rows]
        share = (weight[rows] / weight[rows].sum()).astype(np.float64)
        size = max(1, OUTPUTS_AT_ONCE // max(n_raw, 1))

        def value_and_gradient(flat: np.ndarray) -> tuple[float, np.ndarray]:
            away = flat - start
            value, gradient = 0.5 * ridge * float(away @ away), ridge * away
            for part in blocks(len(some), size):  # of very many outputs a few rows at a time
                w = share[None, part]
                outputs = np.broadcast_to(flat[:n_raw], (1, w.shape[1], n_raw))
                read = None if known is None else known[None, part]
                values, backward = head.loss(outputs, flat[None, n_raw:], some[None, part], read)
                draw, dshared = backward(w)
                value += float((values * w).sum())
                gradient[:n_raw] += draw.sum((0, 1))
                gradient[n_raw:] += 0.0 if dshared is None else dshared[0]
            # Too far: where a tail has underflowed its value may be finite still, and its gradient is not.
            sound = np.isfinite(value) and np.isfinite(gradient).all()
            return (value, gradient) if sound else (1e300, np.zeros_like(flat))

        return value_and_gradient

    start = np.concatenate([raw, shared])

    def polished(ridge: float) -> np.ndarray:
        from scipy.optimize import minimize  # takes as long to import as many a fit

        thin = on(slice(None, None, -(-len(y) // MOST_ROWS)), ridge)
        found = minimize(thin, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "gtol": 1e-8}).x
        # Keep the better one: a family of the user's may mislead the line search.
        return found if np.isfinite(found).all() and thin(found)[0] <= thin(start)[0] else start

    with np.errstate(all="ignore"):
        best = start
        # What has the unit of y counts in its own size: of a large scale the gradient is small wherever its maximum is.
        size = np.where(np.concatenate(head.in_units_of_y), np.maximum(np.abs(start), 1.0), 1.0)
        if (np.abs(on(slice(None))(start)[1]) * size).max(initial=0.0) >= STATIONARY:
            best = polished(0.0)
            if (np.abs(best - start) / size).max() > FAR:
                best = polished(RIDGE)
        if to_the_end and 0 < len(best) <= NEWTON:
            best = newton(on(slice(None)), best)
    return best[:n_raw], best[n_raw:]


def newton(value_and_gradient: Callable[[np.ndarray], tuple[float, np.ndarray]], at: np.ndarray) -> np.ndarray:
    """Return the minimum next to `at`, by Newton steps as long as each makes the gradient much smaller.

    The Hessian is one of central differences of the gradient. Directions in which there is no curvature are left alone:
    the logits of weights have one, in which nothing changes.
    """
    gradient = value_and_gradient(at)[1]
    for _ in range(ITERATIONS):  # it takes a few, and more only on the way to a maximum that is at infinity
        steps = np.cbrt(np.finfo(np.float64).eps) * np.maximum(np.abs(at), 1.0)
        columns = [value_and_gradient(at + e)[1] - value_and_gradient(at - e)[1] for e in np.diag(steps)]
        hessian = np.stack(columns) / (2.0 * steps[:, None])
        if not np.isfinite(hessian).all():
            return at
        curvature, directions = np.linalg.eigh(0.5 * (hessian + hessian.T))
        curved = curvature > FLAT * curvature[-1]
        if curvature[0] < -FLAT * curvature[-1] or not curved.any():
            return at
        along = directions[:, curved]
        nearer = at - along @ ((along.T @ gradient) / curvature[curved])
        there = value_and_gradient(nearer)[1]
        if not np.abs(there).max() < 0.5 * np.abs(gradient).max():
            return at
        at, gradient = nearer, there
    return at
