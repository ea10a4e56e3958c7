"""What the commands do, apart from reading their arguments."""

import csv
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from likelinet.config import dump_config, load_config
from likelinet.config.network import VAEConfig
from likelinet.core.errors import DataError, NonFiniteError, UndefinedError
from likelinet.distributions import Interval
from likelinet.model.model import Model
from likelinet.scores import metrics
from likelinet.tables.table import Table, read_csv
from likelinet.training.history import History
from likelinet.training.progress import on_terminal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from likelinet.selection.comparison import HeldOut


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
    engine = "" if history.engine == "numpy" else f" with {history.engine}"
    line = f"Fitted {model.n_parameters} parameters{engine} in {epochs} epochs ({history.stopped}; best epoch {best})"
    if not history.epochs:
        return f"{line}: the start was already the maximum"
    loss = loss_name(model)
    line = f"{line}; last train {loss} {np.mean(history.epochs[-1].train_nll):.4g}"
    return line + _validation(history, loss)


def loss_name(model: Model) -> str:
    """Return what the training minimises."""
    return "-ELBO" if isinstance(model.config.network, VAEConfig) else "NLL"


def _validation(history: History, loss: str) -> str:
    """Return the validation loss of the weights that are kept, averaged over the members that have one."""
    kept = [
        value
        for e in history.epochs
        for member, value in zip(e.members, e.validation_nll or [], strict=False)
        if e.epoch == history.best_epoch[member]
    ]
    return f", best validation {loss} {np.mean(kept):.4g}" if kept else ""


def compare_command(config: Path, table: Path, text: str, folds: int, overrides: Sequence[str], as_json: bool) -> None:
    """Compare families and print their ranking; after Ctrl-C that of those which are done, and pass it on."""
    from likelinet.selection.candidates import families
    from likelinet.selection.comparison import compare, weighted

    declared, rows = load_config(config, overrides), read_csv(table)
    models = families(text, declared)
    weight = weighted(declared, rows)[1]
    results: list[HeldOut] = []
    names, shown = list(models), on_terminal()

    def report(family: str, fold: int) -> None:
        if shown:
            line = f"{family} ({names.index(family) + 1} of {len(names)}), fold {fold} of {folds}"
            click.echo(f"\r{line:<78.78s}", nl=False, err=True)

    cut: KeyboardInterrupt | None = None
    try:
        for result in compare(declared, models, rows, folds, report):
            results.append(result)
    except KeyboardInterrupt as cause:
        cut = cause
    if shown:
        click.echo(f"\r{'':78s}\r", nl=False, err=True)
    click.echo((comparison_json if as_json else comparison_table)(results, weight, folds))
    if cut is not None:
        raise cut
    if all(r.error is not None for r in results):
        raise DataError("None of the families could be fitted to these data.")


def comparison_table(results: Sequence["HeldOut"], weight: np.ndarray, folds: int) -> str:
    """Return the ranking as an aligned table, with what has failed and what it means below it."""
    from likelinet.selection.comparison import ranked

    rows = ranked(results, weight)
    width = max([6, *(len(r.family) for r in results)]) + 2
    lines = [f"{'family':{width}s}{'log score':>12s}{'difference':>12s}{'std. error':>12s}{'z':>8s}"]
    for i, r in enumerate(rows):
        line = f"{r.family:{width}s}{r.log_score:12.4f}"
        if i > 0:
            z = "" if not r.standard_error > 0.0 else f"{r.difference / r.standard_error:.1f}"
            line += f"{r.difference:12.4f}{r.standard_error:12.4f}{z:>8s}{' *' if r.clear else ''}"
        lines.append(line)
    lines += [f"{r.family:{width}s}failed: {r.error}" for r in results if r.error is not None]
    lines += [
        "",
        f"Mean log score of held-out rows in nats ({len(weight)} rows, {folds} folds); higher is better.",
        "Difference to the best, with its paired standard error; * where it exceeds two of them.",
    ]
    return "\n".join([*lines, *_measures(results)])


def _measures(results: Sequence["HeldOut"]) -> list[str]:
    """Return a line that says so if not all scores are on one measure."""
    from likelinet.selection.comparison import MASS

    by_measure: dict[str, list[str]] = {}
    for r in results:
        if r.error is None:
            by_measure.setdefault(r.measure, []).append(r.family)
    if len(by_measure) < 2:
        return []
    parts = "; ".join(f"{', '.join(names)}: {measure}" for measure, names in by_measure.items())
    line = f"These scores do not compare with each other ({parts})."
    if MASS in by_measure:
        line += (
            " Write {kind: discretised, base: {kind: …}} to give a continuous family probabilities of whole numbers."
        )
    return [line]


