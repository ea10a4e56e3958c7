"""What y looks like by itself: the thresholds by which what is suggested, chosen and noted of it agree."""

import numpy as np

from likelinet.targets.lattice import lattice_step

FEW = 10  # distinct values that are few
REPEATED = 5.0  # rows for each of these, at least
ABRUPT = 0.1  # share of the largest count from which on no tail of counts leads to it
COARSE = 5.0  # standard deviation, in steps of numbers on a lattice, below which a density passes over the steps
FINE = 20.0  # standard deviation, in steps, from which on a density loses nothing by them, and is faster
COUNTS = 100.0  # median of whole numbers up to which they are taken for counts, of which some may have a small variance
COUNTED = 500.0  # standard deviation of large whole numbers, 0 among them, up to which they may be counts
CODES = 20  # different whole numbers up to which they may as well be classes
LITTLE = 0.5  # variance over mean below which counts are none that a Poisson law describes
SEVERAL = 0.02  # share of exact zeros among positive numbers above which they are a case of their own
ZEROS = 0.1  # share of exact zeros above which no plain family has them
BESIDE = 3.0  # times as often as the numbers next to it zero is there, if it is a case of its own


def are_few(distinct: np.ndarray, rows: int) -> bool:
    """Whether distinct values are so few, for so many rows, that y is one of them rather than any number."""
    return 1 < len(distinct) <= FEW and rows >= REPEATED * len(distinct)


def are_two(y: np.ndarray) -> bool:
    """Whether y has two values, which are classes: whole numbers, or any that come again."""
    distinct = np.unique(y)
    return len(distinct) == 2 and (is_whole(distinct) or are_few(distinct, len(y)))


def are_grades(y: np.ndarray) -> bool:
    """Whether numbers are so few that they may be grades, stars or answers.

    Whole ones from 0 on are counts, unless they end at once; rounded numbers have rare ends, beyond which others come.
    """
    distinct = np.unique(y)
    if len(distinct) < 3 or not are_few(distinct, len(y)):
        return False
    gaps, (first, last) = np.diff(distinct), (int(np.sum(y == end)) for end in (distinct[0], distinct[-1]))
    if distinct[0] == 0.0 and is_whole(distinct) and lattice_step(distinct, np.ones(len(distinct))) == 1.0:
        return last >= ABRUPT * len(y)
    return distinct[0] == 1.0 or not np.allclose(gaps, gaps[0]) or min(first, last) >= REPEATED


def are_close(y: np.ndarray) -> bool:
    """Whether whole numbers differ by so little that a density passes over the steps, and no law of counts has them."""
    return is_whole(y) and float(y.std()) < COARSE and (y.min() < 0.0 or float(y.var()) < LITTLE * float(y.mean()))


def have_zeros(y: np.ndarray, step: float) -> bool:
    """Whether numbers of either sign, on a lattice or not, are 0 more often than any density says."""
    zeros = float(np.mean(y == 0.0))
    beside = max(np.mean(np.isclose(y, at, rtol=0.0, atol=0.1 * step)) for at in (-step, step)) if step else 0.0
    return bool(ZEROS <= zeros < 1.0 and zeros > BESIDE * beside)


def is_whole(y: np.ndarray) -> bool:
    """Whether all of y are whole numbers."""
    return bool((y == np.floor(y)).all())
