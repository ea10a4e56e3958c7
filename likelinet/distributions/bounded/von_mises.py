"""The von Mises distribution of angles."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, log1mexp, namespace, never, over_nodes, special
from likelinet.core.domains import Domain, direction, positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.protocol import CUTS, LogDensity
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.circular_series import MOST, angle_of, cdf_by_series, share
from likelinet.distributions.numerics.grids import Grid, column, joined, points, room_of
from likelinet.distributions.numerics.legendre import times
from likelinet.distributions.numerics.near import NEAR, mended
from likelinet.distributions.numerics.panels import NODES, RUNNING, WEIGHTS, nodes_and_weights, picked
from likelinet.distributions.numerics.root_finding import invert

_SIX, _SIX_WEIGHTS = np.polynomial.legendre.leggauss(6)
_FLAT = 200.0  # κ above which the slope of I₁(κ) / I₀(κ) is a series
_LOG_2PI = float(np.log(2.0 * np.pi))
_LARGE = 1e3  # κ above which 1 - I₁/I₀ is its asymptotic series
_AROUND = np.array([0.5, 1.0, 2.0, 3.0, 4.5, 6.0, 9.0])  # cuts around the peak, in units of its width
_SEEN = 1e-3  # a probability of which an error of 1e-16 takes no digit that counts
_LESS = -1.0  # log probability below which it is the smaller of two


class VonMises(Univariate):
    r"""The von Mises distribution of an angle in radians, from -π to π: the Gaussian of the circle.

    .. math:: p(y) = \frac{e^{\kappa \cos(y - \mu)}}{2\pi I_0(\kappa)}, \qquad -\pi \le y \le \pi

    The circle is cut at ±π: ``cdf`` is P(-π ≤ Y ≤ y), and quantiles, intervals and the CRPS are those of numbers
    between -π and π. ``mean()`` is the circular mean direction, μ within ±π, and ``var()`` the circular variance
    1 - I₁(κ) / I₀(κ), between 0 and 1 (Mardia & Jupp); SciPy's ``mean`` and ``var`` are those of the numbers. A mixture
    of angles, as an ensemble predicts, has these circular moments too. What makes y a number on a line (a truncation, a
    gate or hurdle at 0, a transform, rounding) has the mean and the variance of the numbers.

    Parameters
    ----------
    loc : array_like
        Mean direction μ, any finite number, modulo 2π.
    concentration : array_like
        Concentration κ > 0; for large κ about 1 / σ² of a Gaussian, near 0 all angles are alike.

    Raises
    ------
    ParameterError
        If `concentration` is not positive or a value is not finite.

    References
    ----------
    Mardia & Jupp, *Directional Statistics* (2000), section 3.5.4; the start of training is from Best & Fisher,
    *Communications in Statistics* B 10, 1981; cdf and quantiles use the series of Hill, *ACM TOMS* 3(3), 1977.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.VonMises(loc=0.5, concentration=4.0)
    >>> float((d.cdf(1.0) - d.cdf(0.0)).round(4))
    0.659
    """

    is_angle = True
    parameters = (
        Parameter("loc", direction, role="location", symbol="μ"),
        Parameter("concentration", positive, symbol="κ"),
    )
    support = Domain("an angle from -π to π", low=-np.pi, high=np.pi, closed=(True, True))
    other_names = called("vonmises circular angle direction")
    purpose = "directions, times of day"
    temporaries = 24  # its tails are integrals
    loc: np.ndarray
    concentration: np.ndarray

    def __init__(self, loc: ArrayLike, concentration: ArrayLike) -> None:
        self._set({"loc": loc, "concentration": concentration})

    def turned(self, by: np.ndarray) -> Distribution:
        return VonMises(self.loc - by, self.concentration)

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, concentration = params
        xp = namespace(loc)
        away = y - (loc if never(xp.abs(loc) > np.pi) else wrapped(loc))  # of many turns it has no digits
        half = xp.sin(0.5 * away)
        fall = 2.0 * half * half  # 1 - cos(y - μ)
        values = concentration * fall + xp.log(special(loc).i0e(concentration)) + _LOG_2PI

        def backward(d: Array) -> tuple[Array, ...]:
            return -d * concentration * xp.sin(away), d * (fall - spread_of(concentration))

        return values, backward

    def log_density(self) -> LogDensity:
        loc, concentration = parameters_on(self, self.batch_shape)
        loc, log_norm = wrapped(loc), -np.log(scipy.special.i0e(concentration)) - _LOG_2PI

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            half = y - loc
            half *= 0.5
            np.sin(half, out=half)
            half *= half
            half *= -2.0  # 1 - cos(y - μ)
            half *= concentration
            half += log_norm
            return half

        return log_density

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        loc, k = params
        xp = namespace(loc)
        centre = wrapped(loc)
        # Seen from μ ≥ 0: what follows is mirrored for a negative one.
        m, y_m = xp.abs(centre), xp.where(centre < 0.0, -y, y)
        away = y_m - m
        wrap, after = away < -np.pi, away > 0.0  # y lies before the antipode of μ, or past μ
        before = ~(wrap | after)
        none = 0.0 * away
        lower = _sum(
            _arc(np.pi - m, xp.where(wrap, y_m + np.pi, m), k),
            _arc(xp.where(before, -away, none), xp.where(before, np.pi + away, none), k),
        )
        upper = _sum(
            _arc(xp.where(after, away, none), xp.where(after, np.pi - y_m, xp.where(before, -away, none)), k),
            _arc(none, xp.where(before, np.pi - m, none), k),
        )
        lower = tuple(xp.where(after, a, b) for a, b in zip(_rest(upper), lower, strict=True))
        small = wrap | (lower[0] < _LESS)  # the smaller one has the digits of the other
        upper = tuple(xp.where(small, a, b) for a, b in zip(_rest(lower), upper, strict=True))
        mirrored = centre < 0.0
        (log_cdf, cdf_slope), (log_sf, sf_slope) = (
            tuple(xp.where(mirrored, a, b) for a, b in zip(*pair, strict=True))
            for pair in ((upper, lower), (lower, upper))
        )

        def backward(d_log_cdf: Array, d_log_sf: Array) -> tuple[Array, ...]:
            at_y, at_cut = (-cls.loss(params, t)[0] for t in (y, xp.full_like(y, np.pi)))
            pairs = ((d_log_cdf, log_cdf, 1.0), (d_log_sf, log_sf, -1.0))
            dloc = sum(s * d * (xp.exp(at_cut - p) - xp.exp(at_y - p)) for d, p, s in pairs)
            return dloc, d_log_cdf * cdf_slope + d_log_sf * sf_slope

        return log_cdf, log_sf, backward

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        return self._quick(y, np.log, lambda log_cdf, log_sf: log_cdf)

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        return self._quick(y, lambda p: np.log1p(-p), lambda log_cdf, log_sf: log_sf)

    def _quick(
        self, y: np.ndarray, of: Callable[[np.ndarray], np.ndarray], of_logs: Callable[..., np.ndarray]
    ) -> np.ndarray:
        """Return `of` the cdf where its Fourier series has digits enough, else `of_logs` of the two tails."""
        loc, k, y = np.broadcast_arrays(wrapped(self.loc), self.concentration, y)
        p = cdf_by_series(loc, k, y)
        rough = ~((p > _SEEN) & (p < 1.0 - _SEEN))
        values = of(p)
        if rough.any():
            rows = picked(rough)
            values[rows] = of_logs(*self.tails((loc[rows], k[rows]), y[rows])[:2])
        return values

    def _plain_cdf(self, y: np.ndarray) -> np.ndarray:
        loc, k, y = np.broadcast_arrays(wrapped(self.loc), self.concentration, y)
        p = cdf_by_series(loc, k, y)
        rest = np.isnan(p)
        if rest.any():
            rows = picked(rest)
            p[rows] = np.exp(self.tails((loc[rows], k[rows]), y[rows])[0])
        return p

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self._inverted(q, upper=False)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self._inverted(q, upper=True)

    def _inverted(self, q: np.ndarray, upper: bool) -> np.ndarray:
        loc, k, q = np.broadcast_arrays(wrapped(self.loc), self.concentration, q)
        y = np.full(q.shape, np.nan)
        rows = np.nonzero((k <= MOST) & (q > _SEEN) & (q < 1.0 - _SEEN))
        if rows[0].size:
            below, p = share(k[rows], (-np.pi - loc[rows])[None])[0], q[rows]
            angle, sure = angle_of(k[rows], below + (1.0 - p if upper else p))
            y[rows] = np.where(sure, np.clip(loc[rows] + angle, -np.pi, np.pi), np.nan)
        rough = np.isnan(y)
        if rough.any():
            rows = picked(rough)
            part, p = VonMises(loc[rows], k[rows]), q[rows]
            z = scipy.special.ndtri(p)
            start = np.clip(loc[rows] + (-z if upper else z) / np.sqrt(k[rows]), -np.pi, np.pi)
            end = np.full(len(p), np.pi)
            y[rows] = invert(part, p, -end, end, upper=upper, start=start)
        return y

    def grid(self) -> Grid:
        (steps, y), high = self._around(), np.full(self.batch_shape, np.pi)
        around = Grid(y, np.pi - y, room_of(steps), y[:0], y[:0], np.full(len(y), np.nan))
        return joined(around.where(np.abs(steps) < np.pi), points([-np.pi, np.pi], high))

    def quantile_grid(self, below: np.ndarray = CUTS) -> np.ndarray:
        # Also around the mean direction: past the cut at ±π there may be a second peak.
        return np.sort(np.concatenate([super().quantile_grid(below), self._around()[1]]), axis=0)

    def _around(self) -> tuple[np.ndarray, np.ndarray]:
        """Return steps from the mean direction, as long as its peak is wide, and where they lead: no farther than π."""
        v = column(np.concatenate([-_AROUND[::-1], [0.0], _AROUND]), self.batch_shape)
        steps = v / np.sqrt(np.broadcast_to(self.concentration, self.batch_shape))
        return steps, wrapped(self.loc + np.clip(steps, -np.pi, np.pi))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # The cdf is itself an integral, so it is summed up along the way from the density at the same nodes.
        shape = np.broadcast_shapes(self.batch_shape, y.shape)
        at = np.clip(np.broadcast_to(y, shape), -np.pi, np.pi)
        t, half = self._panels(at)
        p = np.exp(-self.loss((self.loc, self.concentration), t)[0]) * half
        each = (-1,) + (1,) * half.ndim
        masses = np.sum(WEIGHTS.reshape(each) * p, axis=0)
        running = times(RUNNING, p.reshape(len(p), -1)).reshape(p.shape)
        cdf = np.cumsum(masses, axis=0) - masses + running
        squares = np.where(t < at, cdf, 1.0 - cdf) ** 2 * half
        return (WEIGHTS.reshape(each) * squares).sum(0).sum(0) + np.abs(y - at)

    def _panels(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return nodes on panels of the circle, of which `at` is an edge, and half the lengths of the panels."""
        shape, cuts = at.shape, self._around()[1]
        cuts = cuts.reshape(cuts.shape[:1] + (1,) * (len(shape) - cuts.ndim + 1) + cuts.shape[1:])
        ends = [np.full((1, *shape), -np.pi), np.broadcast_to(cuts, cuts.shape[:1] + shape), at[None]]
        edges = np.sort(np.concatenate([*ends, np.full((1, *shape), np.pi)]), axis=0)
        half = 0.5 * np.diff(edges, axis=0)
        return edges[:-1] + half * (1.0 + NODES.reshape((-1,) + (1,) * half.ndim)), half

    def linear_moments(self) -> tuple[np.ndarray, np.ndarray]:
        centre = np.broadcast_to(wrapped(self.loc), self.batch_shape)
        t, half = self._panels(centre)
        p = WEIGHTS.reshape((-1,) + (1,) * half.ndim) * np.exp(-self.loss((self.loc, self.concentration), t)[0]) * half
        away = np.sum(p * (t - centre), axis=(0, 1))  # of a narrow peak the difference has the digits
        return centre + away, np.sum(p * (t - centre - away) ** 2, axis=(0, 1))

    def _mean(self) -> np.ndarray:
        return wrapped(self.loc)

    def _var(self) -> np.ndarray:
        return spread_of(self.concentration)

    def _mode(self) -> np.ndarray:
        return wrapped(self.loc)

    def peaks(self) -> np.ndarray:
        # Between two directions the mode of a mixture may lie on either side: also past the cut.
        ends = [np.full(self.batch_shape, end) for end in (-np.pi, np.pi)]
        return np.stack([self.mode(), *ends], axis=-1)

    def _entropy(self) -> np.ndarray:
        k = self.concentration
        return np.log(scipy.special.i0e(k)) + _LOG_2PI + k * spread_of(k)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, VonMises):
            return super()._kl_divergence(other)
        k, k2 = self.concentration, other.concentration
        spread, apart = spread_of(k), 2.0 * np.sin(0.5 * (self.loc - other.loc)) ** 2
        step, ratio = k2 - k, np.log(scipy.special.i0e(k2) / scipy.special.i0e(k))
        bend = mended(ratio + step * spread, np.abs(step) < NEAR * np.maximum(k, 1.0), _above_tangent, k, step)
        return bend + (1.0 - spread) * k2 * apart

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        y = wrapped(self.loc) + rng.vonmises(0.0, self.concentration, shape)
        return np.clip(np.where(np.abs(y) > np.pi, y - np.sign(y) * (2.0 * np.pi), y), -np.pi, np.pi)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return (loc, concentration) over the first axis of y, nearly the weighted maximum-likelihood estimates."""
        cos, sin = (np.average(f(y), axis=0, weights=weight) for f in (np.cos, np.sin))
        r = np.clip(np.hypot(cos, sin), 1e-6, 1.0 - 1e-9)
        small, large = r * (2.0 + r**2 * (1.0 + r**2 * 5.0 / 6.0)), 1.0 / (r * (1.0 - r) * (3.0 - r))
        middle = -0.4 + 1.39 * r + 0.43 / (1.0 - r)
        return np.arctan2(sin, cos), np.where(r < 0.53, small, np.where(r < 0.85, middle, large))


def wrapped(loc: Array) -> Array:
    """Return the direction between -π and π."""
    xp = namespace(loc)
    return xp.where(xp.abs(loc) <= np.pi, loc, xp.arctan2(xp.sin(loc), xp.cos(loc)))


def spread_of(k: Array) -> Array:
    """Return 1 - I₁(κ) / I₀(κ); for large κ by the quotient of the series of both (DLMF 10.40.1): they cancel."""
    xp = namespace(k)
    large = k > _LARGE
    near, r = xp.where(large, 1.0, k), 1.0 / xp.where(large, k, _LARGE)
    series = r * (0.5 + r * (0.125 + r * (0.125 + r * (25.0 / 128.0 + r * (13.0 / 32.0)))))
    i0e, i1e = special(k).i0e(near), special(k).i1e(near)
    return xp.where(large, series, (i0e - i1e) / i0e)


def _above_tangent(k: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return log I₀(κ + step) less its tangent at κ, for a short step: by the integral of its second derivative."""
    total = np.zeros_like(k)
    for u, weight in zip(0.5 + 0.5 * _SIX, 0.5 * _SIX_WEIGHTS, strict=True):
        t = k + u * step
        spread, r = spread_of(t), 1.0 / t
        series = r * r * (0.5 + r * (0.25 + r * (0.375 + r * (25.0 / 32.0 + r * (65.0 / 32.0 + r * 3219.0 / 512.0)))))
        second = np.where(t > _FLAT, series, spread * (2.0 - spread) - (1.0 - spread) * r)
        total = total + weight * (1.0 - u) * second
    return step * step * total


