"""The factor of all scales of a stacked mixture: members that disagree make it wider than each of them is."""

from dataclasses import replace

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.core.lazy import scipy
from likelinet.model.fit import Fit
from likelinet.scores.calibration import log_prob
from likelinet.scores.cells import log_prob_of_cells
from likelinet.targets.class_weights import Weigher
from likelinet.targets.lattice import step_of
from likelinet.training.history import History

LEAST = 0.25  # of factors; more than 1 is never needed, as a row out of fold lacks members that would widen it
LIKELY = 0.2  # standard deviation of log factors, before any row
ROWS = 20_000  # that tell it well enough
NEAR = 1e-3  # to which the logarithm is found


def dispersed(fit: Fit, in_training: Weigher) -> Fit:
    r"""Return a model whose scales are multiplied by one factor, by which rows that members held out are more likely.

    .. math:: \max_c\; \sum_i w_i \log \sum_g \frac{v_g}{c}\, p_g\left(\mu_{gi} + \frac{y_i - \mu_{gi}}{c}\right)
              - \frac{(\log c)^2}{2 \cdot 0.2^2}

    A mixture of predictions that are wide enough each by itself is too wide: this is the spread-adjusted linear pool
    (Gneiting & Ranjan, *Electronic Journal of Statistics* 7, 2013). Of a y that is rounded, probabilities of cells tell
    the factor. Without such rows, or where no family is symmetric about a location with a scale, or a scale is given,
    the model stays as it is.
    """
    out = fit.out_of_fold
    if out is None or not all(group.head.learns_scales for group in fit.groups):
        return fit
    told = np.sort(np.random.default_rng(0).permutation(len(out.rows))[:ROWS])
    d, floor = out.distribution[told], _floor(fit)
    if d.dispersed(1.0, 0.0) is None:
        return fit
    y, weight = out.y[told], in_training(out.y, out.weight)[told]
    weight = weight / weight.mean()
    try:
        step = step_of(out.y, out.weight)
        telling = np.isfinite(log_prob_of_cells(d, y, step))
    except UndefinedError:  # of a family of the user's that has no cdf, nor probabilities of cells
        step, telling = 0.0, np.isfinite(log_prob(d, y))
    d, y, weight = d[telling], y[telling], weight[telling]

    def loss(log_factor: float) -> float:
        made = d.dispersed(np.exp(log_factor), floor)
        assert made is not None
        return 0.5 * (log_factor / LIKELY) ** 2 - float(weight @ log_prob_of_cells(made, y, step))

    found = scipy.optimize.minimize_scalar(loss, bounds=(np.log(LEAST), 0.0), method="bounded", options={"xatol": NEAR})
    return _with(fit, float(np.exp(found.x))) if found.fun < loss(0.0) else fit


def without_factor(fit: Fit, history: History) -> tuple[Fit, History]:
    """Return a model that goes on, and its history, with the scales that it predicts by itself."""
    groups = [replace(group, factor=1.0) for group in history.groups]
    return with_factor(fit, 1.0), replace(history, groups=groups)


def with_factor(fit: Fit, factor: float) -> Fit:
    """Return a model all of whose groups have a factor of their scales."""
    if fit.stack is None:
        return fit
    others = tuple(replace(other, factor=factor) for other in fit.stack.others)
    return replace(fit, factor=factor, stack=replace(fit.stack, others=others))


def _floor(fit: Fit) -> float:
    """Return the step that bounds densities, which all families of the model have that are bounded by it."""
    return max(float(np.max(group.targets.step)) for group in fit.groups)


def _with(fit: Fit, factor: float) -> Fit:
    """Return a model, its history and its out-of-fold predictions with another factor of its scales."""
    out, history = fit.out_of_fold, fit.history
    assert out is not None
    d = out.distribution.dispersed(factor, _floor(fit))
    assert d is not None
    out = replace(out, distribution=d)
    history.groups = [replace(group, factor=factor) for group in history.groups]
    history.out_of_fold_nll = float(np.average(-out.log_prob, weights=out.weight))
    return replace(with_factor(fit, factor), out_of_fold=out)
