"""The survival estimator: times to an event, some of which are known only to be longer."""

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_array, check_consistent_length

from likelinet.config import parse_config
from likelinet.config.quality import said_of
from likelinet.core.errors import DataError, ParameterError, UndefinedError
from likelinet.distributions import Interval
from likelinet.scores.concordance_index import concordance
from likelinet.sklearn.base import DistributionEstimator
from likelinet.sklearn.checked import checked_weight, checked_X
from likelinet.targets.candidates import over

TIMES = {"kind": "auto"}


class DistributionSurvival(DistributionEstimator):
    """An estimator of times to an event, in the manner of scikit-survival, whose predictions are distributions.

    Its parameters are the keys of a config under the same names; what is None is as `quality` has it.

    Parameters
    ----------
    distribution : str, dict or config of a family
        As ``"weibull"``, ``"log_normal"`` or a declaration, which is put into `censored` where it is not; ``"auto"``
        chooses one by held-out rows.
    quality : {"good", "plain", "fast", "best"}
        What is left open is set to; with L-BFGS ``"good"`` is ``"plain"``.
    hidden : sequence of int, optional
        Width of each hidden layer; ``()`` is a linear model.
    activation : str, optional
        Function after each hidden layer.
    dropout : float, optional
        Probability that a hidden unit is dropped in training.
    ensemble : int, optional
        How many networks to train together.
    optimizer : {"adamw", "adam", "sgd", "lbfgs"}, optional
        Rule that updates the weights.
    learning_rate, weight_decay : float, optional
        Of the optimiser.
    epochs, steps : int, optional
        Passes over the rows, and updates of the weights, at most.
    batch_size : int, optional
        Rows per update.
    validation_fraction : float, optional
        Share of the rows held out to stop early.
    patience : int, optional
        Epochs without improvement after which training stops.
    engine : {"numpy", "jax", "auto"}, optional
        What computes the training steps.
    precision : {"float32", "float64"}, optional
        Numbers of the network.
    point : {"median", "mean"}
        What `predict` returns, and `score` compares. A mean may be infinite, or rest on times that nobody has seen.
    config : ModelConfig or dict, optional
        All else that a config can say, over the other parameters.
    warm_start : bool
        Whether `fit` goes on from the weights of the fit before, with its encodings; only what concerns training may
        be another then.
    random_state : int, RandomState or None
        Seed of the training; None for another one each time.
    verbose : bool
        Whether to show a progress bar.

    Attributes
    ----------
    model_ : Model
        What was fitted.
    n_features_in_ : int
        How many columns X had.
    feature_names_in_ : ndarray
        Their names, where X was a frame.

    Examples
    --------
    >>> import numpy as np
    >>> from likelinet.sklearn import DistributionSurvival
    >>> rng = np.random.default_rng(0)
    >>> X, seen = rng.uniform(0.0, 1.0, (200, 1)), rng.exponential(3.0, 200)
    >>> time = rng.exponential(1.0 + 2.0 * X[:, 0])
    >>> y = np.array(list(zip(time <= seen, np.minimum(time, seen))), dtype=[("event", bool), ("time", float)])
    >>> survival = DistributionSurvival("weibull", quality="plain", epochs=20).fit(X, y)
    >>> survival.predict_survival_function(X[:3], [0.0, 1.0, 2.0]).shape, survival.score(X, y) > 0.5
    ((3, 3), True)
    """

    def __init__(
        self,
        distribution: Any = "auto",
        *,
        quality: str = "good",
        hidden: Any = None,
        activation: str | None = None,
        dropout: float | None = None,
        ensemble: int | None = None,
        optimizer: str | None = None,
        learning_rate: float | None = None,
        weight_decay: float | None = None,
        epochs: int | None = None,
        steps: int | None = None,
        batch_size: int | None = None,
        validation_fraction: float | None = None,
        patience: int | None = None,
        engine: str | None = None,
        precision: str | None = None,
        point: Literal["median", "mean"] = "median",
        config: Any = None,
        warm_start: bool = False,
        random_state: Any = 0,
        verbose: bool = False,
    ) -> None:
        self.distribution = distribution
        self.quality = quality
        self.hidden = hidden
        self.activation = activation
        self.dropout = dropout
        self.ensemble = ensemble
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.epochs = epochs
        self.steps = steps
        self.batch_size = batch_size
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.engine = engine
        self.precision = precision
        self.point = point
        self.config = config
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None = None,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Fit by maximum likelihood and return self.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows; text, categories and missing cells of a frame are encoded.
        y : structured array, array_like of shape (n, 2) or (n,), or Interval
            Of each row whether there was an event, and the time of it or of the last look, in this order, as
            scikit-survival has it; of shape (n,), times of events alone; or what is known of them otherwise.
        sample_weight : array_like, shape (n,), optional
            Weight of each row, not negative.
        X_val, y_val, sample_weight_val : optional
            Held-out rows for early stopping, instead of a part of X.
        """
        X = checked_X(self, X, reset=not self._goes_on)
        held_out = self._held_out(X_val, y_val, sample_weight_val)
        return self._fit(X, self._checked_y(X, y), sample_weight, held_out, TIMES, None)

    def partial_fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Go on by one pass over these rows, at a rate that does not change, and return self.

        The first call learns columns, scalings and family, which stay; see `Model.partial_fit`.

        Parameters
        ----------
        X, y, sample_weight : array_like
            As `fit` takes them; only ratios of weights within a call matter.
        """
        X = checked_X(self, X, reset=not self._fitted)
        return self._fit(X, self._checked_y(X, y), sample_weight, None, TIMES, None, once=True)

    def _declared(self, kind: dict[str, Any]) -> dict[str, Any]:
        """Return the declaration, whose family is censored where it does not take intervals itself."""
        declaration = super()._declared(kind)
        family = parse_config(declaration).distribution
        if family.is_open or family.takes_intervals:
            return declaration
        return declaration | {"distribution": over("censored", said_of(declaration["distribution"]))}

    def _checked_y(self, X: Any, y: Any) -> Any:
        return checked_times(self, X, y)

    def predict(self, X: Any) -> np.ndarray:
        """Return the median time of each row, or what `point` says.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.

        Returns
        -------
        ndarray, shape (n,)
            A longer time is a smaller risk: scikit-survival's estimators predict risks.
        """
        if self.point not in ("median", "mean"):
            raise ParameterError(f"point must be 'median' or 'mean', got {self.point!r}.")
        d = self.predict_dist(X)
        return d.mean() if self.point == "mean" else d.median()

    def predict_survival_function(self, X: Any, times: ArrayLike) -> np.ndarray:
        """Return P(T > t) of each row.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        times : array_like, shape (t,)
            The same ones for all rows.

        Returns
        -------
        ndarray, shape (n, t)
            Probabilities.
        """
        d = self.predict_dist(X)
        return np.stack([d.sf(time) for time in np.ravel(np.asarray(times, np.float64)).tolist()], axis=1)

    def log_score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean log-likelihood per row: a density where the time is known, else a probability.

        Parameters
        ----------
        X, y, sample_weight : array_like
            As `fit` takes them.
        """
        X = self._asked(X)
        return self.model_.score(X, self._checked_y(X, y), sample_weight)

    def score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the concordance index: how often, of two rows, the one that is predicted to take longer does.

        Parameters
        ----------
        X, y, sample_weight : array_like
            As `fit` takes them.

        Raises
        ------
        UndefinedError
            If no two rows can be compared.
        """
        X = self._asked(X)
        found = concordance(self.predict(X), self._checked_y(X, y), checked_weight(self, sample_weight))
        if found is None:
            raise UndefinedError("score: of no two rows is it known which time is longer: pass rows with more events.")
        return found


