"""Families of shares and angles."""

import numpy as np
import scipy.special
import scipy.stats

import likelinet as ll
from tests import exact_line2, exact_unit
from tests.cases.family import Family

FAMILIES = (
    Family(
        ll.VonMises,
        {"loc": (-3.0, 3.0), "concentration": (0.05, 200.0)},
        exact_line2.VonMisesOracle,
        exact_line2.von_mises,
        inside=(-3.0, 3.1),
        tails=False,
        unit=lambda loc, concentration: 1.0 / np.sqrt(1.0 + concentration),
    ),
    Family(
        ll.Beta,
        {"concentration1": (0.5, 100.0), "concentration0": (0.7, 100.0)},
        scipy.stats.beta,
        exact_unit.beta,
        inside=(1e-3, 0.999),
    ),
    Family(
        ll.Kumaraswamy,
        {"concentration1": (0.5, 30.0), "concentration0": (0.7, 30.0)},
        exact_unit.Kumaraswamy,
        exact_unit.kumaraswamy,
        inside=(1e-3, 0.999),
    ),
    Family(
        ll.LogitNormal,
        {"loc": (-3.0, 3.0), "scale": (0.05, 2.0)},
        exact_unit.LogitNormal,
        exact_unit.logit_normal,
        inside=(1e-3, 0.999),
    ),
)
