"""How the numbers of a column are dressed: marks between digits, a unit, suffixes like M; and cells without it."""

from dataclasses import dataclass
from typing import Any
from unicodedata import category

import numpy as np

from likelinet.tables.arrow import pa, pc
from likelinet.tables.cells import Parsed
from likelinet.tables.recognise.distinct import distinct
from likelinet.tables.text import Text

_LONGEST = 1000  # letters of a unit, or of words
# Powers of ten that stand behind a number, in lower case.
SCALES = {
    **dict.fromkeys(("k", "tsd", "thousand"), "e3"),
    **dict.fromkeys(("lakh", "lakhs"), "e5"),
    **dict.fromkeys(("m", "mn", "mio", "mln", "million", "millions"), "e6"),
    **dict.fromkeys(("crore", "crores"), "e7"),
    **dict.fromkeys(("b", "bn", "billion", "billions"), "e9"),
    "kb": "e3",
    "mb": "e6",
    "gb": "e9",
    "tb": "e12",
    **dict.fromkeys(("t", "tn", "trillion", "trillions"), "e12"),
}
_CODES = "USD|EUR|GBP|JPY|INR|CHF|CAD|AUD|NZD|CNY|HKD|SGD|SEK|NOK|DKK|PLN|CZK|HUF|RUB|TRY|BRL|MXN|ZAR|KRW"
_CURRENCY = rf"(?i:[a-z]{{0,3}}[$€£¥₹₽₩₺₫₪฿₱₦]|{_CODES}|Rs\.?|Fr\.?|kr\.?)"
_NUMBER = (
    rf"^(?P<end>[<>≤≥]?) ?(?P<sign>[-+]?) ?(?P<before>{_CURRENCY})? ?(?P<minus>-?)"
    r"(?P<core>[0-9](?:[0-9.,' ]*[0-9])?[.,]?|[.,][0-9]+)(?P<power>[eE][-+]?[0-9]+)?"
    r"(?P<gap> ?)(?P<after>(?:[^-0-9 +.,'()<>:;#=][^0-9+()<>:;#=]{0,15}[0-9]?)?)(?P<more> ?\+?)$"
)
_BLANKS, _MINUS, _BRACKETS = "[\u00a0\u2007\u2009\u202f]", "[\u2212\u2013]", r"^([^0-9()]*)\(([^()]+)\)$"


@dataclass(frozen=True)
class Marks:
    """Between digits: the thousands separator, "" for none, and the decimal mark."""

    thousands: str = ""
    decimal: str = "."

    @property
    def pattern(self) -> str:
        """The regular expression (RE2) of numbers with them; leading zeros are none, and commas may be as in India."""
        sizes = "2,3" if self.thousands == "," else "3"
        by = f"[{self.thousands}]"
        grouped = (
            f"(?:[1-9][0-9]{{0,2}}(?:{by}[0-9]{{{sizes}}})*{by}[0-9]{{3}}|0+(?:{by}000)+)|" if self.thousands else ""
        )
        return f"^(?:(?:{grouped}0+|[1-9][0-9]*)(?:[{self.decimal}][0-9]*)?|[{self.decimal}][0-9]+)$"


# In the order in which they are tried: 1,250 alone is a thousand and more.
MARKS = [Marks(t, d) for d in ".," for t in ("", ",", ".", " ", "'") if t != d]