def comparison_json(results: Sequence["HeldOut"], weight: np.ndarray, folds: int) -> str:
    """Return the ranking as JSON; what is not finite is null, as JSON has no word for it."""
    from likelinet.selection.comparison import ranked

    def valid(value: float) -> float | None:
        return value if np.isfinite(value) else None

    measure = {r.family: r.measure for r in results}
    found: list[dict[str, Any]] = [
        {
            "family": r.family,
            "log_score": valid(r.log_score),
            "difference": valid(r.difference),
            "standard_error": valid(r.standard_error),
            "measure": measure[r.family],
        }
        for r in ranked(results, weight)
    ]
    found += [{"family": r.family, "error": r.error} for r in results if r.error is not None]
    return json.dumps({"rows": len(weight), "folds": folds, "families": found}, ensure_ascii=False)


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
        f"{'epoch':>6s} {f'train {loss_name(model)}':>12s} {'validation':>12s} {'rate':>10s} {'seconds':>8s}",
    ]
    for i in sorted({*range(0, len(epochs), max(1, len(epochs) // 12)), len(epochs) - 1} & set(range(len(epochs)))):
        e = epochs[i]
        held = "" if e.validation_nll is None else f"{np.mean(e.validation_nll):12.5g}"
        lines.append(f"{e.epoch:6d} {np.mean(e.train_nll):12.5g} {held:>12s} {e.learning_rate:10.3g} {e.seconds:8.2f}")
    return "\n".join(lines)


def metrics_table(columns: dict[str, dict[str, float]]) -> str:
    """Return metrics as an aligned table, a column for each model."""
    names = list(dict.fromkeys(name for scores in columns.values() for name in scores))
    width, first = max(12, *(len(c) + 2 for c in columns)), max(14, *(len(n) + 1 for n in names))
    lines = [" " * first + "".join(f"{c:>{width}s}" for c in columns)] if any(columns) else []
    for name in names:
        cells = (f"{scores[name]:.4f}" if name in scores else "" for scores in columns.values())
        lines.append(f"{name:{first}s}" + "".join(f"{cell:>{width}s}" for cell in cells))
    return "\n".join(lines)


def prediction_rows(
    model: Model, table: Table, quantiles: Sequence[float]
) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: mean and quantiles, or the most probable class and all probabilities."""
    d = model.predict_dist(table)
    outputs = model.target_names
    classes = d.class_marginals()
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
        mean = d.mean()
        columns |= {} if np.isnan(mean).all() else {"mean": mean}
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
    return header, _cells(model, draws)


def _cells(model: Model, y: np.ndarray) -> list:
    """Return drawn y as plain values, counts and codes as whole numbers."""
    whole = y.dtype.kind == "f" and model.whole_numbers
    return (y.astype(np.int64) if whole else y).tolist()


def code_rows(model: Model, table: Table) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: the numbers of each code."""
    codes = model.encode(table)
    return [f"code_{j + 1}" for j in range(codes.shape[1])], codes.tolist()


def generated_rows(model: Model, number: int, seed: int | None) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: new rows, with the columns of y."""
    return model.target_names, _cells(model, model.generate(number, seed).reshape(number, -1))


def draw(model: Model, table: Table) -> "Figure":
    """Return the picture that fits the family."""
    from likelinet.plots import plots

    rows = model.observed(table)
    d, table = model.predict_dist(rows.table), rows.table
    classes = d.class_marginals()
    if classes is not None and d.event_shape:
        raise DataError("There is no picture for several outputs that are classes.")
    if classes is not None:
        assert not isinstance(rows.y, Interval)
        n = metrics.class_probabilities(classes, rows.y)[0].shape[1]
        return plots.plot_classes(
            classes, rows.y, [str(c) for c in (range(n) if model.classes is None else model.classes)]
        )
    features = model.feature_names
    # A number of trials or an exposure moves the rows as well.
    alone = len(features) == 1 and not table.is_text(features[0]) and not model.config.distribution.columns
    return plots.plot_regression(
        d,
        rows.y,
        table.numeric(features[0]) if alone else None,
        (features[0] if alone else "x", *model.target_names),
    )


def save_figure(figure: "Figure", path: Path) -> None:
    """Write a figure; the ending of the name says in which format."""
    if path.is_dir() or not path.suffix:
        raise DataError(f"{path}: cannot write the picture there; name a file with an ending, such as picture.png.")
    try:
        figure.savefig(path, dpi=130)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot write the picture ({getattr(error, 'strerror', None) or error}).") from None


def write_csv(path: Path | None, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV to a file, or to standard output."""
    if path is None:
        if sys.stdout is None:
            raise DataError("Standard output is closed: name a file by -o.")
        csv.writer(sys.stdout, lineterminator="\n").writerows([header, *rows])
        return
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
    except OSError as error:
        raise DataError(f"{path}: cannot write ({error.strerror}); check the folder.") from None


def check_writable(path: Path) -> None:
    """Raise before any work is done if the folder of an output file is not there."""
    try:
        folder = path.resolve().parent
    except (OSError, RuntimeError) as error:  # links that lead around in a circle, or no folder to be in
        raise DataError(f"{path}: cannot write there ({error}).") from None
    if (path.exists() and not path.is_file()) or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise DataError(f"{path}: cannot write there; name a file in a folder that exists and can be written to.")
