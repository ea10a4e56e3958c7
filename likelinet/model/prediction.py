"""From trained weights and new rows to their predicted distributions."""

from collections.abc import Callable

import numpy as np

from likelinet.core.blas import one_blas_thread
from likelinet.core.blocks import blocks
from likelinet.core.errors import DataError
from likelinet.core.pool import for_each
from likelinet.distributions import Distribution
from likelinet.distributions.base.assembly import Assembly
from likelinet.distributions.base.shapes import on_batch
from likelinet.distributions.base.usable_rows import note_unusable
from likelinet.distributions.over.mixture import combined
from likelinet.distributions.over.mixture_of import mixture_of
from likelinet.model.fit import EncodedRows, Fit
from likelinet.networks.blocks_of_rows import by_blocks, with_blocks

ROWS_AT_ONCE = 16384  # rows at a time
_FAR = 1e15  # features, in standard deviations, whose products and squares do not overflow in a network


def predict_dist(fit: Fit, x: EncodedRows) -> Distribution:
    """Return the distribution of y for each encoded row, in the user's units.

    Members are averaged as a mixture; that of Bernoullis or Categoricals is one again, with mean probabilities. Groups
    of members have their weights.
    """
    first_group, *others = fit.groups
    groups = [(answers_of(first_group), x), *((answers_of(other), x.of_group(other)) for other in others)]

    def predict(rows: slice) -> Distribution:
        parts = [answer(*own[rows]) for answer, own in groups]
        return parts[0] if len(parts) == 1 else mixture_of(parts, fit.group_weights)

    left = blocks(len(x), ROWS_AT_ONCE)
    first = next(left)
    with one_blas_thread():
        d = predict(first)
    if first.stop < len(x):
        room = Assembly(d, len(x))
        room.put(first, d)
        for_each(lambda rows: room.put(rows, predict(rows)), left)
        d = room.distribution()
    note_unusable(d.unusable, "A truncation or a hurdle leaves no probability there", x.table.index)
    return d


def answers_of(
    fit: Fit, log_weights: np.ndarray | None = None
) -> Callable[[np.ndarray, np.ndarray | None], Distribution]:
    """Return the function from x and columns of the head to distributions in the user's units.

    Members have equal weights, unless `log_weights` says otherwise.
    """
    *weights, _ = fit.objective.layout.views(fit.theta)
    network = fit.objective.network.values(with_blocks(tuple(weights)))

    @np.errstate(over="ignore", invalid="ignore")  # where weights or x are huge: what is no number then has a name
    def answer(x: np.ndarray, columns: np.ndarray | None) -> Distribution:
        features = network_inputs(fit, x)
        raw = by_blocks(network, features)
        lost = ~np.isfinite(raw).all(axis=(0, 2))
        if lost.any():  # which are as good as this far away
            raw[:, lost] = by_blocks(network, np.clip(features[lost], -_FAR, _FAR))
        return as_predicted(fit, raw, columns, log_weights)

    return answer


def network_inputs(fit: Fit, x: np.ndarray) -> np.ndarray:
    """Return x in the precision of the network."""
    with np.errstate(over="ignore"):
        features = np.ascontiguousarray(x, dtype=fit.precision.network)
    if not np.isfinite(features).all():
        raise DataError(f"X has numbers too large for {features.dtype}: check their unit.")
    return features


def as_predicted(
    fit: Fit, raw: np.ndarray, columns: np.ndarray | None, log_weights: np.ndarray | None = None
) -> Distribution:
    """Return the distributions, in the user's units, that raw outputs (M, n, many) of all members stand for."""
    shared = fit.objective.layout.views(fit.theta)[-1]
    members = fit.head.distribution(raw, shared, columns)
    d = fit.targets.decode(_combined(members, log_weights))
    dispersed = None if fit.factor == 1.0 else d.dispersed(fit.factor, fit.targets.step)
    return d if dispersed is None else dispersed


def _combined(members: Distribution, log_weights: np.ndarray | None) -> Distribution:
    """Return the mixture over the first batch axis, an equal one without weights."""
    n = members.batch_shape[0]
    if n == 1:
        return members[0]

    def behind(a: np.ndarray, event_ndim: int) -> np.ndarray:
        full = on_batch(a, members.batch_shape, event_ndim)
        # With a row's members side by side, which are then summed in one order whatever the number of rows.
        return np.ascontiguousarray(np.moveaxis(full, 0, full.ndim - event_ndim - 1))

    last = members.map_arrays(behind)
    return combined(last, np.zeros(n) if log_weights is None else log_weights)
