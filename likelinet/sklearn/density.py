"""The density of rows by themselves: no y, and nothing to predict it from."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from likelinet.config.quality import merged
from likelinet.distributions import Distribution
from likelinet.model.model import Model
from likelinet.sklearn.checked import checked_weight
from likelinet.sklearn.declaring import PLAIN


class DensityEstimator(DensityMixin, BaseEstimator):
    """A distribution fitted to the rows of X by maximum likelihood, with the methods of `KernelDensity`.

    Parameters
    ----------
    distribution : str, dict or config of a family
        As ``"student_t"``, ``{"kind": "mixture", "components": 3}`` or ``ll.GammaConfig()``; ``"auto"`` chooses one by
        held-out rows. Several columns are independent of each other unless the family is one of vectors, as
        ``"multivariate_gaussian"`` is; ``"auto"`` has both among its candidates.
    standardize : bool
        Whether to scale the columns; densities are in the units of X with all.
    config : ModelConfig or dict, optional
        All else that a config can say, over the other parameters.
    random_state : int, RandomState or None
        Seed of what is held out and of where the search begins; None for another one each time.
    verbose : bool
        Whether to show a progress bar.

    Attributes
    ----------
    model_ : Model
        What was fitted: a model without features.
    distribution_ : Distribution
        The density, of batch shape ().
    n_features_in_ : int
        How many columns X had.
    feature_names_in_ : ndarray
        Their names, where X was a frame.

    Examples
    --------
    >>> import numpy as np
    >>> from likelinet.sklearn import DensityEstimator
    >>> X = np.random.default_rng(0).normal(3.0, 2.0, (500, 1))
    >>> density = DensityEstimator("gaussian").fit(X)
    >>> density.score_samples([[3.0]]).round(1), density.sample(2, random_state=0).shape
    (array([-1.6]), (2, 1))
    """

    model_: Model
    distribution_: Distribution
    n_features_in_: int

    def __init__(
        self,
        distribution: Any = "auto",
        *,
        standardize: bool = True,
        config: Any = None,
        random_state: Any = 0,
        verbose: bool = False,
    ) -> None:
        self.distribution = distribution
        self.standardize = standardize
        self.config = config
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Fit by maximum likelihood and return self.

        Parameters
        ----------
        X : array_like or DataFrame, shape (n, d)
            Rows of numbers; a sample of single numbers is of shape (n, 1).
        y : None
            Not used.
        sample_weight : array_like, shape (n,), optional
            Weight of each row, not negative.
        """
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        weight = checked_weight(self, sample_weight)
        nothing = np.zeros((len(X), 0))
        self.model_ = Model(self._declared()).fit(nothing, self._as_y(X), weight, progress=bool(self.verbose))
        self.distribution_ = self.model_.predict_dist(nothing[:1])[0]
        return self

    def score_samples(self, X: Any) -> np.ndarray:
        """Return the log-density of each row, in the units of X; of whole numbers, under a family of such, log P.

        Parameters
        ----------
        X : array_like or DataFrame, shape (n, d)
            Rows.

        Returns
        -------
        ndarray, shape (n,)
            Logarithms; -inf where the family leaves nothing.
        """
        check_is_fitted(self, "model_")
        X = validate_data(self, X, dtype=np.float64, reset=False)
        each = np.asarray(self.distribution_.log_prob(self._as_y(X)))
        return each.reshape(len(X), -1).sum(axis=1)

    def score(self, X: Any, y: Any = None) -> float:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the sum of the log-densities of all rows, as `KernelDensity` does.

        Parameters
        ----------
        X : array_like or DataFrame, shape (n, d)
            Rows.
        y : None
            Not used.
        """
        return float(self.score_samples(X).sum())

    def sample(self, n_samples: int = 1, random_state: Any = None) -> np.ndarray:
        """Return rows drawn from the density.

        Parameters
        ----------
        n_samples : int
            How many.
        random_state : int, RandomState or None
            Where randomness comes from; the same int gives the same rows.

        Returns
        -------
        ndarray, shape (n_samples, d)
            Draws.
        """
        check_is_fitted(self, "model_")
        seed = int(check_random_state(random_state).randint(2**31 - 1))
        return np.asarray(self.distribution_.sample((n_samples,), rng=seed), np.float64).reshape(n_samples, -1)

    def to_model(self) -> Model:
        """Return the fitted `Model`, which predicts the same distribution for each row of a table without columns."""
        check_is_fitted(self, "model_")
        return self.model_

    def _declared(self) -> dict[str, Any]:
        word = self.distribution
        known = {"kind": "auto", "numbers": True} if word == "auto" else {"kind": word}
        seed = self.random_state
        if not isinstance(seed, int | np.integer):  # None, or a state of random numbers
            seed = check_random_state(seed).randint(2**31 - 1)
        own = {
            "distribution": known if isinstance(word, str) else word,
            "data": {"features": [], "standardize": self.standardize},
            "training": {"seed": int(seed)},
        }
        return own if self.config is None else merged(self.config, own, PLAIN)

    def _as_y(self, X: np.ndarray) -> np.ndarray:
        """Return rows as a model takes y: single numbers where there is one column."""
        return X[:, 0] if X.shape[1] == 1 else X
