"""Independent pieces of work, spread over processes of this machine or over the workers of a Dask cluster."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from likelinet.core.errors import ConfigError, LikelinetError
from likelinet.distributed.extras import needed

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")
Run = Callable[[Callable[[Any, Any], Any], Iterable[Any]], Iterator[tuple[Any, Any]]]

LOSSES = 3  # processes in a row that may be lost before what they do is to blame
ANSWER = "10s"  # within which a scheduler is there


@contextmanager
def runner(shared: Any, jobs: int = 1, dask: str | None = None) -> Generator[Run, None, None]:
    """Give ``run(work, tasks)``, which yields each task with ``work(shared, task)``, whichever is done first.

    Tasks are drawn from their iterable as there is room for them, so that one may still be left out because of what
    others have given. What a lost process or worker was doing is done again elsewhere, and nothing else is. Each
    process has its share of the cores for its BLAS threads.

    Parameters
    ----------
    shared : object
        What all tasks need, a table say, which is handed to each process or worker once where that is possible.
    jobs : int
        How many processes; 1 is this one. On a cluster, how many tasks it has at a time, 1 standing for as many as it
        has threads.
    dask : str, optional
        Address of the scheduler of a Dask cluster, like ``"localhost:8786"``, that does the work instead.

    Raises
    ------
    MissingLibraryError
        If joblib, or dask.distributed, is not installed.
    ConfigError
        If no scheduler answers.

    References
    ----------
    joblib, https://joblib.readthedocs.io; Dask, https://distributed.dask.org.

    Examples
    --------
    >>> with runner(10) as run:
    ...     list(run(max, [3, 30]))
    [(3, 10), (30, 30)]
    """
    if dask is not None:
        with _client(dask) as client:
            yield partial(_on_cluster, client, client.submit(_itself, shared, pure=False), jobs)
    elif jobs > 1:
        yield partial(_in_processes, needed("joblib", "tune"), shared, jobs)
    else:
        yield partial(_here, shared)


def _here(shared: S, work: Callable[[S, T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R]]:
    for task in tasks:
        yield task, work(shared, task)


def _in_processes(
    joblib: Any, shared: S, jobs: int, work: Callable[[S, T], R], tasks: Iterable[T]
) -> Iterator[tuple[T, R]]:
    """Yield results of processes; those of a process that was killed are begun again."""
    begun: dict[int, T] = {}
    fresh, lost = enumerate(tasks), 0

    def drawn() -> Iterator[tuple[int, T]]:
        for i, task in fresh:
            begun[i] = task
            yield i, task

    threads = max(joblib.cpu_count() // jobs, 1)  # of the cores that this process may use
    while True:
        with joblib.parallel_config(backend="loky", inner_max_num_threads=threads):
            parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", pre_dispatch=jobs, batch_size=1)
        again = list(begun.items())
        try:
            for i, result in parallel(joblib.delayed(_done)(work, shared, *each) for each in chain(again, drawn())):
                lost = 0
                yield begun.pop(i), result
            return
        except BrokenProcessPool:
            lost += 1
            if lost > LOSSES:
                raise LikelinetError(
                    f"{lost} processes in a row ended at their work, as where memory is short: take fewer jobs."
                ) from None


def _on_cluster(
    client: Any, shared: Any, jobs: int, work: Callable[[Any, T], R], tasks: Iterable[T]
) -> Iterator[tuple[T, R]]:
    """Yield results of workers; the scheduler gives the tasks of a lost one to others."""
    distributed = needed("distributed", "dask")
    left, begun = iter(tasks), {}
    done = distributed.as_completed(loop=client.loop, with_results=True, raise_errors=False)

    def fill() -> None:
        room = jobs if jobs > 1 else max(sum(client.nthreads().values()), 1)
        while len(begun) < room and (drawn := next(([task] for task in left), None)) is not None:
            future = client.submit(work, shared, drawn[0], pure=False)
            begun[future.key] = drawn[0]
            done.add(future)

    fill()
    for future, result in done:
        task = begun.pop(future.key)
        if future.status != "finished":
            raise _cause(future.exception())
        future.release()  # else it would be done again if its worker was lost
        yield task, result
        fill()


def _cause(error: BaseException) -> BaseException:
    """Return the error of a task: its own, or that of the workers that were lost with it."""
    if not isinstance(error, needed("distributed.scheduler", "dask").KilledWorker):
        return error
    return LikelinetError("Several Dask workers in a row ended at the same fit: their memory may be too small for it.")


@contextmanager
def _client(address: str) -> Generator[Any, None, None]:
    distributed = needed("distributed", "dask")
    # The shared table goes to the scheduler once, which keeps it for workers to come.
    with needed("dask", "dask").config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
        try:
            client = distributed.Client(address, timeout=ANSWER, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ConfigError(f"--dask {address}: no Dask scheduler answers there ({error}).") from None
        with client:
            if not client.nthreads():
                raise ConfigError(f"--dask {address}: the scheduler has no workers yet: start some.")
            yield client


def _itself(shared: S) -> S:
    return shared


def _done(work: Callable[[S, T], R], shared: S, i: int, task: T) -> tuple[int, R]:
    return i, work(shared, task)
