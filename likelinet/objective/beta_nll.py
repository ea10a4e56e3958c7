"""The β-NLL: rows count by how far they spread."""

from dataclasses import dataclass

from likelinet.core.arrays import Array
from likelinet.distributions.base.family import Family
from likelinet.distributions.base.parameter import Backward
from likelinet.heads.head import Head, HeadBackward
from likelinet.objective.criterion import Criterion


@dataclass(frozen=True)
class BetaNLL(Criterion):
    r"""The gradient of the negative log-likelihood, times a power of the variance that has no gradient itself.

    .. math:: \sigma^{2\beta}\, \nabla_\theta \left(-\log p(y \mid \theta)\right)

    Rows that are predicted badly, and so given a large spread, go on counting for the location (Seitzer et al. 2022).

    Parameters
    ----------
    beta : float
        β from 0, the likelihood, to 1, where a Gaussian's location has the gradient of a squared error.
    """

    beta: float

    def __call__(
        self, head: Head, raw: Array, shared: Array, y: Array, columns: Array | None
    ) -> tuple[Array, HeadBackward]:
        def loss(family: Family, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
            values, backward = family.loss(params, y)

            def weighted(d: Array) -> tuple[Array, ...]:
                weight = family.mean_and_variance(params)[1] ** self.beta  # of each of several outputs by itself
                return tuple(g * weight.reshape(weight.shape + (1,) * (g.ndim - weight.ndim)) for g in backward(d))

            return values, weighted

        return head.loss(raw, shared, y, columns, loss)
