"""How the numbers of a column of text are written, by which later cells of the column are read."""

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from likelinet.core.fields import from_fields
from likelinet.tables.arrow import pc
from likelinet.tables.cells import Parsed
from likelinet.tables.recognise.dress import Dress, is_plain_text
from likelinet.tables.recognise.durations import FORMS, read_durations
from likelinet.tables.text import Text


@dataclass(frozen=True)
class Written:
    """How the numbers of a column of text are written.

    Parameters
    ----------
    dress : Dress, optional
        What they wear, if anything.
    form : str
        How durations are written, as `durations_in` names it; "" where there are none.
    words : str
        How a note calls them; "" for plain numbers.
    whole : bool
        Whether those with thousands are whole, so that a decimal mark with three digits behind it may be of thousands.
    decimal : bool
        Whether the points of plain ones are decimal, although some by themselves might be of thousands.
    """

    dress: Dress | None = None
    form: str = ""
    words: str = ""
    whole: bool = False
    decimal: bool = False

    def __post_init__(self) -> None:
        """Raise `ValueError` if numbers cannot be written so."""
        if (self.dress is not None) + bool(self.form) != bool(self.words):
            raise ValueError("expected either a dress or a form of durations, and words for it")
        if self.form and self.form not in FORMS:
            raise ValueError(f"there is no form {self.form!r} of durations")
        if not is_plain_text(self.words):
            raise ValueError("the words are too long, or have letters that cannot be written")

    def numbers(self, cells: Text, parsed: Parsed) -> np.ndarray:
        """Return other cells of the column, NaN where one is missing or something else.

        Plain numbers are such if they are the same without the unit, each by itself: what the others are is unknown
        where a block of a stream is read.
        """
        if self.form:
            numbers = read_durations(cells, self.form)[0]
            return np.where(np.isnan(numbers), parsed.numbers, numbers)
        if self.dress is None:
            return parsed.numbers
        numbers = self.dress.read(cells).numbers
        if self.dress.unit and (np.isnan(numbers) & ~np.isnan(parsed.numbers)).any():
            bare = replace(self.dress, unit="").read(cells).numbers
            numbers = np.where(np.isnan(numbers) & (bare == parsed.numbers), bare, numbers)
        if self.whole:
            by_other_mark = rf"^[^0-9]*[1-9][0-9]{{0,2}}[{self.dress.decimal}][0-9]{{3}}[^0-9]*$"
            either = pc.fill_null(pc.match_substring_regex(cells.cells, by_other_mark), False)
            numbers = np.where(np.asarray(either), np.nan, numbers)
        return numbers

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {name: value for name, value in asdict(self).items() if value}

    @staticmethod
    def from_json(data: Any) -> "Written":
        """Return what `to_json` wrote."""
        return from_fields(Written, data, "written", dress=partial(from_fields, Dress, what="dress"))
