"""The hurdle model: whether y is 0 is one question, how large it is otherwise another one."""

from dataclasses import dataclass

import numpy as np

from likelinet.core.arrays import Array
from likelinet.core.errors import ParameterError
from likelinet.core.wording import called
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.over.truncated import Truncated, TruncatedFamily
from likelinet.distributions.over.zeros import WithZeros, ZerosFamily, log_interval_with_zero


@dataclass(frozen=True)
class HurdleFamily(ZerosFamily):
    """Zero or not, and another family given that y is not zero.

    Parameters
    ----------
    base : Family
        The family of what is not zero; one of counts is truncated at 1.
    gate_logits : array
        Log odds of zero.
    """

    kind = "hurdle"
    other_names = (
        called("two_part", "did you mean {kind: hurdle, base: {kind: gamma}}?")
        | called("hurdle_poisson", "did you mean {kind: hurdle, base: {kind: poisson}}?")
        | called(
            "tweedie compound_poisson_gamma",
            "there is no Tweedie family: {kind: hurdle, base: {kind: gamma}} has exact zeros and positive amounts",
        )
    )

    def check_base(self, kind: str) -> None:
        if self.base.support.integer and self.base.support.low < 0.0:
            raise ValueError(
                f"the base of 'hurdle' cannot be '{kind}' with negative whole numbers: truncate it at 0, or choose a "
                "family of counts"
            )

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        return self.loss_apart(params, y)

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        one, no_end = np.float64(1.0), np.float64(np.inf)
        rest = TruncatedFamily(self.base, one, no_end) if self.gives_zero else self.base
        return log_interval_with_zero(rest, params, low, high)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        gate, *inner = params
        return Hurdle.of_rows(self.base.distribution(tuple(inner)), gate)


class Hurdle(WithZeros):
    r"""A hurdle: Y = 0 with probability π, else from `base` given that it is not 0.

    .. math:: P(Y = 0) = \pi, \qquad p(y) = (1 - \pi) \frac{p_0(y)}{1 - P_0(0)} \quad \text{for } y \ne 0

    Over a continuous base P₀(0) = 0, and it is a mixed distribution: `log_prob(0)` is the log mass of the atom, log π,
    and elsewhere it is a log density: the dominating measure is the Lebesgue measure plus a unit mass at 0.

    Parameters
    ----------
    base : Distribution
        A univariate distribution p₀, of counts 0, 1, 2, … or continuous.
    gate : array_like
        Probability π = P(Y = 0), in [0, 1]. Give either this or `gate_logits`.
    gate_logits : array_like
        log(π / (1 - π)).

    Raises
    ------
    ParameterError
        If not exactly one of the two is given, `gate` is no probability, or `base` has negative whole numbers, or
        nothing but 0 in any row. If it has nothing but 0 in some rows, these answer nan, and a warning names them.

    References
    ----------
    Mullahy, *Journal of Econometrics* 33, 1986.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Hurdle(ll.Poisson(2.0), gate=0.3)
    >>> float(d.cdf(0).round(4)), float(d.mean().round(4))
    (0.3, 1.6191)
    """

    purpose = "zero or not, and how much"
    support_in_words = "that of its `base`, and 0"

    def _rest(self, base: Distribution) -> Distribution:
        if 0.0 in base.atoms:
            raise ParameterError("Hurdle: base must not have an atom at 0 of its own.")
        if not base.support.integer or base.support.low > 0.0:
            return base
        if base.support.low < 0.0:
            raise ParameterError(
                "Hurdle: base must be counts 0, 1, 2, … or continuous, without negative whole numbers."
            )
        return Truncated.of_rows(base, np.float64(1.0), np.float64(np.inf))

    def _family(self, rest: Distribution) -> ZerosFamily:
        return HurdleFamily(Closed(rest))
