"""The commands that take a table to a model, with their arguments."""

from functools import partial
from pathlib import Path

import click

from likelinet.cli.options import (
    Processes,
    Seconds,
    dask_option,
    declared_argument,
    folds_option,
    jobs_option,
    one_table_argument,
    overrides_option,
    share,
    stream_option,
    table_argument,
    target_option,
    trust_option,
)


@click.command()
@table_argument
@click.option("--config", type=click.Path(path_type=Path), metavar="CONFIG", help="What is known of the table already.")
@target_option
@overrides_option
@click.option("--no-header", is_flag=True, help="The first line names no columns.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(
    table: tuple[Path, ...],
    config: Path | None,
    target: tuple[str, ...],
    overrides: tuple[str, ...],
    no_header: bool,
    as_json: bool,
) -> None:
    """Say how a table is read, a line for each column, and all that is wrong with it.

    Exits with 2 if anything is wrong. Without --config, a config is suggested.
    """
    from likelinet.cli.check import check_command

    overrides = (*overrides, "data.header=false") if no_header else overrides
    check_command(table, config, target, overrides, as_json)


@click.command()
@table_argument
@click.option("--target", multiple=True, required=True, metavar="NAME", help="Column to predict; or a,b for several.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("config.yaml"), show_default=True)
@click.option("--no-header", is_flag=True, help="The first line names no columns.")
def init(table: tuple[Path, ...], target: tuple[str, ...], output: Path, no_header: bool) -> None:
    """Write a config for a table, with a family that suits the target, and in comments what to try next."""
    from likelinet.cli.init import init_command

    init_command(table, target, output, not no_header)


@click.command()
@one_table_argument
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


@click.command()
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
@click.option(
    "--from",
    "start",
    type=click.Path(path_type=Path),
    metavar="MODEL",
    help="Go on from the weights of this model, which has its config with it.",
)
@stream_option
@click.option(
    "--rows", type=click.IntRange(min=1), metavar="N", help="Read the table as a stream, N rows in memory at a time."
)
@trust_option
@click.option(
    "--checkpoint",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write there, now and then, all that the fit needs to go on.",
)
@click.option("--every", type=Seconds(), default=None, help="How often, like 60s, 5min or 1h.  [default: 60s]")
@click.option("--resume", is_flag=True, help="Go on from the checkpoint in DIR, if there is one.")
@click.option(
    "--processes",
    type=Processes(),
    metavar="N",
    help="How many processes compute this fit; auto has JAX find them, as under SLURM, MPI and Kubernetes.",
)
@click.option("--process-id", "process", type=click.IntRange(min=0), metavar="I", help="Which one this is, from 0 on.")
@click.option("--coordinator", metavar="HOST:PORT", help="Where process 0 waits for the others: a free port there.")
@click.option("--quiet", is_flag=True, help="Print nothing but notes on the data, and show no progress bar.")
def fit(
    files: tuple[Path, ...],
    target: tuple[str, ...],
    output: Path,
    overrides: tuple[str, ...],
    holdout: float | None,
    validation: tuple[Path, ...],
    start: Path | None,
    streamed: bool,
    rows: int | None,
    trust: str | None,
    folder: Path | None,
    every: float | None,
    resume: bool,
    processes: str | None,
    process: int | None,
    coordinator: str | None,
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

    --from model.safetensors trains a model further, on a table that has its columns: they are read as `predict` reads
    them, and training is as its config declares, from its weights on; `--set training.…` declares another one.

    --checkpoint DIR lets a fit go on that was killed: the same command with --resume comes to the same weights as if
    nothing had happened. SIGUSR1 has a checkpoint written at once.

    --processes 2 --process-id 0 --coordinator node1:1234, and the same with --process-id 1 on another machine or this
    one, compute one fit together, of a config with `engine: jax` and `devices: all`; process 0 writes and speaks.
    """
    from likelinet.cli.checkpoints import declared_checkpoint
    from likelinet.cli.fit import fit_command
    from likelinet.cli.processes import joined
    from likelinet.cli.reading import read

    if start is not None and (streamed or rows):
        option = "--stream" if streamed else "--rows"
        raise click.UsageError(f"{option}: a model goes on from its weights on a table in memory alone.")
    begin = None if start is None else (start, trust)
    reading = partial(read, streamed=streamed or rows is not None, rows=rows)
    checkpoint = declared_checkpoint(folder, every, resume)
    with joined(coordinator, process, processes) as together:
        given = files, target, output, overrides, holdout, validation, begin, reading, quiet, checkpoint
        fit_command(*given, together)


@click.command()
@declared_argument
@target_option
@click.option("--families", required=True, metavar="LIST", help="Kinds like gaussian,student_t; see below.")
@folds_option
@jobs_option
@dask_option
@overrides_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(
    files: tuple[Path, ...],
    target: tuple[str, ...],
    families: str,
    folds: int,
    jobs: int,
    dask: str | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Compare families by the log score of held-out rows, each in place of the distribution of CONFIG.

    LIST is a list in YAML without its outer brackets: kinds with their defaults, mappings as a config has them under
    `distribution`, and the word `config` for its own one:

    \b
      --families gaussian,student_t,config
      --families "poisson, {kind: discretised, base: {kind: log_normal}}"

    A kind by itself takes over `exposure`, `total_count` and `levels`, and an `offset`, from CONFIG; a mapping is taken
    as it is. All have the same features: where data.features is null, no column that any of them or CONFIG reads as
    something else.

    All are scored on the same folds, drawn by the seed of the config, of whole groups by `data.groups`; by `data.time`
    each fold is predicted from the rows before it. Where the target is censored, so is each family. With --target,
    CONFIG may be left out.

    --jobs 4 fits in four processes, --dask on a cluster; the scores are the same.
    """
    from likelinet.cli.compare import compare_command

    compare_command(files, target, families, folds, overrides, as_json, jobs, dask)


@click.command()
@declared_argument
@click.option(
    "--search",
    type=click.Path(path_type=Path),
    required=True,
    metavar="SPACE",
    help="File of keys with the values they may have.",
)
@target_option
@click.option("--trials", type=click.IntRange(min=1), default=40, show_default=True, help="Configs to try, at most.")
@folds_option
@jobs_option
@dask_option
@click.option(
    "--storage",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep the trials here, and go on with those that are there.",
)
@click.option(
    "--time", type=click.FloatRange(min=0.0, min_open=True), metavar="SECONDS", help="After which no trial is begun."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("best.yaml"),
    show_default=True,
    help="The best config, for `likelinet fit`; a file is replaced if the same search has written it.",
)
@overrides_option
def tune(
    files: tuple[Path, ...],
    search: Path,
    target: tuple[str, ...],
    trials: int,
    folds: int,
    jobs: int,
    dask: str | None,
    storage: Path | None,
    time: float | None,
    output: Path,
    overrides: tuple[str, ...],
) -> None:
    """Try values of keys of CONFIG, and write the config that predicts rows best that it has not seen.

    SPACE is a file of YAML, TOML or JSON, with a list of values for a key, or a range, of whole numbers where both
    ends are:

    \b
      network.hidden: [[64], [128, 128]]
      ensemble: {low: 1, high: 8}
      training.optimizer.learning_rate: {low: 1e-4, high: 1e-2, log: true}

    All configs are scored on the same folds, as `compare` scores families; with training.folds in CONFIG by the members
    that hold out folds. A space of no more configs than --trials is tried in full; else Optuna draws, by the seed of
    the config. Fits that do worse on their validation rows than half of the trials before are given up.

    The same command line goes on with the trials in --storage. --jobs 4 fits in four processes, --dask on a cluster.
    """
    from likelinet.cli.tune import tune_command

    tune_command(files, target, search, trials, folds, jobs, dask, storage, time, output, overrides)
