"""Networks through a code: the autoencoder, and the variational one, whose code is a distribution."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from likelinet.core.arrays import Array, namespace, softplus_and_sigmoid
from likelinet.networks.chain import Chain
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight
from likelinet.networks.noise import normal, uniform

FLOOR = 1e-3  # least scale of a code, whose prior has scale 1: keeps the divergence bounded


@dataclass(frozen=True)
class Coder(Layer):
    """An encoder from x to a code, the first `latent` of its numbers, and a decoder from the code to the raw outputs.

    Parameters
    ----------
    encoder, decoder : Chain
        The two halves.
    latent : int
        How many numbers make a code.
    """

    encoder: Chain
    decoder: Chain
    latent: int

    def weights(self) -> tuple[Weight, ...]:
        return self.encoder.weights() + self.decoder.weights()

    def code(self, params: Arrays, x: Array) -> Array:
        """Return the code of x, shape (..., latent)."""
        return self.encoder.values(params[: self._cut])(x)[..., : self.latent]

    def decoded(self, params: Arrays, code: Array) -> Array:
        """Return the raw outputs that a code gives."""
        return self.decoder.values(params[self._cut :])(code)

    def values(self, params: Arrays) -> Callable[[Array], Array]:
        """Return x -> the raw outputs at its code: what a prediction takes."""
        return lambda x: self.decoded(params, self.code(params, x))

    @cached_property
    def _cut(self) -> int:
        """How many of the weights are the encoder's."""
        return len(self.encoder.weights())


@dataclass(frozen=True)
class Autoencoder(Coder):
    """y = decoder(encoder(x))."""

    def noise(self) -> tuple[int, ...]:
        return self._whole.noise()

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        return self._whole.forward(params, x)

    @cached_property
    def _whole(self) -> Chain:
        return Chain((self.encoder, self.decoder))


@dataclass(frozen=True)
class VariationalAutoencoder(Coder):
    r"""The decoder at a code drawn from q(z | x), and beside its outputs the divergence of q from the prior N(0, I).

    The encoder gives location μ and raw scale of a Gaussian; the draw is a function of them and of noise ε, through
    which gradients flow (the reparametrisation of Kingma & Welling 2014 and Rezende et al. 2014).

    .. math:: z = \mu + \sigma \epsilon, \quad \epsilon \sim N(0, I), \quad \sigma = \operatorname{softplus}(s) + c
    .. math:: \mathrm{KL} = \sum_j \tfrac{1}{2} (\mu_j^2 + \sigma_j^2 - 1) - \log \sigma_j
    .. math:: \partial \mu = \partial z + \mu\, \partial\mathrm{KL}, \quad
              \partial \sigma = \epsilon\, \partial z + (\sigma - 1 / \sigma)\, \partial\mathrm{KL}

    Outside training, ε is the same at every call, so that two evaluations differ by their weights alone. The code is
    the mean μ.
    """

    penalised = True

    def noise(self) -> tuple[int, ...]:
        return (*self.encoder.noise(), 2 * self.latent, *self.decoder.noise())

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        at, n = self._cut, len(self.weights())
        to_encoder, to_decoder, epsilon = params[:at], params[at:n], None
        if noise := params[n:]:
            masks = len(self.encoder.noise())
            to_encoder, to_decoder = to_encoder + noise[:masks], to_decoder + noise[masks + 1 :]
            epsilon = normal(noise[masks])
        q, encoder_backward = self.encoder.forward(to_encoder, x)
        xp, loc = namespace(q), q[..., : self.latent]
        scale, slope = self._scale(q)
        epsilon = _same_for_all(loc) if epsilon is None else epsilon
        raw, decoder_backward = self.decoder.forward(to_decoder, loc + scale * epsilon)
        kl = (0.5 * (loc * loc + scale * scale - 1.0) - xp.log(scale)).sum(axis=-1, keepdims=True)

        def backward(dy: Array, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            dkl = dy[..., -1:]
            dz, decoder_grads = decoder_backward(dy[..., :-1], out[at:])
            dloc, dscale = dz + dkl * loc, dz * epsilon + dkl * (scale - 1.0 / scale)
            dx, encoder_grads = encoder_backward(xp.concatenate([dloc, dscale * slope], axis=-1), out[:at])
            return dx, (*encoder_grads, *decoder_grads)

        return xp.concatenate([raw, kl], axis=-1), backward

    def posterior(self, params: Arrays, x: Array) -> tuple[Array, Array]:
        """Return location and scale of q(z | x)."""
        q = self.encoder.values(params[: self._cut])(x)
        return q[..., : self.latent], self._scale(q)[0]

    def _scale(self, q: Array) -> tuple[Array, Array]:
        value, slope = softplus_and_sigmoid(q[..., self.latent :])
        return value + FLOOR, slope


def _same_for_all(loc: Array) -> Array:
    """Return normal numbers (rows, latent) that depend on nothing."""
    xp, (rows, latent) = namespace(loc), loc.shape[-2:]
    keys = xp.zeros((1, 2), dtype=np.uint32)
    return normal(uniform(keys, 0, 0, (rows, 2 * latent), loc.dtype)[0])
