"""likelinet in skpro: a regressor by its interface, and predicted distributions as its own.

It needs skpro, ``pip install 'likelinet[skpro]'``, and is imported by itself: ``from likelinet.skpro import …``.
"""

try:
    import skpro  # noqa: F401
except ImportError as error:
    raise ImportError(f"likelinet.skpro needs skpro ({error}): pip install 'likelinet[skpro]'.") from None

from likelinet.skpro.distribution import LikelinetDistribution, as_skpro
from likelinet.skpro.regressor import LikelinetRegressor

__all__ = ["LikelinetDistribution", "LikelinetRegressor", "as_skpro"]
