"""The commands that ask a model, with their arguments."""

import json
import math
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from likelinet.cli.event import CostType, Event, EventType
from likelinet.cli.options import (
    Numbers,
    Quantiles,
    model_argument,
    output_option,
    probability,
    stream_option,
    table_argument,
    trust_option,
)

if TYPE_CHECKING:
    from likelinet.cli.blocks import Predicted
    from likelinet.tables.table import Table


@click.command()
@model_argument
@table_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@stream_option
@trust_option
def evaluate(model: Path, table: tuple[Path, ...], as_json: bool, streamed: bool, trust: str | None) -> None:
    """Print metrics of a model on the rows of a table that holds the target."""
    from likelinet.cli.output import metrics_table
    from likelinet.cli.reading import read
    from likelinet.model.model import Model

    fitted = Model.load(model, trust=trust)
    scores = fitted.evaluate(read(table, fitted.config.data.header, streamed))
    valid = {name: value if math.isfinite(value) else None for name, value in scores.items()}  # JSON has no NaN
    click.echo(json.dumps(valid) if as_json else metrics_table({"": scores}))


@click.command()
@model_argument
@table_argument
@output_option
@click.option("--quantiles", type=Quantiles(), help="Default: 0.05,0.5,0.95")
@click.option("--above", type=Numbers(), default=(), help="Numbers t, to add the probability of y > t.")
@click.option("--prob", "events", type=EventType(), multiple=True, help='Add a probability, of "y > 100" for instance.')
@click.option(
    "--interval", "level", type=probability, metavar="P", help="Add the ends of a central interval, like 0.9."
)
@click.option(
    "--cost", "costs", type=CostType(), help="Add the best number, where a unit too few or too many costs so."
)
@click.option("--keep", multiple=True, metavar="NAME,…", help="Columns of the table to write before the predictions.")
@click.option("--parameters", is_flag=True, help="Add the parameters of the distributions.")
@stream_option
@trust_option
def predict(
    model: Path,
    table: tuple[Path, ...],
    output: Path | None,
    quantiles: tuple[float, ...] | None,
    above: tuple[float, ...],
    events: tuple[Event, ...],
    level: float | None,
    costs: tuple[float, float] | None,
    keep: tuple[str, ...],
    parameters: bool,
    streamed: bool,
    trust: str | None,
) -> None:
    """Write mean and quantiles of each row, or the probability of each class.

    The ending of the output says how: .csv, .tsv, .jsonl for a line of JSON for each row, or .parquet. In the last two,
    kept columns that hold numbers, true and false, or ISO dates, have these types; in text they are as they were read.
    """
    from likelinet.cli.blocks import write_blocks
    from likelinet.cli.formats import format_of
    from likelinet.cli.kept import kept_cells
    from likelinet.cli.predict import prediction_rows
    from likelinet.cli.reading import read
    from likelinet.core.gathered import also
    from likelinet.model.model import Model
    from likelinet.tables.table import Table

    form = format_of(output, model, *table)
    fitted = Model.load(model, trust=trust)
    given = read(table, fitted.config.data.header, streamed)
    typed = form.typed and isinstance(given, Table)  # a block does not tell what the text of all others is

    def rows_of(rows: "Table") -> "Predicted":
        with also(partial(fitted.predict_dist, rows)):  # which tells what is wrong with the table as well
            kept = kept_cells(keep, rows, typed)
        return prediction_rows(fitted, rows, quantiles, above, kept, parameters, events, level, costs)

    write_blocks(given, rows_of, partial(form.write, output))


@click.command()
@model_argument
@table_argument
@output_option
@click.option("-n", "number", type=click.IntRange(min=1), default=1, show_default=True, help="Draws per row.")
@click.option("--seed", type=click.IntRange(min=0), help="Same seed, same draws.")
@stream_option
@trust_option
def sample(
    model: Path,
    table: tuple[Path, ...],
    output: Path | None,
    number: int,
    seed: int | None,
    streamed: bool,
    trust: str | None,
) -> None:
    """Write draws y ~ P(y | x): a line for each row, a column for each draw; as .csv, .tsv, .jsonl or .parquet."""
    from likelinet.cli.blocks import write_blocks
    from likelinet.cli.formats import format_of
    from likelinet.cli.predict import sample_rows
    from likelinet.cli.reading import read
    from likelinet.model.model import Model
    from likelinet.tables.stream import seeds_of_blocks
    from likelinet.tables.table import Table

    form = format_of(output, model, *table)
    fitted = Model.load(model, trust=trust)
    given = read(table, fitted.config.data.header, streamed)
    seeds = repeat(seed) if isinstance(given, Table) else seeds_of_blocks(seed)
    write_blocks(given, lambda rows: sample_rows(fitted, rows, number, next(seeds)), partial(form.write, output))


@click.command()
@model_argument
@table_argument
@output_option
@trust_option
def encode(model: Path, table: tuple[Path, ...], output: Path | None, trust: str | None) -> None:
    """Write the code of each row, by the network of an autoencoder; as .csv, .tsv, .jsonl or .parquet."""
    from likelinet.cli.formats import format_of
    from likelinet.cli.predict import code_rows
    from likelinet.model.model import Model
    from likelinet.tables.table import read_table

    form = format_of(output, model, *table)
    fitted = Model.load(model, trust=trust)
    form.write(output, *code_rows(fitted, read_table(table, fitted.config.data.header)))


