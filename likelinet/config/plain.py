"""Plain data out of YAML, JSON and TOML, in which no key comes twice: the second one would silently hide the first."""

import json
import re
import tomllib
from collections import Counter
from typing import Any

from likelinet.core.errors import ConfigError

MERGE = "tag:yaml.org,2002:merge"  # the key `<<`, which may come more than once


def read_yaml(text: str) -> Any:
    """Return what YAML text says.

    Raises
    ------
    ConfigError
        If a key comes twice in one mapping; the message has both lines.
    ValueError, yaml.YAMLError
        If it cannot be parsed.
    """
    import yaml

    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        _check_keys(node, set())  # before merge keys bring in others
        return None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _check_keys(node: Any, seen: set[int]) -> None:
    """Raise where a mapping in a tree of YAML nodes, each looked at once, has a key twice."""
    if node is None or isinstance(node.value, str) or id(node) in seen:
        return
    seen.add(id(node))
    lines: dict[tuple[str, str], int] = {}
    for part in node.value:
        if not isinstance(part, tuple):  # of a sequence
            _check_keys(part, seen)
            continue
        key, value = part
        name, line = (key.tag, str(key.value)), key.start_mark.line + 1
        if name in lines and key.tag != MERGE:
            raise _twice(key.value, f"in lines {lines[name]} and {line}")
        lines[name] = line
        _check_keys(value, seen)


def read_json(text: str) -> Any:
    """Return what JSON text says.

    Raises
    ------
    ConfigError
        If a key comes twice in one object; the message has the path to it.
    ValueError
        If it cannot be parsed.
    """
    return _plain(json.loads(text, object_pairs_hook=_Pairs), ())


def read_toml(text: str) -> Any:
    """Return what TOML text says.

    Raises
    ------
    ConfigError
        If a key or a table comes twice; the message has both lines.
    ValueError
        If it cannot be parsed.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        if found is None or not str(error).startswith("Cannot "):
            raise
        lines = [line.partition("=")[0].strip() for line in text.splitlines()]
        second = int(found[1]) - 1
        first = next((i for i in range(second - 1, -1, -1) if lines[i] == lines[second]), None)
        if first is None:
            raise
        raise _twice(lines[second].strip("[]"), f"in lines {first + 1} and {second + 1}") from None


class _Pairs(list[tuple[str, Any]]):
    """The keys and values of a JSON object."""


def _plain(value: Any, path: tuple[str, ...]) -> Any:
    """Return pairs as dicts."""
    match value:
        case _Pairs():
            for key, times in Counter(key for key, _ in value).items():
                if times > 1:
                    raise _twice(key, f"in the object '{'.'.join(path)}'" if path else "at the top")
            return {key: _plain(v, (*path, key)) for key, v in value}
        case list():
            return [_plain(v, (*path, str(i))) for i, v in enumerate(value)]
        case _:
            return value


def _twice(key: str, where: str) -> ConfigError:
    return ConfigError(f"the key '{key}' comes twice, {where}: keep one of them.")
