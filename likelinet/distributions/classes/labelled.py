"""Classes under the user's own names."""

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import UndefinedError
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.shapes import Rng
from likelinet.distributions.classes.numeric_levels import Levels


class Labelled(Distribution):
    """A distribution of classes that bear labels: y is a label wherever it goes in or comes out.

    Parameters
    ----------
    base : Bernoulli, Categorical or OrderedLogistic
        The distribution of the codes 0, 1, …
    classes : array_like, shape (K,) or (d, K)
        The label of each code, integers, strings or bools. Where the last batch axis is one of d outputs, each may have
        labels of its own; one with fewer than K repeats its last, to which `base` gives probability 0.

    Raises
    ------
    UndefinedError
        For mean, var, std, cdf and quantiles, unless the labels are increasing numbers of ordered classes, as grades
        are; mean, var and std are also those of False and True, which count as 0 and 1.

    References
    ----------
    The labels are those of scikit-learn's ``classes_``.

    Examples
    --------
    >>> import likelinet as ll
    >>> d = Labelled(ll.Categorical(probs=[0.2, 0.8]), ["no", "yes"])
    >>> str(d.mode()), float(d.log_prob("yes").round(4))
    ('yes', -0.2231)
    """

    _sees_to_support = True
    y = "class"

    def __init__(self, base: Distribution, classes: ArrayLike) -> None:
        self.base = base
        self.ordered = base.ordered
        self.has_cdf = False  # type: ignore[reportAttributeAccessIssue]  # that of numbers is no integral over codes
        self.classes: np.ndarray = np.asarray(classes)  # type: ignore[reportIncompatibleVariableOverride]
        self.batch_shape = base.batch_shape
        self.support = base.support

    @property
    def probs(self) -> np.ndarray:
        """Probability of each class, shape (..., K), in the order of `classes`."""
        return self.base.class_probabilities()

    def underlying(self) -> Distribution:
        return self.base

    def unlabelled(self) -> Distribution:
        return self.base

    def as_numbers(self) -> Distribution:
        known = self.classes
        if not self.ordered or known.ndim > 1 or known.dtype.kind not in "iuf" or not np.all(np.diff(known) > 0):
            return self
        return Levels(known, self.probs)

    def class_marginals(self) -> Distribution:
        return self

    def class_probabilities(self) -> np.ndarray:
        return self.probs

    def mixed_classes(self, log_weights: np.ndarray) -> Distribution:
        return Labelled(self.base.mixed_classes(log_weights), self._of_mixture())

    def log_prob(self, y: ArrayLike) -> np.ndarray:
        return self.base.log_prob(self.encode(y))

    def cdf(self, y: ArrayLike) -> np.ndarray:
        return self._number("cdf").cdf(y)

    def ppf(self, q: ArrayLike) -> np.ndarray:
        return self._number("ppf").ppf(q)

    def log_prob_between(self, low: ArrayLike, high: ArrayLike) -> np.ndarray:
        return self._number("prob_between").log_prob_between(low, high)

    def mean(self) -> np.ndarray:
        return self._of_true() if self._are_true() else self._number("mean").mean()

    def var(self) -> np.ndarray:
        p = self._of_true() if self._are_true() else None
        return self._number("var").var() if p is None else p * (1.0 - p)

    def mode(self) -> np.ndarray:
        return self._labels(self.base.mode())

    def entropy(self) -> np.ndarray:
        return self.base.entropy()

    def kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Labelled) or not np.array_equal(self.classes, other.classes):
            raise UndefinedError("kl_divergence of labelled classes needs the same classes on both sides.")
        return self.base.kl_divergence(other.base)

    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        return self._labels(self.base.sample(sample_shape, rng))

    def encode(self, y: ArrayLike) -> np.ndarray:
        """Return the code of each label, -1 for one that is not among the classes."""
        if self.classes.ndim == 1:
            return encode_labels(np.asarray(y), self.classes)
        same = np.asarray(y, dtype=str if self.classes.dtype.kind == "U" else None)[..., None] == self.classes
        return np.where(same.any(-1), same.argmax(-1), -1)

    def mixed(self, log_weights: np.ndarray) -> Distribution | None:
        inner = self.base.mixed(log_weights)
        return None if inner is None else Labelled(inner, self._of_mixture())

    def stacks_with(self, other: Any) -> bool:
        return super().stacks_with(other) and np.array_equal(self.classes, other.classes)

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return Labelled(self.base.map_arrays(f), self.classes if self.classes.ndim == 1 else f(self.classes, 1))

    def _labels(self, codes: ArrayLike) -> np.ndarray:
        """Return the label of each code, whose last axes are those of the batch."""
        codes = np.asarray(codes).astype(np.int64)
        if self.classes.ndim == 1:
            return self.classes[codes]
        classes = np.broadcast_to(self.classes, codes.shape + self.classes.shape[-1:])
        return np.take_along_axis(classes, codes[..., None], axis=-1)[..., 0]

    def _of_mixture(self) -> np.ndarray:
        """Return the labels of a mixture over the last batch axis: they are the same of each component."""
        return self.classes if self.classes.ndim == 1 else self.classes[..., 0, :]

    def _are_true(self) -> bool:
        return self.classes.dtype.kind == "b" and self.classes.ndim == 1

    def _of_true(self) -> np.ndarray:
        """Return the probability of True, the mean of False and True."""
        return self.probs @ self.classes.astype(np.float64)

    def _number(self, what: str) -> Distribution:
        """Return the distribution of the numbers that the labels are, if they are."""
        numbers = self.as_numbers()
        if numbers is self:
            self._undefined(what)
        return numbers

    def _undefined(self, method: str) -> NoReturn:
        what = f"{type(self.base).__name__} has no {method.partition(':')[0]} where y is a label"
        raise UndefinedError(f"{what}: take probs, log_prob, mode or entropy.")

    def __repr__(self) -> str:
        return f"Labelled({self.base!r}, classes={self.classes.tolist()})"


def encode_labels(y: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the position of each label in `classes`, -1 where it is not among them."""
    if classes.dtype.kind in "US":
        y = y.astype(str)
    order = np.argsort(classes)
    position = order[np.minimum(np.searchsorted(classes, y, sorter=order), len(classes) - 1)]
    return np.where(classes[position] == y, position, -1)
