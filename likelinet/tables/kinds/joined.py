"""Columns of dates and of times of day as one moment."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from likelinet.config import DataConfig
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.left_out import LeftOut
from likelinet.tables.kinds.moment import Moment, learn_moment
from likelinet.tables.recognise.together import are_days, are_times, belonging, joined
from likelinet.tables.table import Table


@dataclass(frozen=True)
class Joined(LeftOut):
    """Times of day that are inputs together with their dates, under the name of that column."""

    tag: ClassVar[str] = "joined"

    def describe(self) -> str:
        return self.why


def join_moments(table: Table, kinds: tuple[Kind, ...], weight: np.ndarray, data: DataConfig) -> tuple[Kind, ...]:
    """Return the kinds of columns, with each date and time of day that belong together as one moment.

    Parameters
    ----------
    table : Table
        The training rows.
    kinds : tuple of Kind
        What was learned of each column by itself.
    weight : ndarray
        Of each row.
    data : DataConfig
        What the user says of the columns.
    """
    alone = {k.name: k for k in kinds if isinstance(k, Moment)}
    if len(alone) < 2:
        return kinds
    read = {name: kind.moments(table) for name, kind in alone.items()}
    times = [name for name, moments in read.items() if are_times(moments)]
    days = [name for name, moments in read.items() if name not in times and are_days(moments)]
    new: dict[str, Kind] = {}
    for day, time in belonging(days, times).items():
        together = learn_moment(day, joined(read[day], read[time]), weight, data)
        if isinstance(together, Moment):
            words = (
                f"{alone[day].words}, with the times of '{time}'" if alone[day].words else f"with the times of '{time}'"
            )
            dated = replace(together, form=alone[day].form, since=alone[day].since, words=words)
            new[day] = replace(dated, beside=time, beside_form=alone[time].form)
            new[time] = Joined(time, f"together with '{day}'")
    return tuple(new.get(kind.name, kind) for kind in kinds)
