"""The CRPS as what training follows."""

from dataclasses import dataclass

from likelinet.core.arrays import Array
from likelinet.distributions.base.family import Family
from likelinet.distributions.base.parameter import Backward
from likelinet.heads.head import Head, HeadBackward
from likelinet.objective.criterion import Criterion


@dataclass(frozen=True)
class CRPS(Criterion):
    r"""The gradient of the continuous ranked probability score.

    .. math:: \int (F(t) - 1\{y \le t\})^2\, dt

    It grows with the distance of an outlier and no faster (Gneiting & Raftery 2007).
    """

    def __call__(
        self, head: Head, raw: Array, shared: Array, y: Array, columns: Array | None
    ) -> tuple[Array, HeadBackward]:
        def loss(family: Family, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
            return family.loss(params, y)[0], lambda d: family.crps_loss(params, y)[1](d)

        return head.loss(raw, shared, y, columns, loss)
