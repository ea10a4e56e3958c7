"""What the processes of one fit tell one another, and where the rows of a window lie on devices."""

import signal
import time
from threading import local

import jax
import numpy as np
import pytest

from likelinet.core.errors import DataError, NonFiniteError, ProcessError
from likelinet.engines.engine import Data
from likelinet.engines.jax_placement import Stretches
from likelinet.engines.jax_processes import JaxProcesses, Told, lost
from likelinet.model import learning
from likelinet.model.agreed import told_by_first
from likelinet.networks.noise import uniform
from likelinet.training.finished import Finished
from likelinet.training.history import History
from likelinet.training.interrupts import CtrlC, Ended
from tests.as_processes import in_each
from tests.small import quick


def test_one_process_gathers_what_it_hands_over():
    every = JaxProcesses()
    assert (every.rank, every.count, every.devices) == (0, 1, jax.local_device_count())
    assert every.gathered(b"some bytes") == [b"some bytes"]
    assert every.of_first(0.1) == 0.1


def test_told():
    told = Told()
    before = time.perf_counter()
    clock, pressed = told.hear(told.tell(pressed=True))
    assert before <= clock <= time.perf_counter()
    assert pressed
    assert told.hear(told.tell(pressed=False))[1] is False
    x = np.array([[0.1, 1e-300]])
    np.testing.assert_array_equal(told.of_first(x), x)


def test_a_lost_process_is_a_sentence(monkeypatch):
    monkeypatch.setattr(jax, "process_count", lambda: 2)
    with pytest.raises(ProcessError, match="Process 0 of 2 cannot reach another one"), lost():
        raise ValueError("UNKNOWN: Gloo AllGather failed: Connection closed by peer")
    for fault in ("a fault of ours", "RESOURCE_EXHAUSTED: Out of memory allocating 8 bytes."):
        with pytest.raises(ValueError, match=fault), lost():
            raise ValueError(fault)


def finished(value, failure=None):
    history = History(engine="numpy")
    return Finished(np.full((1, 3), value), history, None, f"cut off {value}", None, failure, value)


def test_what_the_first_process_was_given_counts_in_all():
    def each(processes):
        failure = NonFiniteError("one that the first one has") if not processes.rank else None
        return told_by_first(processes, finished(float(processes.rank), failure), failure)

    for given, cause in in_each(3, each):
        np.testing.assert_array_equal(given.theta, np.zeros((1, 3)))
        assert (given.cut_off, given.seconds) == ("cut off 0.0", 0.0)
        assert isinstance(cause, NonFiniteError)


def test_ctrl_c_in_one_process_stops_all():
    def each(processes):
        return told_by_first(processes, finished(1.0), KeyboardInterrupt() if processes.rank == 1 else None)

    assert [type(cause) for _, cause in in_each(3, each)] == [KeyboardInterrupt] * 3


def test_processes_of_other_configs_are_told_in_all():
    def each(processes):
        processes.check_same({"version": "1", "config": "{}"})
        with pytest.raises(DataError, match="Process 1 of 2 has another config than process 0"):
            processes.check_same({"version": "1", "config": f"{{seed: {processes.rank}}}"})
        return processes.rank

    assert in_each(2, each) == [0, 1]


@pytest.mark.parametrize(
    ("before", "now", "what"), [((40, 30), (40, 40), "model to go on from"), ((40, 40), (40, 30), "number of rows")]
)
def test_processes_that_go_on_from_other_models_or_rows_are_told_in_all(before, now, what, monkeypatch):
    x = np.random.default_rng(0).standard_normal((40, 2))
    y = x[:, 0] + x[:, 1]
    begun = [quick(training={"epochs": 1}).fit(x[:many], y[:many]) for many in before]
    own = local()
    monkeypatch.setattr(learning, "processes_of", lambda _: own.processes)

    def each(processes):
        own.processes, many = processes, now[processes.rank]
        with pytest.raises(DataError, match=f"Process 1 of 2 has another {what} than process 0"):
            begun[processes.rank].fit(x[:many], y[:many], warm_start=True, progress=False)
        return processes.rank

    assert in_each(2, each) == [0, 1]


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_that_waits_is_only_noted():
    with CtrlC(waits=True) as ctrl_c:
        assert not ctrl_c.heard()
        signal.raise_signal(signal.SIGINT)
        ctrl_c.check()
        assert ctrl_c.heard()


def test_a_signal_that_ends_a_process_waits_too_where_ctrl_c_is_ignored():
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Ended() as ended, CtrlC(waits=True) as ctrl_c:
            signal.raise_signal(signal.SIGTERM)
            assert (ctrl_c.heard(), ended.number) == (True, signal.SIGTERM)
    finally:
        signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("ctrl_c")
def test_a_second_ctrl_c_does_not_wait():
    with CtrlC(waits=True) as ctrl_c:
        signal.raise_signal(signal.SIGINT)
        ctrl_c._again = 0.0
        with pytest.raises(ProcessError, match="Ctrl-C came twice"):
            signal.raise_signal(signal.SIGINT)


def test_noise_of_some_rows_is_that_of_all():
    keys = np.array([[1, 2], [3, 4]], np.uint32)
    whole = uniform(keys, np.int32(5), 1, (12, 7), np.float32)
    np.testing.assert_array_equal(uniform(keys, np.int32(5), 1, (4, 7), np.float32, np.int32(8)), whole[:, 8:])


@pytest.mark.parametrize(("window", "batch", "held"), [(50, 7, 11), (64, 8, 0), (9, 3, 5), (30, 30, 2)])
def test_rows_of_a_window_are_found_where_they_are(window, batch, held):
    rng = np.random.default_rng(window)
    n = window + held
    data = Data(np.arange(n, dtype=float)[:, None], None, np.arange(n, dtype=float), np.ones(n))
    place = Stretches(jax.devices()[:4], window, batch)
    x, _, y = place.rows(data)
    size = len(x) // 4

    def of_devices(rows, share):  # what each device finds, by members
        rows, share = (np.split(np.asarray(a), 4, axis=-1) for a in (rows, share))
        tables = np.split(np.asarray(x)[:, 0], 4)
        found = [[t[r[m]][s[m] > 0.0] for t, r, s in zip(tables, rows, share, strict=True)] for m in range(2)]
        return [np.sort(np.concatenate(each)) for each in found]

    wanted = np.stack([rng.permutation(n)[: n - 2] for _ in range(2)])
    for got, want in zip(of_devices(*place.block(wanted, np.ones(wanted.shape))), wanted, strict=True):
        np.testing.assert_array_equal(got, np.sort(want))
    assert size >= held
    np.testing.assert_array_equal(np.asarray(x)[:, 0], np.asarray(y))
