"""Rows of a stream that are left out of training since their y is missing, or text where numbers are meant."""

from dataclasses import dataclass

import numpy as np

from likelinet.config import DataConfig
from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, counted, rows_of, shown
from likelinet.tables.marked import absent
from likelinet.tables.rows import has_weight, target_names, with_numbers, without_y
from likelinet.tables.table import Table


@dataclass(frozen=True)
class Lacking:
    """Some rows that lack y.

    Parameters
    ----------
    missing, text : int
        How many have none, and how many have text.
    rows : tuple of int
        The positions of the first of them.
    word : str
        One of the texts.
    """

    missing: int = 0
    text: int = 0
    rows: tuple[int, ...] = ()
    word: str = ""

    def __add__(self, other: "Lacking") -> "Lacking":
        """Return these and others."""
        rows = tuple(sorted((*self.rows, *other.rows))[:SHOWN])
        return Lacking(self.missing + other.missing, self.text + other.text, rows, self.word or other.word)

    def note(self, what: str) -> None:
        """Warn of them, if there are any; `what` is how to call y."""
        if many := self.missing + self.text:
            how = "text" if not self.missing else "missing or text" if self.text else "missing"
            where = rows_of(np.ones(many, bool), np.array(self.rows))
            left_out = f"which {'is' if many == 1 else 'are'} left out"
            more = f": '{self.word}', say" if self.text else ""
            note(f"Of the whole stream, {what} is {how} in {counted(many, 'row')} ({where}), {left_out}{more}.")


def lacking_in(table: Table, read: Table, data: DataConfig, labels: bool) -> Lacking:
    """Return the rows of a table that have a weight, but no y in the columns that `data.target` names.

    `table` has y as it is written, and `read` as the stream's sample is read.
    """
    read = read if labels else with_numbers(read, data)
    without = without_y(read, data, labels) & has_weight(table, data)
    text, word = np.zeros(table.n, bool), ""
    for name in target_names(data) if without.any() else ():
        cells = table.plain(name)
        strays = without & absent(read.plain(name)) & ~absent(cells)
        word = word or (shown(str(cells[int(strays.argmax())])) if strays.any() else "")
        text |= strays
    rows = [table.number_of(int(i)) - 1 for i in without.nonzero()[0][:SHOWN]]
    return Lacking(int(without.sum() - text.sum()), int(text.sum()), tuple(rows), word)
