"""The files that a model was trained on, by which scores of their rows are told from those of new ones."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from likelinet.core.fields import from_fields
from likelinet.core.notes import note
from likelinet.core.wording import counted
from likelinet.tables.table import Table


@dataclass(frozen=True)
class Source:
    """Where the rows come from that a model was trained on.

    Parameters
    ----------
    rows : int
        How many there were.
    files : tuple of Path
        The files of the table; none of a table that was in memory.
    written : tuple of str, optional
        The digests, where a model file has them.
    """

    rows: int
    files: tuple[Path, ...] = ()
    written: tuple[str, ...] | None = None

    @staticmethod
    def of(table: Table) -> "Source":
        """Return where the rows of a table come from."""
        return Source(table.n, table.files)

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """The SHA-256 of each file, sorted, read when they are asked for; none where a file is gone or was a pipe."""
        if self.written is None:
            with suppress(OSError):
                if all(path.is_file() for path in self.files):
                    return tuple(sorted(map(_digest, self.files)))
        return self.written or ()

    def note_seen(self, table: Table, rows: Table) -> None:
        """Warn where a table, of which some rows count, is that of which the model has seen a part."""
        if not table.files or table.index is not None or self.rows >= rows.n or not self.digests:
            return
        if self.digests == Source.of(table).digests:
            note(
                f"{', '.join(map(str, table.files))}: the model was trained on {self.rows} of these "
                f"{counted(rows.n, 'row')}, so the scores are better than those of new rows; `likelinet split` with "
                "the same share and seed writes the rows that were held out to a file."
            )

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"rows": self.rows, "written": list(self.digests)}

    @staticmethod
    def from_json(data: dict[str, Any] | None) -> "Source":
        """Return what `to_json` wrote; of a file without it nothing is known."""
        return Source(0) if data is None else from_fields(Source, data, "source", written=tuple)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
