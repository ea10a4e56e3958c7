"""Families as a config declares them, leaves and nested wrappers: a table for every test of what training computes."""

from typing import Any

import numpy as np

from likelinet.config import parse_config
from likelinet.config.distribution import DistributionConfig
from likelinet.core.wording import snake_case
from likelinet.distributions import Interval
from likelinet.distributions.over.censored import CensoredFamily
from likelinet.distributions.over.independent import IndependentFamily
from likelinet.distributions.rooms import all_families
from likelinet.heads.build import build_head
from likelinet.heads.head import Head

CLASSES = 3
GAUSSIAN = {"kind": "gaussian"}
TRIALS = {"kind": "binomial", "total_count": {"column": "trials"}}

# Every family by itself; what is known for each row is read from the table.
PLAIN: dict[str, dict[str, Any]] = {
    kind.replace("_", " "): {"kind": kind, **{p.name: {"column": "trials"} for p in cls.parameters if not p.learned}}
    for kind, cls in ((snake_case(cls.__name__), cls) for cls in all_families())
}
LEAVES: dict[str, dict[str, Any]] = {
    **PLAIN,
    "least squares": {"scale": 0.7},
    "one spread": {"scale": "shared"},
    "nothing predicted": {"loc": "shared", "scale": "shared"},
    "logistic, one spread": {"kind": "logistic", "scale": "shared"},
    "student, df shared": {"kind": "student_t", "df": "shared", "links": {"scale": "exp"}},
    "quantile": {"kind": "asymmetric_laplace", "scale": 1.0, "tau": 0.8},
    "johnson su, tailweight fixed": {"kind": "johnson_su", "tailweight": 1.2},
    "gamma, concentration shared": {"kind": "gamma", "concentration": "shared", "links": {"rate": "exp"}},
    "poisson with exposure": {"kind": "poisson", "exposure": "days"},
    "poisson with exposure, rate shared": {"kind": "poisson", "exposure": "days", "rate": "shared"},
    "negative binomial, count shared": {"kind": "negative_binomial", "total_count": "shared"},
    "negative binomial with exposure": {"kind": "negative_binomial", "exposure": "days", "total_count": "shared"},
    "binomial of 9": {"kind": "binomial", "total_count": 9},
    "categorical, shared": {"kind": "categorical", "logits": "shared"},
}