@dataclass(frozen=True)
class Dress:
    """What all numbers of a column wear, in plain data.

    Parameters
    ----------
    thousands, decimal : str
        Marks between digits.
    unit : str
        What stands around each number, as `unit_of` spells it; a bare 0 needs none.
    scaled : bool
        Whether suffixes stand for powers of ten.
    """

    thousands: str = ""
    decimal: str = "."
    unit: str = ""
    scaled: bool = False

    def __post_init__(self) -> None:
        """Raise `ValueError` if no numbers wear it."""
        if Marks(self.thousands, self.decimal) not in MARKS:
            raise ValueError(f"no numbers have the marks {self.thousands!r} and {self.decimal!r}")
        if not is_plain_text(self.unit):
            raise ValueError("the unit is too long, or has letters that cannot be written")

    def read(self, text: Text) -> Parsed:
        """Return the cells of a column as numbers."""
        found = distinct(text)
        numbers, stray = found.read(self.numbers(parts_of(found.cells)), np.nan)
        return Parsed(numbers, found.codes < 0, stray)

    def numbers(self, parts: dict[str, Any]) -> np.ndarray:
        """Return numbers from their parts, NaN where they wear something else."""
        core, power, after = parts["core"], parts["power"], pc.utf8_lower(parts["after"])
        worn = pc.match_substring_regex(core, Marks(self.thousands, self.decimal).pattern)
        worn = pc.and_(worn, pc.less(pc.utf8_length(parts["minus"]), 2))  # what (-5) means nobody knows
        if self.scaled:
            known = pa.array([*SCALES], after.type)
            at = pc.index_in(after, value_set=known)
            scale = pc.fill_null(pa.array([*SCALES.values()], after.type).take(at), "")
            worn = pc.and_(worn, pc.or_(pc.equal(after, ""), pc.and_(pc.is_valid(at), pc.equal(power, ""))))
            power = pc.binary_join_element_wise(power, scale, "")
            unit = unit_of(parts["before"], "")
        else:
            unit = unit_of(parts["before"], after)
        bare = pc.and_(pc.equal(unit, ""), pc.match_substring_regex(core, "^[0.,]+$"))
        worn = pc.and_(worn, pc.or_(pc.equal(unit, self.unit), bare))
        digits = pc.replace_substring(core, self.thousands, "") if self.thousands else core
        digits = pc.replace_substring(digits, self.decimal, ".")
        spelled = pc.binary_join_element_wise(parts["minus"], digits, power, "")
        numbers = pc.cast(pc.if_else(worn, spelled, pa.scalar(None, spelled.type)), pa.float64())
        return np.asarray(pc.fill_null(numbers, np.nan)) + 0.0  # without a negative zero


def is_plain_text(text: str) -> bool:
    """Whether text, which a file may hold, is short, with no control character nor half of a letter."""
    return len(text) <= _LONGEST and not any(category(letter) in {"Cc", "Cs"} for letter in text)


def parts_of(cells: Any) -> dict[str, Any]:
    """Return the parts of dressed numbers by name, each an array of strings, which are null where a cell is no number.

    `core` are the digits with their marks, `power` as in 1e6, `before` and `after` what stands around, `gap` a blank
    before that, `end` < or >, `more` a +, `plus` and `minus` the sign, and `behind` says where a negative one is
    written as in accounts: in brackets, or with the sign at its end.
    """
    short = pc.cast(cells, pa.string())  # for which there are all kernels
    tidy = pc.replace_substring_regex(pc.replace_substring_regex(short, _BLANKS, " "), _MINUS, "-")
    tidy = pc.replace_substring(tidy, "\u2019", "'")
    inner = pc.replace_substring_regex(tidy, _BRACKETS, r"-\1\2")
    inner = pc.replace_substring_regex(inner, "^([0-9][0-9.,' ]*)-$", r"-\1")
    found = pc.extract_regex(inner, _NUMBER)
    parts = {name: pc.struct_field(found, name) for name in ("core", "power", "before", "after", "gap", "end", "more")}
    sign, minus = pc.struct_field(found, "sign"), pc.struct_field(found, "minus")
    parts["plus"] = pc.replace_substring(sign, "-", "")
    parts["minus"] = pc.binary_join_element_wise(pc.replace_substring(sign, "+", ""), minus, "")
    parts["behind"] = pc.if_else(pc.equal(inner, tidy), "", "()")
    return parts


def unit_of(before: Any, after: Any) -> Any:
    """Return what stands around numbers in one spelling: in lower case, without a full stop or the s of a plural."""
    both = pc.utf8_lower(pc.binary_join_element_wise(before, after, ""))
    return pc.replace_substring_regex(pc.utf8_rtrim(both, ". "), "^([a-z]{2,})s$", r"\1")
