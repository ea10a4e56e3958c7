"""`likelinet predict`, `sample`, `encode`, `generate`: a header and a row for each x."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from likelinet.core.errors import UndefinedError
from likelinet.model.model import Model
from likelinet.scores import class_probabilities
from likelinet.tables.table import Table


def prediction_rows(
    model: Model, table: Table, quantiles: Sequence[float]
) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: mean and quantiles, or the most probable class and all probabilities."""
    d = model.predict_dist(table)
    outputs = model.target_names
    classes = d.class_marginals()
    if classes is not None:
        guess = np.asarray(classes.mode())
        guess = guess if guess.dtype.kind in "Ub" else guess.astype(int)
        if d.event_shape:
            return [f"class_{t}" for t in outputs], guess
        probs, _ = class_probabilities(classes, guess)
        labels = range(probs.shape[1]) if model.classes is None else model.classes
        return ["class", *(f"p_{c}" for c in labels)], ([g, *p] for g, p in zip(guess, probs.tolist(), strict=True))
    kind, columns = (np.int64 if model.whole_numbers else np.float64), {}
    with suppress(UndefinedError):  # a family of the user's may have quantiles alone
        mean = d.mean()
        columns |= {} if np.isnan(mean).all() else {"mean": mean}
    columns |= {f"q{q:g}": d.ppf(q).astype(kind) for q in quantiles}
    if not d.event_shape:
        return list(columns), zip(*(c.tolist() for c in columns.values()), strict=True)
    header = [f"{name}_{t}" for name in columns for t in outputs]
    return header, np.concatenate([c.astype(object) for c in columns.values()], axis=1).tolist()


def sample_rows(model: Model, table: Table, number: int, seed: int | None) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: one column for each draw."""
    draws = model.sample(table, number, seed)
    if draws.ndim == 3:
        header = [f"sample_{i + 1}_{t}" for i in range(number) for t in model.target_names]
        draws = draws.transpose(1, 0, 2).reshape(draws.shape[1], -1)
    else:
        header, draws = [f"sample_{i + 1}" for i in range(number)], draws.T
    return header, _cells(model, draws)


def code_rows(model: Model, table: Table) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: the numbers of each code."""
    codes = model.encode(table)
    return [f"code_{j + 1}" for j in range(codes.shape[1])], codes.tolist()


def generated_rows(model: Model, number: int, seed: int | None) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Return header and rows: new rows, with the columns of y."""
    return model.target_names, _cells(model, model.generate(number, seed).reshape(number, -1))


def _cells(model: Model, y: np.ndarray) -> list:
    """Return drawn y as plain values, counts and codes as whole numbers."""
    whole = y.dtype.kind == "f" and model.whole_numbers
    return (y.astype(np.int64) if whole else y).tolist()
