"""From the config of an objective to its error signal, and whether a family has that."""

from typing import assert_never

import numpy as np

from likelinet.config import BetaNLLConfig, CRPSConfig, NaturalGradientConfig, NLLConfig
from likelinet.config.training import ObjectiveConfig
from likelinet.core.errors import ConfigError, UndefinedError
from likelinet.objective.beta_nll import BetaNLL
from likelinet.objective.criterion import Criterion, Likelihood
from likelinet.objective.crps import CRPS
from likelinet.objective.natural_gradient import NaturalGradient
from likelinet.objective.objective import Objective


def build_criterion(config: ObjectiveConfig) -> Criterion:
    """Return the error signal that a config declares."""
    match config:
        case NLLConfig():
            return Likelihood()
        case BetaNLLConfig():
            return BetaNLL(config.beta)
        case CRPSConfig():
            return CRPS()
        case NaturalGradientConfig():
            return NaturalGradient()
        case _:
            assert_never(config)


def check_objective(
    config: ObjectiveConfig,
    objective: Objective,
    inputs: int,
    at: tuple[np.ndarray, np.ndarray],
    y: np.ndarray,
    columns: np.ndarray | None,
) -> None:
    """Raise `ConfigError` if the family has no such error signal, which is tried on one row, or no use for one.

    Parameters
    ----------
    config : ObjectiveConfig
        The declaration.
    objective : Objective
        What is to be trained.
    inputs : int
        How many numbers the network sees of a row.
    at : pair of ndarray
        Raw outputs and shared constants to try it at.
    y, columns : ndarray
        Encoded targets, and what the head reads from the table.
    """
    if config.kind == "nll":
        return
    if not inputs:
        raise ConfigError(
            f"training.objective '{config.kind}': no feature varies, and a model without any takes the likelihood: "
            "make it 'nll'."
        )
    raw, shared = at
    row = raw[None, None], shared[None], y[None, :1], None if columns is None else columns[None, :1]
    try:
        with np.errstate(all="ignore"):
            objective.criterion(objective.head, *row)[1](np.ones((1, 1)))
    except UndefinedError as error:
        raise ConfigError(
            f"training.objective '{config.kind}': {error}: make it 'nll', or choose a family that it is for."
        ) from None
