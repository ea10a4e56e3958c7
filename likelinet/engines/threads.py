"""How many threads a step of training is worth."""

from contextlib import AbstractContextManager, nullcontext

from likelinet.core.blas import one_blas_thread, workers
from likelinet.networks.layer import Layer

SHARED_FROM = 16_000_000  # multiplications in the largest matrix product from which threads can pay
FEW = 2  # cores, of which BLAS has one where the other one reads
GROUPED_FROM = 20_000_000  # multiplications in a step of one member from which threads of members pay


def blas_threads(network: Layer, rows: int, streamed: bool = False) -> AbstractContextManager[None]:
    """Return a context with one BLAS thread where the matrices are too small to be shared among several.

    Threads that wait for each other cost more than they bring there, and many times more on a busy machine. So they do
    on two cores, one of which reads the next window of a stream.
    """
    largest = max((rows * w.size for w in network.weights()), default=0)
    shared = largest >= SHARED_FROM and not (streamed and workers() <= FEW)
    return nullcontext() if shared else one_blas_thread()


def thread_groups(network: Layer, rows: int, members: int) -> list[slice]:
    """Return which members train in one thread: all of them, or as many groups as BLAS would have threads.

    Members have nothing to do with each other, so that a thread of its own speeds up all of a member's step, not only
    its matrix products; the interpreter, which threads take turns at, spoils that for small steps.
    """
    work = rows * sum(w.size for w in network.weights())
    many = min(members, workers()) if work >= GROUPED_FROM else 1
    return [slice(i * members // many, (i + 1) * members // many) for i in range(many)]
