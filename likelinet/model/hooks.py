"""What scikit-learn asks of an object: whether it is fitted, what it is, and another one like it."""

from abc import ABC, abstractmethod
from typing import Any, Self

from likelinet.core.lazy import LazyModule

_tags = LazyModule("likelinet.sklearn.tags")  # a floor above this one, which scikit-learn alone has loaded


class Hooks(ABC):
    """What scikit-learn's tools ask for: with it they take a model, as pipelines and partial dependence do."""

    @property
    @abstractmethod
    def fitted(self) -> bool:
        """Whether there is anything to predict with."""

    @property
    @abstractmethod
    def n_classes(self) -> int | tuple[int, ...]:
        """How many classes there are; 0 for numbers."""

    @abstractmethod
    def _unfitted(self) -> Self:
        """Return a model with the same declaration that is not fitted."""

    def __sklearn_is_fitted__(self) -> bool:
        return self.fitted

    def __sklearn_clone__(self) -> Self:
        return self._unfitted()

    def __sklearn_tags__(self) -> Any:
        return _tags.of_model(self.fitted and self.n_classes == 0)
