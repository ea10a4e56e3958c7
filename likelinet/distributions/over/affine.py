"""Shifting and scaling y: exact, within the family where the roles of its parameters say how."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import UndefinedError
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.over.censored import Censored
from likelinet.distributions.over.independent import Independent
from likelinet.distributions.over.mixture import Mixture
from likelinet.distributions.over.transformed import Transformed
from likelinet.distributions.over.transforms import Affine, Log
from likelinet.distributions.over.truncated import Truncated
from likelinet.distributions.over.zeros import WithZeros


def affine(d: Distribution, loc: ArrayLike, scale: ArrayLike) -> Distribution:
    """Return the exact distribution of loc + scale · Y.

    Parameters
    ----------
    d : Distribution
        Of Y, continuous.
    loc, scale : array_like
        Shapes broadcast with batch_shape + event_shape; `scale` is positive.

    Returns
    -------
    Distribution
        Of the same family where it is closed under the map, else `Transformed`.

    Examples
    --------
    >>> import likelinet as ll
    >>> affine(ll.Gaussian(1.0, 2.0), 10.0, 3.0)
    Gaussian(loc=13., scale=6.)
    """
    loc, scale = np.asarray(loc, dtype=np.float64), np.asarray(scale, dtype=np.float64)
    if isinstance(d, Independent):
        return Independent(affine(d.base, loc, scale))
    if isinstance(d, Mixture):
        inner = (d.spread(np.broadcast_to(v, np.broadcast_shapes(v.shape, d.event_shape))) for v in (loc, scale))
        return Mixture(affine(d.components, *inner), d.logits)
    shifted = bool(np.any(loc != 0.0))
    if isinstance(d, Truncated):
        return Truncated(affine(d.base, loc, scale), loc + scale * d.low, loc + scale * d.high)
    if isinstance(d, Censored):
        return Censored(affine(d.base, loc, scale))
    if isinstance(d, WithZeros):
        if shifted:
            raise UndefinedError(f"{type(d).__name__}: its zeros cannot be shifted.")
        return type(d)(affine(d.base, loc, scale), gate_logits=d.gate_logits)
    if isinstance(d, Transformed) and isinstance(d.transform, Log) and not shifted:
        return Transformed(affine(d.base, np.log(scale), 1.0), d.transform)
    if isinstance(d, Transformed) and isinstance(d.transform, Affine):
        first = d.transform
        return Transformed(d.base, Affine(loc + scale * np.asarray(first.loc), scale * np.asarray(first.scale)))
    if not type(d).closed_under_affine(shifted):
        return Transformed(d, Affine(loc, scale))
    moved = {
        "location": lambda v, b: loc + b * v,
        "scale": lambda v, b: b * v,
        "rate": lambda v, b: v / b,
        "log_location": lambda v, b: v + np.log(b),
    }
    # Of a matrix, each output has a row.
    by = {p.name: scale[..., None] if p.event_ndim > len(d.event_shape) else scale for p in d.parameters}
    return type(d)(**{p.name: moved.get(p.role, lambda v, b: v)(getattr(d, p.name), by[p.name]) for p in d.parameters})
