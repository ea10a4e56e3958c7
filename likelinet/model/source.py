"""The files that a model was trained on, by which scores of their rows are told from those of new ones."""

import hashlib
import shlex
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import NonNegativeInt

from likelinet.config import ModelConfig
from likelinet.core.fields import each, from_fields
from likelinet.core.notes import note
from likelinet.core.wording import counted, number
from likelinet.tables.table import Table


@dataclass(frozen=True)
class Source:
    """Where the rows come from that a model was trained on.

    Parameters
    ----------
    rows : int
        How many there were, those without y among them.
    files : tuple of Path
        The files of the table; none of a table that was in memory.
    written : tuple of str, optional
        The digests, where a model file has them.
    earlier : tuple of Source, optional
        Of the tables from which a model went on to this one, as far as they were files.
    """

    rows: NonNegativeInt
    files: tuple[Path, ...] = ()
    written: tuple[str, ...] | None = None
    earlier: tuple["Source", ...] = ()

    @staticmethod
    def of(table: Table) -> "Source":
        """Return where the rows of a table come from."""
        return Source(table.n, table.files)

    def after(self, source: "Source") -> "Source":
        """Return this one of a model that has gone on from another; one of no file tells nothing."""
        if not self.files:
            return source
        known = (self.rows, self.digests)
        others = (s for s in source.each if s.digests and (s.rows, s.digests) != known)
        return replace(self, earlier=tuple(replace(s, earlier=()) for s in others))

    @property
    def each(self) -> tuple["Source", ...]:
        """The last one and the earlier ones."""
        return self, *self.earlier

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """The SHA-256 of each file, sorted, read when they are asked for; none where a file is gone or was a pipe."""
        if self.written is None:
            with suppress(OSError):
                if all(path.is_file() for path in self.files):
                    return tuple(sorted(map(_digest, self.files)))
        return self.written or ()

    def note_seen(self, table: Table, config: ModelConfig, so: str, was: str = "trained on") -> None:
        """Warn, and say what follows, where a table is that of which the model has seen all rows, or some of them."""
        sources = [source for source in self.each if 0 < source.rows <= table.n and source.digests]
        if not table.files or table.index is not None or not sources:
            return
        digests = Source.of(table).digests
        if of_it := [source.rows for source in sources if source.digests == digests]:
            rows = max(of_it)  # of a table of which the model has seen a part, and later all
            names = ", ".join(map(str, table.files))
            seen = f"{rows} of these {counted(table.n, 'row')}" if rows < table.n else "these very rows"
            rest = _rest(rows, table, config) if rows < table.n else "`likelinet split` holds some out"
            note(f"{names}: the model was {was} {seen}, so {so}; {rest}.")

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        data = {"rows": self.rows, "written": list(self.digests)}
        return {**data, "earlier": [source.to_json() for source in self.earlier]} if self.earlier else data

    @staticmethod
    def from_json(data: dict[str, Any] | None) -> "Source":
        """Return what `to_json` wrote; of a file without it nothing is known."""
        if data is None:
            return Source(0)
        written, earlier = each(lambda digest: digest), each(Source.from_json)
        return from_fields(
            Source, data, "source", written=lambda w: tuple(written(w)), earlier=lambda e: tuple(earlier(e))
        )


def _rest(rows: int, table: Table, config: ModelConfig) -> str:
    """Return how to come by the rows of a table that were held out, where so many were not."""
    file, *others = map(str, table.files)
    if others:
        return "`likelinet fit --holdout` prints those of the rows that it holds out"
    held, data = table.n - rows, config.data
    share = number(held / table.n, lambda v: abs(v * table.n - held) < 0.5)
    by = {"--groups": data.groups, "--time": data.time}
    more = [part for option, name in by.items() if name is not None for part in (option, name)]
    seed, header = str(config.training.seed), [] if data.header else ["--no-header"]
    command = shlex.join(["likelinet", "split", file, "--holdout", share, "--seed", seed, *more, *header])
    return f"`{command}` writes the others to a file of their own"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
