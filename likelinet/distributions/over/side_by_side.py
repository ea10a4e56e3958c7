"""Distributions of several families as one, along a last batch axis: the components of a `MixtureOf`."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.domains import Domain, hull
from likelinet.core.lazy import scipy
from likelinet.distributions.base.by_rows import innermost
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.protocol import CUTS
from likelinet.distributions.classes.categorical import Categorical
from likelinet.distributions.numerics.mass_tables import Cells, Masses
from likelinet.distributions.over.stacked import stacked


class Parts(Distribution):
    """Distributions of one batch shape, whatever their families, as components along a last batch axis.

    It answers what a mixture asks of its components. Its arrays cannot be moved along that axis, as each family has its
    own: `MixtureOf` moves the rows of each part.

    Parameters
    ----------
    parts : sequence of Distribution
        They have one batch shape, one event shape and one kind of y.
    """

    _sees_to_support = True

    def __init__(self, parts: Sequence[Distribution]) -> None:
        self.parts = tuple(parts)
        first = self.parts[0]
        self.batch_shape, self.event_shape = (*first.batch_shape, len(self.parts)), first.event_shape
        self.y, self.is_angle, self.classes, self.atoms = first.y, first.is_angle, first.classes, first.atoms
        self.takes_intervals = first.takes_intervals
        self.support = hull([p.support for p in self.parts])
        self.ordered, self.of_outputs = all(p.ordered for p in self.parts), all(p.of_outputs for p in self.parts)
        self.has_cdf = all(p.has_cdf for p in self.parts)  # type: ignore[reportAttributeAccessIssue]
        inner = [innermost(p) for p in self.parts]
        self.smooth_tails = all(leaf.smooth_tails for _, leaf in inner)
        self.temporaries = max(leaf.temporaries for _, leaf in inner)
        self.of_each = -(-sum(many for many, _ in inner) // len(inner))

    @property
    def supports(self) -> tuple[Domain, ...]:
        return tuple(s for p in self.parts for s in (p.support, *innermost(p)[1].supports))

    def __getitem__(self, rows: Any) -> Distribution:
        """Return a part, of an index (..., k)."""
        return self.parts[rows[-1]]

    def __repr__(self) -> str:
        return f"[{', '.join(map(repr, self.parts))}]"

    def _each(self, f: Callable[..., np.ndarray], *of: ArrayLike, behind: int = 0) -> np.ndarray:
        """Return what f says of each part, and of its numbers among those of arrays, along a last axis.

        The axis of the parts in these arrays is the last one but as many as are `behind` it.
        """
        values = [f(p, *(_share(a, i, behind) for a in of)) for i, p in enumerate(self.parts)]
        return np.stack(np.broadcast_arrays(*values), axis=-1)

    def _pairs(self, f: Callable[[Distribution], tuple[ArrayLike, ArrayLike]]) -> tuple[np.ndarray, np.ndarray]:
        first, second = zip(*(f(p) for p in self.parts), strict=True)
        return np.stack(np.broadcast_arrays(*first), axis=-1), np.stack(np.broadcast_arrays(*second), axis=-1)

    # ---- probabilities and quantiles -------------------------------------------------------------------------

    def log_prob(self, y: ArrayLike | Interval) -> np.ndarray:
        return self._each(lambda p, y: p.log_prob(y), y, behind=len(self.event_shape))  # type: ignore[arg-type]

    def log_prob_of_intervals(self, y: Interval) -> np.ndarray:
        def of_part(p: Distribution, low: np.ndarray, high: np.ndarray) -> np.ndarray:
            return p.log_prob_of_intervals(Interval(low, high))

        return self._each(of_part, y.lower, y.upper, behind=len(self.event_shape))

    def log_prob_between(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        return self._each(lambda p, low, high: p.log_prob_between(low, high), low, high)

    def log_prob_of_box(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return self._each(lambda p, low, high: p.log_prob_of_box(low, high), low, high, behind=1)

    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self._each(lambda p, y: p.cdf(y), y)

    def sf(self, y: ArrayLike) -> np.ndarray:
        return self._each(lambda p, y: p.sf(y), y)

    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        return self._each(lambda p, y: p.log_cdf(y), y)

    def log_sf(self, y: ArrayLike) -> np.ndarray:
        return self._each(lambda p, y: p.log_sf(y), y)

    def plain_cdf(self, y: np.ndarray) -> np.ndarray:
        return self._each(lambda p, y: p.plain_cdf(y), y)

    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self._each(lambda p, q: p.ppf(q), q)

    def isf(self, q: ArrayLike) -> np.ndarray:
        return self._each(lambda p, q: p.isf(q), q)

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        return self._pairs(lambda p: p.endpoints())

    def row_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return self._pairs(lambda p: p.row_bounds())

    # ---- moments ---------------------------------------------------------------------------------------------

    def mean(self) -> np.ndarray:
        return self._each(lambda p: p.mean())

    def var(self) -> np.ndarray:
        return self._each(lambda p: p.var())

    def mode(self) -> np.ndarray:
        return self._each(lambda p: p.mode())

    def linear_moments(self) -> tuple[np.ndarray, np.ndarray]:
        return self._pairs(lambda p: p.linear_moments())

    def moments_of_exp(self) -> tuple[np.ndarray, np.ndarray] | None:
        known = [p.moments_of_exp() for p in self.parts]
        if any(moments is None for moments in known):
            return None
        mean, var = (np.stack(np.broadcast_arrays(*v), axis=-1) for v in zip(*known, strict=True))  # type: ignore[arg-type]
        return mean, var

    def location(self) -> np.ndarray | None:
        known = [p.location() for p in self.parts]
        return None if any(at is None for at in known) else np.stack(known, axis=-1)  # type: ignore[arg-type]

    def shifted(self, by: np.ndarray) -> Distribution:
        return Parts([p.shifted(by[..., 0]) for p in self.parts])

    def dispersed(self, factor: float, step: np.ndarray | float) -> Distribution | None:
        each = [p.dispersed(factor, step) for p in self.parts]
        if all(d is None for d in each):
            return None
        return Parts([p if d is None else d for p, d in zip(self.parts, each, strict=True)])

    # ---- where the mass is -----------------------------------------------------------------------------------

    @property
    def unusable(self) -> np.ndarray | None:
        masks = [p.unusable for p in self.parts]
        if all(m is None for m in masks):
            return None
        return np.stack([np.zeros(self.batch_shape[:-1], bool) if m is None else m for m in masks], axis=-1)

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        points = [
            np.broadcast_to(g, (len(g), *self.batch_shape[:-1])) for g in self._of(lambda p: p.quantile_grid(below))
        ]
        return np.stack(_as_long(points, 0), axis=-1)

    def peaks(self) -> np.ndarray:
        found = [
            p.mode()[..., None] if peaks is None else peaks
            for p, peaks in zip(self.parts, self._of(_peaks), strict=True)
        ]
        return np.stack(_as_long(found, -1), axis=-2)

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        return self._pairs(lambda p: p.bulk())

    def cuts(self) -> np.ndarray:
        return np.stack(_as_long(_as_long(self._of(lambda p: p.cuts()), 0), 1), axis=-1)

    def jumps(self) -> np.ndarray:
        # With the least number of a part, from which on its masses are others as well, before its own jumps.
        found = [np.concatenate([p.endpoints()[0][None], p.jumps()]) for p in self.parts]
        return np.stack(_as_long(found, 0), axis=-1)

    def mass_table(self, cells: Cells) -> Masses:
        of_rows = Cells(cells.first[..., 0], cells.many, cells.low[..., 0], cells.high[..., 0])
        tables = self._of(lambda p: p.mass_table(of_rows.within(*p.endpoints())))
        values = np.stack(np.broadcast_arrays(*(t.values for t in tables)), axis=-2)
        return Masses(values, np.stack(np.broadcast_arrays(*(t.log_scale for t in tables)), axis=-1))

    def _of(self, f: Callable[[Distribution], Any]) -> list[Any]:
        return [f(p) for p in self.parts]

    # ---- the same parts otherwise ----------------------------------------------------------------------------

    def marginals(self) -> Distribution:
        return Parts([p.marginals() for p in self.parts])

    def class_marginals(self) -> Distribution | None:
        found = [c for c in (p.class_marginals() for p in self.parts) if c is not None]
        return Parts(found) if found else None

    def mixed_classes(self, log_weights: np.ndarray) -> Distribution:
        codes = [p.unlabelled() for p in self.parts]
        alike = stacked(codes)
        if alike is not None:
            mixed = alike.mixed_classes(log_weights)
        else:
            with np.errstate(divide="ignore"):
                log_p = np.log(np.stack([p.class_probabilities() for p in codes], axis=-1))
            mixed = Categorical(scipy.special.logsumexp(log_p + log_weights[..., None, :], axis=-1))
        return mixed if self.classes is None else mixed.labelled(self.classes)  # type: ignore[arg-type]

    def labelled(self, classes: np.ndarray) -> Distribution:
        return Parts([p.labelled(classes) for p in self.parts])

    def turned(self, by: np.ndarray) -> Distribution:
        return Parts([p.turned(np.squeeze(by, len(self.batch_shape) - 1)) for p in self.parts])

    def given(self, low: ArrayLike = -np.inf, high: ArrayLike = np.inf) -> Distribution:
        return Parts([p.given(_share(low, i, 1), _share(high, i, 1)) for i, p in enumerate(self.parts)])

    def values_by_name(self) -> dict[str, np.ndarray]:
        each = ((i, p.values_by_name()) for i, p in enumerate(self.parts, start=1))
        return {f"part_{i}_{name}": values for i, found in each for name, values in found.items()}

    def stacks_with(self, other: Any) -> bool:
        same = super().stacks_with(other) and len(other.parts) == len(self.parts)
        return same and all(p.stacks_with(o) for p, o in zip(self.parts, other.parts, strict=True))


def _peaks(d: Distribution) -> np.ndarray | None:
    return d.peaks()


def _share(a: ArrayLike, i: int, behind: int) -> np.ndarray:
    """Return the numbers of part i, of whose axis there are `behind` more."""
    a = np.asarray(a)
    axis = a.ndim - 1 - behind
    return a if axis < 0 else a.take(i if a.shape[axis] > 1 else 0, axis=axis)


def _as_long(arrays: Sequence[np.ndarray], axis: int) -> list[np.ndarray]:
    """Return arrays with their last entries along an axis repeated until all are as long as the longest one."""
    many = max(a.shape[axis] for a in arrays)
    return [np.concatenate([a] + [a.take([-1], axis)] * (many - a.shape[axis]), axis) for a in arrays]
