"""Factors of scales: members that disagree make too wide a mixture, and those that are too sure one too narrow."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.core.lazy import scipy
from likelinet.model.fit import Fit
from likelinet.model.out_of_fold import OutOfFold
from likelinet.scores.cells import log_prob_of_cells
from likelinet.targets.class_weights import Weigher
from likelinet.targets.lattice import step_of
from likelinet.training.history import History

LEAST, MOST = 0.25, 4.0  # of a factor; of a mixture of groups that have theirs, none above 1 is ever needed, as a row
# out of fold lacks members that would widen it
LIKELY = 0.2  # standard deviation of log factors, before any row
ROWS = 20_000  # that tell it well enough
NEAR = 1e-3  # to which the logarithm is found


def dispersed(fit: Fit, in_training: Weigher, most: float = 1.0) -> Fit:
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
    y, weight, step = out.y[told], in_training(out.y, out.weight)[told], _step(out)
    weight = weight / weight.mean()
    telling = np.isfinite(log_prob_of_cells(d, y, step))
    d, y, weight = d[telling], y[telling], weight[telling]

    def loss(log_factor: float) -> float:
        made = d.dispersed(np.exp(log_factor), floor)
        assert made is not None
        return 0.5 * (log_factor / LIKELY) ** 2 - float(weight @ log_prob_of_cells(made, y, step))

    ends = (np.log(LEAST), np.log(most))
    found = scipy.optimize.minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": NEAR})
    return _with(fit, float(np.exp(found.x))) if found.fun < loss(0.0) else fit


def likelier(fits: Sequence[Fit], in_training: Weigher) -> Fit:
    """Return that of some models which makes the rows that members held out most likely; the first one of equals."""
    if len(fits) == 1:
        return fits[0]
    scores = [_log_score(fit, in_training) for fit in fits]
    return fits[int(np.argmax(np.where(np.isnan(scores), -np.inf, scores)))]


def _log_score(fit: Fit, in_training: Weigher) -> float:
    """Return the mean log score of held-out rows, of a rounded y that of its cells."""
    out = fit.out_of_fold
    assert out is not None
    return float(
        np.average(log_prob_of_cells(out.distribution, out.y, _step(out)), weights=in_training(out.y, out.weight))
    )


def _step(out: OutOfFold) -> float:
    """Return the step of y whose cells tell the score; 0 where densities do, as of a user's family without a cdf."""
    step = step_of(out.y, out.weight)
    try:
        log_prob_of_cells(out.distribution[:1], out.y[:1], step)
    except UndefinedError:
        return 0.0
    return step


def without_factor(fit: Fit, history: History, group: int | None) -> tuple[Fit, History]:
    """Return a group of members that was trained on, or all where there are none, with the scales that it learns."""
    groups = [replace(own, factor=1.0) if g == group else own for g, own in enumerate(history.groups)]
    return replace(fit, factor=1.0), replace(history, groups=groups, factor=1.0)


def _floor(fit: Fit) -> float:
    """Return the step that bounds densities, which all families of the model have that are bounded by it."""
    return max(float(np.max(group.targets.step)) for group in fit.groups)


def _with(fit: Fit, factor: float) -> Fit:
    """Return a model with its scales, out of fold as well, times a factor beside those that its groups have already."""
    out, history, stack = fit.out_of_fold, fit.history, fit.stack
    assert out is not None
    d = out.distribution.dispersed(factor, _floor(fit))
    assert d is not None
    out = replace(out, distribution=d)
    groups = [replace(group, factor=group.factor * factor) for group in history.groups]
    nll = float(np.average(-out.log_prob, weights=out.weight))
    own = 1.0 if groups else history.factor * factor
    history = replace(history, groups=groups, factor=own, out_of_fold_nll=nll)
    if stack is not None:
        stack = replace(stack, others=tuple(replace(o, factor=o.factor * factor) for o in stack.others))
    return replace(fit, factor=fit.factor * factor, history=history, out_of_fold=out, stack=stack)
