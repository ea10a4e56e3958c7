"""Columns of free text as the set of their words: an input for each of the most frequent ones."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np

from likelinet.tables.arrow import pa, pc
from likelinet.tables.cells import is_missing_word
from likelinet.tables.coded import coded
from likelinet.tables.columns import Column
from likelinet.tables.kinds.kind import USUAL, Kind, Strange, with_indicator
from likelinet.tables.kinds.left_out import Constant
from likelinet.tables.recognise.distinct import distinct
from likelinet.tables.recognise.identifiers import MOSTLY
from likelinet.tables.text import Text

# Hashing the others, into 32 inputs or 64 beside these, or all words into 128, made held-out likelihoods worse.
MANY = 100  # words with an input
FEWEST = 3  # cells with a word that has an input
# Of text that nobody declares as such. Words made held-out likelihoods of 300 rows worse, and of names of places.
ENOUGH = 500  # rows
SHARE = 0.01  # of the different cells that have a word which comes again
EVERYWHERE = 0.9  # and from where on it says nothing
COVERED = 0.5  # of all words that come again
MOST = 0.75  # of the different cells that have such a word
_FEW = 2000  # different cells that tell


@dataclass(frozen=True)
class Words(Kind):
    """Text as the set of its words, runs of letters and digits in lower case: an input is 1 where its word is there.

    Parameters
    ----------
    words : tuple of str
        Those with an input; the others are passed over.
    indicator : bool
        Whether training had missing cells, so that an input says where they are.
    """

    words: tuple[str, ...]
    indicator: bool = False

    tag: ClassVar[str] = "text"
    sparse: ClassVar[bool] = True

    @property
    def inputs(self) -> list[str]:
        names = [f"{self.name} has {word}" for word in self.words]
        return with_indicator(names, self.name, self.indicator)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: j for j, word in enumerate(self.words)}

    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        bags = bags_of(cells)
        place = np.array([self._places.get(word, -1) for word in bags.words], np.intp)[bags.code]
        out[:] = 0.0
        out[place[place >= 0], bags.row[place >= 0]] = 1.0
        if self.indicator:
            out[-1] = bags.missing
        elif bags.missing.any():
            return Strange(missing=bags.missing)
        return USUAL

    def describe(self) -> str:
        how = ", missing cells" if self.indicator else ""
        return f"words of text: {len(self.words)} with an input each{how}"


class Bags(NamedTuple):
    """The words of cells, each once in a cell.

    Parameters
    ----------
    row, code : ndarray of int
        Which cell has which word, in pairs.
    words : list of str
        The different ones.
    missing : ndarray of bool, shape (n,)
        Which cells are missing.
    """

    row: np.ndarray
    code: np.ndarray
    words: list[str]
    missing: np.ndarray


def bags_of(cells: Column) -> Bags:
    """Return the words of each cell of a column; numbers are words as well."""
    found = coded(cells)  # so that a cell that comes again is split once
    missing = np.array([*map(is_missing_word, found.levels), True])
    lists = pc.split_pattern_regex(Text.of(found.levels).lowered().cells, r"[^\pL\pM\pN]+").combine_chunks()
    each = pc.dictionary_encode(lists.flatten())
    words, code = each.dictionary.to_pylist(), np.asarray(each.indices)
    many = np.asarray(pc.list_value_length(lists)).astype(np.intp)
    level = np.repeat(np.arange(len(many)), many)
    there = np.array([bool(word) for word in words], bool)[code] & ~missing[level]
    pairs = np.unique(level[there] * max(len(words), 1) + code[there])
    level, code = np.divmod(pairs, max(len(words), 1))
    start, many = np.searchsorted(level, np.arange(len(many))), np.bincount(level, minlength=len(many))
    rows = (found.codes >= 0).nonzero()[0]
    own = many[found.codes[rows]]
    inside = np.arange(own.sum()) - np.repeat(np.cumsum(own) - own, own)
    at = np.repeat(start[found.codes[rows]], own) + inside
    return Bags(np.repeat(rows, own), code[at], words, missing[found.codes])


def are_phrases(cells: Text) -> bool:
    """Whether text that comes again, if seldom, is mostly made of words which do, as reviews and models of cars are.

    The words of names, addresses and codes do not.
    """
    found = distinct(cells)
    rows = int((found.codes >= 0).sum())
    if rows < ENOUGH or len(found) >= MOSTLY * rows:
        return False
    some = found.cells.take(np.arange(0, len(found), 1 + len(found) // _FEW))
    bags = bags_of(Text(pa.chunked_array([some])))
    cells_with = np.bincount(bags.code, minlength=len(bags.words))
    spelled = np.array([len(word) > 1 and not word.isdigit() for word in bags.words], bool)  # no initials, no numbers
    again = spelled & (cells_with >= max(FEWEST, SHARE * len(some))) & (cells_with < EVERYWHERE * len(some))
    having = len(np.unique(bags.row[again[bags.code]]))
    return bool(cells_with[again].sum() >= COVERED * cells_with.sum() and having >= MOST * len(some))


def learn_words(name: str, cells: Column, weight: np.ndarray) -> Kind:
    """Return how the text of the training rows is encoded: the most frequent words have an input each."""
    bags = bags_of(cells)
    if bags.missing.all():
        return Constant(name, "missing in every row")
    many = np.bincount(bags.code, minlength=len(bags.words))
    share = np.bincount(bags.code, weight[bags.row], len(bags.words))
    enough = [j for j, cells in enumerate(many.tolist()) if FEWEST <= cells < len(weight)]
    first = sorted(enough, key=lambda j: (-share[j], bags.words[j]))[:MANY]
    return Words(name, tuple(bags.words[j] for j in first), bool(bags.missing.any()))
