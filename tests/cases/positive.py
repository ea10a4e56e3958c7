"""Families of positive numbers."""

import numpy as np
import scipy.special
import scipy.stats

import likelinet as ll
from tests import exact, exact_positive, exact_unit
from tests.cases.family import Family

FAMILIES = (
    Family(
        ll.Gamma,
        {"concentration": (0.3, 100.0), "rate": (0.01, 100.0)},
        lambda concentration, rate: scipy.stats.gamma(concentration, scale=1.0 / rate),
        exact.gamma,
    ),
    Family(
        ll.Exponential,
        {"rate": (0.01, 100.0)},
        lambda rate: scipy.stats.expon(scale=1.0 / rate),
        exact_positive.exponential,
    ),
    Family(
        ll.HalfNormal,
        {"scale": (0.01, 100.0)},
        lambda scale: scipy.stats.halfnorm(scale=scale),
        exact_positive.half_normal,
    ),
    Family(
        ll.Weibull,
        {"scale": (0.01, 100.0), "concentration": (0.5, 6.0)},
        lambda scale, concentration: scipy.stats.weibull_min(concentration, scale=scale),
        exact_positive.weibull,
    ),
    Family(
        ll.LogNormal,
        {"loc": (-5.0, 5.0), "scale": (0.03, 2.0)},
        lambda loc, scale: scipy.stats.lognorm(scale, scale=np.exp(loc)),
        exact_positive.log_normal,
    ),
    Family(
        ll.LogLogistic,
        {"scale": (0.01, 100.0), "concentration": (2.1, 10.0)},  # the variance is infinite up to 2
        lambda scale, concentration: scipy.stats.fisk(concentration, scale=scale),
        exact_positive.log_logistic,
    ),
    Family(
        ll.GeneralizedPareto,
        {"scale": (0.01, 100.0), "concentration": (0.0, 0.45)},  # the variance is infinite from ½ on
        # SciPy's cdf fails at a concentration of 1e-249.
        lambda scale, concentration: scipy.stats.genpareto(
            np.where(concentration < 1e-12, 0.0, concentration), scale=scale
        ),
        exact_positive.generalized_pareto,
    ),
    Family(
        ll.InverseGamma,
        {"concentration": (1.2, 100.0), "rate": (0.01, 100.0)},
        lambda concentration, rate: scipy.stats.invgamma(concentration, scale=rate),
        exact_unit.inverse_gamma,
    ),
    Family(
        ll.InverseGaussian,
        {"loc": (0.05, 20.0), "concentration": (0.1, 100.0)},
        exact_unit.InverseGaussian,
        exact_unit.inverse_gaussian,
    ),
)
