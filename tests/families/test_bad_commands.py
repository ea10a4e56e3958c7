"""Bad input to families on the command line: the same sentence, exit code 2, and no model file."""

from typing import Any

import pytest

from tests.small import COLUMNS, edited, fit


def kind(text: str) -> str:
    return f"distribution={text}"


WITH_DAYS = {**COLUMNS, "days": [1.0] * 39 + [0.0]}
ON_THE_COMMAND_LINE: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "nesting": (
        COLUMNS,
        ["data.target=price", kind("{kind: censored, base: {kind: categorical}}")],
        "distribution: the base of 'censored' cannot be 'categorical', whose y is a class: choose a family of numbers.",
    ),
    "half a count": (
        edited("visits", 3, 1.5),
        ["data.target=visits", kind("{kind: hurdle, base: {kind: poisson}}")],
        "Target 'visits' has 1 row outside the support of 'hurdle' (row 3, for example 1.5): each value must be "
        "a whole number 0, 1, 2, ….",
    ),
    "bounds": (
        edited("price", 3, -5.0),
        ["data.target=price", kind("{kind: truncated, low: 0, base: {kind: gaussian}}")],
        "Target 'price' has 1 row outside the support of 'truncated' (row 3, for example -5): each value must be "
        "a finite number, from 0 as truncated.",
    ),
    "event": (
        COLUMNS,
        ["data.target={time: age, event: visits}", kind("{kind: censored, base: {kind: weibull}}")],
        "Column 'visits', the event, must be 1 where it was seen and 0 where not, got ",
    ),
    "lower above upper": (
        COLUMNS,
        ["data.target={lower: age, upper: price}", kind("{kind: censored, base: {kind: gaussian}}")],
        "Column 'age', the lower end, is above the upper one, 'price', as ",
    ),
    "exposure": (
        WITH_DAYS,
        ["data.target=visits", kind("{kind: poisson, exposure: days}")],
        "Column 'days', the exposure, must be a positive number, got 0 (row 40).",
    ),
    "trials": (
        {**COLUMNS, "trials": [0] * 40},
        ["data.target=visits", kind("{kind: binomial, total_count: {column: trials}}")],
        "that 'binomial' cannot give, whatever its parameters (rows ",
    ),
    "no order": (
        COLUMNS,
        ["data.target=sold", kind("{kind: ordered_logistic}")],
        "Target 'sold' has text for classes (no, yes), whose order is not known: list them from the lowest to the "
        "highest in distribution.levels.",
    ),
}


@pytest.mark.parametrize("case", ON_THE_COMMAND_LINE)
def test_on_the_command_line(case: str, tmp_path):
    columns, overrides, message = ON_THE_COMMAND_LINE[case]
    result = fit(tmp_path, *overrides, columns=columns)
    assert (result.code, result.out) == (2, "")
    (line,) = result.err.splitlines()
    assert line.startswith("likelinet: ")
    assert message in line
    assert not (tmp_path / "model.safetensors").exists()
