"""How far each feature moves a prediction, of a fitted model alone: what recursive elimination asks for."""

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from likelinet.core.errors import DataError
from likelinet.distributions import Distribution
from likelinet.tables.kinds.boolean import Boolean
from likelinet.tables.kinds.kind import Kind
from likelinet.tables.kinds.left_out import LeftOut
from likelinet.tables.kinds.number import Scaled

ROWS = 256  # that are drawn


def feature_influence(estimator: Any) -> np.ndarray:
    r"""Return how far each feature moves what is predicted, over rows drawn from the ranges of training.

    All features are drawn independently of each other; then one is drawn anew. With μ and σ of the prediction before
    and μ', σ' after,

    .. math:: I_j = \sqrt{\operatorname{mean}\left[(\mu' - \mu)^2 + (\sigma' - \sigma)^2\right]}

    and for classes the same of their probabilities. It needs no rows, so that ``RFECV(importance_getter=...)`` can ask;
    `sklearn.inspection.permutation_importance` asks held-out rows, and is to be preferred where there are some.

    Parameters
    ----------
    estimator : DistributionRegressor or DistributionClassifier
        Fitted to columns of numbers.

    Returns
    -------
    ndarray, shape (n_features,)
        0 for a feature that plays no part.

    Raises
    ------
    DataError
        If a column does not hold numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from likelinet.sklearn import DistributionRegressor, feature_influence
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(25, 2))
    >>> regressor = DistributionRegressor(distribution="gaussian").fit(X, 3.0 * X[:, 0] + rng.normal(size=25))
    >>> feature_influence(regressor).argmax()
    np.int64(0)
    """
    check_is_fitted(estimator, "model_")
    rng = np.random.default_rng(0)
    kinds = estimator.model_.kinds
    X = np.stack([_drawn(kind, rng) for kind in kinds], axis=1)
    redrawn = [X]
    for j, kind in enumerate(kinds):
        other = X.copy()
        other[:, j] = _drawn(kind, rng)
        redrawn.append(other)
    names = getattr(estimator, "feature_names_in_", None)
    rows = np.concatenate(redrawn)
    table = rows if names is None else dict(zip(names.tolist(), rows.T, strict=True))
    seen = _summary(estimator.model_.predict_dist(table)).reshape(len(redrawn), ROWS, -1)
    return np.sqrt(((seen[1:] - seen[0]) ** 2).sum(axis=2).mean(axis=1))


def _drawn(kind: Kind, rng: np.random.Generator) -> np.ndarray:
    """Return cells of a column as training may have had them."""
    match kind:
        case LeftOut():
            return np.zeros(ROWS)
        case Boolean():
            return rng.integers(0, 2, ROWS).astype(np.float64)
        case Scaled(low=float(low), high=float(high)) if not kind.log:
            return rng.uniform(low, high, ROWS)
        case Scaled(low=float(low), high=float(high)):
            return np.exp(rng.uniform(np.log(low), np.log(high), ROWS))
        case Scaled():
            return rng.normal(kind.loc, kind.scale, ROWS)
        case _:
            raise DataError(
                f"feature_influence is of numbers, and column '{kind.name}' is read as {kind.tag}: encode it first, or "
                "take permutation_importance."
            )


def _summary(d: Distribution) -> np.ndarray:
    """Return the numbers of each prediction whose moves count, shape (n, many)."""
    if d.class_marginals() is not None:
        return d.class_probabilities()
    n = d.batch_shape[0]
    return np.concatenate([d.mean().reshape(n, -1), d.std().reshape(n, -1)], axis=1)
