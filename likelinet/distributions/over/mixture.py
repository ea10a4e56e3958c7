"""A mixture of distributions of one family: also what an ensemble of networks predicts."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array
from likelinet.core.errors import ParameterError
from likelinet.core.lazy import scipy
from likelinet.core.wording import called, in_brief
from likelinet.distributions.base.by_rows import sample_in_blocks
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Family, Opening, Unit
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.operands import check_base
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.shapes import Rng, broadcast, generator_of, on_batch, shape_of, with_axes
from likelinet.distributions.classes.categorical import Categorical, choose, class_logits
from likelinet.distributions.over.family import Setting, WrapperFamily
from likelinet.distributions.over.mixture_formulas import (
    crps_loss_of_mixture,
    estimates_of_components,
    log_interval_of_mixture,
    loss_of_mixture,
    moments_of_mixture,
    weights_of,
)
from likelinet.distributions.over.mixture_methods import OverComponents


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

    def has_density(self, y: np.ndarray) -> np.ndarray:
        return super().has_density(y) if self.event_ndim else super().has_density(y[..., None])[..., 0]

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
        return Unit(loc, scale, spread), *self.base.units(*map(self._for_components, (loc, scale, spread)))

    def floors(self, step: np.ndarray | float) -> tuple[np.ndarray | float, ...]:
        return super().floors(self._for_components(step))

    def _for_components(self, value: Any) -> Any:
        """Return one value for each output, and the same for all components."""
        return value[..., None] if np.ndim(value) and not self.event_ndim else value


class Mixture(OverComponents):
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
        self._complete(components, Categorical(log_w))

    def _complete(self, components: Distribution, weights: Categorical) -> None:
        self._hold(components, weights, MixtureFamily(Closed(components), weights.logits.shape[-1]))

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
        made = Mixture._unchecked()
        components = self.components.map_arrays(lambda a, n: f(with_axes(a, n + 1), n + 1))
        made._complete(components, self._moved_weights(f))
        return made

    def __repr__(self) -> str:
        return f"Mixture({self.components!r}, logits={in_brief(self.logits)})"


def combined(components: Distribution, logits: np.ndarray) -> Distribution:
    """Return the mixture over the last batch axis of `components`, as simple as it gets."""
    simple = components.mixed(scipy.special.log_softmax(logits, axis=-1))
    return Mixture(components, logits) if simple is None else simple
