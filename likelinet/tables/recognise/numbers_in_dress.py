"""Numbers in dress: percent, currencies, units, thousands separators, suffixes like M, open ends like 10,000+."""

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelinet.core.wording import shown
from likelinet.tables.arrow import pa, pc
from likelinet.tables.cells import parse
from likelinet.tables.recognise.distinct import Distinct, distinct, first_cells, may_be_numbers
from likelinet.tables.recognise.dress import MARKS, SCALES, Dress, is_plain_text, parts_of, unit_of
from likelinet.tables.text import Text

_NO_UNITS = {"am", "pm", "a.m", "p.m", "st", "nd", "rd", "th"}  # 5 pm and 1st say something else
_PART = re.compile("/[0-9]$")  # a unit as in 4/5, of which all must be: 1/2 beside 1/1 are pairs, such as genes
_PHONE = 9  # digits from which numbers in groups, all as long, may be of telephones or accounts
_DOTTED, _PLAIN = 5, 2  # different numbers with points of thousands, and without, that tell them from decimal ones
_FEW = 1000  # different cells that are tried first
_MANY = 20  # different numbers whose middle says which ends of open ones are low and which high


@dataclass(frozen=True)
class Dressed:
    """A column of text as numbers.

    Parameters
    ----------
    numbers : ndarray
        NaN where a cell is missing or stray.
    stray : ndarray of bool
        Where a cell is text that is no such number.
    dress : Dress
        By which other cells of the column are read alike.
    words : str
        How it was read, with an example.
    """

    numbers: np.ndarray
    stray: np.ndarray
    dress: Dress
    words: str


def numbers_in_dress(text: Text, agree: float = 1.0) -> Dressed | None:
    """Return a column as numbers if its cells are dressed alike; None if they are not, or are plain numbers.

    Parameters
    ----------
    text : Text
        The column.
    agree : float
        Share of the cells which are not missing that must be such numbers.
    """
    if not may_be_numbers(text, agree):
        return None
    few = parts_of(first_cells(text))["core"]
    if few.null_count > 2.0 * (1.0 - agree) * len(few):
        return None
    found = distinct(text)
    parts = parts_of(found.cells)
    rows = found.rows()
    dress = _dress_of(parts, rows, agree)
    if dress is None:
        return None
    each = dress.numbers(parts)
    fits = ~np.isnan(each)
    parts = {name: part.filter(fits) for name, part in parts.items()}
    if not _is_dressed(found, dress, parts) or not _is_safe(dress, parts, each[fits]):
        return None
    return Dressed(*found.read(each, np.nan), dress, _words(found, dress, parts, each))


def may_be_thousands(text: Text) -> bool:
    """Whether a point of any plain number may be one of thousands, as that of 1.250."""
    return bool(pc.any(pc.match_substring_regex(text.cells, r"^-?[1-9][0-9]{0,2}\.[0-9]{3}$")).as_py())


def thousands_by_points(text: Text) -> Dressed | None:
    """Return plain numbers, with text among them, as whole ones if their points can hardly be decimal ones.

    That is where all points have three digits behind and no zero before, and others have none: 950, 1.250, 12.500.
    """
    whole = r"^-?(?:0|[1-9][0-9]{0,2}(?:\.[0-9]{3})*)$"
    first = Text(first_cells(text))
    maybe = pc.all(pc.match_substring_regex(first[~parse(first).stray].cells, whole)).as_py()
    if not (maybe and pc.any(pc.match_substring(text.cells, ".")).as_py()):
        return None
    stray = parse(text).stray
    found = distinct(text[~stray])
    dotted = pc.match_substring(found.cells, ".")
    many = pc.sum(dotted).as_py() or 0
    if many < _DOTTED or len(found) < many + _PLAIN or not pc.all(pc.match_substring_regex(found.cells, whole)).as_py():
        return None
    dress, parts = Dress(".", ","), parts_of(found.cells)
    words = _words(found, dress, parts, dress.numbers(parts))
    return Dressed(dress.read(text).numbers, stray, dress, words)


def _dress_of(parts: dict[str, Any], rows: np.ndarray, agree: float) -> Dress | None:
    """Return the dress that such a share of the rows wears, if there is one."""
    scaled = _has_scales(parts)
    unit = _most(unit_of(parts["before"], "" if scaled else parts["after"]), rows)
    if unit in _NO_UNITS or not is_plain_text(unit):
        return None
    some, best, most = {name: part.slice(0, _FEW) for name, part in parts.items()}, None, 0.0
    few, least = rows[:_FEW], 1.0 - 2.0 * (1.0 - agree)
    for marks in MARKS:
        dress = Dress(marks.thousands, marks.decimal, unit, scaled)
        marked = np.asarray(pc.fill_null(pc.match_substring_regex(some["core"], marks.pattern), False))
        if most < 1.0 and few[marked].sum() / max(few.sum(), 1) >= least and _share(dress, some, few) >= least:
            share = _share(dress, parts, rows)
            best, most = (dress, share) if share > most else (best, most)
    if best is None or most < agree or (most < 1.0 and _PART.search(unit)):
        return None
    return _with_points(best, parts) if unit else best


def _share(dress: Dress, parts: dict[str, Any], rows: np.ndarray) -> float:
    """Return the share of the rows that wear a dress."""
    return rows[~np.isnan(dress.numbers(parts))].sum() / max(rows.sum(), 1)


