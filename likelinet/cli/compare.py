"""`likelinet compare`: rank families by their log score on held-out rows."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from likelinet.cli.declared import declared
from likelinet.core.errors import DataError
from likelinet.core.wording import counted
from likelinet.selection.candidates import families
from likelinet.selection.comparison import MASS, HeldOut, by_measure, compare, ranked
from likelinet.selection.rows import scored_weight
from likelinet.tables.hold_out import HoldOut
from likelinet.training.progress import on_terminal

UNFINISHED = {"time": "was cut off by training.time", "not converged": "has not converged"}


def compare_command(
    files: Sequence[Path],
    target: Sequence[str],
    text: str,
    folds: int,
    overrides: Sequence[str],
    as_json: bool,
    jobs: int = 1,
    dask: str | None = None,
) -> None:
    """Compare families and print their ranking; after Ctrl-C that of those which are done, and pass it on."""
    given = declared(files, target, overrides)
    config, rows = given.config, given.in_memory
    models = families(text, config)
    weight = scored_weight(config, rows, folds)
    results: list[HeldOut] = []
    names, shown = list(models), on_terminal()

    def report(family: str, fold: int) -> None:
        if shown:
            line = f"{family} ({names.index(family) + 1} of {len(names)}), fold {fold} of {folds}"
            click.echo(f"\r{line:<78.78s}", nl=False, err=True)

    cut: KeyboardInterrupt | None = None
    try:
        for result in compare(config, models, rows, folds, report, jobs, dask):
            results.append(result)  # noqa: PERF402 what is there before Ctrl-C is kept
    except KeyboardInterrupt as cause:
        cut = cause
    if shown:
        click.echo(f"\r{'':78s}\r", nl=False, err=True)
    how = HoldOut.of(config.data, rows).in_words
    if results:
        click.echo(
            comparison_json(results, weight, folds) if as_json else comparison_table(results, weight, folds, how)
        )
    if cut is not None:
        left = ", ".join(name for name in names if name not in {r.family for r in results})
        click.echo(f"likelinet: not compared: {left}.", err=True)
        raise cut
    if all(r.error is not None for r in results):
        raise DataError("None of the families could be fitted to these data.")


def comparison_table(results: Sequence[HeldOut], weight: np.ndarray, folds: int, how: str = "") -> str:
    """Return the ranking as an aligned table, with what has failed and what it means below it.

    `how` says by what rows are held out.
    """
    measures, parts = by_measure(results), f"{folds} folds {how}".rstrip()
    width = max([6, *(len(r.family) for r in results)]) + 2
    lines = [f"{'family':{width}s}{'log score':>12s}{'difference':>12s}{'std. error':>12s}{'z':>8s}"]
    for measure, alike in measures.items():
        lines += ["", f"By the {measure}:"] if len(measures) > 1 else []
        for i, r in enumerate(ranked(alike, weight)):
            line = f"{r.family:{width}s}{r.log_score:12.4f}"
            if i > 0:
                z = "" if not r.standard_error > 0.0 else f"{r.difference / r.standard_error:.1f}"
                line += f"{r.difference:12.4f}{r.standard_error:12.4f}{z:>8s}{' *' if r.clear else ''}"
            lines.append(line)
    first = {r.error: r.family for r in reversed(results)}  # which tells an error that several have
    failed = [(r.family, r.error if first[r.error] == r.family else f"as {first[r.error]}") for r in results if r.error]
    lines += [""] if failed and len(measures) > 1 else []
    lines += [f"{family:{width}s}failed: {why}" for family, why in failed]
    same = " by the same measure" if len(measures) > 1 else ""
    lines += [
        "",
        f"Mean log score of held-out rows in nats ({len(weight)} rows, {parts}); higher is better.",
        f"Difference to the best{same}, with its paired standard error; * where it exceeds two of them.",
    ]
    seconds = sum(r.seconds for r in results)
    lines += [*_unfinished(results), *([f"All fits together took {seconds:.1f} s."] if seconds else [])]
    return "\n".join([*lines, *_apart(measures)])


def _unfinished(results: Sequence[HeldOut]) -> list[str]:
    """Return a line on each way in which trainings ended that had more to do, with the families."""
    lines = []
    for stopped, how in UNFINISHED.items():
        many = {r.family: r.stopped.count(stopped) for r in results if r.error is None and stopped in r.stopped}
        if many:
            each = ", ".join(f"{family} in {counted(n, 'fold')}" for family, n in many.items())
            lines.append(f"Training {how}: {each}.")
    return lines


def _apart(measures: Mapping[str, Sequence[HeldOut]]) -> list[str]:
    """Return a line that says so if not all scores are on one measure."""
    if len(measures) < 2:
        return []
    parts = "; ".join(f"{', '.join(r.family for r in alike)}: {measure}" for measure, alike in measures.items())
    line = f"These scores do not compare with each other ({parts})."
    if MASS in measures:
        line += (
            " Write {kind: discretised, base: {kind: …}} to give a continuous family probabilities of whole numbers."
        )
    return [line]


def comparison_json(results: Sequence[HeldOut], weight: np.ndarray, folds: int) -> str:
    """Return the ranking, by each measure apart, as JSON; what is not finite is null, as JSON has no word for it."""

    def valid(value: float) -> float | None:
        return value if np.isfinite(value) else None

    found: list[dict[str, Any]] = [
        {
            "family": r.family,
            "log_score": valid(r.log_score),
            "difference": valid(r.difference),
            "standard_error": valid(r.standard_error),
            "measure": measure,
            "stopped": dict(Counter(next(h.stopped for h in alike if h.family == r.family))),
        }
        for measure, alike in by_measure(results).items()
        for r in ranked(alike, weight)
    ]
    found += [{"family": r.family, "error": r.error} for r in results if r.error is not None]
    seconds = round(sum(r.seconds for r in results), 3)
    return json.dumps({"rows": len(weight), "folds": folds, "seconds": seconds, "families": found}, ensure_ascii=False)
