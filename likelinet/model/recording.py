"""What a fit is of, by which one that goes on from a checkpoint is told from others."""

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from likelinet import __version__
from likelinet.config import ModelConfig
from likelinet.core.errors import ConfigError, DataError, ModelFileError
from likelinet.core.locking import locked
from likelinet.core.notes import note
from likelinet.core.processes import ALONE, Processes
from likelinet.core.together import together
from likelinet.core.wording import listed
from likelinet.tables.fingerprint import of_table, of_values
from likelinet.tables.shuffled import Beyond
from likelinet.tables.table import Table
from likelinet.training.checkpoint import CONTENT, LOCK, Checkpoint, Generations
from likelinet.training.record import Record

_ROWS = {"y": "y", "weight": "sample_weight", "start": "the weights to go on from"}

Known = tuple[dict[str, np.ndarray], dict[str, Any]]


@contextmanager
def held(checkpoint: Checkpoint) -> Generator[tuple[Generations, Known | None]]:
    """Hold a folder for one fit, and return its files and the latest of them, before anything is read or trained.

    Raises
    ------
    DataError
        If the folder cannot be used, another process writes there, or a fit is there that has not ended, and nobody
        has said that this one goes on with it.
    ModelFileError
        If none of the checkpoints is whole.
    """
    folder = Path(checkpoint.folder)
    generations = Generations(folder)
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / LOCK))
            generations.sweep()
        except BlockingIOError:
            raise DataError(
                f"{folder}: another fit writes its checkpoints there; wait for its end, or name another folder."
            ) from None
        except OSError as error:
            raise DataError(f"{folder}: no checkpoints can be written there ({error.strerror}).") from None
        known = generations.latest()
        with _read(folder):
            if known is not None and not (checkpoint.resume or known[1]["ended"]):
                raise DataError(
                    f"{folder}: holds a fit that has not ended; go on with it by --resume (resume=True of a "
                    "Checkpoint), or remove the folder."
                )
        yield generations, known


@contextmanager
def recording(
    checkpoint: Checkpoint | None, processes: Processes = ALONE
) -> Generator[Callable[[Callable[[], dict[str, Any]]], Record]]:
    """Hold the folder of a fit, and give what makes its record, once it can be said what the fit is of.

    The record goes on from the checkpoint if it is to, and there is one. Of several processes, the first one reads it
    and tells the others.

    Raises
    ------
    ConfigError, DataError
        As `held`, or if the checkpoint is of another config or table.
    ModelFileError
        If the checkpoint lacks what it is to have.
    """
    if checkpoint is None:
        yield lambda _: Record(processes=processes)
        return
    found: tuple[Generations | None, Known | None] = None, None
    with ExitStack() as stack:

        def read() -> bytes:
            nonlocal found
            found = (None, None) if processes.rank else stack.enter_context(held(checkpoint))
            return b"" if processes.count == 1 or found[1] is None or not checkpoint.resume else _as_bytes(found[1])

        told = together(processes, read)[0]
        generations, known = found if not processes.rank else (None, CONTENT.load(BytesIO(told)) if told else None)
        yield lambda identity: _record(checkpoint, generations, known, identity(), processes)


def _as_bytes(known: Known) -> bytes:
    file = BytesIO()
    CONTENT.save(file, *known)
    return file.getvalue()


def _record(
    checkpoint: Checkpoint,
    generations: Generations | None,
    known: Known | None,
    now: dict[str, Any],
    processes: Processes,
) -> Record:
    folder = Path(checkpoint.folder)
    if checkpoint.resume and known is not None:
        with _read(folder):
            check_same(known[1]["identity"], now, folder)
    else:
        known = None
        if generations is not None:
            generations.clear()  # of one that has ended
        if checkpoint.resume:
            note(f"{folder}: there is no checkpoint to go on from, so the fit begins.")
    with _read(folder):
        return Record(checkpoint, generations, now, known, processes)


@contextmanager
def _read(folder: Path) -> Generator[None]:
    """Raise `ModelFileError` where a checkpoint that is whole has not what it is to have."""
    try:
        yield
    except (LookupError, TypeError, AttributeError):
        raise ModelFileError(
            f"{folder}: its latest checkpoint is none that likelinet {__version__} could go on from, as of an altered "
            "file; begin anew in another folder."
        ) from None


