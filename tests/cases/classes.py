"""Families of classes."""

import numpy as np
import scipy.special
import scipy.stats

import likelinet as ll
from likelinet.core.links import Ordered
from tests import exact, exact_counts
from tests.cases.family import N_CLASSES, Family


class _Classes:
    """A categorical distribution by scipy's multinomial with one trial."""

    def __init__(self, logits: np.ndarray) -> None:
        self._multinomial = scipy.stats.multinomial(1, scipy.special.softmax(logits, axis=-1))
        self._k = logits.shape[-1]

    def logpmf(self, y: np.ndarray) -> np.ndarray:
        return self._multinomial.logpmf(np.eye(self._k)[np.asarray(y)])

    def entropy(self) -> np.ndarray:
        return self._multinomial.entropy()

    def ppf(self, u: np.ndarray) -> np.ndarray:
        return np.floor(self._k * np.asarray(u)).astype(np.int64)


FAMILIES = (
    Family(
        ll.OrderedLogistic,
        {"loc": (-3.0, 3.0), "cutpoints": (-2.0, 2.0)},
        exact_counts.ordered_classes,
        exact_counts.ordered_logistic,
        top=N_CLASSES,
        undefined=("mean", "var", "std"),
        links={"cutpoints": (Ordered(1e-3), exact_counts.ordered_link)},
    ),
    Family(
        ll.Bernoulli,
        {"logits": (-5.0, 5.0)},
        lambda logits: scipy.stats.bernoulli(scipy.special.expit(logits)),
        exact.bernoulli,
        top=1,
    ),
    Family(ll.Categorical, {"logits": (-4.0, 4.0)}, _Classes, exact.categorical, top=N_CLASSES - 1),
)
