"""Codes: digits that are no numbers, such as postal codes and telephone numbers."""

import re

import numpy as np

from likelinet.tables.arrow import pa, pc
from likelinet.tables.recognise.distinct import distinct, first_cells
from likelinet.tables.text import Text

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
        whole = column.dtype.kind in "iu" and len(column) > 0
        postal = whole and column.min() >= 1000 and column.max() <= 999_999 and _is_postal(name)
        return _as_postal(name) if postal else None
    if not pc.all(pc.match_substring_regex(first_cells(column), r"^\+?[0-9]+$")).as_py():
        return None
    cells = distinct(column).cells
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
    if _is_postal(name) and pc.all(pc.is_in(lengths, value_set=pa.array([4, 5, 6], lengths.type))).as_py():
        return _as_postal(name)
    return None


def _is_postal(name: str) -> bool:
    return bool(_POSTAL.search(re.sub(r"[\s-]", "_", name.strip()).lower()))


def _as_postal(name: str) -> str:
    return f"whole numbers in a column called '{name}'"
