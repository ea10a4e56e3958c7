"""Distributions over distributions, nested one to three deep: the table of `tests/distributions/test_nested.py`."""

from collections.abc import Callable

import numpy as np

import likelinet as ll
from likelinet.distributions import Distribution

LOC, SCALE = np.array([-1.0, 0.7, 6.0]), np.array([0.6, 1.5, 2.5])
RATE = np.array([0.8, 2.5, 9.0])
W = np.array([[0.2, -0.5], [1.0, 0.3], [-1.0, 0.4]])
SHARES = np.array([[0.2, 0.5, 0.3], [0.6, 0.4, 0.0], [0.1, 0.2, 0.7]])
PAIR = np.array([[1.0, 4.0], [0.5, 2.0], [3.0, 12.0]])


def gaussians() -> Distribution:
    return ll.Mixture(ll.Gaussian(PAIR - 3.0, 0.3 * PAIR), W)


def poissons() -> Distribution:
    return ll.Mixture(ll.Poisson(PAIR), W)


def log_normals() -> Distribution:
    return ll.Mixture(ll.LogNormal(0.4 * PAIR, 0.5), W)


WRAPPERS: dict[str, Callable[[], Distribution]] = {
    "Truncated Gaussian": lambda: ll.Truncated(ll.Gaussian(LOC, SCALE), [-2.0, -np.inf, 0.0], [0.5, 3.0, np.inf]),
    "Truncated Gamma": lambda: ll.Truncated(ll.Gamma(2.5, RATE), 0.1, 4.0),
    "Truncated StudentT": lambda: ll.Truncated(ll.StudentT(5.0, LOC, SCALE), 0.0),
    "Truncated Weibull": lambda: ll.Truncated(ll.Weibull(concentration=1.5, scale=RATE), 0.5),
    "Truncated Poisson": lambda: ll.Truncated(ll.Poisson(RATE), [1.0, 0.5, 4.0], [np.inf, 9.5, 30.0]),
    "Truncated Mixture": lambda: ll.Truncated(gaussians(), -2.0, 2.5),
    "Truncated Discretised": lambda: ll.Truncated(ll.Discretised(ll.Gaussian(LOC, SCALE)), -3.0, 8.0),
    "Truncated ZeroInflated": lambda: ll.Truncated(ll.ZeroInflated(ll.Gamma(2.0, RATE), 0.3), 0.0, 3.0),
    "Truncated Truncated": lambda: ll.Truncated(ll.Truncated(ll.Gaussian(LOC, SCALE), -2.0), -9.0, 4.0),
    "Truncated Hurdle": lambda: ll.Truncated(ll.Hurdle(ll.Poisson(RATE), 0.3), -1.0, 7.0),
    "Mixture of Truncated": lambda: ll.Mixture(ll.Truncated(ll.Gaussian(PAIR, 1.0), [0.0, 1.0], [5.0, 20.0]), W),
    "Mixture of ZeroInflated": lambda: ll.Mixture(ll.ZeroInflated(ll.Poisson(PAIR), [0.1, 0.4]), W),
    "Mixture of ZeroInflated Gamma": lambda: ll.Mixture(ll.ZeroInflated(ll.Gamma(2.0, PAIR), [0.1, 0.4]), W),
    "Mixture of Discretised": lambda: ll.Mixture(ll.Discretised(ll.Gaussian(PAIR - 3.0, 1.0)), W),
    "Mixture of Transformed": lambda: ll.Mixture(ll.Transformed(ll.Gaussian(0.3 * PAIR, 0.5), ll.Log()), W),
    "Censored Gaussian": lambda: ll.Censored(ll.Gaussian(LOC, SCALE)),
    "Censored ZeroInflated": lambda: ll.Censored(ll.ZeroInflated(ll.Poisson(RATE), 0.2)),
    "Censored Truncated Mixture": lambda: ll.Censored(ll.Truncated(gaussians(), -2.0, 2.5)),
    "ZeroInflated Poisson": lambda: ll.ZeroInflated(ll.Poisson(RATE), [0.0, 0.3, 0.8]),
    "ZeroInflated Gaussian": lambda: ll.ZeroInflated(ll.Gaussian(LOC, SCALE), [0.1, 0.3, 0.8]),
    "ZeroInflated Gamma": lambda: ll.ZeroInflated(ll.Gamma(2.5, RATE), [0.1, 0.3, 0.8]),
    "ZeroInflated Mixture": lambda: ll.ZeroInflated(poissons(), 0.3),
    "ZeroInflated Truncated": lambda: ll.ZeroInflated(ll.Truncated(ll.Poisson(RATE), 1.0, 12.0), 0.3),
    "ZeroInflated Discretised": lambda: ll.ZeroInflated(ll.Discretised(ll.Gaussian(LOC, SCALE)), 0.3),
    "ZeroInflated ZeroInflated": lambda: ll.ZeroInflated(ll.ZeroInflated(ll.Gamma(2.5, RATE), 0.2), 0.3),
    "Hurdle Poisson": lambda: ll.Hurdle(ll.Poisson(RATE), [0.1, 0.3, 0.8]),
    "Hurdle NegativeBinomial": lambda: ll.Hurdle(ll.NegativeBinomial(2.0, logits=np.log(RATE)), 0.4),
    "Hurdle Gamma": lambda: ll.Hurdle(ll.Gamma(2.5, RATE), 0.4),
    "Hurdle Mixture": lambda: ll.Hurdle(poissons(), 0.3),
    "Discretised Gaussian": lambda: ll.Discretised(ll.Gaussian(LOC, SCALE)),
    "Discretised narrow Gaussian": lambda: ll.Discretised(ll.Gaussian(LOC + 0.2, 0.1 * SCALE)),
    "Discretised Gamma": lambda: ll.Discretised(ll.Gamma(2.5, 0.3 * RATE)),
    "Discretised StudentT": lambda: ll.Discretised(ll.StudentT(9.0, LOC, SCALE)),
    "Discretised Mixture": lambda: ll.Discretised(log_normals()),
    "Discretised Truncated": lambda: ll.Discretised(ll.Truncated(ll.Gaussian(LOC, SCALE), 0.0, 7.2)),
    "Discretised ZeroInflated": lambda: ll.Discretised(ll.ZeroInflated(ll.LogNormal(LOC / 3.0, 0.5), 0.2)),
    "Clipped Gaussian": lambda: ll.Clipped(ll.Gaussian(LOC, SCALE), 0.0, 1.5),
    "Clipped Gamma": lambda: ll.Clipped(ll.Gamma(2.5, RATE), high=1.2),
    "Clipped Mixture": lambda: ll.Clipped(gaussians(), -2.0, 2.5),
    "Mixture of Clipped": lambda: ll.Mixture(ll.Clipped(ll.Gaussian(PAIR, 1.0), 0.5), W),
    "Truncated Clipped": lambda: ll.Truncated(ll.Clipped(ll.Gaussian(LOC, SCALE), 0.0, 1.5), 0.0, 1.0),
    "Transformed Log Gaussian": lambda: ll.Transformed(ll.Gaussian(LOC, 0.4 * SCALE), ll.Log()),
    "Transformed Log Gamma": lambda: ll.Transformed(ll.Gamma(2.5, 5.0 + RATE), ll.Log()),
    "Transformed Log Mixture": lambda: ll.Transformed(gaussians(), ll.Log()),
    "Transformed Log Truncated": lambda: ll.Transformed(ll.Truncated(ll.Gaussian(LOC, SCALE), -2.0, 3.0), ll.Log()),
    "Transformed Logit Gaussian": lambda: ll.Transformed(ll.Gaussian(0.5 * LOC, SCALE), ll.Logit()),
    "Transformed Logit Mixture": lambda: ll.Transformed(gaussians(), ll.Logit()),
    "Transformed Affine Truncated": lambda: ll.Transformed(
        ll.Truncated(ll.Gamma(2.5, RATE), 0.1, 4.0), ll.Affine(LOC, SCALE)
    ),
    "Transformed Affine Log": lambda: ll.Transformed(
        ll.Transformed(ll.Gaussian(LOC, 0.4), ll.Log()), ll.Affine(LOC, SCALE)
    ),
    "Truncated Transformed": lambda: ll.Truncated(ll.Transformed(ll.Gaussian(LOC, 0.8), ll.Log()), 0.2, 9.0),
    "MixtureOf Gamma, LogNormal, Truncated": lambda: ll.MixtureOf(
        [ll.Gamma(2.5, RATE), ll.LogNormal(0.3 * LOC, 0.5), ll.Truncated(ll.Gaussian(LOC, SCALE), 1.0, 5.0)], SHARES
    ),
    "MixtureOf Hurdle, ZeroInflated": lambda: ll.MixtureOf(
        [ll.Hurdle(ll.Gamma(2.5, RATE), 0.4), ll.ZeroInflated(ll.LogNormal(0.3 * LOC, 0.5), 0.1)], [0.3, 0.7]
    ),
    "MixtureOf Poisson, Discretised": lambda: ll.MixtureOf(
        [ll.Poisson(RATE), ll.Discretised(ll.Gaussian(LOC, SCALE))], [0.2, 0.8]
    ),
    "Truncated MixtureOf": lambda: ll.Truncated(
        ll.MixtureOf([ll.Gaussian(LOC, SCALE), ll.Logistic(0.5, RATE)], [0.4, 0.6]), -1.0, 9.0
    ),
    "Truncated Mixture of Discretised": lambda: ll.Truncated(
        ll.Mixture(ll.Discretised(ll.Gaussian(PAIR - 3.0, 1.0)), W), -2.0, 9.0
    ),
}
