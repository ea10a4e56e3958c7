"""Columns from a table of pyarrow: what its types are here."""

from typing import Any

import numpy as np

from likelinet.tables.arrow import pa, pc
from likelinet.tables.coded import Coded, of_levels
from likelinet.tables.columns import Column, Unusable, of_several
from likelinet.tables.text import Text


def arrow_column(name: str, values: Any) -> Column | Unusable:
    """Return a `pyarrow.ChunkedArray` as a column: what is missing is NaN among numbers, NaT among times, "" in text.

    A moment in a time zone becomes what a clock there shows.

    Unusable if a cell is not one value but a list or a structure of them.
    """
    kind, of = pa.types, values.type
    if kind.is_integer(of) or kind.is_floating(of):
        return values.to_numpy()  # NaN for null
    if kind.is_dictionary(of):
        return _coded(values)
    if kind.is_nested(of):
        return of_several(name, of, len(values))
    if kind.is_decimal(of):
        return values.cast(pa.float64()).to_numpy()
    if kind.is_duration(of):
        return values.cast(pa.duration("us"), safe=False).to_numpy()
    if kind.is_boolean(of):
        if values.null_count == 0:
            return values.to_numpy()
        values = pc.if_else(values, "True", "False")
    if kind.is_timestamp(of):
        values = values if of.tz is None else pc.local_timestamp(values)
        return values.cast(pa.timestamp("us"), safe=False).to_numpy()
    if kind.is_date(of):
        return values.cast(pa.timestamp("us")).to_numpy()
    if kind.is_time(of):  # of a day: as long after midnight
        return values.cast(pa.time64("us"), safe=False).cast(pa.int64()).cast(pa.timestamp("us")).to_numpy()
    return Text(trimmed(_strings(values)), declared=kind.is_string(of) or kind.is_large_string(of))


def _coded(values: Any) -> Coded:
    """Return a dictionary-encoded column; its levels may be of any type."""
    values = values.unify_dictionaries()
    chunks, of = values.chunks, values.type.value_type
    if not chunks:
        return of_levels(np.zeros(0, np.int32), [], values.type.ordered)
    codes = np.concatenate([_codes(c.indices) for c in chunks])
    levels = chunks[0].dictionary.cast(pa.large_string() if pa.types.is_string_view(of) else of).to_pylist()
    if None in levels:
        codes = np.array([*(-1 if level is None else j for j, level in enumerate(levels)), -1], np.int32)[codes]
    return of_levels(codes, levels, values.type.ordered)


def _codes(indices: Any) -> np.ndarray:
    """Return where a dictionary has the cells, -1 where one is null; a call of Arrow for nothing costs as well."""
    codes = indices if indices.type == pa.int32() else indices.cast(pa.int32())
    return np.asarray(codes.fill_null(-1) if codes.null_count else codes)


def trimmed(cells: Any) -> Any:
    """Return strings without the blanks around them; the same where there are none, so that no copy is held."""
    found = pc.utf8_trim_whitespace(cells)
    return cells if found.equals(cells) else found


def _strings(values: Any) -> Any:
    """Return cells as strings, "" for null."""
    large = pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type)
    return pc.fill_null(values.cast(pa.large_string() if large else pa.string()), "")
