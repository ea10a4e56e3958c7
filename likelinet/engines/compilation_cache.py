"""The compilation cache: compiled code kept from run to run."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

LIMIT = 256 * 2**20  # bytes


def cache_folder() -> Path | None:
    """Return the folder of the compilation cache, or None where it cannot be written.

    It is `$XDG_CACHE_HOME/likelinet/jax`, or `~/.cache/likelinet/jax`. When it holds more than 256 MiB, the oldest
    files are deleted.
    """
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "likelinet" / "jax"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # not even a home
        return None
    if not os.access(folder, os.W_OK):
        return None
    with suppress(OSError):  # another process has just deleted a file
        delete_oldest(folder, LIMIT)
    return folder


def delete_oldest(folder: Path, limit: int) -> None:
    """Delete files of a folder, the oldest first, until the rest takes no more than `limit` bytes."""
    found = [(s.st_mtime, s.st_size, f) for f in folder.iterdir() if f.is_file() for s in [f.stat()]]
    total = 0
    for _, size, file in sorted(found, reverse=True):
        total += size
        if total > limit:
            file.unlink(missing_ok=True)


def keep_compiled(config: Any, reset: Callable[[], None]) -> Callable[[], None]:
    """Let JAX keep what it compiles in `cache_folder()` and find it there, until what is returned is called.

    A folder that the user has given to JAX takes its place, with all of JAX's own settings. JAX has no scoped form of
    these settings: they are put back at the end.

    Parameters
    ----------
    config
        `jax.config`.
    reset : callable
        Makes JAX forget the folder that it uses, which it otherwise holds on to.
    """
    folder = None if config.jax_compilation_cache_dir else cache_folder()
    if folder is None:
        return lambda: None
    ours = {
        "jax_compilation_cache_dir": str(folder),
        "jax_persistent_cache_min_compile_time_secs": 0.0,
        "jax_persistent_cache_min_entry_size_bytes": 0,
    }
    before = {name: getattr(config, name) for name in ours}

    def set_to(values: dict[str, Any]) -> None:
        for name, value in values.items():
            config.update(name, value)
        reset()

    set_to(ours)
    return lambda: set_to(before)
