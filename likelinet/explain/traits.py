"""Where the distribution of a row lies and how wide it is, so that changes of either can be measured."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.distributions import Distribution
from likelinet.scores.angles import around
from likelinet.scores.calibration import marginals

LEVEL = 0.8  # of the interval whose width is the spread
LEAST = 1e-3  # of the mean width, which is added to widths: the intervals of some rows may be one point

What = Literal["number", "numbers", "stepped", "angle", "classes"]
WORDS = {  # what location and spread are
    "number": ("median", "log width"),
    "numbers": ("median", "log width"),
    "stepped": ("mean", "log std. deviation"),
    "angle": ("mean direction", "log width"),
    "classes": ("probability", "entropy"),
}


@dataclass(frozen=True)
class Traits:
    """Location and spread of the distribution of each row.

    Parameters
    ----------
    what : {"number", "numbers", "stepped", "angle", "classes"}
        What y is; stepped are counts, and numbers of which single ones have a probability, as the zero of a hurdle.
    location : ndarray, shape (n, k)
        The median of each output, but of one that is stepped the mean, since medians move in steps or not at all; the
        mean direction of an angle; the probability of each class.
    spread : ndarray, shape (n, k)
        The logarithm of the width of the central 80 % interval, of one that is stepped that of the standard deviation;
        the entropy of classes.
    width : ndarray, shape (k,)
        The mean width, of which a thousandth is added to each.
    """

    what: What
    location: np.ndarray
    spread: np.ndarray
    width: np.ndarray


def traits(d: Distribution, width: np.ndarray | None = None) -> Traits:
    """Return location and spread of each row.

    Parameters
    ----------
    d : Distribution
        One distribution for each row.
    width : ndarray, shape (k,), optional
        That of the traits with which these are compared; without it, the mean over these rows.

    Raises
    ------
    UndefinedError
        If y are several outputs that are classes.
    """
    classes = d.class_marginals()
    if classes is not None:
        if d.event_shape:
            raise UndefinedError("Several outputs that are classes have neither a location nor a spread.")
        return _of_classes(classes)
    if d.is_angle:
        centre = d.mean()
        return _of("angle", centre, d.turned(centre), integer=False, width=width)
    if d.event_shape:
        each = marginals(d)
        return _of("numbers", each.median(), each, integer=d.support.integer, width=width)
    d = d.censored_outermost()
    return _of_steps(d) or _of("number", d.median(), d, integer=d.support.integer, width=width)


def traits_of_each(d: Distribution) -> Traits:
    """Return location and spread of each row, of several outputs that are classes those of each side by side.

    Parameters
    ----------
    d : Distribution
        One distribution for each row.
    """
    classes = d.class_marginals()
    return traits(d) if classes is None else _of_classes(classes)


def _of_classes(d: Distribution) -> Traits:
    probs = d.class_probabilities()
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(probs > 0.0, probs * np.log(probs), 0.0).sum(-1)
    return Traits("classes", probs.reshape(len(probs), -1), entropy.reshape(len(probs), -1), np.ones(1))


def _of_steps(d: Distribution) -> Traits | None:
    """Return mean and standard deviation of what has quantiles in steps; None of all else, or without such numbers."""
    if not (d.support.integer or d.atoms):
        return None
    try:
        mean, variance = d.mean(), d.var()
    except UndefinedError:
        return None
    if not (np.isfinite(mean).all() and np.isfinite(variance).all()):
        return None
    tiny = np.finfo(float).tiny
    return Traits("stepped", mean[:, None], 0.5 * np.log(np.maximum(variance, tiny))[:, None], np.ones(1))


def _of(what: What, location: np.ndarray, d: Distribution, *, integer: bool, width: np.ndarray | None) -> Traits:
    low, high = d.interval(LEVEL)
    n = len(location)
    widths = np.reshape(high - low, (n, -1)).astype(float)
    usual = np.maximum(widths.mean(0), np.finfo(float).tiny) if width is None else width
    return Traits(what, np.reshape(location, (n, -1)), np.log(widths + (1.0 if integer else LEAST * usual)), usual)


def location_moved(a: Traits, b: Traits) -> np.ndarray:
    """Return how far apart the locations of each row are, shape (n,).

    In the units of y, or of several outputs the mean of these in units of their mean width; of classes how much
    probability has moved, between 0 and 1.

    Parameters
    ----------
    a, b : Traits
        Of the same rows; the width is that of the first.
    """
    apart = b.location - a.location
    if a.what == "classes":
        return 0.5 * np.abs(apart).sum(1)
    if a.what == "angle":
        return np.abs(around(apart)).mean(1)
    return np.abs(apart).mean(1) if a.what in ("number", "stepped") else (np.abs(apart) / a.width).mean(1)


def spread_moved(a: Traits, b: Traits) -> np.ndarray:
    """Return how far apart the logarithms of the widths are, or of classes the entropies, shape (n,).

    Parameters
    ----------
    a, b : Traits
        Of the same rows.
    """
    return np.abs(b.spread - a.spread).mean(1)
