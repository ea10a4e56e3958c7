"""Families of any number."""

import scipy.special
import scipy.stats

import likelinet as ll
from tests import exact, exact_line, exact_line2
from tests.cases.family import Family

FAMILIES = (
    Family(ll.Gaussian, {"loc": (-5.0, 5.0), "scale": (0.01, 100.0)}, scipy.stats.norm, exact.gaussian),
    Family(
        ll.StudentT,
        {"df": (1.1, 100.0), "loc": (-5.0, 5.0), "scale": (0.01, 100.0)},
        scipy.stats.t,
        exact.student_t,
    ),
    Family(
        ll.Laplace, {"loc": (-5.0, 5.0), "scale": (0.01, 100.0)}, scipy.stats.laplace, exact_line.laplace, kink=True
    ),
    Family(ll.Logistic, {"loc": (-5.0, 5.0), "scale": (0.01, 100.0)}, scipy.stats.logistic, exact_line.logistic),
    Family(ll.Cauchy, {"loc": (-5.0, 5.0), "scale": (0.01, 100.0)}, scipy.stats.cauchy, exact_line.cauchy),
    Family(ll.Gumbel, {"loc": (-5.0, 5.0), "scale": (0.1, 10.0)}, scipy.stats.gumbel_r, exact_line.gumbel),
    Family(
        ll.AsymmetricLaplace,
        {"loc": (-5.0, 5.0), "scale": (0.01, 100.0), "tau": (0.03, 0.97)},
        exact_line.laplace_asymmetric,
        exact_line.asymmetric_laplace,
        kink=True,
    ),
    Family(
        ll.SkewNormal,
        {"loc": (-5.0, 5.0), "scale": (0.01, 100.0), "alpha": (-8.0, 8.0)},
        exact_line2.SkewNormalOracle,
        exact_line2.skew_normal,
    ),
    Family(
        ll.JohnsonSU,
        {"skewness": (-3.0, 3.0), "tailweight": (0.8, 20.0), "loc": (-5.0, 5.0), "scale": (0.01, 100.0)},
        exact_line2.JohnsonSUOracle,
        exact_line2.johnson_su,
    ),
)
