"""Exact maximum likelihood of small models by L-BFGS on the full batch, in double precision."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from likelinet.core.errors import NonFiniteError
from likelinet.engines.engine import Data
from likelinet.engines.threads import blas_threads
from likelinet.objective.layout import pack
from likelinet.objective.objective import Objective
from likelinet.training.best import Best
from likelinet.training.history import Callback, Epoch, History, told_to_stop
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
    options = {"maxiter": plan.epochs, "maxfun": 20 * plan.epochs, "ftol": 1e-15, "gtol": 1e-9, "maxls": 50}
    cause: BaseException | None = None
    for member in range(len(theta)):
        fit = _MemberFit(objective, data, plan, member, best, history, callbacks, began)
        try:
            with np.errstate(all="ignore"), blas_threads(objective.network, plan.train.shape[1]):
                if not np.isfinite(fit.value(theta[member], plan.train[member])[0]):
                    raise NonFiniteError(
                        f"The loss of member {member + 1} is not finite at the start: look for values of y far outside."
                    )
                minimize(fit.loss, theta[member], jac=True, method="L-BFGS-B", callback=fit.after, options=options)
            if history.stopped == "callback":  # True ends the training, of every member
                break
        except (KeyboardInterrupt, NonFiniteError) as error:
            history.stopped = "interrupted" if isinstance(error, KeyboardInterrupt) else "not finite"
            cause = error
            break
    history.best_epoch = best.epoch.tolist()
    return best.theta, history, cause


@dataclass
class _MemberFit:
    """What SciPy calls while it optimises one member."""

    objective: Objective
    data: Data
    plan: Plan
    member: int
    best: Best
    history: History
    callbacks: Sequence[Callback]
    began: float
    epoch: int = 0

    def value(self, flat: np.ndarray, rows: np.ndarray) -> tuple[float, Callable[[], tuple[np.ndarray, ...]]]:
        """Return the weighted mean NLL over `rows`, and the function that gives its gradient."""
        own, params = self.data.weight[rows], self.objective.layout.views(flat[None])
        value, backward = self.objective(params, (), *self.data.at(rows[None]), (own / own.sum())[None])
        return float(value[0]), backward

    def loss(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the NLL of the training rows and its gradient."""
        value, backward = self.value(flat, self.plan.train[self.member])
        # A line search may probe where the likelihood overflows; a large finite value sends it back.
        if not np.isfinite(value):
            return 1e300, np.zeros_like(flat)
        return value, pack(backward(), self.objective.layout)[0]

    def after(self, intermediate_result) -> None:
        """Take note of an iteration."""
        self.epoch += 1
        flat, held_out = intermediate_result.x, self.plan.validation[self.member]
        validated = np.array([self.value(flat, held_out)[0]]) if len(held_out) else None
        going_on = self.best.record(np.array([self.member]), flat[None], validated, self.epoch)
        weight, rows = self.data.weight, self.plan.train[self.member]
        trained = self.plan.shift(rows, weight[rows])
        record = Epoch(
            self.epoch,
            self.plan.epochs,
            [float(intermediate_result.fun + trained)],
            None if validated is None else (validated + self.plan.shift(held_out, weight[held_out])).tolist(),
            [self.member],
            1.0,
            time.perf_counter() - self.began,
        )
        self.history.epochs.append(record)
        if told_to_stop(self.callbacks, record):
            self.history.stopped = "callback"
            raise StopIteration
        if not going_on.all():
            self.history.stopped = "early stopping"
            raise StopIteration
