"""The regressor: numbers, one or several in each row, as distributions."""

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score

from likelinet.core.errors import ParameterError, UndefinedError
from likelinet.distributions import Distribution, Interval
from likelinet.sklearn.base import DistributionEstimator
from likelinet.sklearn.checked import checked_levels, checked_numbers, checked_X
from likelinet.sklearn.frames import FramesOut

Point = Literal["mean", "median", "mode"] | float
NUMBERS = {"kind": "auto", "numbers": True}


class DistributionRegressor(FramesOut, MultiOutputMixin, RegressorMixin, DistributionEstimator):
    """A regressor of scikit-learn whose predictions are distributions, fitted by maximum likelihood.

    Its parameters are the keys of a config under the same names; what is None is as `quality` has it. Fewer than 30
    rows (of which a whole weight counts so often), with nothing said of network or training, get a linear model,
    shrunk as far as rows that are held out in turn say. With ``quality="plain"`` a network sees them all at once
    in float64, and none is held out, where nothing is said of these.

    Parameters
    ----------
    distribution : str, dict or config of a family
        As ``"gaussian"``, ``{"kind": "student_t", "df": 5}`` or ``ll.GammaConfig()``; ``"auto"`` chooses one for
        numbers by held-out rows.
    quality : {"good", "plain", "fast", "best"}
        What is left open is set to; with L-BFGS, or a network through a code, ``"good"`` is ``"plain"``.
    hidden : sequence of int, optional
        Width of each hidden layer; ``()`` is a linear model.
    activation : str, optional
        Function after each hidden layer.
    dropout : float, optional
        Probability that a hidden unit is dropped in training.
    ensemble : int, optional
        How many networks to train together.
    objective : {"nll", "crps", "beta_nll", "natural_gradient"}, optional
        What the gradient is of.
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
    standardize : bool, optional
        Whether to scale inputs and real-valued targets; predictions are in the units of y with all.
    engine : {"numpy", "jax", "auto"}, optional
        What computes the training steps.
    precision : {"float32", "float64"}, optional
        Numbers of the network.
    point : {"mean", "median", "mode"} or float
        What `predict` returns; a number between 0 and 1 is the quantile of that level.
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
    n_outputs_ : int
        How many numbers y has in each row.

    See Also
    --------
    likelinet.Model : The same without scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from likelinet.sklearn import DistributionRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = np.arange(20.0)[:, None]
    >>> y = 2.0 * X[:, 0] + rng.normal(size=20)
    >>> regressor = DistributionRegressor(distribution="gaussian").fit(X, y)
    >>> regressor.predict_interval(X[:1]).shape, round(regressor.score(X, y), 1)
    ((1, 2), 1.0)
    """

    n_outputs_: int

    def __init__(
        self,
        distribution: Any = "auto",
        *,
        quality: str = "good",
        hidden: Any = None,
        activation: str | None = None,
        dropout: float | None = None,
        ensemble: int | None = None,
        objective: str | None = None,
        optimizer: str | None = None,
        learning_rate: float | None = None,
        weight_decay: float | None = None,
        epochs: int | None = None,
        steps: int | None = None,
        batch_size: int | None = None,
        validation_fraction: float | None = None,
        patience: int | None = None,
        standardize: bool | None = None,
        engine: str | None = None,
        precision: str | None = None,
        point: Point = "mean",
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
        self.objective = objective
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.epochs = epochs
        self.steps = steps
        self.batch_size = batch_size
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.standardize = standardize
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
        y : array_like, shape (n,) or (n, d), or Interval
            Numbers, or what is known of them.
        sample_weight : array_like, shape (n,), optional
            Weight of each row, not negative.
        X_val, y_val, sample_weight_val : optional
            Held-out rows for early stopping, instead of a part of X.
        """
        X = checked_X(self, X, reset=not self._goes_on)
        checked = self._checked_y(X, y)
        held_out = self._held_out(X_val, y_val, sample_weight_val)
        return self._fit(X, checked, sample_weight, held_out, NUMBERS, y)

    def partial_fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Go on by one pass over these rows, at a rate that does not change, and return self.

        The first call learns columns, scalings and family, which stay; see `Model.partial_fit`.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        y : array_like, shape (n,) or (n, d), or Interval
            Numbers, or what is known of them.
        sample_weight : array_like, shape (n,), optional
            Weight of each row, not negative; only ratios within a call matter.
        """
        X = checked_X(self, X, reset=not self._fitted)
        return self._fit(X, self._checked_y(X, y), sample_weight, None, NUMBERS, y, once=True)

    def _checked_y(self, X: Any, y: Any) -> Any:
        return checked_numbers(self, X, y)

    def _take(self, model: Any) -> Self:
        self.n_outputs_ = len(model.target_names)
        return super()._take(model)

    def predict(self, X: Any, return_std: bool = False, quantiles: ArrayLike | None = None) -> Any:
        """Return the `point` of each row's distribution.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        return_std : bool
            Whether to return the standard deviations as well.
        quantiles : array_like, optional
            Levels, of which quantiles are returned instead.

        Returns
        -------
        ndarray, shape (n,) or (n, d); or a tuple of two; or (n, q) or (n, q, d) for q quantiles
            In the units of y; but for quantiles, a Series or frame where `set_output` asks for it.
        """
        if quantiles is not None:
            return _quantiles(self.predict_dist(X), checked_levels("predict", quantiles))
        d, names = self.predict_dist(X), self.model_.target_names
        found = self._titled(X, _point(d, self.point), names)
        return (found, self._titled(X, d.std(), names)) if return_std else found

    def predict_interval(self, X: Any, coverage: float = 0.9) -> Any:
        """Return the central interval of each row that holds y with a probability.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        coverage : float
            The probability.

        Returns
        -------
        ndarray, shape (n, 2) or (n, 2, d)
            Lower and upper ends; a frame where `set_output` asks for it.
        """
        ends = np.stack(self.predict_dist(X).interval(coverage), axis=1)
        return self._framed(X, ends, ["low", "high"], self.model_.target_names)

    def predict_quantiles(self, X: Any, quantiles: ArrayLike = (0.05, 0.5, 0.95)) -> Any:
        """Return quantiles of each row.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        quantiles : array_like, shape (q,)
            Their levels, between 0 and 1.

        Returns
        -------
        ndarray, shape (n, q) or (n, q, d)
            In the order of the levels; a frame where `set_output` asks for it.
        """
        levels = checked_levels("predict_quantiles", quantiles)
        found, names = _quantiles(self.predict_dist(X), levels), [f"q{level:g}" for level in levels]
        if len({*names}) < len(names):  # two that are very close
            names = [f"q{level}" for level in levels]
        return self._framed(X, found, names, self.model_.target_names)

    def predict_cdf(self, X: Any, y: ArrayLike) -> np.ndarray:
        """Return P(Y ≤ y) of each row.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        y : array_like, scalar or shape (n,)
            Where; one number is for all rows.

        Returns
        -------
        ndarray, shape (n,) or (n, d)
            Probabilities.
        """
        return self.predict_dist(X).cdf(y)

    def predict_params(self, X: Any) -> Any:
        """Return the parameters of each row's distribution, and of what it is made of, by name.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.

        Returns
        -------
        dict of ndarray
            Each of shape (n, …); a frame where `set_output` asks for it.
        """
        found = self.predict_dist(X).values_by_name()
        flat = {name: values.reshape(len(values), -1) for name, values in found.items()}
        names = [
            name if values.shape[1] == 1 else f"{name}_{j + 1}"
            for name, values in flat.items()
            for j in range(values.shape[1])
        ]
        return self._framed(X, np.concatenate([*flat.values()], axis=1), names, plain=found)

    def score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return R² of `predict`; `log_score` and the scorers of `likelinet.sklearn` look at the whole distribution.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        y : array_like, shape (n,) or (n, d)
            What was observed.
        sample_weight : array_like, shape (n,), optional
            Weight of each row.
        """
        if isinstance(y, Interval):
            raise UndefinedError("score: R² needs a y that is known exactly, got intervals: take log_score.")
        return r2_score(y, _point(self.predict_dist(X), self.point), sample_weight=sample_weight)


def _point(d: Distribution, point: Any) -> np.ndarray:
    match point:
        case "mean":
            return d.mean()
        case "median":
            return d.median()
        case "mode":
            return d.mode()
        case str() | None:
            raise ParameterError(f"point must be 'mean', 'median', 'mode' or the level of a quantile, got {point!r}.")
        case level:
            return d.ppf(checked_levels("point", level)[0])


def _quantiles(d: Distribution, levels: list[float]) -> np.ndarray:
    """Return quantiles of all rows, shape (n, q) or (n, q, d)."""
    return np.stack([d.ppf(level) for level in levels], axis=1)
