"""Whether an event was seen: columns of 0 and 1, of 1 and 2 as in R, or of labels."""

import numpy as np

from likelinet.config import ModelConfig
from likelinet.config.data import EventConfig, TimeTargetConfig
from likelinet.core.errors import DataError
from likelinet.core.labels import as_written
from likelinet.core.notes import note
from likelinet.core.wording import SHOWN, counted, nearest, rows_of, shown
from likelinet.tables.cells import MISSING
from likelinet.tables.coded import coded
from likelinet.tables.columns import Column
from likelinet.tables.marked import absent
from likelinet.tables.table import Table

USUAL = {"dead", "died", "death", "deceased", "event", "yes", "true", "failure", "failed", "relapse"}  # of an event


def with_event_label(config: ModelConfig, table: Table) -> ModelConfig:
    """Return a config that says which label is the event where a column has 1 and 2 alone, with a note that says so.

    So does R's survival package code it. It is looked for in training rows: one code by itself would not tell.

    Raises
    ------
    DataError
        If the config has a label that is in none of these rows.
    """
    target = config.data.target
    if not isinstance(target, TimeTargetConfig):
        return config
    name, label = target.event_column, target.event_label
    cells, _ = _distinct(table.column(name))
    written = {as_written(cell) for cell in cells if cell.lower() not in MISSING}
    if label is not None:
        if as_written(label) not in written:
            raise DataError(f"Column '{name}', the event, is nowhere '{label}'{nearest(label, cells)}.")
        return config
    if written != {"1", "2"}:
        return config
    note(f"Column '{name}', the event, has 1 and 2, which is read as in R: 2 where the event was seen.")
    event = EventConfig(column=name, **{"is": "2"})
    data = config.data.model_copy(update={"target": target.model_copy(update={"event": event})})
    return config.model_copy(update={"data": data})


def events(table: Table, target: TimeTargetConfig) -> np.ndarray:
    """Return where the event was seen.

    Raises
    ------
    DataError
        If a cell is missing or no such label.
    """
    name, label = target.event_column, target.event_label
    values = table.column(name)
    missing = absent(values)
    if missing.any():
        raise DataError(
            f"Column '{name}', the event, has {counted(missing.sum(), 'missing cell')} "
            f"({rows_of(missing, table.index)}): fill or drop these rows."
        )
    cells, codes = _distinct(values)
    written = [as_written(cell) for cell in cells]
    if label is not None:
        return np.array([w == as_written(label) for w in written], dtype=bool)[codes]
    seen = np.array([{"1": 1.0, "true": 1.0, "0": 0.0, "false": 0.0}.get(w, np.nan) for w in written])[codes]
    strange = np.isnan(seen)
    if strange.any():
        cell = shown(written[codes[int(strange.argmax())]])
        raise DataError(
            f"Column '{name}', the event, must be 1 where it was seen and 0 where not, got {cell} "
            f"({rows_of(strange, table.index)}): {_with_label(name, sorted({*written}))}."
        )
    return seen == 1.0


def _with_label(name: str, labels: list[str]) -> str:
    """Return how to say which of the labels is the event, with one that is sure to be it, or else with none of them."""
    usual = [label for label in labels if label.lower() in USUAL]
    others = [label for label in labels if label not in ("0", "false")]
    (event,) = usual if len(usual) == 1 else others if len(labels) == 2 and len(others) == 1 else ["LABEL"]
    some = [f"'{shown(label)}'" for label in labels[:SHOWN]] + ["…"] * (len(labels) > SHOWN)
    listed = " and ".join(filter(None, [", ".join(some[:-1]), some[-1]]))
    noun = "label" if len(labels) == 1 else "labels"
    return (
        f"for the {noun} {listed} write event: {{column: {name}, is: {shown(event)}}}, "
        f"with the one that means that it was seen{'' if event == 'LABEL' else ', as this one may'}"
    )


def _distinct(values: Column) -> tuple[list[str], np.ndarray]:
    """Return the different cells as text, and which one is in each row."""
    found = coded(values)
    return [*found.levels], found.codes
