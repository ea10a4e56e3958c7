"""Factors of scales: members that disagree make too wide a mixture, and those that are too sure one too narrow."""

from dataclasses import replace

import numpy as np

from likelinet.core.lazy import scipy
from likelinet.model.fit import Fit
from likelinet.model.unseen import Unseen

LEAST, MOST = 0.25, 4.0  # of a factor
LIKELY = 0.2  # standard deviation of log factors, before any row
ROWS = 20_000  # that tell it well enough
NEAR = 1e-3  # to which the logarithm is found


def dispersed(fit: Fit, unseen: Unseen | None, most: float = 1.0) -> Fit:
    r"""Return a model whose scales are multiplied by one factor, by which rows that members held out are more likely.

    .. math:: \max_c\; \sum_i w_i \log \sum_g \frac{v_g}{c}\, p_g\left(\mu_{gi} + \frac{y_i - \mu_{gi}}{c}\right)
              - \frac{(\log c)^2}{2 \cdot 0.2^2}

    A mixture of predictions that are wide enough each by itself is too wide: this is the spread-adjusted linear pool
    (Gneiting & Ranjan, *Electronic Journal of Statistics* 7, 2013). Of a y that is rounded, probabilities of cells tell
    the factor. Without such rows, or where no family is symmetric about a location with a scale, or a scale is given,
    the model stays as it is. A mixture of groups that have factors needs none above 1: a row out of fold lacks members
    that would widen it.
    """
    out = fit.out_of_fold
    if out is None or unseen is None or not all(group.head.learns_scales for group in fit.groups):
        return fit
    told = np.sort(np.random.default_rng(0).permutation(len(out.rows))[:ROWS])
    d, floor = out.distribution[told], _floor(fit)
    if d.dispersed(1.0, 0.0) is None:
        return fit
    rows = unseen.taken(told)
    possible = np.isfinite(rows.log_prob(d)[0])
    weight = (rows.weight / rows.weight.mean())[possible]
    d, rows = d[possible], rows.taken(possible)

    def loss(log_factor: float) -> float:
        made = d.dispersed(np.exp(log_factor), floor)
        assert made is not None
        return 0.5 * (log_factor / LIKELY) ** 2 - float(weight @ rows.log_prob(made)[0])

    ends = (np.log(LEAST), np.log(most))
    found = scipy.optimize.minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": NEAR})
    return _with(fit, float(np.exp(found.x))) if found.fun < loss(0.0) else fit


def has_scales(fit: Fit) -> bool:
    """Whether a factor does anything to what a group of members predicts."""
    head = fit.head
    columns = np.ones((1, 1, len(head.columns))) if head.columns else None
    d = head.distribution(np.zeros((1, 1, head.predicted)), np.zeros((1, head.shared)), columns)
    return head.learns_scales and d.dispersed(1.0, 0.0) is not None


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
