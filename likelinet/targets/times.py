"""Times to an event, which tables seldom call so: what the names of two columns say."""

import re

import numpy as np

from likelinet.core.notes import note
from likelinet.core.wording import shown
from likelinet.tables.coded import Coded, coded
from likelinet.tables.table import Table
from likelinet.tables.text import Text

_TIME = re.compile(r"(?:^|[^a-z]|surv|fu)(?:time|days|weeks|months|years|duration|survival|tenure|lifetime)$")
_EVENT = re.compile(
    r"(?:^|[^a-z])(?:status|event|death|dead|died|failed|failure|relapsed?|observed)$|(?:^|[^a-z])cens[a-z]*$"
)


def note_times(table: Table, target: str) -> None:
    """Say that a target may be the time to an event if it is called a time, and a column of two values an event."""
    event = _event_of(table, target) if _TIME.search(target.strip().lower()) else None
    if event is not None:
        note(
            f"'{shown(target)}' may be the time until '{shown(event)}' or the end of observation: if so, name both, by "
            f"--target '{{time: {shown(target)}, event: {shown(event)}}}'."
        )


def _event_of(table: Table, target: str) -> str | None:
    """Return the first column that is called an event, or a censoring, and has two values."""
    called = (name for name in table.columns if name != target and _EVENT.search(name.strip().lower()))
    return next((name for name in called if _different(table, name) == 2), None)


def _different(table: Table, name: str) -> int:
    cells = table.column(name)
    return len(coded(cells).levels) if isinstance(cells, Text | Coded) else len(np.unique(cells))
