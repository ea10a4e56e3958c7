"""Written by docs/make_stubs.py; do not edit by hand."""
# ruff: noqa
# fmt: off

from likelinet.distributions.base.distribution import Distribution as Distribution
from likelinet.distributions.base.interval import Interval as Interval
from likelinet.distributions.base.multivariate import Multivariate as Multivariate
from likelinet.distributions.base.parameter import Parameter as Parameter
from likelinet.distributions.base.univariate import Univariate as Univariate
from likelinet.distributions.bounded.beta import Beta as Beta
from likelinet.distributions.bounded.kumaraswamy import Kumaraswamy as Kumaraswamy
from likelinet.distributions.bounded.logit_normal import LogitNormal as LogitNormal
from likelinet.distributions.bounded.von_mises import VonMises as VonMises
from likelinet.distributions.classes.bernoulli import Bernoulli as Bernoulli
from likelinet.distributions.classes.categorical import Categorical as Categorical
from likelinet.distributions.classes.labelled import Labelled as Labelled
from likelinet.distributions.classes.ordered_logistic import OrderedLogistic as OrderedLogistic
from likelinet.distributions.counts.beta_binomial import BetaBinomial as BetaBinomial
from likelinet.distributions.counts.binomial import Binomial as Binomial
from likelinet.distributions.counts.geometric import Geometric as Geometric
from likelinet.distributions.counts.negative_binomial import NegativeBinomial as NegativeBinomial
from likelinet.distributions.counts.poisson import Poisson as Poisson
from likelinet.distributions.over.censored import Censored as Censored
from likelinet.distributions.over.clipped import Clipped as Clipped
from likelinet.distributions.over.discretised import Discretised as Discretised
from likelinet.distributions.over.hurdle import Hurdle as Hurdle
from likelinet.distributions.over.independent import Independent as Independent
from likelinet.distributions.over.mixture import Mixture as Mixture
from likelinet.distributions.over.mixture_of import MixtureOf as MixtureOf
from likelinet.distributions.over.transformed import Transformed as Transformed
from likelinet.distributions.over.transforms import Affine as Affine
from likelinet.distributions.over.transforms import Log as Log
from likelinet.distributions.over.transforms import Logit as Logit
from likelinet.distributions.over.transforms import Transform as Transform
from likelinet.distributions.over.truncated import Truncated as Truncated
from likelinet.distributions.over.wrapper import Wrapper as Wrapper
from likelinet.distributions.over.zero_inflated import ZeroInflated as ZeroInflated
from likelinet.distributions.positive.exponential import Exponential as Exponential
from likelinet.distributions.positive.gamma import Gamma as Gamma
from likelinet.distributions.positive.generalized_pareto import GeneralizedPareto as GeneralizedPareto
from likelinet.distributions.positive.half_normal import HalfNormal as HalfNormal
from likelinet.distributions.positive.inverse_gamma import InverseGamma as InverseGamma
from likelinet.distributions.positive.inverse_gaussian import InverseGaussian as InverseGaussian
from likelinet.distributions.positive.log_logistic import LogLogistic as LogLogistic
from likelinet.distributions.positive.log_normal import LogNormal as LogNormal
from likelinet.distributions.positive.weibull import Weibull as Weibull
from likelinet.distributions.real.asymmetric_laplace import AsymmetricLaplace as AsymmetricLaplace
from likelinet.distributions.real.cauchy import Cauchy as Cauchy
from likelinet.distributions.real.gaussian import Gaussian as Gaussian
from likelinet.distributions.real.gumbel import Gumbel as Gumbel
from likelinet.distributions.real.johnson_su import JohnsonSU as JohnsonSU
from likelinet.distributions.real.laplace import Laplace as Laplace
from likelinet.distributions.real.logistic import Logistic as Logistic
from likelinet.distributions.real.skew_normal import SkewNormal as SkewNormal
from likelinet.distributions.real.student_t import StudentT as StudentT
from likelinet.distributions.vectors.dirichlet import Dirichlet as Dirichlet
from likelinet.distributions.vectors.multinomial import Multinomial as Multinomial
from likelinet.distributions.vectors.multivariate_gaussian import MultivariateGaussian as MultivariateGaussian

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
    "Clipped",
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
    "MixtureOf",
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
