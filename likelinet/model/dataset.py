"""What a model is fitted to: rows, where they come from, and which of their columns are features."""

from dataclasses import dataclass

from likelinet.model.source import Source
from likelinet.tables.rows import Rows


@dataclass(frozen=True)
class Dataset:
    """Rows to fit a model to.

    Parameters
    ----------
    source : Source
        Where they come from.
    rows, validation : Rows
        Training rows, and held-out rows if the caller gives them.
    features : list of str
        Columns to predict from.
    what : str
        How messages call y.
    """

    source: Source
    rows: Rows
    validation: Rows | None
    features: list[str]
    what: str
