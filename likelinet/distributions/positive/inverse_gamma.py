"""The inverse gamma distribution."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, log_minus_digamma, namespace, stirling_error
from likelinet.core.domains import positive
from likelinet.core.lazy import scipy
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.protocol import LogDensity
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.numerics.grids import FINE_POWER_SCORES, Grid, extra, from_end, joined
from likelinet.distributions.numerics.incomplete_gamma import gammainc, gammaincc, gammainccinv, gammaincinv
from likelinet.distributions.numerics.special import expm1_over, through_pole
from likelinet.distributions.numerics.tails import log_incomplete_gamma
from likelinet.distributions.positive.gamma import Gamma, gamma_cuts


class InverseGamma(Univariate):
    r"""The inverse gamma distribution: of 1/X, where X is gamma distributed.

    .. math:: p(y) = \frac{\beta^\alpha}{\Gamma(\alpha)} y^{-\alpha-1} e^{-\beta / y}, \qquad y > 0

    Parameters
    ----------
    concentration : array_like
        Shape α > 0. The mean exists for α > 1 and the variance for α > 2.
    rate : array_like
        β > 0, named as in torch after the rate of 1/Y. For Y itself it is a scale (c·Y has the rate c·β): SciPy's
        ``scale``.

    Raises
    ------
    ParameterError
        If a parameter is not a positive finite number.

    References
    ----------
    Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* vol. 1 (1994), section 17.8.

    Examples
    --------
    >>> import likelinet as ll
    >>> float(ll.InverseGamma(concentration=3.0, rate=4.0).mean())
    2.0
    """

    parameters = (
        Parameter("concentration", positive, symbol="α"),
        Parameter("rate", positive, role="scale", symbol="β"),
    )
    support = positive
    scores = FINE_POWER_SCORES
    other_names = called("invgamma")
    purpose = "heavy upper tail"
    concentration: np.ndarray
    rate: np.ndarray

    def __init__(self, concentration: ArrayLike, rate: ArrayLike) -> None:
        self._set({"concentration": concentration, "rate": rate})

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        xp = namespace(y)
        values, backward = Gamma.loss(params, 1.0 / xp.maximum(y, xp.finfo(y.dtype).tiny))
        return values + 2.0 * xp.log(y), backward

    @classmethod
    def fisher_information(cls, params: tuple[Array, ...]) -> Array:
        return Gamma.fisher_information(params)

    def _cdf(self, y: np.ndarray) -> np.ndarray:
        return gammaincc(self.concentration, self.rate / y)

    def _sf(self, y: np.ndarray) -> np.ndarray:
        return gammainc(self.concentration, self.rate / y)

    def _log_cdf(self, y: np.ndarray) -> np.ndarray:
        return log_incomplete_gamma(self._cdf(y), self._sf(y), self.concentration, self.rate / y)

    def _log_sf(self, y: np.ndarray) -> np.ndarray:
        return log_incomplete_gamma(self._sf(y), self._cdf(y), self.concentration, self.rate / y)

    def _ppf(self, q: np.ndarray) -> np.ndarray:
        return self.rate / gammainccinv(self.concentration, q)

    def _isf(self, q: np.ndarray) -> np.ndarray:
        return self.rate / gammaincinv(self.concentration, q)

    def log_density(self) -> LogDensity:
        of_inverse = Gamma(self.concentration, self.rate).log_density_by_logs()
        return lambda y, x: of_inverse(1.0 / y, -np.log(y), 1.0)

    def grid(self) -> Grid:
        *cuts, some = gamma_cuts(self.concentration, self.batch_shape, self.scores)
        y, bends = (self.rate / np.maximum(c[::-1], 1e-300) for c in cuts)
        further = extra(bends, np.full(self.batch_shape, np.inf)).where(some[::-1])
        return joined(from_end(y, scores=self.scores), further)

    def _mean(self) -> np.ndarray:
        return np.where(self.concentration > 1.0, self.rate / (self.concentration - 1.0), np.inf)

    def _var(self) -> np.ndarray:
        return np.where(self.concentration > 2.0, self._mean() ** 2 / (self.concentration - 2.0), np.inf)

    def _mode(self) -> np.ndarray:
        return self.rate / (self.concentration + 1.0)

    def _entropy(self) -> np.ndarray:
        a = self.concentration
        # By Stirling's formula for log Γ and ψ, so that a huge α does not cancel.
        rest = stirling_error(a) + (a + 1.0) * log_minus_digamma(a)
        return HALF_LOG_2PI - 1.5 * np.log(a) + rest + np.log(self.rate)

    def _kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, InverseGamma):
            return super()._kl_divergence(other)
        # That of the gamma distributions of 1/Y: a change of variable leaves it as it is.
        inverse = (Gamma(d.concentration, d.rate) for d in (self, other))
        return next(inverse).kl_divergence(next(inverse))

    def _crps(self, y: np.ndarray) -> np.ndarray:
        # E|Y - y| by partial expectations; E|Y - Y'| from the sum and the ratio of two gamma variates.
        # It is finite for α > ½: for small α by the recurrence of Q (DLMF 8.8.6), which is 0/0 at α = 1.
        shape = np.broadcast_shapes(self.batch_shape, y.shape)
        a, x = np.broadcast_to(self.concentration, shape), self.rate / np.maximum(y, 0.0)
        small = np.clip(a, 0.5 + 1e-16, 1.5)

        def smooth(a: np.ndarray) -> np.ndarray:
            share = np.exp(-x) / scipy.special.gamma(a)
            return (1.0 - 2.0 * gammaincc(a, x) + 2.0 * share - _spread(a)) / (a - 1.0)

        near = through_pole(smooth, small, 1.0) + 2.0 * np.exp(-x) / scipy.special.gamma(small) * np.where(
            np.isfinite(x), expm1_over(small - 1.0, np.log(x)), 0.0
        )
        partial = 1.0 - 2.0 * gammaincc(np.maximum(a - 1.0, 0.5), x)
        beyond = np.where(a < 1.5, near, (partial - _spread(np.maximum(a, 1.5))) / np.maximum(a - 1.0, 0.5))
        finite = y * (2.0 * gammaincc(a, x) - 1.0) + self.rate * beyond
        return np.where(a > 0.5, finite, np.where(np.isnan(y), np.nan, np.inf))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        return self.rate / rng.standard_gamma(np.broadcast_to(self.concentration, shape))

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return estimates of (concentration, rate) from the mean and variance of log y over the first axis of y."""
        log_y = np.log(y)
        mean = np.average(log_y, axis=0, weights=weight)
        var = np.maximum(np.average((log_y - mean) ** 2, axis=0, weights=weight), 1e-6)
        # var = ψ'(α), about 1/α + 1/(2α²), and mean = log β - ψ(α)
        concentration = (1.0 + np.sqrt(1.0 + 2.0 * var)) / (2.0 * var)
        return concentration, np.exp(np.clip(mean + scipy.special.digamma(concentration), -700.0, 700.0))


def _spread(a: np.ndarray) -> np.ndarray:
    """Return E|Y - Y'| over the mean."""
    return 2.0 * np.exp(-scipy.special.betaln(0.5, a)) / (2.0 * a - 1.0)
