"""Going on with a fitted model: passes over rows as they come, and another training."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Literal, Self

from numpy.typing import ArrayLike

from likelinet.config import TrainingConfig
from likelinet.model.declaring import with_training
from likelinet.model.fit import Fit
from likelinet.model.going_on import trained_by
from likelinet.model.learning import Given
from likelinet.training.history import Callback


class Passes(ABC):
    """What goes on learning."""

    @abstractmethod
    def _learn(self, given: Given, anew: bool) -> Self:
        """Learn from rows, or go on, and return self."""

    @abstractmethod
    def _fitted(self) -> Fit:
        """Return what was fitted; raise `NotFittedError` if nothing was."""

    @abstractmethod
    def _with(self, fit: Fit) -> Self:
        """Return a model of the same kind that has been fitted."""

    def partial_fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        *,
        callbacks: Sequence[Callback] = (),
        progress: bool = True,
    ) -> Self:
        """Go on from the weights by one pass over these rows, and return self.

        The rate is that of `training.optimizer` throughout, with the warm-up of `hold_then_anneal`. Optimiser and
        random streams go on where they stand: those of a model from a file, or one that keeps an earlier epoch than
        its last, begin anew. No rows are held out, and the weights are kept as they are after the pass. So k passes
        over the same rows are a fit of k epochs without schedule and held-out rows, to the bit.

        The first call of a model that is not fitted learns from its rows how columns and y are read and scaled, which
        family `auto` is, and where to begin; groups of members then have equal weights. All that stays: later rows are
        read as `predict` reads them, and only ratios of weights within a call matter. A pass forgets `recalibrate` and
        predictions out of fold, which were of other weights. It also forgets what y is without x, which no single call
        knows of all rows: once there was a second one, `evaluate` has no skills.

        Parameters
        ----------
        X, y, sample_weight
            Rows, as `fit` takes them.
        callbacks, progress
            As those of `fit`.

        Returns
        -------
        Model
            This model.

        Raises
        ------
        DataError
            If the rows cannot be used; the model stays as it was.
        ConfigError
            If the model is fitted by L-BFGS, or has no inputs, and so makes no steps.
        NonFiniteError
            If the loss becomes NaN or infinite; the model keeps its earlier fit.

        Examples
        --------
        >>> import numpy as np
        >>> import likelinet as ll
        >>> rng = np.random.default_rng(0)
        >>> model = ll.Model({"quality": "plain", "network": {"hidden": [8]}})
        >>> for _ in range(3):
        ...     X = rng.uniform(-1, 1, (64, 1))
        ...     model = model.partial_fit(X, X[:, 0] + 0.1 * rng.standard_normal(64))
        >>> model.history
        History(3 epochs, best epoch 3, finished)
        """
        return self._learn(Given(X, y, sample_weight, None, callbacks, progress, once=True), anew=False)

    def with_training(
        self, training: TrainingConfig | dict[str, Any], *, engine: Literal["numpy", "jax", "auto"] | None = None
    ) -> Self:
        """Return the fitted model with another declaration of training, by which it may go on.

        Parameters
        ----------
        training : TrainingConfig or dict
            A dict says what is to change; the rest stays. Another kind of optimiser begins anew.
        engine : {"numpy", "jax", "auto"}, optional
            What computes the steps; None leaves it.

        Returns
        -------
        Model
            Another model, with the same weights.

        Raises
        ------
        ConfigError
            If the declaration is not valid.

        Examples
        --------
        >>> import numpy as np
        >>> import likelinet as ll
        >>> X = np.random.default_rng(0).normal(size=(100, 2))
        >>> y = X[:, 0] + X[:, 1] ** 2
        >>> model = ll.Model({"quality": "plain", "training": {"epochs": 5}}).fit(X, y)
        >>> slower = model.with_training({"optimizer": {"learning_rate": 1e-4}}).fit(X, y, warm_start=True)
        >>> slower.history.epochs[5].learning_rate <= 1e-4
        True
        """
        fit = self._fitted()
        return self._with(trained_by(fit, with_training(fit.declared_whole, training, engine)))
