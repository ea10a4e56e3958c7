"""`likelinet check`: how a table is read, column by column, and all that is wrong with it."""

import json
import shutil
import sys
import textwrap
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import click
import numpy as np

from likelinet.cli.declared import target_of
from likelinet.cli.describe import as_written, suspects_in_comment
from likelinet.cli.needed import in_words, needed
from likelinet.config import ModelConfig, load_config
from likelinet.config.files import declare
from likelinet.config.plain import in_one_line
from likelinet.core.errors import DataError
from likelinet.core.gathered import all_of, attempted
from likelinet.core.wording import counted, shown
from likelinet.model.fitting import with_levels
from likelinet.model.needs import Needs
from likelinet.tables.events import with_event_label
from likelinet.tables.hold_out import HoldOut
from likelinet.tables.inputs import Encoded, Inputs
from likelinet.tables.kinds.category import Category
from likelinet.tables.kinds.noted import note_readings, suspected_codes
from likelinet.tables.named_target import with_target
from likelinet.tables.report import ColumnReport, TableReport, report_of
from likelinet.tables.roles import Roles
from likelinet.tables.rows import declared_table, output_names, target_names
from likelinet.tables.table import Table, read_table
from likelinet.targets.build import takes_labels, targets_of
from likelinet.targets.suggestion import Suggestion, suggested
from likelinet.targets.suitable import note_suspicions
from likelinet.targets.target import Naming, Targets

WIDTH = 110  # characters of a line, or as many as the terminal has in those of columns
NAME, VALUES = 18, 24  # characters of the columns whose content may be long
MANY = 60  # columns that are shown


@dataclass(frozen=True)
class Checked:
    """What there is to say of a table, with notes, faults and the config that suits it."""

    report: TableReport
    notes: tuple[str, ...]
    faults: tuple[str, ...]
    suggestion: str
    needs: tuple[Needs, ...] = ()


def check_command(
    files: Sequence[Path], config: Path | None, target: Sequence[str], overrides: Sequence[str], as_json: bool
) -> None:
    """Print how a table is read; exit 2 if anything is wrong with it."""
    declared = load_config(config, overrides) if config else declare({}, overrides, "the defaults")
    table = read_table(files, declared.data.header)
    if target:
        declared = with_target(declared, target_of(target, [*table.columns]), "--target")
    found = checked(table, declared, suggests=config is None)
    click.echo(as_plain(found) if as_json else in_lines(found, ", ".join(map(str, files))))
    if found.suggestion and declared.data.target is None and not as_json:
        click.echo("\nName the column to predict by --target, and a family is suggested as well.")
    if found.faults:
        sys.exit(2)


@np.errstate(over="ignore", invalid="ignore")  # of numbers near 1e308, as in a fit
def checked(table: Table, config: ModelConfig, suggests: bool) -> Checked:
    """Return what there is to say of a table under a config, which is that of a file or such a one `suggests`."""
    chosen = not suggests or "distribution" in config.model_fields_set
    family: Suggestion | None = None
    errors: list[DataError] = []
    table = declared_table(table, config.data)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        looked = config
        if config.data.target is not None and (not chosen or config.distribution.is_open):
            known = attempted(partial(suggested, table, config.data.target))
            if isinstance(known, DataError):
                errors.append(known)
            else:
                plain = config.model_dump(mode="json", exclude_unset=True) | {"distribution": known.distribution}
                looked = ModelConfig.model_validate(plain)
                family = None if chosen else known
                config = config if config.distribution.is_open else looked
        training, weight, targets, z, wrong = _target(table, looked)
        roles = Roles(looked, takes_labels(looked.distribution, None))
        report = report_of(table, training, weight, roles, z)
        usable = attempted(partial(roles.features, training))
        errors += [*wrong, *([usable] if isinstance(usable, DataError) else [])]
        errors += _of_other_columns(training, config)
        read = attempted(partial(Encoded, Inputs(report.kinds, table.named), training, config.data.strict))
        if isinstance(read, DataError):
            errors.append(read)
        else:
            read.oddities.note()  # text among numbers
        note_readings(training, report.kinds, text=config.data.text)
    faults = (*(all_of(errors).faults if errors else ()), *report.faults)
    found, too_much = (
        needed(looked, targets, report.kinds, training) if targets is not None and not faults else ([], "")
    )
    faults = (*faults, too_much) if too_much else faults
    notes = tuple(dict.fromkeys(str(w.message) for w in caught))
    codes = suspected_codes(training, report.kinds) if suggests else []
    plain = suggestion(report, config, family, codes) if suggests else ""
    return Checked(report, notes, tuple(dict.fromkeys(faults)), plain, tuple(found))


