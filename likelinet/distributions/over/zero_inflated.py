"""Zero inflation: more zeros than a distribution has of its own."""

from dataclasses import dataclass

import numpy as np

from likelinet.core.arrays import Array, namespace, softplus_and_sigmoid
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.over.zeros import WithZeros, ZerosFamily, log_interval_with_zero


@dataclass(frozen=True)
class ZeroInflatedFamily(ZerosFamily):
    """Another family with extra zeros: y is 0 with the probability of the gate, else from the base.

    Parameters
    ----------
    base : Family
        The family of what comes through the gate, which may give zeros of its own.
    gate_logits : array
        Log odds of an extra zero.
    """

    kind = "zero_inflated"
    other_names = called(
        "zip zero_inflated_poisson", "did you mean {kind: zero_inflated, base: {kind: poisson}}?"
    ) | called(
        "zinb zero_inflated_negative_binomial",
        "did you mean {kind: zero_inflated, base: {kind: negative_binomial}}?",
    )

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        if not self.gives_zero:
            return self.loss_apart(params, y)
        gate, *inner = params
        xp = namespace(gate)
        zero = y == 0.0
        no_rest, p = softplus_and_sigmoid(gate)
        no_zero, q = softplus_and_sigmoid(-gate)
        rest, rest_backward = self.base.loss(tuple(inner), y)
        extra, joint = xp.where(zero, -no_zero, -xp.inf), -no_rest - rest
        total = xp.logaddexp(extra, joint)

        def backward(d: Array) -> tuple[Array, ...]:
            by_gate, by_rest = xp.exp(extra - total), xp.exp(joint - total)  # how likely each is given this y
            return (d * (by_rest * p - by_gate * q), *rest_backward(d * by_rest))

        return -total, backward

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        return log_interval_with_zero(self.base, params, low, high)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        gate, *inner = params
        return ZeroInflated(self.base.distribution(tuple(inner)), gate_logits=gate)


class ZeroInflated(WithZeros):
    r"""A distribution with extra zeros: Y = 0 with probability π, else from `base`.

    .. math:: P(Y = 0) = \pi + (1 - \pi) P_0(0), \qquad p(y) = (1 - \pi)\, p_0(y) \quad \text{for } y \ne 0

    Over a continuous base it is a mixed distribution: `log_prob(0)` is the log mass of the atom, log π, and elsewhere
    it is a log density: the dominating measure is the Lebesgue measure plus a unit mass at 0.

    Parameters
    ----------
    base : Distribution
        A univariate distribution p₀, of counts or continuous.
    gate : array_like
        Probability π of an extra zero, in [0, 1]. Give either this or `gate_logits`.
    gate_logits : array_like
        log(π / (1 - π)).

    Raises
    ------
    ParameterError
        If not exactly one of the two is given, or `gate` is no probability.

    References
    ----------
    Lambert, *Technometrics* 34, 1992; the names are those of NumPyro and Pyro.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.ZeroInflated(ll.Poisson(2.0), gate=0.3)
    >>> float(d.cdf(0).round(4)), float(d.mean())
    (0.3947, 1.4)
    """

    purpose = "extra zeros"
    support_in_words = "that of its `base`, and 0"

    def _rest(self, base: Distribution) -> Distribution:
        return base

    def _family(self, rest: Distribution) -> ZerosFamily:
        return ZeroInflatedFamily(Closed(rest))
