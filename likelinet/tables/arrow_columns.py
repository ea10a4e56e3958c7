"""Columns from a table of pyarrow: what its types are here."""

from typing import Any

from likelinet.tables.arrow import pa, pc
from likelinet.tables.columns import Column, Unusable
from likelinet.tables.text import Text

_MIDNIGHT = r".{10}[ T]00:00:00(?:\.0+)?"


def arrow_column(name: str, values: Any) -> Column | Unusable:
    """Return a `pyarrow.ChunkedArray` as a column: NaN where a number is missing, "" where text is.

    Unusable if a cell is not one value but a list or a structure of them.
    """
    kind = pa.types
    if kind.is_dictionary(values.type):
        values = _levels(values)
    of = values.type
    if kind.is_nested(of):
        return Unusable(
            f"Column '{name}' has cells of several values (of type {of}): spread it over columns of its own, or leave "
            "it out.",
            len(values),
        )
    if kind.is_decimal(of):
        values, of = values.cast(pa.float64()), pa.float64()
    if kind.is_integer(of) or kind.is_floating(of):
        return values.to_numpy()  # NaN for null
    if kind.is_duration(of):
        nanoseconds = pc.cast(values.cast(pa.duration("ns")), pa.int64())
        return pc.divide(pc.cast(nanoseconds, pa.float64(), safe=False), 1e9).to_numpy()
    if kind.is_boolean(of):
        if values.null_count == 0:
            return values.to_numpy()
        values = pc.if_else(values, "True", "False")
    if kind.is_timestamp(of) or kind.is_time(of):
        return _times(values)
    return Text(trimmed(_strings(values)))


def _levels(values: Any) -> Any:
    """Return each cell of a dictionary-encoded column as its level; views have no kernels of their own."""
    of = values.type.value_type
    of = pa.large_string() if pa.types.is_string_view(of) else of
    return pa.chunked_array([chunk.dictionary.cast(of).take(chunk.indices) for chunk in values.chunks], of)


def trimmed(cells: Any) -> Any:
    """Return strings without the blanks around them."""
    return pc.utf8_trim_whitespace(cells)


def _strings(values: Any) -> Any:
    """Return cells as strings, "" for null."""
    large = pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type)
    return pc.fill_null(values.cast(pa.large_string() if large else pa.string()), "")


def _times(values: Any) -> Text:
    """Return dates, or dates with times where any is not midnight, as ISO writes them."""
    cells = _strings(values)
    filled = cells.filter(pc.not_equal(cells, ""))
    if Text(filled).matches(_MIDNIGHT).all():
        return Text(pc.utf8_slice_codeunits(cells, 0, 10))
    return Text(pc.replace_substring_regex(cells, r"\.0+(Z?)$", r"\1"))
