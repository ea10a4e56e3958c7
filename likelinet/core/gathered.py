"""Faults of a table, gathered so that all of them are told at once."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import TypeVar

from likelinet.core.errors import DataError
from likelinet.core.wording import counted

TOLD = 10  # faults that one message names

T = TypeVar("T")
U = TypeVar("U")


def attempted(call: Callable[[], T]) -> T | DataError:
    """Return what a function returns, or the `DataError` that it raises."""
    try:
        return call()
    except DataError as error:
        return error


def gathered(calls: Iterable[Callable[[], T]]) -> list[T]:
    """Return what each function returns; call all of them before any `DataError` is raised, and raise one for all."""
    return without_faults([attempted(call) for call in calls])


def without_faults(results: Iterable[T | DataError]) -> list[T]:
    """Return results as they are; raise one `DataError` for all that are one."""
    good: list[T] = []
    errors: list[DataError] = []
    for result in results:
        if isinstance(result, DataError):
            errors.append(result)
        else:
            good.append(result)
    if errors:
        raise all_of(errors) from None
    return good


def both(first: Callable[[], T], second: Callable[[], U]) -> tuple[T, U]:
    """Return what two functions return, as `gathered` does."""
    one, other = attempted(first), attempted(second)
    if isinstance(one, DataError) or isinstance(other, DataError):
        raise all_of([error for error in (one, other) if isinstance(error, DataError)]) from None
    return one, other


@contextmanager
def also(look: Callable[[], object]) -> Generator[None, None, None]:
    """Look for more faults where what is done within raises a `DataError`, and raise one for all."""
    try:
        yield
    except DataError as error:
        more = attempted(look)
        raise all_of([error, more] if isinstance(more, DataError) else [error]) from None


def all_of(errors: list[DataError]) -> DataError:
    """Return one error for several; a fault that two of them tell counts once, and one alone has its own message."""
    faults = tuple(dict.fromkeys(fault for error in errors for fault in error.faults))
    if len(faults) == 1:
        return DataError(faults[0])
    return DataError("\n".join([f"The table has {counted(len(faults), 'fault')}:", *listed(faults)]), faults)


def listed(faults: tuple[str, ...]) -> list[str]:
    """Return a line for each of the first faults, and one that says how many more there are."""
    more = [f"  and {len(faults) - TOLD} more."] if len(faults) > TOLD else []
    return [f"  {fault}" for fault in faults[:TOLD]] + more