WRAPPERS: dict[str, dict[str, Any]] = {
    "mixture": {"kind": "mixture", "components": 2},
    "mixture, shared weights and spreads": {
        "kind": "mixture",
        "components": 2,
        "logits": "shared",
        "base": {"kind": "gaussian", "scale": "shared"},
    },
    "mixture of gammas": {"kind": "mixture", "components": 2, "base": {"kind": "gamma", "concentration": 2.0}},
    "mixture of vectors": {"kind": "mixture", "components": 2, "base": {"kind": "multivariate_gaussian"}},
    "mixture of trials": {"kind": "mixture", "components": 2, "base": TRIALS},
    "truncated gaussian": {"kind": "truncated", "base": GAUSSIAN, "low": -1.0, "high": 2.5},
    "truncated gamma": {"kind": "truncated", "base": {"kind": "gamma"}, "high": 2.0},
    "truncated poisson": {"kind": "truncated", "base": {"kind": "poisson", "exposure": "days"}, "low": 1.0},
    "truncated mixture": {"kind": "truncated", "base": {"kind": "mixture", "components": 2}, "low": 0.0},
    "mixture of truncated": {
        "kind": "mixture",
        "components": 2,
        "base": {"kind": "truncated", "base": {"kind": "gaussian", "scale": "shared"}, "low": -0.5},
    },
    "censored gaussian": {"kind": "censored", "base": GAUSSIAN},
    "censored weibull": {"kind": "censored", "base": {"kind": "weibull", "concentration": "shared"}},
    "censored mixture": {"kind": "censored", "base": {"kind": "mixture", "components": 2}},
    "censored truncated": {"kind": "censored", "base": {"kind": "truncated", "base": GAUSSIAN, "low": -1.0}},
    "censored poisson": {"kind": "censored", "base": {"kind": "poisson"}},
    "censored zero inflated": {
        "kind": "censored",
        "base": {"kind": "zero_inflated", "base": {"kind": "weibull", "scale": 1.5}},
    },
    "zero inflated poisson": {"kind": "zero_inflated", "base": {"kind": "poisson", "exposure": "days"}},
    "zero inflated gamma": {"kind": "zero_inflated", "base": {"kind": "gamma"}, "gate_logits": "shared"},
    "zero inflated truncated": {
        "kind": "zero_inflated",
        "base": {"kind": "truncated", "base": GAUSSIAN, "low": 0.0},
    },
    "zero inflated binomial": {"kind": "zero_inflated", "base": TRIALS, "gate_logits": -1.0},
    "mixture of zero inflated": {
        "kind": "mixture",
        "components": 2,
        "base": {"kind": "zero_inflated", "base": {"kind": "poisson"}, "gate_logits": "shared"},
    },
    "hurdle poisson": {"kind": "hurdle", "base": {"kind": "poisson"}},
    "hurdle negative binomial": {"kind": "hurdle", "base": {"kind": "negative_binomial", "total_count": "shared"}},
    "hurdle log normal": {"kind": "hurdle", "base": {"kind": "log_normal"}},
    "hurdle truncated": {
        "kind": "hurdle",
        "base": {"kind": "truncated", "base": {"kind": "poisson"}, "high": 6.0},
    },
    "discretised gaussian": {"kind": "discretised", "base": GAUSSIAN},
    "discretised log normal": {"kind": "discretised", "base": {"kind": "log_normal"}},
    "discretised mixture": {"kind": "discretised", "base": {"kind": "mixture", "components": 2}},
    "truncated discretised": {
        "kind": "truncated",
        "base": {"kind": "discretised", "base": {"kind": "logistic"}},
        "low": -2.0,
        "high": 3.0,
    },
    "zero inflated discretised": {
        "kind": "zero_inflated",
        "base": {"kind": "discretised", "base": {"kind": "log_normal"}},
    },
    "clipped gaussian": {"kind": "clipped", "base": GAUSSIAN, "low": -0.5, "high": 1.5},
    "clipped gamma": {"kind": "clipped", "base": {"kind": "gamma"}, "high": 2.0},
    "clipped mixture": {"kind": "clipped", "base": {"kind": "mixture", "components": 2}, "low": 0.0},
    "mixture of clipped": {
        "kind": "mixture",
        "components": 2,
        "base": {"kind": "clipped", "base": GAUSSIAN, "low": 0.0},
    },
    "transformed log": {"kind": "transformed", "transform": "log", "base": {"kind": "student_t", "df": 5.0}},
    "transformed logit": {"kind": "transformed", "transform": "logit", "base": {"kind": "mixture", "components": 2}},
    "transformed affine": {"kind": "transformed", "loc": 1.0, "scale": 2.0, "base": {"kind": "weibull"}},
    "truncated transformed": {
        "kind": "truncated",
        "base": {"kind": "transformed", "transform": "log", "base": GAUSSIAN},
        "low": 0.2,
        "high": 6.0,
    },
}
DECLARED = {**LEAVES, **WRAPPERS}

SHIFTED = {"kind": "transformed", "loc": 0.5, "scale": 2.0, "base": {"kind": "gamma"}}
AFFINE_OF_SHARE = {"kind": "transformed", "loc": -0.5, "scale": 3.0, "base": {"kind": "beta"}}
BETWEEN_HALVES = {"kind": "truncated", "base": GAUSSIAN, "low": 0.5, "high": 2.5}
LOG_OF_BOUNDED = {
    "kind": "transformed",
    "transform": "log",
    "base": {"kind": "truncated", "base": GAUSSIAN, "low": float(np.log(2.0)), "high": float(np.log(3.7))},
}
AFFINE_OF_BOUNDED = {
    "kind": "transformed",
    "loc": 0.3,
    "scale": 0.7,
    "base": {"kind": "truncated", "base": {"kind": "logistic"}, "low": -1.1, "high": 1.3},
}

