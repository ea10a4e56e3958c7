"""The table of cases is complete."""

import inspect

import likelinet.distributions as distributions
from likelinet.distributions import Categorical, Multivariate, Univariate
from tests.cases import FAMILIES


def test_every_exported_family_has_a_row():
    exported = {getattr(distributions, name) for name in distributions.__all__}
    classes = {c for c in exported if isinstance(c, type)}
    concrete = {c for c in classes if issubclass(c, Univariate | Multivariate) and not inspect.isabstract(c)}
    assert concrete | {Categorical} == {case.cls for case in FAMILIES}


def test_every_parameter_of_a_family_has_a_typical_range():
    for case in FAMILIES:
        assert list(case.ranges) == [p.name for p in case.cls.parameters]
