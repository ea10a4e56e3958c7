"""What commands write: files that take the place of others, pictures, tables of metrics."""

import math
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from likelinet.cli.options import STDOUT
from likelinet.core.errors import DataError
from likelinet.core.wording import shown
from likelinet.core.writing import replacing
from likelinet.training.progress import on_terminal

if TYPE_CHECKING:
    from matplotlib.figure import Figure


IN_UNITS = ("rmse", "mae", "crps")  # metrics that are as large as y is; others are nats or shares


@contextmanager
def replaced(path: Path) -> Generator[Path]:
    """Give the path of a new file that takes the place of this one at the end."""
    try:
        with replacing(path) as new:
            yield new
    except OSError as error:
        raise DataError(f"{path}: cannot write ({error.strerror}); check the folder.") from None


def check_picture(path: Path, *inputs: Path) -> None:
    """Raise before any work is done if no picture can be written to a file."""
    from matplotlib.backend_bases import FigureCanvasBase

    _check_name(path)
    if path.is_dir() or not path.suffix:
        raise DataError(f"{path}: cannot write the picture there; name a file with an ending, such as picture.png.")
    check_output(path, *inputs)
    ending, endings = path.suffix[1:], FigureCanvasBase.get_supported_filetypes()
    if ending.lower() not in endings:
        raise DataError(f"{path}: Format '{ending}' is not supported (possible: {', '.join(sorted(endings))}).")


def save_figure(figure: "Figure", path: Path) -> None:
    """Write a figure; the ending of the name says in which format."""
    try:
        with replacing(path) as new:
            figure.savefig(new, dpi=130, format=path.suffix[1:])
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot write the picture ({getattr(error, 'strerror', None) or error}).") from None


def metrics_table(columns: dict[str, dict[str, float]]) -> str:
    """Return metrics as an aligned table, a column for each model."""
    names = list(dict.fromkeys(name for scores in columns.values() for name in scores))
    width, first = max(12, *(len(c) + 2 for c in columns)), max(14, *(len(n) + 1 for n in names))
    lines = [" " * first + "".join(f"{c:>{width}s}" for c in columns)] if any(columns) else []
    for name in names:
        digits = _decimals([scores[name] for scores in columns.values() if name in scores]) if name in IN_UNITS else 4
        cells = (f"{scores[name]:.{digits}f}" if name in scores else "" for scores in columns.values())
        lines.append(f"{name:{first}s}" + "".join(f"{cell:>{width}s}" for cell in cells))
    return "\n".join(lines)


def _decimals(values: list[float]) -> int:
    """Return how many decimals tell the numbers of a line: four, but one of large ones, and more of tiny ones."""
    most = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if most >= 1e4:
        return 1
    return 2 - math.floor(math.log10(most)) if 0.0 < most < 1e-3 else 4


def above_bar(line: str) -> None:
    """Print a line to standard output, above the progress bar where there is one."""
    if on_terminal():
        from tqdm import tqdm

        tqdm.write(line)
    else:
        click.echo(line)


def check_output(path: Path | None, *inputs: Path) -> None:
    """Raise before any work is done if an output file is one of the inputs, or within one, or has no folder."""
    if path is not None:
        _check_name(path)
    for given in inputs:
        with suppress(OSError):  # either is not there
            if path is not None and path.is_file() and path.samefile(given):
                raise DataError(f"{path}: this is the input {given}, which would be lost; choose another name by -o.")
            if path is not None and given.is_dir() and path.resolve().is_relative_to(given.resolve()):
                raise DataError(
                    f"{path}: this is in the folder {given}, whose files are the input; name one elsewhere."
                )
    if path is not None and (path.is_file() or path.is_dir() or not path.exists()):  # a device or a pipe is fine
        check_writable(path)


def _check_name(path: Path) -> None:
    """Raise if no file can have this name, such as one that is too long."""
    try:
        path.exists()
    except OSError as error:
        raise DataError(f"{shown(str(path))}: cannot write there ({error.strerror}); choose another one.") from None


def check_new(path: Path, instead: str) -> None:
    """Raise before any work is done if a file is there that nobody has asked to replace."""
    if path.exists() or path.is_symlink():
        raise DataError(f"{path}: is there already, and stays as it is; {instead}, or remove it.")


def check_writable(path: Path) -> None:
    """Raise before any work is done if the folder of an output file is not there, or it is standard output."""
    if path == STDOUT:
        raise DataError("-o -: only rows of predictions go to standard output; name a file.")
    try:
        folder = path.resolve().parent
    except (OSError, RuntimeError) as error:  # links that lead around in a circle, or no folder to be in
        raise DataError(f"{path}: cannot write there ({error}).") from None
    old = path.is_file() and os.access(path, os.W_OK)
    if (path.exists() and not old) or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise DataError(f"{path}: cannot write there; name a file in a folder that exists and can be written to.")
