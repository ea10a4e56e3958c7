"""The factor of all scales of a stacked mixture: members that disagree make it wider than each of them is."""

from dataclasses import replace

import numpy as np

from likelinet.core.lazy import scipy
from likelinet.model.fit import Fit
from likelinet.scores.cells import log_prob_of_cells
from likelinet.targets.class_weights import Weigher
from likelinet.targets.lattice import step_of

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
    the factor. Without such rows, or scales about locations, or where a scale is given, the model stays as it is.
    """
    out = fit.out_of_fold
    if out is None or out.distribution.dispersed(1.0, 0.0) is None or not all(g.head.learns_scales for g in fit.groups):
        return fit
    step, weight = step_of(out.y, out.weight), in_training(out.y, out.weight)
    told = slice(None, None, -(-len(weight) // ROWS))
    d, y, weight = out.distribution[told], out.y[told], weight[told] / weight[told].mean()
    telling = np.isfinite(log_prob_of_cells(d, y, step))
    d, y, weight = d[telling], y[telling], weight[telling]

    def loss(log_factor: float) -> float:
        made = d.dispersed(np.exp(log_factor), fit.targets.step)
        assert made is not None
        return 0.5 * (log_factor / LIKELY) ** 2 - float(weight @ log_prob_of_cells(made, y, step))

    found = scipy.optimize.minimize_scalar(loss, bounds=(np.log(LEAST), 0.0), method="bounded", options={"xatol": NEAR})
    return _with(fit, float(np.exp(found.x))) if found.fun < loss(0.0) else fit


def _with(fit: Fit, factor: float) -> Fit:
    """Return a model, its history and its out-of-fold predictions with another factor of its scales."""
    out, history = fit.out_of_fold, fit.history
    assert out is not None
    assert fit.stack is not None
    d = out.distribution.dispersed(factor, fit.targets.step)
    assert d is not None
    out = replace(out, distribution=d)
    history.groups = [replace(group, factor=factor) for group in history.groups]
    history.out_of_fold_nll = float(np.average(-out.log_prob, weights=out.weight))
    others = tuple(replace(other, factor=factor) for other in fit.stack.others)
    return replace(fit, factor=factor, out_of_fold=out, stack=replace(fit.stack, others=others))
