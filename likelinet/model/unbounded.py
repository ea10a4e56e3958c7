"""Whether a maximum was found that exists: notes on searches that ended elsewhere."""

from itertools import pairwise

import numpy as np

from likelinet.config.links import SCALE_FLOOR
from likelinet.core.links import Softplus
from likelinet.core.notes import note
from likelinet.distributions import Distribution
from likelinet.engines.engine import Data
from likelinet.model.fit import Fit
from likelinet.targets.target import Naming
from likelinet.training.history import History

PUSH = 8.0  # raw numbers farther along the last step, where a likelihood that has a maximum falls
FALL = 1e-7  # of the mean log-likelihood, which is none
FORBIDDEN = 2.0  # how much less probable the neighbours of y get where a limit leaves nothing but y, or not even that
SOME, HALF = 0.01, 0.5  # of the rows
NEAR_FLOOR = 1.01
SLOW = 0.5  # of the log-likelihood of all rows in a quarter of the iterations, which no choice between models notices
MOST_ROWS = 500


def note_ending(fit: Fit, heading: np.ndarray, data: Data, naming: Naming) -> None:
    """Warn if the likelihood of a fit by L-BFGS has no maximum, or the search has not come to one.

    Parameters
    ----------
    fit : Fit
        A trained model whose outputs are linear in x, or do not depend on it: its maximum is the only one.
    heading : ndarray, shape (M, P)
        The last step of each member.
    data : Data
        Encoded rows.
    naming : Naming
        How the note speaks of y.
    """
    thin = np.arange(0, len(data.y), -(-len(data.y) // MOST_ROWS))
    for theta, step in zip(fit.theta, heading, strict=True):
        if (floor := _at_floor(fit, theta[None], data, thin)) is not None:
            note(
                f"'{floor}' of '{naming.kind}' is at its floor, a thousandth of the spread of {naming.what}: if the "
                f"inputs do not determine {naming.what} exactly, take the link 'exp' for it, which has none."
            )
            return
        found = _runaway(fit, theta[None], step[None], data, thin)
        if found is not None:
            apart = "leave out the inputs that tell the classes apart without error, or train by 'adamw'"
            advice = apart if fit.declared.y == "class" else "fix that parameter, or fit rows that say more of it"
            note(f"The likelihood of {naming.what} under '{naming.kind}' has no maximum: {found}; {advice}.")
            return
    if fit.history.stopped == "not converged" and _still_falls(fit.history, len(data.y)):
        note(
            f"L-BFGS has not converged in {fit.history.epochs[-1].epoch} iterations: this is not the maximum of "
            "the likelihood; raise training.epochs, or take the optimizer 'adamw'."
        )


def _still_falls(history: History, n: int) -> bool:
    """Whether the log-likelihood of all rows rose in the last quarter of the iterations by what no limit explains."""
    nll = [float(np.mean(e.train_nll)) for e in history.epochs]
    before = nll[-1 - max(1, len(nll) // 4)] if len(nll) > 1 else np.inf
    return n * (before - nll[-1]) > SLOW


def _runaway(fit: Fit, theta: np.ndarray, step: np.ndarray, data: Data, thin: np.ndarray) -> str | None:
    """Return which parameter runs to which end of its domain while the likelihood does not fall, or None."""
    objective, head = fit.objective, fit.head
    x, columns, y = data.at(thin[None])
    weight = (data.weight[thin] / data.weight[thin].sum())[None]

    def raw(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        *params, shared = objective.layout.views(theta)
        return objective.network.forward(tuple(params), x)[0], shared

    def loss(raw: np.ndarray, shared: np.ndarray) -> float:
        return float((head.loss(raw, shared, y, columns)[0] * weight).sum())

    with np.errstate(all="ignore"):
        here = raw(theta)
        moved = [b - a for a, b in zip(here, raw(theta + step), strict=True)]
        most = max(float(np.abs(m).max(initial=0.0)) for m in moved)
        if not most > 0.0:
            return None
        back, there = (raw(theta + step * (sign * PUSH / most)) for sign in (-1.0, 1.0))
        if not loss(*there) <= loss(*here) + FALL * (1.0 + abs(loss(*here))):
            return None
        each = [head.distribution(*r, columns)[0] for r in (back, here, there)]
        if not any(_leaves_nothing(*pair, fit, y[0]) for pair in pairwise(each)):
            return None
        return _which(fit, here, there)


def _leaves_nothing(before: Distribution, after: Distribution, fit: Fit, y: np.ndarray) -> bool:
    """Whether what lies beside y, or all of y, gets less and less probable: not so where a limit is a distribution."""
    targets, family = fit.targets, fit.declared
    if family.y == "vector":
        return False
    if family.y == "class":
        k = max(np.atleast_1d(targets.n_classes).max(), 2)
        others = [(y + i) % k for i in range(1, int(k))]
    else:
        value = np.where(np.isfinite(y[..., 0]), y[..., 0], y[..., 1]) if targets.open_ended else y
        value = targets.loc + targets.scale * value
        unit = np.ones_like(value) if family.support.integer else targets.scale * targets.spread
        others = [value - unit, value, value + unit]
    if before.of_outputs:
        before, after = before.marginals(), after.marginals()
    falls = [after.log_prob(other) - before.log_prob(other) < -FORBIDDEN for other in others]
    # Classes and counts of some rows may be known for certain; of a density that is a matter of all rows.
    some = SOME if family.y == "class" or family.support.integer else HALF
    share = np.atleast_1d(np.max([np.mean(f, axis=0) for f in falls], axis=0))
    varies = np.atleast_1d(np.ptp(others[0], axis=0) > 0.0)  # of several outputs a few may well never do
    return bool((share[varies] if varies.any() else share).max() >= some)


def _which(fit: Fit, here: tuple[np.ndarray, ...], there: tuple[np.ndarray, ...]) -> str:
    """Return the parameter whose raw number moves farthest, and the end that it moves to."""
    head = fit.head
    best, words = -1.0, ""
    for k, (a, b) in enumerate(zip(here, there, strict=True)):
        for slot, first in head.learned(("predicted", "shared")[k]):
            at = slice(first, first + slot.size)
            change = np.abs(b[..., at] - a[..., at])
            if change.size and change.max() > best:
                best = float(change.max())
                up = bool((b[..., at] - a[..., at]).reshape(-1)[change.argmax()] > 0.0)
                low, high = slot.parameter.domain.low, slot.parameter.domain.high
                end = high if up else low
                ends = "without end" if np.isinf(low) and np.isinf(high) else f"to {end:g}"
                words = f"it still rises as '{slot.parameter.name}' runs {ends.replace('inf', 'infinity')}"
    return words


def _at_floor(fit: Fit, theta: np.ndarray, data: Data, thin: np.ndarray) -> str | None:
    """Return the scale that is as small as its link lets it be in most rows, if one is."""
    x, columns, _ = data.at(thin[None])
    *params, shared = fit.objective.layout.views(theta)
    with np.errstate(all="ignore"):
        values, _ = fit.head.parameters(fit.objective.network.forward(tuple(params), x)[0], shared, columns)
    for slot, value in zip(fit.head.slots, values, strict=True):
        if slot.learned and slot.parameter.role == "scale" and isinstance(slot.link, Softplus):
            low, spread = np.asarray(slot.link.floor), np.asarray(slot.unit.spread)
            if (low > SCALE_FLOOR * NEAR_FLOOR * spread).any():
                continue  # that of y on a lattice, with which the likelihood has a maximum
            if (low > 0.0).all() and np.mean(value <= NEAR_FLOOR * low) > HALF:
                return slot.parameter.name
    return None
