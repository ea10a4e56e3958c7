"""Columns of dates and times: the time that has passed, and where in the year, the week and the day it is."""

from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from likelinet.config import DataConfig
from likelinet.tables.columns import Column, is_time
from likelinet.tables.kinds.kind import Kind, Strange, with_indicator
from likelinet.tables.kinds.left_out import Constant
from likelinet.tables.kinds.number import Number, Scaled, learn_number
from likelinet.tables.recognise.epochs import EPOCHS
from likelinet.tables.recognise.forms import FORMS, ISO, SINCE, TIMES
from likelinet.tables.recognise.moments import in_doubt, of_other_form, read_moments
from likelinet.tables.recognise.together import are_times, joined
from likelinet.tables.table import Table
from likelinet.tables.text import Text

CYCLES = {"month": 365.0, "weekday": 7.0, "hour": 1.0}  # how many days training must span so that one is learned


@dataclass(frozen=True)
class Moment(Scaled):
    """A moment as the days since an origin, scaled as numbers are, and as the sine and cosine of some cycles.

    The cycles are 0 where a cell is missing.

    Parameters
    ----------
    origin : str
        The first moment of training, as ISO writes it.
    cycles : tuple of str
        Of `CYCLES`: where in the year, the week, the day the moment is.
    form : str
        How text is read, as `recognise.forms` names it; "" where the column was declared as of moments.
    beside, beside_form : str
        The column with the times of day, if they have one of their own, and how its text is read.
    words : str
        How text was read, for the user.
    since : int
        The first of the hundred years that those of two digits are among.
    """

    origin: str = ""
    cycles: tuple[str, ...] = ()
    form: str = ""
    beside: str = ""
    beside_form: str = ""
    words: str = ""
    since: int = SINCE

    def __post_init__(self) -> None:
        """Raise `ValueError` if its origin is no moment, or it has another cycle than there are."""
        super().__post_init__()
        if not {*self.cycles} <= {*CYCLES} or np.isnat(np.datetime64(self.origin or "1970", "us")):
            raise ValueError(f"column of the inputs: '{self.name}' has no such origin or cycles")
        if unknown := {self.form, self.beside_form} - {*FORMS, *EPOCHS, ""}:
            raise ValueError(f"column of the inputs: '{self.name}' has the form {min(unknown)!r}, which there is not")

    tag: ClassVar[str] = "moment"
    of_amounts: ClassVar[bool] = True

    @property
    def inputs(self) -> list[str]:
        cycles = [f"{self.name} {cycle} {wave}" for cycle in self.cycles for wave in ("sin", "cos")]
        return with_indicator([self.name, *cycles], self.name, self.indicator)

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.name, self.beside) if self.beside else (self.name,)

    def read(self, table: Table) -> Column | None:
        return None if is_time(table.column(self.name)) and not self.beside else self.moments(table)

    def moments(self, table: Table) -> np.ndarray:
        """Return the moments of a table, NaT where one is missing."""
        days = self._read(table, self.name, self.form or (TIMES[0] if self._of_a_day else ISO))
        return joined(days, self._read(table, self.beside, self.beside_form or TIMES[0])) if self.beside else days

    def _read(self, table: Table, name: str, form: str) -> np.ndarray:
        return read_moments(table.plain(name), form, self.since)[0]

    def among(self, table: Table, read: Column) -> Strange:
        assert isinstance(read, np.ndarray)
        lost, turned = self.lost(table, read), np.zeros(len(read), bool)
        for name, form in ((self.name, self.form), (self.beside, self.beside_form)):
            if form and isinstance(cells := table.plain(name), Text):
                turned |= of_other_form(cells, form)
        doubtful, bare = np.zeros((2, len(read)), bool)
        if lost.any():
            doubtful[lost], bare[lost] = in_doubt(table.plain(self.name)[lost])
        return Strange(stray=lost & ~doubtful & ~bare, turned=turned & ~np.isnat(read), doubtful=doubtful, bare=bare)

    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        assert isinstance(cells, np.ndarray)
        strange = self.encode_numbers(days_since(cells, self.origin), out[0])
        missing = np.isnat(cells)
        for j, cycle in enumerate(self.cycles):
            angle = 2.0 * np.pi * place_in(cycle, cells)
            out[2 * j + 1], out[2 * j + 2] = np.sin(angle), np.cos(angle)
            out[2 * j + 1 : 2 * j + 3, missing] = 0.0
        return self.filled_beside(strange, out)

    @property
    def seen(self) -> str:
        if self.low is None or self.high is None:
            return ""
        days = (self.low, self.high)
        first, last = (
            str(np.datetime64(self.origin, "s") + np.timedelta64(round(86400.0 * day), "s")).split("T") for day in days
        )
        if self._of_a_day:
            return f"{first[1]} … {last[1]}"
        if first[0] != last[0]:
            return f"{first[0]} … {last[0]}"
        to = 8 if first[1][:5] == last[1][:5] else 5  # seconds where there is no minute between them
        return f"{first[0]} {first[1][:to]} … {last[1][:to]}"

    @property
    def _of_a_day(self) -> bool:
        """Whether these are times without a date, which are those of the first of January 1970."""
        return self.origin.startswith("1970-01-01") and self.high is not None and self.high < 1.0

    def describe(self) -> str:
        parts = [*(f"the {cycle}" for cycle in self.cycles), *(["missing cells"] if self.indicator else [])]
        since = str(np.datetime64(self.origin, "s")).replace("T00:00:00", "").replace("T", " ")
        since = since.removeprefix("1970-01-01 ") if self._of_a_day else since
        what = f"{self.words or 'dates and times'} as time since {since}"
        return f"{what}, with {', '.join(parts)}" if parts else what


