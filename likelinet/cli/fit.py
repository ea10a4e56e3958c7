"""`likelinet fit`: fit a model to a table and write it."""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from likelinet.cli.describe import summary
from likelinet.cli.output import check_writable
from likelinet.config import load_config
from likelinet.core.errors import NonFiniteError
from likelinet.model.model import Model
from likelinet.tables.table import read_csv


def fit_command(config: Path, table: Path, output: Path, overrides: Sequence[str], quiet: bool) -> None:
    """Fit and save; after Ctrl-C or a loss that is not finite, save the best model so far and pass the error on."""
    model, rows = Model(load_config(config, overrides)), read_csv(table)
    check_writable(output)
    began = time.perf_counter()
    try:
        model.fit(rows, progress=not quiet)
    except (KeyboardInterrupt, NonFiniteError) as cause:
        if model.fitted:
            model.save(output)
            click.echo(f"likelinet: training was cut short; the best model so far is in {output}.", err=True)
        raise cause
    model.save(output)
    if not quiet:
        click.echo(f"{summary(model)}, {time.perf_counter() - began:.1f} s. Model: {output}")
