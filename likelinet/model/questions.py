"""What a fitted model can be asked: predictions, draws, scores, codes."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from likelinet.config import ModelConfig
from likelinet.config.network import VAEConfig
from likelinet.core.errors import DataError, UndefinedError
from likelinet.core.gathered import also
from likelinet.core.notes import each_kind_once, each_once, note
from likelinet.decisions import Loss
from likelinet.decisions.bayes import decide
from likelinet.decisions.decision import Decision
from likelinet.decisions.search import LossFunction
from likelinet.distributions import Distribution
from likelinet.model import codes
from likelinet.model.fit import EncodedRows, Fit
from likelinet.model.marginal import predict_both
from likelinet.model.members import Uncertainty, each_member, member_weights, uncertainty
from likelinet.model.out_of_fold import OutOfFold
from likelinet.model.predicted import Predicted
from likelinet.model.prediction import predict_dist
from likelinet.tables.named_target import named
from likelinet.tables.roles import Roles
from likelinet.tables.rows import Rows, declared_table, target_names
from likelinet.tables.stream import Stream, seeds_of_blocks
from likelinet.tables.table import Table

T = TypeVar("T")


class Questions(ABC):
    """The questions to a fitted model, which answers for the rows of a table."""

    @property
    @abstractmethod
    def config(self) -> ModelConfig:
        """The declaration."""

    @abstractmethod
    def _fitted(self) -> Fit:
        """Return what was fitted; raise `NotFittedError` if nothing was."""

    @abstractmethod
    def _roles_of(self, config: ModelConfig) -> Roles:
        """Return what each column of a table is."""

    @property
    def _roles(self) -> Roles:
        return self._roles_of(self.config)

    def predict_dist(self, X: Any) -> Distribution:
        """Return P(y | x) for each row: batch_shape (n,), in the units of y."""
        return self._recalibrated(self._ask(X, predict_dist))

    def predict(self, X: Any) -> np.ndarray:
        """Return the mean of each row's distribution, or its most probable class; of a `Stream` block by block."""
        if isinstance(X, Stream):
            return _of_blocks(X, self.predict, axis=0)
        return self._fitted().targets.centre(self.predict_dist(X))

    def sample(self, X: Any, n: int = 1, seed: int | None = None) -> np.ndarray:
        """Return n draws of y for each row, shape ``(n, len(X), *event_shape)``; of a `Stream` block by block."""
        _check_draws(n, seed)
        if isinstance(X, Stream):
            seeds = seeds_of_blocks(seed)
            return _of_blocks(X, lambda block: self.sample(block, n, next(seeds)), axis=1)
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
        return self._recalibrated(codes.decode(self._fitted(), numbers))

    def reconstruct(self, X: Any) -> np.ndarray:
        """Return each row as it comes out of its code: the mean of P(y | z), or the most probable classes.

        The mean of a Bernoulli y is its probability, a grey value between 0 and 1.
        """
        d = self.predict_dist(X)
        try:
            return self._fitted().targets.as_given(d.mode()) if d.ordered else d.mean()
        except UndefinedError:  # of classes
            return self._fitted().targets.as_given(d.mode())

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

    def decide(
        self,
        X: Any,
        loss: Loss | LossFunction,
        actions: ArrayLike | None = None,
        *,
        samples: int | None = None,
        seed: int | None = None,
        members: bool = False,
    ) -> Decision:
        """Return the Bayes action of each row, its expected loss, and what knowing more would be worth.

        Parameters
        ----------
        X : array_like or DataFrame
            Rows.
        loss, actions, samples, seed
            As `likelinet.decide` takes them: a loss of `likelinet.decisions`, or a function loss(action, y).
        members : bool
            Whether to say as well what agreement of the members of an ensemble would be worth; each decides once.

        Raises
        ------
        UndefinedError
            If y is a vector, or has no such loss; or for members of a model that is recalibrated, which they are not.
        """
        d = self.predict_dist(X)
        made = decide(d, loss, actions, samples=samples, seed=seed)
        if not members:
            return made
        if self._fitted().recalibration is not None:
            raise UndefinedError("decide: the members are not recalibrated, and the model is; leave out members=True.")

        def of_each(fit: Fit, x: EncodedRows) -> np.ndarray:
            each = (decide(d, loss, actions, samples=samples, seed=seed) for d in each_member(fit, x))
            return np.average([own.expected_loss for own in each], axis=0, weights=member_weights(fit))

        with np.errstate(invalid="ignore"):  # of infinite ones
            saved = made.expected_loss - self._ask(X, of_each)
        return replace(made, value_of_agreement=np.maximum(saved, 0.0))  # rounding apart it is none below 0

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
        table = declared_table(X, self.config.data)
        rows = self._observed(table, y, np.ones(table.n), every=True)  # each row has a bound, whatever its weight
        return self._ask(rows.table, self._bound(rows, samples, seed))

    def uncertainty(self, X: Any, measure: Literal["variance", "entropy"] = "variance") -> Uncertainty:
        r"""Return how uncertain y is in each row: in all, by noise, and since the members of an ensemble disagree.

        With equal weights of M members of means :math:`\mu_m`, variances :math:`\sigma_m^2` and entropies
        :math:`H_m`, and the entropy H of their mixture,

        .. math:: \underbrace{\tfrac1M \sum_m \sigma_m^2}_\text{noise} +
                  \underbrace{\tfrac1M \sum_m (\mu_m - \bar\mu)^2}_\text{disagreement}, \qquad
                  H = \underbrace{\tfrac1M \sum_m H_m}_\text{noise} +
                  \underbrace{H - \tfrac1M \sum_m H_m}_\text{disagreement}

        The last term is the mutual information of y and the choice of a member: at most log M. Members of groups have
        their weights in the prediction in place of 1/M. `recalibrate` changes none of them.

        Parameters
        ----------
        X : array_like or DataFrame
            Rows.
        measure : {"variance", "entropy"}
            The variance is in squared units of y, the entropy in nats, and also of classes and angles.

        Returns
        -------
        Uncertainty
            With the arrays `total`, `noise` and `disagreement`, of shape (n,), the variances of several outputs (n, d).

        Raises
        ------
        UndefinedError
            If the distribution has no such number.

        References
        ----------
        Depeweg, Hernández-Lobato, Doshi-Velez & Udluft, *ICML* 2018.
        """
        if measure not in ("variance", "entropy"):
            raise DataError(f"uncertainty: measure must be 'variance' or 'entropy', got {measure!r:.60}.")
        return self._ask(X, partial(uncertainty, measure=measure))

    @property
    def out_of_fold(self) -> OutOfFold:
        """Each training row as predicted by the members that held it out, where `training.folds` was set.

        It is not kept in model files, which have the mean score alone, as `history.out_of_fold_nll`.

        Raises
        ------
        UndefinedError
            If there are none.
        """
        fit = self._fitted()
        if fit.out_of_fold is not None:
            if (time := fit.config.data.time) is not None:
                note(
                    f"Members that hold out a stretch of '{time}' have seen later rows: these scores say how well gaps "
                    "are filled, not how well the future is predicted; score the last rows, or use compare, for that."
                )
            return fit.out_of_fold
        if fit.history.out_of_fold_nll is not None:
            raise UndefinedError(
                "The model comes from a file, which does not keep out-of-fold predictions: fit it again for them; "
                f"history.out_of_fold_nll has their mean score, {fit.history.out_of_fold_nll:.4g}."
            )
        cut_short = fit.history.stopped in ("interrupted", "not finite", "diverged")
        if cut_short and fit.config.training.folds is not None:
            raise UndefinedError(
                "Training was cut short, before out-of-fold predictions were made: fit the model again."
            )
        raise UndefinedError(
            "There are no out-of-fold predictions: set training.folds, and 'ensemble' to as many or more, before fit; "
            "a model that has gone on has none."
        )

    def observed(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> Rows:
        """Return rows of weight above 0 whose y is there, checked against what the model was trained on."""
        return self._observed(X, y, sample_weight)

    def _observed(
        self, X: Any, y: Any, sample_weight: ArrayLike | None, every: bool = False, part: bool = False
    ) -> Rows:
        fit = self._fitted()
        table = fit.read(X)
        config, y = named(self.config, table, y)
        roles = self._roles_of(config)
        with also(lambda: fit.rows(table).x.check() if table.n else None):
            rows = roles.rows(table, y, sample_weight, fit.inputs.names, fit.inputs.named, every, part)
            observed = fit.recognise(rows, roles.y_name) if rows.table.n else rows.y  # none of a part where all lack it
        target = {} if config is self.config else dict.fromkeys(target_names(config.data))  # of this call alone
        left = {name: column for name, column in rows.table.columns.items() if name not in target}
        table = replace(rows.table, columns=left)
        return Rows(table, observed, rows.weight, astray=rows.astray, lacking=rows.lacking)

    def _ask(self, X: Any, question: Callable[[Fit, EncodedRows], T]) -> T:
        """Return the answer to a question about the rows of a table, and note which columns played no part in it."""
        fit, table = self._fitted(), declared_table(X, self.config.data)
        if table.n == 0:
            raise DataError("The table is empty: it has no rows.")
        rows = fit.rows(table)
        answer = question(fit, rows)
        with each_once(fit.said_of_rows):
            rows.x.note()
        fit.note_unused(table)
        return answer

    def _predicted(self, rows: Rows) -> Predicted:
        """Return all that is predicted of rows whose y is known."""
        is_vae = isinstance(self.config.network, VAEConfig)
        bound = self._bound(rows, 1, self.config.training.seed) if is_vae else None
        d, without_x, each = self._ask(rows.table, lambda fit, x: (*predict_both(fit, x), bound and bound(fit, x)))
        return Predicted(rows, self._recalibrated(d), without_x, each)

    def _recalibrated(self, d: Distribution) -> Distribution:
        """Return plain predictions as the model gives them."""
        recalibration = self._fitted().recalibration
        return d if recalibration is None else recalibration.of(d)

    def _note_seen(self, table: Table) -> None:
        """Warn where scores of a table are those of rows that the model has seen."""
        seen = [(self._fitted().source, "trained on")]
        if (recalibration := self._fitted().recalibration) is not None:
            seen.append((recalibration.source, "recalibrated by"))
        for source, was in seen:
            source.note_seen(table, self.config, "the scores are better than those of new rows", was)

    def _bound(self, rows: Rows, samples: int, seed: int | None) -> Callable[[Fit, EncodedRows], np.ndarray]:
        """Return the question for a bound of log p(y) of each row."""
        rng = np.random.default_rng(seed)
        return partial(codes.elbo, y=self._fitted().targets.encode(rows.y), samples=samples, rng=rng)

    def _draws(self, d: Distribution, shape: tuple[int, ...], rng: np.random.Generator | int | None) -> np.ndarray:
        draws = d.sample(shape, rng=rng)
        return self._fitted().targets.as_given(draws)


def _of_blocks(stream: Stream, question: Callable[[Table], np.ndarray], axis: int) -> np.ndarray:
    """Return the answers for all blocks of a stream as one array."""
    with each_kind_once():
        answers = [question(block) for block in stream]
    if not answers:
        raise DataError("The table is empty: it has no rows.")
    return np.concatenate(answers, axis)


def _check_draws(n: Any, seed: Any) -> None:
    if not isinstance(n, int | np.integer) or n < 0:
        raise DataError(f"n must be a whole number of draws, 0 or more, got {n!r}.")
    if seed is not None:
        if not isinstance(seed, int | np.integer):
            raise DataError(f"seed must be a whole number, got {seed!r}.")
        if seed < 0:
            raise DataError(f"seed must not be negative, got {seed}.")
