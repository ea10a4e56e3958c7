"""`likelinet split`: a file into one to train on and one to test on."""

from pathlib import Path
from typing import Any

import click

from likelinet.cli.holdout import drawn, rows_in_words
from likelinet.cli.output import check_new, check_writable, replaced
from likelinet.config import DataConfig, ModelConfig, TrainingConfig
from likelinet.core.errors import DataError
from likelinet.core.wording import counted
from likelinet.tables.reading.contents import STDIN
from likelinet.tables.reading.files import is_text, rewritten
from likelinet.tables.reading.pieces import pieces
from likelinet.tables.table import read_table


def split_command(table: Path, share: float, outputs: tuple[Path, Path] | None, seed: int, **data: Any) -> None:
    """Write the rows that `fit --holdout` trains on to one file, and those that it holds out to another.

    `data` are the keys of `DataConfig` that say how.
    """
    if table == STDIN:
        raise DataError(
            "-: split copies the lines of a file, not those of standard input: save the table, and name it."
        )
    plain = Path(table.stem) if table.suffix.lower() in (".gz", ".bz2", ".zst", ".zip") else table
    paths = outputs or (Path(f"{plain.stem}.train{plain.suffix}"), Path(f"{plain.stem}.test{plain.suffix}"))
    if paths[0].resolve() == paths[1].resolve():
        raise DataError(f"{paths[0]}: both parts cannot go to one file; name two by -o.")
    for path in paths:
        check_new(path, "name two others by -o")
        check_writable(path)
    config = ModelConfig(data=DataConfig(**data), training=TrainingConfig(seed=seed))
    whole = read_table(table, config.data.header)
    mask = drawn(config, whole, share)
    if is_text(table):
        rows = pieces(table, config.data.header)
        _check(table, len(rows.ends), whole.n)
        parts = [rows.some(~mask), rows.some(mask)]
    else:
        parts = [rewritten(table, ~mask), rewritten(table, mask)]
    for path, part in zip(paths, parts, strict=True):
        with replaced(path) as new:
            new.write_bytes(part)
    click.echo(f"{paths[0]}: the other {counted(whole.n - int(mask.sum()), 'row')}.")
    click.echo(f"{paths[1]}: {rows_in_words(config, int(mask.sum()), whole.n)}.")


def _check(table: Path, found: int, rows: int) -> None:
    """Raise where lines and rows cannot be matched; empty rows at the end of a file are none of the table's."""
    if found < rows:
        read = counted(rows, "row")
        raise DataError(f"{table}: {read} can be read, but only {found} cut out; save the file once more.")
