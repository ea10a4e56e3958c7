"""The methods that likelinet is compared with on messy tables, each with its defaults; what it predicts is scored.

NGBoost and CatBoost with as many rounds as their defaults have are far too sure on small tables: beside these, `early`
are those that stop where a fifth of the training rows, held out, says so.

    pip install ngboost catboost lightgbm scikit-learn pandas lifelines statsmodels
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import messy_scores
import numpy as np
from messy_inputs import Inputs
from messy_scores import Scores
from messy_tables import Kind
from scipy import stats

import likelinet as ll
from likelinet.distributions import Distribution

ALL: frozenset[Kind] = frozenset({"numbers", "classes", "times"})
SKEWED = 1.0  # the skewness from which users take logarithms of a positive y
LEVELS = (np.arange(39) + 0.5) / 39
FOLDS = 5
PATIENCE = 50  # rounds, where a peer stops early
MOST_LEVELS = 20  # of y whose shares are a simple family
LGBM: dict[str, Any] = {"n_jobs": 1, "random_state": 0, "verbose": -1}


@dataclass(frozen=True)
class Case:
    """One split of a table: prepared features, y, whether times are those of events, and the cell of y."""

    kind: Kind
    inputs: Inputs
    y: np.ndarray
    test_y: np.ndarray
    event: np.ndarray | None
    test_event: np.ndarray | None
    h: float

    @property
    def many(self) -> int:
        """How many classes there are."""
        return int(max(self.y.max(), self.test_y.max())) + 1

    @property
    def log(self) -> bool:
        """Whether users would take the logarithm of y."""
        return bool(self.y.min() > 0.0 and stats.skew(self.y) > SKEWED)

    def scores(self, d: Distribution) -> Scores:
        """Return the scores of predicted distributions of numbers or times."""
        if self.test_event is not None:
            return messy_scores.of_times(d, self.test_y, self.test_event)
        return messy_scores.of_numbers(d, self.test_y, self.h)

    def scores_of_classes(self, probs: np.ndarray, classes: np.ndarray) -> Scores:
        """Return the scores of probabilities of those classes that the training rows have."""
        every = np.zeros((len(probs), self.many))
        every[:, np.asarray(classes, dtype=int)] = probs
        return messy_scores.of_classes(every, self.test_y)

    def inner(self) -> tuple[np.ndarray, np.ndarray]:
        """Return training rows to learn from, and a fifth to choose by."""
        order = np.random.default_rng(0).permutation(len(self.y))
        return order[len(order) // 5 :], order[: len(order) // 5]

    def constant_spread(self, fit: Callable[[np.ndarray, np.ndarray], Callable], x: np.ndarray, test: np.ndarray):
        """Return the scores of a regression with the spread of held-out residuals, on log y where y is skewed."""
        from sklearn.model_selection import KFold

        y = np.log(self.y) if self.log else self.y
        held = np.zeros(len(y))
        for train, rest in KFold(FOLDS, shuffle=True, random_state=0).split(x):
            held[rest] = y[rest] - fit(x[train], y[train])(x[rest])
        spread = np.full(len(test), np.sqrt(np.mean(held**2)))
        family = ll.LogNormal if self.log else ll.Gaussian
        return self.scores(family(fit(x, y)(test), spread))


def ngboost(case: Case, early: bool = False) -> Scores:
    """Normal, or log-normal where y > 0 and a fifth of the training rows, held out, says so."""
    from ngboost import NGBClassifier, NGBRegressor, NGBSurvival
    from ngboost.distns import LogNormal, Normal, k_categorical

    own = {"verbose": False, "random_state": 0}
    x, test = case.inputs.one_hot(10)
    rest, held = case.inner()
    stop = {"X_val": x[held], "Y_val": case.y[held], "early_stopping_rounds": PATIENCE} if early else {}
    every = rest if early else np.arange(len(x))
    if case.kind == "classes":
        model = NGBClassifier(Dist=k_categorical(case.many), **own).fit(x[every], case.y[every], **stop)
        return case.scores_of_classes(model.predict_proba(test), np.arange(case.many))
    if case.kind == "times":
        x, test = case.inputs.one_hot_filled(10)  # its check of censored rows wants no gaps
        model = NGBSurvival(Dist=LogNormal, **own).fit(x, case.y, case.event)
        return case.scores(_log_normal(model.pred_dist(test)))

    def fitted(dist: type, rows: np.ndarray, x_new: np.ndarray) -> Distribution:
        found = NGBRegressor(Dist=dist, **own).fit(x[rows], case.y[rows], **stop).pred_dist(x_new)
        return _log_normal(found) if dist is LogNormal else ll.Gaussian(found.params["loc"], found.params["scale"])

    def loss(dist: type) -> float:
        try:
            found = messy_scores.of_numbers(fitted(dist, rest, x[held]), case.y[held], case.h)[0].mean()
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):  # a fit that broke down
            return np.inf
        return np.inf if np.isnan(found) else float(found)

    best = Normal if case.y.min() <= 0.0 else min((Normal, LogNormal), key=loss)
    return case.scores(fitted(best, every, test))


def _log_normal(found) -> Distribution:
    return ll.LogNormal(np.log(found.params["scale"]), found.params["s"])


def catboost(case: Case, early: bool = False) -> Scores:
    """RMSEWithUncertainty; categories are its own matter."""
    from catboost import CatBoostClassifier, CatBoostRegressor

    train, test = case.inputs.with_text()
    own = {"random_seed": 0, "thread_count": 1, "allow_writing_files": False, "verbose": False}
    own["cat_features"] = case.inputs.categories
    rest, held = case.inner()
    stop = {"eval_set": (train.iloc[held], case.y[held]), "early_stopping_rounds": PATIENCE} if early else {}
    every = rest if early else np.arange(len(train))
    if case.kind == "classes":
        model = CatBoostClassifier(**own).fit(train.iloc[every], case.y[every], **stop)
        return case.scores_of_classes(model.predict_proba(test), model.classes_)
    model = CatBoostRegressor(loss_function="RMSEWithUncertainty", **own)
    found = model.fit(train.iloc[every], case.y[every], **stop).predict(test)
    return case.scores(ll.Gaussian(found[:, 0], np.sqrt(found[:, 1])))


def lightgbm(case: Case) -> Scores:
    """A constant spread on y or log y."""
    from lightgbm import LGBMClassifier, LGBMRegressor

    x, test = case.inputs.coded(100)
    fit: dict[str, Any] = {"categorical_feature": _columns(case.inputs)}
    if case.kind == "classes":
        model = LGBMClassifier(**LGBM).fit(x, case.y, **fit)
        return case.scores_of_classes(np.asarray(model.predict_proba(test)), model.classes_)
    return case.constant_spread(lambda x, y: LGBMRegressor(**LGBM).fit(x, y, **fit).predict, x, test)


def lightgbm_quantiles(case: Case) -> Scores:
    """Quantiles, one model each."""
    from lightgbm import LGBMRegressor

    x, test = case.inputs.coded(100)
    columns = _columns(case.inputs)
    found = [
        LGBMRegressor(objective="quantile", alpha=a, **LGBM).fit(x, case.y, categorical_feature=columns).predict(test)
        for a in LEVELS
    ]
    return messy_scores.of_quantiles(np.column_stack([np.asarray(quantile) for quantile in found]), LEVELS, case.test_y)


def _columns(inputs: Inputs) -> list[int]:
    return [i for i, name in enumerate(inputs.train) if name in inputs.categories]


def linear(case: Case) -> Scores:
    """Ridge or logistic regression whose penalty is cross-validated; of times a log-normal with a linear location."""
    from sklearn.linear_model import LogisticRegressionCV, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, test = case.inputs.one_hot_filled(20)
    if case.kind == "classes":
        cv = LogisticRegressionCV(scoring="neg_log_loss", max_iter=1000)
        model = make_pipeline(StandardScaler(), cv).fit(x, case.y)
        return case.scores_of_classes(model.predict_proba(test), model.classes_)
    if case.kind == "times":
        return _linear_times(case, x, test)

    def fit(x: np.ndarray, y: np.ndarray) -> Callable:
        return make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 25))).fit(x, y).predict

    return case.constant_spread(fit, x, test)


def _linear_times(case: Case, x: np.ndarray, test: np.ndarray) -> Scores:
    import pandas as pd
    from lifelines import LogNormalAFTFitter

    scale = x.std(0)
    train, test_x = (pd.DataFrame((each - x.mean(0)) / scale).add_prefix("x") for each in (x, test))
    train = train.assign(time=case.y, event=case.event)
    model = LogNormalAFTFitter(penalizer=0.1).fit(train, "time", "event")
    spread = np.exp(float(model.params_["sigma_", "Intercept"]))
    return case.scores(ll.LogNormal(np.log(model.predict_median(test_x).to_numpy()), np.full(len(test), spread)))


def marginal(case: Case) -> Scores:
    """No features: shares of classes; of numbers the simple family that held-out rows choose, and the CRPS of all y."""
    n = len(case.test_y)
    if case.kind == "classes":
        shares = np.bincount(case.y, minlength=case.many) / len(case.y)
        return messy_scores.of_classes(np.tile(shares, (n, 1)), case.test_y)
    if case.kind == "times":
        event = np.asarray(case.event, dtype=bool)
        s, _, scale = stats.lognorm.fit(stats.CensoredData.right_censored(case.y, ~event), floc=0)
        return case.scores(ll.LogNormal(np.full(n, np.log(scale)), np.full(n, s)))
    fits = families(case.y, case.h)
    fold = np.random.default_rng(0).permutation(len(case.y)) % FOLDS
    losses = [np.mean([fit(case.y[fold != k])(case.y[fold == k]).mean() for k in range(FOLDS)]) for fit in fits]
    return fits[int(np.nanargmin(losses))](case.y)(case.test_y), messy_scores.of_draws(case.y, case.test_y)


Fit = Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]]


def families(y: np.ndarray, h: float) -> list[Fit]:
    """Return what fits a simple family to y and gives the NLL of new y."""

    def by(made: Callable[[np.ndarray], Distribution]) -> Fit:
        def fit(y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
            d = made(y)
            return lambda new: messy_scores.of_numbers(d[np.zeros(len(new), dtype=int)], new, h)[0]

        return fit

    def gaussian(y: np.ndarray) -> Distribution:
        return ll.Gaussian([y.mean()], [y.std()])

    def log_normal(y: np.ndarray) -> Distribution:
        return ll.LogNormal([np.log(y).mean()], [np.log(y).std()])

    def gamma(y: np.ndarray) -> Distribution:
        shape, _, scale = stats.gamma.fit(y, floc=0)
        return ll.Gamma([shape], [1.0 / scale])

    def negative_binomial(y: np.ndarray) -> Distribution:
        mean, excess = y.mean(), max(y.var() - y.mean(), 1e-6)  # the moment estimate
        return ll.NegativeBinomial([mean**2 / excess], probs=[excess / (mean + excess)])

    def with_zeros(made: Callable[[np.ndarray], Distribution]) -> Callable[[np.ndarray], Distribution]:
        return lambda y: ll.Hurdle(made(y[y > 0.0]), [np.mean(y == 0.0)])

    found = [by(gaussian)]
    if y.min() >= 0.0:
        found += [by(made if y.min() > 0.0 else with_zeros(made)) for made in (log_normal, gamma)]
    if y.min() >= 0.0 and h == 1.0 and y.var() > y.mean():
        found.append(by(negative_binomial))
    if len(np.unique(y)) <= MOST_LEVELS and h:
        found.append(lambda rows: _frequencies(rows, y, h))
    return found


def _frequencies(rows: np.ndarray, y: np.ndarray, h: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return the NLL by the shares of the cells from the least to the largest y, half a row added to each."""
    low = y.min()
    many = int(np.round((y.max() - low) / h)) + 1

    def cells(y: np.ndarray) -> np.ndarray:
        return np.clip(np.round((y - low) / h).astype(int), -1, many) + 1

    counts = np.bincount(cells(rows), minlength=many + 2) + 0.5
    return lambda new: -np.log(counts / counts.sum())[cells(new)]


@dataclass(frozen=True)
class Peer:
    """A method, the package it needs, and the kinds of y it has distributions for."""

    score: Callable[[Case], Scores]
    package: str
    kinds: frozenset[Kind] = ALL


PEERS = {
    "NGBoost": Peer(ngboost, "ngboost"),
    "CatBoost": Peer(catboost, "catboost", ALL - {"times"}),
    "NGBoost, early": Peer(partial(ngboost, early=True), "ngboost", ALL - {"times"}),
    "CatBoost, early": Peer(partial(catboost, early=True), "catboost", ALL - {"times"}),
    "LightGBM": Peer(lightgbm, "lightgbm", ALL - {"times"}),
    "LightGBM, quantiles": Peer(lightgbm_quantiles, "lightgbm", frozenset({"numbers"})),
    "linear": Peer(linear, "sklearn"),
    "marginal": Peer(marginal, "scipy"),
}


def scored(peer: str, case: Case) -> Scores:
    """Return the scores of a peer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return PEERS[peer].score(case)
