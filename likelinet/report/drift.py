"""Section on how far the columns of a table are from those that the model was trained on."""

from dataclasses import dataclass, fields

import numpy as np

from likelinet.core.errors import LikelinetError
from likelinet.model.model import Model
from likelinet.report.case import Case
from likelinet.report.html import Section, noted, said
from likelinet.report.html import table as table_of
from likelinet.tables.kinds.kind import Kind, Strange
from likelinet.tables.kinds.number import Number, Scaled
from likelinet.tables.table import Table

FAR = 0.2  # Kolmogorov-Smirnov distance from which on a column is told as moved
OUTSIDE = 0.05  # share of cells outside, likewise
LISTED = 60


@dataclass(frozen=True)
class Drift:
    """How far a column is from that of training.

    Parameters
    ----------
    name : str
        Of the feature.
    strange : dict
        Share of the cells that are not as those of training, by what is odd about them.
    shift : float or None
        Mean of a number, in standard deviations of training from its mean there; None of what is no number.
    distance : float or None
        The Kolmogorov-Smirnov distance of the distributions, each made smooth over the bins of the code that the model
        keeps; None where it keeps none.
    """

    name: str
    strange: dict[str, float]
    shift: float | None
    distance: float | None

    @property
    def outside(self) -> float:
        """Share of the cells that are odd in any way."""
        return sum(self.strange.values())


def drift_of(model: Model, table: Table) -> list[Drift]:
    """Return how far each feature of a table is from that of training.

    Parameters
    ----------
    model : Model
        Fitted.
    table : Table
        New rows, as the model sees them.
    """
    return [_of_column(kind, table) for kind in model.kinds if kind.width]


def _of_column(kind: Kind, table: Table) -> Drift:
    whole = kind.read(table)
    cells = table.column(kind.name) if whole is None else whole
    x = np.empty((kind.width, table.n))
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        strange = kind.encode(cells, x)
    shares = {}
    for part in fields(Strange):
        where = getattr(strange, part.name)
        if where is not None and where.any():
            shares[part.name] = float(where.mean())
    if whole is not None and (lost := kind.lost(table, whole)).any():
        shares["stray"] = float(lost.mean())
    there = x[-1] == 0.0 if kind.filled else np.ones(table.n, bool)
    z = x[0][there]
    return Drift(
        kind.name,
        shares,
        float(z.mean()) if isinstance(kind, Scaled) and len(z) else None,
        _distance(kind, z) if isinstance(kind, Number) and kind.means and len(z) else None,
    )


def _distance(kind: Number, z: np.ndarray) -> float:
    """Return the largest difference of the mean code, whose parts are the shares of numbers above a bin."""
    edges = np.array(kind.edges)
    parts = [np.clip((z - low) / width, 0.0, 1.0).mean() for low, width in zip(edges, np.diff(edges), strict=False)]
    return float(np.max(np.abs(np.array(parts) - np.array(kind.means))))


def drift(case: Case) -> Section:
    """Return how far this table is from that of training."""
    try:
        found = drift_of(case.model, case.read(case.table))
    except LikelinetError as error:
        return Section("drift", "This table beside that of training", [noted(str(error))])
    if not found:
        return Section("drift", "This table beside that of training", [said("There are no features.")])
    far = [d.name for d in found if d.outside > OUTSIDE or (d.distance or 0.0) > FAR]
    found = sorted(found, key=lambda d: -max(d.outside, d.distance or 0.0))
    words = {"unseen": "new category", "unplaced": "new level", "neither": "neither yes nor no", "stray": "text"}
    rows = [
        [d.name, d.outside, ", ".join(f"{words.get(k, k)} {v:.1%}" for k, v in d.strange.items())]
        + [float("nan") if v is None else v for v in (d.shift, d.distance)]
        for d in found[:LISTED]
    ]
    said_of = (
        noted(f"Not as in training: {', '.join(far)}.") if far else said("No column is far from that of training.")
    )
    how = (
        "Odd cells are outside of the range of training, categories that it had not, or missing where it had none. "
        "The shift of the mean is in standard deviations of training."
    )
    head = ["column", "odd cells", "which", "shift of the mean"]
    if any(d.distance is not None for d in found):  # a model of linear inputs keeps no bins
        head.append("distance")
        how += (
            " The distance is that of Kolmogorov and Smirnov, made smooth over the bins that the model keeps of its "
            "training rows: 0 for the same distribution, 1 for apart."
        )
    rows = [row[: len(head)] for row in rows]
    return Section("drift", "This table beside that of training", [said_of, table_of(head, rows), said(how)])
