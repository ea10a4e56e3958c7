"""Plain data out of YAML, JSON and TOML, in which no key comes twice: the second one would silently hide the first."""

import json
import re
import tomllib
from typing import Any

from likelinet.core.errors import ConfigError
from likelinet.core.wording import shown

JSON = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[][{}]'
)  # what tells keys from values, and where they are
DEEP = 40  # levels of a config: it has ten
MOST = 200_000  # values of one, with each place that YAML refers to counted again
DIGITS = 300  # of an integer: as many as a float has
NEAR = 300  # lines of TOML between a key and its second place, at most: each of them is tried
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
        _check_keys(node, {})  # before merge keys bring in others
        return None if node is None else loader.construct_document(node)
    except (AttributeError, KeyError) as error:  # of a tag like !!bool whose value is none
        raise ValueError(f"a value does not fit its tag ({error})") from None
    finally:
        loader.dispose()


def in_one_line(value: Any) -> str:
    """Return plain data as YAML in one line."""
    import yaml

    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf"))
    return text.removesuffix("...\n").strip()


def check_extent(data: Any) -> None:
    """Raise `ConfigError` for plain data that are nested very deeply, or hold very many values, or endless integers."""
    level = [data]
    many, deep = 0, 0
    while level:
        deep, many = deep + 1, many + len(level)
        if deep > DEEP:
            raise ConfigError(f"it is nested more than {DEEP} levels deep, and no config is: write it flatter.")
        if many > MOST:
            raise _too_many()
        if any(map(_is_endless, level)):
            raise ConfigError(f"it has an integer of more than {DIGITS} digits: write a smaller one.")
        inner = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = [value for values in inner for value in values]


def _is_endless(value: Any) -> bool:
    """Whether a value is an integer, maybe in quotes, that is no float any more."""
    if isinstance(value, str):
        return len(value) > DIGITS and value.strip().lstrip("+-").replace("_", "").isdecimal()
    return isinstance(value, int) and value.bit_length() > 3 * DIGITS


def _too_many() -> ConfigError:
    return ConfigError(f"it holds more than {MOST:,} values, those that are referred to again among them: shorten it.")


def _check_keys(node: Any, seen: dict[int, int]) -> int:
    """Raise where a mapping in a tree of YAML nodes, each looked at once, has a key twice, or nodes are very many.

    Returns
    -------
    int
        How many nodes there are with each written out where it is referred to.
    """
    if node is None or isinstance(node.value, str):
        return 1
    if id(node) in seen:
        if seen[id(node)] == 0:
            raise ConfigError(
                f"the value of line {node.start_mark.line + 1} refers to itself: write out what is meant."
            )
        return seen[id(node)]
    seen[id(node)] = many = 0  # while it is looked at
    lines: dict[tuple[str, str], int] = {}
    for part in node.value:
        if not isinstance(part, tuple):  # of a sequence
            many += _check_keys(part, seen)
            continue
        key, value = part
        name, line = (key.tag, str(key.value)), key.start_mark.line + 1
        if name in lines and key.tag != MERGE:
            raise _twice(key.value, lines[name], line)
        lines[name] = line
        many += _check_keys(key, seen) + _check_keys(value, seen)
    if many > MOST:
        raise _too_many()
    seen[id(node)] = many + 1
    return many + 1


def read_json(text: str) -> Any:
    """Return what JSON text says.

    Raises
    ------
    ConfigError
        If a key comes twice in one object; the message has both lines.
    ValueError
        If it cannot be parsed.
    """
    data = json.loads(text)
    open_now: list[dict[str, int]] = []  # of each object or list around, the lines of its keys
    line, at = 1, 0
    for token in JSON.finditer(text):
        line, at = line + text.count("\n", at, token.start()), token.start()
        match token[0][0]:
            case "{" | "[":
                open_now.append({})
            case "}" | "]":
                open_now.pop()
            case _ if token["key"]:
                key = json.loads(token["key"])
                if key in open_now[-1]:
                    raise _twice(key, open_now[-1][key], line)
                open_now[-1][key] = line
            case _:
                pass  # a value
    return data


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
        lines = text.splitlines()[: int(found[1])]  # to the end of what is one too many, which may begin before
        near = range(max(0, len(lines) - NEAR), len(lines))
        second = next((i for i in reversed(near) if _is_toml(lines[:i])), len(lines) - 1)
        without = ((i, [*lines[:i], "", *lines[i + 1 :]]) for i in reversed(near) if i < second)
        first = next((i for i, others in without if _is_toml(others)), None)
        if first is None:
            raise
        raise _twice(lines[second].partition("=")[0].strip().strip("[]"), first + 1, second + 1) from None


def _is_toml(lines: list[str]) -> bool:
    try:
        tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _twice(key: str, first: int, second: int) -> ConfigError:
    return ConfigError(f"the key '{shown(str(key))}' comes twice, in lines {first} and {second}: keep one of them.")
