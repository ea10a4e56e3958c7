"""The exceptions likelinet raises, as a tree.

    LikelinetError
    ├── ConfigError           (ValueError)           a config that cannot be used
    ├── DataError             (ValueError)           a table, target or weight that cannot be used
    ├── ParameterError        (ValueError)           a distribution parameter outside its domain
    ├── UndefinedError        (NotImplementedError)  a method that a distribution does not have
    ├── NotFittedError        (RuntimeError)         a prediction asked of a model before `fit`
    ├── NonFiniteError        (ArithmeticError)      a loss that became NaN or infinite
    ├── DivergedError         (ArithmeticError)      a loss that rose, so that nothing was learned
    ├── ModelFileError        (ValueError)           a model file that is damaged, altered, too new or not trusted
    ├── ProcessError          (ConnectionError)      another process of a fit that cannot be reached
    └── MissingLibraryError   (ImportError)          an optional library that is not installed

Each message is one sentence: what is wrong, where, and what to do. What is wrong with a table is told at once.
"""

SPACES = "\n\xa0\u202f"  # that messages may have


def printable(text: str) -> str:
    """Return text with control characters, and others that are never seen, in the spelling of Python."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in SPACES else c.encode("unicode_escape").decode() for c in text)


class LikelinetError(Exception):
    """Root of every error that likelinet raises on purpose."""

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))  # which may show names and cells of the user's


class ConfigError(LikelinetError, ValueError):
    """A config has an unknown key, a value out of range, or asks for what does not fit together."""


class DataError(LikelinetError, ValueError):
    """A table, a target or a weight cannot be used as it is.

    Parameters
    ----------
    message : str
        What is wrong.
    faults : tuple of str
        Each thing that is wrong, in a sentence, where there are several.
    """

    def __init__(self, message: str = "", faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults or (message,)


class ParameterError(LikelinetError, ValueError):
    """A distribution was given a parameter outside its domain."""


class UndefinedError(LikelinetError, NotImplementedError):
    """The distribution has no such method, for example the cdf of unordered classes."""


class NotFittedError(LikelinetError, RuntimeError):
    """The model has to be fitted first."""


class NonFiniteError(LikelinetError, ArithmeticError):
    """The training loss became NaN or infinite; the best weights so far are kept."""


class DivergedError(LikelinetError, ArithmeticError):
    """The training loss rose, and no epoch was better than the start."""


class ModelFileError(LikelinetError, ValueError):
    """A model file is truncated, altered, written by a newer version, or names code that is not trusted."""


class ProcessError(LikelinetError, ConnectionError):
    """Another process, with which this one computes a fit, cannot be reached."""


class MissingLibraryError(LikelinetError, ImportError):
    """An optional library is not installed; the message says how to install it."""