def checked_times(estimator: Any, X: Any, y: Any) -> Interval:
    """Return times to an event as intervals, as many as X has rows; those that are known exactly have no width."""
    if y is None:
        raise ValueError(
            f"This {type(estimator).__name__} estimator requires y to be passed, but the target y is None."
        )
    if not isinstance(y, Interval):
        names = getattr(getattr(y, "dtype", None), "names", None)
        columns = np.asarray(y) if not names else np.stack([np.asarray(y[name], np.float64) for name in names], axis=1)
        columns = check_array(columns, ensure_2d=False, dtype="float64", input_name="y", estimator=estimator)
        y = _as_intervals(columns)
    check_consistent_length(X, y.lower)
    return y


def _as_intervals(columns: np.ndarray) -> Interval:
    if columns.ndim == 1 or columns.shape[1] == 1:
        return Interval(columns.reshape(-1), columns.reshape(-1))
    if columns.shape[1] != 2 or not np.isin(columns[:, 0], (0.0, 1.0)).all():
        raise DataError(
            "y must be (event, time) in this order, where event is 1 or True for an event and 0 or False for the last "
            f"look; or times alone, or an Interval; got {columns.shape[1]} columns"
            f"{'' if columns.shape[1] != 2 else ', of which the first is not 0 and 1'}."
        )
    return Interval.right_censored(columns[:, 1], columns[:, 0])
