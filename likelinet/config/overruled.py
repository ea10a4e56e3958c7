"""A note where the setting that a config names says nothing, since all keys are declared beside it."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any, get_args

from likelinet.config.model import ModelConfig
from likelinet.config.quality import SETTINGS, Quality
from likelinet.core.notes import note

PART = "training"  # whose keys a setting sets one by one
SETTLED = ("distribution", "groups")  # which are otherwise in the config of a fitted model


def note_overruled(declared: Mapping[str, Any], config: ModelConfig) -> None:
    """Warn if what a declaration says leaves its `quality` nothing to set, and is as another would have set it.

    So it is where a config that was printed in full has another quality written into it.
    """
    setting = next((s for name, s in SETTINGS.items() if name == declared.get("quality")), {})
    keys = [*_keys(setting)]
    if not keys or not all(_is_in(declared, key) for key in keys):
        return
    own, keys = config.model_dump(), [key for key in keys if key[0] not in SETTLED]
    would = {name: ModelConfig.model_validate({"quality": name}).model_dump() for name in get_args(Quality)}
    apart = {name: [".".join(key) for key in keys if _at(own, key) != _at(would[name], key)] for name in would}
    others = apart.pop(config.quality)
    if others and not all(apart.values()):
        note(
            f"quality: {config.quality} changes nothing here: all keys that it sets are declared by themselves, and "
            f"{', '.join(others)} otherwise; take out those that it is to set."
        )


def _keys(setting: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, value in setting.items():
        yield from ((name, key) for key in value) if name == PART else [(name,)]


def _is_in(declared: Mapping[str, Any], key: tuple[str, ...]) -> bool:
    part = declared if len(key) == 1 else declared.get(key[0])
    return isinstance(part, Mapping) and key[-1] in part


def _at(plain: Mapping[str, Any], key: tuple[str, ...]) -> Any:
    return reduce(lambda part, name: part[name], key, plain)
