"""Fitted models as files: what `Model.save` writes and `Model.load` reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from likelinet.config import ModelConfig, parse_config
from likelinet.core.errors import ModelFileError
from likelinet.core.fields import from_fields
from likelinet.core.wording import shown
from likelinet.distributions import Distribution
from likelinet.model import container
from likelinet.model.dispersing import LEAST, MOST, has_scales
from likelinet.model.fit import Fit, Stack
from likelinet.model.migrations import lifted
from likelinet.model.recalibration import Recalibration
from likelinet.model.source import Source
from likelinet.model.training import is_exact
from likelinet.tables.inputs import Inputs
from likelinet.tables.recognise.written import Written
from likelinet.tables.roles import Roles
from likelinet.tables.rows import target_names
from likelinet.targets.build import takes_labels, targets_of
from likelinet.training.history import History


@dataclass(frozen=True)
class Learned:
    """What a group of members has learned beside its weights, as plain data."""

    inputs: Any
    targets: Any
    n_classes: int | list[int]
    filling: Any = ()
    start: Any = ()
    imagined: float = 0.0
    factor: float = 1.0


@dataclass(frozen=True)
class Others:
    """The groups of members that a file has, in the order of the config; all but the first one are described here."""

    groups: list[int]
    weights: list[float]
    others: list[Any]


@dataclass(frozen=True, kw_only=True)
class Described(Learned):
    """The metadata of a file: what the first group of members has learned, which may be the only one, and the rest."""

    schema: int
    config: Any
    history: Any
    source: Any = None
    recalibration: Any = None
    stack: Any = None
    written: dict[str, Any] | None = None


def write(path: str | Path | BinaryIO, fit: Fit) -> None:
    """Write a fit to one safetensors file, or stream of bytes: arrays, with everything else as JSON."""
    metadata = {
        "config": fit.declared_whole.model_dump(mode="json"),
        **_learned(fit),
        "history": fit.history.to_json(),
        "source": fit.source.to_json(),
        **({"recalibration": fit.recalibration.to_json()} if fit.recalibration is not None else {}),
        **({"written": {name: how.to_json() for name, how in fit.written.items()}} if fit.written else {}),
    }
    if fit.stack is not None:
        others = [_learned(other) for other in fit.stack.others]
        metadata["stack"] = {"groups": fit.stack.groups, "weights": fit.stack.weights, "others": others}
    container.save(
        path, dict(zip(_names(len(fit.groups)), (group.theta for group in fit.groups), strict=True)), metadata
    )


def _learned(fit: Fit) -> dict[str, Any]:
    return {
        "inputs": fit.inputs.to_json(),
        "targets": fit.targets.to_json(),
        "n_classes": fit.targets.n_classes,
        **({"filling": fit.filling.tolist()} if len(fit.filling) else {}),
        **({"start": fit.start.tolist()} if len(fit.start) else {}),
        **({"imagined": fit.imagined} if fit.imagined else {}),
        **({"factor": fit.factor} if fit.factor != 1.0 else {}),
    }


def _names(groups: int) -> list[str]:
    """Return what the weights of each group are called."""
    return ["theta", *(f"theta.{i}" for i in range(1, groups))]


def read(path: str | Path | BinaryIO, distribution: type[Distribution] | None, trust: str | None) -> Fit:
    """Return the fit in a file; one with code of its own needs the class, or trust in the very name that it gives."""
    arrays, metadata = container.load(path)
    with _read_from(path):
        arrays, metadata = lifted(arrays, metadata, container.SCHEMA)
        parts = from_fields(Described, metadata, "metadata")
        config = parse_config(parts.config)
        stack = None if parts.stack is None else from_fields(Others, parts.stack, "stack")
        if (stack is None) != (config.groups is None):
            raise ValueError("stack: expected where the config has groups, and only there")
        each = [parts, *(from_fields(Learned, o, "other group") for o in ([] if stack is None else stack.others))]
        if {*arrays} != {*_names(len(each))}:
            expected = ", ".join(f"'{name}'" for name in _names(len(each)))
            raise ValueError(f"arrays: expected {expected} alone, got {', '.join(sorted(arrays)) or 'none'}")
    own = config.distribution.own_class
    if own is not None and distribution is None and trust != own:
        raise ModelFileError(
            f"{path}: the model names code of its own, '{own}': pass distribution=… or trust='{own}' if you trust it."
        )
    with _read_from(path):
        history, source = History.from_json(parts.history), Source.from_json(parts.source)
        mapped = None if parts.recalibration is None else Recalibration.from_json(parts.recalibration)
        declared = [config] if stack is None else [config.each_group[g] for g in stack.groups]
        first, *others = (
            _fit(plain, distribution, learned, arrays[name], source)
            for plain, learned, name in zip(declared, each, _names(len(each)), strict=False)
        )
        written = {name: Written.from_json(how) for name, how in (parts.written or {}).items()}
        whole = replace(first, history=history, recalibration=mapped, written=written)
        if stack is not None:
            whole = replace(whole, stack=Stack(config, tuple(stack.groups), tuple(stack.weights), tuple(others)))
        for fit in (first, *others):
            _check_columns(fit)
            _check_weights(fit)
        _check_written(whole)
        _check_factor(whole)
        if stack is None and len(history.best_epoch) not in (0, len(first.theta)):
            raise ValueError(f"history: {len(history.best_epoch)} best epochs, but {len(first.theta)} members")
    return whole


def _fit(
    config: ModelConfig, distribution: type[Distribution] | None, learned: Learned, theta: np.ndarray, source: Source
) -> Fit:
    """Return what a group of members has learned."""
    inputs = Inputs.from_json(learned.inputs)
    targets = targets_of(config.distribution, distribution).from_json(learned.targets, learned.n_classes)
    filling = _filling(learned.filling, inputs)
    start = np.array(learned.start, np.float64)
    own = inputs, targets, theta, History(), source, filling, start, learned.imagined, learned.factor
    return Fit(config, distribution, *own)


def _check_columns(fit: Fit) -> None:
    """Raise `ValueError` if the columns are not those of the config, as far as it names them."""
    features = fit.config.data.features
    if (
        features is not None
        and fit.inputs.named
        and [*fit.inputs.names] != [f for f in features if f in fit.inputs.names]
    ):
        raise ValueError("inputs: the columns are not the features of the config, in their order")


def _check_written(fit: Fit) -> None:
    """Raise `ValueError` if what is known of the writing of columns is not of y or of weights."""
    roles = Roles(fit.config, takes_labels(fit.config.distribution, fit.custom))
    of_y = () if roles.labels else fit.inputs.names if roles.y_is_x else target_names(fit.config.data)
    if unknown := [name for name in fit.written if name not in (*of_y, fit.config.data.weight)]:
        raise ValueError(f"written: '{unknown[0]}' is neither a target of numbers nor the weight")


def _check_factor(fit: Fit) -> None:
    """Raise `ValueError` if a factor of scales cannot be found, is not that of the history, or multiplies nothing."""
    least, known = LEAST**2, [group.factor for group in fit.history.groups]  # of a group, and of their mixture
    told = [known[g] for g in fit.stack.groups] if fit.stack is not None and known else [fit.history.factor]
    own = [group.factor for group in fit.groups]
    alone = fit.stack is None or fit.history.factor == 1.0
    if not all(least <= factor <= MOST for factor in (*own, *known)) or told != own or not alone:
        raise ValueError(f"factor: expected one from {least} to {MOST:g} of each group, the same in the history")
    # Beside groups that have scales others may share their factor.
    if any(factor != 1.0 for factor in own) and not any(map(has_scales, fit.groups)):
        raise ValueError("factor: no family of the model has scales that training learns")


def _check_weights(fit: Fit) -> None:
    """Raise `ValueError` if the weights, and what begins them, are not those of the config."""
    shape = (fit.config.ensemble, fit.objective.layout.size)
    dtype = np.dtype("float64" if is_exact(fit.config, fit.inputs) else fit.config.training.precision)
    if fit.theta.shape != shape or fit.theta.dtype != dtype:
        raise ValueError(
            f"the config needs weights of {dtype} and shape {shape}, but those in the file are {fit.theta.dtype} of "
            f"shape {fit.theta.shape}"
        )
    if not np.isfinite(fit.theta).all():
        raise ValueError("there are weights that are no finite numbers")
    many = sum(w.size for w in fit.objective.layout.weights[-2:])
    if fit.start.shape not in ((0,), (many,)) or not np.isfinite(fit.start).all():
        raise ValueError(f"start: the config needs {many} finite numbers")
    if not 0.0 <= fit.imagined < np.inf:
        raise ValueError("imagined: must be a weight, 0 or more")


def _filling(data: Any, inputs: Inputs) -> np.ndarray:
    """Return the matrices that missing numbers are filled by; earlier versions wrote none."""
    filling, shape = np.array(data, np.float64), (inputs.width + 3, len(inputs.amounts))
    if len(filling) and not (filling.shape[1:] == shape and np.isfinite(filling).all()):
        raise ValueError(f"filling: expected matrices of {shape[0]} x {shape[1]} finite numbers")
    return filling


@contextmanager
def _read_from(path: str | Path | BinaryIO) -> Iterator[None]:
    """Say of a part that is not as it should be that it is the file's."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as error:
        reason = shown(str(error).removesuffix("."), 250)
        raise ModelFileError(f"{path}: the metadata does not describe a model of this version ({reason}).") from None
