"""Inverted dropout."""

from dataclasses import dataclass

from likelinet.core.arrays import Array
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight


@dataclass(frozen=True)
class Dropout(Layer):
    """Multiply by a random mask of zeros and 1 / (1 - rate) during training; do nothing without a mask.

    The mask is drawn outside and handed over like a parameter, so that the layer stays a pure function
    (Srivastava et al., JMLR 15, 2014).

    Parameters
    ----------
    width : int
        Number of units.
    rate : float
        Probability that a unit is dropped, in [0, 1).
    """

    width: int
    rate: float

    def weights(self) -> tuple[Weight, ...]:
        return ()

    def noise(self) -> tuple[int, ...]:
        return (self.width,)

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        if not params:
            return x, lambda dy, out=(): (dy, ())
        (uniform,) = params
        mask = (uniform >= self.rate) * uniform.dtype.type(1.0 / (1.0 - self.rate))
        return x * mask, lambda dy, out=(): (dy * mask, ())
