"""Independent work in several processes: each piece once, also where a process is killed, and the same bits."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.distributed.spread import runner
from likelinet.selection.candidates import families
from likelinet.selection.comparison import HeldOut, compare
from likelinet.tables.table import as_table
from tests.small import COLUMNS
from tests.spread_work import failing, killing, noted


def test_tasks_are_drawn_when_there_is_room_for_them():
    drawn = []

    def tasks() -> Iterator[int]:
        for i in range(3):
            drawn.append(i)
            yield i

    with runner(10) as run:
        results = run(max, tasks())
        assert next(results) == (0, 10)
        assert drawn == [0]
        assert list(results) == [(1, 10), (2, 10)]


def test_a_library_that_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "joblib", None)
    with pytest.raises(ll.MissingLibraryError, match=r"^This needs joblib: pip install 'likelinet\[tune\]'\.$"):
        runner(None, 2).__enter__()
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ll.MissingLibraryError, match=r"^This needs distributed: pip install 'likelinet\[dask\]'\.$"):
        runner(None, 2, "localhost:1").__enter__()


def test_processes_share_the_cores_that_this_one_may_use(monkeypatch: pytest.MonkeyPatch):
    joblib, threads = pytest.importorskip("joblib"), []
    original = joblib.parallel_config

    def config(backend: str, inner_max_num_threads: int) -> Any:
        threads.append(inner_max_num_threads)
        return original("threading")

    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(joblib, "parallel_config", config)
    monkeypatch.setattr(joblib, "cpu_count", lambda: 6)
    with runner(10, 2) as run:
        assert sorted(run(max, [3, 30])) == [(3, 10), (30, 30)]
    assert threads == [3]


@pytest.mark.slow
def test_a_killed_process_is_replaced_and_what_has_come_is_not_done_again(tmp_path: Path):
    found, before = {}, set()
    with runner(tmp_path, 2) as run:
        for task, result in run(noted, range(12)):
            found[task] = result
            if not (tmp_path / "killed").exists():
                before.add(task)
            (tmp_path / "come").touch()
    assert found == {task: task**2 for task in range(12)}
    times = Counter(map(int, (tmp_path / "done").read_text().split()))
    assert before
    assert {times[task] for task in before} == {1}


@pytest.mark.slow
def test_work_that_kills_every_process_ends_with_a_sentence():
    with runner(None, 2) as run, pytest.raises(ll.LikelinetError, match="4 processes in a row ended at their work"):
        list(run(killing, range(3)))


@pytest.mark.slow
def test_an_error_of_a_task_comes_through():
    with runner(None, 2) as run, pytest.raises(ArithmeticError, match=r"^task 0$"):
        list(run(failing, range(1)))


@pytest.mark.slow
def test_compare_has_the_same_bits_and_order_in_two_processes():
    config = ll.ModelConfig(
        quality="plain", data={"target": "price"}, network={"hidden": [4]}, training={"epochs": 5}, ensemble=2
    )
    models = families("gaussian, poisson, student_t, {kind: mixture, components: 2}", config)
    told: list[tuple[str, int]] = []
    one, two = (
        list(compare(config, models, as_table(COLUMNS), 3, lambda *at: told.append(at), jobs)) for jobs in (1, 2)
    )
    assert [r.family for r in two] == list(models)
    for a, b in zip(one, two, strict=True):
        check_same(a, b)
    assert told[:4] == [("gaussian", 1), ("gaussian", 2), ("gaussian", 3), ("poisson", 1)]
    assert ("poisson", 2) not in told[:8]  # in one process, the first fold that fails is the last


def check_same(a: HeldOut, b: HeldOut) -> None:
    assert (a.family, a.measure, a.error, a.stopped) == (b.family, b.measure, b.error, b.stopped)
    assert (a.log_scores is None) == (b.log_scores is None)
    if a.log_scores is not None:
        np.testing.assert_array_equal(a.log_scores, b.log_scores)
