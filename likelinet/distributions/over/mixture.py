"""A mixture of distributions of one family: also what an ensemble of networks predicts."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array
from likelinet.core.errors import DataError, ParameterError
from likelinet.core.lazy import scipy
from likelinet.core.wording import called, in_brief
from likelinet.distributions.base.by_rows import in_blocks, in_small_blocks, sample_in_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Family, Opening, Unit
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.one_number import at_finite
from likelinet.distributions.base.operands import check_base, check_other
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.shapes import Rng, broadcast, generator_of, on_batch, shape_of, with_axes
from likelinet.distributions.classes.categorical import Categorical, choose, class_logits
from likelinet.distributions.numerics import modes, quadrature
from likelinet.distributions.over.family import Setting, WrapperFamily
from likelinet.distributions.over.mixture_answers import AnswersByComponents
from likelinet.distributions.over.mixture_formulas import (
    crps_loss_of_mixture,
    estimates_of_components,
    log_interval_of_mixture,
    loss_of_mixture,
    moments_of_mixture,
    weights_of,
)


@dataclass(frozen=True)
class MixtureFamily(WrapperFamily):
    """A mixture of several components of one family, with weights that depend on x.

    Parameters
    ----------
    base : Family
        Family of each component.
    components : int
        How many components.
    logits : array
        Unnormalised log-weights of the components.
    """

    components: int

    kind = "mixture"
    other_names = called("gmm mdn gaussian_mixture mixture_gaussian mixture_of_gaussians normal_mixture")
    parameters = (Parameter("logits", event_ndim=1, symbol="z"),)
    settings = (Setting("components", int, 3, least=1),)
    default_base = "Gaussian"
    takes_vectors = True

    @property
    def openings(self) -> tuple[Opening, ...]:
        (logits,) = self.parameters
        return (Opening(logits, (self.components,)), *(o.within(self.components) for o in self.base.openings))

    @property
    def bounds(self) -> tuple[np.ndarray | float, np.ndarray | float]:
        low, high = self.base.bounds
        # Of components that have bounds of their own, the outermost ones.
        return (low if np.ndim(low) == 0 else np.min(low, -1)), (high if np.ndim(high) == 0 else np.max(high, -1))

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return loss_of_mixture(self.base.loss, self.event_ndim)(params, y)

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return log_interval_of_mixture(self.base.log_interval, self.event_ndim)(params, low, high)

    def mean_and_variance(self, params: tuple[Array, ...]) -> tuple[Array, Array]:
        logits, *inner = params
        return moments_of_mixture(weights_of(logits), *self.base.mean_and_variance(tuple(inner)))

    def crps_loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return crps_loss_of_mixture(self.base.crps_loss_of_mixture)(params, y)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        logits, *inner = params
        return Mixture(self.base.distribution(tuple(inner)), logits)

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        return (np.zeros(self.components), *estimates_of_components(self.base, self.components, y, weight))

    def moved(self, loc: np.ndarray, scale: np.ndarray) -> Family:
        return replace(self, base=self.base.moved(*map(self._for_components, (loc, scale))))

    def units(self, loc: np.ndarray, scale: np.ndarray, spread: np.ndarray) -> tuple[Unit, ...]:
        unit = Unit(loc, scale, spread)
        return unit, *self.base.units(*map(self._for_components, unit))  # type: ignore[arg-type]

    def _for_components(self, value: Any) -> Any:
        """Return one value for each output, and the same for all components."""
        return value[..., None] if np.ndim(value) and not self.event_ndim else value


class Mixture(AnswersByComponents):
    r"""A mixture: the last batch axis of `components` is drawn from, with given weights.

    .. math:: p(y) = \sum_{k=1}^{K} w_k\, p_k(y), \qquad w = \mathrm{softmax}(z)

    Parameters
    ----------
    components : Distribution
        Distributions of batch shape (..., K).
    logits : array_like, shape (..., K)
        z, unnormalised log-weights. Give either this or `probs`.
    probs : array_like, shape (..., K)
        Weights w, normalised to sum to one.

    Raises
    ------
    ParameterError
        If the weights are not valid or do not match the last batch axis of `components`.
    UndefinedError
        From methods that the components do not have.

    References
    ----------
    McLachlan & Peel, *Finite Mixture Models* (2000); the CRPS of a Gaussian mixture is from Grimit et al.,
    *Q. J. R. Meteorol. Soc.* 132, 2006.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Mixture(ll.Gaussian([-1.0, 1.0], [0.5, 0.5]), probs=[0.25, 0.75])
    >>> float(d.mean().round(4)), float(d.cdf(0.0).round(4))
    (0.5, 0.2614)
    """

    purpose = "several peaks"
    support_in_words = "that of its `base`"
    _sees_to_support = True

    def __init__(
        self, components: Distribution, logits: ArrayLike | None = None, *, probs: ArrayLike | None = None
    ) -> None:
        check_base(components, "Mixture", "components must be one distribution, whose last batch axis they are")
        weights = Categorical(class_logits(logits, probs, "Mixture"))
        n = weights.logits.shape[-1]
        if not components.batch_shape or n != components.batch_shape[-1]:
            raise ParameterError(
                f"Mixture: {n} weights do not match components of batch_shape {components.batch_shape}."
            )
        try:
            self.batch_shape = np.broadcast_shapes(weights.batch_shape, components.batch_shape[:-1])
        except ValueError:
            raise ParameterError(
                f"Mixture: weights of batch_shape {weights.batch_shape} do not go with components of "
                f"batch_shape {components.batch_shape}."
            ) from None
        full = (*self.batch_shape, n)
        if components.batch_shape != full:
            components = broadcast(components, full)
        log_w = np.broadcast_to(weights.logits, full)
        if isinstance(components, Mixture):  # a mixture of mixtures is one mixture of all the components
            log_w = scipy.special.log_softmax(log_w, axis=-1)[..., None]
            log_w = (log_w + scipy.special.log_softmax(components.logits, axis=-1)).reshape(*self.batch_shape, -1)
            inner, flat = components.components, log_w.shape

            def flatten(a: np.ndarray, event_ndim: int) -> np.ndarray:
                return on_batch(a, inner.batch_shape, event_ndim).reshape(flat + a.shape[a.ndim - event_ndim :])

            components = inner.map_arrays(flatten)
        self._hold(components, Categorical(log_w))

    def _hold(self, components: Distribution, weights: Categorical) -> None:
        self.components, self.weights, self.batch_shape = components, weights, weights.batch_shape
        self.event_shape = components.event_shape
        self.y, self.ordered, self.is_angle = components.y, components.ordered, components.is_angle
        self.of_outputs, self.classes = components.of_outputs, components.classes
        self.family = MixtureFamily(Closed(components), weights.logits.shape[-1])
        self.support, self.atoms = self.family.support, self.family.atoms

    def log_prob_of_intervals(self, y: Interval) -> np.ndarray:
        return self.log_prob(y)

    def _mixture(self, components: Distribution, logits: np.ndarray) -> Distribution:
        return Mixture(components, logits)

    def marginals(self) -> "Mixture":
        """Return the mixture of each output by itself: batch_shape + event_shape, with scalar events."""
        if not self.components.of_outputs:
            return self
        outputs = self.components.marginals()
        batch = self.components.batch_shape

        def move(a: np.ndarray, event_ndim: int) -> np.ndarray:
            own = a.shape[a.ndim - event_ndim :]
            return np.moveaxis(np.broadcast_to(a, (*batch, *self.event_shape, *own)), len(batch) - 1, -1 - event_ndim)

        return Mixture(outputs.map_arrays(move), self.logits[..., None, :])

    @in_blocks
    def log_prob(self, y: ArrayLike | Interval) -> np.ndarray:
        """Return the log density or mass of y; of intervals their log probability, where the components take them."""
        if isinstance(y, Interval):
            log_w = scipy.special.log_softmax(self.logits, axis=-1)
            return scipy.special.logsumexp(self._of_intervals(y) + log_w, axis=-1)
        y = with_axes(self._aligned(y), len(self.event_shape))
        with np.errstate(all="ignore"):
            return -self.family.loss((self.logits,), y)[0][()]

    def _of_intervals(self, y: Interval) -> np.ndarray:
        """Return the log probability of intervals under each component."""
        if not (self.components.takes_intervals or self.components.of_outputs):
            raise DataError(
                f"Mixture: y is made of intervals, which {type(self.components).__name__} does not take: "
                "put Censored around the mixture."
            )
        return self.components.log_prob_of_intervals(Interval(self._for_each(y.lower), self._for_each(y.upper)))

    def _for_each(self, y: ArrayLike) -> np.ndarray:
        return self.spread(self._aligned(y))

    @in_blocks
    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self._tail(y, upper=False, log=False)

    @in_blocks
    def sf(self, y: ArrayLike) -> np.ndarray:
        return self._tail(y, upper=True, log=False)

    @in_blocks
    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        return self._tail(y, upper=False, log=True)

    @in_blocks
    def log_sf(self, y: ArrayLike) -> np.ndarray:
        return self._tail(y, upper=True, log=True)

    @in_blocks
    def ppf(self, q: ArrayLike) -> np.ndarray:
        m = self.marginals()
        return self._quantile(q, upper=False) if m is self else m.ppf(q)

    @in_blocks
    def isf(self, q: ArrayLike) -> np.ndarray:
        m = self.marginals()
        return self._quantile(q, upper=True) if m is self else m.isf(q)

    @in_small_blocks
    def mode(self) -> np.ndarray:
        """Return the most probable y, for several outputs that of each by itself."""
        classes = self.class_marginals()
        if classes is not None:
            return classes.mode()
        if self.event_shape:
            each = self.marginals()
            if each is self:
                self._undefined("mode for several outputs")
            return each.mode()
        return modes.highest(self, self.peaks())

    @in_small_blocks
    def entropy(self) -> np.ndarray:
        if self.event_shape:
            self._undefined("entropy for several outputs")
        classes = self.class_marginals()
        if classes is not None:
            return classes.entropy()
        with np.errstate(all="ignore"):
            exact = self._if_alike("entropy")
            return quadrature.entropy(self) if exact is None else exact

    @in_small_blocks
    def kl_divergence(self, other: Distribution) -> np.ndarray:
        check_other(other)
        if self.event_shape:
            self._undefined("kl_divergence for several outputs")
        with np.errstate(all="ignore"):
            exact = self._if_alike("kl_divergence", other)
            return quadrature.kl_divergence(self, other) if exact is None else exact

    @in_small_blocks
    def crps(self, y: ArrayLike) -> np.ndarray:
        m = self.marginals()
        if m is not self:
            return m.crps(y)
        if not m.components.has_cdf:
            self._undefined(f"crps: its components are {type(m.components).__name__}")
        y = self._numbers(y)

        def finite(y: np.ndarray) -> np.ndarray:
            exact = m.components.crps_of_mixture(m.weights.probs, y)
            exact = m._if_alike("crps", y) if exact is None else exact
            return quadrature.crps(m, y) if exact is None else exact

        return at_finite(finite, y, m._shape_with(y))

    @sample_in_blocks
    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        generator = generator_of(rng)
        shape = shape_of(sample_shape)
        codes = choose(self.weights.probs, generator.random(shape + self.batch_shape))
        k = self.logits.shape[-1]
        codes += k * np.arange(math.prod(self.batch_shape)).reshape(self.batch_shape)

        flat = self.components.flattened((*self.batch_shape, k))
        return flat.map_arrays(lambda a, n: a.take(codes, axis=0)).sample((), generator)

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        made, weights = Mixture._unchecked(), self.weights
        logits = f(weights.logits, 1)
        rows = Categorical._unchecked(logits=logits, batch_shape=logits.shape[:-1], support=weights.support)
        made._hold(self.components.map_arrays(lambda a, n: f(with_axes(a, n + 1), n + 1)), rows)
        return made

    def spread(self, y: np.ndarray) -> np.ndarray:
        """Return y with an axis for the components, repeated along it."""
        n = min(len(self.event_shape), y.ndim)
        y = np.expand_dims(y, -1 - n)
        return np.broadcast_to(y, (*y.shape[: y.ndim - n - 1], self.components.batch_shape[-1], *y.shape[y.ndim - n :]))

    def log_prob_between(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        m = self.marginals()
        low, high = (m._aligned(end) for end in (low, high))
        with np.errstate(all="ignore"):
            return m.family.log_interval((m.logits,), low, high)[0][()]

    def __repr__(self) -> str:
        return f"Mixture({self.components!r}, logits={in_brief(self.logits)})"


def combined(components: Distribution, logits: np.ndarray) -> Distribution:
    """Return the mixture over the last batch axis of `components`, as simple as it gets."""
    simple = components.mixed(scipy.special.log_softmax(logits, axis=-1))
    return Mixture(components, logits) if simple is None else simple
