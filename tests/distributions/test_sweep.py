"""Parameters drawn over all sizes: formulas against mpmath, and integrals of mixtures against closed forms.

Where less is drawn, this is left, with the largest error seen in 200 sets of parameters from 1e-6 to 1e9:

- the log density of a Johnson SU of skewness 1e7: 1e-9, as γ + δ arcsinh(x) has but the digits that its terms leave;
- the entropy of a mixture with mass far beyond the largest number: generalised Pareto of ξ 1e5: 2e-7, inverse gamma of
  shape 1e-6: 2e-6, inverse Gaussian of a mean 1e14 times its shape: 4e-7, and its variance: 4e-7; mostly it is nan, as
  for log-normals of scale above 100 and shapes of Weibull and log-logistic distributions below 0.02;
- CRPS at a y that is itself coarse for the width of the density: Weibull, log-logistic and Kumaraswamy of shape 1e9:
  2e-6, skew normal of shape 4e8: 1e-8;
- CRPS of mixtures of gamma distributions of shape 1e-3: 9e-8;
- the variance by quadrature of a Kumaraswamy of shapes 0.03 and 2e-6, all but 1e-5 of which is next to 1: 1e-4; and of
  a logit-normal distribution of loc 60, for which there are no numbers below 1 but 1 - 1e-16: 1.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mp

import likelinet as ll
from likelinet.core.domains import open_unit_interval, real
from likelinet.core.notes import RowsNote, unnoted
from likelinet.distributions import Parameter
from likelinet.distributions.numerics import quadrature
from tests.cases import CONTINUOUS, Family
from tests.distributions.strategies import each

pytestmark = pytest.mark.slow

LOW, HIGH = 1e-6, 1e9
TAILS = np.array([1e-300, 1e-100, 1e-10, 1e-3, 0.3])
# Where less is drawn: γ + δ arcsinh(x) has but the digits that its terms leave.
FORMULAS: dict[type, dict[str, tuple[float, float]]] = {ll.JohnsonSU: {"skewness": (LOW, 1e3)}}
# Beyond these mpmath takes minutes for a tail; those of two families are those of test_tails_of_any_size.
TAILS_OF_MPMATH: dict[type, dict[str, tuple[float, float]]] = {
    ll.StudentT: {"df": (LOW, 1e4)},
    ll.SkewNormal: {"alpha": (LOW, 1e3)},
    ll.Gamma: {"concentration": (LOW, 1e4)},
    ll.InverseGamma: {"concentration": (LOW, 1e4)},
    ll.VonMises: {"concentration": (0.0, 0.0)},
    ll.Beta: {"concentration1": (0.0, 0.0)},
}
SETS = {ll.StudentT: 8, ll.SkewNormal: 3, ll.Gamma: 8, ll.InverseGamma: 8, ll.Beta: 6, ll.VonMises: 4}
ROUGH = 1e-5  # relative error of an integral that is as good as nan
# Mass outside the range of numbers is no integral over them; next to 1 and far from 0, y itself is coarse.
INTEGRALS: dict[type, dict[str, tuple[float, float]]] = {
    ll.JohnsonSU: {"skewness": (LOW, 10.0), "tailweight": (0.05, HIGH)},
    ll.Gamma: {"concentration": (3e-3, HIGH)},
    ll.InverseGamma: {"concentration": (1e-4, HIGH)},
    ll.InverseGaussian: {"loc": (LOW, 1e6), "concentration": (1e-4, HIGH)},
    ll.Weibull: {"concentration": (0.02, 1e6)},
    ll.LogLogistic: {"concentration": (0.03, 1e6)},
    ll.LogNormal: {"loc": (LOW, 100.0), "scale": (1e-5, 12.0)},
    ll.LogitNormal: {"loc": (LOW, 5.0), "scale": (1e-4, 100.0)},
    ll.GeneralizedPareto: {"concentration": (LOW, 1e3)},
    ll.Kumaraswamy: {"concentration1": (0.05, 1e5), "concentration0": (0.05, HIGH)},
    ll.SkewNormal: {"alpha": (LOW, 1e7)},
}


def drawn(case: Family, less: dict[type, dict[str, tuple[float, float]]], n: int) -> ll.Distribution:
    """Return rows whose parameters have all sizes."""
    rng = np.random.default_rng(11)
    ranges = less.get(case.cls, {})
    return case.cls(*[_parameter(p, ranges.get(p.name, (LOW, HIGH)), rng, n) for p in case.cls.parameters])


def _parameter(p: Parameter, within: tuple[float, float], rng: np.random.Generator, n: int) -> np.ndarray:
    other = rng.random(n) < 0.5
    if p.domain is open_unit_interval:
        v = np.exp(rng.uniform(np.log(1e-7), np.log(0.5), n))  # 1 - v has few digits
        return np.where(other, v, 1.0 - v)
    v = np.exp(rng.uniform(np.log(within[0]), np.log(within[1]), n))
    return np.where(other, v, -v) if p.domain.low < 0.0 or p.domain is real else v


def exactly(f: Callable[..., Any], params: list[Any], y: float) -> Any:
    return f(*params, mp.mpf(y))


@each(CONTINUOUS)
def test_formulas(case):
    d = drawn(case, FORMULAS, SETS.get(case.cls, 24))
    formulas = case.exact
    for i in range(d.batch_shape[0]):
        row = d[i]
        params = [mp.mpf(float(getattr(row, p.name))) for p in row.parameters]
        with np.errstate(all="ignore"):
            y = np.unique(np.concatenate([row.ppf(TAILS), row.isf(TAILS)]))
        y = y[np.isfinite(y) & row.support.contains(y)]
        with mp.workdps(50):
            want = [float(exactly(formulas.nll, params, v)) for v in y]
        np.testing.assert_allclose(row.nll(y), want, rtol=1e-10, atol=1e-10, err_msg=repr(row))
        within = TAILS_OF_MPMATH.get(case.cls, {}).items()
        if any(not low <= np.abs(getattr(row, name)) <= high for name, (low, high) in within):
            continue
        with mp.workdps(50):
            below, above = ([exactly(f, params, v) for v in y] for f in (formulas.cdf, formulas.sf))
            logs = [_logs(b, a) for b, a in zip(below, above, strict=True)]
        got = np.stack([row.log_cdf(y), row.log_sf(y)], axis=-1)
        np.testing.assert_allclose(got, np.reshape(logs, (-1, 2)), rtol=1e-10, atol=1e-305, err_msg=repr(row))


def _logs(p: Any, q: Any) -> list[float]:
    """Return the logarithms of two probabilities that make one; the larger one by the other."""
    if p > q:
        return _logs(q, p)[::-1]
    return [float(mp.log(p)) if p > 0 else -np.inf, float(mp.log1p(-p))]


def pair(d: ll.Distribution) -> ll.Distribution:
    """Return the mixture of two distributions that are equal but for the rounding of what is no location."""
    locations = [id(getattr(d, p.name)) for p in d.parameters if p.role == "location"]
    components = d.map_arrays(
        lambda a, n: np.stack([a, a if id(a) in locations else np.nextafter(a, 0.0)], axis=a.ndim - n)
    )
    return ll.Mixture(components, np.zeros((*d.batch_shape, 2)))


@each(CONTINUOUS)
def test_integrals(case):
    d = drawn(case, INTEGRALS, 40)
    mixture, exact = pair(d), d.entropy()
    size = np.maximum(np.abs(exact), 1.0)
    np.testing.assert_allclose(mixture.entropy() / size, exact / size, rtol=1e-8, atol=1e-8)
    for q in (0.01, 0.5, 0.97):
        y = d.ppf(q)
        inside = np.isfinite(y) & d.support.contains(y)
        np.testing.assert_allclose(mixture[inside].crps(y[inside]), d[inside].crps(y[inside]), rtol=1e-8)
    if case.cls is ll.VonMises:
        return
    with np.errstate(all="ignore"):
        mean, var = quadrature.moments(d)
    sd = np.where(np.isfinite(d.std()), d.std(), 0.0)
    some = np.isfinite(d.mean())
    np.testing.assert_array_equal(np.isfinite(mean), some)
    np.testing.assert_allclose((mean[some] - d.mean()[some]) / (np.abs(d.mean()) + sd)[some], 0.0, atol=1e-8)
    some = np.isfinite(d.var()) & (d.var() > 0.0)
    np.testing.assert_allclose(var[some], d.var()[some], rtol=1e-7)


@each([c for c in CONTINUOUS if c.cls in INTEGRALS])
def test_integrals_anywhere_are_right_or_nan(case):
    d = drawn(case, {}, 100)
    with unnoted(RowsNote), np.errstate(all="ignore"):
        mixture, exact, sd = pair(d), d.entropy(), np.where(np.isfinite(d.std()), d.std(), 0.0)
        size = np.maximum(np.abs(exact), 1.0)
        right_or_nan(mixture.entropy() / size, exact / size, atol=ROUGH)
        for q in (0.01, 0.5, 0.97):
            y = d.ppf(q)
            inside = np.isfinite(y) & d.support.contains(y)
            right_or_nan(mixture[inside].crps(y[inside]), d[inside].crps(y[inside]))
        mean, var = quadrature.moments(d)
        of_mean, some = np.abs(d.mean()) + sd, np.isfinite(d.mean())
        right_or_nan((mean / of_mean)[some], (d.mean() / of_mean)[some], atol=ROUGH)
        some = np.isfinite(d.var()) & (d.var() > 0.0)
        # That of a rare part; and of y next to 1, which are 1e-16 apart.
        right_or_nan(var[some], d.var()[some], rtol=1e-3, atol=1e-31)


def right_or_nan(got: np.ndarray, want: np.ndarray, rtol: float = ROUGH, atol: float = 0.0) -> None:
    np.testing.assert_allclose(np.where(np.isnan(got), want, got), want, rtol=rtol, atol=atol)
