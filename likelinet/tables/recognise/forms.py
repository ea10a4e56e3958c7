"""Forms in which dates and times of day are written, and cells of a known form as moments."""

import re
from typing import Any

import numpy as np

from likelinet.tables.arrow import pa, pc

_YEAR, _SHORT, _MONTH, _DAY = r"(?P<Y>[0-9]{4})", r"(?P<y>[0-9]{2})", r"(?P<m>[0-9]{1,2})", r"(?P<d>[0-9]{1,2})"
_NAME = r"(?P<b>[A-Za-z]{3,9})\.?"
_WEEKDAY = r"(?:(?i:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
_CLOCK = (
    r"(?P<H>[0-9]{1,2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2})(?:[.,](?P<f>[0-9]{1,9}))?)?(?: ?(?P<p>[AaPp])\.?[Mm]\.?)?"
)
_ZONE = r"(?: ?(?:Z|UTC|GMT|[-+][0-9]{2}(?::?[0-9]{2})?))?"
_AT = f"(?:(?:T|,? +|:){_CLOCK}{_ZONE})?"  # a time after a date, where there is one

# Regular expressions (RE2) by the names that strptime has for the parts; a time may follow each date. The first that
# all of a column fits is taken.
ISO = "%Y-%m-%d"
FORMS = {
    ISO: f"{_YEAR}-{_MONTH}-{_DAY}{_AT}",
    "%Y/%m/%d": f"{_YEAR}/{_MONTH}/{_DAY}{_AT}",
    "%Y.%m.%d": rf"{_YEAR}\.{_MONTH}\.{_DAY}{_AT}",
    "%Y%m%d": r"(?P<Y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"
    r"(?:[T ]?(?P<H>[0-9]{2}):?(?P<M>[0-9]{2})(?::?(?P<S>[0-9]{2}))?Z?)?",
    "%Y%m": r"(?P<Y>[0-9]{4})(?P<m>[0-9]{2})",
    "%d.%m.%Y": rf"{_DAY}\.{_MONTH}\.{_YEAR}{_AT}",
    "%m.%d.%Y": rf"{_MONTH}\.{_DAY}\.{_YEAR}{_AT}",
    "%d/%m/%Y": f"{_DAY}/{_MONTH}/{_YEAR}{_AT}",
    "%m/%d/%Y": f"{_MONTH}/{_DAY}/{_YEAR}{_AT}",
    "%d-%m-%Y": f"{_DAY}-{_MONTH}-{_YEAR}{_AT}",
    "%m-%d-%Y": f"{_MONTH}-{_DAY}-{_YEAR}{_AT}",
    "%d.%m.%y": rf"(?P<d>[0-9]{{2}})\.(?P<m>[0-9]{{2}})\.{_SHORT}{_AT}",
    "%d/%m/%y": f"{_DAY}/{_MONTH}/{_SHORT}{_AT}",
    "%m/%d/%y": f"{_MONTH}/{_DAY}/{_SHORT}{_AT}",
    "%d-%m-%y": f"(?P<d>[0-9]{{2}})-(?P<m>[0-9]{{2}})-{_SHORT}{_AT}",
    "%m-%d-%y": f"(?P<m>[0-9]{{2}})-(?P<d>[0-9]{{2}})-{_SHORT}{_AT}",
    "%d %b %Y": f"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[-./ ] ?{_NAME}[-/, ] ?{_YEAR}{_AT}",
    "%d %b %y": f"{_DAY}[-/ ]{_NAME}[-/ ]{_SHORT}{_AT}",
    "%b %d %Y": f"{_WEEKDAY}{_NAME}[-/ ]{_DAY}(?:st|nd|rd|th)?(?:,? |[-/]){_YEAR}{_AT}",
    "%b %d %H:%M:%S %Y": f"{_WEEKDAY}{_NAME} +{_DAY} {_CLOCK}{_ZONE} {_YEAR}",
    "%b %Y": f"{_NAME}[-/, ] ?{_YEAR}",
    "%b %y": f"{_NAME}[-/ ]'?{_SHORT}",
    "%Y-%m": f"{_YEAR}[-/](?P<m>[0-9]{{2}})",
    "%m/%Y": f"{_MONTH}/{_YEAR}",
    "%Y-Q%q": f"{_YEAR}[- ]?Q(?P<q>[1-4])",
    "Q%q %Y": f"Q(?P<q>[1-4])[- ]{_YEAR}",
    "%Y": _YEAR,
    "%H:%M": f"{_CLOCK}{_ZONE}",
    "%H.%M.%S": r"(?P<H>[0-9]{1,2})\.(?P<M>[0-9]{2})\.(?P<S>[0-9]{2})",
}
TIMES = ("%H:%M", "%H.%M.%S")  # of a day that nobody names
AT_ONCE = 1 << 16  # cells whose parts are in memory
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october"]
_MONTHS += ["november", "december"]
_NAMES = {name[:n]: j + 1 for j, name in enumerate(_MONTHS) for n in (3, 4, 20)}
SINCE = 1969  # as strptime has it: 69 is 1969, and 68 is 2068


