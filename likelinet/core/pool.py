"""Blocks of rows spread over threads, which NumPy lets run at the same time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context

from likelinet.core.blas import one_blas_thread, workers


def for_each(work: Callable[[slice], None], left: Iterator[slice]) -> None:
    """Call work(rows) for every block that is left, on as many threads as the user lets BLAS have.

    Each of them has one BLAS thread for itself, so that the bits of a block do not depend on how many there are. Of
    errors, that of the first rows is raised.
    """
    many = workers()
    errors: list[tuple[int, Exception]] = []
    with one_blas_thread():
        if many == 1:
            _run(work, left, errors)
        else:
            with ThreadPoolExecutor(many) as pool:
                # NumPy's error state goes along with the context.
                threads = [pool.submit(copy_context().run, _run, work, left, errors) for _ in range(many)]
                try:
                    wait(threads)
                finally:  # after Ctrl-C, the threads need not go on
                    _drop(left)
    if errors:
        raise min(errors, key=lambda each: each[0])[1]


def _run(work: Callable[[slice], None], left: Iterator[slice], errors: list[tuple[int, Exception]]) -> None:
    for rows in left:  # whichever thread is free takes the next block
        try:
            work(rows)
        except Exception as error:
            errors.append((rows.start, error))
            _drop(left)


def _drop(left: Iterator[slice]) -> None:
    for _ in left:
        pass
