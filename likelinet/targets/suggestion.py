"""Which family to begin with, by what y looks like without any x."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from likelinet.config.data import IntervalTargetConfig, Target, TimeTargetConfig
from likelinet.core.errors import DataError
from likelinet.core.notes import unnoted
from likelinet.core.wording import counted, readable
from likelinet.distributions import Distribution, Gamma, Gaussian, Interval, LogNormal, StudentT
from likelinet.distributions.base.leaf import Leaf
from likelinet.tables.cells import NO_LABELS
from likelinet.tables.coded import Coded, coded
from likelinet.tables.recognise.identifiers import mostly_different
from likelinet.tables.rows import MOST
from likelinet.tables.table import Table
from likelinet.tables.text import Text
from likelinet.tables.undressed import undressed
from likelinet.targets import candidates
from likelinet.targets.lattice import lattice_step
from likelinet.targets.looks import (
    COARSE,
    CODES,
    COUNTED,
    COUNTS,
    FINE,
    SEVERAL,
    are_close,
    are_few,
    are_grades,
    are_two,
    have_zeros,
    is_whole,
)
from likelinet.targets.target import kind_for
from likelinet.targets.times import note_times

MUCH_BETTER = 0.2  # nats by which Student's t must be, before x may explain the tails; of a t of 4 degrees .1, of 2 .5
BETTER = 0.05  # nats a row by which another family must be better than the Gaussian
CLASSES = "bernoulli", "categorical", "ordered_logistic"


class Suggestion(NamedTuple):
    """A family as a config declares it, why, which others to try, and of which `distribution: auto` chooses.

    `but` is a sentence on what none of these describes; "" if there is nothing.
    """

    distribution: dict[str, Any]
    why: str
    others: tuple[str, ...] = ()
    candidates: Sequence[dict[str, Any]] = ()
    but: str = ""


TIMES = Suggestion(
    {"kind": "censored", "base": {"kind": "weibull"}},
    "is the time to an event",
    ("log_normal", "log_logistic", "exponential"),
    candidates.of_times(),
)
BETWEEN = Suggestion(
    {"kind": "censored", "base": {"kind": "gaussian"}}, "lies between two columns", ("log_normal", "student_t")
)


def suggested(table: Table, target: Target, levels: list[Any] | None = None, *, numbers: bool = False) -> Suggestion:
    """Return the family to begin with for what `data.target` is; for several outputs that of the first, if of all.

    `levels` are those of classes with an order, where the column does not say so itself; with `numbers`, numbers are no
    classes even where there are few different ones: the family has a mean and quantiles, and where it can its mass on
    these alone, of 0 and 1 as `bernoulli`.

    Raises
    ------
    DataError
        If it is text that is nearly all different, or missing in every row.

    Examples
    --------
    >>> from likelinet.tables.table import as_table
    >>> suggested(as_table({"y": ["no", "yes", "no"]}), "y").why
    'has two classes: no, yes'
    """
    if table.n == 0:
        raise DataError("The table is empty: it has no rows.")
    if isinstance(target, TimeTargetConfig):
        return TIMES
    if isinstance(target, IntervalTargetConfig):
        return BETWEEN
    if isinstance(target, list):
        return _of_several(table, target, numbers)
    assert target is not None, "there is a target"
    with unnoted():  # how y is read is said when it is fitted
        plain, table = table, undressed(table, [target], MOST, "Target")
    column = table.column(target)
    levels = column.values.tolist() if isinstance(column, Coded) and column.ordered else levels
    if levels is not None:
        found = candidates.of_grades(levels, whole=False, n=table.n)
        return Suggestion(found[0], f"has an order, from {levels[0]} to {levels[-1]}", ("categorical",), found)
    if isinstance(column, Coded) or (isinstance(column, Text) and table.holds_text(target)):
        labels = [level for level in coded(column).levels if level.lower() not in NO_LABELS]
        if mostly_different(len(labels), table.n):
            raise DataError(
                f"Target '{target}' is text with {len(labels)} different values in {counted(table.n, 'row')}, like an "
                "identifier or a date: name another column, or the family in a config."
            )
        return _of_classes(labels)
    if table.holds_bools(target):
        return _of_classes(["False", "True"])
    note_times(table, target)
    y = table.numbers(target)
    if np.isnan(y).all():
        raise DataError(f"Target '{target}' is missing in every row: there is nothing to learn from.")
    found = (_of_numbers_alone if numbers else _of_numbers)(y[np.isfinite(y)])
    by_labels = found.distribution["kind"] in ("bernoulli", "ordered_logistic")
    return _in_dress(coded(plain.column(target)), y) if by_labels and table is not plain else found


def suggested_for_intervals(y: Interval, target: Target) -> Suggestion:
    """Return the family to begin with for y that is known between bounds alone, and those to choose of."""
    found = candidates.of_intervals(y)
    if isinstance(target, TimeTargetConfig):
        return TIMES._replace(candidates=found)
    return BETWEEN._replace(distribution=found[0], why="is known between bounds alone", candidates=found)


def _in_dress(cells: Coded, numbers: np.ndarray) -> Suggestion:
    """Return the family for few whole numbers in dress, as "3 stars", whose classes are the cells as they are."""
    of = {level: numbers[cells.codes == code] for code, level in enumerate(cells.levels)}
    of = {level: values[0] for level, values in of.items() if len(values) and level.lower() not in NO_LABELS}
    levels = sorted(of, key=lambda level: of[level])
    if len(levels) <= 2 or not np.isfinite([*of.values()]).all() or len({*of.values()}) < len(levels):
        return _of_classes(sorted(of))
    found = candidates.of_grades(levels, whole=False, n=len(numbers))
    return Suggestion(found[0], f"has few grades, from {levels[0]} to {levels[-1]}", ("categorical",), found)


def _of_classes(labels: list[Any]) -> Suggestion:
    some, kind = ", ".join(map(str, labels[:4])) + (", …" if len(labels) > 4 else ""), kind_for(len(labels))
    alone = [{"kind": kind}]
    if len(labels) == 1:
        return Suggestion({"kind": kind}, f"has one class alone: {some}", candidates=alone)
    if kind == "bernoulli":
        return Suggestion({"kind": kind}, f"has two classes: {some}", ("categorical",), alone)
    return Suggestion({"kind": kind}, f"has {len(labels)} classes: {some}", ("ordered_logistic",), alone)


def _of_several(table: Table, target: list[str], numbers: bool) -> Suggestion:
    """Return the families for several outputs, which have one together."""
    each = [suggested(table, name, numbers=numbers) for name in target]
    same = all(s.distribution == each[0].distribution for s in each)
    with unnoted():  # how y is read is said when it is fitted
        plain = undressed(table, target, MOST, "Target")
    text = [plain.holds_text(name) for name in target]
    if all(text):
        return Suggestion({"kind": "categorical"}, "hold classes", candidates=[{"kind": "categorical"}])
    if any(text):
        word, number = target[text.index(True)], target[text.index(False)]
        raise DataError(
            f"The targets are of different kinds: '{word}' holds classes, '{number}' numbers; no family has both: "
            "fit a model for each."
        )
    if all(s.distribution["kind"] in CLASSES for s in each):
        return _of_class_outputs(plain, target, each)
    each_own = candidates.of_several([s.candidates for s in each], table.n)
    if not same:
        but = _but_classes(target, each)
        return Suggestion({"kind": "gaussian"}, "are of different kinds", candidates=each_own, but=but)
    return each[0]._replace(why=f"are alike: '{target[0]}' {each[0].why}", candidates=each_own)


def _but_classes(target: list[str], each: list[Suggestion]) -> str:
    """Return a sentence on outputs of a few numbers, as of classes, that are beside others of any numbers."""
    classes = [(name, s.why) for name, s in zip(target, each, strict=True) if s.distribution["kind"] in CLASSES]
    if not classes:
        return ""
    said = " and ".join(f"'{name}' {why}" for name, why in classes)
    return f"Of several outputs {said}, and others are numbers: all are taken for real numbers; fit a model for each."


def _of_class_outputs(table: Table, target: list[str], each: list[Suggestion]) -> Suggestion:
    """Return the families of several outputs that are numbers, or True and False, and classes each."""
    same = all(s.distribution == each[0].distribution for s in each)
    why = f"are alike: '{target[0]}' {each[0].why}" if same else "hold classes"
    if same and all(np.isin(table.numbers(name), (0.0, 1.0)).all() for name in target):
        return Suggestion({"kind": "bernoulli"}, why, ("categorical",), [{"kind": "bernoulli"}])
    if not all("levels" in s.distribution for s in each):
        return Suggestion({"kind": "categorical"}, why, (), [{"kind": "categorical"}])
    found = candidates.of_graded_outputs([s.distribution["levels"] for s in each])
    return Suggestion(each[0].distribution if same else found[0], why, ("categorical",), found)


def _of_numbers(y: np.ndarray) -> Suggestion:
    whole = is_whole(y)
    if are_two(y):
        low, high = float(y.min()), float(y.max())
        return _of_classes([int(low), int(high)] if whole else [readable(low), readable(high)])
    if are_grades(y):
        ends, n = _ends(y), len(y)
        levels = np.unique(y).astype(int if whole else float).tolist()
        others = ("categorical", *(["{kind: discretised, base: {kind: gaussian}}"] if whole else []))
        found = candidates.of_grades(levels, whole=whole, n=n)
        return Suggestion(found[0], f"has few {'whole ' if whole else ''}numbers, {ends}, as grades are", others, found)
    return _of_any_numbers(y)


def _of_numbers_alone(y: np.ndarray) -> Suggestion:
    """Return the family for numbers that are to have a mean and quantiles, even where there are few different ones."""
    distinct = np.unique(y)
    if not (are_few(distinct, len(y)) and (are_two(y) or are_grades(y))):
        return _of_any_numbers(y)
    ends, low, high = _ends(y), distinct[0], distinct[-1]
    if distinct.tolist() == [0.0, 1.0]:
        return _of_classes([0, 1])
    if is_whole(y) and high - low == 1.0:  # which one law between two bounds has exactly
        found = candidates.of_few_numbers(int(low), int(high), len(y))[:1]
        return Suggestion(found[0], f"has two numbers alone, {int(low)} and {int(high)}", candidates=found)
    if is_whole(y) and len(y) < candidates.ENOUGH and not are_two(y):
        return _of_any_numbers(y)  # whose shapes so few rows tell
    if is_whole(y) and len(y) >= candidates.ENOUGH and high - low <= CODES:
        found = candidates.of_few_numbers(int(low), int(high), len(y))
        return Suggestion(found[0], f"has few whole numbers, {ends}", ("poisson",) if low >= 0.0 else (), found)
    but = (
        f"y has {len(distinct)} different numbers alone, {ends}, and the families that are tried give them no "
        "probability of their own: number them 0, 1, 2, …, or predict them as classes."
    )
    return _of_any_numbers(y)._replace(but=but)


def _ends(y: np.ndarray) -> str:
    low, high = float(y.min()), float(y.max())
    return f"from {readable(low)} to {readable(high)}" if low < high else f"that are all {readable(low)}"


def _of_any_numbers(y: np.ndarray) -> Suggestion:
    if (n := len(y)) < 2:
        return Suggestion({"kind": "gaussian"}, "holds numbers", candidates=[{"kind": "gaussian"}])
    whole, low, high, spread, ends = is_whole(y), float(y.min()), float(y.max()), float(y.std()), _ends(y)
    classes = ("categorical",) if whole and len(np.unique(y)) <= CODES else ()
    if are_close(y):
        others = ("gaussian", *(["poisson"] if low >= 0.0 else []), *classes)
        found = candidates.of_close_numbers(n, counts=low >= 0.0)
        return Suggestion(found[0], f"has whole numbers {ends}, close together", others, found)
    if whole and low >= 0.0 and np.median(y) <= COUNTS:
        others, found = ("poisson", "{kind: zero_inflated, base: {kind: poisson}}", *classes), candidates.of_counts(y)
        return Suggestion({"kind": "negative_binomial"}, f"has whole numbers {ends}", others, found)
    step = lattice_step(y, np.ones(n))
    ends += f" in steps of {readable(step)}, close together" if spread < COARSE * step else ""
    if low > 0.0 and high < 1.0:
        others = ("logit_normal", "kumaraswamy", "gaussian")
        return Suggestion({"kind": "beta"}, f"has shares {ends}", others, candidates.of_shares(n))
    if low >= 0.0 and high == 1.0 and np.sum(y == 1.0) > 1:  # one alone may be what all were divided by
        zeros = f", {100 * np.mean(y == 0.0):.0f} % 0" if low == 0.0 else ""
        found = candidates.of_shares_with_ends(n)
        why = f"has shares {ends}, of which {100 * np.mean(y == 1.0):.2g} % are 1{zeros}"
        return Suggestion(found[0], why, ("gaussian",), found)
    large = candidates.of_counts(y) if whole and low >= 0.0 and spread < (COUNTED if low == 0.0 else FINE) else None
    if low == 0.0 and high > 0.0 and (np.mean(y == 0.0) > SEVERAL or high < 1.0):
        base = _of_positive(y[y > 0.0], ends).distribution if high >= 1.0 else {"kind": "beta"}
        base = {"kind": "gamma"} if base["kind"] not in ("gamma", "log_normal", "beta") else base
        why = f"has {100 * np.mean(y == 0.0):.0f} % zeros and positive numbers up to {readable(high)}"
        found = large or candidates.with_zeros(n, shares=high < 1.0)
        return Suggestion({"kind": "hurdle", "base": base}, why, ("gaussian",), found)
    if low < 0.0 and have_zeros(y, step):
        why = f"has {100 * np.mean(y == 0.0):.0f} % zeros and other numbers {ends}"
        found = candidates.of_real_with_zeros(n)
        return Suggestion(found[0], why, ("gaussian",), found)
    found = _of_positive(y, ends) if low > 0.0 else _of_real(y, ends)
    return found._replace(candidates=large or found.candidates)


def _of_real(y: np.ndarray, ends: str) -> Suggestion:
    """Return the Gaussian, or the family of long tails where these are plainly there."""
    if _log_score(StudentT, y) > _log_score(Gaussian, y) + MUCH_BETTER:  # whose moments may be infinite
        return _of_long_tails(len(y), ends)
    found = candidates.of_real(len(y))
    return Suggestion({"kind": "gaussian"}, f"has numbers {ends}", ("student_t", "laplace"), found)


def _of_long_tails(n: int, ends: str) -> Suggestion:
    found = candidates.of_real(n, long_tails=True)
    kind = "johnson_su" if {"kind": "johnson_su"} in found else "student_t"
    others = tuple(other for other in ("student_t", "gaussian") if other != kind)
    return Suggestion({"kind": kind}, f"has numbers {ends} with long tails", others, found)


def _of_positive(y: np.ndarray, ends: str) -> Suggestion:
    """Return the one of three families that is best without any x; the Gaussian, unless another is clearly better."""
    score = {"gaussian": _log_score(Gaussian, y), "gamma": _log_score(Gamma, y), "log_normal": _log_score(LogNormal, y)}
    if _log_score(StudentT, y) > max(score.values()) + MUCH_BETTER:  # as of a slip, which no skewness describes
        return _of_long_tails(len(y), ends)
    best = max(score, key=lambda kind: score[kind] - (BETTER if kind != "gaussian" else 0.0))
    skewed = best != "gaussian"
    what, found = ("positive, skewed", candidates.of_positive) if skewed else ("positive", candidates.of_real)
    others = tuple(kind for kind in score if kind != best)
    return Suggestion({"kind": best}, f"has {what} numbers {ends}", others, found(len(y)))


def _log_score(kind: type[Distribution], y: np.ndarray) -> float:
    """Return the mean log density of y under its own estimates."""
    y = y / (np.median(np.abs(y)) or 1.0)
    family = Leaf.of(kind, 1)
    found = family.estimate(y, np.ones(len(y)))
    with np.errstate(all="ignore"):
        value = float(family.distribution(tuple(np.asarray(v) for v in found)).log_prob(y).mean())
    return value if np.isfinite(value) else -np.inf
