"""Whole settings by name, by which all that a declaration leaves open is filled."""

from collections.abc import Mapping
from typing import Any, Literal

from likelinet.config.base import Config
from likelinet.config.data import DataConfig
from likelinet.config.families import GaussianConfig
from likelinet.config.training import TrainingConfig

Quality = Literal["plain", "fast", "good", "best"]
DEFAULT: Quality = "good"

OPTIMIZER = {"kind": "adamw", "learning_rate": 0.004, "weight_decay": 0.1}
TRAINING = {
    "optimizer": OPTIMIZER,
    "schedule": {"kind": "hold_then_anneal"},
    "average": 0.9995,
    "folds": "auto",
    "further": 0.5,
}
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


# Which say what a kind is that is left out.
PARTS: dict[str, Config] = {"data": DataConfig(), "training": TrainingConfig(), "distribution": GaussianConfig()}

SETTINGS: dict[str, dict[str, Any]] = {
    "fast": _setting(4, 2000, 1, [LINEAR_MODEL, CODED]),
    "good": _setting(8, 4000, 2, [LINEAR_MODEL, LINEAR, CODED]),
    "best": _setting(8, 12_000, 2, [LINEAR_MODEL, LINEAR, DEEP, SIXTEEN, CODED]),
}


def quality_of(declared: Mapping[str, Any]) -> Any:
    """Return the quality that a declaration names, or has by default.

    That is `plain` where the others have nothing to say: of codes, and of the exact maximum by L-BFGS.
    """
    if "quality" in declared:
        return declared["quality"]
    network, optimizer = _keys(declared.get("network")), _keys(_keys(declared.get("training")).get("optimizer"))
    nothing_to_say = network.get("kind", "mlp") != "mlp" or optimizer.get("kind") == "lbfgs"
    return "plain" if nothing_to_say else DEFAULT


def filled(declared: Mapping[str, Any], quality: Quality) -> dict[str, Any]:
    """Return a declaration in which all that it leaves open is as the quality has it; `plain` leaves it open.

    Groups that would differ in what is declared are one group, and with one member, or without folds, the last one is
    all; where there is no network to train well nothing is filled, and without features the family alone.

    Examples
    --------
    >>> filled({"training": {"seed": 3}}, "good")["training"]["average"]
    0.9995
    """
    own, setting = dict(declared), dict(next((s for name, s in SETTINGS.items() if name == quality), {}))
    data, network, training = (_keys(own.get(part)) for part in ("data", "network", "training"))
    if not setting or network.get("kind", "mlp") != "mlp":
        return own
    if data.get("features") == []:
        return {"distribution": {"kind": "auto"}} | own
    # Who says how much each member holds out draws it for each, rather than by folds.
    folds = training.get("folds", None if "validation_fraction" in training else "auto")
    if folds is None:
        setting["training"] = {**setting["training"], "folds": None}
    groups = _groups(setting.pop("groups"), bool(network), "numeric" in data)
    one = own.get("ensemble") == 1 or folds is None or own.get("groups", groups) is None
    if one:
        setting["distribution"] = {"kind": "auto"}
    if not one and len(groups) > 1:
        setting["groups"] = groups
    elif "numeric" in groups[-1]:
        setting["data"] = {"numeric": groups[-1]["numeric"]}
    if isinstance(folds, int):
        setting["ensemble"] = max(folds, setting["ensemble"])
    return {**setting, **{key: merged(part, setting.get(key), PARTS.get(key)) for key, part in own.items()}}


def mark_as_filled(config: Any, declared: Any) -> None:
    """Have a new config, and its parts, count only what was declared among the fields that are set."""
    said = said_of(declared)
    if not isinstance(config, Config) or not isinstance(said, dict):
        return
    object.__setattr__(config, "__pydantic_fields_set__", {*said} & type(config).model_fields.keys())
    for name, part in said.items():
        mark_as_filled(getattr(config, name, None), part)


def _groups(groups: list[dict[str, Any]], network: bool, numeric: bool) -> list[dict[str, Any]]:
    """Return the groups where network, or how numbers become inputs, is declared for all of them."""
    left = [g for g in groups if not (network and "network" in g)]
    left = [{name: part for name, part in g.items() if not (numeric and name == "numeric")} for g in left]
    return [g for i, g in enumerate(left) if g not in left[:i]]


def _keys(part: Any) -> dict[str, Any]:
    """Return the keys of a part that the user has set, if it is one."""
    said = said_of(part)
    return said if isinstance(said, dict) else {}


def said_of(part: Any) -> Any:
    """Return what the user said of a part, which may be a config whose other fields are at their defaults."""
    if not isinstance(part, Config):
        return part
    said = part.model_fields_set | ({"kind"} & type(part).model_fields.keys())
    return {name: getattr(part, name) for name in said}


def merged(own: Any, setting: Any, default: Any) -> Any:
    """Return a part of a declaration, and what it leaves open, unless it is of another kind than the setting's.

    Without a kind it is of that of the default.
    """
    own = said_of(own)
    if not isinstance(own, dict) or not isinstance(setting, dict):
        return own
    kind = getattr(default, "kind", None)
    if own.get("kind", kind) != setting.get("kind", kind):
        return own
    return {**setting, **{key: merged(p, setting.get(key), getattr(default, str(key), None)) for key, p in own.items()}}
