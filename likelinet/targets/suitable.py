"""Whether y is what it seems: notes where it asks for another family, and on numbers for missing cells."""

import numpy as np

from likelinet.config.distribution import DistributionConfig
from likelinet.core.notes import FamilyNote, TargetNote, note
from likelinet.core.wording import readable
from likelinet.distributions import Distribution, Interval
from likelinet.distributions.numerics.estimates import quantiles
from likelinet.tables.recognise.sentinels import sentinels_of
from likelinet.targets.lattice import lattice_step
from likelinet.targets.looks import COARSE, ZEROS, are_close, are_few, are_grades, are_two, have_zeros, is_whole
from likelinet.targets.outliers import note_outliers
from likelinet.targets.target import Naming, Y, each_output

ENOUGH, MANY = 20, 100  # rows below which numbers say too little, and so of their skewness
BESIDE = 1e-3  # of a step: how far from 0 a lattice may lie, by rounding
LONG = 3.3  # the .95 quantile over the median above which y is skewed; of an exponential it is 4.3, ± .5 in 100 rows
LOPSIDED = 3.0  # how much farther from the median it is than the .05 quantile; of an exponential 3.6
BENT = 1.4  # how much farther the upper quartile is than the lower one; of an exponential 1.7, of outliers alone 1


def note_suspicions(y: Y, weight: np.ndarray, config: DistributionConfig, naming: Naming) -> None:
    """Warn of all that makes y look like something else than what it is declared as: a family, missing cells, slips."""
    note_constant(y, config, naming)
    note_unsuitable(y, weight, config, naming)
    note_sentinels(y, config, naming)
    note_outliers(y, weight, config, naming)


def note_unsuitable(y: Y, weight: np.ndarray, config: DistributionConfig, naming: Naming) -> None:
    """Warn once if y, shape (n,) or (n, d), plainly contradicts a family that has a density.

    Parameters
    ----------
    y, weight : ndarray
        The training rows; of intervals nothing is said.
    config : DistributionConfig
        The declared family.
    naming : Naming
        How the note speaks of y.
    """
    if isinstance(y, Interval) or not config.is_continuous or config.y != "number" or config.own_class is not None:
        return
    leaf = config.leaf_class(None)
    if config.has_fixed_scale:
        return  # a density is a loss by another name then, as of least squares
    for values, name in each_output(y, naming):
        with np.errstate(over="ignore", invalid="ignore"):  # of numbers too large something else is said
            found = _reason(values, weight, leaf, config.leaf is config) if len(values) >= ENOUGH else None
        if found is not None:
            what, instead = found
            note(f"{name.what} {what}, which '{naming.kind}' does not describe: try {instead}.", FamilyNote)
            return


def note_constant(y: Y, config: DistributionConfig, naming: Naming) -> None:
    """Warn of each output of y, shape (n,) or (n, d), that is one number alone; intervals say nothing."""
    if isinstance(y, Interval) or config.y != "number" or len(y) < 2:
        return
    for values, name in each_output(y, naming):
        if (values == values[0]).all():
            note(
                f"{name.what} is {readable(float(values[0]))} in every row: no column can say more of it, and the "
                f"prediction is nearly the same '{naming.kind}' distribution for all rows, about this number.",
                TargetNote,
            )


def note_sentinels(y: Y, config: DistributionConfig, naming: Naming) -> None:
    """Warn once of numbers in y, shape (n,) or (n, d), that may stand for missing ones, like -999; of intervals not."""
    if isinstance(y, Interval) or config.y != "number" or y.dtype.kind not in "fiu" or len(y) < ENOUGH:
        return
    for values, name in each_output(y, naming):
        found = sentinels_of(values, naming.index)
        if found:
            note(
                f"{name.what} has numbers far from all others, which may mean missing cells: {found}; "
                "if they do, name them in data.missing."
            )
            return


def _reason(y: np.ndarray, weight: np.ndarray, leaf: type[Distribution], alone: bool) -> tuple[str, str] | None:
    """Return what one output is, and the families for that, or None where nothing speaks against a density."""
    mean, step = np.average(y, weights=weight), lattice_step(y, weight)
    spread = float(np.sqrt(np.average((y - mean) ** 2, weights=weight)))
    zeros = float(np.average(y == 0.0, weights=weight))
    distinct, whole = np.unique(y), is_whole(y)
    if are_two(y):
        return f"has two values only, {readable(distinct[0])} and {readable(distinct[1])}", "'bernoulli'"
    if are_grades(y):
        numbers = "whole numbers" if whole else "numbers"
        return (
            f"holds {len(distinct)} distinct {numbers} only",
            "'ordered_logistic' for grades, 'categorical' for classes",
        )
    if step and are_close(y):
        return _of_steps(distinct, spread, step)
    many_alike = are_few(distinct, len(y)) or spread < COARSE or zeros >= ZEROS
    if whole and y.min() >= 0.0 and len(distinct) > 2 and many_alike:
        return "holds whole numbers from 0 on, many of them alike", "'poisson' or 'negative_binomial'"
    ones = float(np.average(y == 1.0, weights=weight))
    if not whole and ones >= ZEROS and y.min() >= 0.0 and y.max() == 1.0:
        clipped = "{kind: clipped, base: {kind: gaussian}, low: 0, high: 1}"
        return f"is 1 in {ones:.0%} of the rows and a share elsewhere", clipped
    if not whole and zeros >= ZEROS and y.min() >= 0.0:
        base = "gamma" if y.max() >= 1.0 else "beta"
        return f"is 0 in {zeros:.0%} of the rows and positive elsewhere", f"{{kind: hurdle, base: {{kind: {base}}}}}"
    if y.min() < 0.0 and have_zeros(y, step):
        return f"is 0 in {zeros:.0%} of the rows, and any number elsewhere", "{kind: hurdle, base: {kind: gaussian}}"
    if spread < COARSE * step:
        return _of_steps(distinct, spread, step)
    if alone and leaf.symmetric and y.min() > 0.0 and len(y) >= MANY:
        lowest, low, middle, high, highest = quantiles(y, weight, (0.05, 0.25, 0.5, 0.75, 0.95))
        lopsided = highest - middle > LOPSIDED * (middle - lowest) and high - middle > BENT * (middle - low)
        if lopsided and highest > LONG * middle:
            counts = ", or 'negative_binomial' for counts" if whole else ""
            return "is positive and very skewed", f"'gamma' or 'log_normal'{counts}"
    return None


def _of_steps(distinct: np.ndarray, spread: float, step: float) -> tuple[str, str]:
    """Return what numbers are that lie on a lattice, close together."""
    begin = float(distinct[0] - step * np.round(distinct[0] / step))
    begun = f"(y - {readable(begin)})" if abs(begin) > BESIDE * step else "y"
    of_steps = f" of the number of steps, {begun} / {readable(step)}"
    return (
        f"has values {readable(step)} apart and a spread of {spread:.2g}",
        f"'discretised'{'' if step == 1.0 and is_whole(distinct) else of_steps}",
    )
