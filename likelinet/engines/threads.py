"""How many BLAS threads a step of training is worth."""

from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache

from threadpoolctl import ThreadpoolController

from likelinet.networks.layer import Layer

SHARED_FROM = 2_000_000  # multiplications in the largest matrix product from which threads can pay


@lru_cache
def _controller() -> ThreadpoolController:
    """Return the controller of the libraries that are loaded; finding them takes milliseconds, so only once."""
    return ThreadpoolController()


def blas_threads(network: Layer, rows: int) -> AbstractContextManager:
    """Return a context with one BLAS thread where the matrices are too small to be shared among several.

    Threads that wait for each other cost more than they bring there, and many times more on a busy machine.
    """
    largest = max((rows * w.size for w in network.weights()), default=0)
    return nullcontext() if largest >= SHARED_FROM else _controller().limit(limits=1, user_api="blas")
