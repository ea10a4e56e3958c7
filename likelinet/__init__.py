"""likelinet: neural networks whose outputs are probability distributions."""

from likelinet.distributions import *  # noqa: F403
from likelinet.domains import binary, nonnegative_integer, positive, real, unit_interval
