"""Decimal commas, where a file has them and nothing speaks for thousands."""

from pathlib import Path

import numpy as np

from likelinet.core.notes import note
from likelinet.core.wording import SHOWN
from likelinet.tables.arrow import pc
from likelinet.tables.cells import MISSING, NUMBER
from likelinet.tables.text import Text

COMMA = r"[-+]?[0-9]*,[0-9]+(?:[eE][-+]?[0-9]+)?"
_MAYBE_THOUSANDS = r"[-+]?[1-9][0-9]{0,2},[0-9]{3}"


def with_points(path: Path, columns: dict[str, Text], plain: bool) -> dict[str, Text]:
    """Return columns with points for decimal commas; a note names those columns, unless it is plain anyway.

    They are decimal commas if all cells of a column are whole numbers or have one, at least one cell of the file cannot
    be meant with thousands separators, and no column has decimal points.
    """
    found = {name: column for name, column in columns.items() if _may_be_decimal(column)}
    certain = any((c.matches(COMMA) & ~c.matches(_MAYBE_THOUSANDS)).any() for c in found.values())
    if not certain or any(_has_points(c) for name, c in columns.items() if name not in found):
        return columns
    if not plain:
        some = ", ".join(list(found)[:SHOWN]) + (", …" if len(found) > SHOWN else "")
        note(f"{path}: the commas in {some} are read as decimal commas.")
    return columns | {name: Text(pc.replace_substring(c.cells, ",", ".")) for name, c in found.items()}


def _may_be_decimal(column: Text) -> bool:
    """Whether all cells are numbers, some with a comma and none with a point, or missing."""
    if not pc.any(pc.match_substring(column.cells, ",")).as_py():
        return False
    comma = column.matches(COMMA)
    return bool(comma.any() and (comma | column.matches("[-+]?[0-9]+") | _missing(column)).all())


def _has_points(column: Text) -> bool:
    """Whether a column has numbers alone, and decimal points in them."""
    if not pc.any(pc.match_substring(column.cells, ".")).as_py():
        return False
    return bool((column.matches(NUMBER) | _missing(column)).all())


def _missing(column: Text) -> np.ndarray:
    return column.lowered().codes(sorted(MISSING)) >= 0
