"""What distributions, wrappers and the rest of the package ask of one another, beside the methods for users.

A wrapper answers by what it is over. What only some can answer is refused by name, so that one that forgets it fails
loudly.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.domains import Domain
from likelinet.core.errors import DataError, UndefinedError
from likelinet.core.lazy import scipy
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.shapes import on_batch, parameters_on
from likelinet.distributions.numerics import smooth_counts
from likelinet.distributions.numerics.grids import SCORES, Grid, column, known, of_quantiles
from likelinet.distributions.numerics.mass_tables import Cells, Masses, by_log_prob
from likelinet.distributions.numerics.short_tails import ShortTails

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

LogDensity = Callable[[np.ndarray, np.ndarray], np.ndarray]

# An integral is cut at these quantiles, one a decade, so that a few nodes resolve every panel between them.
CUTS = np.array([*(10.0 ** -np.arange(16, 1, -1)), 0.03, 0.1, 0.25, 0.5])


class DistributionProtocol:
    """The part of every distribution that others than users call."""

    ordered: bool = False  # whether its classes have an order
    numeric: ClassVar[bool] = False  # whether its classes are numbers as well, 0 and 1
    takes_intervals: bool = False  # whether log_prob takes an Interval of one number
    temporaries: int = 1  # of its methods, as a multiple of those of a plain family
    of_each: int = 1  # how many distributions each one is made of that is `underlying` none
    smooth_tails: bool = True  # whether those of counts are known between whole numbers
    is_angle: bool = False  # whether y is an angle, for which there is no cut at ±π
    # Gaussian quantiles of which the distribution's own cut integrals.
    scores: ClassVar[np.ndarray] = SCORES
    of_outputs: bool = False  # whether y is several outputs, each with a distribution of its own

    @property
    def supports(self: Any) -> tuple[Domain, ...]:
        """The supports of all that stand side by side."""
        return (self.support,)

    @property
    def unusable(self) -> np.ndarray | None:
        """The rows, of the batch shape, of which no distribution is left and every answer is nan; None for no row."""
        return None

    # ---- parameters ------------------------------------------------------------------------------------------

    def map_arrays(self: Any, f: Callable[[np.ndarray, int], np.ndarray]) -> "Distribution":
        """Return this distribution with f(array, event_ndim), which moves rows, in place of every parameter array."""
        arrays = {p.name: np.asarray(f(getattr(self, p.name), p.event_ndim)) for p in self.parameters}
        if vars(self).keys() != {*arrays, "batch_shape"}:
            return type(self)(**arrays)
        # Nothing else follows from the parameters, and these are known to be sound.
        shapes = (arrays[p.name].shape[: arrays[p.name].ndim - p.event_ndim] for p in self.parameters)
        return self._unchecked(**arrays, batch_shape=np.broadcast_shapes(*shapes))

    def own_values(self: Any) -> dict[str, np.ndarray]:
        """Return the parameters of its own by name, over the batch, as a reader wants them."""
        return {p.name: on_batch(getattr(self, p.name), self.batch_shape, p.event_ndim) for p in self.parameters}

    def values_by_name(self) -> dict[str, np.ndarray]:
        """Return its parameters, and those of what it is made of, by name; further axes lie behind the batch."""
        below = self.underlying()
        return self.own_values() | ({} if below is None else below.values_by_name())

    def quantile_grid(self: Any, below: np.ndarray = CUTS) -> np.ndarray:
        """Return increasing points, shape (many, *batch_shape), between which the density has no narrow features.

        They are the quantiles of `below`, which ends with 0.5, and of what mirrors them in the upper tail.
        """
        q = below.reshape((-1,) + (1,) * len(self.batch_shape))
        return np.concatenate([self.ppf(q), self.isf(q[-2::-1])])

    def grid(self: Any) -> Grid:
        """Return where the mass is: cuts for integrals, which need not be exact quantiles, only cheap."""
        q = column(scipy.special.ndtr(-np.abs(self.scores)), self.batch_shape)
        half = len(q) // 2
        y = np.concatenate([self.ppf(q[:half]), self.isf(q[half:])])
        return of_quantiles(y, self.support.low, self.support.high, self.scores)

    def log_density(self: Any) -> LogDensity:
        """Return log_prob of y in the support, which lies x below the largest one, as a function of y and x.

        x is finer next to that, or infinite if unknown. Both have at most two axes before those of the batch. The
        function makes a new array, and knows what depends on the parameters alone.
        """
        return lambda y, x: self.log_prob(y)

    def log_density_within(self: Any, low: np.ndarray, high: np.ndarray) -> LogDensity:
        """Return log_density as that of a part of a distribution from `low` to `high`, which may reach farther."""
        least, most = self.endpoints()
        inner, same = self.log_density(), most == high
        if np.all(least == low) and np.all(same):
            return inner

        def log_density(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            values = inner(y, known(x, same))
            np.copyto(values, -np.inf, where=(y < least) | (y > most))
            return values

        return log_density

    def peaks(self: Any) -> np.ndarray | None:
        """Return points along a last axis among or between which the mode lies, if they are known without a search.

        An end beside which the density has no bound is one of them.
        """
        return self.mode()[..., None] if self.one_peak else None

    def reach(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return numbers between which nearly all mass lies, if it is smooth but for numbers near 0."""
        return None

    def bulk(self) -> tuple[np.ndarray, np.ndarray]:
        """Return numbers beside which there is next to no mass, of counts that know them; nan for rows that do not."""
        unknown = np.full(self.batch_shape, np.nan)  # type: ignore[reportAttributeAccessIssue]
        return unknown, unknown

    def tail_at(self: Any, x: np.ndarray, upper: bool) -> np.ndarray:
        """Return P(Y > x) if `upper`, else P(Y ≤ x), of counts as a smooth function of x, which need not be whole."""
        return self.sf(x) if upper else self.cdf(x)

    def jumps(self) -> np.ndarray:
        """Return numbers, shape (many, *batch_shape), from which on the masses of counts are suddenly others."""
        return np.empty((0, *self.batch_shape))  # type: ignore[reportAttributeAccessIssue]

    def log_bulk_at(self, x: np.ndarray) -> np.ndarray:
        """Return the log mass of counts as a smooth function of x; -inf is right where there is next to nothing."""
        return self.log_density()(x, np.full(x.shape, np.inf))

    def cuts(self) -> np.ndarray:
        """Return ends of panels on which the masses of counts are smooth, shape (many, sets, *batch_shape)."""
        return smooth_counts.cuts(*self.bulk())[:, None]

    def flattened(self: Any, shape: tuple[int, ...]) -> "Distribution":
        """Return this distribution broadcast to the batch shape `shape`, as one axis of rows."""
        return self.map_arrays(lambda a, n: on_batch(a, shape, n).reshape(-1, *a.shape[a.ndim - n :]))

    # ---- probabilities ---------------------------------------------------------------------------------------

    def row_bounds(self: Any) -> tuple[np.ndarray | float, np.ndarray | float]:
        """Return the ends of the support; of a truncation those of each row."""
        return self.support.low, self.support.high

    def endpoints(self: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and the largest y of each row."""
        return self.ppf(0.0), self.isf(0.0)

    def log_prob_between(self: Any, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        """Return log P(low < Y ≤ high), accurate where a difference of cdfs would cancel; the ends may be infinite."""
        if self.y == "class" and not self.has_cdf:
            self._undefined("prob_between: its classes have no order")
        ends = [self._numbers(low), self._numbers(high)]
        shape = np.broadcast_shapes(*(self._shape_with(e) for e in ends))
        full = shape or (1,)
        low, high = (np.broadcast_to(e, full) for e in ends)
        with np.errstate(all="ignore"):
            values = self.log_interval(parameters_on(self, full), low, high)[0]
        return np.where(np.isnan(low) | np.isnan(high), np.nan, values).reshape(shape)[()]

    def log_prob_of_box(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Return log P(low ≤ Y ≤ high) of all of several outputs, which have bounds along a last axis."""
        raise UndefinedError(f"{type(self).__name__} does not say how probable all its outputs are at once.")

    def plain_cdf(self: Any, y: np.ndarray) -> np.ndarray:
        """Return P(Y ≤ y) to an absolute error of about 1e-15, which may cost less than the digits of a small one."""
        return self.cdf(y)

    def both_ends(self: Any, q: float) -> tuple[np.ndarray, np.ndarray]:
        """Return ppf(q) and isf(q)."""
        return self.ppf(q), self.isf(q)

    def mass_table(self: Any, cells: Cells) -> Masses:
        """Return the masses of neighbouring whole numbers, a table with a row for each distribution."""
        return by_log_prob(self, cells)

    # ---- what y is -------------------------------------------------------------------------------------------

    def marginals(self: Any) -> "Distribution":
        """Return the distribution of each of several outputs by itself, of batch shape batch_shape + event_shape."""
        if self.event_shape:
            raise UndefinedError(f"{type(self).__name__} does not say what each of its outputs is by itself.")
        return self

    def class_marginals(self: Any) -> "Distribution | None":
        """Return the distribution of the classes of each output by itself; None where y holds numbers."""
        if self.y == "class":
            raise UndefinedError(f"{type(self).__name__} does not say how its classes are distributed.")
        return None

    def class_probabilities(self) -> np.ndarray:
        """Return the probability of each class, shape (..., K)."""
        raise UndefinedError(f"{type(self).__name__} has no classes.")

    def encode(self, y: ArrayLike) -> np.ndarray:
        """Return the code of each class that was observed."""
        return np.asarray(y).astype(np.int64)

    def mixed_classes(self, log_weights: np.ndarray) -> "Distribution":
        """Return the mixture of classes over the last batch axis, as classes with mean probabilities."""
        mixed = self.mixed(log_weights)
        if mixed is None:
            raise UndefinedError(f"{type(self).__name__} has no classes that could be mixed.")
        return mixed

    def labelled(self, classes: np.ndarray) -> "Distribution":
        """Return the same distribution of classes under these labels."""
        raise UndefinedError(f"{type(self).__name__} has no classes that could bear labels.")

    def unlabelled(self: Any) -> "Distribution":
        """Return the distribution of the codes, of one that bears labels, and any other as it is."""
        return self

    def as_numbers(self: Any) -> "Distribution":
        """Return the distribution of the numbers that ordered classes stand for, and any other one as it is."""
        return self

    def turned(self, by: np.ndarray) -> "Distribution":
        """Return the distribution of the angle less `by`, of shape batch_shape + event_shape."""
        raise UndefinedError(f"{type(self).__name__} is no distribution of angles.")

    def log_prob_of_intervals(self, y: Interval) -> np.ndarray:
        """Return the log probability of intervals."""
        raise DataError(f"{type(self).__name__} takes no intervals: only Censored does.")

    def linear_moments(self: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of y as a number, also where `mean` and `var` are those of a direction."""
        return self.mean(), self.var()

    # ---- what it is made of ----------------------------------------------------------------------------------

    def underlying(self) -> "Distribution | None":
        """Return the distribution that it is made of, its base or its components; None for one of its own."""
        return None

    def location(self: Any) -> np.ndarray | None:
        """Return a location, of the batch shape, of which `shifted` knows the distribution of Y less it."""
        return None

    def shifted(self, by: np.ndarray) -> "Distribution":
        """Return the distribution of Y - by, where there is a `location`."""
        raise UndefinedError(f"{type(self).__name__} has no location.")

    def dispersed(self, factor: float, step: np.ndarray | float) -> "Distribution | None":
        """Return it with scales so many times as large; None where it is not symmetric about a location with a scale.

        Where y lies on a lattice of this step, a density that was bounded by 1 / step still is.
        """
        return None

    def stacks_with(self, other: Any) -> bool:
        """Return whether another distribution differs in nothing but the arrays that `map_arrays` sees."""
        below, same = self.underlying(), type(other) is type(self) and other.event_shape == self.event_shape  # type: ignore[reportAttributeAccessIssue]
        return same and (below is None or below.stacks_with(other.underlying()))

    # ---- closed forms that some have -------------------------------------------------------------------------

    def mixed(self, log_weights: np.ndarray) -> "Distribution | None":
        """Return the mixture over the last batch axis as something simpler than a Mixture, if it is."""
        return None

    def censored_outermost(self) -> "Distribution":
        """Return a mixture of censored distributions as the censored mixture that it is, and all else as it is."""
        return self  # type: ignore[return-value]

    def moments_of_exp(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return mean and variance of exp(Y), if they are known in closed form."""
        return None

    def moments_between(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Return mean and variance of Y given that it lies between bounds, if they are known without an integral."""
        return None

    def crps_of_mixture(self, weights: np.ndarray, y: np.ndarray) -> np.ndarray | None:
        """Return the CRPS of the mixture over the last batch axis, if it is known in closed form."""
        return None

    def short_tails(self) -> list[ShortTails] | None:
        """Return what it is a mixture of, itself if it is none, where all of that is smooth and has short tails."""
        return None