def _target(
    table: Table, config: ModelConfig
) -> tuple[Table, np.ndarray, Targets | None, np.ndarray | None, list[DataError]]:
    """Return the rows to learn from, their weights, what y is, its numbers to take means of, and what is wrong."""
    everything = table, np.ones(table.n), None, None
    if table.n == 0:
        raise DataError("The table is empty: it has no rows.")
    if config.data.target is None or config.distribution.is_open:  # of which is said already what is wrong
        return *everything, []
    labelled = attempted(partial(with_event_label, config, table))
    if isinstance(labelled, DataError):
        return *everything, [labelled]
    targets = targets_of(labelled.distribution, None)
    rows = attempted(partial(Roles(labelled, targets.labels).rows, table, None, None))
    if isinstance(rows, DataError):
        return *everything, [rows]
    what = f"Target '{', '.join(output_names(config.data))}'"
    naming = Naming.of(config, rows, what)
    y = attempted(partial(targets.clean, rows.y, naming))
    if isinstance(y, DataError):
        return rows.table, rows.weight, None, None, [y]
    note_suspicions(y, rows.weight, config.distribution, naming)
    config = with_levels(config, None, rows.levels)
    learned = attempted(partial(targets.learn, y, rows.weight, config, None, naming))
    if isinstance(learned, DataError):
        return rows.table, rows.weight, None, None, [learned]
    return rows.table, rows.weight, learned, learned.scored(y, rows.weight), []


def _of_other_columns(table: Table, config: ModelConfig) -> list[DataError]:
    """Return what is wrong with groups and times by which rows are held out, and with what the family reads."""
    reads = [partial(table.numeric, name) for name in config.distribution.columns]
    found = [attempted(partial(HoldOut.of, config.data, table)), *map(attempted, reads)]
    return [error for error in found if isinstance(error, DataError)]


def suggestion(
    report: TableReport, config: ModelConfig, family: Suggestion | None, suspects: Sequence[float] = ()
) -> str:
    """Return a config in YAML that says what was guessed of the columns, and leaves out what cannot be used.

    What the config has that is no default, by options, is in it as well; numbers that may mean missing cells are
    in a comment.
    """
    own, data = config.model_dump(mode="json", exclude_unset=True), config.data
    values = data.model_dump(mode="json")  # whole, since the kind of a part is a default in itself
    values["missing"] = as_written(data.missing)
    declared = {key: values[key] for key in data.model_dump(exclude_defaults=True)}
    no_use = [c.name for c in report.columns if c.kind in ("identifier", "constant", "refused")]
    codes = [k.name for k in report.kinds if isinstance(k, Category) and k.words]
    there = {*target_names(data)} <= {c.name for c in report.columns}
    target = declared.pop("target", None)
    guessed = {"exclude": [*data.exclude, *no_use], "categorical": [*data.categorical, *codes]}
    keys = {"target": target if there else None, **{key: list(dict.fromkeys(n)) for key, n in guessed.items()}}
    keys |= {key: value for key, value in declared.items() if key not in keys}
    lines = [f"  {key}: {in_one_line(value)}" for key, value in keys.items() if value not in (None, [])]
    lines = ["data:", *lines] if lines else ["data: {}"]
    lines += suspects_in_comment(data.missing, suspects)
    if family is not None:
        lines.append(f"# '{shown(', '.join(output_names(data)))}' {shown(family.why)}")
        own.setdefault("distribution", {"kind": "auto"})
    others = sorted(own.keys() - {"data"}, key=lambda key: key != "distribution")  # beside why it is this one
    lines += [f"{key}: {in_one_line(own[key])}" for key in others]
    return "\n".join(lines)


