"""Columns of numbers: scaled by what is usual, with a soft limit, and held at the ends of the range of training."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import ClassVar

import numpy as np
from pydantic import PositiveFloat

from likelinet.config import DataConfig, PiecewiseLinearConfig
from likelinet.core.errors import DataError
from likelinet.core.wording import readable
from likelinet.tables.cells import bools, parse
from likelinet.tables.columns import Column, is_time
from likelinet.tables.kinds.kind import USUAL, Kind, Strange, with_indicator
from likelinet.tables.kinds.left_out import Constant
from likelinet.tables.kinds.pieces import learn_pieces
from likelinet.tables.recognise.dress import Dress
from likelinet.tables.recognise.durations import FORMS, read_durations
from likelinet.tables.scaling import is_constant, spread_of
from likelinet.tables.table import Table
from likelinet.tables.text import Text

LINEAR = 5.0  # scales from the middle up to which the soft limit changes nothing
MARGIN = 0.05  # of the range of training, by which its ends are widened
NOTED = 0.1  # of the range, how far outside of it a number is worth a note: many a new row is so by a hair
FAR = 0.25  # of the range, how far outside of it a number is no longer like those at its end
LOST = 1.0  # ranges outside of it a number is rather a slip, as one in another unit or without its point
LONG = 2.0  # how far tails reach, as `Spread.tails` has it, from where on they are not those of a few outliers


@dataclass(frozen=True)
class Scaled(Kind):
    """Numbers x as z = (x - loc) / scale, of log x where `log`.

    Parameters
    ----------
    loc, scale : float
        Of what is usual: mean and standard deviation, or median and quartiles where outliers make those.
    low, high : float, optional
        The ends of the range of training; numbers beyond are held a little outside of them. None for no ends.
    median : float
        What a missing cell is filled with before other numbers tell more (`networks.filling`).
    indicator : bool
        Whether training had missing cells, so that an input says where they are.
    log : bool
        Whether the logarithm is what is scaled.
    limited : bool
        Whether z grows like a logarithm beyond ±5.
    inner : tuple of float, optional
        What numbers far beyond the ends are held at, within the range: there are so few rows at its very ends that a
        network is sure of anything there; those farther than the whole range count as the median. None for the
        ends. In rows that are outside in several columns it is where all of them are held: no row of training is near
        such a corner.
    """

    loc: float = 0.0
    scale: PositiveFloat = 1.0
    low: float | None = None
    high: float | None = None
    median: float = 0.0
    indicator: bool = False
    log: bool = False
    limited: bool = False
    inner: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` if an end lies before its beginning."""
        ends = () if self.low is None or self.high is None else (self.low, self.high)
        if sorted(ends) != [*ends] or sorted(self.inner or ()) != [*(self.inner or ())]:
            raise ValueError(f"column of the inputs: the ends of '{self.name}' are in the wrong order")

    def encode_numbers(self, numbers: np.ndarray, z: np.ndarray) -> Strange:
        """Fill one input; return where numbers were outside, and where they were missing, NaN."""
        z[:] = numbers
        self._scale(z)
        return self.hold(z, z.min(), z.max())

    def hold(self, z: np.ndarray, least: float, most: float) -> Strange:
        """Hold numbers on the scale of the input within its ends, in place; return as `encode_numbers` does.

        Parameters
        ----------
        z : ndarray, shape (n,)
            The numbers.
        least, most : float
            The least and the greatest of them, NaN where one is.
        """
        (low, high), strange = self._ends, USUAL
        if not (least >= low and most <= high):  # or some are NaN
            at = (~((z >= low) & (z <= high))).nonzero()[0]
            lacking = np.isnan(z[at])
            slack = (NOTED - MARGIN) / (1.0 + 2.0 * MARGIN) * (high - low)
            beyond = (z[at] < low - slack) | (z[at] > high + slack)
            missing, outside = (_mask(at[which], len(z)) for which in (lacking, beyond))
            z[at] = np.where(lacking, self._on_scale(self.median), self._held(z[at]))
            strange = Strange(outside=outside, missing=missing)
            least, most = z.min(), z.max()
        if self.limited and (least < -LINEAR or most > LINEAR):
            softly_limited(z)
        return strange

    def filled_beside(self, strange: Strange, out: np.ndarray) -> Strange:
        """Fill the input that says where cells are missing, if there is one; return what is strange then."""
        if not self.indicator:
            return strange
        out[-1] = 0.0 if strange.missing is None else strange.missing
        return USUAL if strange.outside is None else replace(strange, missing=None)

    def _scale(self, z: np.ndarray) -> None:
        """Put numbers on the scale of the input, in place."""
        if self.log:
            np.log(np.maximum(z, 0.0, out=z), out=z)
        z -= self.loc
        z /= self.scale

    def _on_scale(self, *numbers: float) -> np.ndarray:
        z = np.array(numbers)
        self._scale(z)
        return z

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """Where numbers are held, on the scale of the input."""
        if self.low is None or self.high is None:
            return -np.inf, np.inf
        low, high = self._on_scale(self.low, self.high).tolist()
        margin = MARGIN * (high - low)
        return low - margin, high + margin

    @property
    def within(self) -> tuple[float, float] | None:
        if self.inner is None:
            return None
        z = self._on_scale(*self.inner)
        if self.limited:
            softly_limited(z)
        return float(z[0]), float(z[1])

    def _held(self, z: np.ndarray) -> np.ndarray:
        """Return what numbers outside of the range count as: its end, far outside a number within, then the median."""
        low, high = self._ends
        if self.inner is None:
            return np.clip(z, low, high)
        outside = np.maximum(low - z, z - high) / (high - low)
        held = np.where(outside > FAR, np.clip(z, *self._on_scale(*self.inner)), np.clip(z, low, high))
        return held if self.log else np.where(outside > LOST, self._on_scale(self.median), held)


