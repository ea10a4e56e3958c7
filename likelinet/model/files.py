"""Fitted models as files: what `Model.save` writes and `Model.load` reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from likelinet.config import parse_config
from likelinet.core.errors import ConfigError, ModelFileError
from likelinet.core.fields import from_fields
from likelinet.distributions import Distribution
from likelinet.model import container
from likelinet.model.fit import Fit
from likelinet.model.migrations import lifted
from likelinet.model.recalibration import Recalibration
from likelinet.model.source import Source
from likelinet.tables.inputs import Inputs
from likelinet.targets.build import targets_of
from likelinet.training.history import History


@dataclass(frozen=True)
class Described:
    """The metadata of a file: all of a fit but its weights and classes of the user's own, as plain data."""

    schema: int
    config: Any
    inputs: Any
    targets: Any
    n_classes: int | list[int]
    history: Any
    source: Any = None
    filling: Any = ()
    recalibration: Any = None


def write(path: str | Path, fit: Fit) -> None:
    """Write a fit to one safetensors file: arrays, with everything else as JSON."""
    metadata = {
        "config": fit.config.model_dump(mode="json"),
        "inputs": fit.inputs.to_json(),
        "targets": fit.targets.to_json(),
        "n_classes": fit.targets.n_classes,
        "history": fit.history.to_json(),
        "source": fit.source.to_json(),
        **({"filling": fit.filling.tolist()} if len(fit.filling) else {}),
        **({"recalibration": fit.recalibration.to_json()} if fit.recalibration is not None else {}),
    }
    container.save(path, {"theta": fit.theta}, metadata)


def read(path: str | Path, distribution: type[Distribution] | None, trust: str | None) -> Fit:
    """Return the fit in a file; one with code of its own needs the class, or trust in the very name that it gives."""
    arrays, metadata = container.load(path)
    with _read_from(path):
        arrays, metadata = lifted(arrays, metadata, container.SCHEMA)
        if set(arrays) != {"theta"}:
            raise ValueError(f"arrays: expected 'theta' alone, got {', '.join(sorted(arrays)) or 'none'}")
        parts = from_fields(Described, metadata, "metadata")
        config = parse_config(parts.config)
    own = config.distribution.own_class
    if own is not None and distribution is None and trust != own:
        raise ModelFileError(
            f"{path}: the model names code of its own, '{own}': pass distribution=… or trust='{own}' if you trust it."
        )
    targets_class = targets_of(config.distribution, distribution)
    with _read_from(path):
        inputs, history = Inputs.from_json(parts.inputs), History.from_json(parts.history)
        source = Source.from_json(parts.source)
        targets = targets_class.from_json(parts.targets, parts.n_classes)
        filling = _filling(parts.filling, inputs)
        mapped = None if parts.recalibration is None else Recalibration.from_json(parts.recalibration)
    fit = Fit(config, distribution, inputs, targets, arrays["theta"], history, source, filling, mapped)
    expected = (config.ensemble, fit.objective.layout.size)
    if fit.theta.shape != expected or fit.theta.dtype.kind != "f":
        raise ModelFileError(
            f"{path}: the config needs weights of shape {expected}, but those in the file are "
            f"{fit.theta.dtype} of shape {fit.theta.shape}; save the model again."
        )
    return fit


def _filling(data: Any, inputs: Inputs) -> np.ndarray:
    """Return the matrices that missing numbers are filled by; earlier versions wrote none."""
    filling, shape = np.array(data, np.float64), (inputs.width + 3, len(inputs.amounts))
    if len(filling) and not (filling.shape[1:] == shape and np.isfinite(filling).all()):
        raise ValueError(f"filling: expected matrices of {shape[0]} x {shape[1]} finite numbers")
    return filling


@contextmanager
def _read_from(path: str | Path) -> Iterator[None]:
    """Say of a part that is not as it should be that it is the file's."""
    try:
        yield
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        reason = str(error).removesuffix(".")
        raise ModelFileError(f"{path}: the metadata does not describe a model of this version ({reason}).") from None
