"""Univariate families: the base owns batching, supports, edges and checks; a family writes only its maths."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array
from likelinet.core.lazy import scipy
from likelinet.distributions.base.by_rows import in_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.one_number import OneNumber
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.shapes import parameters_on, with_axes
from likelinet.distributions.numerics import quadrature, smooth_sums
from likelinet.distributions.numerics.count_quantiles import least_count
from likelinet.distributions.numerics.counts import beside


class Univariate(OneNumber):
    """One real or whole number per row; every hook works element by element on values inside the support.

    A family gives `loss`, its tails, `_mean`, `_var`, `_mode` and `_sample`, a continuous one `_ppf` and `_isf`; the
    other hooks have numerical defaults, to be replaced where a closed form is known or a difference would cancel.
    Its tails are `tails`, with closed forms for every engine, or `_log_cdf` and `_log_sf`, in NumPy alone.
    """

    one_peak = True
    # Whether _ppf and _isf take a q that only broadcasts to the rows: what depends on q alone is computed once then.
    _broadcasts_q: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not cls.has_tails and "_log_cdf" not in cls.__dict__:
            raise TypeError(f"{cls.__name__} must define tails, or _log_cdf and _log_sf.")

    @classmethod
    @abstractmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return -log p(y) and the function that maps its gradient to those of the parameters.

        This is the loss of training, written once for every engine: pure, without branches on data.
        """

    @classmethod
    @abstractmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return estimates of the parameters from y alone, over its first axis: where training starts."""

    # ---- hooks -----------------------------------------------------------------------------------------------

    def _top(self) -> np.ndarray | float:
        """Return the largest y of each row: P(Y ≤ y) = 1."""
        return self.support.high

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return np.exp(self._log_cdf(y))

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return np.exp(self._log_sf(y))

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        return self.tails(tuple(getattr(self, p.name) for p in self.parameters), y)[0]

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        return self.tails(tuple(getattr(self, p.name) for p in self.parameters), y)[1]

    def _plain_cdf(self, y: np.ndarray) -> np.ndarray:
        return self._cdf(y)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        if not self.support.integer:
            self._undefined("ppf")
        return least_count(self, q, self._near(scipy.special.ndtri(q)), upper=False)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        if not self.support.integer:
            self._undefined("isf")
        return least_count(self, q, self._near(-scipy.special.ndtri(q)), upper=True)

    def _near(self, z: np.ndarray) -> np.ndarray:
        """Return a guess of the quantile of whole numbers that is z for a Gaussian."""
        return self._mean() + np.sqrt(self._var()) * z

    def _entropy(self) -> np.ndarray:
        if self.reach() is None:
            return super()._entropy()
        flat = self.flattened(self.batch_shape)
        values = smooth_sums.expectation(flat, lambda row, x, nll: nll, lambda rows: quadrature.entropy(flat[rows]))
        return values.reshape(self.batch_shape)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if self.reach() is None or type(other) is not type(self):
            return super()._kl_divergence(other)
        shape = np.broadcast_shapes(self.batch_shape, other.batch_shape)
        mine, theirs = self.flattened(shape), other.flattened(shape)
        params = [getattr(theirs, p.name) for p in theirs.parameters]
        values = smooth_sums.divergence(
            mine,
            lambda row, x: other.loss(tuple(p[row] for p in params), x)[0],
            lambda rows, low, high: beside(theirs[rows], np.ceil(low), np.floor(high)),
            lambda rows: quadrature.kl_divergence(mine[rows], theirs[rows]),
        )
        return values.reshape(shape)

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        return self.reach() or super().bulk()

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        return self._full(self.support.low), self._full(self._top())

    # ---- the public methods ----------------------------------------------------------------------------------

    @in_blocks
    def log_prob(self, y: ArrayLike) -> np.ndarray:
        y = self._numbers(y)
        inside = self.support.contains(y)
        shape = self._shape_with(y)
        full = shape or (1,)
        with np.errstate(all="ignore"):
            values = -self.loss(parameters_on(self, full), np.broadcast_to(self._moved_inside(y, inside), full))[0]
            return np.where(inside, values, np.where(np.isnan(y), np.nan, -np.inf)).reshape(shape)[()]

    @in_blocks
    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self._evaluate(self._cdf, y, 0.0, 1.0)

    @in_blocks
    def sf(self, y: ArrayLike) -> np.ndarray:
        return self._evaluate(self._sf, y, 1.0, 0.0)

    @in_blocks
    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        return self._evaluate(self._log_cdf, y, -np.inf, 0.0)

    @in_blocks
    def log_sf(self, y: ArrayLike) -> np.ndarray:
        return self._evaluate(self._log_sf, y, 0.0, -np.inf)

    def plain_cdf(self, y: np.ndarray) -> np.ndarray:
        return self._evaluate(self._plain_cdf, y, 0.0, 1.0)

    @in_blocks
    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self._quantile(self._ppf, q, self.support.low, self._top())

    @in_blocks
    def isf(self, q: ArrayLike) -> np.ndarray:
        return self._quantile(self._isf, q, self._top(), self.support.low)

    def location(self) -> np.ndarray | None:
        names = [p.name for p in self.parameters if p.role == "location"]
        anywhere = self.support.low == -np.inf and self.support.high == np.inf and not self.support.integer
        return np.broadcast_to(getattr(self, names[0]), self.batch_shape) if len(names) == 1 and anywhere else None

    def shifted(self, by: np.ndarray) -> Distribution:
        moved = {p.name: getattr(self, p.name) - by for p in self.parameters if p.role == "location"}
        return self._unchecked(**{**vars(self), **moved})

    def dispersed(self, factor: float, step: np.ndarray | float) -> Distribution | None:
        logs = {p.name: factor * getattr(self, p.name) for p in self.parameters if p.role == "log_scale"}
        if logs:  # log y is symmetric
            return self._unchecked(**{**vars(self), **logs})
        if not (self.symmetric and self.closed_under_affine(shifted=True)):
            return None
        old = {p.name: getattr(self, p.name) for p in self.parameters if p.role == "scale"}
        new = {name: np.maximum(factor * v, np.minimum(v, self.peak_density * step)) for name, v in old.items()}
        return self._unchecked(**{**vars(self), **new})

    def log_density(self) -> LogDensity:
        params = tuple(getattr(self, p.name) for p in self.parameters)
        return lambda y, x: -self.loss(params, y)[0]

    def tail_at(self, x: np.ndarray, upper: bool) -> np.ndarray:
        return self._sf(x) if upper else self._cdf(x)

    # ---- batching and edges ----------------------------------------------------------------------------------

    def _moved_inside(self, y: np.ndarray, inside: np.ndarray) -> np.ndarray:
        return np.where(inside, y, self.support.anchor)

    def _evaluate(
        self, hook: Callable[[np.ndarray], np.ndarray], y: ArrayLike, below: float, above: float
    ) -> np.ndarray:
        y = self._numbers(y)
        y = np.floor(y) if self.support.integer else y
        low = y < self.support.low if self.support.integer else y <= self.support.low
        high = y >= self.support.high
        with np.errstate(all="ignore"):
            inner = hook(self._moved_inside(y, ~(low | high | np.isnan(y))))
        shape = self._shape_with(y)
        edges = np.select([np.isnan(y), low, high], [np.nan, below, above], 0.0)
        return np.where(np.broadcast_to(low | high | np.isnan(y), shape), edges, inner)[()]

    def _quantile(
        self, hook: Callable[[np.ndarray], np.ndarray], q: ArrayLike, at_0: ArrayLike, at_1: ArrayLike
    ) -> np.ndarray:
        q = self._floats(q, "q")
        shape = self._shape_with(q)
        q = with_axes(q, len(shape)) if self._broadcasts_q else np.broadcast_to(q, shape)
        inner = (q > 0.0) & (q < 1.0)
        with np.errstate(all="ignore"):
            value = hook(np.where(inner, q, 0.5))
        if inner.all() and np.shape(value) == shape:
            return value[()]
        edges = np.select([q == 0.0, q == 1.0], [at_0, at_1], np.nan)
        return np.where(np.broadcast_to(inner, shape), value, edges)[()]
