"""Processes that say their numbers to the first one before a fit begins."""

import socket
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from likelinet.cli.muster import HELLO, muster, report
from likelinet.core.errors import DataError

WAIT = 60.0  # seconds at most, on a busy machine


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("localhost", 0))
        return s.getsockname()[1]


def came(numbers: list[int], told: list[int], count: int, wait: float = WAIT) -> list[str]:
    """Have processes come, and return what process 0 and each of them says: nothing where they begin."""
    port = free_port()
    with ThreadPoolExecutor(len(numbers) + 1) as pool:
        first = pool.submit(muster, port, count, wait)
        others = [pool.submit(report, "localhost", port, *each, WAIT) for each in zip(numbers, told, strict=True)]
        return [said(each) for each in (first, *others)]


def said(each: Future[None]) -> str:
    error = each.exception()
    assert error is None or isinstance(error, DataError)
    return "" if error is None else str(error)


def test_they_begin_when_all_have_come():
    assert came([3, 1, 2], [4, 4, 4], 4) == [""] * 4


def test_one_process_waits_for_nobody():
    assert came([], [], 1) == [""]


def test_two_of_the_same_number():
    assert came([1, 1], [3, 3], 3) == ["--process-id 1 came twice: begin each process with its own, from 0 to 2."] * 3


@pytest.mark.parametrize("number", [-1, 0, 2, 5])
def test_a_number_that_there_is_not(number: int):
    fault = f"--process-id {number}: of 2 processes the others are 1 to 1."
    assert came([number], [2], 2) == [fault] * 2


def test_a_name_that_no_machine_has():
    with pytest.raises(DataError, match=r"--coordinator a\.\.b:1234: that is no name of a machine"):
        report("a..b", 1234, 1, 2, WAIT)


def test_a_port_that_is_taken():
    with socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True) as other:
        port = other.getsockname()[1]
        with pytest.raises(DataError, match=rf"port {port} cannot be taken \(Address already in use\): if no other"):
            muster(port, 2, WAIT)


def test_another_number_of_processes():
    assert came([1], [3], 2) == ["--processes is 2 for process 0 and 3 for process 1: begin all with the same."] * 2


def test_one_that_does_not_come():
    assert came([], [], 3, 0.0) == [
        "--processes 3: after 0 s number 1 has not come: begin all of them, each with its own --process-id, and the "
        "same --coordinator and --processes."
    ]


def test_a_stranger_and_one_that_has_ended_are_not_counted():
    port = free_port()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(muster, port, 2, WAIT)
        for what in (b"GET / HTTP/1.1\r\n\r\n", b"likelinet 1\n", b""):
            with reached(port) as stranger:
                stranger.sendall(what)
                stranger.shutdown(socket.SHUT_WR)
                assert stranger.recv(100) == b""
        again = pool.submit(report, "localhost", port, 1, 2, WAIT)
        assert [said(first), said(again)] == ["", ""]


def test_one_that_has_ended_may_come_again():
    port = free_port()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(muster, port, 3, WAIT)
        with reached(port) as ended:
            ended.sendall(HELLO + b" 1 3")
            ended.shutdown(socket.SHUT_WR)
            assert ended.recv(100) == b""
        others = [pool.submit(report, "localhost", port, 1, 3, WAIT)]
        report("localhost", port, 2, 3, WAIT)
        assert [said(each) for each in (first, *others)] == ["", ""]


def reached(port: int) -> socket.socket:
    while True:
        try:
            return socket.create_connection(("localhost", port), timeout=WAIT)
        except ConnectionRefusedError:  # nobody listens yet
            continue


def test_somebody_else_listens_there():
    with socket.socket() as s, ThreadPoolExecutor(1) as pool:
        s.bind(("localhost", 0))
        s.listen()
        port = s.getsockname()[1]
        other = pool.submit(report, "localhost", port, 1, 2, WAIT)
        connection, _ = s.accept()
        with connection:
            assert connection.recv(100) == b"likelinet 1 2"
            connection.sendall(b"220 welcome")
        assert said(other) == (
            f"--coordinator localhost:{port}: what answered there is no process 0 that waits for others, or has ended: "
            "begin all of them, each with its own --process-id, and with a port that is free."
        )
