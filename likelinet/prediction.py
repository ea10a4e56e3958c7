"""From trained weights and new rows to their predicted distributions."""

import numpy as np

from likelinet.distributions import Bernoulli, Categorical, Distribution, Mixture
from likelinet.distributions.classes import mixed
from likelinet.fitting import Fit

BLOCK = 8192  # rows sent through the network at a time


def predict_dist(fit: Fit, x: np.ndarray) -> Distribution:
    """Return the distribution of y for each row of the encoded inputs x, in the user's units.

    Members are averaged as a mixture; that of Bernoullis or Categoricals is one again, with mean probabilities.
    """
    *params, shared = fit.objective.layout.views(fit.theta)
    x, columns = fit.objective.divide(x, fit.theta.dtype)
    x = x.astype(fit.theta.dtype, copy=False)
    starts = range(0, max(len(x), 1), BLOCK)
    blocks = [fit.objective.network.forward(tuple(params), x[None, i : i + BLOCK])[0] for i in starts]
    members = fit.objective.head.distribution(np.concatenate(blocks, axis=1), shared, columns)
    return fit.targets.decode(_combined(members))


def _combined(members: Distribution) -> Distribution:
    """Return the equal mixture over the first batch axis."""
    n = members.batch_shape[0]
    if n == 1:
        return members[0]
    last = members._map(lambda a, event_ndim: np.moveaxis(a, 0, a.ndim - event_ndim - 1))
    if isinstance(last, Bernoulli | Categorical):
        return mixed(last, np.full(n, -np.log(n)))
    return Mixture(last, np.zeros(n))
