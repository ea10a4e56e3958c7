"""How the numbers of a column of text are written, by which later cells of the column are read."""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from likelinet.core.fields import from_fields
from likelinet.tables.cells import parse
from likelinet.tables.recognise.dress import Dress, is_whole_text
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
    """

    dress: Dress | None = None
    form: str = ""
    words: str = ""

    def __post_init__(self) -> None:
        """Raise `ValueError` if numbers cannot be written so."""
        if (self.dress is not None) + bool(self.form) != bool(self.words):
            raise ValueError("expected either a dress or a form of durations, and words for it")
        if self.form and self.form not in FORMS:
            raise ValueError(f"there is no form {self.form!r} of durations")
        if not is_whole_text(self.words):
            raise ValueError("the words have half of a letter")

    def numbers(self, cells: Text) -> np.ndarray:
        """Return other cells of the column, NaN where one is missing or something else."""
        if self.form:
            return read_durations(cells, self.form)[0]
        return (parse(cells) if self.dress is None else self.dress.read(cells)).numbers

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        how = {"form": self.form} if self.dress is None else {"dress": asdict(self.dress)}
        return {**how, "words": self.words}

    @staticmethod
    def from_json(data: Any) -> "Written":
        """Return what `to_json` wrote."""
        return from_fields(Written, data, "written", dress=partial(from_fields, Dress, what="dress"))
