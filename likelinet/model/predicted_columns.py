"""Predictions as columns of numbers and labels: means, quantiles, classes and their probabilities, intervals."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np

from likelinet.core.errors import DataError, UndefinedError
from likelinet.core.wording import number
from likelinet.distributions import Distribution
from likelinet.distributions.classes.numeric_levels import Levels
from likelinet.model.model import Model
from likelinet.scores import class_probabilities

QUANTILES = (0.05, 0.5, 0.95)


def prediction_columns(
    model: Model, d: Distribution, quantiles: Sequence[float] | None = None, level: float | None = None
) -> dict[str, np.ndarray]:
    """Return mean and quantiles of each row, or the most probable class and all probabilities, by name.

    Of several outputs, each has columns of its own.

    Parameters
    ----------
    model : Model
        Which predicts them.
    d : Distribution
        Of batch_shape (n,).
    quantiles : sequence of float, optional
        Of numbers; by default the median and the ends of the central 90 % interval, or those of `level`.
    level : float, optional
        Of a central interval, whose ends are columns then.

    Raises
    ------
    DataError
        If an interval is asked of classes.
    """
    if d.class_marginals() is not None:
        found = _classes(model, d)
    else:
        quantiles = (QUANTILES if level is None else (0.5,)) if quantiles is None else quantiles
        found = of_outputs(model, d, _numbers(model, d, quantiles))
    return found if level is None else found | of_outputs(model, d, interval(model, d, level))


def _numbers(model: Model, d: Distribution, quantiles: Sequence[float]) -> dict[str, np.ndarray]:
    kind, columns = (np.int64 if model.whole_numbers else np.float64), {}
    with suppress(UndefinedError):  # a family of the user's may have quantiles alone
        columns["mean"] = d.mean()
    return columns | {f"q{written(q)}": d.ppf(q).astype(kind) for q in quantiles}


def _classes(model: Model, d: Distribution) -> dict[str, np.ndarray]:
    classes = d.class_marginals()
    assert classes is not None
    guess = np.asarray(classes.mode())
    guess = guess.astype(int) if model.classes is None else guess
    if d.event_shape:
        return named("class", guess, model.target_names)
    probs, _ = class_probabilities(classes, guess)
    labels = range(probs.shape[1]) if model.classes is None else model.classes
    return {"class": guess} | {f"p_{c}": p for c, p in zip(labels, probs.T, strict=True)}


def interval(model: Model, d: Distribution, level: float, asked: str = "interval") -> dict[str, np.ndarray]:
    """Return the ends of the central interval of each output; `asked` is how messages call it."""
    d = of_numbers(d, asked)
    low, high = (end.astype(kind_of_numbers(model, d)) for end in d.interval(level))
    return {"low": low, "high": high}


def of_numbers(d: Distribution, asked: str) -> Distribution:
    """Return the distribution of numbers, also where these are grades."""
    numbers = d.as_numbers()
    if numbers.class_marginals() is not None:
        raise DataError(f"{asked} is for numbers, and this model predicts classes.")
    return numbers


def kind_of_numbers(model: Model, d: Distribution) -> type:
    """Return the type of the numbers of y."""
    return np.int64 if model.whole_numbers or (isinstance(d, Levels) and d.support.integer) else np.float64


def of_outputs(model: Model, d: Distribution, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return columns of each output by itself."""
    ends = model.target_names if d.event_shape else []
    return {name: values for key, column in columns.items() for name, values in named(key, column, ends).items()}


def named(name: str, values: np.ndarray, ends: Sequence[str]) -> dict[str, np.ndarray]:
    """Return each column of an array (n, …) by its name with an end: the given one, or its place from 1."""
    if values.ndim == 1:
        return {name: values}
    ends = ends or ["_".join(str(i + 1) for i in place) for place in np.ndindex(values.shape[1:])]
    columns = values.reshape(len(values), -1).T
    return {f"{name}_{end}": column for end, column in zip(ends, columns, strict=True)}


def written(value: float) -> str:
    """Return a number as the name of a column has it: in few digits, but never those of another one."""
    return number(value, lambda v: v == value)
