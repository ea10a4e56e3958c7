"""The model: declared by a config, fitted to a table, asked for distributions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from likelinet import fitting, metrics, serialize
from likelinet.calibration import log_prob
from likelinet.config import CustomConfig, ModelConfig, parse_config
from likelinet.config.wrappers import CLASSES, WrapperConfig, columns_of, leaf
from likelinet.distributions import Distribution
from likelinet.distributions.classes import class_marginals
from likelinet.errors import ConfigError, DataError, ModelFileError, NotFittedError
from likelinet.fitting import Fit
from likelinet.prediction import predict_dist
from likelinet.preprocessing.inputs import Inputs
from likelinet.preprocessing.rows import Rows, output_names, read_rows, target_names
from likelinet.preprocessing.tables import as_table
from likelinet.preprocessing.targets import Targets
from likelinet.training.history import Callback, History
from likelinet.training.progress import Progress


class Model:
    """A network whose outputs are the parameters of a distribution, fitted by maximum likelihood.

    Parameters
    ----------
    config : ModelConfig or dict, optional
        The declaration; everything has a default.
    distribution : type, optional
        A subclass of `Distribution` of your own, instead of the family in the config, or of the `custom` one that a
        censored, truncated … family has as its base.

    Raises
    ------
    ConfigError
        If a dict does not declare a valid model.

    Examples
    --------
    >>> import likelinet as ll
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (200, 1))
    >>> y = X[:, 0] + (0.1 + 0.2 * (X[:, 0] > 0)) * rng.standard_normal(200)
    >>> model = ll.Model(ll.ModelConfig(training=ll.TrainingConfig(epochs=20))).fit(X, y)
    >>> d = model.predict_dist([[0.0], [0.5]])
    >>> d.sample((100,), rng=0).shape
    (100, 2)
    """

    def __init__(
        self, config: ModelConfig | dict[str, Any] | None = None, *, distribution: type[Distribution] | None = None
    ) -> None:
        config = ModelConfig() if config is None else config
        config = config if isinstance(config, ModelConfig) else parse_config(config)
        if distribution is not None:
            if missing := sorted(getattr(distribution, "__abstractmethods__", ())):
                raise ConfigError(f"{distribution.__name__} cannot be used yet: define {', '.join(missing)}.")
            config = config.model_copy(update={"distribution": _with_class(config.distribution, distribution)})
        self.config = config
        self._custom = distribution
        self._fit: Fit | None = None

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        validation: tuple[Any, ...] | None = None,
        *,
        callbacks: Sequence[Callback] = (),
        progress: bool = True,
    ) -> "Model":
        """Fit by maximum likelihood and return self.

        Parameters
        ----------
        X : array_like, shape (n, p), or DataFrame
            Inputs; text columns are one-hot encoded.
        y : array_like or Interval, shape (n,) or (n, d), optional
            Targets; without them they are the columns `data.target` of X.
        sample_weight : array_like, shape (n,), optional
            Weight of each row, not negative; a row of weight 0 has no influence at all.
        validation : tuple (X, y) or (X, y, sample_weight), optional
            Held-out rows for early stopping, instead of a random split.
        callbacks : sequence of callable
            Each is called with an `Epoch` after every epoch; True ends the training.
        progress : bool
            Whether to show a progress bar on a terminal.

        Returns
        -------
        Model
            This model.

        Raises
        ------
        DataError
            If the table or the target cannot be used; nothing is trained then.
        NonFiniteError
            If the loss becomes NaN or infinite; the best weights so far are kept, and the model is usable.
        KeyboardInterrupt
            On Ctrl-C, with the best weights so far kept likewise.
        """
        rows = self._rows(X, y, sample_weight)
        if validation is not None and not (isinstance(validation, tuple | list) and 1 <= len(validation) <= 3):
            raise DataError("validation must be (X, y) or (X, y, sample_weight).")
        held = None if validation is None else self._rows(*validation)
        data, other = self.config.data, self._no_features()
        features = [n for n in rows.table.columns if n not in other] if data.features is None else data.features
        clash = sorted(set(features) & {*self._target_names(), data.weight}) if rows.table.named else []
        if clash or len(set(features)) < len(features):
            raise DataError(
                "data.features must name each column once, and neither target nor weight: "
                f"{', '.join(clash or features)}."
            )
        names = (self.y_name, tuple(rows.table.columns))
        with Progress(progress) as bar:
            self._fit, cause = fitting.fit(self.config, self._custom, rows, held, features, names, [bar, *callbacks])
        if cause is not None:
            raise cause
        return self

    def predict_dist(self, X: Any) -> Distribution:
        """Return P(y | x) for each row: batch_shape (n,), in the units of y."""
        fit, table = self._fitted(), as_table(X)
        if table.n == 0:
            raise DataError("The table is empty: it has no rows.")
        d = predict_dist(fit, fit.rows(table))
        fit.inputs.note_unused(table, self._no_features())
        return d

    def predict(self, X: Any) -> np.ndarray:
        """Return the mean of each row's distribution, or its most probable class."""
        d = self.predict_dist(X)
        classes = class_marginals(d)
        return d.mean() if classes is None else self._as_given(classes.mode())

    def sample(self, X: Any, n: int = 1, seed: int | None = None) -> np.ndarray:
        """Return n draws of y for each row, shape (n, len(X), *event_shape)."""
        if not isinstance(n, int | np.integer) or n < 0:
            raise DataError(f"n must be a whole number of draws, 0 or more, got {n!r}.")
        if isinstance(seed, int | np.integer) and seed < 0:
            raise DataError(f"seed must not be negative, got {seed}.")
        d = self.predict_dist(X)
        draws = d.sample((n,), rng=seed)
        return draws if class_marginals(d) is None else self._as_given(draws)

    def score(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean log-likelihood per row in the units of y; higher is better."""
        rows = self.observed(X, y, sample_weight)
        return float(np.average(log_prob(self.predict_dist(rows.table), rows.y), weights=rows.weight))

    def evaluate(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> dict[str, float]:
        """Return held-out metrics by name; see `likelinet.metrics.evaluate`."""
        rows = self.observed(X, y, sample_weight)
        return metrics.evaluate(self.predict_dist(rows.table), rows.y, rows.weight)

    @property
    def history(self) -> History:
        """What happened in each epoch, and how training ended."""
        return self._fitted().history

    @property
    def classes(self) -> np.ndarray | None:
        """The class labels, in the order of the predicted probabilities; None for numbers and for codes 0, 1, …"""
        return self._fitted().targets.classes

    @property
    def fitted(self) -> bool:
        """Whether there is anything to predict with."""
        return self._fit is not None

    @property
    def feature_names(self) -> list[str]:
        """Names of the columns that the model predicts from."""
        return [c.name for c in self._fitted().inputs.columns]

    @property
    def target_names(self) -> list[str]:
        """Names of the outputs, numbered where the user gave none."""
        outputs = self._fitted().targets.outputs
        return output_names(self.config.data) or [f"y{j}" for j in range(outputs or 1)]

    @property
    def whole_numbers(self) -> bool:
        """Whether y is a count or a code."""
        return self._fitted().family.support.integer

    @property
    def n_parameters(self) -> int:
        """How many weights were learned, over all members."""
        return self._fitted().theta.size

    def save(self, path: str | Path) -> None:
        """Write the fitted model to one safetensors file: arrays, with everything else as JSON."""
        fit = self._fitted()
        metadata = {
            "config": self.config.model_dump(mode="json"),
            "inputs": fit.inputs.to_json(),
            "targets": fit.targets.to_json(),
            "n_classes": fit.n_classes,
            "history": fit.history.to_json(),
        }
        serialize.save(path, {"theta": fit.theta}, metadata)

    @staticmethod
    def load(path: str | Path, *, distribution: type[Distribution] | None = None, trust: str | None = None) -> "Model":
        """Return the model in a file; its predictions are bit-identical to those of the saved one.

        Parameters
        ----------
        path : str or Path
            A file that `save` wrote.
        distribution : type, optional
            The class of a model with a family of your own.
        trust : str, optional
            Or its name ``module:Class``, exactly as in the file: only then is it imported.

        Raises
        ------
        ModelFileError
            If the file is missing, truncated, altered, newer than this version, or names a class that is not trusted.
        """
        arrays, metadata = serialize.load(path)
        try:
            config = parse_config(metadata["config"], str(path))
            family = leaf(config.distribution)
            if isinstance(family, CustomConfig) and distribution is None and trust != family.target:
                raise ModelFileError(
                    f"{path}: the model names code of its own, '{family.target}': "
                    f"pass distribution=… or trust='{family.target}' if you trust it."
                )
            model = Model(config, distribution=distribution)
            model._fit = Fit(
                model.config,
                distribution,
                Inputs.from_json(metadata["inputs"]),
                Targets.from_json(metadata["targets"]),
                metadata["n_classes"],
                arrays["theta"],
                History.from_json(metadata["history"]),
            )
        except (KeyError, TypeError, ConfigError) as error:
            raise ModelFileError(f"{path}: the metadata does not describe a model of this version ({error}).") from None
        return model

    def _as_given(self, labels: np.ndarray) -> np.ndarray:
        """Return class codes as integers, and the user's own labels as they are."""
        return labels.astype(np.int64) if self.classes is None else labels

    def _fitted(self) -> Fit:
        if self._fit is None:
            raise NotFittedError("The model is not fitted: call fit(X, y) first, or Model.load(path).")
        return self._fit

    def _target_names(self) -> tuple[str, ...]:
        return target_names(self.config.data)

    def _no_features(self) -> tuple[str, ...]:
        """Return the columns that are known, but nothing to predict from unless data.features says so."""
        weight = self.config.data.weight
        return (*self._target_names(), *([weight] if weight else []), *columns_of(self.config.distribution))

    @property
    def y_name(self) -> str:
        """How messages and pictures call y."""
        return f"Target '{', '.join(self._target_names())}'" if self._target_names() else "y"

    def _rows(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> Rows:
        """Return table, target and weights of the rows whose weight is not zero."""
        classes = isinstance(self.config.distribution, CLASSES)
        return read_rows(self.config.data, classes, X, y, sample_weight, self.y_name)

    def observed(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> Rows:
        """Return rows of weight above 0, whose y is checked against what the model was trained on."""
        fit, rows = self._fitted(), self._rows(X, y, sample_weight)
        return Rows(rows.table, fitting.observed(fit, rows, self.y_name), rows.weight)


def _with_class(config: Any, distribution: type[Distribution]) -> Any:
    """Return the config of a family with a class of the user's in place of the innermost one."""
    target = f"{distribution.__module__}:{distribution.__qualname__}"
    if isinstance(config, WrapperConfig) and isinstance(leaf(config), CustomConfig):
        return config.model_copy(update={"base": _with_class(config.base, distribution)})
    own = config if isinstance(config, CustomConfig) else CustomConfig(target=target)
    return own.model_copy(update={"target": target})
