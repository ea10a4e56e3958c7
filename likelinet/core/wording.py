"""Words that error messages share: counts, rows, and the nearest of some names."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

SHOWN = 5  # how many cells or rows an error message names


def nearest(word: str, words: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" with the nearest of `words`, or the list of them where none is near."""
    words = sorted(words)
    close = difflib.get_close_matches(str(word), words, n=1, cutoff=0.5)
    return f" (did you mean '{close[0]}'?)" if close else f" (possible: {', '.join(words)})"


def counted(n: int, noun: str) -> str:
    """Return "1 row" or "2 rows"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def rows_of(where: Any, index: np.ndarray | None = None) -> str:
    """Return the numbers of the rows where a mask is true, counted from 1, the first few of them."""
    rows = where.nonzero()[0][:SHOWN]
    numbers = [str(i + 1) for i in (rows if index is None else index[rows])]
    return ("row " if where.sum() == 1 else "rows ") + ", ".join(numbers) + (", …" if where.sum() > SHOWN else "")


def snake_case(name: str) -> str:
    """Return JohnsonSU as johnson_su."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
