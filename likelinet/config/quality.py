"""Whole settings by name, by which all that a declaration leaves open is filled."""

from collections.abc import Mapping
from typing import Any, Literal

from likelinet.config.base import Config

Quality = Literal["fast", "good", "best"]

OPTIMIZER = {"kind": "adamw", "learning_rate": 0.004, "weight_decay": 0.1}
TRAINING = {"optimizer": OPTIMIZER, "schedule": {"kind": "hold_then_anneal"}, "average": 0.9995, "folds": "auto"}
LINEAR_MODEL = {"numeric": {"kind": "linear"}, "network": {"kind": "mlp", "hidden": []}}
LINEAR, SIXTEEN, CODED = (
    {"numeric": numeric}
    for numeric in ({"kind": "linear"}, {"kind": "piecewise_linear", "bins": 16}, {"kind": "piecewise_linear"})
)
DEEP = {**LINEAR, "network": {"kind": "mlp", "hidden": [128, 128, 128], "residual": True}}


def _setting(members: int, steps: int, families: int, groups: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "distribution": {"kind": "auto", "families": families},
        "ensemble": members,
        "groups": groups,
        "training": {**TRAINING, "steps": steps},
        "engine": "auto",
    }


SETTINGS: dict[str, dict[str, Any]] = {
    "fast": _setting(4, 2000, 1, [LINEAR_MODEL, CODED]),
    "good": _setting(8, 4000, 2, [LINEAR_MODEL, LINEAR, CODED]),
    "best": _setting(8, 12_000, 2, [LINEAR_MODEL, LINEAR, DEEP, SIXTEEN, CODED]),
}


def filled(declared: Mapping[str, Any], quality: Quality) -> dict[str, Any]:
    """Return a declaration in which all that it leaves open is as the quality has it.

    Groups that would differ in what is declared are one group, and with one member, or without folds, the last one is
    all; where there is no network to train well nothing is filled, and without features the family alone.

    Examples
    --------
    >>> filled({"training": {"seed": 3}}, "good")["training"]["average"]
    0.9995
    """
    own, setting = dict(declared), dict(SETTINGS[quality])
    data, network, training = (_keys(own.get(part)) for part in ("data", "network", "training"))
    if network.get("kind", "mlp") != "mlp":
        return own
    if data.get("features") == []:
        return _filled(own, {"distribution": {"kind": "auto"}})
    folds = training.get("folds", "auto")
    groups = _groups(setting.pop("groups"), bool(network), "numeric" in data)
    if own.get("ensemble") != 1 and folds is not None and len(groups) > 1:
        setting["groups"] = groups
    elif "numeric" in groups[-1]:
        setting["data"] = {"numeric": groups[-1]["numeric"]}
    if isinstance(folds, int):
        setting["ensemble"] = max(folds, setting["ensemble"])
    return _filled(own, setting)


def _groups(groups: list[dict[str, Any]], network: bool, numeric: bool) -> list[dict[str, Any]]:
    """Return the groups where network, or how numbers become inputs, is declared for all of them."""
    left = [g for g in groups if not (network and "network" in g)]
    left = [{name: part for name, part in g.items() if not (numeric and name == "numeric")} for g in left]
    return [g for i, g in enumerate(left) if g not in left[:i]]


def _keys(part: Any) -> dict[str, Any]:
    """Return the keys of a part that the user has set, if it is one."""
    said = _said(part)
    return said if isinstance(said, dict) else {}


def _said(part: Any) -> Any:
    """Return what the user said of a part, which may be a config whose other fields are at their defaults."""
    if not isinstance(part, Config):
        return part
    said = part.model_fields_set | ({"kind"} & type(part).model_fields.keys())
    return {name: getattr(part, name) for name in said}


def _filled(own: Any, setting: Any) -> Any:
    """Return a part of a declaration, and what it leaves open, unless it is of another kind than the setting's."""
    own = _said(own)
    if not isinstance(own, dict) or not isinstance(setting, dict):
        return own
    if own.get("kind", setting.get("kind")) != setting.get("kind"):
        return own
    return {**setting, **{key: _filled(value, setting.get(key)) for key, value in own.items()}}
