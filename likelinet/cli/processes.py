"""`likelinet fit --processes`: one fit that several processes compute."""

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from threading import Thread
from typing import Any

import click

from likelinet.cli.muster import muster, report
from likelinet.cli.watched import watched
from likelinet.core.errors import DataError, MissingLibraryError
from likelinet.core.processes import ALONE, Processes

WAIT = 300.0  # seconds for the others to come
FOUND = "auto"  # of --processes: JAX finds them


@contextmanager
def joined(coordinator: str | None, process: int | None, processes: str | None) -> Generator[Processes]:
    """Join the processes that compute a fit, and give them; at the end, wait for the others.

    Raises
    ------
    DataError
        If they do not come, or JAX finds none.
    MissingLibraryError
        If JAX is not there.
    """
    if processes is None:
        if coordinator is not None or process is not None:
            given = "--coordinator" if coordinator is not None else "--process-id"
            raise click.UsageError(f"{given}: add --processes, how many there are, or auto where JAX finds them.")
        yield ALONE
        return
    try:
        import jax
    except ImportError:
        raise MissingLibraryError('--processes needs JAX: pip install "likelinet[jax]".') from None
    declared = _declared(coordinator, process, processes)
    name = "This process" if processes == FOUND else f"Process {process} of {processes}"
    with nullcontext() if declared.get("num_processes") == 1 else watched(name):
        with _unheard():  # of what libraries below JAX print
            _begin(jax, declared)
            from likelinet.engines.jax_processes import JaxProcesses, connect, lost

            every = JaxProcesses()
            every.gathered(b"")
            connect()
        with lost():  # wherever a result that others take part in is looked at first
            yield every
        every.gathered(b"")


def _declared(coordinator: str | None, process: int | None, processes: str) -> dict[str, Any]:
    """Return what JAX is told of the processes, once all have come."""
    if processes == FOUND:
        if coordinator is not None or process is not None:
            raise click.UsageError(
                "--processes auto: JAX finds --coordinator and --process-id as well: leave them out."
            )
        return {}
    count = int(processes)
    if coordinator is None or process is None:
        lacking = "--coordinator HOST:PORT" if coordinator is None else "--process-id"
        raise click.UsageError(f"--processes {count}: add {lacking}, or write --processes auto where JAX finds it.")
    if process >= count:
        raise click.UsageError(f"--process-id {process}: of {count} processes they are 0 to {count - 1}.")
    host, _, port = coordinator.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise click.UsageError(
            f"--coordinator {coordinator}: write HOST:PORT, as node1:1234, a free port of process 0."
        )
    if process:
        report(host.strip("[]"), int(port), process, count, WAIT)  # which an address of IPv6 has around it
    else:
        muster(int(port), count, WAIT)
    return {"coordinator_address": coordinator, "num_processes": count, "process_id": process}


def _begin(jax: Any, declared: dict[str, Any]) -> None:
    """Have JAX find the other processes, in a thread, as it does not hear Ctrl-C meanwhile."""
    failed: list[Exception] = []

    def begin() -> None:
        try:
            jax.distributed.initialize(**declared, initialization_timeout=86_400)  # or it would abort the process
        except Exception as error:
            failed.append(error)

    jax.config.update("jax_enable_preemption_service", False)  # which would take SIGTERM for itself
    thread, until = Thread(target=begin, daemon=True), time.monotonic() + WAIT
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        if time.monotonic() > until:
            raise DataError(
                f"--processes: after {WAIT:.0f} s not all of them have come: begin all of them, each with its own "
                "--process-id, and the same --coordinator and --processes."
            )
    if failed:
        raise DataError(f"--processes: JAX cannot join them ({str(failed[0]).splitlines()[0]}).")


@contextmanager
def _unheard() -> Generator[None]:
    """Do what is done within without what a library writes to standard output."""
    if sys.stdout is not None:
        sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
