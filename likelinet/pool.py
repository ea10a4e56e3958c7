"""Blocks of rows spread over threads, which NumPy lets run at the same time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from likelinet.engines.threads import one_blas_thread, workers


def for_each(work: Callable[[slice], None], left: Iterator[slice]) -> None:
    """Call work(rows) for every block that is left, on as many threads as the user lets BLAS have.

    Each of them has one BLAS thread for itself, so that the bits of a block do not depend on how many there are.
    """
    many = workers()
    with one_blas_thread():
        if many == 1:
            _run(work, left)
            return
        with ThreadPoolExecutor(many) as pool:
            # NumPy's error state goes along with the context.
            threads = [pool.submit(copy_context().run, _run, work, left) for _ in range(many)]
        for thread in threads:
            thread.result()


def _run(work: Callable[[slice], None], left: Iterator[slice]) -> None:
    try:
        for rows in left:  # whichever thread is free takes the next block
            work(rows)
    except BaseException:
        for _ in left:  # the other threads need not go on
            pass
        raise