@dataclass(frozen=True)
class Number(Scaled):
    """A number.

    Parameters
    ----------
    dress : tuple, optional
        What numbers wear in text, as `Dress` has it: separators, a unit.
    form : str
        How durations are written in text, as `durations_in` names it; "" where there are none.
    words : str
        How text was read, for the user.
    edges, means : tuple of float
        Of the bins of its code, as `learn_pieces` returns them; empty where it has none.
    """

    dress: tuple[str, str, str, bool] | None = None
    form: str = ""
    words: str = ""
    edges: tuple[float, ...] = ()
    means: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Raise `ValueError` if its bins are none, or its dress or its form none that there is."""
        super().__post_init__()
        if self.dress is not None:
            Dress(*self.dress)
        if self.form and self.form not in FORMS:
            raise ValueError(f"column of the inputs: '{self.name}' has the form {self.form!r}, which there is not")
        bins = len(self.means)
        if len(self.edges) != bins + (bins > 0) or any(a >= b for a, b in pairwise(self.edges)):
            raise ValueError(f"column of the inputs: the edges of '{self.name}' do not make {bins} bins")

    tag: ClassVar[str] = "number"
    of_amounts: ClassVar[bool] = True
    of_numbers: ClassVar[bool] = True

    @property
    def inputs(self) -> list[str]:
        return with_indicator([self.name], self.name, self.indicator)

    def read(self, table: Table) -> Column | None:
        cells = table.columns[self.name]
        if isinstance(cells, np.ndarray):
            return table.numbers(self.name) if is_time(cells) else None
        text = table.plain(self.name)
        if not isinstance(text, Text):
            return table.numbers(self.name)
        if self.dress:
            read = Dress(*self.dress).read(text)
            if not (read.missing | read.stray).all():
                return read.numbers
        if not table.holds_text(self.name):  # plain numbers, even where those of training were not
            return table.numbers(self.name)
        if self.form:
            return read_durations(text, self.form)[0]
        numbers = bools(text)
        return parse(text).numbers if numbers is None else numbers

    def encode(self, cells: Column, out: np.ndarray) -> Strange:
        assert isinstance(cells, np.ndarray)
        return self.filled_beside(self.encode_numbers(cells, out[0]), out)

    @property
    def alike(self) -> bool:
        return not (self.log or self.indicator)

    @property
    def in_code(self) -> int:
        return len(self.means)

    @property
    def endless(self) -> bool:
        return self.low is None or self.high is None

    @property
    def seen(self) -> str:
        return "" if self.low is None or self.high is None else f"{readable(self.low)} … {readable(self.high)}"

    @property
    def plain(self) -> bool:
        return not (self.log or self.words or self.indicator)

    def describe(self) -> str:
        how = "the logarithm of a number" if self.log else "number"
        how += f" ({self.words})" if self.words else ""
        how += f", {self.seen}" if self.seen else ""
        how += f", in {self.in_code} bins" if self.in_code else ""
        return f"{how}, with missing cells" if self.indicator else how

    def in_brief(self) -> str:
        brief = Kind.in_brief(replace(self, words=""))
        return f"{brief} ({self.words})" if self.words else brief


def encode_together(kinds: Sequence[Kind], cells: Sequence[Column], z: np.ndarray) -> list[Strange]:
    """Fill the inputs z (k, n) of numbers that are `alike`, as each would by itself, in fewer calls of NumPy.

    Many short ones cost more than their work, and a thread that trains at the same time waits for each.
    """
    numbers = [kind for kind in kinds if isinstance(kind, Number)]
    np.stack([np.asarray(own) for own in cells], out=z)
    z -= np.array([[kind.loc] for kind in numbers])
    z /= np.array([[kind.scale] for kind in numbers])
    return [kind.hold(*each) for kind, *each in zip(numbers, z, z.min(1), z.max(1), strict=True)]


def _mask(at: np.ndarray, n: int) -> np.ndarray | None:
    """Return a mask of n cells that is true at some positions; None where there are none."""
    if not len(at):
        return None
    mask = np.zeros(n, bool)
    mask[at] = True
    return mask


def softly_limited(z: np.ndarray) -> None:
    """Let z beyond ±5 grow like a logarithm, in place; the slope is 1 on both sides of ±5."""
    far = np.abs(z) > LINEAR
    if far.any():
        beyond = z[far]
        z[far] = np.copysign(LINEAR + np.log1p(np.abs(beyond) - LINEAR), beyond)


def learn_number(name: str, numbers: np.ndarray, weight: np.ndarray, data: DataConfig) -> Kind:
    """Return how the numbers of the training rows, NaN where one is missing, are encoded, with a code if it is wanted.

    Raises
    ------
    DataError
        If they are too large for double precision.
    """
    kind = _scaled(name, numbers, weight, data)
    if not isinstance(data.numeric, PiecewiseLinearConfig) or not isinstance(kind, Number):
        return kind
    finite = np.isfinite(numbers)
    z = np.empty(int(finite.sum()))
    kind.encode_numbers(numbers[finite], z)
    edges, means = learn_pieces(z, weight[finite], data.numeric)
    return replace(kind, edges=edges, means=means)


def _scaled(name: str, numbers: np.ndarray, weight: np.ndarray, data: DataConfig) -> Kind:
    """Return how numbers are scaled."""
    finite = np.isfinite(numbers)
    indicator = bool(np.isnan(numbers).any())
    if not finite.any():
        return Constant(name, "missing in every row")
    values, weight = (numbers, weight) if finite.all() else (numbers[finite], weight[finite])
    lies = spread_of(values, weight)
    if not np.isfinite([lies.loc, lies.scale]).all():
        raise DataError(f"Column '{name}' has numbers too large for double precision: choose another unit.")
    if is_constant(lies.loc, lies.scale):
        if not indicator:
            return Constant(name, f"{readable(lies.median)} in every row")
        return Number(name, lies.median, 1.0, lies.median, lies.median, lies.median, indicator)
    scaling = (lies.loc, lies.scale) if data.standardize else (0.0, 1.0)
    if data.extrapolate:
        return Number(name, *scaling, None, None, lies.median, indicator)
    ends = (lies.low, lies.high, lies.median, indicator)
    if not data.standardize or not (lies.heavy and lies.low > 0.0 and lies.tails > LONG):
        return Number(name, *scaling, *ends, limited=data.standardize, inner=lies.inner)
    logs = spread_of(np.log(values), weight)
    return Number(name, logs.loc, logs.scale, *ends, log=True, limited=True, inner=lies.inner)
