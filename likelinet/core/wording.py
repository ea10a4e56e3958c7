"""Words that error messages share: counts, rows, and the nearest of some names."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from likelinet.core.errors import printable

_LONG = 60  # characters of a cell that an error message shows
SHOWN = 5  # how many cells or rows an error message names
_LARGE = 1e15  # from which on a number has an exponent
_NEAR = 1e-9  # relative distance from an end at which messages show it


def nearest(word: str, words: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" with the nearest of `words`, or the list of them where none is near."""
    words = sorted(words)
    close = close_to(word, words)
    return f" (did you mean '{close}'?)" if close is not None else f" (possible: {', '.join(words)})"


def close_to(word: str, words: Iterable[str]) -> str | None:
    """Return the one of `words` that may be meant: the same in another case, or one that is spelled alike."""
    lower = {w.casefold(): w for w in sorted(words)}
    close = difflib.get_close_matches(str(word).casefold(), lower, n=1, cutoff=0.5)
    return lower[close[0]] if close else None


def all_meant(missing: list[str], names: Iterable[str]) -> str:
    """Return " (did you mean 'x', 'y'?)" where each of several columns has one that may be meant."""
    close = [close_to(name, names) for name in missing]
    found = [f"'{name}'" for name in close if name is not None]
    return f" (did you mean {', '.join(found)}?)" if len(found) == len({*found}) == len(missing) else ""


def called(names: str, write: str = "") -> dict[str, str]:
    """Return other names, of a family say, each with what to write in its place where that is not all."""
    return dict.fromkeys(names.split(), write)


def counted(n: int, noun: str) -> str:
    """Return "1 row" or "2 rows"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def shown(cell: str, most: int = _LONG) -> str:
    """Return a cell as a message shows it: in one line, without control characters, and cut where it is long."""
    return printable(f"{cell[:most]}…" if len(cell) > most else cell).replace("\n", "\\n")


def value_shown(value: Any, most: int = _LONG) -> str:
    """Return any value as a message shows it: as Python writes it, but cut where it is long."""
    try:
        return shown(repr(value), most)
    except (RecursionError, ValueError):  # an integer of thousands of digits
        return f"a very long {type(value).__name__}"


def listed(words: Sequence[str], many: int | None = None) -> str:
    """Return the first few of some words, and how many more there are, of `many` where these are not all."""
    more = (len(words) if many is None else many) - SHOWN
    return ", ".join(words[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def ended(sentence: str) -> str:
    """Return a sentence with its full stop, but for one that ends in "…"."""
    return sentence if sentence.endswith("…") else f"{sentence}."


def in_brief(values: np.ndarray) -> str:
    """Return an array as the repr of what holds it shows it: four digits, few entries, in one line."""
    edge = 3 if values.ndim < 2 else 1
    text = np.array2string(values, precision=4, threshold=6, edgeitems=edge, max_line_width=10_000)
    return re.sub(r"\s*\n\s*", " ", text)


def rows_of(where: Any, index: np.ndarray | None = None) -> str:
    """Return the numbers of the rows where a mask is true, counted from 1, the first few of them."""
    rows = where.nonzero()[0][:SHOWN]
    numbers = [str(i + 1) for i in (rows if index is None else index[rows])]
    return ("row " if where.sum() == 1 else "rows ") + ", ".join(numbers) + (", …" if where.sum() > SHOWN else "")


def number(value: float, agrees: Callable[[float], bool]) -> str:
    """Return a number in few digits, or in as many as it takes until what they say agrees with what it is."""
    rounded = (f"{value:.{digits}g}" for digits in (6, 12))
    return next((text for text in rounded if agrees(float(text))), repr(float(value)))


def readable(value: float) -> str:
    """Return a number in about six digits, and large ones without an exponent as well."""
    text = f"{value:g}"
    return f"{value:.0f}" if "e+" in text and abs(value) < _LARGE else text


def range_in_words(low: float, high: float, closed: tuple[bool, bool]) -> str:
    """Return "above 0 and below 1", or "from 0 up to 1" where the ends belong to it; no end is shown past itself."""
    lower = f"{'from' if closed[0] else 'above'} {number(low, lambda v: 0.0 <= v - low <= _NEAR * abs(low))}"
    upper = f"{'up to' if closed[1] else 'below'} {number(high, lambda v: 0.0 <= high - v <= _NEAR * abs(high))}"
    if np.isinf(low) or np.isinf(high):
        return "" if np.isinf(low) and np.isinf(high) else upper if np.isinf(low) else lower
    return f"{lower} {upper}" if closed[1] else f"{lower} and {upper}"


def snake_case(name: str) -> str:
    """Return JohnsonSU as johnson_su."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
