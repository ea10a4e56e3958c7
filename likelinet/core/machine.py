"""How much memory there is: of the machine, or as much of it as a container or a limit leaves this process."""

import os
import sys
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def memory() -> int | None:
    """Return the bytes of memory that this process may have at most; None where the system does not say.

    It is the smallest of the machine's, of what the control groups of Linux leave, and of the limit of `ulimit -v`.
    """
    limits = [_of_machine(), *_of_groups(OWN, CGROUPS), _of_process()]
    return min((limit for limit in limits if limit is not None), default=None)


def _of_machine() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # not on Windows
        return None


def _of_groups(own: Path, root: Path) -> list[int]:
    """Return the limits of the groups that the process is in, and of those around them; of both versions."""
    try:
        lines = [line.split(":", 2) for line in own.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return []
    found: list[int] = []
    for _, controllers, path in lines:
        if controllers not in ("", "memory"):
            continue
        base, name = (root, "memory.max") if not controllers else (root / "memory", "memory.limit_in_bytes")
        group = base / path.lstrip("/")
        for each in (group, *group.parents):
            if each == base or base in each.parents:
                found += _number_in(each / name)
    return found


def _number_in(file: Path) -> list[int]:
    try:
        return [int(file.read_text(encoding="ascii"))]
    except (OSError, ValueError):  # there is none, or it says "max"
        return []


def _of_process() -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit
