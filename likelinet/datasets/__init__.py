"""Data sets for examples and tests."""

from likelinet.datasets.images import MNIST, mnist

__all__ = ["MNIST", "mnist"]