def turned(form: str) -> str | None:
    """Return the form with day and month the other way round, if there is one."""
    other = form.replace("%d", "%?").replace("%m", "%d").replace("%?", "%m")
    return other if other != form and other in FORMS else None


def in_form(cells: Any, form: str, since: int = SINCE) -> np.ndarray:
    """Return strings of pyarrow as datetime64[us], NaT where one is no date or time of this form.

    Years of two digits are among the hundred from `since` on.

    A time without a date is one of 1970-01-01; an offset from UTC is left aside, so that the time is what a clock there
    shows.
    """
    each = [_in_form(cells.slice(first, AT_ONCE), form, since) for first in range(0, max(len(cells), 1), AT_ONCE)]
    return np.concatenate(each)


def _in_form(cells: Any, form: str, since: int) -> np.ndarray:
    """Return the same of some cells, each of whose parts is an array for itself."""
    names = re.findall(r"\(\?P<(\w)>", FORMS[form])
    found = pc.extract_regex(cells, f"^(?:{FORMS[form]})$")
    parts = {name: pc.struct_field(found, name) for name in names}

    def number(name: str, absent: int) -> np.ndarray:
        """Return a part as whole numbers, -1 where the cell is of another form."""
        if name not in parts:
            return np.full(len(cells), absent)
        filled = pc.if_else(pc.equal(parts[name], ""), str(absent), parts[name])
        return np.asarray(pc.fill_null(pc.cast(filled, pa.int64()), -1))

    year, month, day = number("Y", 1970), number("m", 1), number("d", 1)
    if "y" in parts:
        short = number("y", 0)
        year = np.where(short < 0, -1, since + (short - since) % 100)
    if "q" in parts:
        month = 3 * number("q", 1) - 2
    if "b" in parts:
        known = pa.array([*_NAMES], parts["b"].type)
        at = np.asarray(pc.fill_null(pc.index_in(pc.utf8_lower(parts["b"]), value_set=known), -1))
        month = np.array([*_NAMES.values(), -1])[at]
    hour, minute, second = number("H", 0), number("M", 0), number("S", 0)
    good = (year >= 0) & (month >= 1) & (month <= 12) & (day >= 1) & (hour >= 0) & (minute < 60) & (second < 60)
    if "p" in parts:
        half = np.asarray(pc.fill_null(pc.utf8_lower(parts["p"]), ""))
        good &= (half == "") | ((hour >= 1) & (hour <= 12))
        hour = np.where(half == "", hour, hour % 12 + 12 * (half == "p"))
    months = (12 * (year - 1970) + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    last = (hour == 24) & (minute == 0) & (second == 0) if "Y" in parts or "y" in parts else False  # the end of a day
    good &= ((hour < 24) | last) & (days.astype("datetime64[M]") == months)
    micro = np.zeros(len(cells), np.int64)
    if "f" in parts:
        digits = pc.utf8_slice_codeunits(pc.utf8_rpad(parts["f"], 6, "0"), 0, 6)
        micro = np.asarray(pc.fill_null(pc.cast(digits, pa.int64()), 0))
    clock = 1_000_000 * (3600 * hour + 60 * minute + second) + micro
    return np.where(good, days.astype("datetime64[us]") + clock.astype("timedelta64[us]"), np.datetime64("NaT"))