@click.command()
@model_argument
@output_option
@click.option("-n", "number", type=click.IntRange(min=1), default=1, show_default=True, help="How many rows.")
@click.option("--seed", type=click.IntRange(min=0), help="Same seed, same rows.")
@trust_option
def generate(model: Path, output: Path | None, number: int, seed: int | None, trust: str | None) -> None:
    """Write new rows from codes that are drawn from the prior of a variational autoencoder.

    As .csv, .tsv, .jsonl or .parquet, as the ending of the output says.
    """
    from likelinet.cli.formats import format_of
    from likelinet.cli.predict import generated_rows
    from likelinet.model.model import Model

    form = format_of(output, model)
    form.write(output, *generated_rows(Model.load(model, trust=trust), number, seed))


@click.command()
@model_argument
@table_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("picture.png"), show_default=True)
@trust_option
def plot(model: Path, table: tuple[Path, ...], output: Path, trust: str | None) -> None:
    """Draw predicted distributions against the observed targets in a table."""
    from likelinet.cli.draw import draw
    from likelinet.cli.output import check_picture, save_figure
    from likelinet.model.model import Model
    from likelinet.tables.table import read_table

    check_picture(output, model, *table)
    fitted = Model.load(model, trust=trust)
    save_figure(draw(fitted, read_table(table, fitted.config.data.header)), output)
    click.echo(f"Picture: {output}")


@click.command()
@model_argument
@table_argument
@click.option("--row", type=click.IntRange(min=1), required=True, help="Number of the row, counted from 1.")
@click.option("--others", type=click.IntRange(min=1), default=100, show_default=True, help="Rows to compare with.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same values.")
@trust_option
def explain(model: Path, table: tuple[Path, ...], row: int, others: int, seed: int, trust: str | None) -> None:
    """Print what moved the distribution of one row away from those of the other rows of a table.

    The values of all features sum to the location of the row less the mean location of the others, and likewise for the
    spread.
    """
    from likelinet.core.errors import DataError
    from likelinet.model.model import Model
    from likelinet.tables.table import read_table

    fitted = Model.load(model, trust=trust)
    read = read_table(table, fitted.config.data.header)
    if row > read.n:
        raise DataError(f"--row {row}: the table has {read.n} rows.")
    click.echo(str(fitted.explain(read, row - 1, rows=others, seed=seed)))


@click.command()
@model_argument
@table_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("report.html"), show_default=True)
@click.option(
    "--train",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="TABLE",
    help="Rows to fit the simpler models to; without it, to other rows of TABLE.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same report.")
@trust_option
def report(
    model: Path, table: tuple[Path, ...], output: Path, train: tuple[Path, ...], seed: int, trust: str | None
) -> None:
    """Write one HTML file with all that there is to see of a model on the rows of a table that holds the target.

    How columns are read, the family and why, learning curves, scores beside simpler models, calibration, importance of
    features for location and for spread, the worst rows, and how far the table is from that of training.
    """
    from likelinet.cli.output import check_output
    from likelinet.model.model import Model
    from likelinet.tables.table import read_table

    check_output(output, model, *table, *train)
    fitted = Model.load(model, trust=trust)
    header = fitted.config.data.header
    rows, others = read_table(table, header), read_table(train, header) if train else None
    click.echo(f"Report: {fitted.report(rows, path=output, train=others, seed=seed)}")


@click.command()
@model_argument
@table_argument
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("recalibrated.safetensors"), show_default=True
)
@click.option(
    "--method",
    type=click.Choice(["pit", "conformal"]),
    default="pit",
    show_default=True,
    help="By the shares of the rows in pieces of their distributions, or by ranks, which promise the coverage.",
)
@trust_option
def recalibrate(
    model: Path, table: tuple[Path, ...], output: Path, method: Literal["pit", "conformal"], trust: str | None
) -> None:
    """Write a model whose intervals hold as many y as they should, by rows that it was not trained on.

    It maps the cdf of all predictions of one continuous y by where the y of these rows lie in theirs. Take some hundred
    rows, neither those of training nor those to test on.
    """
    from likelinet.cli.recalibrate import recalibrate_command

    recalibrate_command(model, table, output, method, trust)


@click.command()
@model_argument
@trust_option
def show(model: Path, trust: str | None) -> None:
    """Print the config, the number of parameters and the training history of a model."""
    from likelinet.cli.describe import describe
    from likelinet.model.model import Model

    click.echo(describe(Model.load(model, trust=trust)))


@click.command()
def schema() -> None:
    """Print the JSON Schema of the config."""
    # What tests/snapshots/update.py has written: to make it takes longer than all else that is printed here.
    click.echo((Path(__file__).parents[1] / "config" / "schema.json").read_text(encoding="utf-8"), nl=False)


@click.command()
@click.argument(
    "name", type=click.Choice(["gaussian", "bernoulli", "categorical", "autoencoder", "vae"]), default="gaussian"
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("likelinet-demo"),
    show_default=True,
)
def demo(name: str, output: Path) -> None:
    """Fit a model to real data that scikit-learn ships, beside a simpler one, and sample from it.

    The model predicts by a family from a few features, or is a network through a code: an autoencoder of images of
    handwritten digits, or a variational one, which draws new ones.
    """
    from likelinet.cli.demo import run_demo

    run_demo(name, output)
