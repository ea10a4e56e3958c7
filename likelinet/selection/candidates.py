"""The list of families to compare, as the command line takes it: each in the config's place."""

from collections.abc import Iterable
from typing import Any

from likelinet.config import AutoConfig, CensoredConfig, IntervalTargetConfig, ModelConfig, TimeTargetConfig
from likelinet.config.base import Config
from likelinet.config.distribution import FAMILY_CONFIGS, WRAPPER_CONFIGS
from likelinet.config.plain import in_one_line, read_yaml
from likelinet.config.wrappers import CustomConfig
from likelinet.core.errors import ConfigError
from likelinet.tables.roles import other_columns

OWN = "config"  # the word for the distribution that the config declares
WHOLE = tuple(c.model_fields["kind"].default for c in (CensoredConfig, AutoConfig))  # around which nothing goes
TAKEN_OVER = ("exposure", "offset", "total_count", "levels")  # keys that say something of the data, not of the family
KINDS: dict[str, type[Config]] = {
    c.model_fields["kind"].default: c for c in (*FAMILY_CONFIGS, *WRAPPER_CONFIGS, CustomConfig)
}
WRITTEN = {"base": "{kind: …}", "target": "module:Class"}  # how a key without a default is written; others as a column


def families(text: str, config: ModelConfig) -> dict[str, ModelConfig]:
    """Return the config with each of the families in place of its own, by name.

    Parameters
    ----------
    text : str
        A list in YAML, whose outer brackets may be left out: kinds with their defaults, mappings as a config has them
        under `distribution`, and the word `config` for the one that is there. A kind by itself takes over `exposure`,
        `offset`, `total_count` and `levels` from the config's own family, if it has such a key. Where the target is
        censored, `censored` goes around each of them by itself.
    config : ModelConfig
        Everything else.

    Raises
    ------
    ConfigError
        If it is no such list, or a family in it is not valid.

    Examples
    --------
    >>> import likelinet as ll
    >>> list(families("config, poisson, {kind: discretised, base: {kind: log_normal}}", ll.ModelConfig()))
    ['config', 'poisson', 'discretised(log_normal)']
    """
    import yaml

    try:
        entries = read_yaml(text if text.lstrip().startswith("[") else f"[{text}]")
    except ConfigError as error:
        raise ConfigError(f"--families {text}: {error}") from None
    except yaml.YAMLError:
        entries = None
    if not isinstance(entries, list) or not entries or not all(isinstance(e, str | dict) for e in entries):
        raise ConfigError(
            f'--families {text}: write a list like gaussian,student_t or "gaussian, {{kind: mixture, components: 2}}".'
        )
    censored = isinstance(config.data.target, IntervalTargetConfig | TimeTargetConfig)
    found: dict[str, ModelConfig] = {}
    for entry in entries:
        name = _name(entry)
        if name in found:
            raise ConfigError(f"--families names {name} twice.")
        if name == OWN:
            found[name] = config
            continue
        declared = {"kind": entry, **_taken_over(entry, config)} if isinstance(entry, str) else entry
        _check_complete(name, declared)
        if censored and declared.get("kind") not in WHOLE:
            declared = {"kind": "censored", "base": declared}
        try:
            found[name] = ModelConfig.model_validate({**_without_family(config), "distribution": declared})
        except ConfigError as error:
            raise ConfigError(f"--families {name}: {error}") from None
    return found


def _without_family(config: ModelConfig) -> dict[str, Any]:
    """Return a config as plain data, whose groups of members all have the family of the whole."""
    plain = config.model_dump(mode="json")
    groups = [{**group, "distribution": None} for group in plain["groups"] or ()]
    return {**plain, "groups": groups or None}


def same_features(config: ModelConfig, models: Iterable[ModelConfig], columns: Iterable[str]) -> list[str]:
    """Return the columns to predict from, the same for every family that is compared.

    Where `data.features` is null, these are all columns but target, weight, groups and those that the config's own
    distribution or any other of the families reads: no family may have them as features if another one may not.

    Parameters
    ----------
    config : ModelConfig
        The one whose distribution the others replace.
    models : iterable of ModelConfig
        All that are compared.
    columns : iterable of str
        Of the table.

    Examples
    --------
    >>> import likelinet as ll
    >>> own = ll.ModelConfig(data={"target": "y"}, distribution={"kind": "poisson", "exposure": "years"})
    >>> same_features(own, [ll.ModelConfig()], ["x", "years", "y"])
    ['x']
    """
    if config.data.features is not None:
        return config.data.features
    other = {*other_columns(config), *(c for m in models for c in m.distribution.columns)}
    return [name for name in columns if name not in other]


def _taken_over(kind: str, config: ModelConfig) -> dict[str, Any]:
    """Return what a kind by itself has from the config's own family."""
    own = config.distribution.leaf.model_dump(mode="json")
    keys = KINDS[kind].model_fields if kind in KINDS else ()
    return {key: own[key] for key in TAKEN_OVER if key in keys and own.get(key) is not None}


def _check_complete(name: str, declared: Any) -> None:
    """Say how to write a key that a family, or one within it, lacks and that has no default."""
    while isinstance(declared, dict):
        kind = str(declared.get("kind", "gaussian"))
        fields = KINDS[kind].model_fields if kind in KINDS else {}
        missing = [key for key, field in fields.items() if field.is_required() and key not in declared]
        if missing:
            rest = ", ".join(f"{key}: {WRITTEN.get(key, '{column: …}')}" for key in missing)
            raise ConfigError(f"--families {name}: {kind} lacks {', '.join(missing)}: write {{kind: {kind}, {rest}}}.")
        declared = declared.get("base")


def _name(entry: Any) -> str:
    """Return a family's config in short: its kind, with what it is over and whatever is not left at its default."""
    if not isinstance(entry, dict):
        return str(entry)
    kind, base = entry.get("kind", "gaussian"), entry.get("base")
    inner = [] if base is None else [_name(base)]
    inner += [f"{key}={in_one_line(value)}" for key, value in entry.items() if key not in ("kind", "base")]
    return f"{kind}({', '.join(inner)})" if inner else str(kind)
