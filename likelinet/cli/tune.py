"""`likelinet tune`: keys of a config chosen by out-of-fold scores."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from likelinet.cli.declared import declared
from likelinet.cli.output import check_new, check_output, replaced
from likelinet.config.files import as_yaml, read_plain
from likelinet.config.plain import in_one_line
from likelinet.core.errors import ConfigError, DataError
from likelinet.core.wording import counted
from likelinet.selection.search import Search, Trial, of_one_measure
from likelinet.selection.trial import COMPLETE, FAILED, PRUNED
from likelinet.selection.tuning import Tuned
from likelinet.tables.hold_out import HoldOut
from likelinet.training.interrupts import waiting
from likelinet.training.progress import on_terminal

SHOWN = 10  # trials of the table


def tune_command(
    files: Sequence[Path],
    target: Sequence[str],
    search: Path,
    many: int,
    folds: int,
    jobs: int,
    dask: str | None,
    storage: Path | None,
    time: float | None,
    output: Path,
    overrides: Sequence[str],
) -> None:
    """Try configs, print their ranking and write the best one; so it is after Ctrl-C, which is passed on."""
    check_output(output, *files, search)
    if output.suffix.lower() in (".toml", ".json"):
        raise DataError(f"{output}: the best config is written as YAML; name it {output.with_suffix('.yaml').name}.")
    check_output(storage, *files, search, output)
    if storage is not None and os.path.realpath(storage) == os.path.realpath(output):  # neither need be there yet
        raise DataError(f"{output}: --storage keeps the trials there, which would be lost; choose another name by -o.")
    space = read_plain(search)
    given = declared(files, target, overrides)
    plan = Search.of(given.config, given.in_memory, space, folds, str(search))
    if output.is_file() and not _is_of(plan, output):
        check_new(output, "this search has not written it, so name another one by -o")
    trials: list[Trial] = []
    cut: KeyboardInterrupt | None = None
    try:
        for trial in plan.trials(many, jobs, dask, storage, time):
            trials.append(trial)
            if on_terminal():
                click.echo(_line(plan, trials), err=True)
    except KeyboardInterrupt as cause:
        if not any(trial.state == COMPLETE for trial in trials):
            raise
        cut = cause
    found = Tuned.of(plan, trials)
    with waiting():
        with replaced(output) as new:
            new.write_text(as_yaml(plan.plain(found.ranking[0])), encoding="utf-8")
        how = " ".join([plan.how, HoldOut.of(plan.rows.config.data, plan.rows.table).in_words]).rstrip()
        click.echo(ranking_table(plan, found.trials, how))
        click.echo(f"Best config: {output}")
    if cut is not None:
        raise cut


def _is_of(plan: Search, path: Path) -> bool:
    """Whether a file is what a search writes, to the letter, and so nobody's own work."""
    try:
        plain = read_plain(path)
        return plan.space.has(plain) and path.read_text(encoding="utf-8") == as_yaml(plain)
    except ConfigError:
        return False


def ranking_table(plan: Search, trials: Sequence[Trial], how: str) -> str:
    """Return the best trials as an aligned table, with what became of the others below it."""
    ranked = plan.ranked(trials)
    lines = [f"{'trial':>5s}{'log score':>12s}{'difference':>12s}{'std. error':>12s}  values"]
    for i, (trial, found) in enumerate(ranked[:SHOWN]):
        apart = f"{found.difference:12.4f}{found.standard_error:12.4f}" if i > 0 else " " * 24
        lines.append(f"{trial.number:5d}{found.log_score:12.4f}{apart}  {in_words(trial)}")
    states = Counter(trial.state for trial in trials)
    rest = [
        f"{states[state]} {word}" for state, word in ((PRUNED, "given up early"), (FAILED, "failed")) if states[state]
    ]
    failed = [trial for trial in trials if trial.error]
    lines += [
        "",
        f"{', '.join([counted(len(trials), 'trial'), *rest])}.",
        *(f"Trial {trial.number} failed ({in_words(trial)}): {trial.error}" for trial in failed[:SHOWN]),
        f"Mean log score of held-out rows in nats ({len(plan.weight)} rows, {how}); higher is better.",
        "Difference to the best, with its paired standard error.",
        f"All fits together took {sum(trial.seconds for trial in trials):.1f} s.",
    ]
    return "\n".join(lines)


def _line(plan: Search, trials: Sequence[Trial]) -> str:
    """Return what came of the last trial, and which is the best by now."""
    last = trials[-1]
    found = f"log score {last.log_score:.4f}" if last.state == COMPLETE else last.state
    done = [trial for trial in of_one_measure(trials) if trial.state == COMPLETE]
    best = max(done, key=lambda trial: (trial.log_score, -trial.number), default=None)
    known = "" if best is None else f"; best {best.log_score:.4f} of trial {best.number}"
    return f"trial {last.number}: {found}, {in_words(last)}{known}"


def in_words(trial: Trial) -> str:
    """Return the values of a trial in a line, numbers in few digits."""
    short = {name: float(f"{v:.3g}") if isinstance(v, float) else v for name, v in trial.values.items()}
    return ", ".join(f"{name}={in_one_line(value)}" for name, value in short.items())
