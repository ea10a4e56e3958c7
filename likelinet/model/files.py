"""Fitted models as files: what `Model.save` writes and `Model.load` reads."""

from pathlib import Path

from likelinet.config import CustomConfig, parse_config
from likelinet.core.errors import ConfigError, ModelFileError
from likelinet.distributions import Distribution
from likelinet.model import serialize
from likelinet.model.fitting import Fit
from likelinet.tables.inputs import Inputs
from likelinet.targets.targets import Targets
from likelinet.training.history import History


def write(path: str | Path, fit: Fit) -> None:
    """Write a fit to one safetensors file: arrays, with everything else as JSON."""
    metadata = {
        "config": fit.config.model_dump(mode="json"),
        "inputs": fit.inputs.to_json(),
        "targets": fit.targets.to_json(),
        "n_classes": fit.n_classes,
        "history": fit.history.to_json(),
    }
    serialize.save(path, {"theta": fit.theta}, metadata)


def read(path: str | Path, distribution: type[Distribution] | None, trust: str | None) -> Fit:
    """Return the fit in a file; one with code of its own needs the class, or trust in the very name that it gives."""
    arrays, metadata = serialize.load(path)
    try:
        config = parse_config(metadata["config"], str(path))
        family = config.distribution.leaf
        if isinstance(family, CustomConfig) and distribution is None and trust != family.target:
            raise ModelFileError(
                f"{path}: the model names code of its own, '{family.target}': "
                f"pass distribution=… or trust='{family.target}' if you trust it."
            )
        return Fit(
            config,
            distribution,
            Inputs.from_json(metadata["inputs"]),
            Targets.from_json(metadata["targets"]),
            metadata["n_classes"],
            arrays["theta"],
            History.from_json(metadata["history"]),
        )
    except (KeyError, TypeError, ConfigError) as error:
        raise ModelFileError(f"{path}: the metadata does not describe a model of this version ({error}).") from None
