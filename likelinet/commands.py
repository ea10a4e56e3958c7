"""What the commands do, apart from reading their arguments."""

import csv
import os
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from likelinet import metrics
from likelinet.config import dump_config, load_config
from likelinet.distributions.classes import class_marginals
from likelinet.errors import DataError, NonFiniteError, UndefinedError
from likelinet.model import Model
from likelinet.preprocessing.tables import Table, read_csv

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


def summary(model: Model) -> str:
    """Return one line on how training went."""
    history = model.history
    epochs = max((e.epoch for e in history.epochs), default=0)
    best = ", ".join(map(str, history.best_epoch))
    line = f"Fitted {model.n_parameters} parameters in {epochs} epochs ({history.stopped}; best epoch {best})"
    if not history.epochs:
        return f"{line}: the start was already the maximum"
    return f"{line}; last train NLL {np.mean(history.epochs[-1].train_nll):.4g}" + _validation(history.epochs)


def _validation(epochs: Sequence[Any]) -> str:
    """Return the best validation NLL, averaged over the members."""
    best: dict[int, float] = {}
    for e in epochs:
        for member, value in zip(e.members, e.validation_nll or [], strict=False):
            best[member] = min(value, best.get(member, np.inf))
    return f", best validation NLL {np.mean(list(best.values())):.4g}" if best else ""


def describe(model: Model) -> str:
    """Return config, size and history as text."""
    epochs = model.history.epochs
    lines = [dump_config(model.config).rstrip(), "", f"parameters: {model.n_parameters}"]
    lines += [f"inputs: {', '.join(model.feature_names) or 'none (intercept only)'}"]
    if model.classes is not None:
        lines.append(f"classes: {', '.join(map(str, model.classes))}")
    lines += [
        f"training: {summary(model)}",
        "",
        f"{'epoch':>6s} {'train NLL':>12s} {'validation':>12s} {'rate':>10s} {'seconds':>8s}",
    ]
    for i in sorted({*range(0, len(epochs), max(1, len(epochs) // 12)), len(epochs) - 1} & set(range(len(epochs)))):
        e = epochs[i]
        held = "" if e.validation_nll is None else f"{np.mean(e.validation_nll):12.5g}"
        lines.append(f"{e.epoch:6d} {np.mean(e.train_nll):12.5g} {held:>12s} {e.learning_rate:10.3g} {e.seconds:8.2f}")
    return "\n".join(lines)


def metrics_table(columns: dict[str, dict[str, float]]) -> str:
    """Return metrics as an aligned table, a column for each model."""
    names = list(dict.fromkeys(name for scores in columns.values() for name in scores))
    width = max(12, *(len(c) + 2 for c in columns))
    lines = [" " * 14 + "".join(f"{c:>{width}s}" for c in columns)] if any(columns) else []
    for name in names:
        cells = (f"{scores[name]:.4f}" if name in scores else "" for scores in columns.values())
        lines.append(f"{name:14s}" + "".join(f"{cell:>{width}s}" for cell in cells))
    return "\n".join(lines)


def prediction_rows(
    model: Model, table: Table, quantiles: Sequence[float]
) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: mean and quantiles, or the most probable class and all probabilities."""
    d = model.predict_dist(table)
    outputs = model.target_names
    classes = class_marginals(d)
    if classes is not None:
        guess = np.asarray(classes.mode())
        guess = guess if guess.dtype.kind in "Ub" else guess.astype(int)
        if d.event_shape:
            return [f"class_{t}" for t in outputs], guess
        probs, _ = metrics.class_probabilities(classes, guess)
        labels = range(probs.shape[1]) if model.classes is None else model.classes
        return ["class", *(f"p_{c}" for c in labels)], ([g, *p] for g, p in zip(guess, probs.tolist(), strict=True))
    kind, columns = (np.int64 if model.whole_numbers else np.float64), {}
    with suppress(UndefinedError):  # a family of the user's may have quantiles alone
        columns["mean"] = d.mean()
    columns |= {f"q{q:g}": d.ppf(q).astype(kind) for q in quantiles}
    if not d.event_shape:
        return list(columns), zip(*(c.tolist() for c in columns.values()), strict=True)
    header = [f"{name}_{t}" for name in columns for t in outputs]
    return header, np.concatenate([c.astype(object) for c in columns.values()], axis=1).tolist()


def sample_rows(model: Model, table: Table, number: int, seed: int | None) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: one column for each draw."""
    draws = model.sample(table, number, seed)
    if draws.ndim == 3:
        header = [f"sample_{i + 1}_{t}" for i in range(number) for t in model.target_names]
        draws = draws.transpose(1, 0, 2).reshape(draws.shape[1], -1)
    else:
        header, draws = [f"sample_{i + 1}" for i in range(number)], draws.T
    whole = draws.dtype.kind == "f" and model.whole_numbers
    return header, (draws.astype(np.int64) if whole else draws).tolist()


def draw(model: Model, table: Table) -> "Figure":
    """Return the picture that fits the family."""
    from likelinet import plots

    rows = model.observed(table)
    d, table = model.predict_dist(rows.table), rows.table
    classes = class_marginals(d)
    if classes is not None and d.event_shape:
        raise DataError("There is no picture for several outputs that are classes.")
    if classes is not None:
        n = metrics.class_probabilities(classes, rows.y)[0].shape[1]
        return plots.plot_classes(d, rows.y, [str(c) for c in (range(n) if model.classes is None else model.classes)])
    features = model.feature_names
    alone = len(features) == 1 and not table.is_text(features[0])
    return plots.plot_regression(
        d,
        rows.y,
        table.numeric(features[0]) if alone else None,
        (features[0] if alone else "x", ", ".join(model.target_names)),
    )


def save_figure(figure: "Figure", path: Path) -> None:
    """Write a figure; the ending of the name says in which format."""
    try:
        figure.savefig(path, dpi=130)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot write the picture ({getattr(error, 'strerror', None) or error}).") from None


def write_csv(path: Path | None, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV to a file, or to standard output."""
    if path is None:
        csv.writer(sys.stdout, lineterminator="\n").writerows([header, *rows])
        return
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
    except OSError as error:
        raise DataError(f"{path}: cannot write ({error.strerror}); check the folder.") from None


def check_writable(path: Path) -> None:
    """Raise before any work is done if the folder of an output file is not there."""
    folder = path.absolute().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise DataError(f"{path}: cannot write there; name a file in a folder that exists.")
