"""Several outputs that are independent given x, as one event."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.arrays import Array, namespace
from likelinet.core.errors import DataError, ParameterError, UndefinedError
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.family import Opening, open_end
from likelinet.distributions.base.interval import Interval
from likelinet.distributions.base.leaf import Closed
from likelinet.distributions.base.operands import check_base
from likelinet.distributions.base.parameter import Backward
from likelinet.distributions.base.passed_on import PassedOn
from likelinet.distributions.base.shapes import Rng, with_axes
from likelinet.distributions.over.family import WrapperFamily


@dataclass(frozen=True)
class IndependentFamily(WrapperFamily):
    """d copies of `base`, each with parameters of its own; y has shape (n, d).

    Parameters
    ----------
    base : Family
        The family of each output.
    outputs : int
        d.
    """

    outputs: int

    @property
    def openings(self) -> tuple[Opening, ...]:
        return tuple(o.within(self.outputs) for o in self.base.openings)

    @property
    def event_ndim(self) -> int:
        return 1 + self.base.event_ndim

    @property
    def stable_in_float32(self) -> bool:
        return self.base.stable_in_float32

    def loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        values, backward = self.base.loss(params, y)
        return namespace(values).sum(values, axis=-1), lambda d: backward(d[..., None])

    def log_interval(self, params: tuple[Array, ...], low: Array, high: Array) -> tuple[Array, Backward]:
        values, backward = self.base.log_interval(params, low, high)
        return namespace(values).sum(values, axis=-1), lambda d: backward(d[..., None])

    def mean_and_variance(self, params: tuple[Array, ...]) -> tuple[Array, Array]:
        return self.base.mean_and_variance(params)

    def crps_loss(self, params: tuple[Array, ...], y: Array) -> tuple[Array, Backward]:
        values, backward = self.base.crps_loss(params, y)
        return namespace(values).sum(values, axis=-1), lambda d: backward(d[..., None])

    def fisher_information(self, params: tuple[Array, ...]) -> Array:
        return self.base.fisher_information(params)

    def distribution(self, params: tuple[np.ndarray, ...]) -> Distribution:
        return Independent(self.base.distribution(params))

    def estimate(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray | None, ...]:
        each = [self.base.of_output(j).estimate(y[:, j], weight) for j in range(self.outputs)]
        return tuple(None if p[0] is None else np.stack(p) for p in zip(*each, strict=True))


class Independent(PassedOn):
    r"""A vector y whose d entries are independent: the last batch axis of `base` becomes the event.

    .. math:: \log p(y) = \sum_{j=1}^{d} \log p_j(y_j)

    Joint quantities (log_prob, nll, entropy, kl_divergence) have the batch shape; the others (cdf, ppf, interval, mean,
    crps …) are those of each output by itself and have shape batch_shape + (d,). `classes` are the labels of classes, a
    list of those of each output where they differ, and None where y holds the codes 0, 1, … or numbers.

    Parameters
    ----------
    base : Distribution
        Univariate distributions of batch shape (..., d).

    Raises
    ------
    ParameterError
        If `base` has no batch axis, or its y is a vector.

    References
    ----------
    ``torch.distributions.Independent`` has the same meaning.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = ll.Independent(ll.Gaussian([[0.0, 1.0], [2.0, 3.0]], 1.0))
    >>> d.batch_shape, d.event_shape, d.log_prob([[0.0, 1.0], [2.0, 3.0]]).round(4).tolist()
    ((2,), (2,), [-1.8379, -1.8379])
    """

    support_in_words = "d values of its `base`"
    of_outputs = True

    def __init__(self, base: Distribution) -> None:
        check_base(base, "Independent")
        if base.event_shape:
            raise ParameterError(
                f"Independent: base must be a distribution of one number or class, and each y of "
                f"{type(base).__name__} has shape {base.event_shape}."
            )
        if not base.batch_shape:
            raise ParameterError("Independent: base needs a batch axis to make the event of.")
        self.base = base
        self.y, self.ordered, self.is_angle = base.y, base.ordered, base.is_angle
        self.family = IndependentFamily(Closed(base), base.batch_shape[-1])
        self.support = self.family.support
        self.classes = _of_each(base.classes)
        self.batch_shape = base.batch_shape[:-1]
        self.event_shape = base.batch_shape[-1:] + base.event_shape

    @property
    def probs(self) -> np.ndarray:
        """Probability of each class of each output, shape (..., d, K).

        K is that of the output with the most classes. Another one has its own first, in the order of `classes`, and 0
        for the rest. Of outputs that are numbers there is none.
        """
        if self.y != "class":
            raise AttributeError(f"{type(self).__name__} over {type(self.base).__name__} has no probs: no classes.")
        return self.base.class_probabilities()

    def _answering(self) -> Distribution:
        return self.base

    def _seen(self, y: ArrayLike) -> np.ndarray:
        y = self._aligned(y)
        if y.shape[-1:] != self.event_shape[:1]:
            raise DataError(f"y has shape {y.shape} but each event has {self.event_shape[0]} outputs on the last axis.")
        return y

    def log_prob(self, y: ArrayLike | Interval) -> np.ndarray:
        """Return the log density or mass of vectors; of intervals, which a Censored base takes, one of each output."""
        if not isinstance(y, Interval):
            return -self.family.loss((), self._seen(y))[0][()]
        return self.log_prob_of_intervals(y)

    def log_prob_of_intervals(self, y: Interval) -> np.ndarray:
        if not self.base.takes_intervals:
            raise DataError(
                f"Independent: y is made of intervals, which {type(self.base).__name__} does not take: "
                "only Censored does, as the base."
            )
        each = Interval(self._seen(y.lower), self._seen(y.upper))
        return np.sum(self.base.log_prob_of_intervals(each), axis=-1)

    @property
    def unusable(self) -> np.ndarray | None:
        inner = self.base.unusable
        return None if inner is None else np.asarray(inner.any(-1))

    def underlying(self) -> Distribution:
        return self.base

    def marginals(self) -> Distribution:
        return self.base

    def class_marginals(self) -> Distribution | None:
        return self.base.class_marginals()

    def class_probabilities(self) -> np.ndarray:
        return self.base.class_probabilities()

    def encode(self, y: ArrayLike) -> np.ndarray:
        return self.base.encode(y)

    def labelled(self, classes: np.ndarray) -> Distribution:
        return Independent(self.base.labelled(classes))

    def turned(self, by: np.ndarray) -> Distribution:
        return Independent(self.base.turned(by))

    def dispersed(self, factor: float, step: np.ndarray | float) -> Distribution | None:
        base = self.base.dispersed(factor, step)
        return None if base is None else Independent(base)

    def nll(self, y: ArrayLike | Interval) -> np.ndarray:
        """Return -log p(y), the loss that training minimises."""
        return -self.log_prob(y)

    def entropy(self) -> np.ndarray:
        return np.sum(self.base.entropy(), axis=-1)

    def kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Independent):
            raise UndefinedError(f"kl_divergence between Independent and {type(other).__name__} is not defined.")
        return np.sum(self.base.kl_divergence(other.base), axis=-1)

    def given(self, low: ArrayLike = -np.inf, high: ArrayLike = np.inf) -> Distribution:
        """Return the distribution given that each output lies between its bounds, which broadcast with the outputs."""
        made = Independent(self.base.given(low, high))
        made.classes = self.classes
        return made

    def log_prob_of_box(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.sum(self.base.log_prob_between(open_end(self.base, low), high), axis=-1)

    def mode(self) -> np.ndarray:
        return self.base.mode()

    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        return self.base.sample(sample_shape, rng)

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        made = Independent(self.base.map_arrays(lambda a, n: f(with_axes(a, n + 1), n + 1)))
        made.classes = self.classes  # which no rows would not tell
        return made

    def __repr__(self) -> str:
        return f"Independent({self.base!r})"


def _of_each(classes: np.ndarray | list[np.ndarray] | None) -> np.ndarray | list[np.ndarray] | None:
    """Return the labels of each output, without those that fill up the shorter ones; the same for all as they are."""
    if classes is None or isinstance(classes, list) or classes.ndim == 1:
        return classes
    of_any_row = classes[(slice(1),) * (classes.ndim - 2)].reshape(-1, classes.shape[-1])
    return [own[: np.argmax(own == own[-1]) + 1] for own in of_any_row]