def identity_of(
    config: ModelConfig,
    table: Table,
    y: Any,
    weight: Any,
    validation: tuple[Table, Any, Any] | None,
    start: tuple[np.ndarray, ...] = (),
    beyond: Beyond | None = None,
) -> dict[str, Any]:
    """Return what a fit is of, as plain data: version, config and digests of all rows as they were read.

    Parameters
    ----------
    config : ModelConfig
        The declaration.
    table, y, weight
        The training rows.
    validation : tuple, optional
        Held-out rows.
    start : tuple of ndarray
        The weights that it goes on from, if it does.
    beyond : Beyond, optional
        Of what the rows are a sample.
    """
    return {
        "version": __version__,
        "config": config.model_dump(mode="json", exclude={"devices"}),  # which may be others
        "rows": _rows(table, y, weight),
        "validation": None if validation is None else _rows(*validation),
        "start": [of_values(theta) for theta in start],
        "stream": None if beyond is None else _stream(beyond),
    }


def _rows(table: Table, y: Any, weight: Any) -> dict[str, Any]:
    of = {"y": y, "weight": weight}
    found = {key: None if values is None else of_values(values) for key, values in of.items()}
    return {"n": table.n, "columns": of_table(table), "order": [*table.columns], **found}


def _stream(beyond: Beyond) -> dict[str, Any]:
    """Return all rows of a stream, and what says in which order they are trained on."""
    survey = beyond.survey
    layout = beyond.side_by_side, [(part.file, part.first, part.rows) for part in survey.parts]
    return {
        "n": survey.n,
        "in_memory": survey.stream.rows_in_memory,
        "layout": of_values(repr(layout).encode()),
        "columns": survey.digests,
        "order": [*survey.digests],
    }


def check_same(known: Mapping[str, Any], now: Mapping[str, Any], folder: Path) -> None:
    """Raise if a checkpoint is of another version, config or table: what differs.

    Raises
    ------
    ConfigError
        Of another version of likelinet, or another config.
    DataError
        Of another table, other held-out rows, or other weights to go on from.
    """
    anew = "or begin anew in another folder"
    if known["version"] != now["version"]:
        raise ConfigError(
            f"{folder}: the checkpoints are of likelinet {known['version']}, and this is {now['version']}: go on with "
            f"that one, {anew}."
        )
    if keys := different(known["config"], now["config"]):
        named = listed([f"{key}: {was!r} there, {is_now!r} here" for key, (was, is_now) in keys.items()])
        raise ConfigError(f"{folder}: the checkpoints are of another config, {named}: set what was there, {anew}.")
    if (found := _different_streams(known.get("stream"), now["stream"])) is not None:
        raise DataError(f"{folder}: the checkpoints are of other data, {found}: take those of before, {anew}.")
    for rows, of in (("rows", "the table"), ("validation", "the validation rows")):
        if (found := _different_rows(known[rows], now[rows], of)) is not None:
            raise DataError(f"{folder}: the checkpoints are of other data, {found}: take those of before, {anew}.")
    if known["start"] != now["start"]:
        raise DataError(
            f"{folder}: the checkpoints are of a model with other weights to go on from: take that of before, {anew}."
        )


def _different_streams(known: dict[str, Any] | None, now: dict[str, Any] | None) -> str | None:
    if known is None or now is None:
        more = "more rows than are in memory at a time"
        return None if known == now else f"the table had {more} there" if now is None else f"the table has {more} here"
    if known["n"] == now["n"] and known["in_memory"] != now["in_memory"]:
        return f"{known['in_memory']:,} rows were in memory at a time, and {now['in_memory']:,} are (rows of a Stream)"
    if known["n"] == now["n"] and known["layout"] != now["layout"]:  # of which blocks the digests are
        return "the table is cut into other parts, such as files or row groups"
    return _different_rows(known, now, "the table")


def _different_rows(known: dict[str, Any] | None, now: dict[str, Any] | None, of: str) -> str | None:
    if known is None or now is None:
        return None if known == now else f"{of} are {'not' if now is None else 'only'} given here"
    if known["n"] != now["n"]:
        return f"{of} had {known['n']} rows, and has {now['n']}"
    columns = different(known["columns"], now["columns"])
    if columns:
        return f"{of} differs in {listed([repr(name) for name in columns])}"
    if known["order"] != now["order"]:  # which files do not keep of keys
        return f"{of} has its columns in another order"
    return next((f"{what} of {of} differs" for key, what in _ROWS.items() if known.get(key) != now.get(key)), None)


def different(known: Mapping[str, Any], now: Mapping[str, Any], at: str = "") -> dict[str, tuple[Any, Any]]:
    """Return what differs in nested data: both values, by where they are; None stands for what is not there."""
    found: dict[str, tuple[Any, Any]] = {}
    for key in {**known, **now}:
        was, is_now = known.get(key), now.get(key)
        if isinstance(was, Mapping) and isinstance(is_now, Mapping):
            found |= different(was, is_now, f"{at}{key}.")
        elif was != is_now:
            found[f"{at}{key}"] = was, is_now
    return found
