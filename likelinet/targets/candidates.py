"""Families that fit a kind of y, the simplest first: those of which `distribution: auto` chooses."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from likelinet.distributions import Interval
from likelinet.targets.looks import COARSE, COUNTS, FINE, ZEROS

Declaration = dict[str, Any]

_ROUNDED: Declaration = {"kind": "discretised", "base": {"kind": "gaussian"}}
ENOUGH = 50  # rows from which on a mixture, or a shape of the tails, can be learned
MANY = 5000  # rows from which on a mixture may have more components


def of_real(n: int, long_tails: bool = False) -> list[Declaration]:
    """Return the families of real numbers, of which there are so many.

    Student's t, whose mean and variance need not exist, is for y of long tails alone; those of logistic laws are longer
    than a Gaussian's, and have all moments.
    """
    if n < ENOUGH:
        return _kinds("gaussian", *(["student_t"] if long_tails else []))
    tails = ["student_t", "johnson_su"] if long_tails else []
    return [*_kinds("gaussian", *tails), _mixture("logistic", n), _mixture("gaussian", n)]


def of_positive(n: int) -> list[Declaration]:
    """Return the families of positive numbers that are skewed.

    No mixture of log-normal laws: one wide component of little weight makes any mean.
    """
    rich = [_mixture("logistic", n), _mixture("gaussian", n)]
    return _kinds("gamma", "log_normal") + (rich if n >= ENOUGH else _kinds("gaussian", "student_t"))


def of_shares(n: int) -> list[Declaration]:
    """Return the families of numbers between 0 and 1."""
    return _kinds("beta", "logit_normal") + ([_mixture("logit_normal", n)] if n >= ENOUGH else [])


def of_shares_with_ends(n: int) -> list[Declaration]:
    """Return the families of numbers between 0 and 1 of which some are exactly 1, and maybe some 0."""
    return [over("clipped", base) | {"low": 0.0, "high": 1.0} for base in of_real(n)]


def with_zeros(n: int, shares: bool) -> list[Declaration]:
    """Return the families of numbers that are positive or exactly 0, maybe all below 1."""
    positive = _kinds("gamma", "log_normal") + ([_mixture("gamma", n)] if n >= ENOUGH else [])
    return [over("hurdle", base) for base in (of_shares(n) if shares else positive)]


def of_real_with_zeros(n: int) -> list[Declaration]:
    """Return the families of real numbers of which many are exactly 0."""
    return [over("hurdle", base) for base in of_real(n)]


def of_counts(y: np.ndarray) -> list[Declaration]:
    """Return the families of whole numbers from 0 on."""
    n = len(y)
    simple = _kinds(*(["poisson"] if np.median(y) <= COUNTS else []), "negative_binomial")
    if n < ENOUGH:
        return simple
    zeros = [over("zero_inflated", base) for base in simple] if np.mean(y == 0.0) > ZEROS else []
    if y.std() > FINE and not zeros:
        return [*simple, _mixture("logistic", n), _mixture("gaussian", n)]
    wide = [over("discretised", base) for base in (*_kinds("log_normal"), _mixture("gaussian", n))]
    return [*simple, *zeros, *(wide if y.std() > COARSE else [])]


def of_close_numbers(n: int, counts: bool) -> list[Declaration]:
    """Return the families of whole numbers that differ by little, which may be counts."""
    simple = [over("discretised", base) for base in _kinds("gaussian")] + (_kinds("poisson") if counts else [])
    return simple + ([over("discretised", _mixture("gaussian", n))] if n >= ENOUGH else [])


def of_grades(levels: Sequence[Any], whole: bool, n: int) -> list[Declaration]:
    """Return the families of few classes with an order, maybe whole numbers; no other number has a probability."""
    grades: list[Declaration] = [{"kind": "ordered_logistic", "levels": [*levels]}]
    if n < ENOUGH:
        return grades
    grades += _kinds("categorical")
    return grades + ([over("truncated", _ROUNDED) | {"low": levels[0], "high": levels[-1]}] if whole else [])


def of_few_numbers(low: int, high: int, n: int) -> list[Declaration]:
    """Return the families of whole numbers of which there are few, most of them without any beyond the ends."""
    ends: Declaration = {"low": low, "high": high}
    rich = over("discretised", _mixture("gaussian", n))
    return [*(over("truncated", base) | ends for base in (_ROUNDED, rich)), rich]


def of_graded_outputs(each: Sequence[Sequence[Any]]) -> list[Declaration]:
    """Return the families of several outputs of classes with an order, given the levels of each."""
    return [{"kind": "ordered_logistic", "levels": [[*levels] for levels in each]}, *_kinds("categorical")]


def of_times() -> list[Declaration]:
    """Return the families of positive times to an event, which may be censored."""
    return [over("censored", base) for base in _kinds("weibull", "log_normal", "log_logistic", "gamma")]


def of_intervals(y: Interval) -> list[Declaration]:
    """Return the families of what is known between bounds alone, as times to an event are."""
    positive, real = [declared["base"] for declared in of_times()], of_real(len(y.lower))
    ends = np.concatenate([y.lower, y.upper])
    if (y.exact & (y.lower == 0.0)).any() and (y.lower >= 0.0).all():
        bases = [*_kinds("exponential", "generalized_pareto"), *real]
    elif (y.lower >= 0.0).all():
        bases = positive
    else:
        bases = [*_kinds("gaussian"), *positive] if (ends[np.isfinite(ends)] > 0.0).all() else real
    return [over("censored", base) for base in bases]


def of_several(each: Sequence[Sequence[Declaration]], n: int) -> list[Declaration]:
    """Return the families of several outputs, given those of each: their own if they are alike, or any real numbers."""
    first = list(each[0])
    own = first if all(list(e) == first for e in each) else of_real(n)
    if not any(_leaf(d) == "gaussian" and d["kind"] in ("gaussian", "mixture") for d in own):
        return own
    together: list[Declaration] = _kinds("multivariate_gaussian")
    if n >= ENOUGH:
        together.append({**_mixture("gaussian", n), "base": together[0]})
    return own + together


def over(kind: str, base: Declaration) -> Declaration:
    """Return a wrapper over a family."""
    return {"kind": kind, "base": base}


def _kinds(*names: str) -> list[Declaration]:
    return [{"kind": name} for name in names]


def _mixture(base: str, n: int) -> Declaration:
    return {"kind": "mixture", "components": 3 if n < MANY else 5, "base": {"kind": base}}


def _leaf(declared: Declaration) -> str:
    while "base" in declared:
        declared = declared["base"]
    return declared["kind"]
