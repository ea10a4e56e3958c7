"""A model of likelinet as a probabilistic regressor of skpro."""

import numpy as np
from skpro.regression.base import BaseProbaRegressor

from likelinet.config.quality import said_of
from likelinet.distributions import Interval
from likelinet.model.model import Model
from likelinet.skpro.distribution import as_skpro


class LikelinetRegressor(BaseProbaRegressor):
    """A neural network that predicts distributions, with the methods of skpro.

    It takes y of one column or of several, numbers, categories and text in X, and right-censored y: where ``fit`` is
    given ``C``, of which 1 says that y lies above what was seen, the family is put into `censored`. ``update`` goes on
    from the weights, with the new rows alone, as ``Model.fit(…, warm_start=True)`` does.

    Parameters
    ----------
    distribution : str, dict or config
        The family: its kind, as ``"gaussian"``, or a declaration, as ``{"kind": "student_t", "df": "shared"}``;
        ``"auto"`` chooses among those that fit y, as the default does with what `quality` has for it.
    quality : {"good", "best", "fast", "plain"}
        What is left open by `config` is set to: ensembles that take time, or with "plain" a single network.
    config : dict or ModelConfig, optional
        All else of the declaration, as of `Model`; it goes before the other parameters.
    random_state : int, optional
        Seed of the training; None draws one.

    Attributes
    ----------
    model_ : Model
        The fitted model.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from likelinet.skpro import LikelinetRegressor
    >>> X = pd.DataFrame({"a": np.linspace(-1.0, 1.0, 200)})
    >>> y = pd.DataFrame({"y": X["a"] ** 2})
    >>> few = {"network": {"hidden": [8]}, "training": {"epochs": 2}}
    >>> model = LikelinetRegressor(distribution="gaussian", quality="plain", config=few).fit(X, y)
    >>> model.predict_proba(X).shape
    (200, 1)
    """

    _tags = {  # noqa: RUF012 - so skpro wants them
        "authors": ["likelinet"],
        "capability:survival": True,
        "capability:multioutput": True,
        "capability:missing": True,
        "capability:update": True,
        "X_inner_mtype": "pd_DataFrame_Table",
        "y_inner_mtype": "pd_DataFrame_Table",
        "C_inner_mtype": "pd_DataFrame_Table",
    }

    def __init__(self, distribution="auto", quality="good", config=None, random_state=0):
        self.distribution = distribution
        self.quality = quality
        self.config = config
        self.random_state = random_state
        super().__init__()

    def _fit(self, X, y, C=None):
        self.model_ = Model(self._declaration(C is not None)).fit(X, _seen(y, C), progress=False)
        return self

    def _update(self, X, y, C=None):
        self.model_.fit(X, _seen(y, C), warm_start=True, progress=False)
        return self

    def _predict_proba(self, X):
        return as_skpro(self.model_.predict_dist(X), index=X.index, columns=self._get_columns(method="predict"))

    def _declaration(self, censored):
        """Return the config of the model."""
        own = {} if self.config is None else said_of(self.config)
        family = said_of(own.get("distribution", self.distribution))
        family = {"kind": family} if isinstance(family, str) else family
        if censored and family.get("kind") not in ("auto", "censored"):
            family = {"kind": "censored", "base": family}
        seed = int(np.random.default_rng().integers(2**31)) if self.random_state is None else self.random_state
        training = {"seed": seed, **said_of(own.get("training", {}))}
        return {"quality": self.quality, **own, "distribution": family, "training": training}

    @classmethod
    def get_test_params(cls, parameter_set="default"):
        """Return settings for skpro's tests."""
        few = {"network": {"hidden": [8]}, "training": {"epochs": 3, "batch_size": 32}}
        family = {"kind": "student_t", "df": "shared"}
        return [
            {"distribution": "gaussian", "quality": "plain", "config": few},
            {"distribution": family, "quality": "plain", "config": {**few, "ensemble": 2}},
            {"distribution": "log_normal", "quality": "plain", "config": few, "random_state": 3},
        ]


def _seen(y, C):
    """Return y as it was seen: intervals where C says which of it is only a lower end."""
    return _columns(y) if C is None else Interval.right_censored(_columns(y), 1 - _columns(C))


def _columns(y):
    """Return the values of a table: of one column, or of several."""
    return y.iloc[:, 0].to_numpy() if y.shape[1] == 1 else y.to_numpy()
