"""The commands and their arguments; what a command does is imported when it runs, so that `--help` is quick."""

import json
import math
from pathlib import Path
from typing import Any

import click

from likelinet import __version__


class Numbers(click.ParamType):
    """Numbers, separated by commas."""

    name = "t,t,…"
    what = "numbers, like 10,20.5"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """Return the numbers as floats."""
        if isinstance(value, tuple):
            return value
        try:
            found = tuple(float(number) for number in value.split(","))
        except ValueError:
            found = ()
        if not found or not all(map(self.possible, found)):
            self.fail(f"'{value}' are not {self.what}", param, ctx)
        return found

    def possible(self, value: float) -> bool:
        """Whether a number may be meant."""
        return math.isfinite(value)


class Quantiles(Numbers):
    """Probabilities between 0 and 1, separated by commas."""

    name = "q,q,…"
    what = "probabilities between 0 and 1, like 0.05,0.5,0.95"

    def possible(self, value: float) -> bool:
        return 0.0 < value < 1.0


model_argument = click.argument("model", type=click.Path(path_type=Path))
table_argument = click.argument("table", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="TABLE...")
trust_option = click.option("--trust", metavar="MODULE:CLASS", help="Import this class, which the model file names.")
declared_argument = click.argument(
    "files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="[CONFIG] TABLE..."
)
target_option = click.option(
    "--target", multiple=True, metavar="NAME", help="Column to predict; several times for several outputs."
)
overrides_option = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key, like training.epochs=50."
)
share = click.FloatRange(0.0, 1.0, min_open=True, max_open=True)
output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write; standard output without it."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__)
def cli() -> None:
    """Fit networks whose outputs are probability distributions, and sample from what they predict."""


@cli.command()
@table_argument
@click.option("--target", multiple=True, required=True, metavar="NAME", help="Column to predict; or several.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("config.yaml"), show_default=True)
@click.option("--no-header", is_flag=True, help="The first line names no columns.")
def init(table: tuple[Path, ...], target: tuple[str, ...], output: Path, no_header: bool) -> None:
    """Write a config for a table, with a family that suits the target, and in comments what to try next."""
    from likelinet.cli.init import init_command

    init_command(table, target, output, not no_header)


@cli.command()
@declared_argument
@target_option
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("model.safetensors"), show_default=True)
@overrides_option
@click.option("--holdout", type=share, metavar="SHARE", help="Train on the other rows and score the model on these.")
@click.option(
    "--validation",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="TABLE",
    help="Rows by which the best epoch is chosen, instead of some of the training rows.",
)
@click.option("--quiet", is_flag=True, help="Print nothing, and show no progress bar.")
def fit(
    files: tuple[Path, ...],
    target: tuple[str, ...],
    output: Path,
    overrides: tuple[str, ...],
    holdout: float | None,
    validation: tuple[Path, ...],
    quiet: bool,
) -> None:
    """Fit the model that CONFIG declares to the rows of a table and write it.

    CONFIG is a file of YAML, TOML or JSON. With --target it may be left out: then all keys have their defaults, and the
    family is the one that `likelinet init` would write.

    \b
      likelinet fit config.yaml table.csv
      likelinet fit table.csv --target price --holdout 0.2

    --holdout 0.2 draws a fifth of the rows by the seed of the config (`training.seed`), or holds out whole groups or
    the last rows in time, as `data.groups` and `data.time` say. Their scores are printed beside those of a linear model
    and of one without inputs, both of the same family. `likelinet split` writes the same rows to files.
    """
    from likelinet.cli.fit import fit_command

    fit_command(files, target, output, overrides, holdout, validation, quiet)


@cli.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--holdout", type=share, default=0.2, show_default=True, metavar="SHARE", help="Of the rows to test on.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    nargs=2,
    metavar="TRAIN TEST",
    help="Files to write; without it, table.csv goes to table.train.csv and table.test.csv.",
)
@click.option("--groups", metavar="NAME", help="Column whose values are groups that stay together.")
@click.option("--time", metavar="NAME", help="Column with a time: the last rows are those to test on.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same rows.")
@click.option("--no-header", is_flag=True, help="The first line names no columns.")
def split(
    table: Path,
    holdout: float,
    output: tuple[Path, Path] | None,
    groups: str | None,
    time: str | None,
    seed: int,
    no_header: bool,
) -> None:
    """Write the rows of a table to two files, one to train on and one to test on.

    The rows are those of `likelinet fit --holdout` under the same seed. Lines of text stay as they are, byte for byte.
    """
    from likelinet.cli.split import split_command

    split_command(table, holdout, output, seed, groups=groups, time=time, header=not no_header)


@cli.command()
@model_argument
@table_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@trust_option
def evaluate(model: Path, table: tuple[Path, ...], as_json: bool, trust: str | None) -> None:
    """Print metrics of a model on the rows of a table that holds the target."""
    from likelinet.cli.output import metrics_table
    from likelinet.model.model import Model
    from likelinet.tables.table import read_table

    fitted = Model.load(model, trust=trust)
    scores = fitted.evaluate(read_table(table, fitted.config.data.header))
    valid = {name: value if math.isfinite(value) else None for name, value in scores.items()}  # JSON has no NaN
    click.echo(json.dumps(valid) if as_json else metrics_table({"": scores}))


