"""The model: declared by a config, fitted to a table, asked for distributions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from likelinet.config import CustomConfig, ModelConfig, parse_config
from likelinet.config.network import VAEConfig
from likelinet.config.wrappers import WrapperConfig, leaf
from likelinet.core.errors import ConfigError, DataError, NotFittedError, UndefinedError
from likelinet.distributions import Distribution
from likelinet.distributions.classes.mixed import class_marginals
from likelinet.model import codes, files, fitting
from likelinet.model.fitting import EncodedRows, Fit
from likelinet.model.prediction import predict_dist
from likelinet.scores import metrics
from likelinet.scores.calibration import log_prob
from likelinet.tables.roles import Roles
from likelinet.tables.rows import Rows
from likelinet.tables.table import as_table
from likelinet.training.history import Callback, History
from likelinet.training.progress import Progress

T = TypeVar("T")


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
        self._roles = Roles(config)
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
            Targets; without them they are the columns `data.target` of X, or, for an autoencoder without any, its
            features.
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
            On Ctrl-C, with the best weights so far kept likewise; an error of a callback comes through, and they are
            kept as well.
        """
        roles = self._roles
        rows = roles.rows(X, y, sample_weight)
        if validation is not None and not (isinstance(validation, tuple | list) and 1 <= len(validation) <= 3):
            raise DataError("validation must be (X, y) or (X, y, sample_weight); or (X,) where X holds y.")
        features, names = roles.features(rows.table), (roles.y_name, tuple(rows.table.columns))
        held = None
        if validation is not None:
            held_x, held_y, held_weight = (*validation, None, None)[:3]
            held = roles.rows(held_x, held_y, held_weight, features, rows.table.named)
        with Progress(progress) as bar:
            self._fit, cause = fitting.fit(self.config, self._custom, rows, held, features, names, [bar, *callbacks])
        if cause is not None:
            raise cause
        return self

    def predict_dist(self, X: Any) -> Distribution:
        """Return P(y | x) for each row: batch_shape (n,), in the units of y."""
        return self._ask(X, predict_dist)

    def predict(self, X: Any) -> np.ndarray:
        """Return the mean of each row's distribution, or its most probable class."""
        d = self.predict_dist(X)
        classes = class_marginals(d)
        return d.mean() if classes is None else self._as_given(classes.mode())

    def sample(self, X: Any, n: int = 1, seed: int | None = None) -> np.ndarray:
        """Return n draws of y for each row, shape ``(n, len(X), *event_shape)``."""
        _check_draws(n, seed)
        return self._draws(self.predict_dist(X), (n,), seed)

    def encode(self, X: Any) -> np.ndarray:
        """Return the code of each row, shape (n, latent); of a variational autoencoder the mean of q(z | x).

        Raises
        ------
        UndefinedError
            If the network has no codes.
        """
        return self._ask(X, codes.encode)

    def decode(self, Z: ArrayLike) -> Distribution:
        """Return P(y | z) for each code of Z, shape (n, latent), in the units of y."""
        try:
            numbers = np.asarray(Z, dtype=np.float64)
        except (TypeError, ValueError):
            raise DataError("The codes must be numbers of shape (n, latent), as encode returns them.") from None
        return codes.decode(self._fitted(), numbers)

    def reconstruct(self, X: Any) -> np.ndarray:
        """Return each row as it comes out of its code: the mean of P(y | z), or the most probable classes.

        The mean of a Bernoulli y is its probability, a grey value between 0 and 1.
        """
        d = self.predict_dist(X)
        try:
            return d.mean()
        except UndefinedError:  # of classes
            return self._as_given(d.mode())

    def generate(self, n: int = 1, seed: int | None = None) -> np.ndarray:
        """Return n new rows, shape ``(n, *event_shape)``: codes from the prior N(0, I), a draw of P(y | z) for each.

        Raises
        ------
        UndefinedError
            If the network is no variational autoencoder.
        """
        _check_draws(n, seed)
        rng = np.random.default_rng(seed)
        return self._draws(self.decode(codes.prior(self._fitted(), n, rng)), (), rng)

    def elbo(self, X: Any, samples: int = 1, y: Any = None, *, seed: int | None = None) -> np.ndarray:
        r"""Return a lower bound of log p(y) of each row in the units of y, shape (n,), by codes drawn from q(z | x).

        .. math:: \log p(y \mid z) - \mathrm{KL}(q(z \mid x) \,\|\, p(z)), \qquad
                  \log \frac{1}{k} \sum_{i=1}^{k} \frac{p(y \mid z_i)\, p(z_i)}{q(z_i \mid x)}

        Parameters
        ----------
        X : array_like or DataFrame
            Rows.
        samples : int
            k ≥ 1: with 1 the evidence lower bound, with more the tighter, importance-weighted one, which reaches
            log p(y) as k grows.
        y : array_like, optional
            Targets, where they are not the features or columns of X.
        seed : int, optional
            For the same draws again.

        Raises
        ------
        UndefinedError
            If the network is no variational autoencoder.

        References
        ----------
        Kingma & Welling, *Auto-encoding variational Bayes*, 2014; Burda, Grosse & Salakhutdinov, *Importance weighted
        autoencoders*, 2016.
        """
        if not isinstance(samples, int | np.integer) or samples < 1:
            raise DataError(f"samples must be a whole number, 1 or more, got {samples!r}.")
        _check_draws(1, seed)
        table = as_table(X)
        rows = self.observed(table, y, np.ones(table.n))  # each row has a bound, whatever its weight
        return self._ask(rows.table, self._bound(rows, samples, seed))

    def score(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean log-likelihood per row in the units of y; higher is better.

        Of a variational autoencoder it is a lower bound of it, `elbo`; of an autoencoder that of y given its code.
        """
        rows = self.observed(X, y, sample_weight)
        if isinstance(self.config.network, VAEConfig):
            each = self._ask(rows.table, self._bound(rows, 1, self.config.training.seed))
        else:
            each = log_prob(self.predict_dist(rows.table), rows.y)
        return float(np.average(each, weights=rows.weight))

    def evaluate(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> dict[str, float]:
        """Return held-out metrics by name; see `likelinet.scores.metrics.evaluate`.

        Those of an autoencoder are of P(y | z) at the code of each row. A variational one has its `elbo` as well.
        """
        rows = self.observed(X, y, sample_weight)
        if not isinstance(self.config.network, VAEConfig):
            return metrics.evaluate(self.predict_dist(rows.table), rows.y, rows.weight)
        bound = self._bound(rows, 1, self.config.training.seed)
        d, each = self._ask(rows.table, lambda fit, x: (predict_dist(fit, x), bound(fit, x)))
        elbo = float(np.average(each, weights=rows.weight))
        return {"elbo": elbo, **metrics.evaluate(d, rows.y, rows.weight)}

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
        return self._roles.outputs(self.feature_names, self._fitted().targets.outputs)

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
        files.write(path, self._fitted())

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
        fit = files.read(path, distribution, trust)
        model = Model(fit.config, distribution=distribution)
        model._fit = replace(fit, config=model.config)
        return model

    def _ask(self, X: Any, question: Callable[[Fit, EncodedRows], T]) -> T:
        """Return the answer to a question about the rows of a table, and note which columns played no part in it."""
        fit, table = self._fitted(), as_table(X)
        if table.n == 0:
            raise DataError("The table is empty: it has no rows.")
        answer = question(fit, fit.rows(table))
        fit.note_unused(table, self._roles.others)
        return answer

    def _bound(self, rows: Rows, samples: int, seed: int | None) -> Callable[[Fit, EncodedRows], np.ndarray]:
        """Return the question for a bound of log p(y) of each row."""
        rng = np.random.default_rng(seed)
        return partial(codes.elbo, y=self._fitted().targets.encode(rows.y), samples=samples, rng=rng)

    def _draws(self, d: Distribution, shape: tuple[int, ...], rng: np.random.Generator | int | None) -> np.ndarray:
        draws = d.sample(shape, rng=rng)
        return draws if class_marginals(d) is None else self._as_given(draws)

    def _as_given(self, labels: np.ndarray) -> np.ndarray:
        """Return class codes as integers, and the user's own labels as they are."""
        return labels.astype(np.int64) if self.classes is None else labels

    def _fitted(self) -> Fit:
        if self._fit is None:
            raise NotFittedError("The model is not fitted: call fit(X, y) first, or Model.load(path).")
        return self._fit

    @property
    def y_name(self) -> str:
        """How messages and pictures call y."""
        return self._roles.y_name

    def observed(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> Rows:
        """Return rows of weight above 0, whose y is checked against what the model was trained on."""
        fit = self._fitted()
        rows = self._roles.rows(X, y, sample_weight, self.feature_names, fit.inputs.named)
        return Rows(rows.table, fitting.observed(fit, rows, self.y_name), rows.weight)


def _with_class(config: Any, distribution: type[Distribution]) -> Any:
    """Return the config of a family with a class of the user's in place of the innermost one."""
    target = f"{distribution.__module__}:{distribution.__qualname__}"
    if isinstance(config, WrapperConfig) and isinstance(leaf(config), CustomConfig):
        return config.model_copy(update={"base": _with_class(config.base, distribution)})
    own = config if isinstance(config, CustomConfig) else CustomConfig(target=target)
    return own.model_copy(update={"target": target})


def _check_draws(n: Any, seed: Any) -> None:
    if not isinstance(n, int | np.integer) or n < 0:
        raise DataError(f"n must be a whole number of draws, 0 or more, got {n!r}.")
    if seed is not None:
        if not isinstance(seed, int | np.integer):
            raise DataError(f"seed must be a whole number, got {seed!r}.")
        if seed < 0:
            raise DataError(f"seed must not be negative, got {seed}.")
