"""The hurdle model: whether y is 0 is one question, how large it is otherwise another one."""

from likelinet.core.errors import ParameterError
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.over.truncated import Truncated
from likelinet.distributions.over.zeros import WithZeros


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
        If not exactly one of the two is given, `gate` is no probability, or `base` has negative whole numbers.

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
        return Truncated(base, low=1.0)
