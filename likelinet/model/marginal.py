"""The zero point of scores: y as training saw it, without any x."""

from dataclasses import replace

import numpy as np

from likelinet.core.notes import unnoted
from likelinet.distributions import Distribution
from likelinet.model.fit import EncodedRows, Fit
from likelinet.model.prediction import predict_dist
from likelinet.objective.layout import pack


def marginal(fit: Fit) -> Fit | None:
    """Return a model that predicts the distribution of y in training for every row; None where none is kept.

    It is the family fitted to y by maximum likelihood, the start of training, in the weights of the same network: all
    of them are 0 but for the biases of the outputs, and the constants. What the family reads from columns, an exposure
    say, it reads. Of groups of members it is the mixture of theirs, by their weights.
    """
    groups = fit.groups
    if not all(len(group.start) for group in groups):
        return None
    first, *others = (replace(group, theta=_without_x(group), factor=1.0) for group in groups)
    return first if fit.stack is None else replace(first, stack=replace(fit.stack, others=tuple(others)))


def predict_both(fit: Fit, x: EncodedRows) -> tuple[Distribution, Distribution | None]:
    """Return the distribution of y for each encoded row, and that without x, where it is known."""
    d, without_x = predict_dist(fit, x), marginal(fit)
    with unnoted():  # said of the predictions
        return d, None if without_x is None else predict_dist(without_x, x)


def _without_x(fit: Fit) -> np.ndarray:
    """Return weights (1, P) of which x has no part in the outputs."""
    layout = fit.objective.layout
    arrays = [np.zeros((1, *w.shape)) for w in layout.weights]
    many = layout.weights[-2].size
    arrays[-2] = fit.start[:many].reshape(arrays[-2].shape)
    arrays[-1] = fit.start[many:].reshape(arrays[-1].shape)
    return pack(arrays, layout)
