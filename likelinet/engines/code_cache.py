"""Compiled code kept from run to run."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

LIMIT = 256 * 2**20  # bytes


def code_folder() -> Path | None:
    """Return the folder for compiled code, or None where it cannot be written.

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
        total = 0
        for _, size, file in sorted(
            ((s.st_mtime, s.st_size, f) for f in folder.iterdir() if f.is_file() for s in [f.stat()]), reverse=True
        ):
            total += size
            if total > LIMIT:
                file.unlink(missing_ok=True)
    return folder


@contextmanager
def code_kept_on_disk(config: Any, reset: Callable[[], None]) -> Iterator[None]:
    """Let JAX keep what it compiles meanwhile in `code_folder()`, and find it there in the next run.

    A folder that the user has given to JAX takes its place, with all of JAX's own settings. JAX has no scoped form of
    these settings: they are put back at the end.

    Parameters
    ----------
    config
        `jax.config`.
    reset : callable
        Makes JAX forget the folder that it uses, which it otherwise holds on to.
    """
    folder = None if config.jax_compilation_cache_dir else code_folder()
    if folder is None:
        yield
        return
    ours = {
        "jax_compilation_cache_dir": str(folder),
        "jax_persistent_cache_min_compile_time_secs": 0.0,
        "jax_persistent_cache_min_entry_size_bytes": 0,
    }
    before = {name: getattr(config, name) for name in ours}
    try:
        for name, value in ours.items():
            config.update(name, value)
        reset()
        yield
    finally:
        for name, value in before.items():
            config.update(name, value)
        reset()
