"""The objective: network, head and family, as one pure function with its gradient, or another error signal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from likelinet.core.arrays import Array, namespace
from likelinet.heads.head import Head
from likelinet.networks.layer import Layer, Weight
from likelinet.objective.criterion import Criterion, Likelihood
from likelinet.objective.layout import Layout


@dataclass(frozen=True)
class Objective:
    """The weighted negative log-likelihood of a model, and what training follows.

    Parameters
    ----------
    network : Layer
        From x to raw outputs.
    head : Head
        From raw outputs to the parameters of a family, and to its loss.
    warm_up : int
        Steps over which a penalty that comes from the network gets its full weight.
    criterion : Criterion
        The error signal at the head; the values are those of the likelihood with all.
    """

    network: Layer
    head: Head
    warm_up: int = 0
    criterion: Criterion = field(default_factory=Likelihood)

    @cached_property
    def layout(self) -> Layout:
        """Where each trainable array lies; the last one holds the shared constants."""
        return Layout((*self.network.weights(), Weight((self.head.shared,))))

    def __call__(
        self,
        params: tuple[Array, ...],
        noise: tuple[Array, ...],
        x: Array,
        columns: Array | None,
        y: Array,
        weight: Array,
        step: Array | None = None,
    ) -> tuple[Array, Callable[..., tuple[Array, ...]]]:
        """Return the sum of weight · nll per member, shape (M,), and `backward(out=())`, which gives its gradient.

        With another criterion than the likelihood it gives what takes the place of that.
        On NumPy `out` may hold an array for each part of the gradient; see `Layer.forward`.

        Parameters
        ----------
        params : tuple of array
            As `layout.views` gives them.
        noise : tuple of array
            Uniform numbers for dropout, one array (M, n, width) per mask; empty outside training.
        x : array, shape (M, n, inputs)
            In the precision of the network.
        columns : array, shape (M, n, k), or None
            What the head reads from the table beside it, exact.
        y, weight : array
            Shapes (M, n, *event) and (M, n).
        step : int, optional
            How many steps of training were done before; only `warm_up` asks for it.
        """
        shared = params[-1]
        raw, network_backward = self.network.forward(params[:-1] + noise, x)
        xp, penalty, share = namespace(raw), None, 1.0
        if self.network.penalised:
            raw, penalty = raw[..., :-1], raw[..., -1]
            if self.warm_up and step is not None:
                share = xp.minimum(1.0, (step + 1) / self.warm_up).astype(raw.dtype)
        values, head_backward = self.criterion(self.head, raw, shared, y, columns)
        if penalty is not None:
            values = values + share * penalty

        def backward(out: tuple[Array, ...] = ()) -> tuple[Array, ...]:
            draw, dshared = head_backward(weight)
            if penalty is not None:
                draw = xp.concatenate([draw, (share * weight[..., None]).astype(draw.dtype)], axis=-1)
            _, grads = network_backward(draw, out)
            return (*grads, (out[-1] if out else shared) if dshared is None else dshared)

        return xp.vecdot(values, weight), backward
