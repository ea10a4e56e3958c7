"""Distributions of classes: what an ensemble's mixture of them is, and the classes of each output by itself."""

import numpy as np

from likelinet.core.lazy import scipy
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.classes.bernoulli import Bernoulli
from likelinet.distributions.classes.categorical import Categorical
from likelinet.distributions.classes.labelled import Labelled
from likelinet.distributions.classes.ordered_logistic import OrderedLogistic
from likelinet.distributions.over.independent import Independent
from likelinet.distributions.over.mixture import Mixture

Classes = Bernoulli | Categorical | OrderedLogistic | Labelled


def class_marginals(d: Distribution) -> Classes | None:
    """Return the distribution of classes of each output by itself, batch_shape + event_shape; None for numbers."""
    if isinstance(d, Classes):
        return d
    if isinstance(d, Independent):
        return class_marginals(d.base)
    if isinstance(d, Mixture):
        each = d.marginals()
        inner = class_marginals(each.components)
        return None if inner is None else mixed(inner, scipy.special.log_softmax(each.logits, axis=-1))
    return None


def mixed(d: Classes, log_weights: np.ndarray) -> Classes:
    """Return the mixture over the last batch axis of `d`: classes again, with mean probabilities.

    Parameters
    ----------
    d : Bernoulli, Categorical, OrderedLogistic or Labelled
        Of batch shape (..., M).
    log_weights : ndarray, shape (..., M)
        Logarithms of weights that sum to one.
    """
    if isinstance(d, Labelled):
        base = mixed(d.base, log_weights)
        assert not isinstance(base, Labelled)
        return Labelled(base, d.classes if d.classes.ndim == 1 else d.classes[..., 0, :])
    if isinstance(d, OrderedLogistic):
        d = Categorical(probs=d.probs)
    if isinstance(d, Categorical):
        log_p = scipy.special.log_softmax(d.logits, axis=-1) + log_weights[..., None]
        return Categorical(scipy.special.logsumexp(log_p, axis=-2))
    yes, no = (scipy.special.logsumexp(scipy.special.log_expit(s * d.logits) + log_weights, axis=-1) for s in (1, -1))
    return Bernoulli(yes - no)
