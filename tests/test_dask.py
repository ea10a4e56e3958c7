"""On a Dask cluster: the same scores, rankings and predictions as here, also where workers are killed."""

import json
import os
import signal
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import likelinet as ll
from likelinet.core.notes import unnoted
from likelinet.distributed.spread import runner
from likelinet.model.predicted_columns import prediction_columns
from likelinet.selection.candidates import families
from likelinet.selection.comparison import compare
from likelinet.selection.search import Trial
from likelinet.tables.table import as_table
from tests.small import COLUMNS, quick
from tests.spread_work import failing, killing, noted
from tests.test_spread import check_same
from tests.test_tune import CONFIG, plain, tuned

dask = pytest.importorskip("dask.dataframe", reason="needs likelinet[dask]: .ci/run has an environment with it")
pandas = pytest.importorskip("pandas")
distributed = pytest.importorskip("distributed")
dask_config = pytest.importorskip("dask.config")

FRAME = pandas.DataFrame(COLUMNS)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as found:
        yield found


# ---- predictions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "declared",
    [
        {"data": {"target": "price"}},
        {"data": {"target": "visits"}, "distribution": {"kind": "poisson"}},
        {"data": {"target": "sold"}, "distribution": {"kind": "categorical"}},
        {"data": {"target": "grade"}, "distribution": {"kind": "ordered_logistic"}},
        {"data": {"target": ["price", "age"]}, "distribution": {"kind": "multivariate_gaussian"}},
        {"data": {"target": "price", "strict": True, "exclude": ["visits"]}},
    ],
)
@pytest.mark.parametrize("parts", [1, 3])
def test_predictions_are_those_in_memory(declared: dict[str, Any], parts: int):
    model = quick(**declared).fit(FRAME)
    frame = FRAME.drop(columns=declared["data"]["target"]).set_index(FRAME.index + 7)
    found = ll.distributed.predict(model, dask.from_pandas(frame, npartitions=parts, sort=False))
    whole = found.compute(scheduler="synchronous")
    with unnoted():
        expected = pandas.DataFrame(prediction_columns(model, model.predict_dist(frame)), index=frame.index)
    pandas.testing.assert_frame_equal(whole, expected, check_exact=True)
    assert (found.dtypes == whole.dtypes).all()
    assert list(found.columns) == list(whole.columns)


def test_threads_leave_no_filter_of_warnings_behind():
    filters = [*warnings.filters]
    model = quick(data={"target": "price", "exclude": ["visits"]}).fit(FRAME)
    parts = dask.from_pandas(FRAME.assign(other=1.0), npartitions=20)
    ll.distributed.predict(model, parts).compute(scheduler="threads", num_workers=8)
    assert warnings.filters == filters


def test_quantiles_an_interval_and_parts_without_rows():
    model = quick(data={"target": "price"}).fit(FRAME)
    parts = dask.from_pandas(FRAME, npartitions=4)
    found = ll.distributed.predict(model, parts[parts["age"] < 30], (0.1, 0.9), 0.5).compute(scheduler="synchronous")
    few = FRAME[FRAME["age"] < 30]
    assert list(found.columns) == ["mean", "q0.1", "q0.9", "low", "high"]
    d = model.predict_dist(few)
    np.testing.assert_array_equal(found["q0.9"], d.ppf(0.9))
    np.testing.assert_array_equal(found[["low", "high"]].T, d.interval(0.5))
    none = ll.distributed.predict(model, parts[parts["age"] < 0]).compute(scheduler="synchronous")
    assert none.shape == (0, 4)
    assert (none.dtypes == np.float64).all()


def test_nothing_is_read_before_it_is_asked_for():
    def refuse(part: Any) -> Any:
        raise AssertionError("read")

    model = quick(data={"target": "price"}).fit(FRAME)
    frame = dask.from_pandas(FRAME, npartitions=2).map_partitions(refuse, meta=FRAME.iloc[:0])
    assert list(ll.distributed.predict(model, frame).columns) == ["mean", "q0.05", "q0.5", "q0.95"]


def test_what_is_no_dask_frame_and_an_interval_of_classes_are_refused():
    model = quick(data={"target": "sold"}, distribution={"kind": "categorical"}).fit(FRAME)
    with pytest.raises(ll.DataError, match="predict takes a Dask DataFrame, got a DataFrame"):
        ll.distributed.predict(model, FRAME)
    with pytest.raises(ll.DataError, match="interval is for numbers"):
        ll.distributed.predict(model, dask.from_pandas(FRAME, npartitions=2), interval=0.9)


def test_a_cluster_without_workers_is_told():
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty,
        pytest.raises(ll.ConfigError, match="the scheduler has no workers yet: start some"),
    ):
        runner(None, dask=empty.scheduler_address).__enter__()


# ---- fits --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_compare_on_a_cluster_has_the_same_bits(cluster: Any):
    models = families("gaussian, poisson, student_t", CONFIG)
    here = compare(CONFIG, models, as_table(COLUMNS), 2)
    for a, b in zip(here, compare(CONFIG, models, as_table(COLUMNS), 2, dask=cluster.scheduler_address), strict=True):
        check_same(a, b)


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_what_has_come_is_not_done_again(tmp_path: Path, cluster: Any):
    found, before = {}, []
    with runner(tmp_path, dask=cluster.scheduler_address) as run:
        for task, result in run(noted, range(12)):
            found[task] = result
            if not (tmp_path / "killed").exists():
                before.append(task)
            (tmp_path / "come").touch()
    assert found == {task: task**2 for task in range(12)}
    times = Counter(map(int, (tmp_path / "done").read_text().split()))
    assert before
    assert {times[task] for task in before[:-1]} == {1}  # the last one may have come as the worker ended


@pytest.mark.slow
def test_errors_of_tasks_come_through(cluster: Any):
    with runner(None, dask=cluster.scheduler_address) as run, pytest.raises(ArithmeticError, match=r"^task 0$"):
        list(run(failing, range(1)))


@pytest.mark.slow
def test_work_that_kills_its_workers_ends_with_a_sentence():
    with (
        dask_config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as alone,
        runner(None, dask=alone.scheduler_address) as run,
        pytest.raises(ll.LikelinetError, match="Several Dask workers in a row ended at the same fit"),
    ):
        list(run(killing, range(1)))


@pytest.mark.slow
def test_forty_configs_with_a_worker_killed_half_way_have_the_same_ranking(tmp_path: Path, cluster: Any):
    search = {
        "training.optimizer.learning_rate": {"low": 1e-4, "high": 0.3, "log": True},
        "network.hidden": [[4], [8], [4, 4]],
    }
    told: list[int] = []

    def report(trial: Trial) -> None:
        told.append(trial.number)
        if len(told) == 20:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

    kept = tmp_path / "trials"
    found = tuned(search, dask=cluster.scheduler_address, storage=kept, report=report)
    assert plain(found.trials) == plain(tuned(search).trials)
    assert sorted(told) == list(range(40))
    lines = map(json.loads, kept.read_text().splitlines())
    outcomes = Counter(line["trial_id"] for line in lines if "outcome" in line.get("user_attr", {}))
    assert outcomes == Counter(range(40))
