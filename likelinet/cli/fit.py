"""`likelinet fit`: fit a model to a table and write it."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext, suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

import click

from likelinet.cli.checkpoints import alone, how_to_go_on, writing_when_asked
from likelinet.cli.declared import CONFIGS, Declared, Reading, declared
from likelinet.cli.describe import choice_in_lines, summary, what_is_read
from likelinet.cli.holdout import held_out, scores_beside_baselines
from likelinet.cli.output import above_bar, check_output, check_writable
from likelinet.config import ModelConfig
from likelinet.config.files import declare
from likelinet.core.errors import ConfigError, DataError, DivergedError, LikelinetError, ModelFileError, NonFiniteError
from likelinet.core.notes import ColumnsNote, unnoted
from likelinet.core.processes import ALONE, Processes
from likelinet.core.together import together
from likelinet.core.wording import ended
from likelinet.model import container
from likelinet.model.model import Model
from likelinet.tables.reading.files import check_different
from likelinet.tables.rows import declared_table, output_names
from likelinet.tables.stream import Stream
from likelinet.tables.table import Table, read_table
from likelinet.training.checkpoint import Checkpoint
from likelinet.training.history import Epoch
from likelinet.training.interrupts import waiting


def fit_command(
    files: Sequence[Path],
    target: Sequence[str],
    output: Path,
    overrides: Sequence[str],
    holdout: float | None,
    validation: Sequence[Path],
    start: tuple[Path, str | None] | None,
    reading: Reading,
    quiet: bool,
    checkpoint: Checkpoint | None = None,
    processes: Processes = ALONE,
) -> None:
    """Fit, maybe from the weights of a model file or from a checkpoint on, and save.

    After Ctrl-C or a loss that diverges, save the best model so far and pass the error on. Of several processes the
    first one writes and speaks; what is wrong for one of them is said in all.
    """
    read: list[_Read] = []

    def prepare() -> bytes:
        if not processes.rank:
            check_output(output, *files, *validation)
            check_writable(output)
            stack.enter_context(alone(output, checkpoint))
        stack.enter_context(writing_when_asked(checkpoint))
        read.append(_read(files, target, overrides, holdout, validation, start, reading))
        if processes.count > 1 and read[0].given.config.devices is None:
            raise ConfigError("--processes: add engine: jax and devices: all to the config, or each fits by itself.")
        return b""

    with ExitStack() as stack:
        together(processes, prepare)
        if not processes.rank:
            _fit_and_save(read[0], output, start, quiet, checkpoint)
            return
        model, warm = read[0].model, start is not None
        model.fit(read[0].rows, validation=read[0].others, warm_start=warm, progress=False, checkpoint=checkpoint)


def _fit_and_save(
    read: "_Read", output: Path, start: tuple[Path, str | None] | None, quiet: bool, checkpoint: Checkpoint | None
) -> None:
    given, model, parted, rows, others = read
    before = model.history if model.fitted else None
    family = Begun(None if quiet else _family(given))
    began = time.perf_counter()
    try:
        with nullcontext() if quiet else unnoted(ColumnsNote):  # what is printed says it
            model.fit(
                rows,
                validation=others,
                warm_start=start is not None,
                callbacks=[family],
                progress=not quiet,
                checkpoint=checkpoint,
            )
    except (KeyboardInterrupt, NonFiniteError, DivergedError) as cause:
        with waiting():
            if model.fitted and model.history is not before:
                _keep_cut_short(model, output, "" if parted is None else " The rows that were held out are not scored.")
            if isinstance(cause, KeyboardInterrupt) and (further := how_to_go_on(checkpoint)):
                cause.add_note(further)
            raise cause
    start_is_best = bool(model.history.epochs) and not any(model.history.best_epoch)
    if start_is_best and _has_learned(output):
        raise DataError(
            f"No epoch was better than the start, so {output} stays as it was: change the training, or name another "
            "file by -o for the start, which knows nothing of the inputs."
        )
    with waiting(f"The model is in {output}."):
        save_somewhere(model, output)
    if not quiet:
        family()
        click.echo(f"{summary(model)}, {time.perf_counter() - began:.1f} s. Model: {output}")
        if start_is_best:
            click.echo("No epoch was better than the start, so the model is that of y without any inputs.")
        if choice := choice_in_lines(model):
            click.echo(choice)
        if columns := what_is_read(model):
            click.echo(columns)
        if parted is not None:
            scores, cut = scores_beside_baselines(model, *parted)
            click.echo(scores)
            if cut is not None:
                raise cut


class _Read(NamedTuple):
    """What is declared, the model to fit, the rows in two parts, those to train on, and validation rows."""

    given: Declared
    model: Model
    parted: tuple[Table, Table] | None
    rows: Table | Stream
    others: tuple[Table] | None


def _read(
    files: Sequence[Path],
    target: Sequence[str],
    overrides: Sequence[str],
    holdout: float | None,
    validation: Sequence[Path],
    start: tuple[Path, str | None] | None,
    reading: Reading,
) -> _Read:
    """Return what is read of files."""
    given, model = _begun(files, target, overrides, start, reading)
    parted = None if holdout is None else _parted(given.config, given.table, holdout)
    rows = given.table if parted is None else parted[0]
    check_different(validation, rows.files, "the best epoch would be chosen by rows that are trained on")
    others = (read_table(validation, given.config.data.header),) if validation else None
    return _Read(given, model, parted, rows, others)


def _keep_cut_short(model: Model, output: Path, held: str) -> None:
    """Save a model whose training was cut short, and print where; `held` is what to say of rows that are held out."""
    how = "diverged" if model.history.stopped == "diverged" else "was cut short"
    try:
        where = f"{save_cut_short(model, output)}."
    except LikelinetError as error:  # the cause is told, too
        where = str(error)
    rest = held if any(model.history.best_epoch) else ""
    click.echo(f"likelinet: training {how}; {where}{rest}", err=True)


def _begun(
    files: Sequence[Path],
    target: Sequence[str],
    overrides: Sequence[str],
    start: tuple[Path, str | None] | None,
    reading: Reading,
) -> tuple[Declared, Model]:
    """Return what is declared, and the model to fit, which may be that of a file."""
    if start is None:
        given = declared(files, target, overrides, reading)
        return given, Model(given.config)
    return begun(files, target, overrides, *start)


def _parted(config: ModelConfig, rows: Table | Stream, holdout: float) -> tuple[Table, Table]:
    """Return the rows to train on, and those that are held out to be scored."""
    if isinstance(rows, Stream):
        raise click.UsageError("--holdout: of a stream no rows are kept to be scored: evaluate on a table of others.")
    mask = held_out(config, rows, holdout)
    return rows.taken(~mask), rows.taken(mask)


def begun(
    files: Sequence[Path], target: Sequence[str], overrides: Sequence[str], path: Path, trust: str | None
) -> tuple[Declared, Model]:
    """Return the model of a file, with its own config, and the table that it is to go on with."""
    if target or any(file.suffix.lower() in CONFIGS for file in files):
        raise click.UsageError(f"--from {path} has a config, which stays: leave CONFIG and --target out.")
    if not files:
        raise click.UsageError("Missing argument 'TABLE': the rows to go on with.")
    if other := next((o for o in overrides if not o.startswith(("training.", "engine="))), None):
        raise click.UsageError(f"--set {other}: --from {path} goes on by another training.… or engine alone.")
    model = Model.load(path, trust=trust)
    if overrides:
        config = declare(model.config.model_dump(mode="json"), overrides, str(path))
        model = model.with_training(config.training, engine=config.engine)
    data = model.config.data
    return Declared(model.config, declared_table(read_table(files, data.header), data)), model


def _family(given: Declared) -> str | None:
    """Return a line on the family where nobody has chosen it."""
    if given.why is None:
        return None
    names = ", ".join(output_names(given.config.data))
    return ended(f"Family: {given.config.distribution.in_brief}, since '{names}' {given.why}")


class Begun:
    """A line that is printed when training has begun, and so after all faults of the table."""

    def __init__(self, line: str | None) -> None:
        self._line = line

    def __call__(self, _epoch: Epoch | None = None) -> None:
        """Print the line the first time."""
        if self._line is not None:
            above_bar(self._line)
            self._line = None


def _has_learned(path: Path) -> bool:
    """Whether there is a file that may be a model better than its start, so that a mere start must not replace it."""
    if not path.exists():
        return False
    try:
        return any(container.load(path)[1]["history"]["best_epoch"])
    except (ModelFileError, KeyError, TypeError):
        return True  # whatever it is, it may be of worth


def save_somewhere(model: Model, output: Path) -> None:
    """Save a model, of which the training took long; where it cannot be saved, in another folder that is named.

    Raises
    ------
    ModelFileError
        If it is elsewhere, or nowhere.
    """
    try:
        model.save(output)
        return
    except ModelFileError as error:
        for folder in (Path(tempfile.gettempdir()), Path.home()):
            with suppress(LikelinetError, OSError):
                elsewhere = Path(tempfile.mkdtemp(prefix="likelinet-", dir=folder)) / "model.safetensors"
                model.save(elsewhere)
                break
        else:
            raise
        raise ModelFileError(f"{str(error).removesuffix('.')}. It is in {elsewhere} instead.") from None


def save_cut_short(model: Model, output: Path) -> str:
    """Save a model whose training was cut short, but never in the place of another one, and say where."""
    learned = any(model.history.best_epoch)
    if output.exists() and not learned:
        return f"nothing was learned, and {output} stays as it was"
    if model.history.stopped == "interrupted" and not learned:
        return "nothing was learned, and no model is written"
    if not output.exists():
        save_somewhere(model, output)
        return f"{'the best model so far' if learned else 'the start'} is in {output}"
    names = (f"{output.stem}.cut-short{f'-{i}' if i > 1 else ''}{output.suffix}" for i in count(1))
    beside = next(path for path in map(output.with_name, names) if not path.exists())
    save_somewhere(model, beside)
    return f"{output} stays as it was, and the best model so far is in {beside}"
