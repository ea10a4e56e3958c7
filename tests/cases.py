"""The one table of cases: every family, activation, layer and optimiser, with typical values and independent oracles.

A test takes its parametrisation from here, so a new family, layer or optimiser is a new row and gets every test.
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
from likelinet.networks import activations
from likelinet.networks.activations import Activation
from likelinet.networks.chain import Chain, Residual
from likelinet.networks.dense import Dense
from likelinet.networks.dropout import Dropout
from likelinet.networks.layer import Layer
from likelinet.networks.layer_norm import LayerNorm
from likelinet.optim.adam import Adam
from likelinet.optim.optimiser import Optimiser
from likelinet.optim.sgd import SGD
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
    inside : tuple of float
        The least and the largest y to be tried with extreme parameters; by default such of the support.
    top : int, optional
        The largest y, where there are finitely many.
    """

    cls: type[Distribution]
    ranges: Mapping[str, tuple[float, float]]
    oracle: Callable[..., Any]
    exact: exact.Exact
    inside: tuple[float, float] = (np.nan, np.nan)
    top: int | None = None

    def __str__(self) -> str:
        return self.cls.__name__

    @property
    def integer(self) -> bool:
        return self.cls.support.integer or self.classes

    @property
    def classes(self) -> bool:
        """Whether y is one of several classes, and the parameter a vector."""
        return self.cls is ll.Categorical

    @property
    def few(self) -> tuple[float, float]:
        """The least and the largest y of the tests with extreme parameters."""
        if np.isfinite(self.inside[0]):
            return self.inside
        if self.integer:
            return (0.0, 10.0 if self.top is None else float(self.top))
        return (-10.0 if self.cls.support.low == -np.inf else 1e-3, 10.0)

    @property
    def outside(self) -> list[float]:
        """Some y that are not in the support."""
        if self.integer:
            return [-1.0, 0.5, np.inf if self.top is None else self.top + 1.0]
        support = self.cls.support
        ends = [e - s if c else e for e, s, c in zip((support.low, support.high), (1, -1), support.closed, strict=True)]
        return [*ends, support.low - 1.0, support.high + 1.0]

    @property
    def columns(self) -> tuple[Parameter, ...]:
        """One entry per number of a row: a vector-valued parameter takes several."""
        return tuple(p for p in self.cls.parameters for _ in range(N_CLASSES if p.event_ndim else 1))

    def parameters(self, u: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return typical parameters from numbers in [0, 1], shape (..., columns); positive ones log-uniformly."""
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
        return tuple(
            relative * (v if p.domain is positive else unit) for p, v in zip(self.cls.parameters, params, strict=True)
        )

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
        top=1,
    ),
    Family(ll.Categorical, {"logits": (-4.0, 4.0)}, _Classes, exact.categorical, top=N_CLASSES - 1),
)
UNIVARIATE = tuple(c for c in FAMILIES if issubclass(c.cls, Univariate))
CONTINUOUS = tuple(c for c in UNIVARIATE if not c.integer)
COUNTS = tuple(c for c in UNIVARIATE if c.integer)


# Every activation, by its textbook formula.
ACTIVATIONS: dict[str, tuple[Activation, Callable[[np.ndarray], np.ndarray]]] = {
    "sigmoid": (activations.SIGMOID, scipy.special.expit),
    "tanh": (activations.TANH, lambda x: 1.0 - 2.0 / (np.exp(2.0 * x) + 1.0)),
    "relu": (activations.RELU, lambda x: np.where(x > 0.0, x, 0.0)),
    "leaky_relu": (activations.LEAKY_RELU, lambda x: np.where(x > 0.0, x, 0.01 * x)),
    "gelu": (activations.GELU, lambda x: x * scipy.stats.norm.cdf(x)),
    "silu": (activations.SILU, lambda x: x * scipy.special.expit(x)),
    "softplus": (activations.SOFTPLUS, lambda x: np.logaddexp(0.0, x)),
}

# Every layer, from the number of its inputs.
LAYERS: dict[str, Callable[[int], Layer]] = {
    "dense": lambda n: Dense(n, n + 1, 1.0),
    "layer_norm": LayerNorm,
    "dropout": lambda n: Dropout(n, 0.4),
    "chain": lambda n: Chain((Dense(n, 3, 1.0), activations.SILU, Dropout(3, 0.3), Dense(3, 2, 1.0))),
    "chain_of_nothing": lambda n: Chain(()),
    "chain_of_dropouts": lambda n: Chain((Dropout(n, 0.2), LayerNorm(n), Dropout(n, 0.5))),
    "residual": lambda n: Residual(Chain((Dense(n, n, 1.0), activations.TANH, Dropout(n, 0.3)))),
    "residual_in_residual": lambda n: Residual(Chain((LayerNorm(n), Residual(Dense(n, n, 1.0))))),
    **{name: (lambda n, layer=layer: layer) for name, (layer, _) in ACTIVATIONS.items()},
}


@dataclass(frozen=True)
class Rule:
    """One row: an optimiser, and its formula for one number, written with plain floats.

    Parameters
    ----------
    make : callable
        (rates, decayed) to the optimiser.
    reference : callable
        (weight, gradients, rates, whether it decays) to the weight after all steps.
    """

    make: Callable[[np.ndarray, int], Optimiser]
    reference: Callable[[float, list[float], list[float], bool], float]


def _adam(decay: float) -> Callable[[float, list[float], list[float], bool], float]:
    def after(weight: float, gradients: list[float], rates: list[float], decays: bool) -> float:
        m = v = 0.0
        for t, (g, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g**2
            m_hat, v_hat = m / (1.0 - 0.9**t), v / (1.0 - 0.999**t)
            weight = weight - rate * (m_hat / (v_hat**0.5 + 1e-8) + (decay * weight if decays else 0.0))
        return weight

    return after


def _sgd(momentum: float, nesterov: bool) -> Callable[[float, list[float], list[float], bool], float]:
    def after(weight: float, gradients: list[float], rates: list[float], decays: bool) -> float:
        velocity = 0.0
        for g, rate in zip(gradients, rates, strict=True):
            velocity = momentum * velocity + g
            weight = weight - rate * (g + momentum * velocity if nesterov else velocity)
        return weight

    return after


OPTIMISERS: dict[str, Rule] = {
    "adam": Rule(lambda rates, decayed: Adam(rates), _adam(0.0)),
    "adamw": Rule(lambda rates, decayed: Adam(rates, 0.3, decayed), _adam(0.3)),
    "sgd": Rule(lambda rates, decayed: SGD(rates), _sgd(0.0, False)),
    "momentum": Rule(lambda rates, decayed: SGD(rates, 0.9), _sgd(0.9, False)),
    "nesterov": Rule(lambda rates, decayed: SGD(rates, 0.9, True), _sgd(0.9, True)),
}
