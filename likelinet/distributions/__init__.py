"""Probability distributions, one family per file."""

from likelinet.distributions.asymmetric_laplace import AsymmetricLaplace
from likelinet.distributions.base import Distribution, Parameter
from likelinet.distributions.bernoulli import Bernoulli
from likelinet.distributions.beta import Beta
from likelinet.distributions.beta_binomial import BetaBinomial
from likelinet.distributions.binomial import Binomial
from likelinet.distributions.categorical import Categorical
from likelinet.distributions.cauchy import Cauchy
from likelinet.distributions.censored import Censored
from likelinet.distributions.dirichlet import Dirichlet
from likelinet.distributions.discretised import Discretised
from likelinet.distributions.exponential import Exponential
from likelinet.distributions.gamma import Gamma
from likelinet.distributions.gaussian import Gaussian
from likelinet.distributions.generalized_pareto import GeneralizedPareto
from likelinet.distributions.geometric import Geometric
from likelinet.distributions.gumbel import Gumbel
from likelinet.distributions.half_normal import HalfNormal
from likelinet.distributions.hurdle import Hurdle
from likelinet.distributions.independent import Independent
from likelinet.distributions.interval import Interval
from likelinet.distributions.inverse_gamma import InverseGamma
from likelinet.distributions.inverse_gaussian import InverseGaussian
from likelinet.distributions.johnson_su import JohnsonSU
from likelinet.distributions.kumaraswamy import Kumaraswamy
from likelinet.distributions.labelled import Labelled
from likelinet.distributions.laplace import Laplace
from likelinet.distributions.log_logistic import LogLogistic
from likelinet.distributions.log_normal import LogNormal
from likelinet.distributions.logistic import Logistic
from likelinet.distributions.logit_normal import LogitNormal
from likelinet.distributions.mixture import Mixture
from likelinet.distributions.multinomial import Multinomial
from likelinet.distributions.multivariate import Multivariate
from likelinet.distributions.multivariate_gaussian import MultivariateGaussian
from likelinet.distributions.negative_binomial import NegativeBinomial
from likelinet.distributions.ordered_logistic import OrderedLogistic
from likelinet.distributions.poisson import Poisson
from likelinet.distributions.skew_normal import SkewNormal
from likelinet.distributions.student_t import StudentT
from likelinet.distributions.transformed import Transformed
from likelinet.distributions.transforms import Affine, Log, Logit, Transform
from likelinet.distributions.truncated import Truncated
from likelinet.distributions.univariate import Univariate
from likelinet.distributions.von_mises import VonMises
from likelinet.distributions.weibull import Weibull
from likelinet.distributions.wrapper import Wrapper
from likelinet.distributions.zero_inflated import ZeroInflated

__all__ = [
    "Affine",
    "AsymmetricLaplace",
    "Bernoulli",
    "Beta",
    "BetaBinomial",
    "Binomial",
    "Categorical",
    "Cauchy",
    "Censored",
    "Dirichlet",
    "Discretised",
    "Distribution",
    "Exponential",
    "Gamma",
    "Gaussian",
    "GeneralizedPareto",
    "Geometric",
    "Gumbel",
    "HalfNormal",
    "Hurdle",
    "Independent",
    "Interval",
    "InverseGamma",
    "InverseGaussian",
    "JohnsonSU",
    "Kumaraswamy",
    "Labelled",
    "Laplace",
    "Log",
    "LogLogistic",
    "LogNormal",
    "Logistic",
    "Logit",
    "LogitNormal",
    "Mixture",
    "Multinomial",
    "Multivariate",
    "MultivariateGaussian",
    "NegativeBinomial",
    "OrderedLogistic",
    "Parameter",
    "Poisson",
    "SkewNormal",
    "StudentT",
    "Transform",
    "Transformed",
    "Truncated",
    "Univariate",
    "VonMises",
    "Weibull",
    "Wrapper",
    "ZeroInflated",
]
