"""Configs as files: YAML, TOML or JSON."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from likelinet.config.base import Config
from likelinet.config.model import ModelConfig
from likelinet.config.overruled import note_overruled
from likelinet.config.plain import check_extent, read_json, read_toml, read_yaml
from likelinet.config.quality import said_of
from likelinet.core.errors import ConfigError
from likelinet.core.wording import shown


def parse_config(data: Any, where: str = "config") -> ModelConfig:
    """Return the config that plain data declares.

    Raises
    ------
    ConfigError
        With one sentence that names the key, what is wrong and the nearest valid value.
    """
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: expected a mapping of keys like 'data', 'network' and 'distribution'.")
    try:
        check_extent(data)
        return ModelConfig.model_validate(data)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None


def load_config(path: str | Path, overrides: Iterable[str] = ()) -> ModelConfig:
    """Return the config in a file, with overrides like ``training.epochs=50`` applied.

    Parameters
    ----------
    path : str or Path
        A YAML, TOML or JSON file.
    overrides : iterable of str
        Keys with their new values, as ``--set`` takes them.

    Raises
    ------
    ConfigError
        If the file is missing, cannot be parsed, or declares something invalid.
    """
    return declare(read_plain(path), overrides, str(path))


def read_plain(path: str | Path) -> Any:
    """Return what a YAML, TOML or JSON file says, as plain data.

    Raises
    ------
    ConfigError
        If the file is missing, or cannot be parsed.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")  # an editor may have put a byte order mark first
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the config ({error.strerror}); check the path.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not a text file; a config is YAML, TOML or JSON.") from None
    return _parse(path, text)


def declare(data: Any, overrides: Iterable[str], where: str) -> ModelConfig:
    """Return the config that plain data declares, with overrides applied; a message names the one that spoils it."""
    overrides = list(overrides)
    try:
        whole = _overridden(data, overrides)
        config = parse_config(whole, where)
        note_overruled(whole, config)
        return config
    except ConfigError:
        spoils = next((o for n, o in reversed([*enumerate(overrides)]) if _is_sound(data, overrides[:n])), None)
        if spoils is None:
            raise
    return parse_config(_overridden(data, overrides), f"with --set {spoils}, {where}")


def dump_config(config: ModelConfig) -> str:
    """Return the whole config as YAML, ready to be read again."""
    plain = config.model_dump(mode="json")
    if plain["groups"] is not None:  # of each what is its own
        plain["groups"] = [{k: part for k, part in group.items() if part is not None} for group in plain["groups"]]
    return as_yaml(plain)


def as_yaml(plain: Mapping[str, Any]) -> str:
    """Return the plain data of a config as YAML, ready to be read again."""
    import yaml

    return yaml.safe_dump(dict(plain), sort_keys=False, default_flow_style=None, width=120, allow_unicode=True)


def plain_of(part: Any) -> Any:
    """Return what is declared in a config, or in a part of one, as plain data: all that is set, and each kind.

    Examples
    --------
    >>> plain_of(ModelConfig(training={"epochs": 3}))
    {'training': {'epochs': 3}}
    """
    if isinstance(part, list | tuple):
        return [plain_of(each) for each in part]
    if not isinstance(part, Config):
        return part
    named = part.model_dump(mode="json", include=set(said := said_of(part)))
    return {name: plain_of(said[name]) if isinstance(said[name], Config | list) else named[name] for name in named}


def with_keys(data: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain data in which keys like ``training.epochs`` have these values."""
    whole = deepcopy(dict(data))
    for key, value in values.items():
        _put(whole, key, deepcopy(value))
    return whole


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    for part in path:
        if not isinstance(data.get(part), dict):
            data[part] = {}
        data = data[part]
    data[last] = value


def _parse(path: Path, text: str) -> Any:
    import yaml

    try:
        match path.suffix.lower():
            case ".json":
                data = read_json(text)
            case ".toml":
                data = read_toml(text)
            case _:
                data = read_yaml(text)
        check_extent(data)
        return data
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    except (ValueError, yaml.YAMLError) as error:  # ValueError: JSON, TOML, and a date that there is not
        reason = " ".join(str(error).replace('in "<unicode string>", ', "in ").split())
        raise ConfigError(f"{path}: cannot be parsed: {shown(reason, 300)}.") from None
    except RecursionError:
        raise ConfigError(f"{path}: it is nested far too deeply, and no config is: write it flatter.") from None


def _overridden(data: Any, overrides: Sequence[str]) -> Any:
    data = {} if data is None else deepcopy(data)
    for override in overrides if isinstance(data, dict) else ():
        _override(data, override)
    return data


def _is_sound(data: Any, overrides: Sequence[str]) -> bool:
    try:
        parse_config(_overridden(data, overrides))
    except ConfigError:
        return False
    return True


def _override(data: dict[str, Any], override: str) -> None:
    import yaml

    key, equals, value = override.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"--set {override}: write it as key.subkey=value, for example training.epochs=50.")
    if not value.strip():
        raise ConfigError(f"--set {override}: the value is missing; write {key.strip()}=null for none at all.")
    try:
        found = read_yaml(value)
        check_extent(found)
        _put(data, key.strip(), found)
    except ConfigError as error:
        raise ConfigError(f"--set {override}: {error}") from None
    except (RecursionError, ValueError, yaml.YAMLError):  # ValueError: a date that there is not
        raise ConfigError(f"--set {override}: the value cannot be parsed.") from None
