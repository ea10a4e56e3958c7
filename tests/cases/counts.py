"""Families of counts."""

import scipy.special
import scipy.stats

import likelinet as ll
from tests import exact, exact_counts
from tests.cases.family import Family

FAMILIES = (
    Family(ll.Poisson, {"rate": (0.1, 200.0)}, scipy.stats.poisson, exact.poisson),
    Family(
        ll.NegativeBinomial,
        {"total_count": (0.3, 50.0), "logits": (-2.0, 3.0)},
        # SciPy's p is the probability of a failure: 1 - probs.
        lambda total_count, logits: scipy.stats.nbinom(total_count, scipy.special.expit(-logits)),
        exact.negative_binomial,
    ),
    Family(ll.Geometric, {"logits": (-4.0, 4.0)}, exact_counts.geometric_oracle, exact_counts.geometric),
    Family(
        ll.Binomial,
        {"total_count": (10.0, 200.0), "logits": (-4.0, 3.0)},
        exact_counts.binomial_oracle,
        exact_counts.binomial,
        bound="total_count",
    ),
    Family(
        ll.BetaBinomial,
        {"total_count": (10.0, 50.0), "concentration1": (0.3, 100.0), "concentration0": (0.5, 80.0)},
        scipy.stats.betabinom,
        exact_counts.beta_binomial,
        bound="total_count",
    ),
)