NESTED: dict[str, dict[str, Any]] = {
    "discretised over truncated": {"kind": "discretised", "base": BETWEEN_HALVES},
    "discretised over shifted": {"kind": "discretised", "base": SHIFTED},
    "mixture of discretised over truncated": {
        "kind": "mixture",
        "components": 2,
        "base": {"kind": "discretised", "base": BETWEEN_HALVES},
    },
    "censored discretised over truncated": {
        "kind": "censored",
        "base": {"kind": "discretised", "base": BETWEEN_HALVES},
    },
    "zero inflated discretised over truncated": {
        "kind": "zero_inflated",
        "base": {"kind": "discretised", "base": BETWEEN_HALVES},
    },
    "transformed affine over gamma": SHIFTED,
    "transformed affine over beta": AFFINE_OF_SHARE,
    "transformed affine over mixture": {
        **SHIFTED,
        "base": {"kind": "mixture", "components": 2, "base": {"kind": "gamma"}},
    },
    "mixture of transformed affine": {"kind": "mixture", "components": 2, "base": SHIFTED},
    "mixture of transformed affine over beta": {"kind": "mixture", "components": 2, "base": AFFINE_OF_SHARE},
    "mixture of transformed affine over truncated": {
        "kind": "mixture",
        "components": 2,
        "base": {**SHIFTED, "base": {"kind": "truncated", "base": {"kind": "weibull"}, "low": 0.2, "high": 3.1}},
    },
    "transformed over truncated": LOG_OF_BOUNDED,
    "transformed affine over truncated": AFFINE_OF_BOUNDED,
    "transformed logit over truncated": {**AFFINE_OF_BOUNDED, "transform": "logit", "loc": 0.0, "scale": 1.0},
    "transformed affine over transformed over truncated": {
        "kind": "transformed",
        "loc": -0.1,
        "scale": 1.7,
        "base": LOG_OF_BOUNDED,
    },
    "mixture of transformed over truncated": {"kind": "mixture", "components": 2, "base": LOG_OF_BOUNDED},
    "truncated over transformed over truncated": {"kind": "truncated", "base": LOG_OF_BOUNDED, "high": 3.1},
    "censored over truncated": {"kind": "censored", "base": {"kind": "truncated", "base": GAUSSIAN, "low": 0.1}},
    "censored over transformed over truncated": {"kind": "censored", "base": LOG_OF_BOUNDED},
    "hurdle over truncated": {
        "kind": "hurdle",
        "base": {"kind": "truncated", "base": {"kind": "weibull"}, "low": 0.7, "high": 2.9},
    },
    "zero inflated over transformed over truncated": {"kind": "zero_inflated", "base": LOG_OF_BOUNDED},
    "truncated over mixture of truncated": {
        "kind": "truncated",
        "base": {"kind": "mixture", "components": 2, "base": BETWEEN_HALVES},
        "high": 1.9,
    },
}


def declared(family: dict[str, Any]) -> DistributionConfig:
    """Return the config of a family."""
    return parse_config({"distribution": family}).distribution


def outputs_of(config: DistributionConfig) -> int | None:
    """Return how many columns y has by default: of vectors several."""
    return CLASSES if config.y == "vector" else None


def head_of(config: DistributionConfig, outputs: int | None = None) -> Head:
    """Return the head of y of shape (n,), or (n, outputs)."""
    return build_head(config, None, CLASSES, outputs or outputs_of(config))


def columns_for(head: Head, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
    """Return what the head reads from the table: numbers of trials and days."""
    known = {"trials": rng.integers(5, 12, lead).astype(float), "days": rng.uniform(0.5, 2.0, lead)}
    return np.stack([known[name] for name in head.columns], axis=-1) if head.columns else np.zeros((*lead, 0))


def observed(
    head: Head, raw: np.ndarray, shared: np.ndarray, columns: np.ndarray | None, rng: np.random.Generator
) -> np.ndarray:
    """Return a draw from the predicted distributions, in the form of the loss: intervals by their ends."""
    with np.errstate(all="ignore"):
        d = head.distribution(raw, shared, columns)
        if not is_censored(head):
            return np.asarray(d.sample((), rng), dtype=np.float64)
        shape = d.batch_shape + d.event_shape
        low, high = (np.asarray(f(np.full(shape, q))) for f, q in ((d.ppf, 0.2), (d.isf, 0.3)))
    kinds = np.resize(["exact", "left", "right", "within"], shape)
    y = d.sample((), rng)
    lower = np.select([kinds == "exact", kinds == "left"], [y, -np.inf], low)
    upper = np.select([kinds == "exact", kinds == "right"], [y, np.inf], high)
    equal = (kinds == "within") & (lower == upper)
    return np.stack([lower, np.where(equal, upper + 1.0, upper)], axis=-1)


def as_seen(head: Head, y: np.ndarray) -> np.ndarray | Interval:
    """Return y as the predicted distribution takes it."""
    return Interval(y[..., 0], y[..., 1]) if is_censored(head) else y


def is_censored(head: Head) -> bool:
    """Return whether y is made of intervals, one for each output."""
    family = head.family.base if isinstance(head.family, IndependentFamily) else head.family
    return isinstance(family, CensoredFamily)
