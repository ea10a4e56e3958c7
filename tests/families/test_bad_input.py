"""Bad input to families: before any training one sentence, that says which family, what is wrong and where."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import likelinet as ll
from tests.families.declared import AFFINE_OF_BOUNDED
from tests.small import quick, table

X, Y = table()
COUNTS = np.arange(60.0) % 5
POSITIVE = np.abs(Y) + 1.0
SHARE = np.linspace(-0.4, 0.3, 60)
TABLE = pd.DataFrame(X, columns=["a", "b"]).assign(y=COUNTS, time=POSITIVE, event=COUNTS % 2, trials=9.0, days=1.5)
WORDS = np.array(["low", "middle", "high"])[np.arange(60) % 3]
GAUSSIAN, GAMMA, POISSON = {"kind": "gaussian"}, {"kind": "gamma"}, {"kind": "poisson"}
HURDLE = {"kind": "hurdle", "base": POISSON}
WHOLE = {"kind": "discretised", "base": GAUSSIAN}
TRIALS = {"kind": "binomial", "total_count": {"column": "trials"}}
EXPOSED = {"kind": "poisson", "exposure": "days"}
SURVIVAL = {"kind": "censored", "base": {"kind": "weibull"}}


def over(kind: str, base: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "base": base, **more}


def changed(values: Any, row: int, to: float) -> np.ndarray:
    """Return values with one row, counted from 1, changed."""
    out = np.array(values, dtype=float)
    out[row - 1] = to
    return out


def of(y: Any, family: dict[str, Any]) -> Callable[[], Any]:
    return lambda: quick(distribution=family).fit(X, y)


def of_table(family: dict[str, Any], target: Any = "y", **columns: Any) -> Callable[[], Any]:
    return lambda: quick(data={"target": target}, distribution=family).fit(TABLE.assign(**columns))


INTERVALS = {"lower": "low", "upper": "high"}
TIMES = {"time": "time", "event": "event"}
FIT: dict[str, tuple[Callable[[], Any], str]] = {
    "negative whole numbers under a hurdle": (
        of(COUNTS, over("hurdle", WHOLE)),
        "distribution: the base of 'hurdle' cannot be 'discretised' with negative whole numbers: "
        "truncate it at 0, or choose a family of counts.",
    ),
    "bounds outside the base": (
        of(POSITIVE, over("truncated", GAMMA, low=-3.0, high=-1.0)),
        "distribution: 'truncated' leaves nothing of 'gamma', whose y must be a positive number: "
        "change its low or high.",
    ),
    "bounds between two whole numbers": (
        of(COUNTS, over("truncated", POISSON, low=0.2, high=0.8)),
        "distribution: 'truncated' leaves nothing of 'poisson', whose y must be a whole number 0, 1, 2, …: "
        "change its low or high.",
    ),
    "outside the bounds": (
        of(changed(Y, 3, -2.0), over("truncated", GAUSSIAN, low=0.0, high=1000.0)),
        "y has 1 row outside the support of 'truncated' (row 3, for example -2): each value must be a finite number, "
        "from 0 up to 1000 as truncated.",
    ),
    "a zero below the bound": (
        of(np.maximum(COUNTS, [0.0] + [1.0] * 59), over("truncated", POISSON, low=1.0)),
        "y has 1 row outside the support of 'truncated' (row 1, for example 0): each value must be a whole number "
        "0, 1, 2, …, from 1 as truncated.",
    ),
    "between zero and the bound": (
        of(changed(2.0 + COUNTS, 4, 0.5), over("zero_inflated", over("truncated", GAMMA, low=2.0))),
        "y has 1 row outside the support of 'zero_inflated' (row 4, for example 0.5): each value must be "
        "0 or a positive number, from 2 as truncated.",
    ),
    "negative beside zeros": (
        of(changed(POSITIVE, 4, -1.0), over("zero_inflated", GAMMA)),
        "y has 1 row outside the support of 'zero_inflated' (row 4, for example -1): each value must be "
        "0 or a positive number.",
    ),
    "half a count": (
        of(changed(COUNTS, 4, 1.5), {"kind": "negative_binomial"}),
        "y has 1 row outside the support of 'negative_binomial' (row 4, for example 1.5): each value must be "
        "a whole number 0, 1, 2, ….",
    ),
    "half a count under a hurdle": (
        of(changed(COUNTS, 4, 1.5), HURDLE),
        "y has 1 row outside the support of 'hurdle' (row 4, for example 1.5): each value must be "
        "a whole number 0, 1, 2, ….",
    ),
    "half of a rounded number": (
        of(changed(COUNTS, 4, 1.5), over("discretised", {"kind": "log_normal"})),
        "y has 1 row outside the support of 'discretised' (row 4, for example 1.5): each value must be "
        "a whole number from 0.",
    ),
    "not positive under a logarithm": (
        of(changed(POSITIVE, 4, 0.0), over("transformed", GAUSSIAN, transform="log")),
        "y has 1 row outside the support of 'transformed' (row 4, for example 0): each value must be a number above 0.",
    ),
    "a hair above a bound, mapped": (
        of(changed(SHARE, 4, float(np.nextafter(1.21, 2.0))), AFFINE_OF_BOUNDED),
        "y has 1 row outside the support of 'transformed' (row 4, for example 1.2100000000000002): each value must be "
        "a number from -0.47 up to 1.21.",
    ),
    "above a bound far from zero, mapped": (
        of(changed(1e3 + 1e-3 * SHARE, 4, 1000.0021), {**AFFINE_OF_BOUNDED, "loc": 1e3, "scale": 1e-3}),
        "y has 1 row outside the support of 'transformed' (row 4, for example 1000.0021): each value must be "
        "a number from 999.9989 up to 1000.0013.",
    ),
    "above the image of an open end": (
        of(changed(SHARE, 4, -1.0), over("transformed", over("truncated", GAMMA, high=0.9), loc=-0.5)),
        "y has 1 row outside the support of 'transformed' (row 4, for example -1): each value must be "
        "a number above -0.5 up to 0.4.",
    ),
    "above 1 under a logit": (
        of(changed(COUNTS / 9.0 + 0.1, 4, 1.5), over("transformed", GAUSSIAN, transform="logit")),
        "y has 1 row outside the support of 'transformed' (row 4, for example 1.5): each value must be "
        "a number above 0 and below 1.",
    ),
    "an angle in degrees": (
        of(changed(COUNTS / 9.0, 4, 180.0), {"kind": "von_mises"}),
        "y has 1 row outside the support of 'von_mises' (row 4, for example 180): each value must be "
        "an angle from -π to π.",
    ),
    "an interval outside the bounds": (
        of(
            ll.Interval(changed(Y, 4, -20.0), changed(Y, 4, -10.0)),
            over("censored", over("truncated", GAUSSIAN, low=0.0)),
        ),
        "y has 1 row outside the support of 'censored' (row 4, for example from -20 to -10): each value must be "
        "a finite number, from 0 as truncated.",
    ),
    "an interval that reaches outside the bounds": (
        of(
            ll.Interval(changed(Y, 4, -20.0), changed(Y, 4, 10.0)),
            over("censored", over("truncated", GAUSSIAN, low=0.0)),
        ),
        "y has 1 row outside the support of 'censored' (row 4, for example from -20 to 10): each value must be "
        "a finite number, from 0 as truncated.",
    ),
    "an interval without a whole number": (
        of(ll.Interval(changed(COUNTS, 4, 0.2), changed(COUNTS, 4, 0.7)), over("censored", POISSON)),
        "y has 1 row outside the support of 'censored' (row 4, for example from 0.2 to 0.7): each value must be "
        "a whole number 0, 1, 2, ….",
    ),
    "intervals that say nothing": (
        of(ll.Interval(np.zeros(60), np.full(60, np.inf)), SURVIVAL),
        "y has no row with a finite end: there is nothing to learn from.",
    ),
    "intervals uncensored": (
        of(ll.Interval(Y, Y + 1.0), GAUSSIAN),
        "y is made of intervals, which the family 'gaussian' does not take: only 'censored' does, over a base.",
    ),
    "intervals of classes": (
        of(ll.Interval(COUNTS, COUNTS + 1.0), {"kind": "categorical"}),
        "y is made of intervals, which the family 'categorical' does not take: only 'censored' does, over a base.",
    ),
    "a cube of intervals": (
        of(ll.Interval(np.zeros((60, 2, 2)), np.ones((60, 2, 2))), over("censored", GAUSSIAN)),
        "y must have intervals of shape (n,) or (n, d), got (60, 2, 2).",
    ),
    "an output whose intervals say nothing": (
        of(ll.Interval(np.stack([Y, np.zeros(60)], 1), np.stack([Y, np.full(60, np.inf)], 1)), SURVIVAL),
        "y has no row with a finite end in output 2: there is nothing to learn from.",
    ),
    "one of two outputs outside": (
        of(ll.Interval(np.stack([Y, changed(Y, 4, -1.0)], 1), np.stack([Y, Y + 1.0], 1)), SURVIVAL),
        "y has 1 row outside the support of 'censored' (row 4, for example from -1 to "
        f"{Y[3] + 1.0:g}): each value must be a positive number.",
    ),
    "lower above upper": (
        of_table(over("censored", GAUSSIAN), INTERVALS, low=Y, high=changed(Y, 7, 1.0)),
        f"Column 'low', the lower end, is above the upper one, 'high', as {Y[6]:g} and 1 (row 7).",
    ),
    "both ends infinite": (
        of_table(over("censored", GAUSSIAN), INTERVALS, low=changed(Y, 7, np.inf), high=changed(Y, 7, np.inf)),
        "Column 'low', the lower end, is the upper one too, 'high', as inf and inf (row 7).",
    ),
    "interval columns uncensored": (
        of_table(GAUSSIAN, INTERVALS, low=Y, high=Y),
        "Target 'low, high' is made of intervals, which the family 'gaussian' does not take: only 'censored' does, "
        "over a base.",
    ),
    "an event that is neither": (
        of_table(SURVIVAL, TIMES, event=changed(COUNTS % 2, 5, 2.0)),
        "Column 'event', the event, must be 1 where it was seen and 0 where not, got 2 (row 5): for the labels "
        "'0', '1' and '2' write event: {column: event, is: LABEL}, with the one that means that it was seen.",
    ),
    "a negative time": (
        of_table(SURVIVAL, TIMES, time=changed(POSITIVE, 5, -2.0)),
        "Target 'time, event' has 1 row outside the support of 'censored' (row 5, for example from -2 to inf): "
        "each value must be a positive number.",
    ),
    "an event at once": (
        of_table(SURVIVAL, TIMES, time=changed(POSITIVE, 2, 0.0)),
        "Target 'time, event' has 1 row outside the support of 'censored' (row 2, for example from 0 to 0): "
        "each value must be a positive number.",
    ),
    "no such time": (
        of_table(SURVIVAL, {"time": "tim", "event": "event"}),
        "There is no column 'tim' in the table (did you mean 'time'?).",
    ),
    "half a trial in a row": (
        of_table(TRIALS, trials=changed(TABLE.trials, 6, 7.5)),
        "Column 'trials', the parameter total_count, must be a whole number 0, 1, 2, …, got 7.5 (row 6).",
    ),
    "trials below zero": (
        of_table(TRIALS, trials=changed(TABLE.trials, 6, -7.0)),
        "Column 'trials', the parameter total_count, must be a whole number 0, 1, 2, …, got -7 (row 6).",
    ),
    "more successes than trials in a row": (
        of_table(TRIALS, trials=changed(TABLE.trials, 5, 2.0)),
        "Target 'y' has 1 row that 'binomial' cannot give, whatever its parameters (row 5): look for values that "
        "total_count rules out.",
    ),
    "more successes than trials beside zeros": (
        of(changed(COUNTS, 4, 7.0), over("zero_inflated", {"kind": "beta_binomial", "total_count": 5})),
        "y has 1 row that 'zero_inflated' cannot give, whatever its parameters (row 4): look for values that "
        "total_count rules out.",
    ),
    "more successes than trials in one of two outputs": (
        of(np.stack([COUNTS, changed(COUNTS, 4, 7.0)], 1), {"kind": "binomial", "total_count": 5}),
        "y has 1 row that 'binomial' cannot give, whatever its parameters (row 4): look for values that "
        "total_count rules out.",
    ),
    "no exposure": (
        of_table(EXPOSED, days=changed(TABLE.days, 6, 0.0)),
        "Column 'days', the exposure, must be a positive number, got 0 (row 6).",
    ),
    "no column of the exposure": (
        of_table({**EXPOSED, "exposure": "day"}),
        "The table lacks the column 'day', from which the family reads a parameter or an exposure "
        "(did you mean 'days'?).",
    ),
    "shares that do not sum to one": (
        of(np.full((60, 3), 0.3), {"kind": "dirichlet"}),
        "y has 60 rows that 'dirichlet' cannot give, whatever its parameters (rows 1, 2, 3, 4, 5, …): "
        "its shares must sum to 1.",
    ),
    "counts that do not sum to the trials": (
        of_table({"kind": "multinomial", "total_count": {"column": "trials"}}, ["y", "z"], z=8.0 - COUNTS),
        "Target 'y, z' has 60 rows that 'multinomial' cannot give, whatever its parameters (rows 1, 2, 3, 4, 5, …): "
        "its counts must sum to total_count.",
    ),
    "one share": (
        of(np.ones((60, 1)), {"kind": "dirichlet"}),
        "y must have shape (n, d) with d > 1 for the family 'dirichlet', got (60, 1): pass several columns, or name "
        "a list of them in data.target.",
    ),
    "one number for a vector": (
        of(Y, {"kind": "multivariate_gaussian"}),
        "y must have shape (n, d) with d > 1 for the family 'multivariate_gaussian', got (60,): pass several columns, "
        "or name a list of them in data.target.",
    ),
    "words in no order": (
        of(WORDS, {"kind": "ordered_logistic"}),
        "y has text for classes (high, low, middle), whose order is not known: list them from the lowest to the "
        "highest in distribution.levels.",
    ),
    "a word that is no level": (
        of(WORDS, {"kind": "ordered_logistic", "levels": ["low", "high"]}),
        "y has the class 'middle' (rows 2, 5, 8, 11, 14, …), which is not among distribution.levels (low, high).",
    ),
    "a negative weight": (
        lambda: quick(distribution=SURVIVAL).fit(X, POSITIVE, sample_weight=changed(np.ones(60), 4, -1.0)),
        "sample_weight must not be negative, as in row 4.",
    ),
    "no exposure to predict with": (
        lambda: of_table(EXPOSED)().predict(TABLE[["a", "b", "time", "event", "trials"]]),
        "The table lacks the column 'days', from which the family reads a parameter or an exposure "
        "(possible: a, b, event, time, trials).",
    ),
    "half a trial to predict with": (
        lambda: of_table(TRIALS)().predict(TABLE.assign(trials=0.5)),
        "Column 'trials', the parameter total_count, must be a whole number 0, 1, 2, …, got 0.5 "
        "(rows 1, 2, 3, 4, 5, …).",
    ),
}


@pytest.mark.filterwarnings("ignore:Columns that say nothing:UserWarning")
@pytest.mark.parametrize("case", FIT)
def test_fit(case: str):
    run, message = FIT[case]
    with pytest.raises((ll.DataError, ll.ConfigError)) as found:
        run()
    assert str(found.value) == message


def test_times_of_nothing_are_no_trouble():
    """Of a row that is censored at once nothing is known: its likelihood is 1."""
    model = quick(data={"target": TIMES, "features": ["a", "b"]}, distribution=SURVIVAL)
    early = TABLE.assign(time=changed(changed(POSITIVE, 1, 0.0), 3, 0.0))
    model.fit(early)
    np.testing.assert_array_equal(model.predict_dist(early[["a", "b"]])[:1].nll(ll.Interval([0.0], [np.inf])), [0.0])
