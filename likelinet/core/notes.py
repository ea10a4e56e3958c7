"""Notes to the user that stop nothing."""

import os
import sys
import warnings
from pathlib import Path

PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep


def note(message: str) -> None:
    """Warn in the name of the line that called the library, however far from here it is."""
    level, frame = 1, sys._getframe()  # noqa: SLF001
    while frame.f_code.co_filename.startswith(PACKAGE) and frame.f_back is not None:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)
