"""`likelinet fit --checkpoint`: what is declared, who else writes there, and the signal that asks for one."""

import hashlib
import os
import signal
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import FrameType

import click

from likelinet.core.errors import DataError
from likelinet.core.locking import locked
from likelinet.model.recording import held
from likelinet.training.checkpoint import EVERY, Checkpoint, Generations

NONE_TO_WRITE = b"likelinet: SIGUSR1 asks for a checkpoint, but there is no --checkpoint DIR to write it to.\n"


def declared_checkpoint(folder: Path | None, every: float | None, resume: bool) -> Checkpoint | None:
    """Return what the options declare; None without a folder."""
    if folder is not None:
        return Checkpoint(folder, EVERY if every is None else every, resume)
    if every is not None or resume:
        raise click.UsageError(f"{'--resume' if resume else '--every'}: add --checkpoint DIR, the folder it is of.")
    return None


@contextmanager
def alone(output: Path, checkpoint: Checkpoint | None) -> Generator[None]:
    """Let no other fit write this file while this one is under way, and look at the folder of checkpoints.

    Raises
    ------
    DataError
        If another fit writes one of them, or the folder cannot be used.
    """
    file = Path(os.path.realpath(output))
    own = file.is_file() or not file.exists()  # a device or a pipe is for anybody
    lock = file.with_name(f".{hashlib.sha256(file.name.encode(errors='surrogateescape')).hexdigest()[:16]}.lock")
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(lock) if own else nullcontext())
        except BlockingIOError:
            raise DataError(f"{output}: another fit writes this file; wait for its end, or name another one.") from None
        except OSError as error:
            raise DataError(f"{output}: cannot write there ({error.strerror}); choose another name.") from None
        if checkpoint is not None:
            with held(checkpoint):
                pass
        yield


@contextmanager
def writing_when_asked(checkpoint: Checkpoint | None) -> Generator[None]:
    """Have SIGUSR1 ask for a checkpoint, where there is such a signal."""
    if sys.platform == "win32":
        yield
        return

    def asked(_number: int, _frame: FrameType | None) -> None:
        if checkpoint is not None:
            checkpoint.write_now()
        else:
            os.write(2, NONE_TO_WRITE)  # a handler must not print, as somebody else may be printing

    former = signal.signal(signal.SIGUSR1, asked)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, former)


def how_to_go_on(checkpoint: Checkpoint | None) -> str | None:
    """Return in a sentence how a fit goes on that was cut short, if there is a checkpoint."""
    if checkpoint is None or not Generations(Path(checkpoint.folder)).files:
        return None
    return f"The same command with --resume goes on from the checkpoint in {checkpoint.folder}."
