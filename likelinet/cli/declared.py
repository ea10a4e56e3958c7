"""A config and a table, as `fit` and `compare` take them; the config may be left out where the target is named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from likelinet.cli.options import CONFIGS
from likelinet.config import ModelConfig, load_config
from likelinet.config.files import declare
from likelinet.config.network import CoderConfig
from likelinet.config.plain import read_yaml
from likelinet.core.errors import ConfigError, DataError
from likelinet.tables.named_target import with_target
from likelinet.tables.rows import declared_table
from likelinet.tables.stream import Stream
from likelinet.tables.table import Table, read_table
from likelinet.targets.suggestion import suggested

Reading = Callable[[Sequence[Path], bool], Table | Stream]


@dataclass(frozen=True)
class Declared:
    """What a command line declares.

    Parameters
    ----------
    config : ModelConfig
        The config, maybe one that nobody has written.
    table : Table or Stream
        The rows.
    why : str, optional
        Why it has its family, where nobody has chosen one.
    """

    config: ModelConfig
    table: Table | Stream
    why: str | None = None

    @property
    def in_memory(self) -> Table:
        """The rows, for a command that takes no streams."""
        if isinstance(self.table, Stream):
            raise click.UsageError(f"{', '.join(self.table.paths)}: only fit takes a stream with a config.")
        return self.table


def declared(
    paths: Sequence[Path], target: Sequence[str], overrides: Sequence[str], read: Reading = read_table
) -> Declared:
    """Return the config and the table that files and options stand for.

    Parameters
    ----------
    paths : sequence of Path
        Maybe a config, and the files of the table.
    target : sequence of str
        What to predict, in place of `data.target`.
    overrides : sequence of str
        Keys with their new values.
    read : callable
        Returns the rows of files.
    """
    if not paths:
        raise click.UsageError("Missing argument 'CONFIG'; or a table, with the name of its target by --target.")
    if late := [path for path in paths[1:] if path.suffix.lower() in CONFIGS]:
        raise click.UsageError(f"{late[0]} is a config: there is one, and it comes before the table.")
    written = not target or paths[0].suffix.lower() in CONFIGS
    files = paths[1:] if written else paths
    if not files:
        lacks = "the table" if paths[0].suffix.lower() in CONFIGS else "the column to predict, by --target, or a config"
        raise click.UsageError(f"Beside {paths[0]}, name {lacks}.")
    try:
        config = load_config(paths[0], overrides) if written else declare({}, overrides, "the defaults")
    except ConfigError as error:
        if paths[0].suffix.lower() in CONFIGS or not written:
            raise
        raise ConfigError(f"{str(error)[:-1]}; without a config, name the column to predict by --target.") from None
    table = read(files, config.data.header)
    table = table if isinstance(table, Stream) else declared_table(table, config.data)
    names = table.names if isinstance(table, Stream) else [*table.columns]
    config = with_target(config, target_of(target, names), "--target") if target else config
    if config.data.target is None and not isinstance(config.network, CoderConfig):
        raise ConfigError("y is missing: name its column in data.target, or by --target.")
    if written or "distribution" in config.model_fields_set:
        return Declared(config, table)
    family = suggested(declared_table(first_of(table), config.data), config.data.target)
    if config.distribution.is_open:  # fit chooses one, and says why
        return Declared(config, table)
    config = ModelConfig.model_validate({**config.model_dump(mode="json"), "distribution": family.distribution})
    return Declared(config, table, family.why)


def first_of(table: Table | Stream) -> Table:
    """Return a table, or the first block of a stream."""
    if isinstance(table, Table):
        return table
    first = next(iter(table), None)
    if first is None:
        raise DataError("The table is empty: it has no rows.")
    return first


def target_of(texts: Sequence[str], columns: Sequence[str]) -> Any:
    """Return what options name, as `data.target` has it: a column, or several, or a mapping as YAML has it.

    Several are several options, or one with commas between the names, maybe in brackets.
    """
    if len(texts) == 1 and texts[0].lstrip().startswith("{") and texts[0] not in columns:
        return _in_yaml(texts[0], dict, "{time: …, event: …} or {lower: …, upper: …}")
    named = [_names(text, columns) for text in texts]
    return named[0] if len(named) == 1 else [name for n in named for name in ([n] if isinstance(n, str) else n)]


def _names(text: str, columns: Sequence[str]) -> str | list[str]:
    """Return the column that one option names, or the columns."""
    if text in columns:
        return text
    if text.lstrip().startswith("["):
        return [_stripped(str(name), columns) for name in _in_yaml(text, list, "[a, b]")]
    parts = [_stripped(part, columns) for part in text.split(",")]
    return parts if len(parts) > 1 and any(part in columns for part in parts) else _stripped(text, columns)


def _in_yaml(text: str, form: type, write: str) -> Any:
    """Return what YAML reads, which must have a form."""
    import yaml

    try:
        found = read_yaml(text)
    except (ValueError, yaml.YAMLError):
        found = None
    if not isinstance(found, form):
        raise ConfigError(f"--target {text}: write {write}.")
    return found


def _stripped(name: str, columns: Sequence[str]) -> str:
    """Return a name as files have it, without blanks around it."""
    return name if name in columns else name.strip()
