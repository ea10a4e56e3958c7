"""`likelinet plot`: the picture that fits the family."""

from typing import TYPE_CHECKING

from likelinet.core.errors import DataError
from likelinet.core.wording import nearest
from likelinet.distributions import Interval
from likelinet.model.model import Model
from likelinet.plots import plot_classes, plot_regression
from likelinet.scores import class_probabilities
from likelinet.tables.rows import target_names
from likelinet.tables.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(model: Model, table: Table) -> "Figure":
    """Return the picture that fits the family."""
    for name in target_names(model.config.data):
        if name not in table.columns:
            raise DataError(
                f"There is no column '{name}' in the table{nearest(name, table.columns)}: a picture has what was "
                "observed beside what is predicted; `likelinet predict` needs no more than the latter."
            )
    rows = model.observed(table)
    d, table = model.predict_dist(rows.table), rows.table
    classes = d.class_marginals()
    if classes is not None and d.event_shape:
        raise DataError("There is no picture for several outputs that are classes.")
    if classes is not None:
        assert not isinstance(rows.y, Interval)
        n = class_probabilities(classes, rows.y)[0].shape[1]
        return plot_classes(classes, rows.y, [str(c) for c in (range(n) if model.classes is None else model.classes)])
    features = model.feature_names
    # A number of trials or an exposure moves the rows as well.
    alone = len(features) == 1 and not table.is_text(features[0]) and not model.config.distribution.columns
    return plot_regression(
        d,
        rows.y,
        table.numeric(features[0]) if alone else None,
        (features[0] if alone else "x", *model.target_names),
    )
