"""Single numbers in y so far from all others that they are slips, or ask for a family with longer tails."""

import numpy as np

from likelinet.config.distribution import DistributionConfig
from likelinet.core.notes import note
from likelinet.core.wording import readable
from likelinet.distributions import Interval
from likelinet.distributions.numerics.estimates import quantiles
from likelinet.tables.recognise.sentinels import sentinels_of
from likelinet.tables.scaling import NORMAL_IQR
from likelinet.targets.target import Naming, Y, each_output

ENOUGH = 20  # rows below which the quartiles say too little
FAR = 50.0  # standard deviations, as the quartiles say, from where on a number is rather a slip
SLIPS, SHARE = 5, 0.01  # as many such rows at most, and such a share of them, but for one


def note_outliers(y: Y, weight: np.ndarray, config: DistributionConfig, naming: Naming) -> None:
    """Warn once of a few numbers so far out in y, shape (n,) or (n, d), that they alone make the spread of a family.

    Such are families that are the same on both sides and have no parameter for their tails.
    """
    if isinstance(y, Interval) or config.own_class is not None or config.y != "number" or len(y) < ENOUGH:
        return
    leaf = config.leaf_class(None)
    has_tails = not leaf.symmetric or any(p.role == "shape" for p in leaf.parameters)
    if config.leaf is not config or has_tails or config.has_fixed_scale:
        return
    for values, name in each_output(y, naming):
        far, away = _far_out(values, weight)
        many = int(far.sum())
        if many and not sentinels_of(values, None):  # of which another note is
            numbers, say = ("a number", "says") if many == 1 else (f"{many} numbers", "say")
            by = f"by {'' if many == 1 else 'up to '}{readable(float(f'{away:.2g}'))} of their standard deviations"
            slips = "correct it if it is a slip" if many == 1 else "correct those that are slips"
            note(
                f"{name.what} has {numbers} far from all others, {', '.join(map(readable, values[far]))} "
                f"({name.rows(far)}), {by}, which alone {say} how wide '{naming.kind}' is: {slips}, or try 'student_t'."
            )
            return


def _far_out(y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """Return which numbers are so far out that they may be slips, if they are few, and how far the farthest is."""
    low, middle, high = quantiles(y, weight, (0.25, 0.5, 0.75))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        away = np.abs(y - middle) / ((high - low) / NORMAL_IQR)
        far = (away > FAR) & np.isfinite(away)  # of quartiles that are one, all others are infinitely far
    few = far.sum() <= min(SLIPS, SHARE * len(y) + 1)
    return far & few, float(away[far].max()) if far.any() else 0.0
