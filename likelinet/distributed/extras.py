"""Libraries that are not everybody's: imported when they are needed, with a word on how to install them."""

import importlib
from typing import Any

from likelinet.core.errors import MissingLibraryError


def needed(module: str, extra: str) -> Any:
    """Return a module of a library, by its name.

    Raises
    ------
    MissingLibraryError
        If it is not installed; the message has the extra of likelinet that brings it.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        raise MissingLibraryError(f"This needs {library}: pip install 'likelinet[{extra}]'.") from None
