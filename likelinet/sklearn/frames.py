"""Answers as frames and Series, where `set_output` asks for them."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn import get_config

from likelinet.core.errors import ParameterError

CONTAINERS = "default", "pandas", "polars"


class FramesOut:
    """An estimator whose intervals, quantiles, parameters and probabilities may come as frames."""

    _sklearn_output_config: dict[str, str]  # under the name that scikit-learn's `clone` copies

    def set_output(self, *, transform: str | None = None) -> Self:
        """Say what `predict_interval`, `predict_quantiles`, `predict_params`, `predict_proba` and `predict` return.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, optional
            Arrays, or frames with named columns, those of pandas with the index of X. None leaves it as it is; without
            a call it is `transform_output` of `sklearn.set_config`, but for `predict_proba` and `predict`, of which
            scikit-learn's own tools, as the scorer `roc_auc`, take arrays: these give frames, and a Series of one
            number or label a row, only where they are asked for here.
        """
        if transform is not None:
            if transform not in CONTAINERS:
                raise ParameterError(f"set_output: transform must be one of {CONTAINERS}, got {transform!r}.")
            self._sklearn_output_config = {"transform": transform}
        return self

    @property
    def _container(self) -> str | None:
        """What `set_output` was asked for, of this estimator itself."""
        return vars(self).get("_sklearn_output_config", {}).get("transform")

    def _titled(self, X: Any, values: np.ndarray, names: Sequence[str]) -> Any:
        """Return what is predicted, of shape (n,) or (n, d), as it is, or as the Series or frame asked for here."""
        if self._container in (None, "default"):
            return values
        if values.ndim == 2:
            return self._framed(X, values, names)
        if self._container == "polars":
            import polars

            return polars.Series(names[0], values)
        import pandas

        return pandas.Series(values, index=X.index if isinstance(X, pandas.DataFrame) else None, name=names[0])

    def _framed(self, X: Any, values: np.ndarray, names: Sequence[str], outputs: Sequence[str] = (), plain: Any = None):
        """Return numbers of shape (n, k) or (n, k, d) as they are, or `plain`, or as the frame that is asked for.

        `names` are those of the k columns, `outputs` of the d numbers in each, which come behind them.
        """
        asked = self._container or get_config()["transform_output"]
        if asked == "default":
            return values if plain is None else plain
        if values.ndim == 3:
            names = [f"{name}_{output}" for name in names for output in outputs]
        if len({*names}) < len(names):
            raise ParameterError("The columns of a frame need different names: ask for each level once.")
        columns = dict(zip(names, values.reshape(len(values), -1).T, strict=True))
        if asked == "polars":
            import polars

            return polars.DataFrame(columns)
        import pandas

        return pandas.DataFrame(columns, index=X.index if isinstance(X, pandas.DataFrame) else None)