def _has_scales(parts: dict[str, Any]) -> bool:
    """Whether all that stands behind numbers are powers of ten, and not a unit: 5 m may be metres, 19M are millions."""
    behind = pc.drop_null(pc.if_else(pc.equal(parts["after"], ""), None, parts["after"]))
    lower = set(pc.utf8_lower(behind).unique().to_pylist())
    together = pc.binary_join_element_wise(parts["gap"], parts["after"], "")
    sure = pc.any(pc.match_substring_regex(together, "^(?:[kKMBT]| ?[A-Za-z]{2,})$")).as_py()
    return bool(lower) and lower <= SCALES.keys() and bool(sure or len(lower) > 1)


def _most(units: Any, rows: np.ndarray) -> str:
    """Return the unit of most rows, "" if none has one."""
    each = pc.dictionary_encode(units)
    weight = np.bincount(np.asarray(pc.fill_null(each.indices, len(each.dictionary))), rows, len(each.dictionary) + 1)
    ranked = sorted(zip(-weight[:-1], each.dictionary.to_pylist(), strict=True))
    return next((unit for _, unit in ranked if unit), "")


def _with_points(dress: Dress, parts: dict[str, Any]) -> Dress:
    """Return a dress with points for thousands where all points have three digits behind, and whole numbers none."""
    if dress.thousands or dress.decimal != ".":
        return dress
    core = pc.drop_null(parts["core"])
    dotted = core.filter(pc.match_substring(core, "."))
    groups = pc.match_substring_regex(dotted, r"^[1-9][0-9]{0,2}\.[0-9]{3}$")
    if 3 <= len(dotted) < len(core) and pc.all(groups).as_py():
        return Dress(".", ",", dress.unit, dress.scaled)
    return dress


def _is_dressed(found: Distinct, dress: Dress, parts: dict[str, Any]) -> bool:
    """Whether numbers wear anything at all that Python's `float` does not take."""
    around = any(pc.any(pc.not_equal(parts[name], "")).as_py() for name in ("end", "more", "behind"))
    minus = pc.any(pc.match_substring_regex(found.cells, "[\u2212\u2013]")).as_py()
    return dress != Dress() or bool(around or minus)


def _is_safe(dress: Dress, parts: dict[str, Any], numbers: np.ndarray) -> bool:
    """Whether numbers are meant: no telephones, open ends at the ends, brackets beside plain numbers."""
    plus, behind, more = (np.asarray(pc.not_equal(parts[name], "")) for name in ("plus", "behind", "more"))
    if behind.all() or (plus.any() and not dress.unit and not (numbers < 0.0).any()):
        return False
    if dress.thousands in {" ", "'", "."} and not dress.unit:
        core = pc.replace_substring_regex(parts["core"], "[^0-9]", "")
        lengths = np.asarray(pc.utf8_length(core))
        if lengths.min() == lengths.max() >= _PHONE:
            return False
    end = parts["end"]
    below = np.asarray(pc.is_in(end, value_set=pa.array(["<", "≤"], end.type)))
    above = np.asarray(pc.is_in(end, value_set=pa.array([">", "≥"], end.type))) | (more & (2 * more.sum() < len(more)))
    rest = numbers[~below & ~above]
    if not (below.any() or above.any()):
        return True
    if len(rest) == 0:
        return False
    # Limits of detection differ from row to row, so that some lie among the numbers, but not above the middle of many.
    low, high = (np.median(rest),) * 2 if len(rest) >= _MANY else (rest.min(), rest.max())
    return bool((numbers[below] <= low).all() and (numbers[above] >= high).all())


def _words(found: Distinct, dress: Dress, parts: dict[str, Any], numbers: np.ndarray) -> str:
    """Return how numbers were read, with an example that shows it."""
    fits = (~np.isnan(numbers)).nonzero()[0]
    shows = pc.match_substring_regex(parts["core"], f"[{dress.thousands}]" if dress.thousands else "[1-9]")
    j = int(np.asarray(shows).argmax())
    i = int(fits[j])
    around = pc.binary_join_element_wise(parts["before"], "" if dress.scaled else parts["after"], "")[j].as_py()
    worn = [f"the unit '{around.strip() or dress.unit}'"] if dress.unit else []
    worn += ["thousands separators"] if dress.thousands else []
    worn += (
        ["decimal commas"]
        if pc.any(pc.match_substring(parts["core"], dress.decimal)).as_py() and dress.decimal == ","
        else []
    )
    worn += ["suffixes for powers of ten"] if dress.scaled else []
    worn += [
        what
        for name, what in (("more", "open ends"), ("end", "open ends"), ("behind", "negative ones as in accounts"))
        if pc.any(pc.not_equal(parts[name], "")).as_py()
    ]
    how = " and ".join([", ".join(worn[:-1]), worn[-1]] if len(worn) > 1 else worn or ["minus signs of typography"])
    both = (
        dress.thousands in (",", ".")
        and not np.isnan(replace(dress, thousands="", decimal=dress.thousands).numbers(parts)).any()
    )
    mark = {",": "comma", ".": "point"}.get(dress.thousands)
    example = f"'{shown(found.cells[i].as_py())}' is {numbers[i]:.15g}"
    return f"numbers with {how} ({example}{f', and not a decimal {mark}' if both else ''})"
