"""What the estimators have in common: parameters become a model, and its distributions their predictions."""

import warnings
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from likelinet.config import ModelConfig, parse_config
from likelinet.core.errors import DivergedError, NonFiniteError
from likelinet.distributions import Distribution
from likelinet.distributions.base.shapes import Rng
from likelinet.model.model import Model
from likelinet.sklearn.checked import checked_weight, checked_X
from likelinet.sklearn.declaring import at_once_if_few, declared
from likelinet.sklearn.going_on import to_go_on
from likelinet.tables.named_target import titled
from likelinet.training.history import History


class DistributionEstimator(BaseEstimator):
    """An estimator over `Model`; regressor and classifier add what y is, and what a prediction is."""

    model_: Model
    n_features_in_: int
    feature_names_in_: np.ndarray
    _by_name: bool = False  # whether columns are found by their names, since a file does not have their order
    quality: Any
    distribution: Any
    config: Any
    random_state: Any
    warm_start: Any
    verbose: Any

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.target_tags.required = True
        return tags

    def _declared(self, kind: dict[str, Any]) -> dict[str, Any]:
        """Return the declaration; `kind` is what the word `auto` stands for."""
        match self.distribution:
            case "auto":
                distribution = kind
            case str() as word:
                distribution = {"kind": word}
            case other:
                distribution = other
        seed = self.random_state
        if not isinstance(seed, int | np.integer):  # None, or a state of random numbers
            seed = check_random_state(seed).randint(2**31 - 1)
        return declared(self.get_params(deep=False), distribution, self.config, int(seed))

    @property
    def _fitted(self) -> bool:
        return hasattr(self, "model_")

    @property
    def _goes_on(self) -> bool:
        """Whether `fit` goes on from what was fitted."""
        return bool(self.warm_start) and self._fitted

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any] | None,
        kind: dict[str, Any],
        titles: Any,
        once: bool = False,
    ) -> Self:
        """Fit to what was checked, or go on from what was fitted.

        `titles` is y as it was given, which may have names; `once` is by one pass over the rows.
        """
        weight, declaration = checked_weight(self, sample_weight), self._declared(kind)
        goes_on = self._fitted if once else self._goes_on
        if goes_on:
            model = to_go_on(self.model_, getattr(self, "_declaration", declaration), declaration)
        else:
            config = parse_config(declaration)
            self._check_family(config)
            config = titled(config, getattr(self, "feature_names_in_", ()), titles)
            if not once and validation is None:
                config = at_once_if_few(config, np.ones(X.shape[0]) if weight is None else weight)
            model = Model(config)
        shown = bool(self.verbose)
        try:
            if once:
                model.partial_fit(X, y, weight, progress=shown)
            else:
                model.fit(X, y, weight, validation, warm_start=goes_on, progress=shown)
        except (NonFiniteError, DivergedError) as error:
            if not model.fitted:
                raise
            warnings.warn(str(error), ConvergenceWarning, stacklevel=3)
        self._declaration = declaration
        return self._take(model)

    def _check_family(self, config: ModelConfig) -> None:
        """Raise `UndefinedError` if the families are not for this kind of estimator."""

    def _take(self, model: Model) -> Self:
        self._check_family(model.config)
        self.model_ = model
        return self

    def _checked_y(self, X: Any, y: Any) -> Any:
        """Return y as `fit` reads it, as many as X has rows."""
        raise NotImplementedError

    def _held_out(self, X: Any, y: Any, sample_weight: Any) -> tuple[Any, Any, Any] | None:
        """Return held-out rows, checked as those of the fit are, if there are any."""
        if X is None:
            return None
        X = checked_X(self, X, reset=False)
        return X, self._checked_y(X, y), checked_weight(self, sample_weight)

    def _asked(self, X: Any) -> Any:
        """Return new rows, checked against those of the fit."""
        check_is_fitted(self, "model_")
        return checked_X(self, X, reset=False)

    @property
    def history_(self) -> History:
        """What happened in training."""
        check_is_fitted(self, "model_")
        return self.model_.history

    @property
    def n_iter_(self) -> int:
        """How many epochs there were, of groups of members those of the longest training."""
        return self.history_.most_epochs

    @property
    def config_(self) -> ModelConfig:
        """The declaration of the fitted model, with the family that was chosen."""
        check_is_fitted(self, "model_")
        return self.model_.config

    def predict_dist(self, X: Any) -> Distribution:
        """Return P(y | x) for each row.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.

        Returns
        -------
        Distribution
            Of batch shape (n,), in the units of y.
        """
        X = self._asked(X)
        return self.model_.predict_dist(X)

    def log_score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean log-likelihood of y per row, in the units of y; higher is better.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        y : array_like
            What was observed.
        sample_weight : array_like, shape (n,), optional
            Weight of each row.
        """
        X = self._asked(X)
        return self.model_.score(X, self._checked_y(X, y), sample_weight)

    def sample_y(self, X: Any, n_samples: int = 1, random_state: Rng | np.random.RandomState = 0) -> np.ndarray:
        """Return draws of y for each row.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        n_samples : int
            How many draws.
        random_state : int, RandomState, Generator or None
            Where randomness comes from; the same int gives the same draws.

        Returns
        -------
        ndarray, shape (n, n_samples) or (n, d, n_samples)
            Draws, last axis.
        """
        if isinstance(random_state, np.random.RandomState):
            random_state = int(random_state.randint(2**31 - 1))
        draws = self.predict_dist(X).sample((n_samples,), rng=random_state)
        return np.moveaxis(draws, 0, -1)

    def to_model(self) -> Model:
        """Return the fitted `Model`, which has all that likelinet can do: `evaluate`, `recalibrate`, `save`, ….

        It is the estimator's own: what changes it, as `recalibrate` does, changes the predictions of both.
        """
        check_is_fitted(self, "model_")
        return self.model_

    @classmethod
    def from_model(cls, model: Model) -> Self:
        """Return an estimator that predicts by a fitted `Model`; `fit` declares the same model again.

        Parameters
        ----------
        model : Model
            Fitted to a table, or read from a file.
        """
        made: Any = cls  # which each estimator begins as it likes, with a config among its parameters
        estimator = made(config=model.config)._take(model)  # noqa: SLF001
        names = [*dict.fromkeys([*model.feature_names, *model.config.distribution.columns])]
        given = {*names, *model.config.data.exclude}
        if given == {f"x{j}" for j in range(len(given))}:  # as the columns of an array are called
            estimator.n_features_in_ = len(given)
            return estimator
        estimator.n_features_in_, estimator._by_name = len(names), True  # noqa: SLF001
        if not all(name.isdigit() for name in names):  # scikit-learn takes names that are numbers for none
            estimator.feature_names_in_ = np.array(names, dtype=object)
        return estimator

    def save(self, path: str | Path) -> None:
        """Write the fitted model to a file of likelinet's, which holds data alone; `load` reads it.

        Parameters
        ----------
        path : str or Path
            Where; the parameters of the estimator are not in it, but what they declare is.
        """
        self.to_model().save(path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return the estimator that a file of `save`, or of `Model.save`, holds; it predicts the same bits.

        Parameters
        ----------
        path : str or Path
            A model file.
        """
        return cls.from_model(Model.load(path))
