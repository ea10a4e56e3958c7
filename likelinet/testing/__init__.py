"""Checks for distributions of your own: each says in plain words what is wrong."""

from likelinet.testing.distribution import check_distribution
from likelinet.testing.gradients import check_gradients
from likelinet.testing.rows import CheckError

__all__ = ["CheckError", "check_distribution", "check_gradients"]
