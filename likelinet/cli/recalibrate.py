"""`likelinet recalibrate`: a model whose predictions are mapped by rows that it has not seen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from likelinet.cli.output import check_output, check_writable
from likelinet.core.notes import unnoted
from likelinet.core.wording import counted
from likelinet.model.model import Model
from likelinet.model.recalibration import check_declared
from likelinet.tables.table import read_table


def recalibrate_command(
    path: Path, files: Sequence[Path], output: Path, method: Literal["pit", "conformal"], trust: str | None
) -> None:
    """Recalibrate a model by the rows of a table, and save it under another name."""
    check_output(output, path, *files)
    check_writable(output)
    model = Model.load(path, trust=trust)
    check_declared(model.config, len(model.target_names))
    table = read_table(files, model.config.data.header)
    model.recalibrate(method, table)
    model.save(output)
    with unnoted():  # said already
        rows = len(model.observed(table).weight)
    click.echo(f"Recalibrated by {counted(rows, 'row')} ({method}). Model: {output}")
