"""A distribution seen through an increasing map of y."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import Domain
from likelinet.core.errors import ParameterError, UndefinedError
from likelinet.distributions.base.by_rows import in_small_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Family, Standardisation, Unit
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.base.passed_on import TailsPassedOn
from likelinet.distributions.base.protocol import CUTS, LogDensity
from likelinet.distributions.numerics import modes, quadrature
from likelinet.distributions.numerics.grids import Grid
from likelinet.distributions.over.family import Setting, WrapperFamily, number_of_output
from likelinet.distributions.over.transforms import Affine, Log, Logit, Transform
from likelinet.distributions.over.wrapper import MODE_CUTS, Wrapper

__all__ = ["Affine", "Log", "Logit", "Transformed"]

_OUTWARD = np.geomspace(0.1, 1e3, 60)  # distances in x between which the mode is sought, with the base's own
_TIE = 1e-12  # slope by which of points that are equally high the one closest to the median is the mode
_OVERFLOWS = 709.0  # logarithm of the largest numbers
_LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True)
class TransformedFamily(WrapperFamily):
    """Another family seen through a map of y: its logarithm, its logit, or loc + scale · x.

    Parameters
    ----------
    base : Family
        Family of log y, of logit y, or of x.
    transform : "affine", "log" or "logit"
        Which map.
    loc : float
        Shift of the affine map, in the units of the target.
    scale : float
        Factor of the affine map.
    """

    transform: Transform

    kind = "transformed"
    of_densities = True
    settings = (
        Setting("transform", Literal["affine", "log", "logit"], "affine"),
        Setting("loc", float, 0.0),
        Setting("scale", float, 1.0, above=0.0),
    )

    @classmethod
    def check_settings(cls, settings: dict[str, Any]) -> None:
        if settings["transform"] != "affine" and (settings["loc"], settings["scale"]) != (0.0, 1.0):
            raise ValueError(f"loc and scale belong to the affine transform, not to '{settings['transform']}'")

    @classmethod
    def of(cls, base: Family, settings: dict[str, Any]) -> Self:
        maps = {"affine": Affine(settings["loc"], settings["scale"]), "log": Log(), "logit": Logit()}
        return cls(base, maps[settings["transform"]])

    @property
    def support(self) -> Domain:
        return self.transform.image(self.base.support)

    @property
    def bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        with np.errstate(over="ignore"):
            low, high = (self.transform.forward(end) for end in self.base.bounds)
        return low, high

    def possible(self, y: np.ndarray) -> np.ndarray:
        low, high = self.bounds
        with np.errstate(all="ignore"):
            x = self._preimage(y)  # infinite where its unit is too small for y
            return self.support.contains(y) & (y >= low) & (y <= high) & (self.base.possible(x) | np.isinf(x))

    def _preimage(self, y: Array) -> Array:
        """Return x: from the image of a bound on that bound itself, to which rounding might not lead back."""
        x = self.transform.inverse(y)
        xp, (low, high), (first, last) = namespace(x), self.base.bounds, self.bounds
        if np.isfinite(low).any():
            x = xp.where(y <= first, low, x)
        if np.isfinite(high).any():
            x = xp.where(y >= last, high, x)
        return x

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        x = self._preimage(y)
        x = namespace(x).clip(x, -_LARGEST, _LARGEST)  # its unit may be too small for y
        values, backward = self.base.loss(params, x)
        return values + self.transform.log_slope(x), backward

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return self.base.log_interval(params, self.transform.inverse(low), self.transform.inverse(high))

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Transformed(self.base.distribution(params), self.transform)

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        return self.base.estimate(self.transform.inverse(y), weight)

    @property
    def standardisation(self) -> Standardisation:
        return self.transform.standardisation(self.base.standardisation)

    @property
    def origin(self) -> float:
        return self.transform.moved_origin(self.base.origin)

    def moved(self, loc: np.ndarray, scale: np.ndarray) -> Family:
        inner, left = self._inner(loc, scale, np.ones_like(scale))
        base = self.base.moved(inner.loc, inner.scale)  # type: ignore[arg-type]
        return base if left is None else replace(self, base=base, transform=left)

    def of_output(self, j: int) -> Family:
        transform = self.transform.map(lambda values, _: number_of_output(values, j))
        return replace(self, base=self.base.of_output(j), transform=transform)

    def units(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> tuple[Unit, ...]:
        return self.base.units(*self._inner(loc, scale, spread)[0])  # type: ignore[arg-type]

    def floors(self, step: np.ndarray | float) -> tuple[np.ndarray | float, ...]:
        return self.base.floors(self.transform.step_of_x(step))

    def simplified(self) -> tuple[Family, tuple[Unit, ...]]:
        """Return the base alone where it takes in the map without a bound that would be rounded."""
        if self.transform.inner(Unit(0.0, 1.0, 1.0), self.base.standardisation, 0.0)[1] is None and not any(
            np.isfinite(end).any() for end in self.base.bounds
        ):
            return self.moved(np.zeros(()), np.ones(())), self.units(np.zeros(()), np.ones(()), np.ones(()))
        return super().simplified()

    def _inner(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> tuple[Unit, Transform | None]:
        return self.transform.inner(Unit(loc, scale, spread), self.base.standardisation, self.base.origin)


class Transformed(TailsPassedOn, Wrapper):
    r"""The distribution of y = f(x), with x from `base` and an increasing map f.

    .. math:: \log p(y) = \log p_x(x) - \log f'(x), \qquad x = f^{-1}(y)

    Parameters
    ----------
    base : Distribution
        A univariate, continuous distribution.
    transform : Affine, Log or Logit
        The map f: `Affine(loc, scale)` for y = loc + scale · x; `Log()` if log y, and `Logit()` if logit y is what
        `base` describes.

    Raises
    ------
    ParameterError
        If `base` is not a continuous distribution of one number.
    UndefinedError
        From methods that `base` does not have.

    References
    ----------
    ``torch.distributions.TransformedDistribution`` has the same meaning.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Transformed(ll.Gamma(2.0, 1.0), ll.Affine(10.0, 3.0))
    >>> float(d.mean()), float(d.std().round(4))
    (16.0, 4.2426)
    """

    purpose = "another family seen through a map"
    support_in_words = "that of its `base`, mapped"

    def __init__(self, base: Distribution, transform: Transform) -> None:
        if not isinstance(transform, Transform):
            raise ParameterError(f"Transformed: transform must be Affine(…), Log() or Logit(), not {transform!r:.60}.")
        self._wrap(base, np.empty(transform.shape))
        if base.support.integer or base.atoms:
            raise ParameterError("Transformed: base must be a continuous distribution of one output, without an atom.")
        self.transform = transform
        self._over(TransformedFamily(Closed(base), transform))

    def _answering(self) -> Distribution:
        return self.base

    def endpoints(self) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.base.endpoints()
        return self._full(self._forward(low)), self._full(self._forward(high))

    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self._forward(self.base.ppf(q))

    def isf(self, q: ArrayLike) -> np.ndarray:
        return self._forward(self.base.isf(q))

    def _mean(self) -> np.ndarray:
        if isinstance(self.transform, Affine):
            return self.transform.forward(self.base.linear_moments()[0])
        return self._moments()[0]

    def _var(self) -> np.ndarray:
        if isinstance(self.transform, Affine):
            return self.base.linear_moments()[1] * np.asarray(self.transform.scale) ** 2
        return self._moments()[1]

    def _moments(self) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(all="ignore"):
            if isinstance(self.transform, Log):
                exact = self.base.moments_of_exp()
                if exact is not None:
                    return exact
            mean, var = quadrature.moments(self.base, self.transform.forward, self.transform.features)
            if not isinstance(self.transform, Log):
                return mean, var
            mean, var = np.broadcast_to(mean, self.batch_shape), np.broadcast_to(var, self.batch_shape)
            mean = np.where(self._diverges(1, 1.0), np.inf, mean)
            return mean, np.where(self._diverges(1, 2.0), np.inf, var)

    def _diverges(self, power: int, rate: float) -> np.ndarray:
        """Return whether the integral of the base's density to a `power`, times exp(rate x), diverges for large x.

        It does where the integrand falls no faster than 1 / x.
        """
        change, tolerance = self._far(lambda x: power * self.base.log_prob(x) + rate * x, 1.0)
        return change >= -np.log(10.0) - tolerance

    def _far(self, f: Callable[[np.ndarray], np.ndarray], side: float) -> tuple[np.ndarray, np.ndarray]:
        """Return by how much f rises from a point far out in a tail to one ten times as far, and its rounding error.

        The rise is nan past the end of the base.
        """
        cuts = np.sort(self.base.grid().y, axis=0)
        middle = len(cuts) // 2
        x, scale = cuts[middle], np.maximum(cuts[middle + 2] - cuts[middle - 2], 1.0)
        return f(x + side * 1e7 * scale) - f(x + side * 1e6 * scale), 1e-2 * scale

    def _mode(self) -> np.ndarray:
        t, base = self.transform, self.base
        if isinstance(t, Affine):
            return t.forward(base.mode())

        def log_density(x: np.ndarray) -> np.ndarray:
            return base.log_prob(x) - t.log_slope(x)

        def of_rows(rows: np.ndarray, x: np.ndarray) -> np.ndarray:
            return flat[rows].log_prob(x) - t.log_slope(x)

        with np.errstate(all="ignore"):
            flat, shape = base.flattened(self.batch_shape), self.batch_shape
            # From the first to the last y that there is: what lies beyond shows in no y.
            image = float(t.forward(-np.inf)), float(t.forward(np.inf))
            first, last = t.inverse(np.nextafter(image[0], np.inf)), t.inverse(np.nextafter(image[1], -np.inf))
            ends = [np.clip(e, first, last) for e in base.endpoints()]
            # The slope moves the mode far into a tail of the base.
            out = np.concatenate([-_OUTWARD[::-1], [0.0], _OUTWARD]).reshape((-1,) + (1,) * len(shape))
            centre, cuts = base.ppf(0.5), base.quantile_grid(MODE_CUTS)
            points = [cuts, *(np.broadcast_to(out + c, (len(out), *shape)) for c in (centre, 0.0))]
            points += [np.broadcast_to(v, (1, *shape)) for v in (base.mode(), *ends)]
            grid = np.concatenate(points)
            grid = np.sort(np.clip(np.where(np.isfinite(grid), grid, centre), *ends), 0)
            x = modes.peak(lambda x: log_density(x) - _TIE * np.abs(x - centre), of_rows, grid)
            # If it is highest at the last y before an open end, then it is at that end.
            return np.select([x == first, x == last], image, t.forward(x))

    def _entropy(self) -> np.ndarray:
        t = self.transform
        if isinstance(t, Affine):
            slope = np.log(t.scale)
        elif isinstance(t, Log):
            slope = self.base.linear_moments()[0]
        else:
            slope = quadrature.expectation(self.base, t.log_slope, t.features)
        return self.base.entropy() + slope

    @in_small_blocks
    def kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Transformed) or not self.transform.same(other.transform):
            raise UndefinedError("kl_divergence of a Transformed needs another one with the same transform.")
        return self._full(self.base.kl_divergence(other.base))

    def _gini_mean_difference(self) -> np.ndarray:
        t = self.transform
        if isinstance(t, Affine):
            return self.base.gini_mean_difference() * np.asarray(t.scale)
        x = self.base.ppf(0.5)
        deviation = quadrature.mean_deviation(self.base, x, t.forward, t.features)
        deviation = np.where(np.isinf(self.mean()), np.inf, deviation)
        return quadrature.gini_mean_difference(deviation, self.crps(t.forward(x)))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        t = self.transform
        if isinstance(t, Affine):
            return self.base.crps(self._seen(y)) * np.asarray(t.scale)
        with np.errstate(all="ignore"):
            # Where there is no probability left, the score grows as the distance does.
            cuts = self.base.grid().on(self.batch_shape).y
            x = np.clip(self._seen(y), np.fmin.reduce(cuts), np.fmax.reduce(cuts))
            score = quadrature.crps(self.base, x, t.log_slope, t.features)
            score = score + np.where(x == self._seen(y), 0.0, np.abs(y - t.forward(x)))
            if isinstance(t, Log):
                # An integrand that overflows is as good as infinite.
                endless = self._diverges(2, 1.0) | np.any(2.0 * self.base.log_sf(cuts) + cuts > _OVERFLOWS, axis=0)
                score = np.where(endless & ~np.isnan(y), np.inf, score)
            return score

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self._forward(self._sample_of(self.base, shape, rng))

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return Transformed(self.base.map_arrays(f), self.transform.map(f))

    def stacks_with(self, other: Any) -> bool:
        return super().stacks_with(other) and type(other.transform) is type(self.transform)

    def grid(self) -> Grid:
        return self.transform.grid(self.base.grid().on(self.batch_shape), *self.endpoints())

    def log_density(self) -> LogDensity:
        t, base, high = self.transform, self.base.log_density(), self.endpoints()[1]

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            inner, below = t.inverse_at(y, x, high)
            return base(inner, below) - t.log_slope(inner)

        return log_density

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        return self._forward(self.base.quantile_grid(below))

    def _forward(self, x: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return self.transform.forward(x)

    def _seen(self, y: ArrayLike) -> np.ndarray:
        with np.errstate(divide="ignore", over="ignore"):
            return self.transform.inverse(self._numbers(y))

    def __repr__(self) -> str:
        return f"Transformed({self.base!r}, {self.transform!r})"
