"""One row of the table of families: typical values, and who else knows them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import likelinet as ll
from likelinet.core.domains import nonnegative, open_unit_interval, positive, real
from likelinet.core.links import Link
from likelinet.distributions import Distribution, Parameter
from tests import exact

N_CLASSES = 4  # and the length of every other vector
TRIANGLE = [positive if i == j else real for i, j in zip(*np.tril_indices(N_CLASSES), strict=True)]


@dataclass(frozen=True)
class Family:
    """One row: a family, typical ranges of its parameters, and who else knows its values.

    Parameters
    ----------
    cls : type
        The family.
    ranges : mapping
        The (low, high) of each parameter's typical values, in the order of `cls.parameters`.
    oracle : callable
        Parameters, in order, to a frozen `scipy.stats` distribution.
    exact : Exact
        The formulas in mpmath.
    inside : tuple of float
        The least and the largest y to be tried with extreme parameters; by default such of the support. For a y of
        several entries: some y.
    top : int, optional
        The largest y, where there are finitely many.
    event : int, optional
        How many entries a y has, where it is a vector.
    beyond : tuple, optional
        Some y outside the support, where y is a vector.
    kink : bool
        Whether the density has a kink at `loc`, across which no difference can be taken.
    sharp : bool
        Whether double precision tells the value at any raw outputs in ±50: not so where equations are solved.
    tails : bool
        Whether probabilities of 1e-300 have quantiles that floats can tell from the ends of the support.
    unit : callable, optional
        Parameters, in order, to the length against which a location counts, where none of them is a scale.
    bound : str, optional
        The parameter that is the largest y of a row.
    undefined : tuple of str
        Methods that raise UndefinedError.
    links : mapping
        The link, and its formula in mpmath, of a vector whose numbers depend on one another: it makes the parameter of
        numbers anywhere on the line, of which `ranges` then speaks.
    """

    cls: type[Distribution]
    ranges: Mapping[str, tuple[float, float]]
    oracle: Callable[..., Any]
    exact: exact.Exact
    inside: tuple[Any, ...] = (np.nan, np.nan)
    top: int | None = None
    event: int | None = None
    beyond: tuple[list[float], ...] = ()
    kink: bool = False
    sharp: bool = True
    tails: bool = True
    unit: Callable[..., Any] | None = None
    bound: str | None = None
    undefined: tuple[str, ...] = ()
    links: Mapping[str, tuple[Link, Callable[..., Any]]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.cls.__name__

    @property
    def integer(self) -> bool:
        return self.cls.support.integer or self.classes

    @property
    def classes(self) -> bool:
        """Whether y is one of several classes, and the parameter a vector."""
        return self.cls is ll.Categorical

    @property
    def few(self) -> tuple[Any, ...]:
        """The least and the largest y of the tests with extreme parameters; some y, where y is a vector."""
        if self.event or np.isfinite(self.inside[0]):
            return self.inside
        if self.integer:
            return (0.0, 10.0 if self.top is None else float(self.top))
        return (-10.0 if self.cls.support.low == -np.inf else 1e-3, 10.0)

    @property
    def outside(self) -> list[Any]:
        """Some y that are not in the support."""
        if self.event:
            return list(self.beyond)
        if self.integer:
            return [-1.0, 0.5, np.inf if self.top is None else self.top + 1.0]
        support = self.cls.support
        ends = [e - s if c else e for e, s, c in zip((support.low, support.high), (1, -1), support.closed, strict=True)]
        return [*ends, support.low - 1.0, support.high + 1.0]

    @property
    def columns(self) -> tuple[Parameter, ...]:
        """One entry per number of a row: a vector takes several, a triangular matrix those of its lower half."""
        entry = {0: lambda p: [p], 1: lambda p: [p] * N_CLASSES, 2: lambda p: [replace(p, domain=d) for d in TRIANGLE]}
        return tuple(column for p in self.cls.parameters for column in entry[p.event_ndim](p))

    def parameters(self, u: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return typical parameters from numbers in [0, 1], shape (..., columns); positive ones log-uniformly."""
        low, high = (np.array([self.ranges[p.name][end] for p in self.columns]) for end in (0, 1))
        log = np.array([p.domain is positive for p in self.columns])
        # Below the diagonal, a matrix has numbers of either sign.
        low = np.where([p.event_ndim == 2 and p.domain is real for p in self.columns], -high, low)
        with np.errstate(all="ignore"):
            values = np.where(log, low * (high / low) ** u, low + (high - low) * u)
        return self.split(values)

    def split(self, values: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the parameter arrays whose numbers are the last axis of `values`."""
        params, start = [], 0
        for p in self.cls.parameters:
            size = sum(c.name == p.name for c in self.columns)
            piece, start = values[..., start : start + size], start + size
            if p.name in self.links:
                piece = self.links[p.name][0].forward(piece)[0]
            if p.event_ndim == 0:
                piece = piece[..., 0]
            elif p.event_ndim == 2:
                matrix = np.zeros((*piece.shape[:-1], N_CLASSES, N_CLASSES))
                matrix[..., *np.tril_indices(N_CLASSES)] = piece
                piece = matrix
            params.append(np.floor(piece) if p.domain.integer else piece)
        return tuple(params)

    def joined(self, arrays: tuple[np.ndarray, ...]) -> np.ndarray:
        """Return what `split` takes apart, for parameters or for their gradients."""
        take = {
            0: lambda a: a[..., None],
            1: lambda a: a,
            2: lambda a: a[..., *np.tril_indices(N_CLASSES)],
        }
        pieces = zip(self.cls.parameters, arrays, strict=True)
        return np.concatenate([take[p.event_ndim](a) for p, a in pieces], axis=-1)

    def unlinked(self, values: np.ndarray, grads: tuple[np.ndarray, ...]) -> np.ndarray:
        """Return gradients in the numbers of which `split` makes the parameters, from those in the parameters."""
        joined = self.joined(grads)
        for name, (link, _) in self.links.items():
            at = [i for i, c in enumerate(self.columns) if c.name == name]
            joined[..., at] = link.forward(values[..., at])[1](joined[..., at])
        return joined

    def exact_nll(self, *numbers: Any) -> Any:
        """Return -log p in mpmath of the numbers of which `split` makes the parameters, and y."""
        values, rest = list(numbers), len(self.columns)
        for name, (_, formula) in self.links.items():
            at = [i for i, c in enumerate(self.columns) if c.name == name]
            values[at[0] : at[-1] + 1] = formula(*values[at[0] : at[-1] + 1])
        return self.exact.nll(*values[:rest], *values[rest:])

    def all_y(self, oracle: Any) -> np.ndarray:
        """Return every y of a count, as far as it has any probability."""
        return np.arange((np.max(oracle.mean() + 100.0 * oracle.std()) + 50.0) if self.top is None else self.top + 1.0)

    def highest(self, d: Any) -> np.ndarray:
        """Return the largest y of each row."""
        return np.broadcast_to(d.support.high if self.bound is None else getattr(d, self.bound), d.batch_shape)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Any:
        return self.cls(**{p.name: v for p, v in zip(self.cls.parameters, params, strict=True)})

    def observe(self, params: tuple[np.ndarray, ...], u: np.ndarray) -> np.ndarray:
        """Return y in the support: the u-quantile, u in (0, 1)."""
        return self.off_kink(params, self.oracle(*params).ppf(u))

    def off_kink(self, params: tuple[np.ndarray, ...], y: np.ndarray) -> np.ndarray:
        """Return y, moved up to the end of a short interval around a kink if it lies within."""
        if not self.kink:
            return y
        values = dict(zip(self.ranges, params, strict=True))
        near = np.abs(y - values["loc"]) < 0.05 * values["scale"]
        return np.where(near, values["loc"] + 0.05 * values["scale"], y)

    def steps(self, params: tuple[np.ndarray, ...], relative: float = 2e-3) -> tuple[np.ndarray, ...]:
        """Return how far to move each parameter in a difference: little against its own size, or against the scale.

        By 0 where it is not learned.
        """
        roles = [p.role for p in self.cls.parameters]
        scales = [v for v, role in zip(params, roles, strict=True) if role in ("scale", "log_scale")]
        one = np.float64(1.0)
        unit = self.unit(*params) if self.unit else scales[0] if scales else one
        sizes = {positive: lambda v: v, nonnegative: lambda v: 0.1 + v, open_unit_interval: lambda v: v * (1.0 - v)}

        def size(p: Parameter) -> np.ndarray:
            return one if p.role == "shape" else unit.reshape(unit.shape + (1,) * p.event_ndim)

        return tuple(
            p.learned * relative * sizes.get(p.domain, lambda _, p=p: size(p))(v)
            for p, v in zip(self.cls.parameters, params, strict=True)
        )

    def batch(self, n: int, seed: int = 0) -> tuple[Any, np.ndarray]:
        """Return `n` distributions with typical parameters, and one y for each."""
        rng = np.random.default_rng(seed)
        params = self.parameters(rng.random((n, len(self.columns))))
        return self.distribution(params), self.observe(params, rng.uniform(0.01, 0.99, n))
