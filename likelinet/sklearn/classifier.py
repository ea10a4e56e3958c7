"""The classifier: classes with probabilities."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.multiclass import check_classification_targets

from likelinet.config import ModelConfig
from likelinet.core.errors import UndefinedError
from likelinet.model.model import Model
from likelinet.sklearn.base import DistributionEstimator
from likelinet.sklearn.checked import checked_labels, checked_weight, checked_X
from likelinet.sklearn.frames import FramesOut
from likelinet.sklearn.going_on import with_all_classes
from likelinet.targets.target import kind_for


class DistributionClassifier(FramesOut, ClassifierMixin, DistributionEstimator):
    """A classifier of scikit-learn whose predictions are distributions, fitted by maximum likelihood.

    Its parameters are the keys of a config under the same names; what is None is as `quality` has it. Fewer than 30
    rows (of which a whole weight counts so often), with nothing said of network or training, get a linear model, which
    is fitted exactly. With ``quality="plain"`` a network sees them all at once in float64, and none is held
    out, where nothing is said of these.

    Parameters
    ----------
    distribution : str, dict or config of a family
        ``"auto"`` is ``"bernoulli"`` for two classes, ``"categorical"`` for more; where classes have an order,
        ``{"kind": "ordered_logistic", "levels": [...]}``.
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
        Whether to scale inputs.
    engine : {"numpy", "jax", "auto"}, optional
        What computes the training steps.
    precision : {"float32", "float64"}, optional
        Numbers of the network.
    class_weight : dict or "balanced", optional
        How much the rows of each class count in training; the probabilities are those of the rows so weighted.
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
    classes_ : ndarray
        The labels, in the order of the predicted probabilities.
    n_features_in_ : int
        How many columns X had.
    feature_names_in_ : ndarray
        Their names, where X was a frame.

    See Also
    --------
    likelinet.Model : The same without scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from likelinet.sklearn import DistributionClassifier
    >>> X = np.linspace(-1.0, 1.0, 20)[:, None]
    >>> classifier = DistributionClassifier().fit(X, np.where(X[:, 0] > 0.1, "yes", "no"))
    >>> classifier.classes_.tolist(), classifier.predict([[0.9]]).tolist()
    (['no', 'yes'], ['yes'])
    """

    classes_: np.ndarray

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
        standardize: bool | None = None,
        engine: str | None = None,
        precision: str | None = None,
        class_weight: Any = None,
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
        self.standardize = standardize
        self.engine = engine
        self.precision = precision
        self.class_weight = class_weight
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
        y : array_like, shape (n,)
            Labels: text, whole numbers, or True and False.
        sample_weight : array_like, shape (n,), optional
            Weight of each row, not negative.
        X_val, y_val, sample_weight_val : optional
            Held-out rows for early stopping, instead of a part of X.
        """
        X = checked_X(self, X, reset=not self._goes_on)
        titles, y = y, self._checked_y(X, y)
        check_classification_targets(y)
        weight = checked_weight(self, sample_weight)
        held_out = self._held_out(X_val, y_val, sample_weight_val)
        return self._fit(X, y, weight, held_out, self._kind(y, weight, self._goes_on), titles)

    def partial_fit(
        self, X: Any, y: Any, classes: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Go on by one pass over these rows, at a rate that does not change, and return self.

        The first call learns columns, scalings and classes, which stay; see `Model.partial_fit`.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        y : array_like, shape (n,)
            Labels.
        classes : array_like, optional
            All classes there are, at the first call; for each that y lacks there, one row like the first of X is
            imagined. Without it they are those of y.
        sample_weight : array_like, shape (n,), optional
            Weight of each row, not negative; only ratios within a call matter.
        """
        X = checked_X(self, X, reset=not self._fitted)
        titles, y = y, self._checked_y(X, y)
        check_classification_targets(y)
        weight = checked_weight(self, sample_weight)
        if classes is not None and not self._fitted:
            X, y, weight = with_all_classes(X, y, weight, classes)
        return self._fit(X, y, weight, None, self._kind(y, weight, self._fitted), titles, once=True)

    def _checked_y(self, X: Any, y: Any) -> Any:
        return checked_labels(self, X, y)

    def _kind(self, y: np.ndarray, weight: np.ndarray | None, goes_on: bool) -> dict[str, Any]:
        """Return the family for the classes that there are: of a fit that goes on, those that it knows."""
        if goes_on:
            return {"kind": kind_for(len(self.classes_))}
        return {"kind": kind_for(len(np.unique(y if weight is None or weight.shape != y.shape else y[weight > 0.0])))}

    def _check_family(self, config: ModelConfig) -> None:
        d = config.each_group[0].distribution
        if not d.is_open and d.y != "class":
            raise UndefinedError(f"DistributionClassifier takes families of classes, and '{d.kind}' is none.")

    def _take(self, model: Model) -> Self:
        super()._take(model)
        self.classes_ = np.arange(np.max(model.n_classes)) if model.classes is None else np.asarray(model.classes)
        return self

    def predict(self, X: Any) -> Any:
        """Return the most probable class of each row.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.

        Returns
        -------
        ndarray, shape (n,)
            Labels, of `classes_`; a Series where `set_output` asks for it.
        """
        return self._titled(X, self._labels(X), self.model_.target_names)

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.

        Returns
        -------
        ndarray, shape (n, K)
            In the order of `classes_`; a frame, whose columns are their names, where `set_output` asks for it.
        """
        found = self._probabilities(X)
        return found if self._container is None else self._framed(X, found, [str(label) for label in self.classes_])

    def score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the accuracy of `predict`.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.
        y : array_like, shape (n,)
            Labels.
        sample_weight : array_like, shape (n,), optional
            Weight of each row.
        """
        return float(accuracy_score(y, self._labels(X), sample_weight=sample_weight))

    def _labels(self, X: Any) -> np.ndarray:
        codes = self._probabilities(X).argmax(axis=1)  # first, since there are no classes before the fit
        return self.classes_[codes]

    def _probabilities(self, X: Any) -> np.ndarray:
        return self.predict_dist(X).class_probabilities()

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithm of the probability of each class, exact where the probability is too small for a float.

        Parameters
        ----------
        X : array_like, sparse matrix or DataFrame, shape (n, p)
            Rows.

        Returns
        -------
        ndarray, shape (n, K)
            In the order of `classes_`.
        """
        d = self.predict_dist(X)
        return np.stack([d.log_prob(np.full(d.batch_shape, label)) for label in self.classes_], axis=1)
