"""The one table of cases: every family, activation, layer and optimiser, with typical values and independent oracles.

A test takes its parametrisation from here, so a new family, layer or optimiser is a new row and gets every test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.special
import scipy.stats

import likelinet as ll
from likelinet.core.domains import nonnegative, open_unit_interval, positive, real
from likelinet.core.links import Link, Ordered
from likelinet.distributions import Distribution, Parameter, Univariate
from likelinet.networks import activations
from likelinet.networks.activations import Activation
from likelinet.networks.autoencoder import Autoencoder, VariationalAutoencoder
from likelinet.networks.chain import Chain, Residual
from likelinet.networks.dense import Dense
from likelinet.networks.dropout import Dropout
from likelinet.networks.layer import Layer
from likelinet.networks.layer_norm import LayerNorm
from likelinet.optim.adam import Adam
from likelinet.optim.optimiser import Optimiser
from likelinet.optim.sgd import SGD
from tests import exact, exact_counts, exact_line, exact_line2, exact_positive, exact_unit, exact_vectors

N_CLASSES = 4  # and the length of every other vector
TRIANGLE = [positive if i == j else real for i, j in zip(*np.tril_indices(N_CLASSES), strict=True)]


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
        The least and the largest y to be tried with extreme parameters; by default such of the support. For a y of
        several entries: some y.
    top : int, optional
        The largest y, where there are finitely many.
    event : int, optional
        How many entries a y has, where it is a vector.
    beyond : tuple, optional
        Some y outside the support, where y is a vector.
    kink : bool
        Whether the density has a kink at `loc`, across which no difference can be taken.
    sharp : bool
        Whether double precision tells the value at any raw outputs in ±50: not so where equations are solved.
    tails : bool
        Whether probabilities of 1e-300 have quantiles that floats can tell from the ends of the support.
    unit : callable, optional
        Parameters, in order, to the length against which a location counts, where none of them is a scale.
    bound : str, optional
        The parameter that is the largest y of a row.
    undefined : tuple of str
        Methods that raise UndefinedError.
    links : mapping
        The link, and its formula in mpmath, of a vector whose numbers depend on one another: it makes the parameter of
        numbers anywhere on the line, of which `ranges` then speaks.
    """

    cls: type[Distribution]
    ranges: Mapping[str, tuple[float, float]]
    oracle: Callable[..., Any]
    exact: exact.Exact
    inside: tuple[Any, ...] = (np.nan, np.nan)
    top: int | None = None
    event: int | None = None
    beyond: tuple[list[float], ...] = ()
    kink: bool = False
    sharp: bool = True
    tails: bool = True
    unit: Callable[..., Any] | None = None
    bound: str | None = None
    undefined: tuple[str, ...] = ()
    links: Mapping[str, tuple[Link, Callable[..., Any]]] = field(default_factory=dict)

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
    def few(self) -> tuple[Any, ...]:
        """The least and the largest y of the tests with extreme parameters; some y, where y is a vector."""
        if self.event or np.isfinite(self.inside[0]):
            return self.inside
        if self.integer:
            return (0.0, 10.0 if self.top is None else float(self.top))
        return (-10.0 if self.cls.support.low == -np.inf else 1e-3, 10.0)

    @property
    def outside(self) -> list[Any]:
        """Some y that are not in the support."""
        if self.event:
            return list(self.beyond)
        if self.integer:
            return [-1.0, 0.5, np.inf if self.top is None else self.top + 1.0]
        support = self.cls.support
        ends = [e - s if c else e for e, s, c in zip((support.low, support.high), (1, -1), support.closed, strict=True)]
        return [*ends, support.low - 1.0, support.high + 1.0]

    @property
    def columns(self) -> tuple[Parameter, ...]:
        """One entry per number of a row: a vector takes several, a triangular matrix those of its lower half."""
        entry = {0: lambda p: [p], 1: lambda p: [p] * N_CLASSES, 2: lambda p: [replace(p, domain=d) for d in TRIANGLE]}
        return tuple(column for p in self.cls.parameters for column in entry[p.event_ndim](p))

    def parameters(self, u: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return typical parameters from numbers in [0, 1], shape (..., columns); positive ones log-uniformly."""
        low, high = (np.array([self.ranges[p.name][end] for p in self.columns]) for end in (0, 1))
        log = np.array([p.domain is positive for p in self.columns])
        # Below the diagonal, a matrix has numbers of either sign.
        low = np.where([p.event_ndim == 2 and p.domain is real for p in self.columns], -high, low)
        with np.errstate(all="ignore"):
            values = np.where(log, low * (high / low) ** u, low + (high - low) * u)
        return self.split(values)

    def split(self, values: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the parameter arrays whose numbers are the last axis of `values`."""
        params, start = [], 0
        for p in self.cls.parameters:
            size = sum(c.name == p.name for c in self.columns)
            piece, start = values[..., start : start + size], start + size
            if p.name in self.links:
                piece = self.links[p.name][0].forward(piece)[0]
            if p.event_ndim == 0:
                piece = piece[..., 0]
            elif p.event_ndim == 2:
                matrix = np.zeros((*piece.shape[:-1], N_CLASSES, N_CLASSES))
                matrix[..., *np.tril_indices(N_CLASSES)] = piece
                piece = matrix
            params.append(np.floor(piece) if p.domain.integer else piece)
        return tuple(params)

    def joined(self, arrays: tuple[np.ndarray, ...]) -> np.ndarray:
        """Return what `split` takes apart, for parameters or for their gradients."""
        take = {
            0: lambda a: a[..., None],
            1: lambda a: a,
            2: lambda a: a[..., *np.tril_indices(N_CLASSES)],
        }
        pieces = zip(self.cls.parameters, arrays, strict=True)
        return np.concatenate([take[p.event_ndim](a) for p, a in pieces], axis=-1)

    def unlinked(self, values: np.ndarray, grads: tuple[np.ndarray, ...]) -> np.ndarray:
        """Return gradients in the numbers of which `split` makes the parameters, from those in the parameters."""
        joined = self.joined(grads)
        for name, (link, _) in self.links.items():
            at = [i for i, c in enumerate(self.columns) if c.name == name]
            joined[..., at] = link.forward(values[..., at])[1](joined[..., at])
        return joined

    def exact_nll(self, *numbers: Any) -> Any:
        """Return -log p in mpmath of the numbers of which `split` makes the parameters, and y."""
        values, rest = list(numbers), len(self.columns)
        for name, (_, formula) in self.links.items():
            at = [i for i, c in enumerate(self.columns) if c.name == name]
            values[at[0] : at[-1] + 1] = formula(*values[at[0] : at[-1] + 1])
        return self.exact.nll(*values[:rest], *values[rest:])

    def all_y(self, oracle: Any) -> np.ndarray:
        """Return every y of a count, as far as it has any probability."""
        return np.arange((np.max(oracle.mean() + 100.0 * oracle.std()) + 50.0) if self.top is None else self.top + 1.0)

    def highest(self, d: Any) -> np.ndarray:
        """Return the largest y of each row."""
        return np.broadcast_to(d.support.high if self.bound is None else getattr(d, self.bound), d.batch_shape)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Any:
        return self.cls(**{p.name: v for p, v in zip(self.cls.parameters, params, strict=True)})

    def observe(self, params: tuple[np.ndarray, ...], u: np.ndarray) -> np.ndarray:
        """Return y in the support: the u-quantile, u in (0, 1)."""
        return self.off_kink(params, self.oracle(*params).ppf(u))

    def off_kink(self, params: tuple[np.ndarray, ...], y: np.ndarray) -> np.ndarray:
        """Return y, moved up to the end of a short interval around a kink if it lies within."""
        if not self.kink:
            return y
        values = dict(zip(self.ranges, params, strict=True))
        near = np.abs(y - values["loc"]) < 0.05 * values["scale"]
        return np.where(near, values["loc"] + 0.05 * values["scale"], y)

    def steps(self, params: tuple[np.ndarray, ...], relative: float = 2e-3) -> tuple[np.ndarray, ...]:
        """Return how far to move each parameter in a difference: little against its own size, or against the scale.

        By 0 where it is not learned.
        """
        roles = [p.role for p in self.cls.parameters]
        scales = [v for v, role in zip(params, roles, strict=True) if role in ("scale", "log_scale")]
        one = np.float64(1.0)
        unit = self.unit(*params) if self.unit else scales[0] if scales else one
        sizes = {positive: lambda v: v, nonnegative: lambda v: 0.1 + v, open_unit_interval: lambda v: v * (1.0 - v)}

        def size(p: Parameter) -> np.ndarray:
            return one if p.role == "shape" else unit.reshape(unit.shape + (1,) * p.event_ndim)

        return tuple(
            p.learned * relative * sizes.get(p.domain, lambda _, p=p: size(p))(v)
            for p, v in zip(self.cls.parameters, params, strict=True)
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
    Family(ll.Poisson, {"rate": (0.1, 200.0)}, scipy.stats.poisson, exact.poisson),
    Family(
        ll.NegativeBinomial,
        {"total_count": (0.3, 50.0), "logits": (-2.0, 3.0)},
        # SciPy's p is the probability of a failure: 1 - probs.
        lambda total_count, logits: scipy.stats.nbinom(total_count, scipy.special.expit(-logits)),
        exact.negative_binomial,
    ),
    Family(ll.Geometric, {"logits": (-4.0, 4.0)}, exact_counts.geometric_oracle, exact_counts.geometric),
    Family(
        ll.Binomial,
        {"total_count": (10.0, 200.0), "logits": (-4.0, 3.0)},
        exact_counts.binomial_oracle,
        exact_counts.binomial,
        bound="total_count",
    ),
    Family(
        ll.BetaBinomial,
        {"total_count": (10.0, 50.0), "concentration1": (0.3, 100.0), "concentration0": (0.5, 80.0)},
        scipy.stats.betabinom,
        exact_counts.beta_binomial,
        bound="total_count",
    ),
    Family(
        ll.OrderedLogistic,
        {"loc": (-3.0, 3.0), "cutpoints": (-2.0, 2.0)},
        exact_counts.ordered_classes,
        exact_counts.ordered_logistic,
        top=N_CLASSES,
        undefined=("mean", "var", "std"),
        links={"cutpoints": (Ordered(1e-3), exact_counts.ordered_link)},
    ),
    Family(
        ll.Bernoulli,
        {"logits": (-5.0, 5.0)},
        lambda logits: scipy.stats.bernoulli(scipy.special.expit(logits)),
        exact.bernoulli,
        top=1,
    ),
    Family(ll.Categorical, {"logits": (-4.0, 4.0)}, _Classes, exact.categorical, top=N_CLASSES - 1),
    Family(
        ll.Dirichlet,
        {"concentration": (0.3, 50.0)},
        exact_vectors.Dirichlet,
        exact_vectors.dirichlet,
        # No simple fractions: shares equal to the mean leave of a large concentration's gradient only rounding errors.
        inside=([0.11, 0.23, 0.31, 0.35], [1e-9, 0.47, 0.32, 0.21 - 1e-9], [0.71, 0.12, 0.09, 0.08]),
        event=N_CLASSES,
        beyond=([0.5, 0.5, 0.1, -0.1], [0.2, 0.2, 0.2, 0.2], [0.0, 0.2, 0.3, 0.5], [np.inf] * 4),
    ),
    Family(
        ll.Multinomial,
        {"total_count": (5.0, 60.0), "logits": (-1.5, 1.5)},
        exact_vectors.Multinomial,
        exact_vectors.multinomial,
        inside=([0.0, 0.0, 0.0, 0.0], [0.0, 3.0, 1.0, 20.0], [1.0, 0.0, 0.0, 0.0]),
        event=N_CLASSES,
        beyond=([1000.0, 1.0, 1.0, 1.0], [-1.0, 2.0, 2.0, 2.0], [0.5, 0.5, 2.0, 2.0], [np.inf] * 4),
    ),
    Family(
        ll.MultivariateGaussian,
        {"loc": (-5.0, 5.0), "scale_tril": (0.5, 1.0)},
        exact_vectors.MultivariateGaussian,
        exact_vectors.multivariate_gaussian,
        event=N_CLASSES,
        beyond=([0.0, 0.0, 0.0, np.inf], [-np.inf, 0.0, 0.0, 0.0]),
        sharp=False,
        unit=lambda loc, matrix: np.linalg.svd(matrix, compute_uv=False)[..., -1],
    ),
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
    "autoencoder": lambda n: Autoencoder(Chain((Dense(n, 2, 1.0), activations.TANH)), Chain((Dense(2, 3, 1.0),)), 2),
    "vae": lambda n: VariationalAutoencoder(
        Chain((Dropout(n, 0.2), Dense(n, 4, 1.0))), Chain((Dense(2, 3, 1.0), activations.TANH, Dropout(3, 0.3))), 2
    ),
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
