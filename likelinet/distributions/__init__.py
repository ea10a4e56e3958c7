"""Probability distributions, one family per file."""

from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.multivariate import Multivariate
from likelinet.distributions.base.parameter import Parameter
from likelinet.distributions.base.univariate import Univariate
from likelinet.distributions.bounded.beta import Beta
from likelinet.distributions.bounded.kumaraswamy import Kumaraswamy
from likelinet.distributions.bounded.logit_normal import LogitNormal
from likelinet.distributions.bounded.von_mises import VonMises
from likelinet.distributions.classes.bernoulli import Bernoulli
from likelinet.distributions.classes.categorical import Categorical
from likelinet.distributions.classes.labelled import Labelled
from likelinet.distributions.classes.ordered_logistic import OrderedLogistic
from likelinet.distributions.counts.beta_binomial import BetaBinomial
from likelinet.distributions.counts.binomial import Binomial
from likelinet.distributions.counts.geometric import Geometric
from likelinet.distributions.counts.negative_binomial import NegativeBinomial
from likelinet.distributions.counts.poisson import Poisson
from likelinet.distributions.over.censored import Censored
from likelinet.distributions.over.discretised import Discretised
from likelinet.distributions.over.hurdle import Hurdle
from likelinet.distributions.over.independent import Independent
from likelinet.distributions.over.mixture import Mixture
from likelinet.distributions.over.transformed import Transformed
from likelinet.distributions.over.transforms import Affine, Log, Logit, Transform
from likelinet.distributions.over.truncated import Truncated
from likelinet.distributions.over.wrapper import Wrapper
from likelinet.distributions.over.zero_inflated import ZeroInflated
from likelinet.distributions.positive.exponential import Exponential
from likelinet.distributions.positive.gamma import Gamma
from likelinet.distributions.positive.generalized_pareto import GeneralizedPareto
from likelinet.distributions.positive.half_normal import HalfNormal
from likelinet.distributions.positive.inverse_gamma import InverseGamma
from likelinet.distributions.positive.inverse_gaussian import InverseGaussian
from likelinet.distributions.positive.log_logistic import LogLogistic
from likelinet.distributions.positive.log_normal import LogNormal
from likelinet.distributions.positive.weibull import Weibull
from likelinet.distributions.real.asymmetric_laplace import AsymmetricLaplace
from likelinet.distributions.real.cauchy import Cauchy
from likelinet.distributions.real.gaussian import Gaussian
from likelinet.distributions.real.gumbel import Gumbel
from likelinet.distributions.real.johnson_su import JohnsonSU
from likelinet.distributions.real.laplace import Laplace
from likelinet.distributions.real.logistic import Logistic
from likelinet.distributions.real.skew_normal import SkewNormal
from likelinet.distributions.real.student_t import StudentT
from likelinet.distributions.vectors.dirichlet import Dirichlet
from likelinet.distributions.vectors.multinomial import Multinomial
from likelinet.distributions.vectors.multivariate_gaussian import MultivariateGaussian

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
