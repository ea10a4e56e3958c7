"""What every distribution is: the one spelling of its methods, its parameters and its shapes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, forwards, namespace
from likelinet.core.domains import Domain, real
from likelinet.core.errors import ParameterError, UndefinedError
from likelinet.core.notes import note
from likelinet.core.wording import in_brief
from likelinet.distributions.base.arguments import with_names
from likelinet.distributions.base.by_rows import all_inside, sample_in_blocks
from likelinet.distributions.base.checks import Checks
from likelinet.distributions.base.conditional import Conditional
from likelinet.distributions.base.derived import Derived
from likelinet.distributions.base.guard import guard
from likelinet.distributions.base.named_rows import unnamed
from likelinet.distributions.base.other_objectives import OtherObjectives
from likelinet.distributions.base.parameter import Backward, Parameter, TailsBackward
from likelinet.distributions.base.plain import check_plain
from likelinet.distributions.base.protocol import DistributionProtocol
from likelinet.distributions.base.shapes import Rng, generator_of, index_of_batch, on_batch, shape_of
from likelinet.distributions.numerics.differences import inside, loss_by_differences, loss_by_vjp, tails_by_differences
from likelinet.distributions.numerics.interval_probability import log_interval


class Distribution(Derived, Checks, Conditional, OtherObjectives, DistributionProtocol, ABC):
    """A batch of probability distributions, one per row.

    A family of your own is a subclass with `parameters`, `support` and `log_prob`; it trains with nothing else,
    and each further method that it defines (`cdf`, `ppf`, `sample`, `mean`, …) becomes available.

    Parameters
    ----------
    **parameters : array_like
        The parameters by name; their shapes broadcast to `batch_shape`.

    Raises
    ------
    ParameterError
        If a parameter is missing, unknown or outside its domain.

    Examples
    --------
    >>> from likelinet import Distribution, Parameter, positive
    >>> class Rayleigh(Distribution):
    ...     parameters = (Parameter("scale", positive, role="scale"),)
    ...     support = positive
    ...     def log_prob(self, y):
    ...         return np.log(y / self.scale**2) - 0.5 * (y / self.scale) ** 2
    >>> float(Rayleigh(scale=2.0).log_prob(2.0).round(4))
    -1.1931
    """

    parameters: ClassVar[tuple[Parameter, ...]] = ()
    support: Domain = real
    event_shape: tuple[int, ...] = ()
    batch_shape: tuple[int, ...] = ()
    # What kind of thing y is.
    y: Literal["number", "class", "vector"] = "number"
    # Labels of the classes 0, 1, …, or a list of those of each output; None where y holds numbers or these codes.
    classes: np.ndarray | list[np.ndarray] | None = None
    # What a vector must satisfy, beside the support of its entries, to be possible.
    constraint: ClassVar[str] = ""
    # What its config has beside its parameters: the one that grows with the exposure of a row; the one to which an
    # offset is added, where it has no location; whether its classes have an order, which may be named.
    exposure: ClassVar[str] = ""
    offset: ClassVar[str] = ""
    ordered: bool = False
    # What else it is called, in the field or in other libraries; with each name, where that is not all, what to write.
    other_names: ClassVar[Mapping[str, str]] = MappingProxyType({})
    # What the pages say of it: what it is for, and its support where the domain of one entry does not tell.
    purpose: ClassVar[str] = ""
    support_in_words: ClassVar[str] = ""
    # Whether its density has one peak at most, or one valley: within bounds it is highest at its mode or at a bound.
    one_peak: ClassVar[bool] = False
    # Whether it is the same on both sides of its middle, and nobody's choice for what lies far out on one of them.
    symmetric: ClassVar[bool] = False
    # The highest density that it has anywhere with a scale of 1, whatever its other parameters; 0 where none is told.
    peak_density: ClassVar[float] = 0.0
    # Single values of positive probability beside a density: there log_prob is log P(Y = y).
    atoms: tuple[float, ...] = ()
    # Whether `loss` keeps its digits in single precision; otherwise training computes it in double.
    stable_in_float32: ClassVar[bool] = False
    # Whether it defines cdf itself, and loss and tails, with gradients in closed form.
    has_cdf: ClassVar[bool] = False
    has_loss: ClassVar[bool] = False
    has_tails: ClassVar[bool] = False
    # Whether the methods of a class see to values outside the support themselves; those of the user need not.
    _sees_to_support: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        if "marginal" in cls.__dict__:
            note(f"{cls.__name__}: marginal is now called estimate.", DeprecationWarning)
            cls.estimate = cls.__dict__["marginal"]
        if "__init__" in cls.__dict__:
            cls.__init__ = with_names(cls.__init__)
        cls.has_cdf = cls.has_cdf or "cdf" in cls.__dict__
        cls.has_loss = cls.has_loss or "loss" in cls.__dict__
        cls.has_tails = cls.has_tails or "tails" in cls.__dict__
        if not cls._sees_to_support:
            guard(cls)

    def __init__(self, **parameters: ArrayLike) -> None:
        self._set(parameters)

    @classmethod
    def _unchecked(cls, **attributes: Any) -> Self:
        """Return an instance with these attributes, of which is known that they are sound."""
        made = object.__new__(cls)
        vars(made).update(attributes)
        return made

    def _set(self, values: dict[str, Any]) -> None:
        """Check the parameters, keep them as float64 arrays and work out the batch shape."""
        names = [p.name for p in self.parameters]
        if sorted(values) != sorted(names):
            raise ParameterError(
                f"{type(self).__name__} takes the parameters {', '.join(names)}, not {', '.join(values)}."
            )
        shapes = []
        for p in self.parameters:
            check_plain(values[p.name], f"{type(self).__name__}: {p.name}", ParameterError)
            try:
                value = np.asarray(values[p.name], dtype=np.float64)
            except (TypeError, ValueError):
                raise ParameterError(
                    f"{type(self).__name__}: {p.name} must be {p.domain.description}, not {values[p.name]!r:.60}."
                ) from None
            if not all_inside(p.domain.contains, value):
                bad = ~p.domain.contains(value)
                where = "" if value.ndim == 0 else f" at {tuple(map(int, np.argwhere(bad)[0]))}"
                raise ParameterError(
                    f"{type(self).__name__}: {p.name} must be {p.domain.description}, got {value[bad].flat[0]}{where}."
                )
            if value.ndim < p.event_ndim:
                raise ParameterError(f"{type(self).__name__}: {p.name} needs {p.event_ndim} axis at least.")
            setattr(self, p.name, value)
            shapes.append(value.shape[: value.ndim - p.event_ndim])
        try:
            self.batch_shape = np.broadcast_shapes(*shapes)
        except ValueError:
            raise ParameterError(
                f"{type(self).__name__}: the shapes of "
                + ", ".join(f"{n} {s}" for n, s in zip(names, shapes, strict=True))
                + " do not broadcast."
            ) from None

    # ---- what training uses ----------------------------------------------------------------------------------

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        """Return -log p(y) and the function that maps its gradient to those of the parameters.

        By differences of `log_prob`, or by the derivatives of an engine that has them; a family with an analytic
        gradient replaces it by a pure function.
        """
        names = [p.name for p in cls.parameters]
        if not _on_numpy(params):
            return loss_by_vjp(
                lambda named: cls._unchecked(**named, batch_shape=y.shape).log_prob_inside(y), names, params, y
            )

        def nll(at: tuple[Array, ...]) -> Array:
            at, outside = inside(at, cls.parameters)
            with unnamed():
                return outside - cls(**dict(zip(names, at, strict=True))).log_prob(y)

        return loss_by_differences(nll, params, cls.parameters)

    @classmethod
    def tails(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Array, TailsBackward]:
        """Return log P(Y ≤ y), log P(Y > y), and backward(d_log_cdf, d_log_sf) to the parameters, at y in the support.

        By differences of `log_cdf` and `log_sf`; a family with closed forms replaces it by a pure function.
        """
        if not _on_numpy(params):
            raise UndefinedError(f"{cls.__name__}: its cdf has no gradient on this engine; use the engine 'numpy'.")
        if not cls.has_cdf:
            raise UndefinedError(
                f"{cls.__name__} has no cdf, which truncation, censoring and rounding (truncated, censored, "
                "discretised) need: define cdf in the class."
            )
        names = [p.name for p in cls.parameters]

        def tail(at: tuple[np.ndarray, ...], upper: bool) -> np.ndarray:
            at, outside = inside(at, cls.parameters)
            d = cls(**dict(zip(names, at, strict=True)))
            with unnamed():
                return outside + (d.log_sf(y) if upper else d.log_cdf(y))

        d = cls(**dict(zip(names, inside(params, cls.parameters)[0], strict=True)))
        with np.errstate(all="ignore"), unnamed():
            return tails_by_differences(tail, params, cls.parameters, d._cdf_slopes(y), d.log_prob(y))

    @classmethod
    def nll_of_zero(cls, params: tuple[Array, ...], like: Array) -> tuple[Array, Backward]:
        """Return -log P(0) of a count and its backward function, to full precision where P(0) is close to 1."""
        return cls.loss(params, namespace(like).zeros_like(like))

    @classmethod
    def log_interval(cls, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        """Return log P(low < Y ≤ high) and the function that maps its gradient to those of the parameters."""
        return log_interval(cls, params, low, high)

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """Return estimates of the parameters from y alone, over its first axis, where training starts; or None."""
        return (None,) * len(cls.parameters)

    @classmethod
    def estimate_of_shape(
        cls, y: np.ndarray, weight: np.ndarray, shapes: tuple[tuple[int, ...], ...]
    ) -> tuple[np.ndarray | None, ...]:
        """Return the estimates of parameters of these shapes, where y alone does not say how many classes there are."""
        return cls.estimate(y, weight)

    @classmethod
    def shape_of_parameter(cls, parameter: Parameter, size: int) -> tuple[int, ...]:
        """Return the shape of a parameter for one row, for so many classes, or entries of a vector."""
        return (size,) * parameter.event_ndim

    @classmethod
    def closed_under_affine(cls, shifted: bool) -> bool:
        """Return whether loc + scale · Y is of the same family.

        Without a shift, a scale, a rate or a location of log Y is enough.
        """
        roles = {p.role for p in cls.parameters}
        return {"location", "scale"} <= roles if shifted else bool(roles & {"scale", "rate", "log_location"})

    # ---- what a family defines -------------------------------------------------------------------------------

    @abstractmethod
    def log_prob(self, y: ArrayLike) -> np.ndarray:
        """Return log p(y), the log density or log mass; -inf outside the support."""

    def log_prob_inside(self, y: ArrayLike) -> np.ndarray:
        """Return log_prob at y in the support, as the class of a user has it: nothing guards it."""
        return self.log_prob(y)

    def cdf(self, y: ArrayLike) -> np.ndarray:
        """Return P(Y ≤ y)."""
        self._undefined("cdf")

    def sf(self, y: ArrayLike) -> np.ndarray:
        """Return P(Y > y), the survival function, accurate where it is tiny."""
        return 1.0 - self.cdf(y)

    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        """Return log P(Y ≤ y), accurate far in the lower tail."""
        with np.errstate(divide="ignore"):
            return np.log(self.cdf(y))

    def log_sf(self, y: ArrayLike) -> np.ndarray:
        """Return log P(Y > y), accurate far in the upper tail."""
        with np.errstate(divide="ignore"):
            return np.log(self.sf(y))

    def ppf(self, q: ArrayLike) -> np.ndarray:
        """Return the smallest y with P(Y ≤ y) ≥ q: the quantile function."""
        self._undefined("ppf")

    def isf(self, q: ArrayLike) -> np.ndarray:
        """Return the smallest y with P(Y > y) ≤ q: the inverse survival function."""
        q = self._floats(q, "q")
        # The quantile of 1, which may be infinite, is that of q = 0 alone.
        last = np.where(q > 0.0, 1.0 - 2.0**-53, np.inf)
        return self.ppf(np.minimum(1.0 - q, last))

    def mean(self) -> np.ndarray:
        """Return E[Y]; nan or inf where it does not exist."""
        self._undefined("mean")

    def var(self) -> np.ndarray:
        """Return E[(Y - E[Y])²]; nan or inf where it does not exist."""
        self._undefined("var")

    def mode(self) -> np.ndarray:
        """Return the most probable y."""
        self._undefined("mode")

    def entropy(self) -> np.ndarray:
        """Return -E[log p(Y)] in nats: the differential entropy of a density."""
        self._undefined("entropy")

    def kl_divergence(self, other: "Distribution") -> np.ndarray:
        """Return KL(self ‖ other) = E[log p(Y) - log q(Y)] with Y from self, in nats."""
        self._undefined("kl_divergence")

    def crps(self, y: ArrayLike) -> np.ndarray:
        """Return the continuous ranked probability score ∫ (F(t) - 1{y ≤ t})² dt, in the units of y."""
        self._undefined("crps")

    def gini_mean_difference(self) -> np.ndarray:
        """Return E|Y - Y'| of two independent draws, inf where it does not exist: at any y, 2 E|Y - y| - 2 CRPS(y)."""
        self._undefined("gini_mean_difference")

    @sample_in_blocks
    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        """Draw y, by inversion if need be; the result has shape sample_shape + batch_shape + event_shape."""
        u = generator_of(rng).random(shape_of(sample_shape) + self.batch_shape)
        return self.ppf(1.0 - u)  # in (0, 1]

    def __getitem__(self, rows: Any) -> "Distribution":
        """Return the distributions of the rows that `rows`, an index into the batch axes, selects."""
        return self.map_arrays(lambda a, n: forwards(on_batch(a, self.batch_shape, n)[index_of_batch(rows, n)]))

    def __repr__(self) -> str:
        inside = ", ".join(f"{p.name}={in_brief(getattr(self, p.name))}" for p in self.parameters)
        return f"{type(self).__name__}({inside})"

    # ---- for the classes of this package ---------------------------------------------------------------------

    def _cdf_slopes(self, y: np.ndarray) -> dict[str, np.ndarray]:
        """Return (dF(y)/dθ) / p(y) of each parameter θ of which it is known: here a location and a scale."""
        roles = [p.role for p in self.parameters]
        locations, scales = ([p for p in self.parameters if p.role in r] for r in (("location",), ("scale", "rate")))
        if self.support.integer or len(locations) > 1 or len(scales) > 1 or {"log_location", "log_scale"} & {*roles}:
            return {}
        if (locations and self.support.low > -np.inf) or self.support.high < np.inf:
            return {}
        away = y - getattr(self, locations[0].name) if locations else np.asarray(y)
        slopes = {p.name: -np.ones_like(away) for p in locations}
        for p in scales:
            slopes[p.name] = (away if p.role == "rate" else -away) / getattr(self, p.name)
        return slopes


def _on_numpy(params: tuple[Array, ...]) -> bool:
    """Whether the parameters are NumPy's: methods of a distribution, and differences of them, take no others."""
    return namespace(params[0]) is np
