"""Shifting and scaling y: exact, within the family where the roles of its parameters say how."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.distributions.base import Distribution
from likelinet.distributions.independent import Independent
from likelinet.distributions.mixture import Mixture
from likelinet.distributions.transformed import Affine, Transformed


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
    if isinstance(d, Transformed):
        first = d.transform
        return Transformed(d.base, Affine(loc + scale * np.asarray(first.loc), scale * np.asarray(first.scale)))
    if not closed_under_affine(type(d), shifted=bool(np.any(loc != 0.0))):
        return Transformed(d, Affine(loc, scale))
    moved = {"location": lambda v: loc + scale * v, "scale": lambda v: scale * v, "rate": lambda v: v / scale}
    return type(d)(**{p.name: moved.get(p.role, lambda v: v)(getattr(d, p.name)) for p in d.parameters})


def closed_under_affine(cls: type[Distribution], shifted: bool) -> bool:
    """Return whether loc + scale · Y is of the same family; without a shift, a scale or a rate is enough."""
    roles = {p.role for p in cls.parameters}
    return "location" in roles and "scale" in roles if shifted else bool(roles & {"scale", "rate"})
