"""The columns of a table that a head reads: what they are for, and whether their values will do."""

import numpy as np

from likelinet.core.domains import Domain, positive, real
from likelinet.core.errors import DataError
from likelinet.core.wording import rows_of
from likelinet.heads.head import Head
from likelinet.heads.slot import Column


def check_column(head: Head, name: str, values: np.ndarray, index: np.ndarray | None) -> None:
    """Raise `DataError` if a column has a value that cannot be the parameter, or the exposure, that it is read for."""
    for purpose, domain in _purposes(head, name):
        bad = ~domain.contains(values)
        if bad.any():
            raise DataError(
                f"Column '{name}', the {purpose}, must be {domain.description}, got {values[bad][0]:g} "
                f"({rows_of(bad, index)})."
            )


def _purposes(head: Head, name: str) -> list[tuple[str, Domain]]:
    """Return what a column is for, with the values that this may have."""
    found: list[tuple[str, Domain]] = []
    for slot in head.slots:
        if isinstance(slot.source, Column) and slot.source.name == name:
            found.append((f"parameter {slot.parameter.name}", slot.parameter.domain))
        elif any(c is not None and c.name == name for c in (slot.exposure, slot.size_of_y)):
            found.append(("exposure", positive))
        elif slot.offset is not None and slot.offset.name == name:
            found.append(("offset", real))
    return found
