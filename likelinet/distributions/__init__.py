"""Probability distributions, one family per file."""

from likelinet.distributions.base import Distribution, Parameter
from likelinet.distributions.bernoulli import Bernoulli
from likelinet.distributions.categorical import Categorical
from likelinet.distributions.gamma import Gamma
from likelinet.distributions.gaussian import Gaussian
from likelinet.distributions.independent import Independent
from likelinet.distributions.labelled import Labelled
from likelinet.distributions.mixture import Mixture
from likelinet.distributions.negative_binomial import NegativeBinomial
from likelinet.distributions.poisson import Poisson
from likelinet.distributions.student_t import StudentT
from likelinet.distributions.transformed import Affine, Transformed
from likelinet.distributions.univariate import Univariate

__all__ = [
    "Affine",
    "Bernoulli",
    "Categorical",
    "Distribution",
    "Gamma",
    "Gaussian",
    "Independent",
    "Labelled",
    "Mixture",
    "NegativeBinomial",
    "Parameter",
    "Poisson",
    "StudentT",
    "Transformed",
    "Univariate",
]
