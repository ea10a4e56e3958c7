"""What the processes of JAX's distributed runtime say to one another."""

import os
import re
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax import enable_x64
from jax.experimental import multihost_utils
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from likelinet.core.errors import ProcessError
from likelinet.core.processes import Processes, unreachable

_EPOLL = "232", "281", "22"  # epoll_wait and epoll_pwait, of x86-64 and of ARM
LOOKS = 10
_AFTER = 19  # the last of all
_STATUS = re.compile("(?!RESOURCE_EXHAUSTED)[A-Z_]+: ")  # all errors of XLA but for memory, whatever their class


def all_devices() -> list[Any]:
    """Return the devices of all processes, those of each side by side, in the order of the processes."""
    return sorted(jax.devices(), key=lambda device: (device.process_index, device.id))


def connect() -> None:
    """Have all devices say something to one another, of which the library below JAX prints that they are connected."""
    mesh = Mesh(np.array(all_devices()), ("devices",))
    total = jax.shard_map(lambda a: jax.lax.psum(a, "devices"), mesh=mesh, in_specs=P(), out_specs=P())
    whole = NamedSharding(mesh, P())
    with lost():
        own = jax.make_array_from_callback((1,), whole, lambda _: np.zeros(1, np.float32))
        jax.block_until_ready(jax.jit(total)(own))


class JaxProcesses(Processes):
    """The processes of JAX's distributed runtime, with as many devices each."""

    def __init__(self) -> None:
        super().__init__(jax.process_index(), jax.process_count(), jax.local_device_count())

    def gathered(self, data: bytes) -> list[bytes]:
        with lost():
            sizes = multihost_utils.process_allgather(np.array(len(data), np.uint32))
            room = np.zeros(int(sizes.max()), np.uint8)
            room[: len(data)] = np.frombuffer(data, np.uint8)
            every = multihost_utils.process_allgather(room)
        return [bytes(each[:size]) for each, size in zip(np.asarray(every), sizes.ravel(), strict=True)]


@contextmanager
def lost() -> Generator[None]:
    """Say in a sentence that a process cannot be reached, which JAX says in many ways.

    Raises
    ------
    ProcessError
        In place of an error of JAX.
    """
    try:
        yield
    except (jax.errors.JaxRuntimeError, ValueError) as error:
        if jax.process_count() == 1 or not _STATUS.match(str(error)):
            raise
        raise ProcessError(unreachable(f"Process {jax.process_index()} of {jax.process_count()}")) from error


def give_way() -> None:
    """Let the threads that wait for the network come after those that compute.

    On processors, that of Gloo waits by asking again and again, also while this process is still computing what the
    others wait for: on a machine of as many cores as processes it takes up to half of a core.
    """
    if jax.default_backend() != "cpu" or not sys.platform.startswith("linux"):
        return
    for _ in range(LOOKS):  # at rest they wait by these calls, but one may just be at work
        for thread in Path("/proc/self/task").iterdir():
            with suppress(OSError):  # one that has ended, or a system that does not say
                if (thread / "syscall").read_text().split()[0] in _EPOLL:
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), _AFTER)
        time.sleep(0.002)


class Told:
    """What the processes of a run tell one another beside its steps, so that all of them do the same."""

    def __init__(self) -> None:
        first = {d.process_index: d for d in reversed(jax.devices())}
        mesh = Mesh(np.array([first[i] for i in sorted(first)]), ("processes",))
        self._own, every = (NamedSharding(mesh, P(*axes)) for axes in (["processes"], []))
        self._spread: Any = jax.jit(lambda a: a, out_shardings=every)
        self.of_first(np.zeros(1))
        give_way()

    def tell(self, pressed: bool) -> Any:
        """Tell the others the time, and whether somebody has pressed Ctrl-C; nobody waits for what they tell."""
        own = np.array([[time.perf_counter(), pressed]])
        with enable_x64(True), lost():
            return self._spread(jax.make_array_from_callback((jax.process_count(), 2), self._own, lambda _: own))

    def hear(self, told: Any) -> tuple[float, bool]:
        """Return the time of the first process, and whether somebody anywhere has pressed Ctrl-C."""
        with lost():
            heard = np.asarray(told)
        return float(heard[0, 0]), bool(heard[:, 1].any())

    def of_first(self, array: np.ndarray) -> np.ndarray:
        """Return the array that the first process has."""
        with enable_x64(True), lost():
            return np.asarray(multihost_utils.broadcast_one_to_all(array))