def in_lines(found: Checked, where: str) -> str:
    """Return all that there is to say as text of lines that fit a terminal, but for notes, faults and the config."""
    report, shown_ones = found.report, _shown_ones(found.report.columns)
    width = max(WIDTH, shutil.get_terminal_size((WIDTH, 0)).columns)
    lines = [f"{where}: {counted(report.rows, 'row')}, {counted(len(report.columns), 'column')}.", ""]
    lines += [_line(width, "column", "kind", "distinct", "missing", "inputs", "values", "how it is read")]
    lines += [_row(width, c) for c in shown_ones]
    rest = [c for c in report.columns if c not in shown_ones]
    if rest:
        kinds = ", ".join(f"{many} {kind}" for kind, many in Counter(map(_kind, rest)).most_common())
        lines.append(f"… and {counted(len(rest), 'more column')} ({kinds}); --json prints all.")
    lines += ["", f"{counted(sum(c.inputs for c in report.columns), 'input')} of the network in all."]
    lines += [in_words(found.needs)] if found.needs else []
    if found.notes:
        lines += ["", "Notes:", *map(_wrapped, found.notes)]
    if found.faults:
        lines += ["", f"{counted(len(found.faults), 'fault')}:", *map(_wrapped, found.faults)]
    if found.suggestion:
        lines += ["", "Suggested config:", "", found.suggestion]
    return "\n".join(lines)


def as_plain(found: Checked) -> str:
    """Return the same as JSON, with all columns."""
    columns = [asdict(column) for column in found.report.columns]
    needs = {
        "networks": sum(n.members for n in found.needs),
        "weights": sum(n.members * n.weights for n in found.needs),
        "memory": max((n.memory for n in found.needs), default=0),
    }
    whole = {"rows": found.report.rows, "inputs": sum(c.inputs for c in found.report.columns), "columns": columns}
    more = {"notes": found.notes, "faults": found.faults, "config": found.suggestion or None}
    return json.dumps({**whole, "needs": needs if found.needs else None, **more}, ensure_ascii=False)


def _shown_ones(columns: Sequence[ColumnReport]) -> list[ColumnReport]:
    """Return the columns to show: of very many, what is no feature, the first, and what is no number."""
    if len(columns) <= MANY:
        return [*columns]
    spoken_of = [c for c in columns if c.role in ("target", "weight", "groups", "family")]
    strange = [c for c in columns if c.kind != "number" and c not in spoken_of]
    odd = [*spoken_of, *strange][: MANY // 2]
    plain = [c for c in columns if c not in odd][: MANY - len(odd)]
    return [c for c in columns if c in odd or c in plain]


def _row(width: int, c: ColumnReport) -> str:
    how = c.encoding.rpartition(": ")[2] if c.kind not in ("refused", "moment") else c.encoding
    how = "refused, see below" if c.kind == "refused" else how
    counts = (str(c.distinct), str(c.missing or ""), str(c.inputs or ""))
    return _line(width, shown(c.name), _kind(c), *counts, c.values, how)


def _kind(c: ColumnReport) -> str:
    """Return the kind of a feature, or what else a column is for."""
    return c.kind if c.role == "feature" else c.role


def _line(width: int, name: str, kind: str, distinct: str, missing: str, inputs: str, values: str, how: str) -> str:
    counts = f"{kind:10s} {distinct:>8s} {missing:>7s} {inputs:>6s}"
    first = f"{_cut(name, NAME):{NAME}s} {counts}  {_cut(values, VALUES):{VALUES}s}  "
    return (first + _cut(how, width - len(first))).rstrip()


def _wrapped(text: str) -> str:
    """Return a sentence in lines of its own that belong together."""
    return textwrap.fill(
        text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
