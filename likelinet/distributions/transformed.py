"""A distribution seen through an increasing map of y."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.distributions import numerical
from likelinet.distributions.base import CUTS, Distribution, Rng
from likelinet.distributions.gaussian import Gaussian
from likelinet.distributions.mixture import Mixture
from likelinet.distributions.transforms import Affine, Log, Logit, Transform
from likelinet.distributions.wrapper import Wrapper
from likelinet.errors import ParameterError, UndefinedError

__all__ = ["Affine", "Log", "Logit", "Transformed"]


class Transformed(Wrapper):
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

    def __init__(self, base: Distribution, transform: Transform) -> None:
        if base.event_shape or base.support.integer or base.atoms:
            raise ParameterError(
                "Transformed: base must be a continuous distribution of one output, without an atom; for several "
                "outputs, transform inside Independent."
            )
        self._wrap(base, np.empty(transform.shape))
        self.transform = transform
        self.support = transform.image(base.support)

    def log_prob(self, y: ArrayLike) -> np.ndarray:
        x = self._inverse(y)
        inside = np.isfinite(x)
        value = self.base.log_prob(x) - self.transform.log_slope(np.where(inside, x, 0.0))
        return np.where(np.isinf(x), -np.inf, value)[()]

    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self.base.cdf(self._inverse(y))

    def sf(self, y: ArrayLike) -> np.ndarray:
        return self.base.sf(self._inverse(y))

    def log_cdf(self, y: ArrayLike) -> np.ndarray:
        return self.base.log_cdf(self._inverse(y))

    def log_sf(self, y: ArrayLike) -> np.ndarray:
        return self.base.log_sf(self._inverse(y))

    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.base._ends()
        return self._full(self._forward(low)), self._full(self._forward(high))

    def _log_interval(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        return self.base._log_interval(self._inverse(low), self._inverse(high))

    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self._forward(self.base.ppf(q))

    def isf(self, q: ArrayLike) -> np.ndarray:
        return self._forward(self.base.isf(q))

    def mean(self) -> np.ndarray:
        if isinstance(self.transform, Affine):
            return self.transform.forward(self.base.mean())
        return self._full(self._moments()[0])

    def var(self) -> np.ndarray:
        if isinstance(self.transform, Affine):
            return self._full(self.base.var() * np.asarray(self.transform.scale) ** 2)
        return self._full(self._moments()[1])

    def _moments(self) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(all="ignore"):
            if isinstance(self.transform, Log):
                exact = _moments_of_exp(self.base)
                if exact is not None:
                    return exact
            return numerical.moments(self.base, self.transform.forward, self.transform.features)

    def mode(self) -> np.ndarray:
        if isinstance(self.transform, Affine):
            return self.transform.forward(self.base.mode())
        return super().mode()

    def entropy(self) -> np.ndarray:
        t = self.transform
        if isinstance(t, Affine):
            slope = np.log(t.scale)
        elif isinstance(t, Log):
            slope = self.base.mean()
        else:
            slope = numerical.expectation(self.base, t.log_slope, t.features)
        return self._full(self.base.entropy() + slope)

    def kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Transformed) or not self.transform.same(other.transform):
            raise UndefinedError("kl_divergence of a Transformed needs another one with the same transform.")
        return self._full(self.base.kl_divergence(other.base))

    def crps(self, y: ArrayLike) -> np.ndarray:
        t = self.transform
        if isinstance(t, Affine):
            return self.base.crps(self._inverse(y)) * np.asarray(t.scale)
        y = self._values(y)
        with np.errstate(all="ignore"):
            # Where there is no probability left, the score grows as the distance does.
            x = np.clip(self._inverse(y), self.base.ppf(1e-100), self.base.isf(1e-100))
            score = numerical.crps(self.base, x, lambda x: np.exp(t.log_slope(x)), t.features)
            return (score + np.where(x == self._inverse(y), 0.0, np.abs(y - t.forward(x))))[()]

    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        return self._forward(self._broadcast(self.base).sample(sample_shape, rng))

    def _map(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return Transformed(self.base._map(f), self.transform.map(f))

    def _cuts(self, below: np.ndarray = CUTS) -> np.ndarray:
        return self._forward(self.base._cuts(below))

    def _forward(self, x: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return self.transform.forward(x)

    def _inverse(self, y: ArrayLike) -> np.ndarray:
        with np.errstate(divide="ignore"):
            return self.transform.inverse(self._numbers(y))

    def __repr__(self) -> str:
        return f"Transformed({self.base!r}, {self.transform!r})"


def _moments_of_exp(base: Distribution) -> tuple[np.ndarray, np.ndarray] | None:
    """Return mean and variance of exp(X) where they are known in closed form."""
    if isinstance(base, Gaussian):
        mean = np.exp(base.loc + 0.5 * base.scale**2)
        return mean, mean**2 * np.expm1(base.scale**2)
    if isinstance(base, Mixture):
        inner = _moments_of_exp(base.components)
        if inner is None:
            return None
        means, variances = inner
        mean = np.sum(base.probs * means, axis=-1)
        return mean, np.sum(base.probs * (variances + (means - mean[..., None]) ** 2), axis=-1)
    return None
