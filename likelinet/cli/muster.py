"""Who comes to a fit of several processes: each says its number to the first one, before JAX begins."""

import os
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector

from likelinet.core.errors import DataError

HELLO, BEGIN = b"likelinet", b"begin"
SOON = 5.0  # seconds for what is sent at once


def muster(port: int, count: int, wait: float) -> None:
    """Wait at a port until all other processes have said their numbers, and have them go on.

    Raises
    ------
    DataError
        If the port is taken, one does not come, or two say what does not go together, which is said to all that came.
    """
    try:
        dual = socket.has_dualstack_ipv6()
        family = socket.AF_INET6 if dual else socket.AF_INET
        door = socket.create_server(("", port), family=family, backlog=count, dualstack_ipv6=dual)
    except OSError as error:
        raise DataError(
            f"--coordinator: port {port} cannot be taken ({os.strerror(error.errno or 0)}): if no other process 0 of "
            "this fit has it, name another."
        ) from None
    until, present = time.monotonic() + wait, dict[int, socket.socket]()
    with door, DefaultSelector() as watched:
        watched.register(door, EVENT_READ)
        try:
            while lacking := set(range(1, count)) - set(present):
                if time.monotonic() > until:
                    raise DataError(
                        f"--processes {count}: after {wait:.0f} s number {min(lacking)} has not come: begin all of "
                        "them, each with its own --process-id, and the same --coordinator and --processes."
                    )
                for key, _ in watched.select(0.2):
                    if key.fileobj is door:
                        came = _arrival(door, present, count)
                        if came is not None:
                            watched.register(present[came], EVENT_READ, came)
                    else:  # it has ended, and may be begun once more
                        watched.unregister(key.fileobj)
                        present.pop(key.data).close()
            _answer(present.values(), BEGIN)
        except DataError as error:
            _answer(present.values(), str(error).encode())
            raise
        finally:
            for each in present.values():
                each.close()


def _arrival(door: socket.socket, present: dict[int, socket.socket], count: int) -> int | None:
    """Let in one that says its number, and return that; nothing where it says something else."""
    other, _ = door.accept()
    other.settimeout(SOON)
    try:
        hello, *numbers = other.recv(64).split()
        came, all_told = [int(number) for number in numbers if hello == HELLO]
    except (OSError, ValueError):
        other.close()
        return None
    fault = None
    if not 0 < came < max(count, all_told):
        fault = f"--process-id {came}: of {count} processes the others are 1 to {count - 1}."
    elif all_told != count:
        fault = f"--processes is {count} for process 0 and {all_told} for process {came}: begin all with the same."
    elif came in present:
        fault = f"--process-id {came} came twice: begin each process with its own, from 0 to {count - 1}."
    if fault is not None:
        with other:
            _answer([other], fault.encode())
        raise DataError(fault)
    present[came] = other
    return came


def _answer(to: Iterable[socket.socket], what: bytes) -> None:
    for each in to:
        with suppress(OSError):  # it has ended
            each.sendall(what)


def report(host: str, port: int, number: int, count: int, wait: float) -> None:
    """Say the own number to process 0, and wait until all others have come.

    Raises
    ------
    DataError
        If process 0 does not answer, or not all come or go together.
    """
    until = time.monotonic() + wait
    while True:
        try:
            first = socket.create_connection((host, port), timeout=SOON)
            break
        except UnicodeError:
            raise DataError(f"--coordinator {host}:{port}: that is no name of a machine.") from None
        except OSError as error:
            if time.monotonic() > until:
                raise DataError(
                    f"--coordinator {host}:{port}: process 0 does not answer there ({error}): begin it as well, with "
                    "an address that this machine reaches."
                ) from None
            time.sleep(0.2)
    with first:
        first.settimeout(wait + SOON)  # process 0 says it if others do not come
        try:
            first.sendall(b"%s %d %d" % (HELLO, number, count))
            answer = first.recv(1024)
        except OSError:
            answer = b""
    if answer.startswith(b"--"):
        raise DataError(answer.decode())
    if answer != BEGIN:
        raise DataError(
            f"--coordinator {host}:{port}: what answered there is no process 0 that waits for others, or has ended: "
            "begin all of them, each with its own --process-id, and with a port that is free."
        )
