"""The one table of cases: every family, activation, layer and optimiser, with typical values and independent oracles.

A test takes its parametrisation from here, so a new family, layer or optimiser is a new row and gets every test. The
row of a family is in the module of its room: of `likelinet/distributions/counts/poisson.py` in `tests/cases/counts.py`.
"""

from likelinet.distributions import Univariate
from tests.cases import bounded, classes, counts, positive, real, vectors
from tests.cases.family import N_CLASSES, Family
from tests.cases.layers import ACTIVATIONS, LAYERS
from tests.cases.optimisers import OPTIMISERS, Rule

FAMILIES = (
    *real.FAMILIES,
    *positive.FAMILIES,
    *bounded.FAMILIES,
    *counts.FAMILIES,
    *classes.FAMILIES,
    *vectors.FAMILIES,
)
UNIVARIATE = tuple(c for c in FAMILIES if issubclass(c.cls, Univariate))
CONTINUOUS = tuple(c for c in UNIVARIATE if not c.integer)
COUNTS = tuple(c for c in UNIVARIATE if c.integer)

__all__ = [
    "ACTIVATIONS",
    "CONTINUOUS",
    "COUNTS",
    "FAMILIES",
    "LAYERS",
    "N_CLASSES",
    "OPTIMISERS",
    "UNIVARIATE",
    "Family",
    "Rule",
]
