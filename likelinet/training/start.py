"""Initial weights, with the output bias at the marginal maximum-likelihood fit."""

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.heads.head import Head
from likelinet.objective.layout import pack
from likelinet.objective.objective import Objective

ITERATIONS = 100  # of L-BFGS on the marginal fit, enough for a start
ROWS = 50_000  # on which it is polished, at most
NUMBERS = 4_000_000  # raw outputs at a time
FAR = 20.0  # raw numbers that run further from the family's estimates have no maximum to run to, or none of use
RIDGE = 1e-3  # what then keeps them near


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
    bias, shared = marginal_fit(objective.head, y, weight, columns, estimates)
    layout = objective.layout
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
) -> tuple[np.ndarray, np.ndarray]:
    """Return the raw outputs and shared constants that maximise the weighted likelihood of y without any x.

    The family's own estimates are kept where they are already stationary (closed-form maxima); else L-BFGS goes on
    from them. Where the likelihood keeps rising towards infinity, as of a truncated Gaussian on flat y or of a Student
    t on light tails, training could not come back from there, so a ridge around the estimates is added.
    """
    raw, shared = head.raw_start(y, weight) if estimates is None else estimates
    n_raw = len(raw)

    def on(rows: slice, ridge: float = 0.0):
        known, some = None if columns is None else columns[rows], y[rows]
        share = (weight[rows] / weight[rows].sum()).astype(np.float64)
        size = max(1, NUMBERS // max(n_raw, 1))

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
            return (value, gradient) if np.isfinite(value) else (1e300, np.zeros_like(flat))

        return value_and_gradient

    start = np.concatenate([raw, shared])
    with np.errstate(all="ignore"):
        gradient = on(slice(None))(start)[1]
        if np.abs(gradient).max(initial=0.0) < max(1e-6, 0.6 / len(y)):
            return raw, shared  # up to half a row, by which estimates of what never varies keep off infinity
        from scipy.optimize import minimize  # takes as long to import as many a fit

        every = slice(None, None, -(-len(y) // ROWS))

        def polished(ridge: float) -> np.ndarray:
            thin = on(every, ridge)
            found = minimize(thin, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "gtol": 1e-8}).x
            # Keep the better one: a family of the user's may mislead the line search.
            return found if np.isfinite(found).all() and thin(found)[0] <= thin(start)[0] else start

        best = polished(0.0)
        if np.abs(best - start).max() > FAR:
            best = polished(RIDGE)
    return best[:n_raw], best[n_raw:]
