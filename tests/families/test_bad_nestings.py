"""What goes inside what: a nesting that makes no sense is one sentence, and one that does is none."""

from typing import Any

import pytest

import likelinet as ll
from tests.families.test_bad_input import EXPOSED, GAMMA, GAUSSIAN, HURDLE, POISSON, over
from tests.small import quick

NESTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "censored classes": (
        over("censored", {"kind": "categorical"}),
        "config: distribution: the base of 'censored' cannot be 'categorical', whose y is a class: "
        "choose a family of numbers.",
    ),
    "zeros in two classes": (
        over("zero_inflated", {"kind": "bernoulli"}),
        "config: distribution: the base of 'zero_inflated' cannot be 'bernoulli', whose y is a class: "
        "choose a family of numbers.",
    ),
    "rounded counts": (
        over("discretised", POISSON),
        "config: distribution: the base of 'discretised' cannot be 'poisson', which is not continuous: "
        "choose a family of real numbers.",
    ),
    "logarithm of counts": (
        over("transformed", POISSON, transform="log"),
        "config: distribution: the base of 'transformed' cannot be 'poisson', which is not continuous: "
        "choose a family of real numbers.",
    ),
    "zeros beside zeros": (
        over("zero_inflated", HURDLE),
        "config: distribution: the base of 'zero_inflated' cannot be 'hurdle', which has zeros of its own: "
        "leave out one of the two.",
    ),
    "zeros beside zeros inside": (
        over("hurdle", over("mixture", over("zero_inflated", GAMMA))),
        "config: distribution: the base of 'hurdle' cannot be 'zero_inflated', which has zeros of its own: "
        "leave out one of the two.",
    ),
    "censored inside": (
        over("truncated", over("censored", GAUSSIAN), low=0.0),
        "config: distribution: the base of 'truncated' cannot be 'censored': write censored around everything else.",
    ),
    "truncated vectors": (
        over("truncated", {"kind": "dirichlet"}, low=0.0),
        "config: distribution: the base of 'truncated' cannot be 'dirichlet', whose y is a vector: "
        "choose a family of single numbers.",
    ),
    "no bounds": (over("truncated", GAUSSIAN), "config: distribution: truncated: give low or high, or both."),
    "bounds the wrong way round": (
        over("truncated", GAUSSIAN, low=3.0, high=1.0),
        "config: distribution: truncated: low must be less than high, got 3 and 1.",
    ),
    "half a trial": (
        {"kind": "binomial", "total_count": 3.5},
        "config: distribution: total_count must be a whole number 0, 1, 2, …, got 3.5.",
    ),
    "no trials": ({"kind": "binomial"}, "config: distribution.total_count: is missing."),
    "exposure of a fixed rate": (
        {**EXPOSED, "rate": 2.0},
        "config: distribution: exposure needs a rate that is predicted or shared.",
    ),
    "exposure of no rate": (
        {"kind": "gaussian", "exposure": "days"},
        "config: distribution: unknown key 'exposure' (possible: kind, links, loc, offset, scale).",
    ),
}


@pytest.mark.parametrize("case", NESTINGS)
def test_nesting(case: str):
    family, message = NESTINGS[case]
    with pytest.raises(ll.ConfigError) as found:
        quick(distribution=family)
    assert str(found.value) == message
