"""Text: a column of cells of any length, held by pyarrow, so that one long cell does not widen the others."""

from collections.abc import Iterable, Sequence
from typing import Any, overload

import numpy as np

from likelinet.core.errors import DataError
from likelinet.tables.arrow import pa, pc


class Text:
    """A column of text, "" where a cell is missing.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray
        Strings without nulls, and without blanks around them.
    declared : bool
        Whether a DataFrame says that they are text, so that digits are no numbers.
    """

    def __init__(self, cells: Any, declared: bool = False) -> None:
        self.cells, self.declared = cells, declared

    @staticmethod
    def of(values: Iterable[str]) -> "Text":
        """Return a column of Python's strings, without the blanks around them."""
        try:
            return Text(pa.chunked_array([pa.array([v.strip() for v in values], pa.string())]))
        except UnicodeEncodeError as error:
            raise DataError(f"A cell of text holds half a character ({error.reason}): correct it.") from None

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, rows: int) -> str: ...
    @overload
    def __getitem__(self, rows: slice | np.ndarray) -> "Text": ...
    def __getitem__(self, rows: int | slice | np.ndarray) -> "str | Text":
        """Return one cell, or the column of the rows of a slice, of a mask or of an array of positions."""
        match rows:
            case slice():
                start, stop, step = rows.indices(len(self))
                if step == 1:
                    return Text(self.cells.slice(start, max(stop - start, 0)), self.declared)
                return Text(self.cells.take(pa.array(np.arange(start, stop, step))), self.declared)
            case np.ndarray():
                at = rows.nonzero()[0] if rows.dtype == bool else rows
                low, high = (int(at.min()), int(at.max()) + 1) if len(at) else (0, 0)
                near = self.cells.slice(low, high - low)  # pyarrow may join all chunks to take a few rows
                return Text(near.take(pa.array(at - low)), self.declared)
        return self.cells[int(rows)].as_py()

    def tolist(self) -> list[str]:
        """Return the cells as Python's strings."""
        return self.cells.to_pylist()

    def longest(self) -> int:
        """Return the length of the longest cell, in bytes of UTF-8."""
        return pc.max(pc.binary_length(self.cells)).as_py() or 0

    def distinct(self) -> list[str]:
        """Return the different cells, sorted."""
        return sorted(self.cells.unique().to_pylist())

    def coded(self) -> tuple[np.ndarray, list[str]]:
        """Return the position of each cell among the different cells, -1 where it is missing, and these, sorted."""
        each = pc.dictionary_encode(self.cells).combine_chunks()
        found = each.dictionary.to_pylist() if len(self) else []
        levels = sorted(level for level in found if level)
        place = {level: j for j, level in enumerate(levels)}
        to = np.array([place.get(level, -1) for level in found], np.int32)
        return to[np.asarray(each.indices)] if len(self) else np.zeros(0, np.int32), levels

    def codes(self, levels: Sequence[str]) -> np.ndarray:
        """Return the position of each cell among the levels, -1 where it is none of them."""
        found = pc.index_in(self.cells, value_set=pa.array(levels, self.cells.type))
        return np.asarray(pc.fill_null(found, -1)).astype(np.intp)

    def lowered(self) -> "Text":
        """Return the cells in lower case."""
        return Text(pc.utf8_lower(self.cells))

    def matches(self, pattern: str) -> np.ndarray:
        """Return where a regular expression (RE2) describes all of a cell."""
        return np.asarray(pc.match_substring_regex(self.cells, f"^(?:{pattern})$")).astype(bool)
