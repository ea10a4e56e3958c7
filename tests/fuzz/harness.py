"""What all fuzzers share: how many inputs, from which seed, and what may come out of a call."""

import os
import re
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import likelinet as ll

SEED = int(os.environ.get("LIKELINET_FUZZ_SEED", "0"))
PLAIN = int(os.environ.get("LIKELINET_FUZZ", "100"))
SLOW = 2_000
CPU_SECONDS = 5.0  # that an input may take
LONGEST = 500  # characters of an error of one sentence

many_inputs = pytest.mark.parametrize("many", [PLAIN, pytest.param(SLOW, marks=pytest.mark.slow)])


class Refused:
    """That a call was refused by an error of one sentence."""


def inputs(many: int) -> Iterator[tuple[int, np.random.Generator]]:
    """Yield the number of each input with what draws it."""
    for i in range(many):
        yield i, np.random.default_rng([SEED, i])


def outcome(call: Callable[[], Any], what: str) -> Any:
    """Return what a call returns, or `Refused`; fail, saying what went in, on anything else that may come out."""
    try:
        with soon(), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", RuntimeWarning)
            return call()
    except ll.LikelinetError as error:
        # A name of hundreds of letters is shown whole: what is around it is to be short.
        each = [re.sub(r"(.)\1{40,}", r"\1", fault) for fault in getattr(error, "faults", (str(error),))]
        if not all(len(fault) < LONGEST and "\n" not in fault for fault in each):
            raise AssertionError(f"{what}: a long message: {error}") from None
        return Refused
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        error.add_note(f"This came of {what}.")
        raise


@contextmanager
def soon() -> Iterator[None]:
    """Fail what takes more than so many seconds of this process, whatever else the machine is doing."""

    def late(*_: Any) -> None:
        raise AssertionError(f"it took more than {CPU_SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def one_of(rng: np.random.Generator, values: Any) -> Any:
    """Return one of some values, as it is."""
    return values[int(rng.integers(len(values)))]
