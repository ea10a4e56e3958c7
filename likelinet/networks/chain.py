"""Layers one after another, and a skip around them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce

from likelinet.core.arrays import Array
from likelinet.networks.activations import Activation
from likelinet.networks.dense import Dense
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight

Forward = Callable[[Arrays, Array], tuple[Array, LayerBackward]]


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
        for forward, weights, masks in self._plan:
            own = params[weights]
            if masks is not None:
                own += params[masks]
            x, backward = forward(own, x)
            backwards.append((backward, weights))

        def backward_all(dy: Array, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            grads: Arrays = ()
            for backward, weights in reversed(backwards):
                dy, own_grads = backward(dy, out[weights])
                grads = own_grads + grads
            return dy, grads

        return x, backward_all

    def values(self, params: Arrays) -> Callable[[Array], Array]:
        steps, before = [], None
        for (_, weights, _), layer, then in zip(self._plan, self.layers, (*self.layers, None)[1:], strict=True):
            own = params[weights]
            if isinstance(layer, Dense) and _of_twice(then):
                own = tuple(0.5 * w for w in own)  # rounds nothing
            halved = _of_twice(layer) if isinstance(before, Dense) else None
            steps.append(halved or layer.values(own))
            before = layer
        return lambda x: reduce(lambda y, step: step(y), steps, x)

    @cached_property
    def _plan(self) -> tuple[tuple[Forward, slice, slice | None], ...]:
        """Each layer's forward with where its weights and its masks are; found once, since forward runs very often."""
        plan, at, mask_at = [], 0, len(self.weights())
        for layer in self.layers:
            n, n_masks = len(layer.weights()), len(layer.noise())
            masks = slice(mask_at, mask_at + n_masks) if n_masks else None
            plan.append((layer.forward, slice(at, at + n), masks))
            at, mask_at = at + n, mask_at + n_masks
        return tuple(plan)


def _of_twice(layer: Layer | None) -> Callable[[Array], Array] | None:
    return layer.of_twice if isinstance(layer, Activation) else None


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

        def backward(dy: Array, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            dx, grads = block_backward(dy, out)
            return dy + dx, grads

        return x + y, backward

    def values(self, params: Arrays) -> Callable[[Array], Array]:
        block = self.block.values(params)
        return lambda x: x + block(x)
