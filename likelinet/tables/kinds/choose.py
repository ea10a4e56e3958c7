"""Which kind a column is: the one place that decides, by its type, by what the config says, and by its cells."""

from dataclasses import astuple, replace
from typing import Any

import numpy as np

from likelinet.config import DataConfig
from likelinet.core.errors import DataError
from likelinet.tables.cells import parse
from likelinet.tables.coded import Coded, coded
from likelinet.tables.columns import is_time
from likelinet.tables.kinds.boolean import Boolean, are_truths, truths
from likelinet.tables.kinds.category import learn_category
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.left_out import Constant, Identifier
from likelinet.tables.kinds.moment import Moment, learn_moment
from likelinet.tables.kinds.number import Number, learn_number
from likelinet.tables.kinds.ordered import learn_ordered
from likelinet.tables.kinds.words import are_phrases, learn_words
from likelinet.tables.recognise.codes import codes_with_letters, looks_like_code
from likelinet.tables.recognise.durations import CLOCK, DAYS, durations_in
from likelinet.tables.recognise.identifiers import looks_like_identifier, mostly_different
from likelinet.tables.recognise.moments import Moments, moments_among, moments_of
from likelinet.tables.recognise.numbers_in_dress import Dressed, numbers_in_dress, thousands_by_points
from likelinet.tables.scaling import moments
from likelinet.tables.table import Table
from likelinet.tables.text import Text

MOST = 0.9  # share of the cells that tell what a column is, unless the config is strict
FEW = 1000  # cells that tell whether it is worth looking at all


def learn_kind(table: Table, name: str, weight: np.ndarray, data: DataConfig, row_numbers: bool = True) -> Kind:
    """Return how a column is encoded, as learned from the training rows.

    Parameters
    ----------
    table : Table
        Its rows all have a positive weight.
    name : str
        Of the column.
    weight : ndarray, shape (n,)
        Of each row.
    data : DataConfig
        What the user says of the columns.
    row_numbers : bool
        Whether whole numbers may be taken for those of rows.

    Raises
    ------
    DataError
        If the cells are mostly numbers but some are text, or too large for double precision.
    """
    cells = table.column(name)
    if name in data.datetime:
        return _of_moments(name, moments_of(cells, name), weight, data)
    if name in data.text:
        return learn_words(name, cells, weight)
    if isinstance(cells, Coded) or name in (*data.categorical, *data.ordered):
        return _of_categories(name, _in_order(coded(cells)) if name in data.ordered else coded(cells), weight, data)
    if (found := moments_among(cells, _enough(data))) is not None:
        return _of_moments(name, found, weight, data)
    if isinstance(cells, Text):
        return _of_text(table, name, cells, weight, data, row_numbers)
    if why := looks_like_code(cells, name):
        return _of_categories(name, coded(cells), weight, data, why)
    if row_numbers and (why := looks_like_identifier(cells, name)):
        return Identifier(name, why)
    if is_time(cells):  # durations, which text may hold as pandas writes them
        return _of_text_as_numbers(name, table.numbers(name), weight, data, form=CLOCK)
    return _of_numbers(name, table.numbers(name), weight, data, truth=cells.dtype.kind == "b")


def _of_text(table: Table, name: str, cells: Text, weight: np.ndarray, data: DataConfig, row_numbers: bool) -> Kind:
    if are_truths(coded(cells[:FEW]), both=False) and are_truths(found := coded(cells)):
        values, _, missing = truths(found)
        return _of_truths(name, values, missing, weight, data)
    numbers, levels = not table.holds_text(name), cells.declared and _are_levels(cells)
    if numbers and levels:
        return _of_categories(name, coded(cells), weight, data)
    code = looks_like_code(cells, name)
    if (code or numbers) and row_numbers and (why := looks_like_identifier(cells, name)):
        return Identifier(name, why)
    if code:
        return _of_categories(name, coded(cells), weight, data, code)
    if numbers:
        return _of_plain(name, cells, weight, data)
    dressed = numbers_in_dress(cells, _enough(data))
    if (dressed is None or dressed.dress.unit == DAYS) and (lasting := durations_in(cells, _enough(data))):
        return _of_text_as_numbers(name, lasting.seconds, weight, data, form=lasting.form, words=lasting.words)
    if dressed is not None:
        return _of_dressed(name, dressed, weight, data)
    if not levels:
        if _are_mostly_numbers(cells, _enough(data)):
            if why := codes_with_letters(cells):
                return _of_categories(name, coded(cells), weight, data, why)
            return _of_plain(name, cells, weight, data)
        table.is_text(name)  # numbers with more text among them are refused
    if data.strict:
        _refuse_identifier(name, coded(cells))
    if why := looks_like_identifier(cells, name):
        return learn_words(name, cells, weight) if are_phrases(cells) else Identifier(name, why)
    return _of_categories(name, coded(cells), weight, data)


