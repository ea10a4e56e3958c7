"""The Gaussian distribution of several outputs that are correlated given x."""

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import HALF_LOG_2PI, Array, namespace
from likelinet.core.errors import ParameterError
from likelinet.core.wording import called
from likelinet.distributions.base.multivariate import Multivariate
from likelinet.distributions.base.parameter import Backward, Parameter
from likelinet.distributions.base.plain import check_plain
from likelinet.distributions.base.shapes import parameters_on
from likelinet.distributions.numerics.divergences import itakura_saito
from likelinet.distributions.real.gaussian import Gaussian

_ASYMMETRY = 1e-6  # of a covariance, against its largest entry: the rounding of single precision


class MultivariateGaussian(Multivariate):
    r"""The Gaussian distribution of a vector y with d entries, by the Cholesky factor of its covariance.

    .. math:: p(y) = \frac{1}{(2\pi)^{d/2} \prod_i L_{ii}} \exp\left(-\tfrac12 \|z\|^2\right),
        \qquad L z = y - \mu, \qquad \operatorname{Cov} y = L L^\top

    Parameters
    ----------
    loc : array_like, shape (..., d)
        Mean μ, finite numbers.
    scale_tril : array_like, shape (..., d, d)
        L, lower-triangular with a positive diagonal, as in torch. Give either this or `covariance_matrix`.
    covariance_matrix : array_like, shape (..., d, d)
        L Lᵀ, symmetric and positive definite.

    Raises
    ------
    ParameterError
        If not exactly one of `scale_tril` and `covariance_matrix` is given, or it is not as described.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning* (2006), section 2.3; the Cholesky factor as a network's output:
    Williams, *Neural Computation* 8(4), 1996.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.MultivariateGaussian([0.0, 1.0], covariance_matrix=[[4.0, 2.0], [2.0, 5.0]])
    >>> d.scale_tril.tolist(), d.std().round(4).tolist(), float(d.log_prob([0.0, 1.0]).round(4))
    ([[2.0, 0.0], [1.0, 2.0]], [2.0, 2.2361], -3.2242)
    """

    other_names = called("mvn mvnormal multivariate_normal multinormal")
    purpose = "correlated numbers"
    peak_density = float(np.exp(-HALF_LOG_2PI))  # of each entry given those before it
    support_in_words = "d finite numbers"
    parameters = (
        Parameter("loc", role="location", event_ndim=1, symbol="μ"),
        Parameter("scale_tril", role="scale", event_ndim=2, symbol="L"),
    )
    loc: np.ndarray
    scale_tril: np.ndarray

    def __init__(
        self, loc: ArrayLike, scale_tril: ArrayLike | None = None, *, covariance_matrix: ArrayLike | None = None
    ) -> None:
        if (scale_tril is None) == (covariance_matrix is None):
            raise ParameterError("MultivariateGaussian takes either scale_tril or covariance_matrix.")
        self._set({"loc": loc, "scale_tril": _factor(covariance_matrix) if scale_tril is None else scale_tril})
        matrix, d = self.scale_tril, self.loc.shape[-1]
        if matrix.shape[-2:] != (d, d):
            raise ParameterError(
                f"MultivariateGaussian: scale_tril must be {d} by {d}, as loc has {d} entries, not "
                f"{matrix.shape[-2]} by {matrix.shape[-1]}."
            )
        if (np.triu(matrix, 1) != 0.0).any() or (np.diagonal(matrix, axis1=-2, axis2=-1) <= 0.0).any():
            raise ParameterError(
                "MultivariateGaussian: scale_tril must be lower-triangular with a positive diagonal; a covariance "
                "goes in as covariance_matrix."
            )
        self.event_shape = (d,)

    @classmethod
    def loss(cls, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        loc, matrix = params
        xp = namespace(matrix)
        z = solve_lower(matrix, y - loc)
        diagonal = xp.diagonal(matrix, axis1=-2, axis2=-1)
        values = xp.sum(0.5 * z * z + xp.log(diagonal) + HALF_LOG_2PI, axis=-1)

        def backward(d: Array) -> tuple[Array, ...]:
            w = solve_upper(matrix, z)
            d = d[..., None]
            inverse = xp.eye(matrix.shape[-1], dtype=matrix.dtype) / diagonal[..., None]
            return -d * w, d[..., None] * (inverse - xp.tril(w[..., :, None] * z[..., None, :]))

        return values, backward

    def marginals(self) -> Gaussian:
        return Gaussian(self.loc, np.linalg.norm(self.scale_tril, axis=-1))

    def covariance(self) -> np.ndarray:
        (matrix,) = parameters_on(self, self.batch_shape)[1:]
        return matrix @ np.swapaxes(matrix, -1, -2)

    def _inside(self, y: np.ndarray) -> np.ndarray:
        return np.all(np.isfinite(y), axis=-1, keepdims=False)

    def _mode(self) -> np.ndarray:
        return self.loc

    def _entropy(self) -> np.ndarray:
        return np.sum(_log_diagonal(self.scale_tril) + (0.5 + HALF_LOG_2PI), axis=-1)

    def _kl_divergence(self, other: Multivariate) -> np.ndarray:
        assert isinstance(other, MultivariateGaussian)
        shift = solve_lower(other.scale_tril, self.loc - other.loc)
        # The rows are the columns of L₂⁻¹L - I; the squares of its diagonal and their logarithms go together.
        apart = solve_lower(other.scale_tril[..., None, :, :], np.swapaxes(self.scale_tril - other.scale_tril, -1, -2))
        excess = np.diagonal(apart, axis1=-2, axis2=-1)
        logs = _log_diagonal(self.scale_tril) - _log_diagonal(other.scale_tril)
        squares = np.sum(apart**2, axis=(-2, -1)) - np.sum(excess**2, axis=-1)
        return 0.5 * (np.sum(shift**2, -1) + squares + np.sum(itakura_saito(excess * (2.0 + excess), 2.0 * logs), -1))

    def _sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        z = rng.standard_normal(shape + self.event_shape)
        return self.loc + (self.scale_tril @ z[..., None])[..., 0]

    @classmethod
    def estimate(cls, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the weighted maximum-likelihood (loc, scale_tril), with correlations kept a little below 1."""
        loc = np.average(y, axis=0, weights=weight)
        rest = y - loc
        # In units of each output's range no square overflows; a constant output has the unit of its own rounding.
        unit = np.maximum(np.abs(rest).max(axis=0), 1e-6 * np.maximum(np.abs(loc), 1e-6))
        u = rest / unit
        covariance = np.moveaxis(
            np.average(u[..., :, None] * u[..., None, :], axis=0, weights=weight), (-2, -1), (0, 1)
        )
        std = np.sqrt(np.maximum(np.einsum("ii...->i...", covariance), 1e-6))
        correlation = np.moveaxis(covariance / (std[:, None] * std[None, :]), (0, 1), (-2, -1))
        eye = np.eye(y.shape[-1])
        factor = np.linalg.cholesky((1.0 - 1e-6) * np.where(eye, 1.0, correlation) + 1e-6 * eye)
        return loc, (unit * np.moveaxis(std, 0, -1))[..., None] * factor


def solve_lower(matrix: Array, b: Array) -> Array:
    """Return z with L z = b for lower-triangular L, shape (..., d, d), column by column; what is above is not read."""
    xp, found = namespace(matrix), []
    for j in range(matrix.shape[-1]):
        found.append(b[..., j] / matrix[..., j, j])
        b = b - matrix[..., :, j] * found[j][..., None]
    return xp.stack(found, axis=-1)


def solve_upper(matrix: Array, b: Array) -> Array:
    """Return w with Lᵀ w = b for lower-triangular L, from the last entry to the first."""
    xp, found = namespace(matrix), []
    for j in reversed(range(matrix.shape[-1])):
        found.append(b[..., j] / matrix[..., j, j])
        b = b - matrix[..., j, :] * found[-1][..., None]
    return xp.stack(found[::-1], axis=-1)


def _factor(covariance: ArrayLike | None) -> np.ndarray:
    """Return the Cholesky factor of symmetric, positive definite matrices."""
    name = "MultivariateGaussian: covariance_matrix"
    check_plain(covariance, name, ParameterError)
    try:
        matrix = np.asarray(covariance, dtype=np.float64)
        mirrored = np.swapaxes(matrix, -1, -2)
        if matrix.shape != mirrored.shape:
            raise ValueError
        apart = float(np.abs(matrix - mirrored).max(initial=0.0))
        largest = float(np.abs(matrix).max(initial=0.0))
    except (ValueError, TypeError):
        raise ParameterError(f"{name} must be square matrices of numbers.") from None
    if not np.isfinite(largest):
        raise ParameterError(f"{name} must have finite entries.")
    if not apart <= _ASYMMETRY * largest:
        raise ParameterError(
            f"{name} must be symmetric, but entries differ from their mirror images by up to {apart:.3g}: "
            "pass 0.5 * (C + C.T)."
        )
    try:
        return np.linalg.cholesky(0.5 * (matrix + mirrored))
    except np.linalg.LinAlgError:
        raise ParameterError(
            f"{name} must be symmetric and positive definite: it has an eigenvalue that is not positive."
        ) from None


def _log_diagonal(scale_tril: np.ndarray) -> np.ndarray:
    return np.log(np.diagonal(scale_tril, axis1=-2, axis2=-1))
