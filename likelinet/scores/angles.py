"""Angles as numbers around the mean direction of each row, where no cut at ±π is in the way."""

import numpy as np

from likelinet.distributions import Distribution, Independent, Mixture, VonMises


def is_angle(d: Distribution) -> bool:
    """Whether y is an angle: `d` is von Mises, or a mixture of such, or several of them."""
    match d:
        case Mixture(components=inner) | Independent(base=inner):
            return is_angle(inner)
        case _:
            return isinstance(d, VonMises)


def turned(d: Distribution, by: np.ndarray) -> Distribution:
    """Return the distribution of the angle less `by`, of shape batch_shape + event_shape.

    Examples
    --------
    >>> import likelinet as ll
    >>> turned(ll.VonMises(3.0, 10.0), np.array(3.0)).loc.tolist()
    0.0
    """
    match d:
        case Independent(base=base):
            return Independent(turned(base, by))
        case Mixture(components=inner):
            return Mixture(turned(inner, np.expand_dims(by, len(d.batch_shape))), d.logits)
        case _:
            assert isinstance(d, VonMises)
            return VonMises(d.loc - by, d.concentration)


def around(angle: np.ndarray) -> np.ndarray:
    """Return the same angle between -π and π.

    Examples
    --------
    >>> float(around(np.array(6.0)).round(4))
    -0.2832
    """
    return angle - 2.0 * np.pi * np.round(angle / (2.0 * np.pi))