def _arc(start: Array, length: Array, k: Array) -> tuple[Array, Array]:
    """Return log P(start < Θ ≤ start + length) and its derivative in κ, for angles Θ from μ within 0 … π.

    The density falls along the arc by exp(-2κ sin(s/2) sin(start + s/2)), at first about as fast as the nodes expect.
    """
    xp = namespace(k)
    per_unit = xp.sqrt(k) + k * xp.sin(start)
    limit = length * per_unit
    t, weights = nodes_and_weights(limit, limit)
    s = t / per_unit
    fall = 2.0 * xp.sin(0.5 * s) * xp.sin(start + 0.5 * s)
    terms = weights * xp.exp(-k * fall)
    total = over_nodes(terms)
    safe = xp.where(total > 0.0, total, 1.0)
    at_start = 2.0 * xp.sin(0.5 * start) ** 2
    log_p = -k * at_start - xp.log(special(k).i0e(k) * per_unit) - _LOG_2PI + xp.log(safe)
    slope = spread_of(k) - at_start - over_nodes(terms * fall) / safe
    return xp.where(total > 0.0, log_p, -xp.inf), slope


def _sum(a: tuple[Array, Array], b: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return the logarithm of a sum of probabilities, and its derivative, from those of its terms."""
    xp = namespace(a[0])
    total = xp.logaddexp(a[0], b[0])
    safe = xp.where(total > -xp.inf, total, 0.0)
    return total, a[1] * xp.exp(a[0] - safe) + b[1] * xp.exp(b[0] - safe)


def _rest(a: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return log (1 - p) and its derivative from those of log p."""
    xp = namespace(a[0])
    log_rest = log1mexp(-a[0])
    return log_rest, -a[1] * xp.exp(a[0] - log_rest)
