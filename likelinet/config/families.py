"""The configs of all families, each made from its class."""

from likelinet import distributions as d
from likelinet.config.family import family_config

GaussianConfig = family_config(d.Gaussian)
LaplaceConfig = family_config(d.Laplace)
LogisticConfig = family_config(d.Logistic)
StudentTConfig = family_config(d.StudentT)
CauchyConfig = family_config(d.Cauchy)
GumbelConfig = family_config(d.Gumbel)
SkewNormalConfig = family_config(d.SkewNormal)
AsymmetricLaplaceConfig = family_config(d.AsymmetricLaplace)
JohnsonSUConfig = family_config(d.JohnsonSU)

ExponentialConfig = family_config(d.Exponential)
GammaConfig = family_config(d.Gamma)
InverseGammaConfig = family_config(d.InverseGamma)
InverseGaussianConfig = family_config(d.InverseGaussian)
LogNormalConfig = family_config(d.LogNormal)
LogLogisticConfig = family_config(d.LogLogistic)
WeibullConfig = family_config(d.Weibull)
GeneralizedParetoConfig = family_config(d.GeneralizedPareto)
HalfNormalConfig = family_config(d.HalfNormal)

BetaConfig = family_config(d.Beta)
KumaraswamyConfig = family_config(d.Kumaraswamy)
LogitNormalConfig = family_config(d.LogitNormal)
VonMisesConfig = family_config(d.VonMises)

PoissonConfig = family_config(d.Poisson, rate="exp", exposure="rate")
NegativeBinomialConfig = family_config(d.NegativeBinomial, exposure="logits")
GeometricConfig = family_config(d.Geometric)
BinomialConfig = family_config(d.Binomial)
BetaBinomialConfig = family_config(d.BetaBinomial)

BernoulliConfig = family_config(d.Bernoulli)
CategoricalConfig = family_config(d.Categorical)
OrderedLogisticConfig = family_config(d.OrderedLogistic)
DirichletConfig = family_config(d.Dirichlet)
MultinomialConfig = family_config(d.Multinomial)
MultivariateGaussianConfig = family_config(d.MultivariateGaussian)
