"""Constructors that say which parameter was meant where one is called by another name, or is missing."""

import functools
import inspect
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from likelinet.core.errors import ParameterError
from likelinet.core.wording import nearest

if TYPE_CHECKING:
    from likelinet.distributions.base.distribution import Distribution


def with_names(init: Callable[..., None]) -> Callable[..., None]:
    """Return an `__init__` that raises `ParameterError` for arguments that do not fit its signature."""

    @functools.wraps(init)
    def checked(self: "Distribution", *arguments: Any, **named: Any) -> None:
        try:
            init(self, *arguments, **named)
        except TypeError:
            signature = inspect.signature(init)
            try:
                signature.bind(self, *arguments, **named)
            except TypeError as error:
                names = list(signature.parameters)[1:]
                raise ParameterError(f"{type(self).__name__}{_misfit(self, names, named, error)}") from None
            raise

    return checked


def _misfit(d: "Distribution", names: list[str], named: dict[str, Any], error: TypeError) -> str:
    for word in named:
        if word not in names:
            by_symbol = [p.name for p in d.parameters if p.name in names and _is_spoken(p.symbol, word)]
            meant = f" (did you mean '{by_symbol[0]}'?)" if by_symbol else nearest(word, names)
            return f" has no parameter '{word}'{meant}."
    return f": {error}; it takes {', '.join(names)}."


def _is_spoken(symbol: str, word: str) -> bool:
    """Whether a word, or its beginning, is how a symbol is said: mu for μ, lam for λ."""
    if len(symbol) != 1:
        return False
    spoken = unicodedata.name(symbol).split()[-1].lower().replace("lamda", "lambda")
    return word == spoken or (len(word) > 2 and spoken.startswith(word))
