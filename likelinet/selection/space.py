"""Spaces of configs: keys, each with the values that it may have."""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any

import numpy as np
from pydantic import model_validator

from likelinet.config import ModelConfig
from likelinet.config.base import Config
from likelinet.config.files import plain_of, with_keys
from likelinet.config.plain import in_one_line
from likelinet.core.errors import ConfigError

# Keys that say which rows are scored, and how they are held out.
SCORED = ("data.target", "data.weight", "data.groups", "data.time", "data.missing", "data.strict", "data.header")
FIXED = (*SCORED, "training.seed")
TRIED = 200  # points of a space that must be valid configs before any work is done
Value = int | float | str


class Range(Config):
    """Numbers between two ends: whole ones where both ends are."""

    low: int | float
    """The least."""
    high: int | float
    """The largest."""
    log: bool = False
    """Whether the logarithm is drawn evenly, rather than the number."""

    @model_validator(mode="after")
    def _in_order(self) -> Any:
        if not self.low < self.high:
            raise ValueError(f"'low' must be below 'high', got {self.low} and {self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"'low' must be above 0 where 'log' is true, got {self.low}")
        return self

    @property
    def whole(self) -> bool:
        """Whether it is of whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def drawn(self) -> list[Value]:
        """All numbers, where these can be listed."""
        assert self.whole
        return list(range(int(self.low), int(self.high) + 1))

    @property
    def many(self) -> float:
        """How many numbers there are."""
        return self.high - self.low + 1 if self.whole else math.inf

    @property
    def ends(self) -> tuple[Value, Value]:
        """The first and the last of them."""
        return self.low, self.high

    def some(self, rng: np.random.Generator) -> Value:
        """Return one of them at random."""
        if self.whole:
            return int(rng.integers(int(self.low), int(self.high) + 1))
        return float(rng.uniform(self.low, self.high))

    def value(self, drawn: Value) -> Any:
        """Return what a config has for a number that was drawn."""
        return drawn


@dataclass(frozen=True)
class Choice:
    """One of several values.

    Parameters
    ----------
    values : dict
        Plain data, by how YAML has it in one line, by which one is drawn.
    """

    values: Mapping[str, Any]

    @property
    def drawn(self) -> list[Value]:
        """All of them."""
        return list(self.values)

    @property
    def many(self) -> float:
        """How many there are."""
        return len(self.values)

    @property
    def ends(self) -> tuple[Value, Value]:
        """The first and the last of them."""
        return self.drawn[0], self.drawn[-1]

    def some(self, rng: np.random.Generator) -> Value:
        """Return one of them at random."""
        return self.drawn[int(rng.integers(len(self.values)))]

    def value(self, drawn: Value) -> Any:
        """Return what a config has for one that was drawn."""
        return self.values[str(drawn)]


@dataclass(frozen=True)
class Space:
    """Configs that differ in some keys.

    Parameters
    ----------
    declared : dict
        What all of them have in common, as plain data.
    keys : dict
        The values that each key may have, by its name, like ``training.optimizer.learning_rate``.
    """

    declared: Mapping[str, Any]
    keys: Mapping[str, Range | Choice]

    @property
    def many(self) -> float:
        """How many configs there are; inf with a range of numbers."""
        return math.prod(key.many for key in self.keys.values())

    def points(self) -> Iterator[dict[str, Value]]:
        """Yield all of them, as they are drawn."""
        for values in itertools.product(*(key.drawn for key in self.keys.values())):
            yield dict(zip(self.keys, values, strict=True))

    def values(self, point: Mapping[str, Value]) -> dict[str, Any]:
        """Return the value of each key, as a config has it, of what was drawn."""
        return {name: key.value(point[name]) for name, key in self.keys.items()}

    def plain(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the config with these values as it would be written."""
        return with_keys(self.declared, values)

    def has(self, plain: Any) -> bool:
        """Whether plain data are a config that differs from these in values of the keys alone, whichever they are."""
        try:
            values = {name: reduce(getitem, name.split("."), plain) for name in self.keys}
        except (LookupError, TypeError):
            return False
        return self.plain(values) == plain

    def to_json(self) -> dict[str, Any]:
        """Return the keys with their values as plain data."""
        return {
            name: list(key.values.values()) if isinstance(key, Choice) else key.model_dump()
            for name, key in self.keys.items()
        }


def space_of(config: ModelConfig, search: Any, where: str = "search") -> Space:
    """Return the space of configs around one, checked before any work is done.

    Parameters
    ----------
    config : ModelConfig
        What all of them have in common: that which it declares.
    search : dict
        A list of values, or ``{low: …, high: …, log: …}``, for each key.
    where : str
        How messages call it.

    Raises
    ------
    ConfigError
        If a key is unknown, its values are not valid, or configs of the space are not.

    Examples
    --------
    >>> space = space_of(ModelConfig(), {"ensemble": {"low": 1, "high": 3}, "network.hidden": [[8], [8, 8]]})
    >>> space.many
    6
    >>> next(space.points())
    {'ensemble': 1, 'network.hidden': '[8]'}
    """
    if not isinstance(search, Mapping) or not search:
        raise ConfigError(f"{where}: write keys with their values, like network.hidden: [[64], [128, 128]].")
    for name in search:
        if not isinstance(name, str):
            raise ConfigError(f"{where}: {name!r} is no key; write one like training.optimizer.learning_rate.")
        if fixed := next((f for f in FIXED if name == f or f.startswith(f"{name}.")), None):
            what = "the folds" if fixed == "training.seed" else "the rows"
            raise ConfigError(f"{where}: {name}: {what} by which configs are compared must be the same: leave it out.")
    space = Space(plain_of(config), {name: _values(given, f"{where}: {name}") for name, given in search.items()})
    _check(space, where)
    return space


def _check(space: Space, where: str) -> None:
    """Raise unless the configs of a space are valid, of a large one many that are drawn at random."""
    for name in space.keys:
        if inner := next((other for other in space.keys if other.startswith(f"{name}.")), None):
            raise ConfigError(f"{where}: {inner} is a part of {name}, which has values too: leave one of them out.")
    for point in space.points() if space.many <= TRIED else _some(space):
        try:
            ModelConfig.model_validate(space.plain(space.values(point)))
        except ConfigError as error:
            drawn = ", ".join(f"{name}={in_one_line(value)}" for name, value in space.values(point).items())
            with_values = "" if "unknown key" in str(error) else f"with {drawn}: "
            raise ConfigError(f"{where}: {with_values}{error}") from None


def _some(space: Space) -> Iterator[dict[str, Value]]:
    """Yield the point of all first values, that of all last ones, and many between them."""
    rng = np.random.default_rng(0)
    yield {name: key.ends[0] for name, key in space.keys.items()}
    yield {name: key.ends[1] for name, key in space.keys.items()}
    for _ in range(TRIED):
        yield {name: key.some(rng) for name, key in space.keys.items()}


def _values(given: Any, where: str) -> Range | Choice:
    """Return the values that are given for a key."""
    if isinstance(given, Mapping):
        try:
            return Range.model_validate(dict(given))
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from None
    if not isinstance(given, list | tuple) or not given:
        raise ConfigError(f"{where}: write a list of values, or {{low: …, high: …}}, got {given!r}.")
    values = [plain_of(value) if isinstance(value, Config) else value for value in given]
    named = {in_one_line(value): value for value in values}
    if len(named) < len(values):
        raise ConfigError(f"{where}: the same value is there twice: keep one of them.")
    return Choice(named)
