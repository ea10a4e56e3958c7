"""The Dirichlet distribution over shares that sum to one."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, log_minus_digamma, namespace, stirling_error
from likelinet.core.domains import Domain, positive
from likelinet.core.errors import ParameterError
from likelinet.distributions.base.multivariate import Multivariate
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.bounded.beta import Beta
from likelinet.distributions.numerics.divergences import itakura_saito
from likelinet.distributions.numerics.gammas import log_gamma_above_tangent

TOLERANCE = 1e-6  # how far from one the shares of an observed y may sum: rounded tables, single precision


class Dirichlet(Multivariate):
    r"""The Dirichlet distribution of K shares that are positive and sum to one.

    .. math:: p(y) = \frac{\Gamma(A)}{\prod_k \Gamma(\alpha_k)} \prod_{k=1}^{K} y_k^{\alpha_k - 1},
        \qquad A = \sum_k \alpha_k

    A y with an entry that is not positive, or whose entries do not sum to one within 1e-6, is outside the support. The
    entry k by itself is Beta(αₖ, A - αₖ), which cdf, quantiles and crps are those of.

    Parameters
    ----------
    concentration : array_like, shape (..., K)
        α > 0, with K ≥ 2; the mean is α/A, and a larger A spreads less.

    Raises
    ------
    ParameterError
        If a concentration is not a positive finite number, or there are fewer than two.

    References
    ----------
    Kotz, Balakrishnan & Johnson, *Continuous Multivariate Distributions* vol. 1 (2000), chapter 49.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Dirichlet([1.0, 2.0, 5.0])
    >>> d.mean().tolist(), float(d.log_prob([0.2, 0.3, 0.5]).round(4))
    ([0.125, 0.25, 0.625], 1.3705)
    """

    constraint = "its shares must sum to 1"
    parameters = (Parameter("concentration", positive, event_ndim=1, symbol="α"),)
    support = Domain("a share between 0 and 1", low=0.0, high=1.0, closed=(False, True))
    purpose = "shares of a whole"
    support_in_words = "K positive shares that sum to one"
    concentration: np.ndarray

    def __init__(self, concentration: ArrayLike) -> None:
        self._set({"concentration": concentration})
        self.event_shape = self.concentration.shape[-1:]
        if self.event_shape < (2,):
            raise ParameterError(f"Dirichlet: concentration needs two entries at least, not {self.event_shape[0]}.")

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        (a,) = params
        xp = namespace(a)
        total = xp.sum(a, axis=-1, keepdims=True)
        log_y = xp.log(y)

        def backward(d: Array) -> tuple[Array, ...]:
            # ψ(αₖ) - ψ(A) - log yₖ
            grad = xp.log(a / total) - log_y - log_minus_digamma(a) + log_minus_digamma(total)
            return (d[..., None] * grad,)

        return surprise(a, log_y), backward

    def marginals(self) -> Beta:
        a = self.concentration
        others = np.sum(a[..., None, :] * (1.0 - np.eye(a.shape[-1])), axis=-1)  # A - αₖ would round them away
        return Beta(a, others)

    def mean(self) -> np.ndarray:
        return self.concentration / self.concentration.sum(-1, keepdims=True)

    def covariance(self) -> np.ndarray:
        m = self.mean()
        centred = np.eye(m.shape[-1]) * m[..., None] - m[..., :, None] * m[..., None, :]
        return centred / (self.concentration.sum(-1) + 1.0)[..., None, None]

    def _inside(self, y: np.ndarray) -> np.ndarray:
        return self.support.contains(y).all(-1) & (np.abs(y.sum(-1) - 1.0) <= TOLERANCE)

    def _mode(self) -> np.ndarray:
        """Return the highest point; where no concentration is above 1, the corner with the largest one."""
        a = self.concentration
        above = np.maximum(a - 1.0, 0.0)
        total = above.sum(-1, keepdims=True)
        corner = a.argmax(-1)[..., None] == np.arange(a.shape[-1])
        return np.where(total > 0.0, above / np.where(total > 0.0, total, 1.0), corner)

    def _mean_log(self) -> np.ndarray:
        """Return E log y = ψ(α) - ψ(A)."""
        a, total = self.concentration, self.concentration.sum(-1, keepdims=True)
        return np.log(a / total) - log_minus_digamma(a) + log_minus_digamma(total)

    def _entropy(self) -> np.ndarray:
        return surprise(self.concentration, self._mean_log())

    def _kl_divergence(self, other: Multivariate) -> np.ndarray:
        assert isinstance(other, Dirichlet)
        a, a2 = self.concentration, other.concentration
        n, n2, rise = a.sum(-1, keepdims=True), a2.sum(-1, keepdims=True), a2 - a
        # As of two beta distributions, for each share.
        total = rise.sum(-1, keepdims=True) / n
        apart = (total - rise / a) * (a / a2)
        log_r = np.log(n2) - np.log(n) + np.log(a) - np.log(a2)
        parts = a2 * itakura_saito(apart, log_r) + log_gamma_above_tangent(a2, a, rise / a)
        return parts.sum(-1) - log_gamma_above_tangent(n2, n, total)[..., 0]

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        a = np.broadcast_to(self.concentration, shape + self.event_shape)
        # log of a gamma variate with shape α, from one with α + 1: for a small α the variate itself would underflow.
        log_g = np.log(rng.standard_gamma(a + 1.0)) + np.log1p(-rng.random(a.shape)) / a
        g = np.exp(log_g - log_g.max(-1, keepdims=True))
        return np.maximum(g / g.sum(-1, keepdims=True), np.finfo(np.float64).tiny)  # no share of the support is 0

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return moment estimates of the concentrations, over the first axis of y: the mean, and A by all variances."""
        mean = np.average(y, axis=0, weights=weight)
        var = np.average((y - mean) ** 2, axis=0, weights=weight).sum(-1, keepdims=True)
        most = (mean * (1.0 - mean)).sum(-1, keepdims=True)
        precision = np.maximum(most / np.maximum(var, 1e-6 * most + 1e-300) - 1.0, 1e-2)
        return (precision * np.maximum(mean, 1e-6),)


def surprise(a: Array, log_y: Array) -> Array:
    """Return -log p as a linear function of log y, by Stirling's formula so that no large terms cancel."""
    xp = namespace(a)
    total = xp.sum(a, axis=-1)
    share = a / total[..., None]
    each = a * (xp.log(share) - log_y) - 0.5 * xp.log(a) + stirling_error(a) + log_y + HALF_LOG_2PI
    return xp.sum(each, axis=-1) + 0.5 * xp.log(total) - stirling_error(total) - HALF_LOG_2PI
