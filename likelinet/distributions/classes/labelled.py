"""Classes under the user's own names."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from likelinet.core.errors import UndefinedError
from likelinet.distributions.base.distribution import Distribution
from likelinet.distributions.base.shapes import Rng


class Labelled(Distribution):
    """A distribution of classes that bear labels: y is a label wherever it goes in or comes out.

    Parameters
    ----------
    base : Bernoulli, Categorical or OrderedLogistic
        The distribution of the codes 0, 1, …
    classes : array_like, shape (K,)
        The label of each code, integers or strings.

    References
    ----------
    The labels are those of scikit-learn's ``classes_``.

    Examples
    --------
    >>> d = Labelled(Categorical(probs=[0.2, 0.8]), ["no", "yes"])
    >>> str(d.mode()), float(d.log_prob("yes").round(4))
    ('yes', -0.2231)
    """

    _sees_to_support = True
    y = "class"

    def __init__(self, base: Distribution, classes: ArrayLike) -> None:
        self.base = base
        self.ordered = base.ordered
        self.classes = np.asarray(classes)
        self.batch_shape = base.batch_shape
        self.support = base.support

    @property
    def probs(self) -> np.ndarray:
        """Probability of each class, shape (..., K), in the order of `classes`."""
        return self.base.class_probabilities()

    def class_marginals(self) -> Distribution:
        return self

    def class_probabilities(self) -> np.ndarray:
        return self.probs

    def mixed_classes(self, log_weights: np.ndarray) -> Distribution:
        return Labelled(self.base.mixed_classes(log_weights), self.classes)

    def log_prob(self, y: ArrayLike) -> np.ndarray:
        return self.base.log_prob(self.encode(y))

    def mode(self) -> np.ndarray:
        return self.classes[self.base.mode().astype(np.int64)]

    def entropy(self) -> np.ndarray:
        return self.base.entropy()

    def kl_divergence(self, other: Distribution) -> np.ndarray:
        if not isinstance(other, Labelled) or not np.array_equal(self.classes, other.classes):
            raise UndefinedError("kl_divergence of labelled classes needs the same classes on both sides.")
        return self.base.kl_divergence(other.base)

    def sample(self, sample_shape: int | tuple[int, ...] = (), rng: Rng = None) -> np.ndarray:
        return self.classes[np.asarray(self.base.sample(sample_shape, rng)).astype(np.int64)]

    def encode(self, y: ArrayLike) -> np.ndarray:
        """Return the code of each label, -1 for one that is not among the classes."""
        return encode_labels(np.asarray(y), self.classes)

    def map_arrays(self, f: Callable[[np.ndarray, int], np.ndarray]) -> Distribution:
        return Labelled(self.base.map_arrays(f), self.classes)

    def __repr__(self) -> str:
        return f"Labelled({self.base!r}, classes={self.classes.tolist()})"


def encode_labels(y: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the position of each label in `classes`, -1 where it is not among them."""
    if classes.dtype.kind in "US":
        y = y.astype(str)
    order = np.argsort(classes)
    position = order[np.minimum(np.searchsorted(classes, y, sorter=order), len(classes) - 1)]
    return np.where(classes[position] == y, position, -1)
