"""What a layer is: a pure function of its parameters and its input, with an exact backward pass."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from likelinet.core.arrays import Array

Arrays = tuple[Array, ...]
LayerBackward = Callable[..., tuple[Array | None, Arrays]]


@dataclass(frozen=True)
class Weight:
    """One trainable array of a layer.

    Parameters
    ----------
    shape : tuple of int
        Its shape for one member.
    std : float
        Standard deviation of its normal initial values.
    mean : float
        Their mean; with `std` 0, the initial value itself.
    decayed : bool
        Whether weight decay applies: to matrices, not to biases and gains.
    """

    shape: tuple[int, ...]
    std: float = 0.0
    mean: float = 0.0
    decayed: bool = False

    @property
    def size(self) -> int:
        """Number of entries."""
        return math.prod(self.shape)


class Layer(ABC):
    """A map x -> y on the last axis; axes before it are rows, and members where `params` carry a member axis.

    Shapes: x is (M, n, inputs), a weight (M, *shape), y is (M, n, outputs); without members, M is left away.
    """

    penalised = False
    """Whether the last entry of y is no raw output, but is added to the loss of its row."""

    @abstractmethod
    def weights(self) -> tuple[Weight, ...]:
        """Return the trainable arrays, in the order in which `forward` takes them."""

    def noise(self) -> tuple[int, ...]:
        """Return the widths of the random masks that a training step hands over after the weights."""
        return ()

    @abstractmethod
    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        """Return y and `backward(dy) -> (dx, dparams)`; the closure is the memory, nothing is kept on the layer.

        The weights of an engine on NumPy come with arrays for their gradients, `backward(dy, out)`: a layer may write
        dparams there, where that saves a copy, and returns these then.
        """

    def values(self, params: Arrays) -> Callable[[Array], Array]:
        """Return x -> y, with the bits of `forward`: what a prediction takes, which needs no way back.

        A layer replaces it where that saves arithmetic. One that is penalised leaves the penalty out, and all noise.
        """
        return lambda x: self.forward(params, x)[0]
