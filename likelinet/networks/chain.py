"""Layers one after another, and a skip around them."""

from dataclasses import dataclass
from functools import cached_property

from likelinet.arrays import Array
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight


@dataclass(frozen=True)
class Chain(Layer):
    """The composition of layers: y = l_k(… l_1(x)); backward is the chain rule from the last to the first.

    Parameters
    ----------
    layers : tuple of Layer
        In the order of application; none at all is the identity.
    """

    layers: tuple[Layer, ...]

    def weights(self) -> tuple[Weight, ...]:
        return tuple(w for layer in self.layers for w in layer.weights())

    def noise(self) -> tuple[int, ...]:
        return tuple(n for layer in self.layers for n in layer.noise())

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        """`params` holds all weights in order, then (during training) all masks in order."""
        backwards = []
        at, mask_at = 0, self._n_weights
        for layer, n, n_masks in self._plan:
            own = params[at : at + n] + params[mask_at : mask_at + n_masks]
            at, mask_at = at + n, mask_at + n_masks
            x, backward = layer.forward(own, x)
            backwards.append(backward)

        def backward_all(dy: Array) -> tuple[Array | None, Arrays]:
            grads: Arrays = ()
            for backward in reversed(backwards):
                dy, own_grads = backward(dy)
                grads = own_grads + grads
            return dy, grads

        return x, backward_all

    @cached_property
    def _plan(self) -> tuple[tuple[Layer, int, int], ...]:
        """Each layer with its numbers of weights and masks; counted once, since forward runs very often."""
        return tuple((layer, len(layer.weights()), len(layer.noise())) for layer in self.layers)

    @cached_property
    def _n_weights(self) -> int:
        return len(self.weights())


@dataclass(frozen=True)
class Residual(Layer):
    """A skip connection: y = x + block(x) (He et al. 2016).

    Parameters
    ----------
    block : Layer
        A layer with as many outputs as inputs.
    """

    block: Layer

    def weights(self) -> tuple[Weight, ...]:
        return self.block.weights()

    def noise(self) -> tuple[int, ...]:
        return self.block.noise()

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        y, block_backward = self.block.forward(params, x)

        def backward(dy: Array) -> tuple[Array | None, Arrays]:
            dx, grads = block_backward(dy)
            return dy + dx, grads

        return x + y, backward
