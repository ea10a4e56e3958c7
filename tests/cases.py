"""The one table of cases: every family of distributions, with its typical parameters and its independent oracles.

A test takes its parametrisation from here, so a new family is a new row and gets every test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.special
import scipy.stats

import likelinet as ll
from likelinet.distributions import Distribution, Parameter, Univariate
from likelinet.domains import positive
from tests import exact

N_CLASSES = 4


@dataclass(frozen=True)
class Family:
    """One row: a family, typical ranges of its parameters, and who else knows its values.

    Parameters
    ----------
    cls : type
        The family.
    ranges : mapping
        The (low, high) of each parameter's typical values, in the order of `cls.parameters`.
    oracle : callable
        Parameters, in order, to a frozen `scipy.stats` distribution.
    exact : Exact
        The formulas in mpmath.
    """

    cls: type[Distribution]
    ranges: Mapping[str, tuple[float, float]]
    oracle: Callable[..., Any]
    exact: exact.Exact

    def __str__(self) -> str:
        return self.cls.__name__

    @property
    def integer(self) -> bool:
        return self.cls in (ll.Poisson, ll.NegativeBinomial, ll.Bernoulli, ll.Categorical)

    @property
    def columns(self) -> tuple[Parameter, ...]:
        """One entry per number of a row: a vector-valued parameter takes several."""
        return tuple(p for p in self.cls.parameters for _ in range(N_CLASSES if p.event_ndim else 1))

    def parameters(self, u: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return parameters in their typical ranges from numbers in [0, 1], shape (..., columns); positive ones log-uniformly."""
        low, high = (np.array([self.ranges[p.name][end] for p in self.columns]) for end in (0, 1))
        log = np.array([p.domain is positive for p in self.columns])
        with np.errstate(all="ignore"):
            values = np.where(log, low * (high / low) ** u, low + (high - low) * u)
        return self.split(values)

    def split(self, values: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the parameter arrays whose numbers are the last axis of `values`."""
        if self.cls.parameters[0].event_ndim:
            return (values,)
        return tuple(np.moveaxis(values, -1, 0))

    def distribution(self, params: tuple[np.ndarray, ...]) -> Any:
        return self.cls(**{p.name: v for p, v in zip(self.cls.parameters, params, strict=True)})

    def observe(self, params: tuple[np.ndarray, ...], u: np.ndarray) -> np.ndarray:
        """Return y in the support: the u-quantile, u in (0, 1)."""
        return self.oracle(*params).ppf(u)

    def steps(self, params: tuple[np.ndarray, ...], relative: float = 2e-3) -> tuple[np.ndarray, ...]:
        """Return how far to move each parameter in a difference: little against its own size, or against the scale."""
        roles = [p.role for p in self.cls.parameters]
        unit = params[roles.index("scale")] if "scale" in roles else np.float64(1.0)
        return tuple(relative * (v if p.domain is positive else unit) for p, v in zip(self.cls.parameters, params, strict=True))

    def batch(self, n: int, seed: int = 0) -> tuple[Any, np.ndarray]:
        """Return `n` distributions with typical parameters, and one y for each."""
        rng = np.random.default_rng(seed)
        params = self.parameters(rng.random((n, len(self.columns))))
        return self.distribution(params), self.observe(params, rng.uniform(0.01, 0.99, n))


class _Classes:
    """A categorical distribution by scipy's multinomial with one trial."""

    def __init__(self, logits: np.ndarray) -> None:
        self._multinomial = scipy.stats.multinomial(1, scipy.special.softmax(logits, axis=-1))
        self._k = logits.shape[-1]

    def logpmf(self, y: np.ndarray) -> np.ndarray:
        return self._multinomial.logpmf(np.eye(self._k)[np.asarray(y)])

    def entropy(self) -> np.ndarray:
        return self._multinomial.entropy()

    def ppf(self, u: np.ndarray) -> np.ndarray:
        return np.floor(self._k * np.asarray(u)).astype(np.int64)


FAMILIES = (
    Family(ll.Gaussian, {"loc": (-5.0, 5.0), "scale": (0.01, 100.0)}, scipy.stats.norm, exact.gaussian),
    Family(
        ll.StudentT,
        {"df": (1.1, 100.0), "loc": (-5.0, 5.0), "scale": (0.01, 100.0)},
        scipy.stats.t,
        exact.student_t,
    ),
    Family(
        ll.Gamma,
        {"concentration": (0.3, 100.0), "rate": (0.01, 100.0)},
        lambda concentration, rate: scipy.stats.gamma(concentration, scale=1.0 / rate),
        exact.gamma,
    ),
    Family(ll.Poisson, {"rate": (0.1, 200.0)}, scipy.stats.poisson, exact.poisson),
    Family(
        ll.NegativeBinomial,
        {"total_count": (0.3, 50.0), "logits": (-2.0, 3.0)},
        # SciPy's p is the probability of a failure: 1 - probs.
        lambda total_count, logits: scipy.stats.nbinom(total_count, scipy.special.expit(-logits)),
        exact.negative_binomial,
    ),
    Family(
        ll.Bernoulli,
        {"logits": (-5.0, 5.0)},
        lambda logits: scipy.stats.bernoulli(scipy.special.expit(logits)),
        exact.bernoulli,
    ),
    Family(ll.Categorical, {"logits": (-4.0, 4.0)}, _Classes, exact.categorical),
)
UNIVARIATE = tuple(c for c in FAMILIES if issubclass(c.cls, Univariate))
CONTINUOUS = tuple(c for c in UNIVARIATE if not c.integer)
COUNTS = tuple(c for c in UNIVARIATE if c.integer)
