"""What a family is: a distribution whose parameters are open, as pure functions of a flat tuple of arrays."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from likelinet.core.arrays import Array, namespace
from likelinet.core.domains import Domain
from likelinet.distributions.base.other_objectives import CRPS, INFORMATION, VARIANCE, no_closed_form
from likelinet.distributions.base.parameter import Backward, Parameter

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution

Standardisation = Literal["location-scale", "scale", "none"]


class Opening(NamedTuple):
    """A parameter of a family and its shape for one row."""

    parameter: Parameter
    shape: tuple[int, ...] = ()

    def within(self, n: int) -> "Opening":
        """Return the opening of n such parameters in place of one."""
        return Opening(self.parameter, (n, *self.shape))


class Unit(NamedTuple):
    """In which a parameter is measured once y is standardised: it belongs to (x - loc) / scale, of this spread."""

    loc: np.ndarray | float
    scale: np.ndarray | float
    spread: np.ndarray | float


class Family(ABC):
    """A parametric family: its loss and interval probabilities on every engine, its support, its way under affine maps.

    `loss` and `log_interval` take the parameters in the order of `openings`, each of the shape of the rows and its own
    one behind it, and any y that is `possible`; rounding may have moved that a hair off a bound.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """How errors call it."""

    @property
    @abstractmethod
    def openings(self) -> tuple[Opening, ...]:
        """The parameters, each with its shape for one row."""

    @property
    @abstractmethod
    def support(self) -> Domain:
        """The smallest interval that y lies in, of all rows."""

    @property
    @abstractmethod
    def y(self) -> Literal["number", "class", "vector"]:
        """What kind of thing y is."""

    @property
    def event_ndim(self) -> int:
        """Number of axes of one y, in the form of the loss."""
        return 0

    @property
    def atoms(self) -> tuple[float, ...]:
        """Single values of positive probability beside a density."""
        return ()

    @property
    def bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        """The ends of y, of each row (or output) its own."""
        return self.support.low, self.support.high

    def possible(self, y: np.ndarray) -> np.ndarray:
        """Return where y may lie, exactly: one answer for each output."""
        return self.support.contains(y)

    @abstractmethod
    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return -log p(y) per row, and its backward function to the parameters."""

    @abstractmethod
    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        """Return log P(low < Y ≤ high) per row, and its backward function to the parameters."""

    def log_not_zero(self, params: tuple[Array, ...], like: Array) -> tuple[Array, Backward]:
        """Return log P(Y > 0) of counts, which broadcasts with `like`, and its backward function."""
        return self.log_interval(params, np.float64(0.0), np.float64(np.inf))

    def has_density(self, y: np.ndarray) -> np.ndarray:
        """Return where y has a density, rather than a probability that has no unit."""
        return np.ones(y.shape, dtype=bool)

    @abstractmethod
    def distribution(self, params: tuple[np.ndarray, ...]) -> "Distribution":
        """Return the distribution with these parameters."""

    @abstractmethod
    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """Return moment estimates of the parameters from y alone, each None where there is none."""

    @property
    def stable_in_float32(self) -> bool:
        """Whether `loss` keeps its digits in single precision; otherwise it is computed in double."""
        return False

    # ---- what objectives other than the likelihood ask -------------------------------------------------------

    def mean_and_variance(self, params: tuple[Array, ...]) -> tuple[Array, Array]:
        """Return mean and variance of y, of each of several outputs by itself."""
        no_closed_form(self._called, VARIANCE)

    def crps_loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return the CRPS per row, summed over several outputs, and its backward function to the parameters."""
        no_closed_form(self._called, CRPS)

    def crps_loss_of_mixture(self, weights: Array, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return the CRPS of a mixture along the last axis, and its backward function to (weights, *params)."""
        no_closed_form(f"Mixture of {self._called}", CRPS)

    def fisher_information(self, params: tuple[Array, ...]) -> Array:
        """Return E[∇ log p ∇ log pᵀ], (..., k, k) for k numbers of a row, or of each of several outputs by itself."""
        no_closed_form(self._called, INFORMATION)

    @property
    def _called(self) -> str:
        """How a refusal calls what is over another family."""
        return type(self).__name__.removesuffix("Family")

    # ---- under affine maps of y ------------------------------------------------------------------------------

    @property
    def standardisation(self) -> Standardisation:
        """How y may be scaled so that the family still fits it."""
        return "none"

    @property
    def origin(self) -> float:
        """The y that stays where it is when y is only scaled."""
        return 0.0

    def moved(self, loc: np.ndarray, scale: np.ndarray) -> "Family":
        """Return the family of (y - loc) / scale, with the same openings."""
        return self

    def of_output(self, j: int) -> "Family":
        """Return the family of output j by itself, after a move by one number for each of several outputs."""
        return self

    def units(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> tuple[Unit, ...]:
        """Return in which unit the moved family, for y of the given spread, has each parameter."""
        return tuple(Unit(loc, scale, spread) for _ in self.openings)

    def floors(self, step: np.ndarray | float) -> tuple[np.ndarray | float, ...]:
        """Return the least scales, in the units of y, with which no density exceeds 1 / step.

        It is 0 of parameters that are no scales, and of scales that do not bound a density by themselves.
        """
        return (0.0,) * len(self.openings)

    def simplified(self) -> tuple["Family", tuple[Unit, ...]]:
        """Return the same distributions of y as the simplest family, and the unit of each parameter there."""
        return self, (Unit(0.0, 1.0, 1.0),) * len(self.openings)


def before(y: Array) -> Array:
    """Return a number just below y: what lies above it, from y on, includes y itself.

    Below zero it is the first that engines do not take for zero.
    """
    xp = namespace(y)
    return xp.where(y == 0.0, -np.finfo(np.float64).tiny, xp.nextafter(y, xp.full_like(y, -xp.inf)))


def open_end(of: "Family | Distribution", low: Array) -> Array:
    """Return a with P(low ≤ Y ≤ …) = P(a < Y ≤ …): just below `low` where that itself has a probability."""
    if of.support.integer:
        return before(low)
    xp = namespace(low)
    for at in of.atoms:
        low = xp.where(low == at, before(xp.asarray(at, dtype=low.dtype)), low)
    return low
