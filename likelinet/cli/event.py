"""What is asked of y on the command line: events like "10 < y <= 20", and costs like under=5,over=1."""

import math
import re
from dataclasses import dataclass
from typing import Any

import click

# An operator, but for those within quotes.
_PARTS = re.compile(r"""("[^"]*"|'[^']*')|(<=|>=|==|!=|=|<|>)""")
_KNOWN = ("<", "<=", ">", ">=", "==")
_LIKE = 'write "y > 100", "10 < y <= 20" or "y == 3"'


@dataclass(frozen=True)
class Event:
    """A comparison of y with something, or with two ends of a range.

    Parameters
    ----------
    operands : tuple of str
        What stands beside the operators, two or three; which of them is y depends on how the model calls it.
    operators : tuple of str
        One of < <= > >= == between each.
    """

    operands: tuple[str, ...]
    operators: tuple[str, ...]

    def __str__(self) -> str:
        rest = (f" {op} {end}" for op, end in zip(self.operators, self.operands[1:], strict=True))
        return self.operands[0] + "".join(rest)


class EventType(click.ParamType):
    """An event of y."""

    name = "event"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Event:
        """Return the event that a text describes."""
        if isinstance(value, Event):
            return value
        parts = _parts(value)
        event = Event(tuple(parts[0::2]), tuple(parts[1::2]))
        for op in event.operators:
            if op not in _KNOWN:
                self.fail(f"'{value}': {op} is none of {' '.join(_KNOWN)}; {_LIKE}", param, ctx)
        if not 1 <= len(event.operators) <= 2:
            self.fail(f"'{value}' is no event; {_LIKE}", param, ctx)
        if "" in event.operands:
            self.fail(f"'{value}': something is missing beside {event.operators[-1]}; {_LIKE}", param, ctx)
        one, *other = event.operators
        if other and (one == "==" or one[0] != other[0][0]):
            self.fail(f"'{value}': the ends of a range stand in order, like 10 < y <= 20", param, ctx)
        return event


def _parts(text: str) -> list[str]:
    """Return operands and the operators between them.

    After == comes a label, which may be one like >50K; quotes around an operand keep whatever is in it.
    """
    parts, at = [], 0
    for found in _PARTS.finditer(text):
        if (op := found[2]) is not None:
            parts += [text[at : found.start()], op]
            at = found.end()
            if op == "==" and len(parts) == 2 and "==" not in text[at:]:
                break
    return [_unquoted(part.strip()) for part in [*parts, text[at:]]]


def _unquoted(operand: str) -> str:
    quoted = len(operand) > 2 and operand[0] == operand[-1] and operand[0] in "\"'"
    return operand[1:-1] if quoted else operand


class CostType(click.ParamType):
    """What each unit of y too few and too many costs."""

    name = "under=…,over=…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Return the two costs."""
        if isinstance(value, tuple):
            return value
        pairs = [pair.partition("=") for pair in value.split(",")]
        costs = {key.strip(): cost for key, _, cost in pairs}
        if sorted(key.strip() for key, _, _ in pairs) != ["over", "under"]:
            self.fail(f"'{value}' must be like under=5,over=1: what a unit too few costs, and one too many", param, ctx)
        for key, cost in costs.items():
            if (number := as_number(cost)) is None or number <= 0.0:
                self.fail(f"'{value}': {key} must be a number above 0, not '{cost.strip()}'", param, ctx)
        return float(costs["under"]), float(costs["over"])


def as_number(text: str) -> float | None:
    """Return a finite number, or None for what is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
