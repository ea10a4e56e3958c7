"""What the distributions over another univariate one have in common: checks, and numerical defaults."""

from abc import abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import ParameterError
from likelinet.distributions.base.by_rows import in_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.named_rows import names_rows
from likelinet.distributions.base.one_number import OneNumber
from likelinet.distributions.base.operands import check_base
from likelinet.distributions.base.shapes import broadcast
from likelinet.distributions.numerics import modes, quadrature
from likelinet.distributions.numerics.count_quantiles import both_ends, quantile
from likelinet.distributions.over.family import WrapperFamily

# Quantiles between which a density has no narrow peaks.
MODE_CUTS = np.array([1e-200, 1e-50, 1e-20, 1e-10, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.15, 0.3, 0.5])


class Wrapper(OneNumber):
    """A univariate distribution made of another one, `base`, which may itself be a Wrapper or a Mixture.

    Its density, its interval probabilities and its support are those of its `family` over the closed base. A subclass
    gives `_log_tails`, `_quantile`, `endpoints`, `_sample`, and `map_arrays` if it has more than a base; the rest has
    numerical defaults, to be replaced where a relation to the base is exact.
    """

    base: Distribution
    family: WrapperFamily

    def _wrap(self, base: Distribution, *arrays: np.ndarray) -> None:
        """Check the base, keep it, and work out the batch shape from it and from `arrays`."""
        name = type(self).__name__
        check_base(base, name)
        classes = base.class_marginals()
        if classes is not None and not classes.numeric:
            raise ParameterError(
                f"{name}: base must be a distribution of one number, and {type(base).__name__} is one of classes."
            )
        if base.event_shape:
            advice = f"; for several outputs, put {name} inside Independent" if base.y != "vector" else ""
            raise ParameterError(
                f"{name}: base must be a distribution of one number, and each y of {type(base).__name__} has "
                f"shape {base.event_shape}{advice}."
            )
        if base.takes_intervals:
            advice = "once is enough" if name == "Censored" else f"Censored goes outermost, over {name}"
            raise ParameterError(f"{name}: base must not be Censored; {advice}.")
        self.base = base
        try:
            self.batch_shape = np.broadcast_shapes(base.batch_shape, *(a.shape for a in arrays))
        except ValueError:
            raise ParameterError(
                f"{name}: a base of batch_shape {base.batch_shape} does not go with parameters of shape "
                f"{np.broadcast_shapes(*(a.shape for a in arrays))}."
            ) from None

    def _over(self, family: WrapperFamily) -> None:
        """Keep the family over the closed base, which says what y is."""
        self.family, self.support, self.atoms = family, family.support, family.atoms

    def underlying(self) -> Distribution:
        return self.base

    @property
    def unusable(self) -> np.ndarray | None:
        nothing = self._made_of().unusable
        return None if nothing is None else np.broadcast_to(nothing, self.batch_shape)

    def _made_of(self) -> Distribution:
        """Return the distribution of which a row is needed."""
        return self.base

    def cuts(self) -> np.ndarray:
        return self._made_of().cuts()

    def jumps(self) -> np.ndarray:
        return self._made_of().jumps()

    @abstractmethod
    def endpoints(self) -> tuple[np.ndarray, np.ndarray]: ...

    def row_bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        return self.family.bounds

    @in_blocks
    def log_prob(self, y: ArrayLike) -> np.ndarray:
        y = self._values(y)
        possible = self.family.possible(y)
        with np.errstate(all="ignore"):
            values = -self._loss(y)
        return np.where(possible, values, np.where(np.isnan(y), np.nan, -np.inf))[()]

    def log_prob_between(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        low, high = self._values(low), self._values(high)
        with np.errstate(all="ignore"):
            return np.asarray(self._log_interval(low, high))[()]

    @in_blocks
    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        return self._log_tails(self._values(y))[0][()]

    @in_blocks
    def log_sf(self, y: ArrayLike) -> np.ndarray:
        return self._log_tails(self._values(y))[1][()]

    @names_rows
    def cdf(self, y: ArrayLike) -> np.ndarray:
        return np.exp(self.log_cdf(y))

    @names_rows
    def sf(self, y: ArrayLike) -> np.ndarray:
        return np.exp(self.log_sf(y))

    @in_blocks
    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self._quantile(self._probabilities(q), upper=False)[()]

    @in_blocks
    def isf(self, q: ArrayLike) -> np.ndarray:
        return self._quantile(self._probabilities(q), upper=True)[()]

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return type(self)(self.base.map_arrays(f))  # type: ignore[reportCallIssue]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base!r})"

    # ---- hooks -----------------------------------------------------------------------------------------------

    def _log_tails(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log P(Y ≤ y) and log P(Y > y)."""
        raise NotImplementedError(f"{type(self).__name__} must define _log_tails, or its tails.")

    def _quantile(self, q: np.ndarray, upper: bool) -> np.ndarray:
        """Return the smallest y with P(Y ≤ y) ≥ q, or P(Y > y) ≤ q if `upper`, for q of the shape of the result."""
        self._undefined("isf" if upper else "ppf")

    def _mean(self) -> np.ndarray:
        return quadrature.moments(self)[0]

    def _var(self) -> np.ndarray:
        return quadrature.moments(self)[1]

    def _mode(self) -> np.ndarray:
        peaks = self.peaks()
        return modes.highest(self, np.moveaxis(self.quantile_grid(MODE_CUTS), 0, -1) if peaks is None else peaks)

    # ---- for the subclasses ----------------------------------------------------------------------------------

    def _own(self) -> tuple[np.ndarray, ...]:
        """Return the parameters of its own, which its family takes."""
        return ()

    def _loss(self, y: np.ndarray) -> np.ndarray:
        return self.family.loss(self._own(), y)[0]

    def _log_interval(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return self.family.log_interval(self._own(), low, high)[0]

    def _values(self, y: ArrayLike) -> np.ndarray:
        """Return y as numbers whose shape goes with the batch."""
        y = self._numbers(y)
        self._shape_with(y)
        return y

    def _probabilities(self, q: ArrayLike) -> np.ndarray:
        """Return q with the shape of the result."""
        q = self._floats(q, "q")
        return np.broadcast_to(q, self._shape_with(q))

    def _sample_of(self, base: Distribution, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Return draws of a base of this shape: broadcast to the whole batch, so that every row gets its own."""
        return broadcast(base, self.batch_shape).sample(shape[: len(shape) - len(self.batch_shape)], rng)

    def _peaks_of_base(self) -> np.ndarray:
        """Return points among or between which the mode of the base lies, along a last axis after the batch."""
        inner = self.base.peaks()
        if inner is None:
            cuts = self.base.quantile_grid(MODE_CUTS)
            inner = np.moveaxis(np.concatenate([cuts, self.base.mode()[None]]), 0, -1)
        return np.broadcast_to(inner, (*self.batch_shape, inner.shape[-1]))

    def _least_count(self, q: np.ndarray, upper: bool) -> np.ndarray:
        """Return the quantile of whole numbers, by tables of masses or from a guess."""
        inner = (q > 0.0) & (q < 1.0)
        k = quantile(self, np.where(inner, q, 0.5), lambda part, p, upper: part._guess(p, upper), upper=upper)  # type: ignore[reportAttributeAccessIssue]
        first, last = (q == 1.0, q == 0.0) if upper else (q == 0.0, q == 1.0)
        return np.select([first, last, inner], [*self.endpoints(), k], np.nan)

    def both_ends(self, q: float) -> tuple[np.ndarray, np.ndarray]:
        return both_ends(self, q) if self.support.integer else super().both_ends(q)

    def _guess(self, q: np.ndarray, upper: bool) -> np.ndarray:
        """Return about the quantile of whole numbers, for q in (0, 1)."""
        raise NotImplementedError(f"{type(self).__name__} must define _guess, or _quantile.")
