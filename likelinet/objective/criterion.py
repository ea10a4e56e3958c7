"""What training follows: the negative log-likelihood itself, or another error signal beside it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from likelinet.core.arrays import Array
from likelinet.heads.head import Head, HeadBackward


class Criterion(ABC):
    """An error signal at the head; what is reported, validated and kept is the negative log-likelihood with all."""

    @abstractmethod
    def __call__(
        self, head: Head, raw: Array, shared: Array, y: Array, columns: Array | None
    ) -> tuple[Array, HeadBackward]:
        """Return -log p(y) per row, and `backward(d) -> (draw, dshared)`, which need not be its gradient."""


@dataclass(frozen=True)
class Likelihood(Criterion):
    """The gradient of the negative log-likelihood."""

    def __call__(
        self, head: Head, raw: Array, shared: Array, y: Array, columns: Array | None
    ) -> tuple[Array, HeadBackward]:
        return head.loss(raw, shared, y, columns)