def _refuse_identifier(name: str, found: Coded) -> None:
    many = len(found.levels)
    if mostly_different(many, len(found)):
        raise DataError(
            f"Column '{name}' is text with {many} different values in {len(found)} rows, "
            "so it looks like an identifier or a date: list the columns to use in data.features, without it."
        )


def _enough(data: DataConfig) -> float:
    """Return the share of the cells that tell what a column is."""
    return 1.0 if data.strict else MOST


def _are_mostly_numbers(cells: Text, enough: float) -> bool:
    """Whether such a share of the cells that are not missing are numbers."""
    parsed = parse(cells)
    return bool(parsed.stray.sum() <= (1.0 - enough) * (~parsed.missing).sum())


def _are_levels(cells: Text) -> bool:
    """Whether text that a DataFrame declares is levels of a category, which come again, and whose numbers are whole."""
    found = coded(cells)
    levels = Text.of(found.levels)
    whole = levels.matches("[0-9]+") | parse(levels).stray
    return not mostly_different(len(levels), len(cells)) and bool(whole.all())


def _of_numbers(name: str, numbers: np.ndarray, weight: np.ndarray, data: DataConfig, truth: bool = False) -> Kind:
    if (truth or not data.extrapolate) and _zero_and_one(numbers):
        return _of_truths(name, numbers, np.isnan(numbers), weight, data)
    return learn_number(name, numbers, weight, data)


def _of_text_as_numbers(name: str, numbers: np.ndarray, weight: np.ndarray, data: DataConfig, **read: Any) -> Kind:
    """Return how numbers are encoded that are read from text; `read` says how."""
    kind = learn_number(name, numbers, weight, data)
    return replace(kind, **read) if isinstance(kind, Number) else kind


def _of_plain(name: str, cells: Text, weight: np.ndarray, data: DataConfig) -> Kind:
    dressed = thousands_by_points(cells)
    if dressed is None:
        return _of_numbers(name, parse(cells).numbers, weight, data)
    return _of_dressed(name, dressed, weight, data)


def _of_dressed(name: str, found: Dressed, weight: np.ndarray, data: DataConfig) -> Kind:
    worn = astuple(found.dress)
    return _of_text_as_numbers(name, found.numbers, weight, data, dress=worn, words=found.words)


def _of_moments(name: str, found: Moments, weight: np.ndarray, data: DataConfig) -> Kind:
    learned = learn_moment(name, found.values, weight, data)
    if not isinstance(learned, Moment):
        return learned
    return replace(learned, form=found.form, words=found.words, since=found.since)


def _zero_and_one(numbers: np.ndarray) -> bool:
    """Whether there is 0, and 1, and no other number."""
    ones = int((numbers == 1.0).sum())
    zeros = int((numbers == 0.0).sum()) if ones else 0
    return bool(zeros and ones + zeros + int(np.isnan(numbers).sum()) == len(numbers))


def _of_truths(name: str, values: np.ndarray, missing: np.ndarray, weight: np.ndarray, data: DataConfig) -> Kind:
    known = ~missing
    mean, spread = (float(m) for m in moments(values[known], weight[known]))
    loc, scale = (mean, spread) if data.standardize else (0.0, 1.0)
    return Boolean(name, loc, scale, float(mean > 0.5), not bool(known.all()), mean)


def _of_categories(name: str, found: Coded, weight: np.ndarray, data: DataConfig, words: str = "") -> Kind:
    category = replace(learn_category(name, found, weight), words=words)
    one = len(category.levels) + len(category.pooled) < 2
    if one and not category.indicator:
        return Constant(name, f"'{category.levels[0]}' in every row")
    if not category.levels and not category.pooled:
        return Constant(name, "missing in every row")
    ordered = name in data.ordered or (found.ordered and name not in data.categorical)
    return learn_ordered(name, found, weight) if ordered and not one else category


def _in_order(found: Coded) -> Coded:
    """Return categories whose levels are sorted by size, if all of them are numbers."""
    levels = parse(Text.of(found.levels))
    if found.ordered or levels.stray.any():
        return found
    order = np.argsort(levels.numbers, kind="stable")  # missing ones at the end
    to = np.append(np.argsort(order), -1)
    return Coded(to[found.codes], tuple(found.levels[j] for j in order), found.values[order], True)
