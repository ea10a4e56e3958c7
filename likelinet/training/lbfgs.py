"""Exact maximum likelihood of small models by L-BFGS on the full batch, in double precision."""

import time
from collections.abc import Sequence

import numpy as np

from likelinet.engines.engine import Data
from likelinet.errors import NonFiniteError
from likelinet.layout import pack
from likelinet.objective import Objective
from likelinet.training.best import Best
from likelinet.training.history import Callback, Epoch, History
from likelinet.training.loop import Plan


def train_lbfgs(
    objective: Objective, data: Data, plan: Plan, theta: np.ndarray, callbacks: Sequence[Callback] = ()
) -> tuple[np.ndarray, History, BaseException | None]:
    """Return the kept weights (M, P), the history, and what cut the training short, if anything did.

    One epoch is one iteration of L-BFGS-B (Byrd et al. 1995, through `scipy.optimize.minimize`); members are
    optimised one after the other. With a validation split the best iterate on it is kept, without one the last.
    """
    from scipy.optimize import minimize

    history, best, began = History(), Best(theta, plan.patience), time.perf_counter()
    cause: BaseException | None = None
    for member in range(len(theta)):
        rows, held_out = plan.train[member], plan.validation[member]
        only, epoch, latest = np.array([member]), 0, np.inf

        def loss(flat: np.ndarray, rows: np.ndarray) -> tuple[float, tuple[np.ndarray, ...]]:
            share = data.weight[None, rows] / data.weight[rows].sum()
            value, backward = objective(objective.layout.views(flat[None]), (), data.x[None, rows], data.y[None, rows], share)
            return float(value[0]), backward

        def value_and_gradient(flat: np.ndarray) -> tuple[float, np.ndarray]:
            nonlocal latest
            value, backward = loss(flat, rows)
            latest = value if np.isfinite(value) else np.inf
            # A line search may probe where the likelihood overflows; a large finite value sends it back.
            if not np.isfinite(value):
                return 1e300, np.zeros_like(flat)
            return value, pack(backward(), objective.layout)[0]

        def after_iteration(intermediate_result) -> None:
            nonlocal epoch
            epoch += 1
            flat = intermediate_result.x
            validated = np.array([loss(flat, held_out)[0]]) if len(held_out) else None
            going_on = best.record(only, flat[None], validated, epoch)
            record = Epoch(
                epoch,
                plan.epochs,
                [float(intermediate_result.fun) + plan.offset],
                None if validated is None else (validated + plan.offset).tolist(),
                [member],
                1.0,
                time.perf_counter() - began,
            )
            history.epochs.append(record)
            if any([callback(record) for callback in callbacks]):
                history.stopped = "callback"
                raise StopIteration
            if not going_on.all():
                history.stopped = "early stopping"
                raise StopIteration

        try:
            with np.errstate(all="ignore"):
                first = value_and_gradient(theta[member])[0]
                if latest == np.inf or first >= 1e300:
                    raise NonFiniteError(
                        f"The loss is not finite at the start, for member {member + 1}: check y for values far outside the rest."
                    )
                minimize(
                    value_and_gradient,
                    theta[member],
                    jac=True,
                    method="L-BFGS-B",
                    callback=after_iteration,
                    options={"maxiter": plan.epochs, "maxfun": 20 * plan.epochs, "ftol": 1e-15, "gtol": 1e-9, "maxls": 50},
                )
        except KeyboardInterrupt as interrupt:
            history.stopped, cause = "interrupted", interrupt
            break
        except NonFiniteError as error:
            history.stopped, cause = "not finite", error
            break
    history.best_epoch = best.epoch.tolist()
    return best.theta, history, cause
