"""Zero inflation: more zeros than a distribution has of its own."""

from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.over.zeros import WithZeros


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
