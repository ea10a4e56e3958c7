"""From trained weights and new rows to their predicted distributions."""

import numpy as np

from likelinet.core.blocks import blocks
from likelinet.core.errors import DataError
from likelinet.core.pool import for_each
from likelinet.distributions import (
    Bernoulli,
    Categorical,
    Censored,
    Distribution,
    Hurdle,
    Independent,
    Mixture,
    Truncated,
    ZeroInflated,
)
from likelinet.distributions.base.assembly import Assembly
from likelinet.distributions.classes.mixed import mixed
from likelinet.distributions.over.censored import as_censored
from likelinet.engines.threads import one_blas_thread
from likelinet.heads.censored import CensoredFamily
from likelinet.heads.family import Family
from likelinet.heads.independent import IndependentFamily
from likelinet.heads.mixture import MixtureFamily
from likelinet.heads.truncated import TruncatedFamily
from likelinet.heads.zeros import HurdleFamily, ZeroInflatedFamily
from likelinet.model.fitting import EncodedRows, Fit
from likelinet.networks.blocks_of_rows import by_blocks, with_blocks

BLOCK = 16384  # rows at a time


def predict_dist(fit: Fit, x: np.ndarray | EncodedRows) -> Distribution:
    """Return the distribution of y for each row of the encoded inputs x, in the user's units.

    Members are averaged as a mixture; that of Bernoullis or Categoricals is one again, with mean probabilities.
    """
    *weights, _ = fit.objective.layout.views(fit.theta)
    network = fit.objective.network.values(with_blocks(tuple(weights)))

    def predict(rows: slice) -> Distribution:
        features, columns = network_inputs(fit, x[rows])
        return as_predicted(fit, by_blocks(network, features), columns)

    left = blocks(len(x), BLOCK)
    first = next(left)
    with one_blas_thread():
        d = predict(first)
    if first.stop == len(x):
        return d
    room = Assembly(d, len(x))
    room.put(first, d)
    for_each(lambda rows: room.put(rows, predict(rows)), left)
    return room.distribution()


def network_inputs(fit: Fit, x: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the inputs of the network, shape (n, inputs), and the columns that go to the head."""
    with np.errstate(over="ignore"):
        features, columns = fit.objective.divide(x, fit.theta.dtype)
    if not np.isfinite(features).all():
        raise DataError(f"X has numbers too large for {features.dtype}: check their unit.")
    return features, columns


def as_predicted(fit: Fit, raw: np.ndarray, columns: np.ndarray | None) -> Distribution:
    """Return the distributions, in the user's units, that raw outputs (M, n, many) of all members stand for."""
    shared = fit.objective.layout.views(fit.theta)[-1]
    members = fit.objective.head.distribution(raw, shared, columns)
    return _with_bounds(fit.targets.decode(_combined(members)), fit.declared)


def _combined(members: Distribution) -> Distribution:
    """Return the equal mixture over the first batch axis."""
    n = members.batch_shape[0]
    if n == 1:
        return members[0]

    def behind(a: np.ndarray, event_ndim: int) -> np.ndarray:
        full = np.broadcast_to(a, members.batch_shape + a.shape[a.ndim - event_ndim :])
        # With a row's members side by side, which are then summed in one order whatever the number of rows.
        return np.ascontiguousarray(np.moveaxis(full, 0, full.ndim - event_ndim - 1))

    last = members.map_arrays(behind)
    if isinstance(last, Bernoulli | Categorical):
        return mixed(last, np.full(n, -np.log(n)))
    return as_censored(Mixture(last, np.zeros(n)))


def _with_bounds(d: Distribution, family: Family) -> Distribution:
    """Return `d` with the bounds of the config, which rounding moved on their way to the network's units and back."""
    match family, d:
        case _ if not _truncates(family):
            return d
        case MixtureFamily(), Mixture():
            return Mixture(_with_bounds(d.components, family.base), d.logits)
        case _, Mixture():  # of members
            return Mixture(_with_bounds(d.components, family), d.logits)
        case IndependentFamily(), Independent():
            return Independent(_with_bounds(d.base, family.base))
        case TruncatedFamily(), Truncated():
            return Truncated(_with_bounds(d.base, family.base), family.low, family.high)
        case CensoredFamily(), Censored():
            return Censored(_with_bounds(d.base, family.base))
        case HurdleFamily(), Hurdle():
            return Hurdle(_with_bounds(d.base, family.base), gate_logits=d.gate_logits)
        case ZeroInflatedFamily(), ZeroInflated():
            return ZeroInflated(_with_bounds(d.base, family.base), gate_logits=d.gate_logits)
        case _:  # no unit of y changed inside it
            return d


def _truncates(family: Family) -> bool:
    """Whether there are bounds anywhere in a family."""
    match family:
        case TruncatedFamily():
            return True
        case MixtureFamily() | IndependentFamily() | CensoredFamily() | HurdleFamily() | ZeroInflatedFamily():
            return _truncates(family.base)
        case _:
            return False