def days_since(moments: np.ndarray, origin: str) -> np.ndarray:
    """Return moments as days since an origin, NaN for NaT."""
    return (moments - np.datetime64(origin)) / np.timedelta64(1, "D")


def place_in(cycle: str, moments: np.ndarray) -> np.ndarray:
    """Return how much of the year, from January on, of the week, from Monday on, or of the day has passed."""
    days = moments.astype("datetime64[D]")
    match cycle:
        case "hour":
            return (moments - days) / np.timedelta64(1, "D")
        case "weekday":
            return (days.astype(np.int64) + 3) % 7 / 7.0  # 1970 began on a Thursday
    months = moments.astype("datetime64[M]")
    long = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    return (months.astype(np.int64) % 12 + (days - months.astype("datetime64[D]")) / long) / 12.0


def learn_moment(name: str, moments: np.ndarray, weight: np.ndarray, data: DataConfig) -> Kind:
    """Return how the moments of the training rows, NaT where one is missing, are encoded."""
    filled = moments[~np.isnat(moments)]
    if len(filled) == 0:
        return Constant(name, "missing in every row")
    origin = filled.min()
    elapsed = learn_number(name, days_since(moments, str(origin)), weight, data)
    if not isinstance(elapsed, Number):
        return Constant(name, f"{origin.astype('datetime64[s]')} in every row")
    scaled = {part.name: getattr(elapsed, part.name) for part in fields(Scaled)}
    return Moment(**{**scaled, "inner": None}, origin=str(origin), cycles=_cycles(filled))  # held at the very ends


def _cycles(moments: np.ndarray) -> tuple[str, ...]:
    """Return the cycles that moments go through, and in which they are not always at the same place."""
    span = (moments.max() - moments.min()) / np.timedelta64(1, "D")
    known = ["hour"] if are_times(moments) else [cycle for cycle, days in CYCLES.items() if span >= days]
    if (moments == moments.astype("datetime64[M]")).all():
        known = [cycle for cycle in known if cycle == "month"]  # of months and years the weekday says nothing
    return tuple(cycle for cycle in known if np.ptp(place_in(cycle, moments)) > 0.0)
