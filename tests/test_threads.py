"""Several threads at once: the limits of BLAS, the bits of predictions, and whose error is raised."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import OpenBLASController, ThreadpoolController

from likelinet.core import pool
from likelinet.core.blas import one_blas_thread
from likelinet.core.blocks import blocks
from likelinet.core.counted import Counted
from tests.training.problems import model, table, weights

CONTROLLER = ThreadpoolController()
X, Y = table(400)


def blas() -> set[int]:
    return {lib["num_threads"] for lib in CONTROLLER.info() if lib["user_api"] == "blas"}


@pytest.fixture
def _two_threads():
    """As the user has set it."""
    with CONTROLLER.limit(limits=2, user_api="blas"):
        yield


def together(work: Callable[[int], object], threads: int) -> list:
    """Return work(0), work(1), …, begun by all threads at the same moment."""
    gate = threading.Barrier(threads)
    with ThreadPoolExecutor(threads) as executor:
        return list(executor.map(lambda i: (gate.wait(), work(i))[1], range(threads)))


LATER = """
from likelinet.core.blas import one_blas_thread, workers
workers()
import scipy.stats
from threadpoolctl import threadpool_info
with one_blas_thread():
    print(*(lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"))
"""


def test_a_blas_that_is_used_later_is_limited_too():
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", LATER], capture_output=True, text=True, check=True, env=env)
    assert set(done.stdout.split()) == {"1"}


@pytest.mark.usefixtures("_two_threads")
def test_the_last_one_lifts_the_limit_in_whatever_order_they_leave():
    first, second = one_blas_thread(), one_blas_thread()
    first.__enter__()
    second.__enter__()
    assert blas() == {1}
    first.__exit__(None, None, None)
    assert blas() == {1}  # the second one still needs it
    second.__exit__(None, None, None)
    assert blas() == {2}
    with one_blas_thread():
        assert blas() == {1}
    assert blas() == {2}


@pytest.mark.usefixtures("_two_threads")
def test_an_error_within_lifts_it_too():
    with pytest.raises(ZeroDivisionError), one_blas_thread():
        raise ZeroDivisionError
    assert blas() == {2}


def test_a_setting_is_made_once_at_a_time():
    made, most = [], []

    def make() -> Callable[[], object]:
        made.append(True)
        most.append(len(made))
        return made.pop

    setting = Counted(make)

    def hold(_: int) -> None:
        for _ in range(200):
            with setting.held():
                assert len(made) == 1

    together(hold, 8)
    assert made == []
    assert set(most) == {1}


@pytest.mark.usefixtures("_two_threads")
def test_fits_in_several_threads_leave_blas_as_it_was():
    alone = [weights(model(seed=i, epochs=20).fit(X, Y)) for i in range(4)]
    fitted = together(lambda i: weights(model(seed=i, epochs=20).fit(X, Y)), 4)
    assert blas() == {2}
    for a, b in zip(alone, fitted, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.usefixtures("_two_threads")
def test_a_limit_holds_in_whichever_thread_it_is_set():
    def hold(_: int) -> set[int]:
        with one_blas_thread():
            return blas()

    assert together(hold, 1) == [{1}]  # although the main thread has set two
    assert blas() == {2}


@pytest.mark.usefixtures("_two_threads")
def test_the_thread_that_ends_a_limit_need_not_be_the_one_that_set_it():
    OpenBLASController.clear_controlling_thread(force=True)
    held, other_holds, left, done = (threading.Event() for _ in range(4))

    def first() -> None:
        with one_blas_thread():
            held.set()
            other_holds.wait(60.0)
        left.set()
        done.wait(60.0)  # it lives on

    with ThreadPoolExecutor(1) as executor:
        executor.submit(first)
        held.wait(60.0)
        with one_blas_thread():
            other_holds.set()
            left.wait(60.0)
            assert blas() == {1}
        after = blas()
        done.set()
    assert after == {2}


@pytest.mark.usefixtures("_two_threads")
def test_predictions_from_several_threads_have_the_same_bits():
    fitted = model(hidden=[256, 256], epochs=1, precision="float32").fit(X, Y)
    many = np.tile(X, (10, 1))
    want = fitted.predict_dist(many)
    for got in together(lambda _: [fitted.predict_dist(many) for _ in range(3)], 8):
        for d in got:
            np.testing.assert_array_equal(d.loc, want.loc)
            np.testing.assert_array_equal(d.scale, want.scale)
    assert blas() == {2}


def test_of_several_errors_that_of_the_first_rows_is_raised(monkeypatch):
    monkeypatch.setattr(pool, "workers", lambda: 2)
    later, started = threading.Event(), threading.Event()

    def work(rows: slice) -> None:
        if rows.start == 0:
            started.set()
            assert later.wait(30)  # the other one has failed first
            raise ValueError("first rows")
        assert started.wait(30)
        try:
            raise ValueError(f"rows from {rows.start}")
        finally:
            later.set()

    with pytest.raises(ValueError, match=r"^first rows$"):
        pool.for_each(work, blocks(40, 10))


def test_after_an_error_no_further_block_is_begun(monkeypatch):
    monkeypatch.setattr(pool, "workers", lambda: 1)
    begun = []

    def work(rows: slice) -> None:
        begun.append(rows.start)
        if rows.start == 10:
            raise ValueError("enough")

    with pytest.raises(ValueError, match=r"^enough$"):
        pool.for_each(work, blocks(40, 10))
    assert begun == [0, 10]
