"""The config of a family that is chosen when the model is fitted."""

from typing import Any, Literal, NoReturn

from pydantic import PositiveInt

from likelinet.config.family import Declared, Filling
from likelinet.core.errors import ConfigError
from likelinet.distributions import Distribution
from likelinet.distributions.base.family import Family


class AutoConfig(Declared):
    """The family that predicts held-out rows best, of those that fit the kind of y; `fit` chooses it.

    The config of the fitted model has the chosen family in its place, and groups of members for others that are kept.
    """

    kind: Literal["auto"] = "auto"  # type: ignore[reportIncompatibleVariableOverride]
    """Which family."""
    families: PositiveInt = 1
    """How many of the best to keep, if their scores come near: each group of members that names no family is trained
    with each of them. Needs `training.folds`."""
    numbers: bool = False
    """Whether y is numbers even where few of them come again and again, as codes of classes and grades do."""

    @property
    def sources(self) -> dict[str, Any]:
        return {}

    @property
    def is_open(self) -> bool:
        return True

    def leaf_class(self, own: type[Distribution] | None) -> type[Distribution]:
        self._undecided()

    def opened(self, own: type[Distribution] | None, size: int) -> tuple[Family, list[Filling]]:
        self._undecided()

    def _undecided(self) -> NoReturn:
        raise ConfigError("distribution: 'auto' is no family yet: fit chooses one, or name it.")
