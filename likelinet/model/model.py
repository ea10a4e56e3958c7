"""The model: declared by a config, fitted to a table, asked for distributions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import ArrayLike

from likelinet.config import ModelConfig, parse_config
from likelinet.core.errors import ConfigError, DataError, NotFittedError, UndefinedError
from likelinet.core.wording import counted
from likelinet.distributions import Distribution
from likelinet.model import files, recalibration
from likelinet.model.declaring import with_class, without_keys
from likelinet.model.fit import Fit
from likelinet.model.hooks import Hooks
from likelinet.model.in_html import in_html
from likelinet.model.learning import Given, gone_on, learned, roles_of
from likelinet.model.out_of_fold import OutOfFold
from likelinet.model.passes import Passes
from likelinet.model.prediction import predict_dist
from likelinet.model.seeing import Seeing
from likelinet.model.source import Source
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.recognise.written import Written
from likelinet.tables.roles import Roles
from likelinet.tables.rows import declared_table, output_names
from likelinet.training.checkpoint import Checkpoint
from likelinet.training.history import Callback, History


class Model(Passes, Hooks, Seeing):
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

    @without_keys
    def __init__(
        self, config: ModelConfig | dict[str, Any] | None = None, *, distribution: type[Distribution] | None = None
    ) -> None:
        if isinstance(config, str | Path):
            raise ConfigError(f"config must be a dict or a ModelConfig, got '{config}': load_config reads a file.")
        if isinstance(distribution, str):
            raise ConfigError(
                f"distribution must be a class of your own, got '{distribution}': a family has its name in the config, "
                f"as {{'distribution': {{'kind': '{distribution}'}}}}."
            )
        config = config if isinstance(config, ModelConfig) else parse_config({} if config is None else config)
        self._declared = with_class(config, distribution)
        self._custom = distribution
        self._fit: Fit | None = None

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        validation: tuple[Any, ...] | None = None,
        *,
        warm_start: bool = False,
        callbacks: Sequence[Callback] = (),
        progress: bool = True,
        checkpoint: str | Path | Checkpoint | None = None,
    ) -> "Model":
        """Fit by maximum likelihood and return self.

        A model that was fitted before keeps that fit where the new one raises an error without having learned anything.

        Parameters
        ----------
        X : array_like, shape (n, p), or DataFrame, dict of columns, list of dicts, or path of a file
            Inputs; each column is encoded by its kind, as numbers, categories, dates and so on.
        y : array_like or Interval, shape (n,) or (n, d), or name of a column, or list of names, optional
            Targets. A name stands for that column of X, as `data.target` does, and the model remembers it. Without y
            they are the columns `data.target`, or, for an autoencoder without any, its features.
        sample_weight : array_like, shape (n,), optional
            Weight of each row, not negative; a row of weight 0 has no influence at all.
        validation : tuple (X, y) or (X, y, sample_weight), or (X,) where X holds y, optional
            Held-out rows for early stopping, instead of a random split.
        warm_start : bool
            Whether a fitted model goes on from its weights. All that it knows of columns and y stays, and new rows are
            read as `predict` reads them; optimiser and schedule begin anew, and weights of groups stay.
        callbacks : sequence of callable
            Each is called with an `Epoch` after every epoch; True ends the training, of groups that of this one.
        progress : bool
            Whether to show a progress bar, on a terminal and in a notebook.
        checkpoint : str, Path or Checkpoint, optional
            Where to write, every 60 s or as often as a `Checkpoint` says, what the fit needs to go on if anything ends
            it. Callbacks are told of the epochs alone that are trained then.

        Returns
        -------
        Model
            This model.

        Raises
        ------
        DataError
            If the table or the target cannot be used, or the folder of checkpoints; nothing is trained then.
        ConfigError
            If checkpoints are of another config; nothing is trained then.
        NonFiniteError
            If the loss becomes NaN or infinite; the best weights so far are kept, and the model is usable.
        DivergedError
            If the loss rises and no epoch is better than the start, whose weights are kept.
        KeyboardInterrupt
            On Ctrl-C, with the best weights so far kept likewise; an error of a callback comes through, and they are
            kept as well.
        """
        checkpoint = Checkpoint(checkpoint) if isinstance(checkpoint, str | Path) else checkpoint
        given = Given(X, y, sample_weight, validation, callbacks, progress, False, checkpoint)
        return self._learn(given, anew=not warm_start)

    def recalibrate(
        self,
        method: Literal["pit", "conformal"] = "pit",
        X: Any = None,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
    ) -> "Model":
        r"""Map the cdf of all predictions by where y of rows that the model has not seen lie in theirs; return self.

        A predicted cdf F becomes g(F), with g increasing and linear in 22 pieces. It is a distribution as before, whose
        cdf, quantiles, log density, draws and CRPS go together, and it is kept in model files. Another call starts from
        the plain predictions, and `fit` forgets the map. It takes one continuous y. `elbo` and `uncertainty` are those
        of the plain predictions.

        - ``"pit"``: the pieces have the shares of the rows whose F(y) lies in them, beside ten rows spread evenly.
        - ``"conformal"``: of the central interval of c = 20, 40, 50, 60, 70, 80, 90, 95, 98 or 99 % of a new row,

          .. math:: c \le P(F^{-1}(\tfrac{1-c}{2}) \le Y \le F^{-1}(\tfrac{1+c}{2})) \le c + \tfrac{2}{n+1}

          whatever the model is: on average over rows, the n that are handed over among them, if all are exchangeable
          and n is 2 / (1 - c) - 1 or more. It does not hold exactly for rows by which the model was chosen, as those
          out of fold are, nor for each x by itself.

        Parameters
        ----------
        method : {"pit", "conformal"}
            How the map is learned.
        X, y, sample_weight : optional
            Rows that had no part in the fit, as `evaluate` takes them; by default the out-of-fold predictions of the
            training rows, which `training.folds` gives.

        Raises
        ------
        DataError
            If y is censored, or too far from the predictions, or rows have unequal weights in the conformal method; or
            for another method, or y without X.
        UndefinedError
            If y is not one continuous number, or there are neither rows nor out-of-fold predictions.

        References
        ----------
        Kuleshov, Fenner & Ermon, *ICML* 2018; Vovk, Gammerman & Shafer, *Algorithmic Learning in a Random World*, 2005.
        """
        fit = self._fitted()
        recalibration.check_method(method)
        recalibration.check_declared(self.config, len(self.target_names))
        if X is None:
            if y is not None or sample_weight is not None:
                raise DataError("recalibrate: X is missing: pass the rows that y or sample_weight belong to.")
            out = self._unseen()
            learned = recalibration.learned(method, out.distribution, out.y, out.weight)
        else:
            table = declared_table(X, self.config.data)
            rows = self.observed(table, y, sample_weight)
            learned = recalibration.learned(method, self._ask(rows.table, predict_dist), rows.y, rows.weight)
            learned = replace(learned, source=Source.of(table))
            fit.source.note_seen(table, self.config, "its predictions of new rows are farther off than the map knows")
        self._fit = replace(fit, recalibration=learned)
        return self

    def _unseen(self) -> OutOfFold:
        """Return the out-of-fold predictions, or say what else rows for `recalibrate` may be."""
        try:
            return self.out_of_fold
        except UndefinedError as error:
            raise UndefinedError(f"{error} Or pass X and y of rows that had no part in the fit.") from None

    @property
    def config(self) -> ModelConfig:
        """The declaration; of a fitted model with the target that `fit` was told by name."""
        return self._declared if self._fit is None else self._fit.declared_whole

    @property
    def history(self) -> History:
        """What happened in each epoch, and how training ended."""
        return self._fitted().history

    @property
    def classes(self) -> np.ndarray | list[np.ndarray] | None:
        """The class labels, in the order of the predicted probabilities; None for numbers and for codes from 0 on.

        Of several outputs with labels of their own, a list with those of each.
        """
        return self._fitted().targets.classes

    @property
    def n_classes(self) -> int | tuple[int, ...]:
        """How many classes there are, a tuple where outputs have labels of their own; 0 for numbers."""
        return self._fitted().targets.n_classes

    @property
    def fitted(self) -> bool:
        """Whether there is anything to predict with."""
        return self._fit is not None

    @property
    def feature_names(self) -> list[str]:
        """Names of the columns that the model predicts from."""
        return self._fitted().inputs.names

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """How each column that the model predicts from is read and encoded; `describe` says it in a line."""
        return self._fitted().inputs.columns

    @property
    def target_names(self) -> list[str]:
        """Names of the outputs, numbered where the user gave none."""
        return self._roles.outputs(self.feature_names, self._fitted().targets.outputs)

    @property
    def written(self) -> Mapping[str, Written]:
        """How y and weights are written in text, by column, where other ways could be meant; `words` says it."""
        return self._fitted().written

    @property
    def y_name(self) -> str:
        """How messages and pictures call y."""
        return self._roles.y_name

    @property
    def whole_numbers(self) -> bool:
        """Whether y is a count or a code."""
        return self._fitted().family.support.integer and self.classes is None

    @property
    def recalibrated(self) -> str | None:
        """The method by which predictions are recalibrated; None where they are as they were trained."""
        recalibration = self._fitted().recalibration
        return None if recalibration is None else recalibration.method

    @property
    def n_parameters(self) -> int:
        """How many weights were learned, over all members."""
        return self._fitted().n_parameters

    def __repr__(self) -> str:
        state = "not fitted"
        if self.fitted:
            features = counted(len(self.feature_names), "feature")
            state = "not trained, weights of the start" if self.history.untrained else "fitted"
            state = f"{state}: {features}, {self.n_parameters:,} parameter{'s' * (self.n_parameters != 1)}"
            state += f", recalibrated by {self.recalibrated}" if self.recalibrated is not None else ""
        outputs = ", ".join(output_names(self.config.data))
        family = " + ".join(dict.fromkeys(group.distribution.in_brief for group in self.config.each_group))
        return f"Model({f'{outputs} ~ ' if outputs else ''}{family}, {self.config.networks_in_brief}, {state})"

    def _repr_html_(self) -> str:
        return in_html(repr(self), self.config, self._fit, self.y_name)

    def save(self, path: str | Path | BinaryIO) -> None:
        """Write the fitted model to one safetensors file, or to a stream of bytes: arrays, with all else as JSON."""
        files.write(path, self._fitted())

    @staticmethod
    def load(
        path: str | Path | BinaryIO, *, distribution: type[Distribution] | None = None, trust: str | None = None
    ) -> "Model":
        """Return the model in a file; its predictions are bit-identical to those of the saved one.

        Parameters
        ----------
        path : str or Path or stream of bytes
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
        return Model._of(files.read(path, distribution, trust), distribution)

    @staticmethod
    def _of(fit: Fit, distribution: type[Distribution] | None) -> "Model":
        model = Model(fit.declared_whole, distribution=distribution)
        model._fit = fit.declared_by(model.config)
        return model

    def _unfitted(self) -> "Model":
        return Model(self._declared, distribution=self._custom)

    def _with(self, fit: Fit) -> "Model":
        return Model._of(fit, self._custom)

    def _roles_of(self, config: ModelConfig) -> Roles:
        return roles_of(config, self._custom)

    def _learn(self, given: Given, anew: bool) -> "Model":
        earlier = self._fit
        if earlier is None or anew:
            fit, cause = learned(self._declared, self._custom, given)
        else:
            fit, cause = gone_on(earlier, given)
        if earlier is None or not (fit is earlier or fit.history.untrained):
            self._fit = fit
        elif cause is not None:
            cause.add_note("The model keeps its earlier fit.")
        if cause is not None:
            raise cause
        return self

    def _fitted(self) -> Fit:
        if self._fit is None:
            raise NotFittedError("The model is not fitted: call fit(X, y) first, or Model.load(path).")
        return self._fit
