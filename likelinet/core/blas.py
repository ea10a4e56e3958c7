"""How many threads BLAS has: one for the time that matrices are small, or that threads of our own share the cores."""

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from threadpoolctl import OpenBLASController, ThreadpoolController  # pyright: ignore[reportMissingTypeStubs]

from likelinet.core.counted import Counted


@lru_cache
def _blas() -> tuple[Any, int]:
    """Return the controller of BLAS, and how many threads it has: found once, before anything limits them."""
    importlib.import_module("scipy.linalg")  # SciPy has a BLAS of its own, which loaded later would not be limited
    controller: Any = ThreadpoolController()  # takes milliseconds
    return controller, max((lib["num_threads"] for lib in controller.info() if lib["user_api"] == "blas"), default=1)


def _limit() -> Callable[[], None]:
    """Give BLAS one thread, and return what gives it as many as before."""
    _take_control()
    limiter = _blas()[0].limit(limits=1, user_api="blas")

    def restore() -> None:
        _take_control()
        limiter.restore_original_limits()

    return restore


def _take_control() -> None:
    """Let this thread set the limit, whichever did so before: threadpoolctl ignores all threads but the first one."""
    OpenBLASController.clear_controlling_thread(force=True)


_ONE = Counted(_limit)


def one_blas_thread() -> AbstractContextManager[None]:
    """Return a context in which every thread of Python has one BLAS thread for itself."""
    return _ONE.held()


def workers() -> int:
    """Return how many threads the user lets BLAS have."""
    return _blas()[1]
