"""Layer normalisation."""

from dataclasses import dataclass

from likelinet.core.arrays import Array, namespace
from likelinet.networks.layer import Arrays, Layer, LayerBackward, Weight

EPSILON = 1e-5  # added to the variance, as in torch


@dataclass(frozen=True)
class LayerNorm(Layer):
    r"""Standardise every row over its features, then scale and shift (Ba, Kiros & Hinton 2016).

    .. math:: y = g\,\hat x + b, \quad \hat x = \frac{x - \bar x}{\sqrt{s^2 + \varepsilon}}, \quad
              \partial x = \frac{\partial\hat x - \overline{\partial\hat x} - \hat x\,\overline{\partial\hat x\,\hat x}}
              {\sqrt{s^2 + \varepsilon}}

    Parameters
    ----------
    width : int
        Number of features.
    """

    width: int

    def weights(self) -> tuple[Weight, ...]:
        return Weight((self.width,), mean=1.0), Weight((self.width,))

    def forward(self, params: Arrays, x: Array) -> tuple[Array, LayerBackward]:
        xp = namespace(x)
        gain, bias = (p[..., None, :] for p in params)
        centred = x - xp.mean(x, axis=-1, keepdims=True)
        inverse = 1 / xp.sqrt(xp.mean(centred * centred, axis=-1, keepdims=True) + EPSILON)
        unit = centred * inverse

        def backward(dy: Array, out: Arrays = ()) -> tuple[Array | None, Arrays]:
            d = dy * gain
            d = d - xp.mean(d, axis=-1, keepdims=True) - unit * xp.mean(d * unit, axis=-1, keepdims=True)
            return d * inverse, (xp.sum(dy * unit, axis=-2), xp.sum(dy, axis=-2))

        return unit * gain + bias, backward