@cli.command()
@declared_argument
@target_option
@click.option("--families", required=True, metavar="LIST", help="Kinds like gaussian,student_t; see below.")
@click.option(
    "--folds", type=click.IntRange(min=2), default=5, show_default=True, help="Parts of the cross-validation."
)
@overrides_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(
    files: tuple[Path, ...],
    target: tuple[str, ...],
    families: str,
    folds: int,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Compare families by the log score of held-out rows, each in place of the distribution of CONFIG.

    LIST is a list in YAML without its outer brackets: kinds with their defaults, mappings as a config has them under
    `distribution`, and the word `config` for its own one:

    \b
      --families gaussian,student_t,config
      --families "poisson, {kind: discretised, base: {kind: log_normal}}"

    A kind by itself takes over `exposure`, `total_count` and `levels` from CONFIG; a mapping is taken as it is. All
    have the same features: where data.features is null, no column that any of them or CONFIG reads as something else.

    All are scored on the same folds, drawn by the seed of the config, of whole groups by `data.groups`; by `data.time`
    each fold is predicted from the rows before it. Where the target is censored, so is each family. With --target,
    CONFIG may be left out.
    """
    from likelinet.cli.compare import compare_command

    compare_command(files, target, families, folds, overrides, as_json)


@cli.command()
@model_argument
@table_argument
@output_option
@click.option("--quantiles", type=Quantiles(), default=(0.05, 0.5, 0.95), help="Default: 0.05,0.5,0.95")
@click.option("--above", type=Numbers(), default=(), help="Numbers t, to add the probability of y > t.")
@click.option("--keep", multiple=True, metavar="NAME,…", help="Columns of the table to write before the predictions.")
@click.option("--parameters", is_flag=True, help="Add the parameters of the distributions.")
@trust_option
def predict(
    model: Path,
    table: tuple[Path, ...],
    output: Path | None,
    quantiles: tuple[float, ...],
    above: tuple[float, ...],
    keep: tuple[str, ...],
    parameters: bool,
    trust: str | None,
) -> None:
    """Write mean and quantiles of each row, or the probability of each class.

    The ending of the output says how: .jsonl for a line of JSON for each row, .parquet, and CSV for everything else.
    """
    from likelinet.cli.output import check_output, write_rows
    from likelinet.cli.predict import kept_names, prediction_rows
    from likelinet.model.model import Model
    from likelinet.tables.table import read_table

    check_output(output, model, *table)
    fitted = Model.load(model, trust=trust)
    rows = read_table(table, fitted.config.data.header)
    write_rows(output, *prediction_rows(fitted, rows, quantiles, above, kept_names(keep, rows), parameters))


@cli.command()
@model_argument
@table_argument
@output_option
@click.option("-n", "number", type=click.IntRange(min=1), default=1, show_default=True, help="Draws per row.")
@click.option("--seed", type=click.IntRange(min=0), help="Same seed, same draws.")
@trust_option
def sample(
    model: Path, table: tuple[Path, ...], output: Path | None, number: int, seed: int | None, trust: str | None
) -> None:
    """Write draws y ~ P(y | x): a line for each row, a column for each draw; as CSV, .jsonl or .parquet."""
    from likelinet.cli.output import check_output, write_rows
    from likelinet.cli.predict import sample_rows
    from likelinet.model.model import Model
    from likelinet.tables.table import read_table

    check_output(output, model, *table)
    fitted = Model.load(model, trust=trust)
    write_rows(output, *sample_rows(fitted, read_table(table, fitted.config.data.header), number, seed))


@cli.command()
@model_argument
@table_argument
@output_option
@trust_option
def encode(model: Path, table: tuple[Path, ...], output: Path | None, trust: str | None) -> None:
    """Write the code of each row as CSV, by the network of an autoencoder."""
    from likelinet.cli.output import check_output, write_rows
    from likelinet.cli.predict import code_rows
    from likelinet.model.model import Model
    from likelinet.tables.table import read_table

    check_output(output, model, *table)
    fitted = Model.load(model, trust=trust)
    write_rows(output, *code_rows(fitted, read_table(table, fitted.config.data.header)))


@cli.command()
@model_argument
@output_option
@click.option("-n", "number", type=click.IntRange(min=1), default=1, show_default=True, help="How many rows.")
@click.option("--seed", type=click.IntRange(min=0), help="Same seed, same rows.")
@trust_option
def generate(model: Path, output: Path | None, number: int, seed: int | None, trust: str | None) -> None:
    """Write new rows as CSV, from codes that are drawn from the prior of a variational autoencoder."""
    from likelinet.cli.output import check_output, write_rows
    from likelinet.cli.predict import generated_rows
    from likelinet.model.model import Model

    check_output(output, model)
    write_rows(output, *generated_rows(Model.load(model, trust=trust), number, seed))


@cli.command()
@model_argument
@table_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("picture.png"), show_default=True)
@trust_option
def plot(model: Path, table: tuple[Path, ...], output: Path, trust: str | None) -> None:
    """Draw predicted distributions against the observed targets in a table."""
    from likelinet.cli.draw import draw
    from likelinet.cli.output import check_output, save_figure
    from likelinet.model.model import Model
    from likelinet.tables.table import read_table

    check_output(output, model, *table)
    fitted = Model.load(model, trust=trust)
    save_figure(draw(fitted, read_table(table, fitted.config.data.header)), output)
    click.echo(f"Picture: {output}")


@cli.command()
@model_argument
@trust_option
def show(model: Path, trust: str | None) -> None:
    """Print the config, the number of parameters and the training history of a model."""
    from likelinet.cli.describe import describe
    from likelinet.model.model import Model

    click.echo(describe(Model.load(model, trust=trust)))


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the config."""
    from likelinet.config import ModelConfig

    click.echo(json.dumps(ModelConfig.model_json_schema(), indent=2))


@cli.command()
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
