"""`likelinet init`: a config for a table, with what one would change next as comments."""

import shlex
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from likelinet.cli.declared import target_of
from likelinet.cli.describe import columns_in_words, suspects_in_comment
from likelinet.cli.output import check_new, check_writable, replaced
from likelinet.config import DataConfig, MLPConfig, ModelConfig
from likelinet.config.plain import in_one_line
from likelinet.core.wording import counted, ended, shown
from likelinet.tables.inputs import learn_inputs
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.noted import suspected_codes
from likelinet.tables.named_target import with_target
from likelinet.tables.rows import output_names, target_names
from likelinet.tables.table import Table, read_table
from likelinet.targets.suggestion import Suggestion, suggested


def init_command(files: Sequence[Path], target: Sequence[str], output: Path, header: bool) -> None:
    """Write a config that predicts a column from all others, in a new file."""
    check_new(output, "name another one by -o")
    check_writable(output)
    table = read_table(files, header)
    data = with_target(ModelConfig(), target_of(target, [*table.columns])).data
    for name in target_names(data):
        table.column(name)  # a misspelled one is said
    family = suggested(table, data.target)
    text = config_text(table, data, family, header, files, output)
    with replaced(output) as new:
        new.write_text(text, encoding="utf-8")
    names = [_in_brief(declared) for declared in family.candidates]
    taken = f"auto, one of {', '.join(names)}" if len(names) > 1 else _in_brief(family.distribution)
    click.echo(ended(f"{output}: family {taken}, since '{', '.join(output_names(data))}' {family.why}"))
    click.echo(f"Next: {_command('fit', output, files)} --holdout 0.2")


def config_text(
    table: Table, data: DataConfig, family: Suggestion, header: bool, files: Sequence[Path], output: Path
) -> str:
    """Return the config as YAML with comments."""
    features = [name for name in table.columns if name not in target_names(data)]
    several, default = len(family.candidates) > 1, ModelConfig()
    groups = [group.model_dump(mode="json", exclude_unset=True) for group in default.groups or ()]
    y = ", ".join(map(shown, output_names(data)))
    own = family.distribution["kind"] if len(family.distribution) == 1 else in_one_line(family.distribution)
    others = ", ".join([own, *family.others] if several else ["config", *family.others])
    kinds = learned_kinds(table, features, len(output_names(data)))
    lines = [
        f"# {counted(table.n, 'row')} and {counted(len(table.columns), 'column')} of {', '.join(map(str, files))}.",
        "#",
        f"#   {_command('fit', output, files)} --holdout 0.2",
        f"#   {_command('compare', output, files)} --set quality=fast --families {shlex.quote(others)}",
        "#",
        "# Keys behind a # are at their defaults.",
        "",
        "data:",
        f"  target: {in_one_line(data.model_dump(mode='json')['target'])}",
        *([] if header else ["  header: false"]),
        "  # Every other column is a feature:",
        *(f"  # {line}" for line in columns_in_words(kinds, len(kinds))),
        f"  # features: {in_one_line(features)}",
        *suspects_in_comment(data.missing, suspected_codes(table, kinds)),
        "  # weight: null  # column with the weight of each row",
        "  # groups: null  # column with groups that stay together when rows are held out, such as a patient",
        "  # time: null  # column with a time, in whose order the last rows are held out",
        "",
        f"# quality: {default.quality}  # fast takes less time, best more; plain trains one network",
        f"distribution: {'auto' if several else in_one_line(family.distribution)}  # '{y}' {shown(family.why)}",
        *(
            [f"# which takes one of {', '.join(map(_in_brief, family.candidates))}, by held-out rows"]
            if several
            else []
        ),
        "",
        f"# network: {{hidden: {in_one_line(list(MLPConfig().hidden))}}}  # widths of the layers; [] is a linear model",
        f"# ensemble: {default.ensemble}  # how many networks each group has",
        f"# groups: {in_one_line(groups)}",
        "# training:",
        *(f"#   {key}: {in_one_line(getattr(default.training, key))}" for key in ("steps", "folds", "seed")),
    ]
    return "\n".join([*lines, ""])


def _in_brief(declared: dict[str, Any]) -> str:
    return ModelConfig.model_validate({"distribution": declared}).distribution.in_brief


def learned_kinds(table: Table, names: Sequence[str], outputs: int) -> tuple[Kind, ...]:
    """Return what each column is taken for, to be described: whatever y is, it counts as 0 in every row."""
    weight, y = np.ones(table.n), np.zeros((table.n, outputs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # said when the model is fitted
        learned = learn_inputs(table, [*names], weight, DataConfig())
    return learned.with_means(table, weight, y, np.zeros(table.n, int))[0].columns


def _command(name: str, config: Path, files: Sequence[Path]) -> str:
    return shlex.join(["likelinet", name, str(config), *map(str, files)])
