"""From the flat parameters of an estimator to the declaration of a model."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from likelinet.config import LBFGSConfig, ModelConfig
from likelinet.config.quality import DEFAULT, merged
from likelinet.model.few_rows import are_few

# Where each parameter lies in a config; one that is None is left to the quality.
PLACES: dict[str, tuple[str, ...]] = {
    "hidden": ("network", "hidden"),
    "activation": ("network", "activation"),
    "dropout": ("network", "dropout"),
    "ensemble": ("ensemble",),
    "objective": ("training", "objective", "kind"),
    "optimizer": ("training", "optimizer", "kind"),
    "learning_rate": ("training", "optimizer", "learning_rate"),
    "weight_decay": ("training", "optimizer", "weight_decay"),
    "epochs": ("training", "epochs"),
    "steps": ("training", "steps"),
    "batch_size": ("training", "batch_size"),
    "validation_fraction": ("training", "validation_fraction"),
    "patience": ("training", "early_stopping", "patience"),
    "precision": ("training", "precision"),
    "standardize": ("data", "standardize"),
    "class_weight": ("data", "class_weight"),
    "engine": ("engine",),
}
PLAIN = ModelConfig(quality="plain")  # which says what a kind is that is left out
AT_ONCE = {"batch_size": None, "validation_fraction": 0.0, "precision": "float64"}
OF_ROWS = {*AT_ONCE, "folds", "early_stopping"}  # by which a training says itself which rows it sees together


def declared(
    parameters: Mapping[str, Any], distribution: dict[str, Any], config: ModelConfig | dict[str, Any] | None, seed: int
) -> dict[str, Any]:
    """Return the declaration that flat parameters make, with `config` over it.

    Parameters
    ----------
    parameters : mapping
        By name; others than those of a config are passed over.
    distribution : dict
        What the family is, unless `config` says so.
    config : ModelConfig or dict or None
        What is declared beside; a part of another kind takes the place of the whole part.
    seed : int
        For the training, unless `config` has one.

    Examples
    --------
    >>> flat = {"epochs": 20, "hidden": (8,), "steps": None, "quality": "plain"}
    >>> found = declared(flat, {"kind": "gaussian"}, {"training": {"epochs": 5}}, seed=3)
    >>> found["training"], found["network"], found["quality"]
    ({'seed': 3, 'epochs': 5}, {'hidden': [8]}, 'plain')
    """
    whole: dict[str, Any] = {"distribution": distribution, "training": {"seed": seed}}
    if (quality := parameters["quality"]) != DEFAULT:  # which is what there is unless the rest has none of it
        whole["quality"] = quality
    for name, (*parts, last) in PLACES.items():
        value = parameters.get(name)
        if value is None:
            continue
        at = whole
        for part in parts:
            at = at.setdefault(part, {})
        at[last] = _plain(value)
    return whole if config is None else merged(config, whole, PLAIN)


def at_once_if_few(config: ModelConfig, weight: np.ndarray) -> ModelConfig:
    """Return a config of quality `plain` whose training takes few rows all at once, unless it says how to take them.

    Then nothing is drawn by rows, so that one of weight 2 is the same as two; other qualities see to that themselves.

    Parameters
    ----------
    config : ModelConfig
        As it was declared.
    weight : ndarray, shape (n,)
        Of each row; whole ones count as so many rows.

    Examples
    --------
    >>> config = ModelConfig(quality="plain")
    >>> [at_once_if_few(config, np.ones(n)).training.validation_fraction for n in (29, 30)]
    [0.0, 0.1]
    """
    training = config.training
    said = training.model_fields_set if "training" in config.model_fields_set else set()
    exact = isinstance(training.optimizer, LBFGSConfig)
    if config.quality != "plain" or exact or said & OF_ROWS or not are_few(weight):
        return config
    return config.model_copy(update={"training": training.model_copy(update=AT_ONCE)})


def _plain(value: Any) -> Any:
    """Return a value of a search as a config takes it: lists, and numbers of Python."""
    match value:
        case np.generic():
            return value.item()
        case dict():
            return {_plain(key): _plain(part) for key, part in value.items()}
        case tuple() | list() | np.ndarray():
            return [_plain(part) for part in value]
        case _:
            return value
