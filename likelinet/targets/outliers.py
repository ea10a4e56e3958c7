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
VERY_FAR = 1e4  # the same where tails may reach far: of a Cauchy one of 1000 numbers is there in every 25th table
FAR_BY_LOG = 20.0  # the same of logarithms: those of tails like a power's are nearer
SLIPS, SHARE = 5, 0.01  # as many such rows at most, and such a share of them, but for one


def note_outliers(y: Y, weight: np.ndarray, config: DistributionConfig, naming: Naming) -> None:
    """Warn once of a few numbers so far out in y, shape (n,) or (n, d), that they are rather slips.

    A family of real numbers that is the same on both sides, and has no parameter for its tails, has its spread by them
    alone. Any other one, or a mixture, may have them as tails or a component, unless they are much farther out; numbers
    from 0 on may be skewed, and are looked at by their logarithms.
    """
    if isinstance(y, Interval) or config.own_class is not None or config.y != "number" or len(y) < ENOUGH:
        return
    support, leaf = config.opened(None, 1)[0].support, config.leaf_class(None)
    positive, below = support.low == 0.0, np.isfinite(support.low)
    if not config.is_continuous or (below and not positive) or np.isfinite(support.high) or config.has_fixed_scale:
        return
    alone = config.leaf is config and leaf.symmetric and not any(p.role == "shape" for p in leaf.parameters)
    least = FAR_BY_LOG if positive else FAR if alone else VERY_FAR
    for values, name in each_output(y, naming):
        far, away = _far_out(values, weight, least, positive)
        many = int(far.sum())
        if many and not sentinels_of(values, None):  # of which another note is
            numbers, say = ("a number", "says") if many == 1 else (f"{many} numbers", "say")
            by = f"by {'' if many == 1 else 'up to '}{readable(float(f'{away:.2g}'))}"
            by += " standard deviations of their logarithms" if positive else " of their standard deviations"
            slips = "correct it if it is a slip" if many == 1 else "correct those that are slips"
            cost = f", which alone {say} how wide '{naming.kind}' is: {slips}, or try 'student_t'"
            note(
                f"{name.what} has {numbers} far from all others, {', '.join(map(readable, values[far]))} "
                f"({name.rows(far)}), {by}{cost if alone else f': {slips}'}."
            )
            return


def _far_out(y: np.ndarray, weight: np.ndarray, least: float, by_log: bool) -> tuple[np.ndarray, float]:
    """Return which numbers are at least so far out, if they are few, and how far the farthest is."""
    with np.errstate(divide="ignore", invalid="ignore"):  # of a y that is refused
        y = np.log(y) if by_log else y
    low, middle, high = quantiles(y, weight, (0.25, 0.5, 0.75))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        away = np.abs(y - middle) / ((high - low) / NORMAL_IQR)
        far = (away > least) & np.isfinite(away)  # of quartiles that are one, all others are infinitely far
    few = far.sum() <= min(SLIPS, SHARE * len(y) + 1)
    return far & few, float(away[far].max()) if far.any() else 0.0
