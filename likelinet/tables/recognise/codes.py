"""Codes: digits that are no numbers, such as postal codes and telephone numbers."""

import re
from typing import Any

import numpy as np

from likelinet.tables.arrow import pa, pc
from likelinet.tables.recognise.distinct import distinct, first_cells, whole_numbers
from likelinet.tables.text import Text

LONG = 9  # digits of which measurements would hardly come again
_FEW = 4  # rows for each different cell from which on they do
_PHONE = r"^\+[0-9]{7,15}$"
_POSTAL = re.compile(r"(?:^|[^a-z])(?:zip|zip_?code|post_?code|postal_?code|plz|postleitzahl)$")


def looks_like_code(column: np.ndarray | Text, name: str = "") -> str | None:
    """Return why digits look like a code rather than a number, in words, or None if they do not.

    Parameters
    ----------
    column : ndarray or Text
        The column.
    name : str
        What it is called; postal codes without leading zeros look like numbers otherwise.
    """
    if isinstance(column, np.ndarray):
        numbers = whole_numbers(column)
        if numbers is None or len(numbers) == 0:
            return None
        if numbers.min() >= 10 ** (LONG - 1):
            return looks_like_code(Text(pc.cast(pa.chunked_array([pa.array(numbers)]), pa.string())), name)
        return _as_postal(name) if numbers.min() >= 1000 and numbers.max() <= 999_999 and _is_postal(name) else None
    if not pc.all(pc.match_substring_regex(first_cells(column), r"^\+?[0-9]+$")).as_py():
        return None
    found = distinct(column)
    cells, rows = found.cells, int((found.codes >= 0).sum())
    if len(cells) == 0:
        return None
    if pc.all(pc.match_substring_regex(cells, _PHONE)).as_py():
        return "digits behind a plus sign, as telephone numbers have it"
    if not pc.all(pc.match_substring_regex(cells, "^[0-9]+$")).as_py():
        return None
    if pc.any(pc.match_substring_regex(cells, "^0[0-9]")).as_py():
        zero = cells.filter(pc.match_substring_regex(cells, "^0[0-9]"))[0].as_py()
        return f"digits with leading zeros, like {zero}"
    lengths = pc.utf8_length(cells)
    long, longest = (extreme.as_py() for extreme in pc.min_max(lengths).values())
    if long == longest >= LONG and _FEW * len(cells) <= rows and not _are_seconds(cells):
        return f"whole numbers of {long} digits that come again and again"
    if _is_postal(name) and pc.all(pc.is_in(lengths, value_set=pa.array([4, 5, 6], lengths.type))).as_py():
        return _as_postal(name)
    return None


def codes_with_letters(column: Text) -> str | None:
    """Return why mostly whole numbers that come again are codes, in words: some have a letter, as 136A beside 136."""
    found = distinct(column)
    rows = int((found.codes >= 0).sum())
    whole = np.asarray(pc.match_substring_regex(found.cells, "^[0-9]+$")).astype(bool)
    lettered = np.asarray(pc.match_substring_regex(found.cells, "^(?:[0-9]+[A-Za-z]|[A-Za-z][0-9]+)$")).astype(bool)
    if lettered.sum() < 2 or not (whole | lettered).all() or 3 * len(found) > 2 * rows:
        return None
    return f"whole numbers that come again, some with a letter, like {found.cells[int(lettered.argmax())].as_py()}"


def _are_seconds(cells: Any) -> bool:
    """Whether digits may be seconds or milliseconds since 1970, from 2001 to 2033."""
    return bool(pc.all(pc.match_substring_regex(cells, "^1[0-9]{9}(?:[0-9]{3})?$")).as_py())


def _is_postal(name: str) -> bool:
    return bool(_POSTAL.search(re.sub(r"[\s-]", "_", name.strip()).lower()))


def _as_postal(name: str) -> str:
    return f"whole numbers in a column called '{name}'"
