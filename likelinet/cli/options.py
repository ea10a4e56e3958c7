"""Types and options that commands share."""

import math
import re
from pathlib import Path
from typing import Any, ClassVar

import click

STDOUT = Path("-")
CONFIGS = (".yaml", ".yml", ".toml", ".json")  # the endings by which a file is a config
TABLES = (".csv", ".tsv", ".parquet")  # and those that are no model's, which may have any other


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
        if twice := next((t for i, t in enumerate(found) if t in found[:i]), None):
            self.fail(f"'{value}' names {twice:g} twice", param, ctx)
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


class Processes(click.ParamType):
    """How many processes there are, or auto."""

    name = "n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text."""
        if value != "auto" and not (value.isdecimal() and int(value) > 0):
            self.fail(f"'{value}' is neither a number of processes, from 1 on, nor auto", param, ctx)
        return value


class Share(click.FloatRange):
    """A part of the rows."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the share as a float."""
        try:
            float(value)
        except ValueError:
            self.fail(f"'{value}' is no share of the rows; write 0.2 for a fifth", param, ctx)
        return super().convert(value, param, ctx)


class Seconds(click.ParamType):
    """A time, in seconds or with a unit."""

    name = "time"
    units: ClassVar[dict[str, float]] = {"": 1.0, "s": 1.0, "min": 60.0, "h": 3600.0}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        if isinstance(value, int | float):
            return float(value)
        found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*(s|min|h|)\s*", value)
        seconds = 0.0 if found is None else float(found[1]) * self.units[found[2]]
        if seconds <= 0.0:
            self.fail(f"'{value}' is no time; write 60s, 5min or 1h", param, ctx)
        return seconds


def _rows_to(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    """Return the file that rows go to; None for standard output, which "-" is as well."""
    return None if path == STDOUT else path


def _tables(context: click.Context, _argument: click.Parameter, paths: Any) -> Any:
    """Return the files of a table, unless one of them is another thing."""
    for path in paths if isinstance(paths, tuple) else (paths,):
        if path.suffix.lower() in CONFIGS:
            of_json = "JSON, as of a config, and no table (rows are read from CSV or Parquet)"
            raise _out_of_order(context, path, of_json if path.suffix.lower() == ".json" else "a config, no table")
        if path.suffix.lower() == ".safetensors":
            raise _out_of_order(context, path, "a model, no table")
    return paths


def _model(context: click.Context, _argument: click.Parameter, path: Path) -> Path:
    """Return the file of a model, unless it is another thing."""
    if path.suffix.lower() in (*CONFIGS, *TABLES):
        raise _out_of_order(context, path, f"a {'config' if path.suffix.lower() in CONFIGS else 'table'}, no model")
    return path


def _out_of_order(context: click.Context, path: Path, what: str) -> click.UsageError:
    """Return the error of an argument that is something else, with all in their order."""
    named = " --config CONFIG" if any(p.name == "config" for p in context.command.params) else ""
    order = " ".join([context.command_path, *context.command.collect_usage_pieces(context)])
    return click.UsageError(f"{path} is {what}: write {order}{named}", context)


a_path = click.Path(path_type=Path)
model_argument = click.argument("model", type=a_path, callback=_model)
table_argument = click.argument("table", type=a_path, nargs=-1, required=True, metavar="TABLE...", callback=_tables)
one_table_argument = click.argument("table", type=a_path, callback=_tables)
trust_option = click.option("--trust", metavar="MODULE:CLASS", help="Import this class, which the model file names.")
declared_argument = click.argument("files", type=click.Path(path_type=Path), nargs=-1, metavar="[CONFIG] TABLE...")
target_option = click.option(
    "--target",
    multiple=True,
    metavar="NAME",
    help="Column to predict; a,b for several outputs, or {time: NAME, event: NAME}.",
)
stream_option = click.option(
    "--stream", "streamed", is_flag=True, help="Read the table some rows at a time; folders and addresses always are."
)
overrides_option = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key, like training.epochs=50."
)
share = Share(0.0, 1.0, min_open=True, max_open=True)
probability = click.FloatRange(0.0, 1.0, min_open=True, max_open=True)
output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=_rows_to,
    help="File to write; standard output without it, or as -.",
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Fits at a time."
)
dask_option = click.option("--dask", metavar="HOST:PORT", help="Scheduler of a Dask cluster that does the fits.")
folds_option = click.option(
    "--folds", type=click.IntRange(min=2), default=5, show_default=True, help="Parts of the cross-validation."
)
