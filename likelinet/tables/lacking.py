"""Rows that are left out since their y is missing, or text where numbers are meant."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, counted, rows_of, shown
from likelinet.tables.marked import absent
from likelinet.tables.table import Table


@dataclass(frozen=True)
class Lacking:
    """Some rows that lack y, as a table or blocks of a stream have them.

    Parameters
    ----------
    many, text : int
        How many there are, and in how many of them y is text.
    rows, text_rows : tuple of int
        The positions of the first of both.
    word : str
        One of the texts.
    """

    many: int = 0
    text: int = 0
    rows: tuple[int, ...] = ()
    text_rows: tuple[int, ...] = ()
    word: str = ""

    @staticmethod
    def of(lacking: np.ndarray, table: Table, read: Table, names: Sequence[str]) -> "Lacking":
        """Return these rows of a table.

        Parameters
        ----------
        lacking : ndarray of bool
            Which ones.
        table, read : Table
            With y as it is written, and as it is read.
        names : sequence of str
            The columns of y in it, if there are any.
        """
        text, word = np.zeros(table.n, bool), ""
        for name in names if lacking.any() else ():
            cells = table.plain(name)
            strays = lacking & absent(read.plain(name)) & ~absent(cells)  # others lack another column of y
            word = word or (shown(str(cells[int(strays.argmax())])) if strays.any() else "")
            text |= strays
        rows, text_rows = (
            tuple(table.number_of(int(i)) - 1 for i in np.flatnonzero(m)[:SHOWN]) for m in (lacking, text)
        )
        return Lacking(int(lacking.sum()), int(text.sum()), rows, text_rows, word)

    def __add__(self, other: "Lacking") -> "Lacking":
        """Return these and others."""
        rows = tuple(sorted((*self.rows, *other.rows))[:SHOWN])
        text_rows = tuple(sorted((*self.text_rows, *other.text_rows))[:SHOWN])
        return Lacking(self.many + other.many, self.text + other.text, rows, text_rows, self.word or other.word)

    def note(self, what: str) -> None:
        """Warn of them, if there are any; `what` is how to call y."""
        if not self.many:
            return
        left_out = f"which {'is' if self.many == 1 else 'are'} left out"
        rows = f"in {counted(self.many, 'row')} ({_named(self.many, self.rows)}), {left_out}"
        if self.text == self.many:
            note(f"{what} is text {rows}: '{self.word}', say.")
        elif self.text:
            note(f"{what} is missing {rows}; it is text in {_named(self.text, self.text_rows)}: '{self.word}', say.")
        else:
            note(f"{what} is missing {rows}.")


def _named(many: int, first: tuple[int, ...]) -> str:
    return rows_of(np.ones(many, bool), np.array(first))
