"""From the config of a model to the engine that trains it."""

import os

from likelinet.config import ModelConfig
from likelinet.core.errors import ConfigError
from likelinet.core.notes import note
from likelinet.core.processes import ALONE, Processes
from likelinet.core.wording import shown
from likelinet.engines.auto import faster_engine
from likelinet.engines.engine import Data, Engine
from likelinet.engines.numpy import NumpyEngine
from likelinet.objective.objective import Objective


def build_engine(config: ModelConfig, objective: Objective, data: Data, steps: int, batch_size: int) -> Engine:
    """Return the engine that computes so many training steps, probably, with minibatches of this size."""
    work = steps, batch_size, objective.layout.size, config.ensemble
    if config.engine == "numpy" or (config.engine == "auto" and faster_engine(*work) == "numpy"):
        return NumpyEngine()
    try:
        from likelinet.engines.jax import JaxEngine, inexpressible

        engine = JaxEngine(devices=config.devices)
    except Exception as error:  # not there, broken, or not fit for this machine, of which JAX says so in many ways
        why = _why_not(error)
        if config.engine == "auto":
            note(f"Training runs on NumPy, since JAX, which may be faster, cannot be used ({why}).")
            return NumpyEngine()
        raise _unusable(why) from None
    if config.engine == "auto" and inexpressible(objective, data) is not None:
        return NumpyEngine()
    return engine


def processes_of(config: ModelConfig) -> Processes:
    """Return the processes that compute a fit; JAX must have been told of them before, as `--processes` does."""
    if config.devices is None:
        return ALONE
    try:
        from likelinet.engines.jax_processes import JaxProcesses

        found = JaxProcesses()
    except Exception as error:
        raise _unusable(_why_not(error)) from None
    return found if found.count > 1 else ALONE


def _why_not(error: Exception) -> str:
    why = shown(str(error) or type(error).__name__, 150)
    if platforms := os.environ.get("JAX_PLATFORMS"):
        why += f", with JAX_PLATFORMS={shown(platforms)}"
    return why


def _unusable(why: str) -> ConfigError:
    return ConfigError(f"engine: 'jax' cannot be used ({why}): pip install \"likelinet[jax]\", or choose 'numpy'.")
